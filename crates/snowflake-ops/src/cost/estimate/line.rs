//! Seconds as a fixed part and a part for every byte that a node reads: the line that fits what ran before.

/// The unit in which bytes enter the line, so that both of its coefficients are of a size.
const UNIT: f64 = 1_073_741_824.0;
/// No statement takes less time than this.
const LEAST_SECONDS: f64 = 0.001;
const ROUNDS: usize = 12;

/// What a statement read, on how much compute, and for how many seconds it had that for itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) seconds: f64,
    pub(crate) bytes: f64,
    pub(crate) nodes: f64,
    /// Which statement it was, whatever its literals.
    pub(crate) statement: u64,
}

impl Sample {
    /// What each node read, in the unit of the line.
    pub(super) fn load(&self) -> f64 {
        load(self.bytes, self.nodes)
    }
}

/// What each of so many nodes reads of so many bytes.
pub(super) fn load(bytes: f64, nodes: f64) -> f64 {
    bytes.max(0.0) / UNIT / nodes.max(1.0)
}

/// `seconds = fixed + slope * load`; neither coefficient is negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) fixed: f64,
    pub(super) slope: f64,
}

impl Line {
    /// The line that is taken while there is nothing to fit one to: half a second, and 100 MB a second and node.
    pub(super) const PRIOR: Self = Self { fixed: 0.5, slope: UNIT / 100e6 };

    /// The line with the least relative errors, by weights that are renewed a few times.
    pub(super) fn fit<'a>(samples: impl Iterator<Item = &'a Sample> + Clone) -> Self {
        let mut line = Self::weighted(samples.clone(), |sample| sample.seconds);
        for _ in 0..ROUNDS {
            line = Self::weighted(samples.clone(), |sample| line.seconds(sample.load()));
        }
        line
    }

    pub(super) fn seconds(&self, load: f64) -> f64 {
        (self.fixed + self.slope * load).max(LEAST_SECONDS)
    }

    /// How far a sample lies from the line: the logarithm of the ratio.
    pub(super) fn residual(&self, sample: &Sample) -> f64 {
        (sample.seconds.max(LEAST_SECONDS) / self.seconds(sample.load())).ln()
    }

    /// Least squares, each error divided by what `scale` says of its sample.
    fn weighted<'a>(samples: impl Iterator<Item = &'a Sample>, scale: impl Fn(&Sample) -> f64) -> Self {
        let (mut w, mut wx, mut wxx, mut wy, mut wxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for sample in samples {
            let (x, y) = (sample.load(), sample.seconds.max(LEAST_SECONDS));
            let weight = scale(sample).max(LEAST_SECONDS).powi(-2);
            w += weight;
            wx += weight * x;
            wxx += weight * x * x;
            wy += weight * y;
            wxy += weight * x * y;
        }
        let determinant = w * wxx - wx * wx;
        if determinant > 1e-9 * w * wxx {
            let slope = (w * wxy - wx * wy) / determinant;
            let fixed = (wy - slope * wx) / w;
            if slope >= 0.0 && fixed >= 0.0 {
                return Self { fixed, slope };
            }
            if fixed < 0.0 {
                return Self { fixed: 0.0, slope: wxy / wxx };
            }
        }
        Self { fixed: if w > 0.0 { wy / w } else { Self::PRIOR.fixed }, slope: 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Line, Sample};

    const GIB: f64 = 1_073_741_824.0;

    fn sample(seconds: f64, gib: f64, nodes: f64) -> Sample {
        Sample { seconds, bytes: gib * GIB, nodes, statement: 0 }
    }

    proptest! {
        #[test]
        fn a_line_without_noise_is_found_again(fixed in 0.01..5.0_f64, slope in 0.01..50.0_f64) {
            let samples: Vec<Sample> = (1..30)
                .map(|n| {
                    let (gib, nodes) = (f64::from(n * n) / 10.0, f64::from(1 << (n % 4)));
                    sample(fixed + slope * gib / nodes, gib, nodes)
                })
                .collect();
            let line = Line::fit(samples.iter());
            prop_assert!((line.fixed / fixed - 1.0).abs() < 1e-3, "{line:?}");
            prop_assert!((line.slope / slope - 1.0).abs() < 1e-3, "{line:?}");
        }

        #[test]
        fn any_samples_give_a_line_that_promises_positive_times(
            samples in prop::collection::vec((0.0..1e6_f64, 0.0..1e6_f64, 0..10_u32), 0..60),
            load in 0.0..1e6_f64,
        ) {
            let samples: Vec<Sample> =
                samples.iter().map(|(seconds, gib, size)| sample(*seconds, *gib, f64::from(1_u32 << size))).collect();
            let line = Line::fit(samples.iter());
            prop_assert!(line.fixed >= 0.0 && line.slope >= 0.0, "{line:?}");
            prop_assert!(line.seconds(load).is_finite() && line.seconds(load) > 0.0, "{line:?}");
            prop_assert!(samples.iter().all(|sample| line.residual(sample).is_finite()));
        }
    }

    #[test]
    fn samples_of_one_size_or_none_give_a_constant() {
        let same: Vec<Sample> = (1..=3).map(|n| sample(f64::from(n), 1.0, 1.0)).collect();
        assert!(Line::fit(same.iter()).slope < 1e-12);
        assert_eq!(Line::fit([].iter()), Line { fixed: Line::PRIOR.fixed, slope: 0.0 });
    }
}

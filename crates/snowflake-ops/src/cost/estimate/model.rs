//! The calibrated model: seconds for a plan, with an interval that is measured and not assumed.

use std::collections::BTreeMap;

use super::line::{Line, Sample, load};
use super::student::quantile;

/// Parts into which the samples are dealt; each is predicted by a line through the others.
const FOLDS: usize = 5;
/// The least samples from which an interval can be read: the outermost two of 39 hold 95 % of what comes.
pub(super) const ENOUGH: usize = 40;
/// The least runs of a statement that say more about it than everything else that ran.
const ENOUGH_OF_ONE: usize = 5;
/// What is left out at each end of an interval.
const TAIL: f64 = 0.025;
/// The least samples that stand for the neighbourhood of a prediction.
const NEIGHBOURS: usize = 160;
/// How far the truth may lie from a line that nobody has fitted, and from one with a handful of samples.
const PRIOR_FACTOR: f64 = 30.0;
const FEW_FACTOR: f64 = 10.0;
/// No statement repeats itself more exactly than this (the deviation of the logarithm of its seconds).
const LEAST_DEVIATION: f64 = 0.05;

/// Seconds that a statement will take, and the interval around them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Prediction {
    pub(super) seconds: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ground: Ground,
}

/// What a prediction rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// Too few samples.
    Prior { samples: usize },
    /// What ran before, of whatever statement.
    Workload { samples: usize },
    /// Earlier runs of the same statement.
    Statement { samples: usize },
}

/// Samples, the lines through them, and how far each lies from the line that does not know it.
#[derive(Clone, Debug)]
pub(super) struct Model {
    lines: Vec<Line>,
    residuals: Vec<Residual>,
    groups: BTreeMap<u64, Vec<usize>>,
    /// How much runs of one statement differ among each other.
    deviation: f64,
    /// The most that a node read.
    most: f64,
}

#[derive(Clone, Copy, Debug)]
struct Residual {
    fold: usize,
    /// The logarithm of the seconds that the line expects.
    expected: f64,
    error: f64,
}

impl Model {
    pub(super) fn new(samples: &[Sample]) -> Self {
        let folds = if samples.len() >= ENOUGH { FOLDS } else { 1 };
        let lines: Vec<Line> = (0..folds).map(|fold| line_without(samples, fold, folds)).collect();
        let mut groups = BTreeMap::<u64, Vec<usize>>::new();
        let mut residuals = Vec::with_capacity(samples.len());
        for (index, sample) in samples.iter().enumerate() {
            let fold = index % folds;
            let line = lines.get(fold).copied().unwrap_or(Line::PRIOR);
            let expected = line.seconds(sample.load()).ln();
            residuals.push(Residual { fold, expected, error: line.residual(sample) });
            groups.entry(sample.statement).or_default().push(index);
        }
        let most = samples.iter().map(Sample::load).fold(0.0, f64::max);
        let deviation = pooled_deviation(&groups, &residuals);
        Self { lines, residuals, groups, deviation, most }
    }

    /// What a statement will take that reads so many bytes on so many nodes.
    pub(super) fn predict(&self, bytes: f64, nodes: f64, statement: u64) -> Prediction {
        let load = load(bytes, nodes);
        let own = self.groups.get(&statement).map_or(&[][..], Vec::as_slice);
        let samples = self.residuals.len();
        let (band, ground) = if !self.knows(load) {
            (self.prior(load), Ground::Prior { samples })
        } else if own.len() < ENOUGH_OF_ONE {
            (self.measured(load, &self.neighbours(load)), Ground::Workload { samples })
        } else if own.len() < ENOUGH {
            (self.repeated(load, own), Ground::Statement { samples: own.len() })
        } else {
            (self.measured(load, own), Ground::Statement { samples: own.len() })
        };
        band.stretched(self.beyond(load)).prediction(ground)
    }

    /// Whether there are enough samples, and any that read something where this load does.
    fn knows(&self, load: f64) -> bool {
        self.residuals.len() >= ENOUGH && (self.most > 0.0 || load <= 0.0)
    }

    /// How far a load lies beyond all that was seen, as a logarithm.
    fn beyond(&self, load: f64) -> f64 {
        if self.knows(load) && load > self.most { (load / self.most).ln() } else { 0.0 }
    }

    /// The line of the prior, moved to where a handful of samples lie.
    fn prior(&self, load: f64) -> Band {
        let expected = Line::PRIOR.seconds(load).ln();
        let mut errors: Vec<f64> = self.residuals.iter().map(|residual| residual.error).collect();
        let (shift, factor) = if errors.len() < ENOUGH_OF_ONE || self.lines.len() > 1 {
            (0.0, PRIOR_FACTOR)
        } else {
            errors.sort_by(f64::total_cmp);
            (middle(&errors), FEW_FACTOR)
        };
        let middle = expected + shift;
        Band { low: middle - factor.ln(), middle, high: middle + factor.ln() }
    }

    /// Every sample speaks: its error is added to what the line says that does not know it.
    fn measured(&self, load: f64, indices: &[usize]) -> Band {
        let mut values: Vec<f64> = indices
            .iter()
            .filter_map(|index| self.residuals.get(*index))
            .map(|residual| self.expected(residual.fold, load) + residual.error)
            .collect();
        values.sort_by(f64::total_cmp);
        let outermost = rank(TAIL, values.len());
        let from_end = values.len().saturating_sub(1).saturating_sub(outermost);
        let at = |index: usize| values.get(index).copied().unwrap_or_default();
        Band { low: at(outermost), middle: middle(&values), high: at(from_end) }
    }

    /// A few runs of one statement: their mean, and the deviation that statements have among their runs.
    fn repeated(&self, load: f64, own: &[usize]) -> Band {
        let values: Vec<f64> = own
            .iter()
            .filter_map(|index| self.residuals.get(*index))
            .map(|residual| self.expected(residual.fold, load) + residual.error)
            .collect();
        let count = float(values.len());
        let mean = values.iter().sum::<f64>() / count;
        let own = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
        let deviation = own.max(self.deviation).max(LEAST_DEVIATION) * (1.0 + 1.0 / count).sqrt();
        let reach = quantile(values.len() - 1) * deviation;
        Band { low: mean - reach, middle: mean, high: mean + reach }
    }

    /// The samples whose seconds are the most like those expected here.
    fn neighbours(&self, load: f64) -> Vec<usize> {
        let here = self.expected(0, load);
        let mut indices: Vec<usize> = (0..self.residuals.len()).collect();
        let distance = |index: &usize| {
            self.residuals.get(*index).map_or(f64::INFINITY, |residual| (residual.expected - here).abs())
        };
        indices.sort_by(|one, other| distance(one).total_cmp(&distance(other)));
        indices.truncate(NEIGHBOURS.max(self.residuals.len() / 3));
        indices
    }

    fn expected(&self, fold: usize, load: f64) -> f64 {
        self.lines.get(fold).unwrap_or(&Line::PRIOR).seconds(load).ln()
    }
}

/// An interval of logarithms of seconds.
#[derive(Clone, Copy, Debug)]
struct Band {
    low: f64,
    middle: f64,
    high: f64,
}

impl Band {
    /// Wider by half the way that the load lies beyond what was seen.
    fn stretched(self, beyond: f64) -> Self {
        Self { low: self.low - beyond / 2.0, high: self.high + beyond / 2.0, ..self }
    }

    fn prediction(self, ground: Ground) -> Prediction {
        let (low, seconds, high) = (self.low.exp(), self.middle.exp(), self.high.exp());
        Prediction { seconds, low, high, ground }
    }
}

fn line_without(samples: &[Sample], fold: usize, folds: usize) -> Line {
    if folds == 1 {
        return Line::PRIOR;
    }
    let others = samples.iter().enumerate().filter(|(index, _)| index % folds != fold);
    Line::fit(others.map(|(_, sample)| sample))
}

/// The deviation of the runs of one statement, over all statements that ran more than once.
fn pooled_deviation(groups: &BTreeMap<u64, Vec<usize>>, residuals: &[Residual]) -> f64 {
    let (mut squares, mut freedom) = (0.0, 0.0);
    for group in groups.values().filter(|group| group.len() > 1) {
        let errors: Vec<f64> =
            group.iter().filter_map(|index| residuals.get(*index)).map(|r| r.error).collect();
        let mean = errors.iter().sum::<f64>() / float(errors.len());
        squares += errors.iter().map(|error| (error - mean).powi(2)).sum::<f64>();
        freedom += float(errors.len() - 1);
    }
    if freedom > 0.0 { (squares / freedom).sqrt() } else { 0.0 }
}

fn middle(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// How many of so many sorted values, with the one to come, lie outside a tail.
fn rank(tail: f64, count: usize) -> usize {
    (1..=count).take_while(|index| float(index + 1) <= tail * float(count + 1)).count()
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

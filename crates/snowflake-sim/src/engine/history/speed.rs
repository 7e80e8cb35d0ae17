//! How long statements are said to take on a server that models it.

use std::time::Duration;

use snowflake_transport::Entropy;

/// How long a statement that reads tables is said to take: `startup`, and its bytes at
/// `bytes_per_second` for each node of the warehouse, times a factor that is drawn at random.
///
/// Nothing waits that long: only the histories say so, and the credits that they count.
///
/// The factor is log-normal around 1, and `spread` is the standard deviation of its logarithm: with 0 it
/// is always 1, with 0.25 two of three statements take between 0.78 and 1.28 of the time.
///
/// ```
/// use std::time::Duration;
///
/// use snowflake_sim::{ModelledSpeed, SimServer};
///
/// let startup = Duration::from_millis(200);
/// let server = SimServer::builder()
///     .modelled_speed(ModelledSpeed { bytes_per_second: 50_000_000, startup, spread: 0.2 });
/// # let _ = server;
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelledSpeed {
    /// Bytes that one node reads in a second; 0 counts as 1.
    pub bytes_per_second: u64,
    /// What every statement takes besides.
    pub startup: Duration,
    /// The standard deviation of the factor's logarithm; what is no positive number counts as 0.
    pub spread: f64,
}

impl ModelledSpeed {
    /// The time for so many bytes on a warehouse of so many nodes.
    pub(super) fn duration(&self, bytes: u64, nodes: u64, entropy: &dyn Entropy) -> Duration {
        let per_second = u128::from(self.bytes_per_second.max(1)) * u128::from(nodes.max(1));
        let nanos = u128::from(bytes) * 1_000_000_000 / per_second;
        let plain = self.startup + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let factor = if self.spread > 0.0 { (self.spread * normal(entropy)).exp() } else { 1.0 };
        Duration::try_from_secs_f64(plain.as_secs_f64() * factor).unwrap_or(plain)
    }
}

/// A number from the standard normal distribution (Box and Muller).
fn normal(entropy: &dyn Entropy) -> f64 {
    let uniform = || {
        let high = u32::try_from(entropy.u64() >> 32).unwrap_or(u32::MAX);
        (f64::from(high) + 0.5) / (f64::from(u32::MAX) + 1.0)
    };
    let (radius, turn) = (uniform(), uniform());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * turn).cos()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::ModelledSpeed;
    use crate::SeededEntropy;

    #[test]
    fn bytes_take_time_and_nodes_share_it() {
        let startup = Duration::from_millis(100);
        let speed = ModelledSpeed { bytes_per_second: 1_000, startup, spread: 0.0 };
        let entropy = SeededEntropy::new(1);
        assert_eq!(speed.duration(2_000, 1, &entropy), Duration::from_millis(2_100));
        assert_eq!(speed.duration(2_000, 4, &entropy), Duration::from_millis(600));
        let never = ModelledSpeed { bytes_per_second: 0, ..speed };
        assert_eq!(never.duration(3, 0, &entropy), Duration::from_millis(3_100));
    }

    #[test]
    fn the_factor_is_log_normal_around_one() {
        let startup = Duration::from_secs(1);
        let speed = ModelledSpeed { bytes_per_second: 1, startup, spread: 0.25 };
        let entropy = SeededEntropy::new(7);
        let logs: Vec<f64> = (0..4_000).map(|_| speed.duration(0, 1, &entropy).as_secs_f64().ln()).collect();
        let mean = logs.iter().sum::<f64>() / 4_000.0;
        let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / 4_000.0;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((variance.sqrt() - 0.25).abs() < 0.02, "{variance}");
    }
}

//! Quantiles of Student's distribution, for intervals from a few values.

/// The 97.5 % quantile for one to thirty degrees of freedom.
const QUANTILES: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/// The 97.5 % quantile; beyond the table that of its last entry, which is above the true one by less than 5 %.
pub(super) fn quantile(freedom: usize) -> f64 {
    QUANTILES.get(freedom.max(1) - 1).copied().unwrap_or(2.042)
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn fewer_degrees_of_freedom_reach_farther() {
        let all: Vec<f64> = (0..100).map(quantile).collect();
        assert!(all.windows(2).all(|pair| pair[0] >= pair[1]));
        assert!((quantile(10) - 2.228).abs() < 1e-9 && (quantile(1000) - 2.042).abs() < 1e-9);
    }
}

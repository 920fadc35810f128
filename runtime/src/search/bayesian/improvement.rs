//! Expected improvement, as its logarithm: it tells candidates apart also where it is tiny (Ament et al. 2023, "Unexpected
//! Improvements to Expected Improvement for Bayesian Optimization").

use std::f64::consts::{PI, SQRT_2};

use statrs::function::erf::erfc;

use super::posterior::Predicted;

/// `ln E[max(f − bar, 0)]` where `f` is normal.
pub(super) fn log_expected_improvement(Predicted { mean, deviation }: Predicted, bar: f64) -> f64 {
    let z = (mean - bar) / deviation;
    deviation.ln() + log_h(z)
}

/// `ln Σ eˣ`
pub(super) fn log_sum(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    if most.is_finite() { most + values.map(|value| (value - most).exp()).sum::<f64>().ln() } else { most }
}

/// `ln (eᵃ − eᵇ)` of `a ≥ b`.
pub(super) fn log_difference(a: f64, b: f64) -> f64 {
    let share = (b - a).min(0.0).exp();
    if share < 1.0 { a + (-share).ln_1p() } else { f64::NEG_INFINITY }
}

/// `ln (φ(z) + z Φ(z))`
fn log_h(z: f64) -> f64 {
    let log_density = -0.5 * z * z - 0.5 * (2.0 * PI).ln();
    if z > -10.0 {
        return (log_density.exp() + 0.5 * z * erfc(-z / SQRT_2)).ln();
    }
    // The asymptotic series of Mills' ratio.
    let s = 1.0 / (z * z);
    log_density + (s * (1.0 - 3.0 * s * (1.0 - 5.0 * s * (1.0 - 7.0 * s)))).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formulas_agree_where_they_meet() {
        for z in [-12.0f64, -11.0, -10.000_001] {
            let direct = ((-0.5 * z * z).exp() / (2.0 * PI).sqrt() + 0.5 * z * erfc(-z / SQRT_2)).ln();
            assert!((log_h(z) - direct).abs() < 1e-4, "{z}: {} {direct}", log_h(z));
        }
        // φ(0), and z where that is large.
        assert!((log_h(0.0) - (1.0 / (2.0 * PI).sqrt()).ln()).abs() < 1e-12);
        assert!((log_h(8.0) - 8.0f64.ln()).abs() < 1e-12);
        assert!(log_h(-1e6).is_finite());
    }

    #[test]
    fn more_mean_and_more_spread_are_better() {
        let at = |mean, deviation| log_expected_improvement(Predicted { mean, deviation }, 1.0);
        assert!(at(0.5, 0.1) > at(0.4, 0.1) && at(0.5, 0.2) > at(0.5, 0.1));
    }
}

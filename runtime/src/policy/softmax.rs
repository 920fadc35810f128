//! From logits to log-probabilities.

use super::real::Real;
use crate::space::cursor::Step;

/// Log-probabilities from the logits of a decision, and from what is known of its actions before anything is learned.
pub(crate) fn with_prior<E: Real>(step: &Step<'_>, logits: &[E]) -> Vec<f64> {
    let mut log_probs: Vec<f64> = logits.iter().map(|logit| logit.to_double()).collect();
    step.add_prior(&mut log_probs);
    log_softmax_in_place(&mut log_probs);
    log_probs
}

/// Log-probabilities from logits.
#[cfg(test)]
pub(crate) fn log_softmax<E: Real>(logits: &[E]) -> Vec<f64> {
    let mut log_probs: Vec<f64> = logits.iter().map(|logit| logit.to_double()).collect();
    log_softmax_in_place(&mut log_probs);
    log_probs
}

/// Turns logits into log-probabilities.
pub(crate) fn log_softmax_in_place(logits: &mut [f64]) {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let log_sum = logits.iter().map(|logit| (logit - most).exp()).sum::<f64>().ln();
    for logit in logits {
        *logit = *logit - most - log_sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_softmax_survives_large_logits() {
        let log_probs = log_softmax(&[1000.0f32, 1000.0]);
        assert!((log_probs[0] - 0.5f64.ln()).abs() < 1e-12);
    }
}

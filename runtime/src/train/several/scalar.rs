//! One number of several: augmented Chebyshev distances with random weights, as `ParEGO` has them (Knowles 2006, "`ParEGO`: A Hybrid
//! Algorithm with On-line Landscape Approximation for Expensive Multiobjective Optimization Problems").

use rand::{Rng, RngExt};

use crate::train::outcome::Outcome;

/// How much the sum of all counts beside the worst one.
const SUM: f64 = 0.05;

/// How much each objective counts: they sum to 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights(Vec<f64>);

impl Weights {
    /// Drawn uniformly from all that sum to 1.
    pub(crate) fn draw(objectives: usize, rng: &mut impl Rng) -> Self {
        let drawn: Vec<f64> = (0..objectives).map(|_| -(1.0 - rng.random::<f64>()).ln()).collect();
        let sum: f64 = drawn.iter().sum();
        Self(drawn.into_iter().map(|drawn| if sum > 0.0 { drawn / sum } else { 1.0 }).collect())
    }

    /// Each objective counts as much.
    pub(crate) fn alike(objectives: usize) -> Self {
        Self(vec![1.0 / objectives.max(1) as f64; objectives])
    }

    /// The outcomes as these weights see them: of those with a value for each objective a reward, of the others what they are, and of
    /// pruned ones a failure, since what they reported is not comparable with that.
    ///
    /// Each objective counts as the share of outcomes that are below it, so units and outliers do not matter:
    /// `−(max wᵢ (1 − uᵢ) + 0.05 Σ wᵢ (1 − uᵢ))`.
    pub(crate) fn see(&self, outcomes: &[Outcome]) -> Vec<Outcome> {
        let known: Vec<&[f64]> = outcomes.iter().filter_map(Outcome::values).collect();
        let known: Vec<&[f64]> = known.into_iter().filter(|values| values.len() == self.0.len()).collect();
        let of_objective = |objective: usize| Ranks::of(known.iter().map(|values| values[objective]));
        let ranks: Vec<Ranks> = (0..self.0.len()).map(of_objective).collect();
        let see = |outcome: &Outcome| match outcome.values() {
            Some(values) if values.len() == self.0.len() => {
                let shares = values.iter().zip(&ranks).map(|(value, ranks)| ranks.share(*value));
                Outcome::Reward(-self.distance(shares))
            }
            Some(_) => Outcome::FAILED,
            None if matches!(outcome, Outcome::Pruned { .. }) => Outcome::FAILED,
            None => *outcome,
        };
        outcomes.iter().map(see).collect()
    }

    /// How far values are from 1 in all objectives: `max wᵢ (1 − uᵢ) + 0.05 Σ wᵢ (1 − uᵢ)`.
    pub(crate) fn distance(&self, values: impl Iterator<Item = f64>) -> f64 {
        let far = values.zip(&self.0).map(|(value, weight)| weight * (1.0 - value));
        let (most, sum) = far.fold((f64::NEG_INFINITY, 0.0), |(most, sum), far| (most.max(far), sum + far));
        SUM.mul_add(sum, most)
    }
}

/// Values by size.
pub(crate) struct Ranks(Vec<f64>);

impl Ranks {
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_by(f64::total_cmp);
        Self(sorted)
    }

    /// The share of values that are below one of them, counting half of those that are level with it.
    pub(crate) fn share(&self, value: f64) -> f64 {
        let below = self.0.partition_point(|other| *other < value);
        let level = self.0[below..].partition_point(|other| *other <= value);
        (below as f64 + 0.5 * level as f64) / self.0.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64;

    use super::*;
    use crate::train::Scores;

    fn outcomes(values: &[[f64; 2]]) -> Vec<Outcome> {
        values.iter().map(|values| Outcome::Scores(Scores::new(values).unwrap())).collect()
    }

    /// Seed 1: the mean of 10,000 weights of three objectives is a third each, within four standard errors.
    #[test]
    fn weights_are_uniform_over_what_sums_to_one() {
        let mut rng = Pcg64::seed_from_u64(1);
        let mut sums = [0.0; 3];
        for _ in 0..10_000 {
            let Weights(weights) = Weights::draw(3, &mut rng);
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
        }
        // A weight of three has the variance 1 / 18.
        let error = (1.0f64 / 18.0 / 10_000.0).sqrt();
        assert!(sums.iter().all(|sum| (sum / 10_000.0 - 1.0 / 3.0).abs() < 4.0 * error), "{sums:?}");
    }

    #[test]
    fn each_weight_prefers_its_own_end_and_units_do_not_matter() {
        let values: [[f64; 2]; 4] = [[0.1, 9.0], [0.5, 5.0], [0.9, 1.0], [0.4, 4.0]];
        let best = |weights: [f64; 2], values: &[[f64; 2]]| {
            let scalarized = Weights(weights.to_vec()).see(&outcomes(values));
            let rewards: Vec<f64> = scalarized.iter().map(|outcome| outcome.reward().unwrap()).collect();
            (0..4).max_by(|&a, &b| rewards[a].total_cmp(&rewards[b])).unwrap()
        };
        let stretched = values.map(|[a, b]| [a * 1e9, b.exp()]);
        for values in [values, stretched] {
            assert_eq!(best([0.95, 0.05], &values), 2);
            assert_eq!(best([0.05, 0.95], &values), 0);
            assert_eq!(best([0.5, 0.5], &values), 1);
        }
    }

    #[test]
    fn what_is_dominated_is_never_preferred() {
        let mut rng = Pcg64::seed_from_u64(2);
        for _ in 0..200 {
            let scalarized = Weights::draw(2, &mut rng).see(&outcomes(&[[0.5, 0.5], [0.5, 0.4], [0.2, 0.1]]));
            assert!(
                scalarized[0].reward() > scalarized[1].reward() && scalarized[1].reward() > scalarized[2].reward(),
                "{scalarized:?}"
            );
        }
    }
}

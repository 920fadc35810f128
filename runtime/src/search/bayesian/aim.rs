//! What makes a candidate worth a trial: how much better than the best it may be, how much the front may gain by it, and whether it
//! keeps the limits.

use std::f64::consts::{PI, SQRT_2};

use rand_pcg::Pcg64;
use statrs::function::erf::erfc;

use super::improvement::{log_difference, log_expected_improvement, log_sum};
use super::posterior::Predicted;
use crate::train::several::front::front;
use crate::train::several::scalar::Weights;

/// What candidates are judged by. Predictions are one for each objective, then one for the limits, if there are any.
#[derive(Debug, Clone)]
pub(super) struct Aim {
    goal: Goal,
    /// What the last prediction must be above.
    limit: Option<f64>,
}

#[derive(Debug, Clone)]
enum Goal {
    /// Nothing is known yet that keeps the limits: to find something that does.
    Any,
    /// Better than that.
    Best(f64),
    /// A front that dominates more: strips of what is not dominated yet, of two objectives.
    Front(Vec<Strip>),
    /// Better than what is known by some weights.
    Weighted(Weighted),
}

/// What is not dominated between two values of the first objective: all above a value of the second.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Strip {
    from: f64,
    to: f64,
    above: f64,
}

/// One number of several objectives, each scaled to the range that the front has in it.
#[derive(Debug, Clone)]
struct Weighted {
    weights: Weights,
    ranges: Vec<Range>,
    bar: f64,
    /// Standard normal numbers, as many for each draw as there are objectives.
    draws: Vec<Vec<f64>>,
}

/// Where the front lies along an objective.
#[derive(Debug, Clone, Copy)]
struct Range {
    least: f64,
    most: f64,
}

/// How far below the front its reference is, as a share of its range.
const BELOW: f64 = 0.1;
/// Draws of what a candidate may be, of more than two objectives.
const DRAWS: usize = 64;

impl Range {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (least, most) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)));
        // Where all are level, a deviation of the targets.
        if most > least { Self { least, most } } else { Self { least: most - 1.0, most } }
    }

    /// 0 at the least, 1 at the most.
    fn place(self, value: f64) -> f64 {
        (value - self.least) / (self.most - self.least)
    }

    fn reference(self) -> f64 {
        self.least - BELOW * (self.most - self.least)
    }
}

impl Aim {
    /// One objective without limits: better than the best.
    pub(super) fn best(bar: f64) -> Self {
        Self { goal: Goal::Best(bar), limit: None }
    }

    /// By the targets of all trials that keep the limits, a value for each objective; and what the last prediction must be above.
    pub(super) fn several(known: &[Vec<f64>], objectives: usize, limit: Option<f64>, rng: &mut Pcg64) -> Self {
        let goal = match (known, objectives) {
            ([], _) => Goal::Any,
            (known, 1) => Goal::Best(known.iter().map(|values| values[0]).fold(f64::NEG_INFINITY, f64::max)),
            (known, 2) => Goal::Front(strips(known)),
            (known, _) => Goal::Weighted(Weighted::new(known, rng)),
        };
        Self { goal, limit }
    }

    /// The same where deviations are the most that they can be: what will probably keep the limits counts as if it did.
    pub(super) fn bound(&self, most: &[Predicted]) -> f64 {
        match (self.limit, most.last()) {
            (Some(limit), Some(left)) if left.mean > limit => self.gain(most),
            _ => self.score(most),
        }
    }

    /// The logarithm of what is expected, but for what is the same for all candidates.
    pub(super) fn score(&self, predicted: &[Predicted]) -> f64 {
        let within = self.limit.zip(predicted.last()).map_or(0.0, |(limit, it)| log_above(*it, limit));
        within + self.gain(predicted)
    }

    fn gain(&self, predicted: &[Predicted]) -> f64 {
        match &self.goal {
            Goal::Any => 0.0,
            Goal::Best(bar) => predicted.first().map_or(f64::NEG_INFINITY, |it| log_expected_improvement(*it, *bar)),
            Goal::Front(strips) => log_sum(strips.iter().map(|strip| strip.log_gain(predicted))),
            Goal::Weighted(weighted) => weighted.log_gain(predicted),
        }
    }
}

/// The strips beside and above a front of two objectives, from the reference on.
fn strips(values: &[Vec<f64>]) -> Vec<Strip> {
    let mut front: Vec<(f64, f64)> = front(values).into_iter().map(|at| (values[at][0], values[at][1])).collect();
    front.sort_by(|a, b| a.0.total_cmp(&b.0));
    front.dedup();
    let first = Range::of(front.iter().map(|point| point.0)).reference();
    let second = Range::of(front.iter().map(|point| point.1)).reference();
    let froms = std::iter::once(first).chain(front.iter().map(|point| point.0));
    let next = front.iter().map(|point| (point.0, point.1)).chain([(f64::INFINITY, second)]);
    froms.zip(next).map(|(from, (to, above))| Strip { from, to, above }).filter(|strip| strip.to > strip.from).collect()
}

impl Strip {
    /// `ln E[area of it that is dominated]`: the objectives are predicted independently of each other.
    fn log_gain(&self, predicted: &[Predicted]) -> f64 {
        let &[first, second, ..] = predicted else { return f64::NEG_INFINITY };
        let wide = log_expected_improvement(first, self.from);
        let wide =
            if self.to.is_finite() { log_difference(wide, log_expected_improvement(first, self.to)) } else { wide };
        wide + log_expected_improvement(second, self.above)
    }
}

impl Weighted {
    fn new(known: &[Vec<f64>], rng: &mut Pcg64) -> Self {
        use rand_distr::{Distribution, StandardNormal};
        let objectives = known.first().map_or(0, Vec::len);
        let on: Vec<&Vec<f64>> = front(known).into_iter().map(|at| &known[at]).collect();
        let ranges = (0..objectives).map(|j| Range::of(on.iter().map(|values| values[j]))).collect();
        let weights = Weights::draw(objectives, rng);
        let mut draw = || (0..objectives).map(|_| StandardNormal.sample(rng)).collect();
        let draws = (0..DRAWS).map(|_| draw()).collect();
        let mut this = Self { weights, ranges, bar: f64::NEG_INFINITY, draws };
        this.bar = known.iter().map(|values| this.worth(values)).fold(f64::NEG_INFINITY, f64::max);
        this
    }

    fn worth(&self, values: &[f64]) -> f64 {
        let places = values.iter().zip(&self.ranges).map(|(value, range)| range.place(*value));
        -self.weights.distance(places)
    }

    /// `ln E[improvement]` by draws; where that is next to nothing, it still falls with the distance.
    fn log_gain(&self, predicted: &[Predicted]) -> f64 {
        const SOFT: f64 = 1e-3;
        let gain = |draw: &Vec<f64>| {
            let values: Vec<f64> =
                predicted.iter().zip(draw).map(|(it, normal)| it.mean + it.deviation * normal).collect();
            log_softplus((self.worth(&values) - self.bar) / SOFT)
        };
        log_sum(self.draws.iter().map(gain))
    }
}

/// `ln ln (1 + eˣ)`
fn log_softplus(x: f64) -> f64 {
    // There `ln (1 + y)` is `y`.
    if x < -30.0 { x } else { (x.max(0.0) + (-x.abs()).exp().ln_1p()).ln() }
}

/// `ln P(f > limit)`
fn log_above(Predicted { mean, deviation }: Predicted, limit: f64) -> f64 {
    let z = (mean - limit) / deviation;
    if z > -20.0 {
        return (0.5 * erfc(-z / SQRT_2)).ln();
    }
    -0.5 * z * z - 0.5 * (2.0 * PI).ln() - (-z).ln()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    use super::*;
    use crate::train::several::hypervolume::hypervolume;

    fn predicted(mean: f64, deviation: f64) -> Predicted {
        Predicted { mean, deviation }
    }

    /// Against 200,000 draws each: seed 1, four standard errors.
    #[test]
    fn what_the_front_is_expected_to_gain_is_the_mean_of_draws() {
        let front = vec![vec![0.0, 2.0], vec![1.0, 1.0], vec![2.0, 0.0], vec![0.5, 0.5]];
        let reference = [-0.2, -0.2];
        let aim = Aim::several(&front, 2, None, &mut Pcg64::seed_from_u64(0));
        let (mut rng, before) = (Pcg64::seed_from_u64(1), hypervolume(&front, &reference));
        for (first, second) in [(0.5, 1.8), (2.5, 0.5), (0.2, 0.2), (-0.5, 2.5)] {
            let both = [predicted(first, 0.6), predicted(second, 0.4)];
            let mut draw = |it: &Predicted| {
                let normal: f64 = StandardNormal.sample(&mut rng);
                it.mean + it.deviation * normal
            };
            let mut gain = || {
                let drawn: Vec<f64> = both.iter().map(&mut draw).collect();
                hypervolume(&[front.clone(), vec![drawn]].concat(), &reference) - before
            };
            let gains: Vec<f64> = (0..200_000).map(|_| gain()).collect();
            let (mean, deviation) = super::super::targets::moments(&gains);
            let error = deviation / (gains.len() as f64).sqrt();
            let expected = aim.score(&both).exp();
            assert!((mean - expected).abs() < 4.0 * error, "{first} {second}: {mean} {expected}");
        }
    }

    #[test]
    fn candidates_are_told_apart_where_next_to_nothing_is_gained() {
        let aim = |objectives: usize| {
            let known = vec![vec![1.0; objectives], vec![0.0; objectives]];
            Aim::several(&known, objectives, None, &mut Pcg64::seed_from_u64(3))
        };
        for objectives in [2, 3] {
            let score = |mean| aim(objectives).score(&vec![predicted(mean, 0.01); objectives]);
            let scores = [-30.0, -20.0, -10.0, 0.5, 2.0].map(score);
            assert!(scores.iter().all(|score| score.is_finite()), "{scores:?}");
            assert!(scores.windows(2).all(|two| two[0] < two[1]), "{scores:?}");
        }
    }

    #[test]
    fn what_will_not_keep_the_limits_is_worth_little() {
        let aim = Aim::several(&[vec![0.0]], 1, Some(0.5), &mut Pcg64::seed_from_u64(0));
        let score = |left| aim.score(&[predicted(1.0, 0.1), predicted(left, 0.1)]);
        let scores = [-50.0, 0.0, 0.5, 0.8].map(score);
        assert!(scores.windows(2).all(|two| two[0] < two[1]), "{scores:?}");
        assert!((scores[2] - (scores[3] + 0.5f64.ln())).abs() < 0.01, "{scores:?}");
        // Where nothing keeps them yet, that is all that counts.
        let any = Aim::several(&[], 1, Some(0.5), &mut Pcg64::seed_from_u64(0));
        assert!(
            any.score(&[predicted(9.0, 0.1), predicted(0.4, 0.1)])
                < any.score(&[predicted(0.0, 0.1), predicted(0.6, 0.1)])
        );
    }
}

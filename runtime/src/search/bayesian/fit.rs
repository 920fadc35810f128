//! How much each state counts: weights and noise that explain the rewards best, by gradient ascent on the log marginal likelihood
//! with `σ²` and the mean at their best (profiled), and a prior. Where several numbers of a config are predicted, they have the weights in
//! common, and the likelihood is that of all.

use super::columns::{Columns, Scale, Steps};
use super::posterior::{distances, inverse_factor, packed, similarities};
use super::sites::Row;
use crate::policy::kernels::vectorised;

/// Steps of a fit while there are few trials.
pub(super) const FIRST_STEPS: i32 = 24;

/// What is fitted, as logarithms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fitted {
    /// By state.
    pub(super) weights: Vec<f64>,
    /// `η`: the variance of the noise beside `σ²`.
    pub(super) noise: f64,
}

/// Where weights are searched for.
pub(super) const WEIGHTS: (f64, f64) = (-9.0, 3.0);
pub(super) const NOISES: (f64, f64) = (-9.2, 1.5);
/// The deviations of the prior: of a weight from their common mean, of that mean, and of the noise.
const WEIGHT_DEVIATION: f64 = 1.0;
const MEAN_DEVIATION: f64 = 1.5;
const NOISE_DEVIATION: f64 = 2.0;
/// `ln η` in the mean: noise of a quarter of the deviation of rewards.
const NOISE_MEAN: f64 = -2.8;
/// Adam, as it is set for so few steps.
const RATE: f64 = 0.15;
const DECAY: (f64, f64) = (0.8, 0.95);
const EPSILON: f64 = 0.1;

/// Configs with what they earned, standardised.
pub(super) struct Data<'a> {
    rows: &'a [&'a Row],
    /// For each of what is predicted one of each config.
    rewards: &'a [Vec<f64>],
    /// For each config the share of the noise that its mean reward has.
    noises: &'a [f64],
    /// What each action adds to the distances, for a weight of 1.
    steps: Steps,
    /// The states that some row decides.
    states: Vec<usize>,
}

impl Fitted {
    /// What is believed before anything was told: the same weight, by its logarithm, for each of so many states.
    pub(super) fn prior(states: usize, weight: f64) -> Self {
        Self { weights: vec![weight; states], noise: NOISE_MEAN }
    }

    pub(super) fn weights(&self) -> Vec<f64> {
        self.weights.iter().map(|weight| weight.exp()).collect()
    }
}

impl<'a> Data<'a> {
    pub(super) fn new(rows: &'a [&'a Row], rewards: &'a [Vec<f64>], noises: &'a [f64], scale: Scale<'_>) -> Self {
        let (mut columns, mut steps, mut states) = (Columns::default(), Steps::default(), Vec::new());
        for row in rows {
            columns.push(row);
        }
        for row in rows {
            steps.prepare(row, |entry| columns.step(entry, &scale.domains[scale.sites.state(entry.site)]));
            states.extend(row.iter().map(|entry| scale.sites.state(entry.site)));
        }
        states.sort_unstable();
        states.dedup();
        Self { rows, rewards, noises, steps, states }
    }
}

/// Improves weights and noise by so many steps. States that no config decides take the common mean.
pub(super) fn fit(data: &Data<'_>, scale: Scale<'_>, prior: f64, start: &Fitted, steps: i32) -> Fitted {
    let mut fitted = start.clone();
    let mut adam = vec![(0.0, 0.0); data.states.len() + 1];
    for step in 1..=steps {
        let slope = slope(data, scale, prior, &fitted);
        let moved = adam.iter_mut().zip(&slope).map(|(moments, &slope)| ascend(moments, slope, step));
        let moved: Vec<f64> = moved.collect();
        for (&state, by) in data.states.iter().zip(&moved) {
            fitted.weights[state] = (fitted.weights[state] + by).clamp(WEIGHTS.0, WEIGHTS.1);
        }
        fitted.noise = (fitted.noise + moved[data.states.len()]).clamp(NOISES.0, NOISES.1);
    }
    let mean = common(data, prior, &fitted);
    for state in 0..fitted.weights.len() {
        if data.states.binary_search(&state).is_err() {
            fitted.weights[state] = mean;
        }
    }
    fitted
}

/// How far a parameter moves.
fn ascend((first, second): &mut (f64, f64), slope: f64, step: i32) -> f64 {
    *first = DECAY.0 * *first + (1.0 - DECAY.0) * slope;
    *second = DECAY.1 * *second + (1.0 - DECAY.1) * slope * slope;
    let (mean, square) = (*first / (1.0 - DECAY.0.powi(step)), *second / (1.0 - DECAY.1.powi(step)));
    RATE * mean / (square.sqrt() + EPSILON)
}

/// The best common mean of the weights.
fn common(data: &Data<'_>, prior: f64, fitted: &Fitted) -> f64 {
    let (weight, mean) = (WEIGHT_DEVIATION.powi(-2), MEAN_DEVIATION.powi(-2));
    let sum: f64 = data.states.iter().map(|&state| fitted.weights[state]).sum();
    (weight * sum + mean * prior) / (weight * data.states.len() as f64 + mean)
}

/// The slope of the objective in each weight, by [`Data::states`], and in the noise.
pub(super) fn slope(data: &Data<'_>, scale: Scale<'_>, prior: f64, fitted: &Fitted) -> Vec<f64> {
    let weights = fitted.weights();
    let scale = Scale { weights: &weights, ..scale };
    let alike = alike(data, scale);
    let (pull, noise) = pull(data, &alike, fitted.noise.exp());
    let (mean, by_weight) = (common(data, prior, fitted), by_weight(data, scale, &alike, &pull));
    let of_prior = |state: usize| -(fitted.weights[state] - mean) / WEIGHT_DEVIATION.powi(2);
    let slopes = data.states.iter().map(|&state| -weights[state] * by_weight[state] + of_prior(state));
    slopes.chain([noise - (fitted.noise - NOISE_MEAN) / NOISE_DEVIATION.powi(2)]).collect()
}

/// `R`, row by row.
fn alike(data: &Data<'_>, scale: Scale<'_>) -> Vec<Vec<f32>> {
    let beside_none: Vec<f32> = data.rows.iter().map(|row| scale.beside_none(row)).collect();
    let mut steps = Steps::default();
    let row = |row: &&Row| {
        steps.prepare(row, |entry| {
            let weight = scale.weights[scale.sites.state(entry.site)] as f32;
            data.steps.get(entry).iter().map(|step| weight * step).collect()
        });
        similarities(distances(&beside_none, row, &steps))
    };
    data.rows.iter().map(row).collect()
}

/// `Σ ½ (α αᵀ / σ² − C⁻¹)` over all that is predicted, the slope of the likelihood in `C = R + η I`; and its slope in `ln η`.
fn pull(data: &Data<'_>, alike: &[Vec<f32>], eta: f64) -> (Vec<Vec<f32>>, f64) {
    let n = data.rows.len();
    let noises: Vec<f64> = data.noises.iter().map(|share| share * eta).collect();
    let inverse = inverse(alike, &noises);
    let times = |y: &dyn Fn(usize) -> f64| -> Vec<f64> {
        inverse.iter().map(|row| row.iter().enumerate().map(|(j, c)| c * y(j)).sum()).collect()
    };
    let ones = times(&|_| 1.0);
    let of_one = |rewards: &Vec<f64>| {
        let turned = times(&|j| rewards[j]);
        let mean = turned.iter().sum::<f64>() / ones.iter().sum::<f64>();
        let alpha: Vec<f64> = turned.iter().zip(&ones).map(|(t, o)| t - mean * o).collect();
        let squares: f64 = alpha.iter().zip(rewards).map(|(alpha, y)| alpha * (y - mean)).sum();
        (alpha, (squares + 2.0) / (n as f64 + 2.0))
    };
    let all: Vec<(Vec<f64>, f64)> = data.rewards.iter().map(of_one).collect();
    let entry = |i: usize, j: usize| {
        all.iter().map(|(alpha, variance)| 0.5 * (alpha[i] * alpha[j] / variance - inverse[i][j])).sum::<f64>()
    };
    let pull = (0..n).map(|i| (0..n).map(|j| entry(i, j) as f32).collect()).collect();
    let noise = (0..n).map(|i| noises[i] * entry(i, i)).sum();
    (pull, noise)
}

/// `(R + η I)⁻¹`, row by row: `Mᵀ M` of `M = L⁻¹`.
fn inverse(alike: &[Vec<f32>], noises: &[f64]) -> Vec<Vec<f64>> {
    let n = noises.len();
    let rows = alike.iter().zip(noises).enumerate().map(|(i, (alike, noise))| (&alike[..i], *noise));
    let factor = inverse_factor(rows);
    let mut inverse = vec![vec![0.0; n]; n];
    vectorised(
        #[inline(always)]
        || {
            for k in 0..n {
                let row = packed(&factor, k);
                for (i, &scale) in row.iter().enumerate() {
                    inverse[i].iter_mut().zip(row).for_each(|(sum, x)| *sum += scale * x);
                }
            }
        },
    );
    inverse
}

/// `Σ Gᵢⱼ Rᵢⱼ dₛ(i, j)` for each state `s`.
fn by_weight(data: &Data<'_>, scale: Scale<'_>, alike: &[Vec<f32>], pull: &[Vec<f32>]) -> Vec<f64> {
    let n = data.rows.len();
    let mut sums = vec![0.0; scale.weights.len()];
    let mut beside_none = vec![0.0f32; n];
    for (i, row) in data.rows.iter().enumerate() {
        let product: Vec<f32> = alike[i].iter().zip(&pull[i]).map(|(a, b)| a * b).collect();
        beside_none.iter_mut().zip(&product).for_each(|(sum, product)| *sum += product);
        vectorised(
            #[inline(always)]
            || {
                for &entry in *row {
                    sums[scale.sites.state(entry.site)] += f64::from(dot(&product, data.steps.get(entry)));
                }
            },
        );
    }
    for (row, sum) in data.rows.iter().zip(beside_none) {
        for entry in *row {
            let state = scale.sites.state(entry.site);
            sums[state] += f64::from(sum) * scale.domains[state].beside_none();
        }
    }
    sums
}

/// The scalar product, in a fixed order.
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut lanes = [0.0f32; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f32>() + rest
}

/// What is maximised, but for what does not change: `−½ ln |C| − ½ (n + 2) ln (rᵀ C⁻¹ r + 2)` and the logarithm of the prior.
#[cfg(test)]
pub(super) fn objective(data: &Data<'_>, scale: Scale<'_>, prior: f64, fitted: &Fitted) -> f64 {
    let weights = fitted.weights();
    let alike = alike(data, Scale { weights: &weights, ..scale });
    let noises: Vec<f64> = data.noises.iter().map(|share| share * fitted.noise.exp()).collect();
    let rows = alike.iter().zip(&noises).enumerate().map(|(i, (alike, noise))| (&alike[..i], *noise));
    let factor = inverse_factor(rows);
    let n = noises.len();
    let times = |y: &dyn Fn(usize) -> f64| -> Vec<f64> {
        (0..n).map(|i| packed(&factor, i).iter().enumerate().map(|(j, m)| m * y(j)).sum()).collect()
    };
    let ones = times(&|_| 1.0);
    let both = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let squares = |rewards: &Vec<f64>| {
        let turned = times(&|j| rewards[j]);
        let mean = both(&ones, &turned) / both(&ones, &ones);
        turned.iter().zip(&ones).map(|(t, o)| (t - mean * o).powi(2)).sum::<f64>()
    };
    let determinant: f64 = (0..n).map(|i| packed(&factor, i)[i].ln()).sum();
    let common = common(data, prior, fitted);
    let spread: f64 = data.states.iter().map(|&state| (fitted.weights[state] - common).powi(2)).sum();
    let of_weights = spread / WEIGHT_DEVIATION.powi(2) + ((common - prior) / MEAN_DEVIATION).powi(2);
    let of_noise = ((fitted.noise - NOISE_MEAN) / NOISE_DEVIATION).powi(2);
    let of_one = |rewards: &Vec<f64>| determinant - 0.5 * (n as f64 + 2.0) * (squares(rewards) + 2.0).ln();
    data.rewards.iter().map(of_one).sum::<f64>() - 0.5 * (of_weights + of_noise)
}

#[cfg(test)]
impl Data<'_> {
    pub(super) fn states(&self) -> &[usize] {
        &self.states
    }
}

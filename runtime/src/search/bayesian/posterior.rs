//! What the Gaussian process believes of configs, given those that were told.
//!
//! `K = σ² (R + η I)`, `R(x, y) = exp(−Σᵢ wᵢ dᵢ(xᵢ, yᵢ))`, a constant mean by generalised least squares. What is held is the inverse
//! of the Cholesky factor of `R + η I`, row by row: a further config is one more row, in `O(n²)`. A mean takes `O(n)`, a variance
//! `O(n²)`; but a variance is never more than what is left beside the most similar config alone, which is known at once.

use super::columns::{Columns, Scale, Steps};
use super::sites::{Entry, Row};
use crate::policy::kernels::vectorised;
use crate::policy::real::Real;

/// Variances that are computed side by side.
pub(super) const LANES: usize = 16;
/// Rows of the inverse that are taken together.
const TOGETHER: usize = 4;
/// The variance of the noise of what is drawn, as a share of `σ²`: as little as rounding allows.
const DRAWN_NOISE: f64 = 1e-4;
/// The least variance that is believed in, as a share of that of a config far from all others.
const LEAST_VARIANCE: f64 = 1e-6;

/// The configs that the belief rests on; those that are pending stand last.
#[derive(Debug, Clone, Default)]
pub(super) struct Posterior {
    columns: Columns,
    /// The distance of each row from a config without any decision.
    beside_none: Vec<f32>,
    /// By row: the variance of its noise as a share of `σ²`.
    noises: Vec<f64>,
    /// `L⁻¹` of `R + η I = L Lᵀ`, row by row, each up to the diagonal.
    inverse: Vec<f64>,
    /// The same, to score with.
    short: Vec<f32>,
}

/// What follows from rewards.
#[derive(Debug, Clone)]
pub(super) struct Believed {
    /// `(R + η I)⁻¹ (y − μ)`. Configs that are pending have none: they are believed to earn what is predicted for them.
    alpha: Vec<f64>,
    mean: f64,
    /// The square root of `σ²`.
    spread: f64,
}

/// What a config is believed to earn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Predicted {
    pub(super) mean: f64,
    pub(super) deviation: f64,
}

/// `R` of a config and each row.
pub(super) type Alike = Vec<f32>;

/// A config whose similarity is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Config<'a> {
    Whole(&'a Row),
    /// One of several rows, by place, with another action at a site.
    Changed {
        base: usize,
        from: Entry,
        to: Entry,
    },
}

/// A row of the packed inverse.
pub(super) fn packed<T>(matrix: &[T], row: usize) -> &[T] {
    let start = row * (row + 1) / 2;
    &matrix[start..=start + row]
}

impl Posterior {
    /// Rests on further rows, each with the variance of its noise as a share of `σ²`. Gives how similar each is to all.
    pub(super) fn extend<'a>(
        &mut self,
        rows: impl IntoIterator<Item = (&'a Row, f64)>,
        scale: Scale<'_>,
    ) -> Vec<Alike> {
        let rows: Vec<(&Row, f64)> = rows.into_iter().collect();
        for (row, _) in &rows {
            self.columns.push(row);
        }
        self.beside_none.extend(rows.iter().map(|(row, _)| scale.beside_none(row)));
        let configs: Vec<Config<'_>> = rows.iter().map(|(row, _)| Config::Whole(row)).collect();
        let alike = self.alike(&configs, &[], scale);
        for ((_, noise), alike) in rows.into_iter().zip(&alike) {
            self.append(&alike[..self.len()], noise);
        }
        alike
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.noises.len()
    }

    /// Forgets all rows but the first.
    pub(super) fn truncate(&mut self, len: usize) {
        self.columns.truncate(len);
        self.beside_none.truncate(len);
        self.noises.truncate(len);
        self.inverse.truncate(len * (len + 1) / 2);
        self.short.truncate(len * (len + 1) / 2);
    }

    fn append(&mut self, alike: &[f32], noise: f64) {
        let row = next_row(&self.inverse, alike, noise);
        self.short.extend(row.iter().map(|&x| x as f32));
        self.inverse.extend(row);
        self.noises.push(noise);
    }

    /// What follows from the rewards of the first rows.
    pub(super) fn believe(&self, rewards: &[f64]) -> Believed {
        let n = rewards.len();
        let row = |i: usize| packed(&self.inverse, i);
        let ones: Vec<f64> = (0..n).map(|i| row(i).iter().sum()).collect();
        let turned: Vec<f64> = (0..n).map(|i| dot(row(i), &rewards[..=i])).collect();
        let under = dot(&ones, &ones);
        let mean = if under > 0.0 { dot(&ones, &turned) / under } else { 0.0 };
        let beta: Vec<f64> = turned.iter().zip(&ones).map(|(t, u)| t - mean * u).collect();
        let mut alpha = vec![0.0; n];
        for (i, beta) in beta.iter().enumerate() {
            alpha.iter_mut().zip(row(i)).for_each(|(alpha, inverse)| *alpha += beta * inverse);
        }
        Believed { alpha, mean, spread: ((dot(&beta, &beta) + 2.0) / (n as f64 + 2.0)).sqrt() }
    }

    /// What the configs that were told are believed to earn in the mean, where these are their rewards.
    pub(super) fn smoothed(&self, believed: &Believed, rewards: &[f64]) -> Vec<f64> {
        let rows = rewards.iter().zip(&self.noises).zip(&believed.alpha);
        rows.map(|((reward, noise), alpha)| reward - noise * alpha).collect()
    }

    /// The rewards of further configs, no two of them alike, as one draw of the process has them; for each config its row and a
    /// standard normal number. The rewards of the rows are given.
    pub(super) fn draw(
        &mut self,
        believed: &Believed,
        rewards: &[f64],
        drawn: &[(Row, f64)],
        scale: Scale<'_>,
    ) -> Vec<f64> {
        let told = self.len();
        self.extend(drawn.iter().map(|(row, _)| (row, DRAWN_NOISE)), scale);
        // `L⁻¹ (y − μ)` are independent normal numbers: of each further row that is one equation with one unknown.
        let mut residuals: Vec<f64> = rewards.iter().map(|reward| reward - believed.mean).collect();
        for (i, (_, normal)) in (told..).zip(drawn) {
            let (diagonal, before) = packed(&self.inverse, i).split_last().unwrap_or((&1.0, &[]));
            residuals.push((believed.spread * normal - dot(before, &residuals)) / diagonal);
        }
        self.truncate(told);
        residuals[told..].iter().map(|residual| believed.mean + residual).collect()
    }

    /// How similar configs are to the rows. Where a config is another one with one action changed, so are its distances.
    pub(super) fn alike(&self, configs: &[Config<'_>], bases: &[Row], scale: Scale<'_>) -> Vec<Alike> {
        let mut steps = Steps::default();
        let mut make = |entry| scale.step(&self.columns, entry);
        for config in configs {
            match config {
                Config::Whole(row) => steps.prepare(row, &mut make),
                Config::Changed { from, to, .. } => steps.prepare(&[*from, *to], &mut make),
            }
        }
        for base in bases {
            steps.prepare(base, &mut make);
        }
        let bases: Vec<Vec<f32>> = bases.iter().map(|base| distances(&self.beside_none, base, &steps)).collect();
        let alike = |config: &Config<'_>| match *config {
            Config::Whole(row) => similarities(distances(&self.beside_none, row, &steps)),
            Config::Changed { base, from, to } => similarities(changed(&bases[base], steps.get(from), steps.get(to))),
        };
        configs.iter().map(alike).collect()
    }

    /// The mean of a config, and the most that its deviation can be.
    pub(super) fn bound(&self, believed: &Believed, alike: &Alike) -> Predicted {
        let explained = |(&alike, noise): (&f32, &f64)| f64::from(alike).powi(2) / (1.0 + noise);
        let most = alike.iter().zip(&self.noises).map(explained).fold(0.0, f64::max);
        let mean: f64 = alike.iter().zip(&believed.alpha).map(|(&alike, alpha)| f64::from(alike) * alpha).sum();
        believed.predicted(mean, most)
    }

    /// The same with the deviations that they have, of up to [`LANES`] configs.
    pub(super) fn exact(&self, believed: &Believed, bounds: &[Predicted], alike: &[&Alike]) -> Vec<Predicted> {
        let exact = |(bound, explained): (&Predicted, f64)| believed.exact(*bound, explained);
        bounds.iter().zip(self.explained(alike)).map(exact).collect()
    }

    /// How much of the variance of up to [`LANES`] configs is explained.
    pub(super) fn explained(&self, alike: &[&Alike]) -> Vec<f64> {
        let mut lanes = vec![[0.0f32; LANES]; self.len()];
        for (lane, alike) in alike.iter().take(LANES).enumerate() {
            lanes.iter_mut().zip(alike.iter()).for_each(|(lanes, &alike)| lanes[lane] = alike);
        }
        let explained = vectorised(
            #[inline(always)]
            || explained(&self.short, &lanes),
        );
        explained.iter().take(alike.len()).map(|&explained| f64::from(explained)).collect()
    }

    /// What configs are believed to earn.
    pub(super) fn predict(&self, believed: &Believed, configs: &[Config<'_>], scale: Scale<'_>) -> Vec<Predicted> {
        let alike = self.alike(configs, &[], scale);
        let chunk = |alike: &[Alike]| {
            let bounds: Vec<Predicted> = alike.iter().map(|alike| self.bound(believed, alike)).collect();
            self.exact(believed, &bounds, &alike.iter().collect::<Vec<_>>())
        };
        alike.chunks(LANES).flat_map(chunk).collect()
    }
}

impl Believed {
    /// The mean of a config that is so similar to the rows on which this rests, times so much.
    pub(super) fn mean_at(&self, alike: &Alike, times: f64) -> f64 {
        let sum: f64 = alike.iter().zip(&self.alpha).map(|(&alike, alpha)| f64::from(alike) * alpha).sum();
        self.mean + times * sum
    }

    /// What was bounded, where so much of the variance is explained.
    pub(super) fn exact(&self, bound: Predicted, explained: f64) -> Predicted {
        Predicted { mean: bound.mean, ..self.predicted(0.0, explained) }
    }

    /// Of so much beside the mean of all, and where so much of the variance is explained.
    fn predicted(&self, mean: f64, explained: f64) -> Predicted {
        let deviation = self.spread * (1.0 - explained).max(LEAST_VARIANCE).sqrt();
        Predicted { mean: self.mean + mean, deviation }
    }
}

/// The distances of a config from several rows, of which those from a config without decisions are known.
pub(super) fn distances(beside_none: &[f32], row: &Row, steps: &Steps) -> Vec<f32> {
    vectorised(
        #[inline(always)]
        || {
            let mut distances = beside_none.to_vec();
            for entry in row {
                distances.iter_mut().zip(steps.get(*entry)).for_each(|(distance, step)| *distance += step);
            }
            distances
        },
    )
}

/// The same with one action changed.
fn changed(distances: &[f32], from: &[f32], to: &[f32]) -> Vec<f32> {
    vectorised(
        #[inline(always)]
        || distances.iter().zip(from).zip(to).map(|((distance, from), to)| distance - from + to).collect(),
    )
}

/// `R` at each distance.
pub(super) fn similarities(mut distances: Vec<f32>) -> Alike {
    vectorised(
        #[inline(always)]
        || distances.iter_mut().for_each(|distance| *distance = (-distance.max(0.0)).exp_of_negative()),
    );
    distances
}

/// `L⁻¹` of a matrix given by its rows up to the diagonal, and what is added to that.
pub(super) fn inverse_factor<'a>(rows: impl Iterator<Item = (&'a [f32], f64)>) -> Vec<f64> {
    let mut inverse = Vec::new();
    rows.for_each(|(alike, noise)| inverse.extend(next_row(&inverse, alike, noise)));
    inverse
}

/// The next row of `L⁻¹`, where a further config is so similar to the others.
fn next_row(inverse: &[f64], alike: &[f32], noise: f64) -> Vec<f64> {
    let alike: Vec<f64> = alike.iter().map(|&alike| f64::from(alike)).collect();
    let (left, mut last) = vectorised(
        #[inline(always)]
        || left_over(inverse, &alike, 1.0 + noise),
    );
    // Never less than the noise but for rounding.
    let diagonal = left.max(0.5 * noise).sqrt();
    last[alike.len()] = 1.0;
    for last in &mut last {
        *last /= diagonal;
    }
    last
}

/// `left − vᵀ v` and `−vᵀ L⁻¹`, where `v = L⁻¹ k`; with room for one number more.
#[inline(always)]
fn left_over(inverse: &[f64], alike: &[f64], mut left: f64) -> (f64, Vec<f64>) {
    let mut last = vec![0.0; alike.len() + 1];
    for i in 0..alike.len() {
        let inverse = packed(inverse, i);
        let v = dot(inverse, &alike[..=i]);
        left -= v * v;
        for (last, inverse) in last.iter_mut().zip(inverse) {
            *last -= v * inverse;
        }
    }
    (left, last)
}

/// The scalar product, in a fixed order.
#[inline(always)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut lanes = [0.0; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f64>() + rest
}

/// For each lane `vᵀ v`, where `v = L⁻¹ k`.
#[inline(always)]
fn explained(inverse: &[f32], alike: &[[f32; LANES]]) -> [f32; LANES] {
    let mut squares = [0.0f32; LANES];
    let whole = alike.len() / TOGETHER * TOGETHER;
    for i in (0..whole).step_by(TOGETHER) {
        let (alike, rest) = alike.split_at(i + 1);
        let [a, b, c, d]: [&[f32]; TOGETHER] = std::array::from_fn(|k| &packed(inverse, i + k)[..alike.len()]);
        let mut v = [[0.0f32; LANES]; TOGETHER];
        for j in 0..alike.len() {
            // Copies, so that the sums stay in registers.
            let (x, scales) = (alike[j], [a[j], b[j], c[j], d[j]]);
            for (v, scale) in v.iter_mut().zip(scales) {
                add_scaled(v, scale, &x);
            }
        }
        for (k, v) in v.iter_mut().enumerate() {
            let scales = &packed(inverse, i + k)[alike.len()..];
            scales.iter().zip(rest).for_each(|(scale, alike)| add_scaled(v, *scale, alike));
            add_squares(&mut squares, v);
        }
    }
    for i in whole..alike.len() {
        let mut v = [0.0f32; LANES];
        packed(inverse, i).iter().zip(alike).for_each(|(scale, alike)| add_scaled(&mut v, *scale, alike));
        add_squares(&mut squares, &v);
    }
    squares
}

#[inline(always)]
fn add_scaled(sum: &mut [f32; LANES], scale: f32, x: &[f32; LANES]) {
    for lane in 0..LANES {
        sum[lane] += scale * x[lane];
    }
}

#[inline(always)]
fn add_squares(sum: &mut [f32; LANES], x: &[f32; LANES]) {
    for lane in 0..LANES {
        sum[lane] += x[lane] * x[lane];
    }
}

//! Fitting a surrogate to rows of a table.

mod adam;
mod batch;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;
use rayon::prelude::*;
use thiserror::Error;

use super::Surrogate;
use super::assess::ranks;
use super::curve::Curve;
use super::graph::Graph;
use super::weights::Network;
use crate::nasbench::Row;
use crate::sentence::debug_as_sentence;
use adam::Adam;
use batch::{BATCH, Batch, Example};

/// The learning rate, once it has risen and before it falls.
const LEARNING_RATE: f64 = 0.003;
/// Steps over which the learning rate rises.
const WARM_UP: f64 = 200.0;
/// Rows without which there is no fit.
const LEAST_ROWS: usize = 1000;

/// Fits a [`Surrogate`] to rows of a [`Table`](crate::nasbench::Table), by Adam with weight decay on mini-batches.
///
/// The network learns the rank of a cell on a scale of log-odds, which is as fine at the top as it is coarse in accuracies; a
/// curve through medians then leads from there to accuracies. The same seed gives the same surrogate, whatever the number of
/// threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// Seeds the first weights and the order of the rows.
    pub seed: u64,
    /// How often each row is used.
    pub epochs: u32,
}

/// What a pass over all rows has come to.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Epoch {
    /// Its number, from 1.
    pub number: u32,
    /// The mean squared error while it ran.
    pub loss: f64,
}

/// Why there is no surrogate.
#[derive(Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum FitError {
    /// There are too few rows.
    #[error("a fit takes at least {LEAST_ROWS} rows, found {found}")]
    TooFewRows {
        /// The rows given.
        found: usize,
    },
    /// The weights have grown without bound.
    #[error("the fit has diverged")]
    Diverged,
}

debug_as_sentence!(FitError);

impl Fit {
    /// The surrogate of these rows. `progress` is told of every epoch.
    ///
    /// # Errors
    /// [`FitError`] where there are too few rows, or the fit diverges.
    pub fn run(&self, rows: &[&Row], mut progress: impl FnMut(Epoch)) -> Result<Surrogate, FitError> {
        if rows.len() < LEAST_ROWS {
            return Err(FitError::TooFewRows { found: rows.len() });
        }
        let (mut rng, mut examples) = (Pcg64::seed_from_u64(self.seed), examples(rows));
        let mut learner = Learner { network: Network::random(&mut rng), adam: Adam::new(), batch: Batch::new() };
        for epoch in 0..self.epochs {
            examples.shuffle(&mut rng);
            let loss = learner.epoch(&examples, epoch, self.epochs);
            progress(Epoch { number: epoch + 1, loss });
        }
        finish(learner.network, rows)
    }
}

/// What goes on from step to step.
struct Learner {
    network: Network<f32>,
    adam: Adam,
    batch: Batch,
}

impl Learner {
    /// Goes once over the examples; the mean squared error.
    fn epoch(&mut self, examples: &[Example], epoch: u32, epochs: u32) -> f64 {
        let steps = examples.len().div_ceil(BATCH);
        let mut loss = 0.0;
        for (step, batch) in examples.chunks(BATCH).enumerate() {
            let done = (epoch as usize * steps + step) as f64;
            let left = 1.0 - done / (epochs as usize * steps) as f64;
            let rate = LEARNING_RATE * left * (done / WARM_UP).min(1.0);
            let (gradient, squares) = self.batch.gradient(&self.network, batch);
            self.adam.step(rate, &mut self.network, gradient);
            loss += squares;
        }
        loss / examples.len() as f64
    }
}

/// The log-odds that a cell drawn at random is worse, scaled to a spread of about one.
fn examples(rows: &[&Row]) -> Vec<Example> {
    let ranks = ranks(rows.iter().map(|row| row.accuracy()));
    let example = |(row, rank): (&&Row, f64)| {
        let worse = (rank + 0.5) / rows.len() as f64;
        Example { graph: Graph::new(&row.cell), target: (0.5 * (worse / (1.0 - worse)).ln()) as f32 }
    };
    rows.iter().zip(ranks).map(example).collect()
}

fn finish(network: Network<f32>, rows: &[&Row]) -> Result<Surrogate, FitError> {
    let pair = |row: &&Row| (network.predict(&Graph::new(&row.cell)), row.accuracy() as f32);
    let mut pairs: Vec<(f32, f32)> = rows.par_iter().map(pair).collect();
    let weights = network.rows.as_flattened();
    if !weights.iter().chain(pairs.iter().map(|pair| &pair.0)).all(|value| value.is_finite()) {
        return Err(FitError::Diverged);
    }
    let curve = Curve::fit(&mut pairs).map_err(|_| FitError::Diverged)?;
    Ok(Surrogate { network, curve })
}

#[cfg(test)]
mod tests;

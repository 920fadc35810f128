//! The gradient of a batch: parts of it in parallel, summed in order.

use rayon::prelude::*;

use super::super::graph::Graph;
use super::super::network::Pass;
use super::super::weights::Network;
use crate::policy::kernels::{add, vectorised};

/// Examples in a batch.
pub(super) const BATCH: usize = 256;
/// Parts that are computed in parallel. The figures do not depend on the number of threads, since this does not.
const PARTS: usize = 4;

/// A cell and what the network is to predict for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Example {
    pub(super) graph: Graph,
    pub(super) target: f32,
}

/// Room for the gradients of a batch.
pub(super) struct Batch {
    parts: Vec<Part>,
}

struct Part {
    pass: Pass<f32>,
    gradient: Network<f32>,
    loss: f64,
}

impl Batch {
    pub(super) fn new() -> Self {
        let part = || Part { pass: Pass::new(), gradient: Network::zeros(), loss: 0.0 };
        Self { parts: (0..PARTS).map(|_| part()).collect() }
    }

    /// The gradient of the mean squared error over the examples, and the sum of the squared errors.
    pub(super) fn gradient(&mut self, network: &Network<f32>, examples: &[Example]) -> (&Network<f32>, f64) {
        let scale = 2.0 / examples.len() as f32;
        let chunks = examples.par_chunks(BATCH.div_ceil(PARTS));
        let used = chunks.len();
        self.parts.par_iter_mut().zip(chunks).for_each(|(part, chunk)| {
            vectorised(
                #[inline(always)]
                || part.run(network, chunk, scale),
            );
        });
        let (first, others) = self.parts[..used].split_at_mut(1);
        for other in others.iter() {
            vectorised(
                #[inline(always)]
                || add_rows(&mut first[0].gradient, &other.gradient),
            );
            first[0].loss += other.loss;
        }
        (&first[0].gradient, first[0].loss)
    }
}

impl Part {
    #[inline(always)]
    fn run(&mut self, network: &Network<f32>, examples: &[Example], scale: f32) {
        self.gradient.rows.as_flattened_mut().fill(0.0);
        self.loss = 0.0;
        for Example { graph, target } in examples {
            let error = network.forward(graph, &mut self.pass) - target;
            self.loss += f64::from(error * error);
            network.backward(graph, &self.pass, scale * error, &mut self.gradient);
        }
    }
}

#[inline(always)]
fn add_rows(sum: &mut Network<f32>, other: &Network<f32>) {
    for (sum, other) in sum.rows.iter_mut().zip(&other.rows) {
        add(sum, other);
    }
}

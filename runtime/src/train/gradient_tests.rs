//! The gradients of all parameters against finite differences, and the encoder against dfdx's own.

use std::borrow::Cow;
use std::sync::Arc;

use dfdx::prelude::*;
use rand::SeedableRng;
use rand_pcg::Pcg64;

use super::lesson::{Lesson, gradients};
use crate::policy::Universe;
use crate::policy::batch::{Attention, Batch, Path};
use crate::policy::network::Network;
use crate::policy::pair::Pair;
use crate::policy::sampler::start;
use crate::policy::self_attention::Queries;
use crate::policy::tables::{Parameter, Tables};
use crate::policy::weights::Weights;
use crate::space::{Graph, encode};

#[crate::search_space]
struct Dense {
    #[space(choices = [16, 32, 64])]
    units: u32,
    bias: bool,
}

#[crate::search_space]
enum Model {
    Cnn {
        #[space(range = 1..=5, step = 2)]
        kernel: u8,
        #[space(len = 1..=30)]
        blocks: Vec<bool>,
        head: Dense,
    },
    Mlp {
        head: Dense,
    },
}

fn network() -> Network<f64> {
    let mut network = Network::new(Box::new(Tables::<Model, f64>::zeros()), &mut Pcg64::seed_from_u64(3));
    // Biases, scales and shifts away from their initial values, so that no gradient is zero by symmetry.
    let mut noise = 0u32;
    network.visit(&mut |_, tensor| {
        let mut numbers = tensor.values();
        for number in &mut numbers {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *number += 0.2 * (f64::from(noise >> 8) / f64::from(1 << 24) - 0.5);
        }
        tensor.put(&numbers);
    });
    network
}

/// The first one has more candidates than queries go through the backward pass of attention together.
fn configs() -> [Model; 2] {
    let head = || Dense { units: 32, bias: true };
    let blocks = (0..30).map(|block| block % 3 == 0).collect();
    [Model::Cnn { kernel: 3, blocks, head: head() }, Model::Mlp { head: head() }]
}

/// The objective of two lessons on traces of different lengths, and its gradients where asked for.
fn objective(network: &Network<f64>, attention: Attention) -> (Gradients<f64, Cpu>, f64) {
    let graph = Graph::new(Model::START);
    let traces = configs().map(|config| encode(&config).unwrap());
    let steps = traces.each_ref().map(|trace| graph.follow(0, trace).unwrap());
    let path = |i: usize| Path { start: start(&graph, Pair { space: 0, task: 0 }), steps: Cow::Borrowed(&steps[i]) };
    let lessons = [
        Lesson { path: path(0), likelihood: -0.7, entropy: 0.15 },
        Lesson { path: path(1), likelihood: 5.0, entropy: 0.0 },
    ];
    let weights = Arc::new(Weights::of(network));
    let (gradients, objective) = gradients(network, &weights, attention, &lessons);
    (gradients, objective.value)
}

/// The slope of the loss in one number, from both sides.
fn slope(network: &Network<f64>, attention: Attention, path: &str, index: usize) -> f64 {
    // Small, since a ReLU that turns between the two sides spoils the slope.
    const STEP: f64 = 1e-7;
    let at = |by: f64| {
        let mut network = network.clone();
        network.visit(&mut |at, tensor| {
            if at == path {
                let mut numbers = tensor.values();
                numbers[index] += by;
                tensor.put(&numbers);
            }
        });
        -objective(&network, attention).1
    };
    (at(STEP) - at(-STEP)) / (2.0 * STEP)
}

fn check(attention: Attention) {
    let mut network = network();
    let (mut found, _) = objective(&network, attention);
    let mut tensors = Vec::new();
    network.visit(&mut |path, tensor| tensors.push((path.to_owned(), tensor.gradient(&mut found).unwrap().to_vec())));
    assert_eq!(tensors.len(), 4 + 2 * 16 + 2, "every tensor is visited");
    for (path, gradient) in tensors {
        // Every number of small tensors, some 24 of large ones.
        let stride = gradient.len().div_ceil(24).max(1);
        let mut moved = false;
        for index in (0..gradient.len()).step_by(stride) {
            let expected = slope(&network, attention, &path, index);
            let error = (gradient[index] - expected).abs();
            assert!(error < 1e-6 * (1.0 + expected.abs()), "{path}[{index}]: {} for {expected}", gradient[index]);
            moved |= expected.abs() > 1e-6;
        }
        // What moves all scores of a query, or all logits of a decision, alike makes no difference to softmax.
        let without_gradient =
            path.ends_with("w_k.bias") || ["encoder.1.norm2.beta", "output.bias"].contains(&path.as_str());
        assert_eq!(moved, !without_gradient, "whether {path} has a gradient");
    }
}

#[test]
fn gradients_agree_with_finite_differences_in_causal_attention() {
    check(Attention::Causal);
}

#[test]
fn gradients_agree_with_finite_differences_in_full_attention() {
    check(Attention::Full);
}

#[test]
fn without_a_mask_the_encoder_is_dfdx_s_own() {
    let network = network();
    let weights = Weights::of(&network);
    let graph = Graph::new(Model::START);
    let trace = encode(&configs()[0]).unwrap();
    let steps = graph.follow(0, &trace).unwrap();
    let path = Path { start: start(&graph, Pair { space: 0, task: 0 }), steps: Cow::Borrowed(&steps) };
    let batch = Batch::of_trace(Attention::Full, &path);
    let mut ours: Vec<_> = batch.tokens.iter().map(|&token| weights.embed(token)).collect();
    let shape = (ours.len(), Const::<24>);
    let mut theirs = Cpu::default().tensor_from_vec(ours.as_flattened().to_vec(), shape);
    for (layer, dfdx_block) in network.blocks().iter().enumerate() {
        (ours, _) = weights.blocks[layer].forward(ours, &batch, Queries::All);
        theirs = dfdx_block.forward(theirs);
    }
    let worst = ours.as_flattened().iter().zip(theirs.values()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-12, "the largest difference is {worst:e}");
}

/// The first step is the start token, and what a candidate of the first decision takes in the first layer. From the
/// second layer on the start token has attended to the candidate where attention is full, and the modes part.
#[test]
fn the_two_attention_modes_agree_at_the_first_step() {
    let weights = Weights::of(&network());
    let graph = Graph::new(Model::START);
    let (nothing, first) = ([], [graph.walk(0).pending().unwrap().step(1)]);
    let encode = |batch: &Batch, layers: usize| {
        let mut rows = batch.tokens.iter().map(|&token| weights.embed(token)).collect();
        for layer in 0..layers {
            let queries = if layer + 1 == layers { Queries::Outputs } else { Queries::All };
            (rows, _) = weights.blocks[layer].forward(rows, batch, queries);
        }
        rows
    };
    let start_only = Path { start: start(&graph, Pair { space: 0, task: 0 }), steps: Cow::Borrowed(&nothing) };
    let modes = [Attention::Full, Attention::Causal];
    let [full, causal] = modes.map(|attention| encode(&Batch::of_trace(attention, &start_only), 2));
    assert_eq!(full, causal);

    let path = Path { start: start(&graph, Pair { space: 0, task: 0 }), steps: Cow::Borrowed(&first) };
    let [full, causal] = modes.map(|attention| encode(&Batch::of_paths(attention, &[&path]), 1));
    assert_eq!(full.len(), 2);
    let worst = full.as_flattened().iter().zip(causal.as_flattened()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-12, "the largest difference is {worst:e}");
}

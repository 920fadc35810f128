//! Gradients against finite differences, probabilities against samples, learning.

use std::borrow::Cow;

use rand::SeedableRng;

use super::learn::gradient;
use super::network::{Network, inputs};
use super::parameters::Parameters;
use super::*;
use crate::agent::Trial;
use crate::policy::batch::{Path, Token};
use crate::policy::kernels::EMBEDDING;
use crate::policy::sampler::start;
use crate::policy::softmax::log_softmax;
use crate::search::Searcher;
use crate::space::{ActionRow, Graph, StateRow, Trace};
use crate::train::lesson::Lesson;

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
enum Small {
    Conv {
        #[space(choices = [1, 3])]
        kernel: u8,
        #[space(len = 0..=2)]
        gates: Vec<bool>,
    },
    Dense {
        bias: Option<bool>,
    },
    Identity,
}

pub(super) const INPUTS: [LstmInput; 2] = [LstmInput::PerState, LstmInput::Shared];

fn objective(network: &Network<f64>, lessons: &[Lesson<'_>]) -> f64 {
    let of_lesson = |lesson: &Lesson<'_>| {
        let steps = &lesson.path.steps;
        let mut state = super::cell::State::start();
        let mut sum = 0.0;
        for (token, decision) in inputs(lesson.path.start, steps).zip(steps.iter()) {
            let input = network.parameters.embed(network.embedded(token));
            super::cell::step(&network.parameters, &mut state, &input);
            let log_probs = log_softmax(&network.logits(&state.output, decision.actions()));
            let entropy = -log_probs.iter().map(|log_prob| log_prob.exp() * log_prob).sum::<f64>();
            sum += lesson.likelihood * log_probs[decision.taken] + lesson.entropy * entropy / steps.len() as f64;
        }
        sum
    };
    lessons.iter().map(of_lesson).sum()
}

/// A network whose biases are away from their initial values.
fn network(graph: &Graph, tasks: usize, input: LstmInput) -> Network<f64> {
    let mut network = Network::new(graph, tasks, input, &mut rand_pcg::Pcg64::seed_from_u64(3));
    let Parameters { gates_bias, output_bias, .. } = &mut network.parameters;
    for (i, bias) in gates_bias.iter_mut().chain(output_bias).enumerate() {
        *bias += 0.1 * (i as f64).sin();
    }
    network
}

/// The slope of the loss in one number, from both sides.
fn slope(network: &Network<f64>, lessons: &[Lesson<'_>], tensor: usize, index: usize) -> f64 {
    const STEP: f64 = 1e-5;
    let at = |by: f64| {
        let mut network = network.clone();
        network.parameters.tensors_mut()[tensor][index] += by;
        -objective(&network, lessons)
    };
    (at(STEP) - at(-STEP)) / (2.0 * STEP)
}

/// Holds every tensor's gradient, of one lesson for each trace of a pair, against the slopes of the loss.
pub(super) fn check_gradient(graph: &Graph, tasks: usize, input: LstmInput, told: &[(Pair, Trace)]) {
    let network = network(graph, tasks, input);
    let lesson = |(i, (pair, trace)): (usize, &(Pair, Trace))| {
        let steps = Cow::Owned(graph.follow(pair.space, trace).unwrap());
        let (likelihood, entropy) = [(-0.7, 0.15), (5.0, 0.0)][i % 2];
        Lesson { path: Path { start: start(graph, *pair), steps }, likelihood, entropy }
    };
    let lessons: Vec<Lesson<'_>> = told.iter().enumerate().map(lesson).collect();
    let (found, _) = gradient(&network, &lessons);
    for (tensor, gradient) in found.tensors().iter().enumerate() {
        // Every number of small tensors, some 60 of large ones.
        let mut moved = false;
        for index in (0..gradient.len()).step_by(gradient.len().div_ceil(60).max(1)) {
            let (found, expected) = (gradient[index], slope(&network, &lessons, tensor, index));
            let error = (found - expected).abs();
            assert!(error < 1e-6 * (1.0 + expected.abs()), "{input:?} {tensor}[{index}]: {found} for {expected}");
            moved |= expected.abs() > 1e-6;
        }
        assert!(moved, "{input:?}: tensor {tensor} has no gradient");
    }
}

#[test]
fn gradients_agree_with_finite_differences() {
    let configs = [Small::Conv { kernel: 3, gates: vec![true, false] }, Small::Dense { bias: Some(true) }];
    let told = configs.map(|config| (Pair { space: 0, task: 0 }, encode(&config).unwrap()));
    for input in INPUTS {
        check_gradient(&Graph::new(Small::START), 1, input, &told);
    }
}

/// `Small` has 2, 3, 2, .. actions a state; the table of the shared input has as many rows as the largest state.
#[test]
fn the_shared_input_is_an_action_s_place_in_its_state() {
    let graph = Graph::new(Small::START);
    let vocabulary = graph.vocabulary();
    let [per_state, shared] = INPUTS.map(|input| network(&graph, 1, input));
    assert_eq!(per_state.parameters.inputs.len(), vocabulary.actions() * EMBEDDING);
    assert_eq!(shared.parameters.inputs.len(), 3 * EMBEDDING);
    for (state, row) in vocabulary.states().iter().zip(0..) {
        for (place, action) in state.rows().enumerate() {
            let token = Token {
                action: ActionRow(action as u32),
                state: StateRow(row),
                ..start(&graph, Pair { space: 0, task: 0 })
            };
            assert_eq!([&per_state, &shared].map(|network| network.embedded(token).input), [action, place]);
        }
    }
}

/// All 2 · (1 + 2 + 4) + 3 + 1 = 18 configs after some learning, so that the policy is far from uniform.
#[test]
fn probabilities_sum_to_one_and_trials_know_theirs() {
    for input in INPUTS {
        let mut agent =
            LstmAgent::<Small>::new(Settings { learning_rate: 2e-3, ..Settings::default() }, input).unwrap();
        for i in 0..150 {
            let trial: Trial<Small> = agent.ask().unwrap();
            let expected = agent.log_prob(&trial.config).unwrap();
            assert!((trial.log_prob() - expected).abs() < 1e-9, "{} {expected}", trial.log_prob());
            agent.tell(trial, f64::from(i % 5)).unwrap();
        }
        let configs: Vec<Small> = Small::enumerate().collect();
        assert_eq!(configs.len(), 18);
        let sum: f64 = configs.iter().map(|config| agent.log_prob(config).unwrap().exp()).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{input:?}: {sum}");
    }
}

/// Seeds 0 to 4. Of a good config one in nine is sampled at first; after 600 trials at least half must be.
#[test]
fn the_agent_learns_and_repeats_itself_by_its_seed() {
    let good = |config: &Small| matches!(config, Small::Conv { kernel: 3, gates } if gates.len() == 2 && gates[0]);
    for input in INPUTS {
        for seed in 0..5 {
            let run = || {
                let mut agent = LstmAgent::<Small>::new(Settings { seed, ..Settings::default() }, input).unwrap();
                let mut late = 0;
                for i in 0..700 {
                    let trial: Trial<Small> = agent.ask().unwrap();
                    let is_good = good(&trial.config);
                    late += u32::from(is_good && i >= 600);
                    agent.tell(trial, f64::from(u8::from(is_good))).unwrap();
                }
                (late, agent.log_prob(&Small::Identity).unwrap().to_bits())
            };
            let (late, bits) = run();
            assert!(late >= 50, "{input:?}, seed {seed}: {late} of 100");
            assert_eq!((late, bits), run());
        }
    }
}

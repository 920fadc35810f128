//! Gradients against finite differences, probabilities against samples, learning.

use std::borrow::Cow;

use rand::SeedableRng;

use super::learn::gradient;
use super::model::{Network, inputs};
use super::*;
use crate::policy::batch::Path;
use crate::policy::sampler::{log_softmax, start};
use crate::space::Graph;
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

const INPUTS: [LstmInput; 2] = [LstmInput::PerState, LstmInput::Shared];

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

#[test]
fn gradients_agree_with_finite_differences() {
    const STEP: f64 = 1e-5;
    for input in INPUTS {
        let graph = Graph::new(Small::START);
        let network = Network::<f64>::new(&graph, 1, input, &mut rand_pcg::Pcg64::seed_from_u64(3));
        let pair = Pair { space: 0, task: 0 };
        let configs = [Small::Conv { kernel: 3, gates: vec![true, false] }, Small::Dense { bias: Some(true) }];
        let traces = configs.map(|config| encode(&config).unwrap());
        let paths = traces
            .each_ref()
            .map(|trace| Path { start: start(&graph, pair), steps: Cow::Owned(graph.follow(0, trace).unwrap()) });
        let [first, second] = paths;
        let lessons = [
            Lesson { path: first, likelihood: -0.7, entropy: 0.15 },
            Lesson { path: second, likelihood: 5.0, entropy: 0.0 },
        ];
        let (found, _) = gradient(&network, &lessons);
        for (tensor, gradient) in found.tensors().iter().enumerate() {
            let mut moved = false;
            for index in (0..gradient.len()).step_by(gradient.len().div_ceil(40).max(1)) {
                let at = |by: f64| {
                    let mut network = network.clone();
                    network.parameters.tensors_mut()[tensor][index] += by;
                    -objective(&network, &lessons)
                };
                let expected = (at(STEP) - at(-STEP)) / (2.0 * STEP);
                let error = (gradient[index] - expected).abs();
                assert!(
                    error < 1e-6 * (1.0 + expected.abs()),
                    "{input:?} {tensor}[{index}]: {} for {expected}",
                    gradient[index]
                );
                moved |= expected.abs() > 1e-6;
            }
            assert!(moved, "{input:?}: tensor {tensor} has no gradient");
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

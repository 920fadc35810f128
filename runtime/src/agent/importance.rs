//! What the policy makes of each state.

use rand::SeedableRng;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::core::Core;
use crate::policy::pair::Pair;
use crate::policy::sampler::Source;
use crate::space::{StateRow, Vocabulary, WalkError};
use crate::train::model::Model;

/// How far the policy has moved in one state, as a mean over configs that it samples now. All amounts are in nats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Importance {
    /// The state's name.
    pub state: String,
    /// The entropy of the policy: what it still leaves open.
    pub entropy: f64,
    /// The entropy of the uniform policy that it began with: `ln k` for `k` actions.
    pub uniform: f64,
    /// The divergence of the policy from the uniform one, `KL(π ‖ uniform)`: how much it has learned.
    pub shift: f64,
    /// Each action's label with its mean probability.
    pub actions: Vec<(String, f64)>,
}

/// What was counted of one state.
#[derive(Debug, Clone, Default)]
struct Totals {
    times: f64,
    entropy: f64,
    uniform: f64,
    /// By position among the state's actions.
    actions: Vec<f64>,
}

impl<M: Model> Core<M> {
    /// See [`Agent::importance`](super::Agent::importance).
    pub(crate) fn importance(&self, pair: Pair) -> Result<Vec<Importance>, WalkError> {
        const SAMPLES: usize = 200;
        const IN_STEP: usize = 16;
        /// So many decisions are enough for a mean: of long configs a sample takes its time, and has many.
        const ENOUGH: usize = 12_000;
        let mut decided = 0;
        let Self { graph, model, .. } = self;
        let mut totals: Vec<Totals> = vec![Totals::default(); graph.vocabulary().states().len()];
        let mut rngs: Vec<Pcg64> = (0..SAMPLES).map(|seed| Pcg64::seed_from_u64(seed as u64)).collect();
        for rngs in rngs.chunks_mut(IN_STEP) {
            let mut sources: Vec<Source<'_>> = rngs.iter_mut().map(|rng| Source::free(0.0, rng)).collect();
            for draw in model.sample(graph, pair, &mut sources).into_iter().flatten() {
                let steps = graph.follow(pair.space, &draw.trace)?;
                decided += steps.len();
                for (step, log_probs) in steps.iter().zip(model.distributions(graph, pair, &steps)) {
                    let state = step.decision.state;
                    let first = graph.vocabulary().state(state).rows().start;
                    let places = step.actions().map(|action| action.index() - first);
                    totals[state.index()].add(places, &log_probs);
                }
            }
            if decided >= ENOUGH {
                break;
            }
        }
        let totals = totals.iter().enumerate().filter(|(_, totals)| totals.times > 0.0);
        Ok(totals.map(|(row, totals)| totals.mean(graph.vocabulary(), StateRow(row as u32))).collect())
    }
}

impl Totals {
    fn add(&mut self, places: impl Iterator<Item = usize>, log_probs: &[f64]) {
        self.times += 1.0;
        self.uniform += (log_probs.len() as f64).ln();
        for (place, log_prob) in places.zip(log_probs) {
            let probability = log_prob.exp();
            self.entropy -= probability * log_prob;
            self.actions.resize(self.actions.len().max(place + 1), 0.0);
            self.actions[place] += probability;
        }
    }

    fn mean(&self, vocabulary: &Vocabulary, row: StateRow) -> Importance {
        let state = vocabulary.state(row);
        let mean = |sum: f64| sum / self.times;
        let probability = |place: usize| self.actions.get(place).copied().map_or(0.0, mean);
        let actions = state.labels.iter().enumerate().map(|(place, label)| (label.name.clone(), probability(place)));
        Importance {
            state: state.name().to_owned(),
            entropy: mean(self.entropy),
            uniform: mean(self.uniform),
            shift: mean(self.uniform - self.entropy).max(0.0),
            actions: actions.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[search_space]
    #[derive(Debug)]
    enum Model {
        Deep {
            #[space(range = 1..=4)]
            layers: u32,
        },
        Flat,
    }

    /// Seed 3; a policy that has settled on one action has no entropy there, and its probability near 1.
    #[test]
    fn a_policy_moves_where_it_matters() {
        let mut agent = Agent::<Model>::builder().seed(3).entropy(0.0).build().unwrap();
        let fresh = agent.importance::<Model>().unwrap();
        let names: Vec<&str> = fresh.iter().map(|importance| importance.state.as_str()).collect();
        assert_eq!(names, ["Model", "Model.Deep.layers"]);
        assert!(fresh.iter().all(|importance| importance.shift < 0.2), "{fresh:?}");
        for _ in 0..400 {
            let trial = agent.sample::<Model>().unwrap();
            let reward = f64::from(u8::from(matches!(trial.config, Model::Deep { layers: 3 })));
            agent.observe(trial, reward).unwrap();
        }
        let learned = agent.importance::<Model>().unwrap();
        for importance in &learned {
            let sum: f64 = importance.actions.iter().map(|(_, probability)| probability).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{importance:?}");
            assert!(importance.shift > 0.5, "{importance:?}");
            assert!((importance.shift - (importance.uniform - importance.entropy)).abs() < 1e-9);
        }
        assert!(learned[1].actions[2].1 > 0.9, "{learned:?}");
    }
}

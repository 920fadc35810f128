//! Local search: from the best value known to a neighbour, as long as there is one (White et al. 2021, "Exploring the Loss
//! Landscape in Neural Architecture Search").

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::neighbour::{Change, changed, changes};
use super::{Searcher, untaught};
use crate::agent::observe::check;
use crate::agent::sample::valid_config;
use crate::agent::{ConfigError, ObserveError, Trial};
use crate::space::{Graph, SampleError, SearchSpace, Trace, UniformSampler};

/// After some random starts, tries an untried neighbour, a config with one decision taken otherwise, of the best value that
/// still has one. As soon as a better value is told, its neighbours are tried.
#[derive(Debug, Clone)]
pub struct LocalSearch<T> {
    graph: Graph,
    random: UniformSampler<T>,
    rng: Pcg64,
    starts: usize,
    /// Best first; of equals the earlier one.
    values: Vec<Value>,
}

/// A config that was told, and what can be changed of it.
#[derive(Debug, Clone)]
struct Value {
    reward: f64,
    trace: Trace,
    /// In random order, to be tried from the end; none before they are asked for.
    untried: Option<Vec<Change>>,
}

impl<T: SearchSpace> LocalSearch<T> {
    /// A search whose trials depend on the seed and the rewards only; it starts with ten random configs.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            graph: Graph::of_space(T::SPACE),
            random: UniformSampler::over_traces(),
            rng: Pcg64::seed_from_u64(seed),
            starts: 10,
            values: Vec::new(),
        }
    }

    /// How many random configs are tried first.
    #[must_use]
    pub fn starts(mut self, starts: usize) -> Self {
        self.starts = starts;
        self
    }

    /// True with a probability, from the search's own random numbers.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.rng.random::<f64>() < probability
    }

    /// Takes in a value whose trace leads through the space.
    pub(super) fn remember(&mut self, trace: Trace, reward: f64) {
        let place = self.values.partition_point(|value| value.reward >= reward);
        self.values.insert(place, Value { reward, trace, untried: None });
    }

    /// An untried neighbour of the best value that has one.
    pub(super) fn neighbour(&mut self) -> Result<Option<Trial<T>>, SampleError> {
        let Self { graph, values, rng, .. } = self;
        while let Some(best) = values.first_mut() {
            let steps = graph.follow(0, &best.trace).unwrap_or_default();
            let untried = best.untried.get_or_insert_with(|| {
                let mut all = changes(&steps);
                all.shuffle(rng);
                all
            });
            let Some(change) = untried.pop() else {
                values.remove(0);
                continue;
            };
            let trace = changed(graph, &steps, change, |pending| rng.random_range(0..pending.len()));
            let Some(trace) = trace else { continue };
            if let Some(config) = valid_config(&trace)? {
                return Ok(Some(Trial::chosen(config, trace)));
            }
        }
        Ok(None)
    }
}

/// Its trials carry no log-probability of their own: it is 0, as of something certain.
impl<T: SearchSpace> Searcher<T> for LocalSearch<T> {
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        if self.starts > 0 {
            self.starts -= 1;
        } else if let Some(trial) = self.neighbour()? {
            return Ok(trial);
        }
        untaught::random(&mut self.random, &mut self.rng)
    }

    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        check(reward)?;
        self.graph.follow(0, &trial.trace)?;
        self.remember(trial.trace, reward);
        Ok(())
    }

    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
        untaught::given(&self.graph, config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    struct Bits {
        bits: [bool; 8],
    }

    #[test]
    fn a_single_hill_is_climbed() {
        // From any start a better neighbour is among 8; eight improvements and 8 tries each are enough.
        for seed in 0..10 {
            let mut search = LocalSearch::<Bits>::new(seed).starts(1);
            let mut best = 0.0f64;
            for _ in 0..=64 {
                let trial = search.ask().unwrap();
                let reward = trial.config.bits.iter().map(|&bit| f64::from(u8::from(bit))).sum::<f64>();
                search.tell(trial, reward).unwrap();
                best = best.max(reward);
            }
            assert!((best - 8.0).abs() < 1e-9, "seed {seed}: {best}");
        }
    }

    #[test]
    fn neighbours_are_tried_once_and_then_those_of_the_next_best() {
        let mut search = LocalSearch::<Bits>::new(3).starts(1);
        let first = search.ask().unwrap();
        let start = first.config.clone();
        search.tell(first, 1.0).unwrap();
        let mut seen = Vec::new();
        for _ in 0..8 {
            let trial = search.ask().unwrap();
            let differing = trial.config.bits.iter().zip(&start.bits).filter(|(a, b)| a != b).count();
            assert_eq!(differing, 1);
            assert!(!seen.contains(&trial.config));
            seen.push(trial.config.clone());
            search.tell(trial, 0.5).unwrap();
        }
        let next = search.ask().unwrap();
        let differing = next.config.bits.iter().zip(&seen[0].bits).filter(|(a, b)| a != b).count();
        assert_eq!(differing, 1, "the earliest of equals comes next");
    }
}

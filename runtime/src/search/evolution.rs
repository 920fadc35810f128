//! Regularized evolution (Real et al. 2019, "Regularized Evolution for Image Classifier Architecture Search").

use std::collections::VecDeque;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::neighbour::{Change, changed};
use super::{Searcher, untaught};
use crate::agent::observe::check;
use crate::agent::sample::valid_config;
use crate::agent::{ConfigError, ObserveError, Trial};
use crate::space::cursor::Step;
use crate::space::{Graph, SampleError, SearchSpace, Trace, UniformSampler};

/// Keeps the latest trials as its population; each child is a mutation of the best of a few of them drawn at random.
///
/// The first trials are random, until the population is full. A mutation takes one decision otherwise, any that has another
/// action available; decisions below it that no longer come up are dropped, new ones are made uniformly. A child that a
/// `valid` predicate refuses is drawn again.
#[derive(Debug, Clone)]
pub struct RegularizedEvolution<T> {
    graph: Graph,
    random: UniformSampler<T>,
    rng: Pcg64,
    /// The oldest first.
    members: VecDeque<(Trace, f64)>,
    population: usize,
    tournament: usize,
    random_starts: Option<usize>,
    told: usize,
    split: Option<fn(&str) -> usize>,
}

impl<T: SearchSpace> RegularizedEvolution<T> {
    /// The population and the tournament of NAS-Bench-101's authors and of the paper (Section 4.2).
    const POPULATION: usize = 100;
    const TOURNAMENT: usize = 8;

    /// A search whose trials depend on the seed and the rewards only.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            graph: Graph::of_space(T::SPACE),
            random: UniformSampler::over_traces(),
            rng: Pcg64::seed_from_u64(seed),
            members: VecDeque::new(),
            population: Self::POPULATION,
            tournament: Self::TOURNAMENT,
            random_starts: None,
            told: 0,
            split: None,
        }
    }

    /// How many of the latest trials are the population; 100 where it is not set, at least 1.
    #[must_use]
    pub fn population(mut self, size: usize) -> Self {
        self.population = size.max(1);
        self
    }

    /// How many of the population a parent is the best of; 8 where it is not set, at least 1.
    #[must_use]
    pub fn tournament(mut self, size: usize) -> Self {
        self.tournament = size.max(1);
        self
    }

    /// After how many trials mutation begins; as many as the population where it is not set. With given starting points,
    /// 0 mutates them from the start.
    #[must_use]
    pub fn random_starts(mut self, trials: usize) -> Self {
        self.random_starts = Some(trials);
        self
    }

    /// Splits the states in groups, by name: a mutation first draws a group, then a decision of it. Without it, all
    /// decisions are as likely.
    #[must_use]
    pub fn split_by(mut self, group: fn(&str) -> usize) -> Self {
        self.split = Some(group);
        self
    }

    fn child(&mut self) -> Result<Option<Trial<T>>, SampleError> {
        let Some(parent) = self.parent() else { return Ok(None) };
        let steps = self.graph.follow(0, &parent).unwrap_or_default();
        let Some(change) = mutation(&self.graph, &steps, self.split, &mut self.rng) else { return Ok(None) };
        let rng = &mut self.rng;
        let trace = changed(&self.graph, &steps, change, |pending| rng.random_range(0..pending.len()));
        let Some(trace) = trace else { return Ok(None) };
        Ok(valid_config(&trace)?.map(|config| Trial::chosen(config, trace)))
    }

    /// The best of a few members drawn with replacement, the first of equals.
    fn parent(&mut self) -> Option<Trace> {
        if self.members.is_empty() {
            return None;
        }
        let mut best = self.rng.random_range(0..self.members.len());
        for _ in 1..self.tournament {
            let other = self.rng.random_range(0..self.members.len());
            if self.members[other].1 > self.members[best].1 {
                best = other;
            }
        }
        Some(self.members[best].0.clone())
    }
}

/// One decision to be taken otherwise; none where there is nothing else to take.
fn mutation(graph: &Graph, steps: &[Step<'_>], split: Option<fn(&str) -> usize>, rng: &mut Pcg64) -> Option<Change> {
    let mut decisions: Vec<usize> = (0..steps.len()).filter(|&i| steps[i].len() > 1).collect();
    if let Some(split) = split {
        let group = |i: usize| split(graph.vocabulary().state(steps[i].decision.state).name());
        let mut groups: Vec<usize> = decisions.iter().map(|&i| group(i)).collect();
        groups.sort_unstable();
        groups.dedup();
        let drawn = *groups.get(rng.random_range(0..groups.len().max(1)))?;
        decisions.retain(|&i| group(i) == drawn);
    }
    let decision = *decisions.get(rng.random_range(0..decisions.len().max(1)))?;
    let other = rng.random_range(0..steps[decision].len() - 1);
    Some(Change { decision, action: other + usize::from(other >= steps[decision].taken) })
}

/// Its trials carry no log-probability of their own: it is 0, as of something certain.
impl<T: SearchSpace> Searcher<T> for RegularizedEvolution<T> {
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        if self.told >= self.random_starts.unwrap_or(self.population) {
            let draws = if self.members.is_empty() { 0 } else { UniformSampler::<T>::MAX_DRAWS };
            for _ in 0..draws {
                if let Some(child) = self.child()? {
                    return Ok(child);
                }
            }
        }
        untaught::random(&mut self.random, &mut self.rng)
    }

    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        check(reward)?;
        self.graph.follow(0, &trial.trace)?;
        self.told += 1;
        self.members.push_back((trial.trace, reward));
        if self.members.len() > self.population {
            self.members.pop_front();
        }
        Ok(())
    }

    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
        untaught::given(&self.graph, config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::encode;

    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    enum Model {
        Deep {
            #[space(len = 1..=3, range = 0..=4)]
            layers: Vec<u8>,
            gated: bool,
        },
        Flat {
            gated: bool,
        },
    }

    fn value(model: &Model) -> f64 {
        match model {
            Model::Deep { layers, gated } => f64::from(layers.iter().sum::<u8>()) + f64::from(u8::from(*gated)),
            Model::Flat { .. } => 0.0,
        }
    }

    #[test]
    fn a_child_differs_from_its_parent_in_one_decision_and_what_hangs_on_it() {
        let graph = Graph::of_space(<Model as SearchSpace>::SPACE);
        let parent = encode(&Model::Deep { layers: vec![3, 1], gated: true }).unwrap();
        let steps = graph.follow(0, &parent).unwrap();
        let child = |decision, action| -> Model {
            let trace = changed(&graph, &steps, Change { decision, action }, |_| 0).unwrap();
            crate::space::decode(&trace).unwrap()
        };
        // The length grows: what was there stays, a layer is filled in.
        assert_eq!(child(1, 2), Model::Deep { layers: vec![3, 1, 0], gated: true });
        assert_eq!(child(1, 0), Model::Deep { layers: vec![3], gated: true });
        assert_eq!(child(2, 4), Model::Deep { layers: vec![4, 1], gated: true });
        assert_eq!(child(0, 1), Model::Flat { gated: false });
        let changes = super::super::neighbour::changes(&steps);
        assert_eq!(changes.len(), 1 + 2 + 4 + 4 + 1);
    }

    /// Seeds 0 to 4: of 5 · 5 · 5 · 2 best-length configs one is best; random search needs some 600 trials for it.
    #[test]
    fn evolution_finds_the_best_config() {
        for seed in 0..5 {
            let mut search = RegularizedEvolution::<Model>::new(seed).population(20).tournament(5);
            let mut best = 0.0f64;
            for _ in 0..300 {
                let trial = search.ask().unwrap();
                let reward = value(&trial.config);
                search.tell(trial, reward).unwrap();
                best = best.max(reward);
            }
            assert!((best - 13.0).abs() < 1e-9, "seed {seed}: {best}");
        }
    }

    #[test]
    fn a_split_draws_each_group_as_often() {
        let graph = Graph::of_space(<Model as SearchSpace>::SPACE);
        let parent = encode(&Model::Deep { layers: vec![3, 1, 2], gated: true }).unwrap();
        let steps = graph.follow(0, &parent).unwrap();
        let mut rng = Pcg64::seed_from_u64(1);
        let gate = |name: &str| usize::from(name.ends_with("gated"));
        let drawn = (0..4000).filter_map(|_| mutation(&graph, &steps, Some(gate), &mut rng));
        let gates = drawn.filter(|change| change.decision == 5).count();
        // 4,000 draws of one half: 2,000 ± 4.5 deviations of 32.
        assert!((1858..=2142).contains(&gates), "{gates}");
    }
}

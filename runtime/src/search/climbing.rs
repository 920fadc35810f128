//! Search that takes a step from the best config known, now and then.

use super::LocalSearch;
use super::searcher::Searcher;
use crate::agent::{AttentionMap, ConfigError, Importance, ObserveError, Trial};
use crate::space::{SampleError, SearchSpace};

/// A search of whose trials some are neighbours of the best config so far: see [`Searcher::climbing`].
#[derive(Debug, Clone)]
pub struct Climbing<S, T> {
    searcher: S,
    local: LocalSearch<T>,
    share: f64,
}

impl<S, T: SearchSpace> Climbing<S, T> {
    pub(super) fn new(searcher: S, share: f64, seed: u64) -> Self {
        let local = LocalSearch::new(seed).starts(0);
        Self { searcher, local, share }
    }

    /// The search itself.
    pub fn inner(&self) -> &S {
        &self.searcher
    }

    /// The search itself, without the neighbours that are left.
    pub fn into_inner(self) -> S {
        self.searcher
    }
}

impl<T: SearchSpace, S: Searcher<T>> Searcher<T> for Climbing<S, T> {
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        if self.local.happens(self.share)
            && let Some(neighbour) = self.local.neighbour()?
            && let Ok(trial) = self.searcher.trial(neighbour.config)
        {
            return Ok(trial);
        }
        self.searcher.ask()
    }

    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        let trace = trial.trace.clone();
        self.searcher.tell(trial, reward)?;
        self.local.remember(trace, reward);
        Ok(())
    }

    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
        self.searcher.trial(config)
    }

    fn importance(&self) -> Vec<Importance> {
        self.searcher.importance()
    }

    fn attention(&self, config: &T) -> Option<AttentionMap> {
        self.searcher.attention(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::RandomSearch;

    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    struct Bits {
        bits: [bool; 10],
    }

    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    struct Wide {
        bits: [bool; 400],
    }

    fn ones(bits: &Bits) -> f64 {
        bits.bits.iter().map(|&bit| f64::from(u8::from(bit))).sum()
    }

    /// Trials until all ten bits are set, at most 2,000.
    fn trials(mut search: impl Searcher<Bits>) -> usize {
        for i in 1..=2000 {
            let trial = search.ask().unwrap();
            let reward = ones(&trial.config);
            search.tell(trial, reward).unwrap();
            if reward > 9.5 {
                return i;
            }
        }
        2000
    }

    /// Seeds 0 to 9. Uniform sampling needs 1,024 trials in the mean; half of them spent on climbing needs some 50.
    #[test]
    fn climbing_finds_what_random_search_does_not() {
        for seed in 0..10 {
            let needed = trials(RandomSearch::new(seed).climbing(0.5, seed));
            assert!(needed <= 200, "seed {seed}: {needed}");
        }
    }

    #[test]
    fn the_share_is_that_of_the_trials_beside_the_best() {
        // The best stays the first. It has 400 neighbours, and a random config is none of them.
        let mut search = RandomSearch::new(1).climbing(0.25, 2).starting_from([Wide { bits: [true; 400] }]);
        let mut beside = 0;
        for _ in 0..=400 {
            let trial = search.ask().unwrap();
            let set = trial.config.bits.iter().filter(|&&bit| bit).count();
            beside += u32::from(set == 399);
            search.tell(trial, set as f64).unwrap();
        }
        // 400 draws of 0.25: 100 ± 4 deviations of 8.7.
        assert!((66..=134).contains(&beside), "{beside}");
    }

    #[test]
    fn no_share_changes_nothing() {
        let mut none = RandomSearch::<Bits>::new(1).climbing(0.0, 2);
        let mut plain = RandomSearch::<Bits>::new(1);
        for _ in 0..20 {
            assert_eq!(none.ask().unwrap().config, plain.ask().unwrap().config);
        }
    }
}

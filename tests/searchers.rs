//! What every searcher promises, and what wrappers add.

use std::collections::HashSet;

use transfer_nas::Settings;
use transfer_nas::agent::{ObserveError, SampleError};
use transfer_nas::prelude::*;
use transfer_nas::search::{LocalSearch, LstmAgent, LstmInput, RandomSearch, RegularizedEvolution, Searcher};

#[search_space(valid = Net::is_small)]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Net {
    Conv {
        #[space(choices = [1, 3, 5])]
        kernel: u8,
        #[space(len = 1..=2)]
        gates: Vec<bool>,
    },
    Dense {
        #[space(range = 1..=4)]
        units: u8,
    },
}

impl Net {
    fn is_small(&self) -> bool {
        !matches!(self, Self::Conv { kernel: 5, gates } if gates.len() == 2)
    }

    fn reward(&self) -> f64 {
        match self {
            Self::Conv { kernel, gates } => f64::from(*kernel) + gates.len() as f64,
            Self::Dense { units } => f64::from(*units),
        }
    }
}

/// 3 · (2 + 4) + 4 configs, 4 of them too large.
const VALID: usize = 18;

fn searchers(seed: u64) -> Vec<(&'static str, Box<dyn Searcher<Net>>)> {
    let mut settings = Settings::default();
    settings.seed = seed;
    vec![
        ("agent", Box::new(Agent::<Net>::builder().seed(seed).build().unwrap())),
        ("lstm", Box::new(LstmAgent::<Net>::new(settings, LstmInput::Shared).unwrap())),
        ("random", Box::new(RandomSearch::new(seed))),
        ("evolution", Box::new(RegularizedEvolution::new(seed).population(10))),
        ("local", Box::new(LocalSearch::new(seed))),
    ]
}

#[test]
fn searchers_ask_for_valid_configs_and_repeat_themselves_by_their_seed() {
    let run = || -> Vec<Vec<Net>> {
        let asked = |(_, mut searcher): (&str, Box<dyn Searcher<Net>>)| {
            let trial = |_| {
                let trial = searcher.ask().unwrap();
                assert!(trial.config.is_small());
                let config = trial.config.clone();
                searcher.tell(trial, config.reward()).unwrap();
                config
            };
            (0..60).map(trial).collect()
        };
        searchers(3).into_iter().map(asked).collect()
    };
    assert_eq!(run(), run());
}

#[test]
fn searchers_refuse_rewards_that_are_no_numbers_and_configs_that_are_no_part() {
    for (name, mut searcher) in searchers(3) {
        let trial = searcher.ask().unwrap();
        assert!(matches!(searcher.tell(trial, f64::NAN), Err(ObserveError::NotFinite { .. })), "{name}");
        assert!(searcher.trial(Net::Conv { kernel: 5, gates: vec![true; 2] }).is_err(), "{name}");
        assert!(searcher.trial(Net::Dense { units: 9 }).is_err(), "{name}");
        let trial = searcher.trial(Net::Dense { units: 4 }).unwrap();
        searcher.tell(trial, 1.0).unwrap();
    }
}

#[test]
fn without_repeats_a_space_is_used_up_and_that_is_said() {
    for (name, searcher) in searchers(5) {
        let mut unique = searcher.unique_by(|config: &Net| config.clone());
        let mut tried = HashSet::new();
        for _ in 0..VALID {
            let trial = unique.ask().unwrap_or_else(|error| panic!("{name} after {}: {error}", tried.len()));
            assert!(tried.insert(trial.config.clone()), "{name} repeats {:?}", trial.config);
            let reward = trial.config.reward();
            unique.tell(trial, reward).unwrap();
        }
        let error = unique.ask().unwrap_err();
        assert!(matches!(error, SampleError::Exhausted { tried: VALID, .. }), "{name}: {error}");
    }
}

#[test]
fn what_was_told_counts_as_tried() {
    let mut unique = RandomSearch::<Net>::new(1).unique_by(|config: &Net| matches!(config, Net::Dense { .. }));
    let dense = unique.trial(Net::Dense { units: 1 }).unwrap();
    unique.tell(dense, 1.0).unwrap();
    assert!(matches!(unique.ask().unwrap().config, Net::Conv { .. }));
    assert!(unique.ask().is_err());
}

#[test]
fn starting_points_come_first_and_foreign_ones_are_passed_over() {
    for (name, searcher) in searchers(7) {
        let starts = [2, 9, 3].map(|units| Net::Dense { units });
        let mut searcher = searcher.starting_from(starts);
        let first: Vec<Net> = (0..2).map(|_| searcher.ask().unwrap().config).collect();
        assert_eq!(first, [2, 3].map(|units| Net::Dense { units }), "{name}");
        assert!(searcher.ask().is_ok());
    }
}

//! The search as a whole: many trials at once, what it keeps, repeats.

use super::*;
use crate::search::Searcher;

/// Seeds 0 to 4: 16 trials at once, never the same one, and the best of 1,024 found within 10 rounds.
#[test]
fn many_pending_trials_differ() {
    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    struct Bits {
        bits: [bool; 10],
    }
    for seed in 0..5 {
        let mut search = BayesianSearch::<Bits>::new(seed);
        let (mut seen, mut best) = (Vec::new(), 0);
        for _ in 0..10 {
            let trials: Vec<_> = (0..16).map(|_| search.ask().unwrap()).collect();
            for trial in trials {
                assert!(!seen.contains(&trial.config), "seed {seed}");
                seen.push(trial.config.clone());
                let reward = trial.config.bits.iter().filter(|bit| **bit).count();
                best = best.max(reward);
                search.tell(trial, reward as f64).unwrap();
            }
        }
        assert_eq!(best, 10, "seed {seed}");
    }
}

#[test]
fn what_is_held_is_bounded() {
    #[crate::search_space]
    struct Wide {
        bits: [bool; 16],
    }
    let mut search = BayesianSearch::<Wide>::new(1);
    for i in 0..700 {
        let trial = search.ask().unwrap();
        search.tell(trial, f64::from(i % 37)).unwrap();
    }
    let held = search.inner_strategy().points.told.len();
    assert!((300..=325).contains(&held), "{held}");
}

#[test]
fn what_is_told_to_be_a_repeat_is_followed_by_something_else() {
    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    struct Bits {
        bits: [bool; 12],
    }
    // Configs of the same number of bits are one.
    let count = |config: &Bits| config.bits.iter().filter(|bit| **bit).count();
    let mut search = BayesianSearch::<Bits>::new(2).unique_by(count);
    for _ in 0..13 {
        let trial = search.ask().unwrap();
        let reward = count(&trial.config) as f64;
        search.tell(trial, reward).unwrap();
    }
    assert!(search.ask().is_err());
}

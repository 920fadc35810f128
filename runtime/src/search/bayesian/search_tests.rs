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
        let (mut tried, mut best) = (Vec::new(), 0);
        for _ in 0..10 {
            let trials: Vec<_> = (0..16).map(|_| search.ask().unwrap()).collect();
            for trial in trials {
                assert!(!tried.contains(&trial.config), "seed {seed}");
                tried.push(trial.config.clone());
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

/// Seeds 0 to 4, 160 trials over two spaces and two tasks, each pair with another best: all four are found, and each has its trials.
#[test]
fn all_pairs_of_spaces_and_tasks_are_searched() {
    #[crate::tasks]
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Data {
        Near,
        Far,
    }
    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    struct Layer {
        #[space(range = 1..=9)]
        units: u8,
        bias: bool,
    }
    #[crate::search_space(max_depth = 3)]
    #[derive(Debug, Clone, PartialEq)]
    enum Tree {
        Leaf(Layer),
        Pair(Box<Tree>, Box<Tree>),
    }
    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    struct Chain {
        #[space(len = 1..=3, tied)]
        layers: Vec<Layer>,
    }
    #[crate::joint_space(tasks = Data)]
    #[derive(Debug, Clone, PartialEq)]
    enum Models {
        Tree(Tree),
        Chain(Chain),
    }
    fn units(tree: &Tree) -> f64 {
        match tree {
            Tree::Leaf(layer) => f64::from(layer.units),
            Tree::Pair(left, right) => 0.5 * (units(left) + units(right)),
        }
    }
    for seed in 0..5 {
        let mut search = BayesianSearch::<Models>::new(seed);
        let mut best = std::collections::BTreeMap::<(bool, String), (usize, f64)>::new();
        for _ in 0..160 {
            let trial = search.ask().unwrap();
            let mean = match &trial.config {
                Models::Tree(tree) => units(tree),
                Models::Chain(Chain { layers }) => {
                    layers.iter().map(|layer| f64::from(layer.units)).sum::<f64>() / layers.len() as f64
                }
            };
            // The tasks have other scales, too.
            let reward = if trial.task() == "Near" { -(mean - 2.0).abs() } else { 1000.0 - 100.0 * (mean - 8.0).abs() };
            let missing = if trial.task() == "Near" { -reward } else { (1000.0 - reward) / 100.0 };
            let key = (matches!(trial.config, Models::Tree(_)), trial.task().to_owned());
            let known = best.entry(key).or_insert((0, f64::INFINITY));
            *known = (known.0 + 1, known.1.min(missing));
            search.tell(trial, reward).unwrap();
        }
        assert_eq!(best.len(), 4, "seed {seed}: {best:?}");
        assert!(best.values().all(|(count, missing)| *count > 20 && *missing < 0.5), "seed {seed}: {best:?}");
        let snapshot = search.snapshot().unwrap().unwrap();
        let mut other = BayesianSearch::<Models>::new(99);
        assert!(other.restore(&snapshot).unwrap());
        assert_eq!(search.ask().unwrap().config, other.ask().unwrap().config, "seed {seed}");
    }
}

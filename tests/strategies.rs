//! Each way to search, alone and with all that can be put around it: snapshots that go on to the bit, types that change, outcomes
//! of every kind.

use transfer_nas::agent::{ObserveError, SampleError};
use transfer_nas::prelude::*;
use transfer_nas::search::{
    BayesianSearch, DreamingAgent, Dreams, LocalSearch, LstmAgent, LstmInput, Mixture, Outcome, RandomSearch,
    RegularizedEvolution, Searcher,
};

#[search_space(valid = Net::is_small)]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Net {
    Conv {
        #[space(choices = [1, 3, 5])]
        kernel: u8,
        #[space(len = 1..=3)]
        gates: Vec<bool>,
        #[space(range = 1..=4)]
        layers: u8,
    },
    Dense {
        #[space(range = 1..=9)]
        units: u8,
    },
}

impl Net {
    fn is_small(&self) -> bool {
        !matches!(self, Self::Conv { kernel: 5, gates, .. } if gates.len() == 3)
    }
}

/// The same, renamed, in another order, with something more and something less.
mod changed {
    use transfer_nas::prelude::*;

    #[search_space(name = "Net")]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Network {
        #[space(alias = "Dense")]
        Mlp {
            #[space(range = 1..=5, alias = "Net.Dense.units")]
            width: u8,
        },
        Conv {
            #[space(range = 1..=4)]
            layers: u8,
            #[space(choices = [1, 3, 7])]
            kernel: u8,
            residual: bool,
        },
    }
}
use changed::Network;

type Any<T> = Box<dyn Searcher<T>>;

/// All strategies over any space, by name.
macro_rules! strategies {
    ($config:ty, $seed:expr) => {{
        let seed = $seed;
        let agent = || Agent::<$config>::builder().seed(seed).build().unwrap();
        let dreaming = || DreamingAgent::new(agent(), Dreams::new()).unwrap();
        let lstm = |input| LstmAgent::<$config>::builder().seed(seed).input(input).build().unwrap();
        let random = || RandomSearch::<$config>::new(seed);
        let evolution = || RegularizedEvolution::<$config>::new(seed).population(20).tournament(4);
        let local = || LocalSearch::<$config>::new(seed).starts(5);
        let bayesian = || BayesianSearch::<$config>::new(seed);
        let both: [(f64, Any<$config>); 2] = [(2.0, Box::new(bayesian())), (1.0, Box::new(agent()))];
        let mixture: [(f64, Any<$config>); 2] = [(2.0, Box::new(agent())), (1.0, Box::new(local()))];
        let all: Vec<(&'static str, Any<$config>)> = vec![
            ("agent", Box::new(agent())),
            ("agent, dreaming", Box::new(dreaming())),
            ("agent, dreaming, unique", Box::new(dreaming().unique())),
            ("lstm", Box::new(lstm(LstmInput::PerState))),
            ("lstm, shared", Box::new(lstm(LstmInput::Shared))),
            ("random", Box::new(random())),
            ("random over configs", Box::new(RandomSearch::<$config>::over_configs(seed))),
            ("evolution", Box::new(evolution())),
            ("local", Box::new(local())),
            ("bayesian", Box::new(bayesian())),
            ("bayesian, unique", Box::new(bayesian().unique())),
            ("bayesian, unique by", Box::new(bayesian().unique_by(|config: &$config| format!("{config:?}")))),
            ("bayesian, confirming", Box::new(bayesian().confirming(3, 4, 45))),
            ("bayesian and agent", Box::new(Mixture::of(seed, both))),
            ("agent, unique", Box::new(agent().unique())),
            ("agent, unique by", Box::new(agent().unique_by(|config: &$config| format!("{config:?}")))),
            ("agent, climbing", Box::new(agent().climbing(0.5, seed))),
            ("agent, climbing, unique", Box::new(agent().climbing(0.5, seed).unique())),
            ("evolution, unique", Box::new(evolution().unique())),
            ("mixture", Box::new(Mixture::of(seed, mixture))),
        ];
        all
    }};
}

fn reward(net: &Net) -> f64 {
    match net {
        Net::Conv { kernel, gates, layers } => f64::from(kernel * layers) + gates.len() as f64,
        Net::Dense { units } => f64::from(*units),
    }
}

/// Every seventh trial fails, every fifth is pruned.
fn outcome(number: usize, net: &Net) -> Outcome {
    match number {
        n if n % 7 == 3 => Outcome::FAILED,
        n if n % 5 == 2 => Outcome::Pruned { step: n as u64 % 3, last: reward(net) / 2.0 },
        _ => Outcome::Reward(reward(net)),
    }
}

fn go_on(searcher: &mut dyn Searcher<Net>, trials: std::ops::Range<usize>) -> Vec<(Net, u64)> {
    let trial = |number| {
        let trial = searcher.ask().unwrap();
        let proposed = (trial.config.clone(), trial.log_prob().to_bits());
        searcher.tell_outcome(trial, outcome(number, &proposed.0)).unwrap();
        proposed
    };
    trials.map(trial).collect()
}

#[test]
fn a_snapshot_goes_on_to_the_bit() {
    let begun = strategies!(Net, 3).into_iter().zip(strategies!(Net, 4));
    for ((name, mut searcher), (_, mut other)) in begun {
        go_on(&mut *searcher, 0..40);
        // A trial that is out, and one that was handed back.
        let (out, back) = (searcher.ask().unwrap(), searcher.ask().unwrap());
        searcher.tell_outcome(back, Outcome::Cancelled).unwrap();
        let snapshot = searcher.snapshot().unwrap().unwrap();
        assert_eq!(snapshot, searcher.snapshot().unwrap().unwrap(), "{name}: equal states have equal bytes");
        assert!(other.restore(&snapshot).unwrap(), "{name}");
        assert_eq!(other.snapshot().unwrap().unwrap(), snapshot, "{name}");
        drop(out);
        assert_eq!(go_on(&mut *searcher, 41..61), go_on(&mut *other, 41..61), "{name}");
    }
}

#[test]
fn given_configs_that_are_left_are_in_a_snapshot() {
    let configs = [2, 3, 4, 5].map(|units| Net::Dense { units });
    let mut searcher = RandomSearch::<Net>::new(1).starting_from(configs.clone());
    assert_eq!(go_on(&mut searcher, 0..2).len(), 2);
    let mut other = RandomSearch::<Net>::new(9).starting_from([]);
    other.restore(&searcher.snapshot().unwrap().unwrap()).unwrap();
    let proposed: Vec<Net> = go_on(&mut other, 2..4).into_iter().map(|(net, _)| net).collect();
    assert_eq!(proposed, configs[2..]);
    assert_eq!(go_on(&mut searcher, 2..20)[2..], go_on(&mut other, 4..20)[..]);
}

#[test]
fn a_snapshot_of_another_strategy_or_type_is_refused_and_changes_nothing() {
    let all: Vec<(&str, Vec<u8>)> = strategies!(Net, 3)
        .into_iter()
        .map(|(name, mut searcher)| {
            go_on(&mut *searcher, 0..10);
            (name, searcher.snapshot().unwrap().unwrap())
        })
        .collect();
    for (name, mut searcher) in strategies!(Net, 5) {
        let before = searcher.snapshot().unwrap().unwrap();
        for (other, snapshot) in &all {
            // `unique` and `confirming` go on with what they are around, an agent with the one in whatever was around it.
            let is_kin = |word: &str| name.contains(word) && other.contains(word);
            if name == *other
                || name.contains("unique")
                || name.contains("confirming")
                || is_kin("random")
                || is_kin("agent")
            {
                continue;
            }
            assert!(searcher.restore(snapshot).is_err(), "{name} took the snapshot of {other}");
            assert_eq!(searcher.snapshot().unwrap().unwrap(), before, "{name}");
        }
        for cut in [0, 7, before.len() / 2, before.len() - 1] {
            assert!(searcher.restore(&before[..cut]).is_err(), "{name}");
        }
        assert_eq!(searcher.snapshot().unwrap().unwrap(), before, "{name}");
    }
    for (name, mut searcher) in strategies!(Network, 5) {
        let snapshot = &all.iter().find(|(other, _)| *other == name).unwrap().1;
        let error = searcher.restore(snapshot).unwrap_err().to_string();
        assert!(error.contains("is new") || error.contains("is gone"), "{name}: {error}");
    }
}

/// What was learned moves to the changed type: its report names all of it, and searches with a memory try the best first.
#[test]
fn a_strategy_adapts_to_a_changed_type() {
    for ((name, mut old), (_, mut new)) in strategies!(Net, 3).into_iter().zip(strategies!(Network, 3)) {
        let best = [Net::Dense { units: 5 }, Net::Dense { units: 4 }];
        for net in best {
            let trial = old.trial(net).unwrap();
            old.tell(trial, 100.0).unwrap();
        }
        go_on(&mut *old, 0..10);
        let report = new.adapt(&old.snapshot().unwrap().unwrap(), 2).unwrap().unwrap();
        let text = report.to_string();
        assert!(text.contains("`Net.Mlp.width`: renamed from `Net.Dense.units`"), "{name}: {text}");
        assert!(text.contains("`Net.Conv.residual`: new"), "{name}: {text}");
        let first = [new.ask().unwrap().config, new.ask().unwrap().config];
        let known = [Network::Mlp { width: 5 }, Network::Mlp { width: 4 }];
        // The others have neighbours of the best among the first.
        if !name.contains("climbing") && name != "mixture" {
            assert_eq!(first, known, "{name}");
        }
        for number in 0..20 {
            let trial = new.ask().unwrap_or_else(|error| panic!("{name}: {error}"));
            new.tell(trial, f64::from(number)).unwrap();
        }
    }
}

/// Of two decisions one fails and one does not; what fails is proposed less, by all that learn.
#[test]
fn failures_teach_all_that_learn() {
    for (name, mut searcher) in strategies!(Net, 7) {
        if name.contains("random") || name.contains("unique") {
            continue;
        }
        let mut dense = 0;
        for number in 0..400 {
            let trial = searcher.ask().unwrap();
            let is_dense = matches!(trial.config, Net::Dense { .. });
            dense += usize::from(number >= 300 && is_dense);
            let outcome = if is_dense { Outcome::FAILED } else { Outcome::Reward(reward(&trial.config)) };
            searcher.tell_outcome(trial, outcome).unwrap();
        }
        // Uniform sampling would give 50 of 100. Seed 7; margin: all were below 20 on seeds 0 to 6.
        assert!(dense < 25, "{name}: {dense} of the last 100 failed");
    }
}

#[test]
fn rewards_of_any_size_are_told_and_what_is_no_number_is_not() {
    for (name, mut searcher) in strategies!(Net, 7) {
        for reward in [1e300, -1e300, 1e-300, 0.0] {
            let trial = searcher.ask().unwrap();
            searcher.tell(trial, reward).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let trial = searcher.ask().unwrap();
        let refused = searcher.tell(trial, f64::INFINITY);
        assert!(matches!(refused, Err(ObserveError::NotFinite { .. })), "{name}");
        let trial = searcher.ask().unwrap();
        searcher.tell_outcome(trial, Outcome::Pruned { step: 3, last: f64::NAN }).unwrap();
        go_on(&mut *searcher, 0..3);
        let snapshot = searcher.snapshot().unwrap().unwrap();
        assert!(searcher.restore(&snapshot).unwrap(), "{name}");
    }
}

#[search_space]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Small {
    #[space(choices = [1, 2, 3, 4])]
    a: u32,
    #[space(choices = [1, 2, 3, 4])]
    b: u32,
    #[space(choices = [1, 2, 3, 4])]
    c: u32,
}

/// As many configs as there are, then no more; whatever proposes, by decisions and by a key.
#[test]
fn exhausted_means_that_all_was_tried() {
    let all = || strategies!(Small, 2).into_iter().filter(|(name, _)| !name.contains("unique"));
    let value = |small: &Small| f64::from(small.a + small.b * small.c);
    for (name, searcher) in all() {
        let mut unique = searcher.unique();
        for _ in 0..64 {
            let trial = unique.ask().unwrap_or_else(|error| panic!("{name}: {error}"));
            let reward = value(&trial.config);
            unique.tell(trial, reward).unwrap();
        }
        assert!(matches!(unique.ask(), Err(SampleError::Exhausted { tried: 64, .. })), "{name}");
    }
    for (name, searcher) in all() {
        let mut unique = searcher.unique_by(|small: &Small| small.a + 10 * small.b);
        for _ in 0..16 {
            let trial = unique.ask().unwrap_or_else(|error| panic!("{name}: {error}"));
            let reward = value(&trial.config);
            unique.tell(trial, reward).unwrap();
        }
        assert!(matches!(unique.ask(), Err(SampleError::Exhausted { tried: 16, .. })), "{name}");
    }
}

/// To the bit even where what is left is listed, and where one of several spaces is used up.
#[test]
fn a_snapshot_near_the_end_goes_on_to_the_bit() {
    for (name, searcher) in strategies!(Small, 2) {
        if name.contains("unique") {
            continue;
        }
        let (mut unique, (_, other)) =
            (searcher.unique(), strategies!(Small, 9).into_iter().find(|it| it.0 == name).unwrap());
        let mut other = other.unique();
        let value = |small: &Small| f64::from(small.a + small.b * small.c);
        for number in 0..64 {
            if number % 9 == 4 {
                other.restore(&unique.snapshot().unwrap().unwrap()).unwrap();
            }
            let trial = unique.ask().unwrap();
            if number > 3 {
                let twin = other.ask().unwrap();
                assert_eq!(trial.config, twin.config, "{name}, trial {number}");
                let reward = value(&twin.config);
                other.tell(twin, reward).unwrap();
            }
            let reward = value(&trial.config);
            unique.tell(trial, reward).unwrap();
        }
    }
}

/// A trial that is handed back may come again, even as the last one that is left.
#[test]
fn what_was_handed_back_was_not_tried() {
    let mut unique = RandomSearch::<Small>::new(1).unique();
    let mut last = None;
    for _ in 0..64 {
        last = Some(unique.ask().unwrap());
    }
    assert!(unique.ask().is_err());
    let last = last.unwrap();
    let config = last.config.clone();
    unique.tell_outcome(last, Outcome::Cancelled).unwrap();
    assert_eq!(unique.ask().unwrap().config, config);
    assert!(unique.ask().is_err());
}

/// The same trials as the agent that is told the negatives, with rewards as the user thinks of them.
#[test]
fn to_minimise_is_to_maximise_the_negative() {
    let builder = || Agent::<Small>::builder().seed(5);
    let (mut low, mut high) = (builder().minimize().build().unwrap(), builder().build().unwrap());
    for _ in 0..50 {
        let (a, b) = (low.sample::<Small>().unwrap(), high.sample::<Small>().unwrap());
        assert_eq!(a.config, b.config);
        let loss = f64::from(a.config.a);
        assert_eq!(low.observe(a, loss).unwrap(), high.observe(b, -loss).unwrap());
    }
    assert!((low.best::<Small>().unwrap().reward - 1.0).abs() < 1e-12);
    let mut evolution = RegularizedEvolution::<Small>::new(3).population(8).tournament(4).minimize().unique();
    let mut least = f64::INFINITY;
    for _ in 0..40 {
        let trial = evolution.ask().unwrap();
        let loss = f64::from(trial.config.a + trial.config.b + trial.config.c);
        least = least.min(loss);
        evolution.tell(trial, loss).unwrap();
    }
    assert!((least - 3.0).abs() < 1e-12, "{least}");
}

#[search_space]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Few {
    #[space(range = 1..=5)]
    a: u32,
    #[space(range = 1..=4)]
    b: u32,
    #[space(range = 1..=3)]
    c: u32,
    d: bool,
}

#[search_space]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Many {
    #[space(range = 1..=4)]
    digits: [u32; 5],
}

fn tried<T: transfer_nas::SearchSpace>(searcher: Any<T>, value: impl Fn(&T) -> f64) -> usize {
    let mut unique = searcher.unique();
    for trials in 0.. {
        match unique.ask() {
            Ok(trial) => {
                let reward = value(&trial.config);
                unique.tell(trial, reward).unwrap();
            }
            Err(SampleError::Exhausted { tried, .. }) if tried == trials => return trials,
            Err(error) => panic!("{error} after {trials}"),
        }
    }
    unreachable!()
}

/// 120 of 120, 1,024 of 1,024.
#[test]
fn every_strategy_tries_all_there_is() {
    for (name, searcher) in strategies!(Few, 6) {
        if !name.contains("unique") {
            assert_eq!(tried(searcher, |few: &Few| f64::from(few.a * few.b + few.c)), 120, "{name}");
        }
    }
    for (name, searcher) in strategies!(Many, 6) {
        if !name.contains("unique") {
            assert_eq!(tried(searcher, |many: &Many| f64::from(many.digits.iter().sum::<u32>())), 1024, "{name}");
        }
    }
}

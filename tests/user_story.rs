//! A config type changes, and what was learned moves on: the story that docs/transfer.md tells.

use transfer_nas::prelude::*;

mod v1 {
    use transfer_nas::prelude::*;

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Training {
        #[space(choices = [8, 16, 32, 64, 128])]
        pub(crate) width: u32,
        #[space(len = 1..=4)]
        pub(crate) blocks: Vec<Block>,
        pub(crate) optimizer: Optimizer,
        #[space(choices = [0.0, 0.1, 0.3, 0.5])]
        pub(crate) dropout: f64,
    }

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Block {
        Conv {
            #[space(choices = [1, 3, 5])]
            kernel: u32,
        },
        Attention,
        Identity,
    }

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Optimizer {
        Sgd {
            #[space(choices = [0.0, 0.9])]
            momentum: f64,
            #[space(choices = [0.001, 0.01, 0.1])]
            rate: f64,
        },
        Adam {
            #[space(choices = [0.0001, 0.001, 0.01])]
            rate: f64,
        },
    }
}

mod v2 {
    use transfer_nas::prelude::*;

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Optimizer {
        Lion, // new
        Adam {
            #[space(choices = [0.01, 0.001, 0.0001])]
            rate: f64,
        },
        Sgd {
            #[space(choices = [0.1, 0.01, 0.001])]
            rate: f64,
            #[space(choices = [0.9, 0.0])]
            momentum: f64,
        },
    }

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Block {
        Identity,
        Attention,
        Conv {
            #[space(choices = [5, 3, 1])]
            kernel: u32,
        },
    }

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Training {
        pub(crate) optimizer: Optimizer,
        #[space(choices = [0.5, 0.3, 0.1, 0.0])]
        pub(crate) dropout: f64,
        #[space(choices = [16, 32, 64, 128], alias = "width")] // renamed, and without 8
        pub(crate) units: u32,
        #[space(len = 1..=4)]
        pub(crate) blocks: Vec<Block>,
    }
}

/// What both versions mean.
struct Meaning {
    width: u32,
    /// The kernel of each convolution, 7 for attention, 0 for nothing.
    blocks: Vec<u32>,
    /// The optimizer's name, its rate, its momentum.
    optimizer: (&'static str, f64, f64),
    dropout: f64,
}

impl From<&v1::Training> for Meaning {
    fn from(training: &v1::Training) -> Self {
        use v1::{Block, Optimizer};
        let block = |block: &Block| match block {
            Block::Conv { kernel } => *kernel,
            Block::Attention => 7,
            Block::Identity => 0,
        };
        let optimizer = match training.optimizer {
            Optimizer::Sgd { momentum, rate } => ("sgd", rate, momentum),
            Optimizer::Adam { rate } => ("adam", rate, 0.0),
        };
        let blocks = training.blocks.iter().map(block).collect();
        Self { width: training.width, blocks, optimizer, dropout: training.dropout }
    }
}

impl From<&v2::Training> for Meaning {
    fn from(training: &v2::Training) -> Self {
        use v2::{Block, Optimizer};
        let block = |block: &Block| match block {
            Block::Conv { kernel } => *kernel,
            Block::Attention => 7,
            Block::Identity => 0,
        };
        let optimizer = match training.optimizer {
            Optimizer::Sgd { momentum, rate } => ("sgd", rate, momentum),
            Optimizer::Adam { rate } => ("adam", rate, 0.0),
            Optimizer::Lion => ("lion", 0.001, 0.0),
        };
        let blocks = training.blocks.iter().map(block).collect();
        Self { width: training.units, blocks, optimizer, dropout: training.dropout }
    }
}

/// A made-up accuracy with conditions in it: momentum pays at a middle rate only, attention pays after a convolution, wide
/// nets want dropout. The best is 1.
fn accuracy(of: &Meaning) -> f64 {
    let optimizer = match of.optimizer {
        ("sgd", rate, momentum) if momentum > 0.0 => {
            if (rate - 0.01).abs() < 1e-9 {
                0.3
            } else {
                0.1
            }
        }
        ("adam", rate, _) => {
            if (rate - 0.001).abs() < 1e-9 {
                0.2
            } else {
                0.1
            }
        }
        ("lion", ..) => 0.15,
        _ => 0.05,
    };
    let width = match (of.width, of.dropout) {
        (64, dropout) if (dropout - 0.3).abs() < 1e-9 => 0.3,
        (64 | 128, dropout) if dropout > 0.0 => 0.2,
        (32, _) => 0.15,
        _ => 0.05,
    };
    let after = |pair: &[u32]| if pair[1] == 7 && (pair[0] == 3 || pair[0] == 5) { 0.1 } else { 0.0 };
    let first = if of.blocks.first() == Some(&3) { 0.1 } else { 0.0 };
    let attention: f64 = of.blocks.windows(2).map(after).sum();
    let depth = if of.blocks.len() == 4 { 0.1 } else { 0.0 };
    optimizer + width + first + attention + depth
}

/// The trials until a reward, at most `most`.
fn trials_until(agent: &mut Agent<v2::Training>, reward: f64, most: usize) -> usize {
    for trials in 1..=most {
        let trial = agent.sample::<v2::Training>().unwrap();
        let earned = accuracy(&Meaning::from(&trial.config));
        agent.observe(trial, earned).unwrap();
        if earned >= reward - 1e-9 {
            return trials;
        }
    }
    most
}

fn searched(seed: u64, trials: usize) -> Agent<v1::Training> {
    let mut agent = Agent::<v1::Training>::builder().seed(seed).build().unwrap();
    for _ in 0..trials {
        let trial = agent.sample::<v1::Training>().unwrap();
        let earned = accuracy(&Meaning::from(&trial.config));
        agent.observe(trial, earned).unwrap();
    }
    agent
}

#[test]
fn the_report_says_exactly_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v1.safetensors");
    searched(0, 50).save(&path).unwrap();
    let (_, report) = Agent::<v2::Training>::transfer(&path).unwrap();
    let text = report.to_string();
    let page = include_str!("../docs/transfer.md");
    let shown = page.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(text.replace("user_story::v1", "v1"), shown, "{text}");
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<transfer_nas::agent::TransferReport>(&json).unwrap(), report);
}

/// Seeds 0 to 19; 500 trials of v1, its best reward to be reached by v2 within 3,000. The objective was written before any
/// agent saw it, and no setting is other than the default. Of the policy alone the median is held to one half, since one of
/// the twenty transferred agents settles elsewhere for long; with the elites first, the mean is.
#[test]
fn the_new_version_needs_at_most_half_of_the_trials() {
    let (mut fresh, mut policy, mut elites) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..20 {
        let old = searched(seed, 500);
        let best = old.best::<v1::Training>().unwrap().reward;
        let mut agent = Agent::<v2::Training>::builder().seed(seed + 100).build().unwrap();
        fresh.push(trials_until(&mut agent, best, 3000));
        let (mut agent, _) = Agent::<v2::Training>::builder().seed(seed + 100).transfer(&old).unwrap();
        let mut with_elites = agent.clone();
        policy.push(trials_until(&mut agent, best, 3000));
        assert!(with_elites.proposals_first(10) > 0);
        elites.push(trials_until(&mut with_elites, best, 3000));
    }
    let mean = |trials: &[usize]| trials.iter().sum::<usize>() as f64 / trials.len() as f64;
    let median = |trials: &[usize]| {
        let mut sorted = trials.to_vec();
        sorted.sort_unstable();
        (sorted[9] + sorted[10]) as f64 / 2.0
    };
    for (name, trials) in [("fresh", &fresh), ("policy", &policy), ("elites first", &elites)] {
        println!("{name}: mean {:.1}, median {:.1}, {trials:?}", mean(trials), median(trials));
    }
    assert!(2.0 * median(&policy) <= median(&fresh), "fresh {fresh:?}, transferred {policy:?}");
    assert!(2.0 * mean(&elites) <= mean(&fresh), "fresh {fresh:?}, elites first {elites:?}");
}

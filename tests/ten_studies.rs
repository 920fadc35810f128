//! Ten old studies and a type that changed: what they are worth to a new study. docs/transfer.md tells this story.

#[path = "support/training.rs"]
mod training;

use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use rayon::prelude::*;
use transfer_nas::prelude::*;
use transfer_nas::search::Searcher;
use transfer_nas::study::{Study, StudyError};

use training::{Meaning, accuracy, v1, v2};

/// What one set of data makes of the accuracies: something of its own for each choice, up to 0.06.
struct Data {
    widths: [f64; 5],
    dropouts: [f64; 4],
    optimizers: [f64; 3],
    depths: [f64; 4],
    first: [f64; 5],
}

const WIDTHS: [u32; 5] = [8, 16, 32, 64, 128];
const DROPOUTS: [f64; 4] = [0.0, 0.1, 0.3, 0.5];
const OPTIMIZERS: [&str; 3] = ["sgd", "adam", "lion"];
const BLOCKS: [u32; 5] = [0, 1, 3, 5, 7];

impl Data {
    fn new(seed: u64) -> Self {
        let mut rng = Pcg64::seed_from_u64(seed);
        let mut some = || rng.random::<f64>() * 0.06;
        Self {
            widths: std::array::from_fn(|_| some()),
            dropouts: std::array::from_fn(|_| some()),
            optimizers: std::array::from_fn(|_| some()),
            depths: std::array::from_fn(|_| some()),
            first: std::array::from_fn(|_| some()),
        }
    }

    fn accuracy(&self, of: &Meaning) -> f64 {
        let at = |known: bool, value: f64| if known { value } else { 0.0 };
        let own: f64 = [
            WIDTHS.iter().zip(self.widths).map(|(width, own)| at(*width == of.width, own)).sum::<f64>(),
            DROPOUTS.iter().zip(self.dropouts).map(|(rate, own)| at((rate - of.dropout).abs() < 1e-9, own)).sum(),
            OPTIMIZERS.iter().zip(self.optimizers).map(|(name, own)| at(*name == of.optimizer.0, own)).sum(),
            BLOCKS.iter().zip(self.first).map(|(block, own)| at(of.blocks.first() == Some(block), own)).sum(),
            self.depths[of.blocks.len() - 1],
        ]
        .iter()
        .sum();
        0.7 * accuracy(of) + own
    }

    /// The best accuracy of all configs of the new version.
    fn best(&self) -> f64 {
        v2::Training::enumerate().map(|config| self.accuracy(&Meaning::from(&config))).fold(0.0, f64::max)
    }
}

/// A new study of the new version.
#[derive(Debug, Clone, Copy, PartialEq)]
enum New {
    Default,
    DefaultLearning,
    Agent,
    AgentLearning,
    /// No config of an old study is tried again: only the policy comes along.
    PolicyAlone,
}

const ALL: [New; 5] = [New::Default, New::DefaultLearning, New::Agent, New::AgentLearning, New::PolicyAlone];

/// Ten studies of the old version in a file, each of other data. Some have accuracies, some percents, and some errors, which they minimise.
/// The first one was searched by an agent for 300 trials, the others by the default for 60.
fn old_studies(file: &Path, seed: u64) -> Result<(), StudyError> {
    for number in 0..10u64 {
        let data = Data::new(1000 * seed + number);
        let worth = move |config: &v1::Training| data.accuracy(&Meaning::from(config));
        let study = Study::open(file)?.name(format!("data {number}")).quiet().seed(seed);
        match number {
            0 => {
                let agent = Agent::<v1::Training>::builder().seed(seed).build().expect("the settings are the defaults");
                drop(study.agent(agent).trials(300).run(worth)?);
            }
            1..=3 => drop(study.trials(60).run(worth)?),
            4..=6 => drop(study.trials(60).run(move |config: &v1::Training| 100.0 * worth(config))?),
            _ => drop(study.trials(60).minimize().run(move |config: &v1::Training| 1.0 - worth(config))?),
        }
    }
    Ok(())
}

/// The trials until the accuracy is within 0.02 of the best there is, at most 1,500.
fn trials_of(new: New, file: &Path, seed: u64) -> Result<usize, StudyError> {
    let data = Data::new(1000 * seed + 999);
    let study = Study::in_memory().quiet().seed(seed);
    let agent = Agent::<v2::Training>::builder().seed(seed).build().expect("the settings are the defaults");
    let file = [file.display().to_string()];
    match new {
        New::Default => until(study.build()?, &data),
        New::DefaultLearning => until(study.learn_from(file).build()?, &data),
        New::Agent => until(study.agent(agent).build()?, &data),
        New::AgentLearning => until(study.agent(agent).learn_from(file).build()?, &data),
        New::PolicyAlone => until(study.agent(agent).learn_from(file).starts(0).build()?, &data),
    }
}

fn until<S: Searcher<v2::Training>>(mut study: Study<v2::Training, S>, data: &Data) -> Result<usize, StudyError> {
    const MOST: usize = 1500;
    let goal = data.best() - 0.02;
    for trials in 1..=MOST {
        let Some(trial) = study.ask()? else { return Ok(MOST) };
        let accuracy = data.accuracy(&Meaning::from(&*trial));
        study.tell(trial, accuracy)?;
        if accuracy >= goal {
            return Ok(trials);
        }
    }
    Ok(MOST)
}

/// Seeds 0 to 5 where nothing else is said, and 0 to 39 in docs/transfer.md (`TRANSFER_NAS_SEEDS=40`). No seed of a search that learns needs
/// more than one and a half times what the slowest fresh one needs. With the best configs of old the median is at most a half of that of fresh
/// ones; of the policy alone it is less.
#[test]
fn what_ten_old_studies_are_worth() {
    let seeds = std::env::var("TRANSFER_NAS_SEEDS").map_or(6, |seeds| seeds.parse().expect("a number of seeds"));
    let first = std::env::var("TRANSFER_NAS_FIRST_SEED").map_or(0, |seed| seed.parse().expect("a seed"));
    let of_seed = |seed: u64| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("runs.db");
        old_studies(&file, seed).unwrap();
        ALL.map(|new| trials_of(new, &file, seed).unwrap())
    };
    let seeds: Vec<[usize; 5]> = (first..first + seeds).into_par_iter().map(of_seed).collect();
    let sorted = |new: New| {
        let place = ALL.iter().position(|it| *it == new).unwrap_or_default();
        let mut trials: Vec<usize> = seeds.iter().map(|trials| trials[place]).collect();
        trials.sort_unstable();
        trials
    };
    let median = |trials: &[usize]| trials[trials.len() / 2];
    for new in ALL {
        let trials = sorted(new);
        println!("{new:?}: median {}, {} to {}: {trials:?}", median(&trials), trials[0], trials[trials.len() - 1]);
    }
    for (fresh, learning, share) in [
        (New::Default, New::DefaultLearning, 0.5),
        (New::Agent, New::AgentLearning, 0.5),
        (New::Agent, New::PolicyAlone, 1.0),
    ] {
        let (fresh, trials) = (sorted(fresh), sorted(learning));
        let slowest = fresh[seeds.len() - 1];
        assert!(2 * trials[seeds.len() - 1] <= 3 * slowest, "{learning:?}: {trials:?}, slowest fresh one {slowest}");
        assert!(median(&trials) as f64 <= share * median(&fresh) as f64, "{learning:?}: {trials:?}, fresh {fresh:?}");
    }
}

//! What is remembered of each (space, task) pair.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use rand::RngExt;
use rand_pcg::Pcg64;

use super::baseline::Baseline;
use super::elites::{Elite, Elites, Pushed};
use super::outcome::{Merit, Outcome};
use super::scores::Window;
use super::settings::Rewards;
use super::several::archive::Archive;
use super::several::scalar::Weights;
use crate::policy::Universe;
use crate::policy::pair::Pair;
use crate::space::Trace;
use crate::space::guide::Guide;

/// Baseline, elites and counts of one pair.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    pub(crate) baseline: Baseline,
    pub(crate) elites: Elites,
    /// Of several objectives, the front.
    pub(crate) archive: Archive,
    /// What outcomes are ranked against; empty where rewards are learned from as they are.
    pub(crate) window: Window,
    /// Configs drawn, and those of them that were valid.
    pub(crate) drawn: u64,
    pub(crate) accepted: u64,
    /// Elites of another agent, best first, as far as they say something of this space.
    pub(crate) carried: Vec<Carried>,
    /// The carried elites that are to be sampled first.
    pub(crate) proposals: VecDeque<Guide>,
}

/// An elite of another agent in the names of this one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Carried {
    /// What it earned there.
    pub(crate) reward: f64,
    pub(crate) guide: Guide,
}

/// What a trial was held against, before anything is learned of it: scores, or raw rewards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    pub(crate) baseline: f64,
    pub(crate) reward: f64,
    /// What the elite to imitate earned, if there is one.
    pub(crate) imitated: Option<f64>,
}

impl Memory {
    pub(crate) fn new(baseline_decay: f64, elites: usize) -> Self {
        Self {
            baseline: Baseline::new(baseline_decay),
            elites: Elites::new(elites),
            archive: Archive::default(),
            window: Window::default(),
            drawn: 0,
            accepted: 0,
            carried: Vec::new(),
            proposals: VecDeque::new(),
        }
    }

    /// Takes in trials that were told.
    pub(crate) fn remember(&mut self, rewards: Rewards, told: &[(&Trace, Outcome)]) -> Vec<Pushed> {
        let mut pushed = Vec::new();
        for (trace, outcome) in told {
            if rewards == Rewards::Ranks || outcome.objectives().is_some() {
                self.window.push(*outcome);
            }
            self.archive.push(trace, *outcome);
            if let Some(reward) = outcome.merit().and_then(Merit::reward) {
                pushed.push(self.elites.push(reward, trace));
            }
        }
        pushed
    }

    /// What trials that were told are held against. Of several objectives each step has weights of its own, drawn anew.
    pub(crate) fn view(&self, told: &[Outcome], elites: usize, rng: &mut Pcg64) -> View<'_> {
        let baseline = self.baseline.value();
        let of_window = || self.window.outcomes().find_map(|outcome| outcome.objectives());
        let Some(objectives) = told.iter().find_map(Outcome::objectives).or_else(of_window) else {
            let merits = told.iter().filter_map(|outcome| outcome.merit()).collect();
            let (window, elites) = (Cow::Borrowed(&self.window), Cow::Borrowed(self.elites.best()));
            return View { baseline, window, elites, merits };
        };
        let weights = Weights::draw(objectives, rng);
        let (window, told) = self.window.scalarized(&weights, told);
        let latest: Vec<Outcome> = self.window.outcomes().collect();
        let elites = self.archive.elites(&weights, &latest, elites);
        let merits = told.iter().filter_map(|outcome| outcome.merit()).collect();
        View { baseline, window: Cow::Owned(window), elites: Cow::Owned(elites), merits }
    }
}

/// What is known of a pair, with one number for each trial that was told.
pub(crate) struct View<'a> {
    baseline: Option<f64>,
    window: Cow<'a, Window>,
    elites: Cow<'a, [Elite]>,
    /// Of those that were told.
    merits: Vec<Merit>,
}

impl View<'_> {
    /// What is learned from: the score of a merit among the latest, or the raw reward.
    fn worth(&self, rewards: Rewards, merit: Merit) -> f64 {
        match rewards {
            Rewards::Ranks => self.window.score(merit),
            Rewards::Raw => merit.reward().unwrap_or_default(),
        }
    }

    /// Draws an elite for each trial told. Gives what each was held against, and the traces of the elites that are better than
    /// the baseline, each with how often it was drawn.
    pub(crate) fn draw_elites(&self, rewards: Rewards, rng: &mut Pcg64) -> (Vec<Held>, Vec<(Trace, f64)>) {
        let elites = &self.elites;
        let worths: Vec<f64> = self.merits.iter().map(|&merit| self.worth(rewards, merit)).collect();
        let mean = worths.iter().sum::<f64>() / worths.len() as f64;
        let baseline = self.baseline.unwrap_or(mean);
        let mut times = vec![0.0; elites.len()];
        let mut held = Vec::with_capacity(worths.len());
        for reward in worths {
            let drawn = (!elites.is_empty()).then(|| rng.random_range(0..elites.len()));
            let worth = |drawn: usize| Outcome::Reward(elites[drawn].reward).merit().map(|it| self.worth(rewards, it));
            let imitated = drawn.and_then(worth).filter(|worth| *worth > baseline);
            if let (Some(drawn), Some(_)) = (drawn, imitated) {
                times[drawn] += 1.0;
            }
            held.push(Held { baseline, reward, imitated });
        }
        let drawn = elites.iter().zip(times).filter(|(_, times)| *times > 0.0);
        (held, drawn.map(|(elite, times)| (elite.trace.clone(), times)).collect())
    }
}

/// The memories of all pairs that are valid.
#[derive(Debug, Clone)]
pub(crate) struct Memories(BTreeMap<Pair, Memory>);

impl Memories {
    pub(crate) fn new<U: Universe>(fresh: &Memory) -> Self {
        let tasks = <U::Tasks as crate::policy::Tasks>::NAMES.len();
        let of_space = |(space, only): (usize, Option<&'static [usize]>)| {
            let tasks = only.map_or_else(|| (0..tasks).collect(), <[usize]>::to_vec);
            tasks.into_iter().map(move |task| (Pair { space, task }, fresh.clone())).collect::<Vec<_>>()
        };
        Self(U::TASKS_OF.iter().copied().enumerate().flat_map(of_space).collect())
    }

    /// The pairs, by space and then by task.
    pub(crate) fn pairs(&self) -> Vec<Pair> {
        self.0.keys().copied().collect()
    }

    /// The pairs of a space.
    pub(crate) fn of_space(&self, space: usize) -> Vec<Pair> {
        self.0.keys().copied().filter(|pair| pair.space == space).collect()
    }

    pub(crate) fn get(&self, pair: Pair) -> Option<&Memory> {
        self.0.get(&pair)
    }

    pub(crate) fn get_mut(&mut self, pair: Pair) -> Option<&mut Memory> {
        self.0.get_mut(&pair)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Pair, &Memory)> {
        self.0.iter().map(|(pair, memory)| (*pair, memory))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (Pair, &mut Memory)> {
        self.0.iter_mut().map(|(pair, memory)| (*pair, memory))
    }
}

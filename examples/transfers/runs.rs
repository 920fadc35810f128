//! Runs of all methods on instances of a case.

use indicatif::ProgressBar;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use transfer_nas::search::{BayesianSearch, Searcher};

use crate::cases::{Case, Instance, Scale, Source};
use crate::correlation::rank_correlation;
use crate::error::Error;
use crate::learning::{AnySearcher, Trials};
use crate::listed::Listed;
use crate::meaning::Meant;
use crate::objective::Objective;
use crate::rewards::Rewards;
use crate::searches::{self, Method};
use crate::support::replicas;

pub(crate) struct Plan<'a> {
    pub(crate) case: Case,
    pub(crate) methods: &'a [Method],
    pub(crate) replicas: usize,
    pub(crate) trials: usize,
    pub(crate) source_trials: usize,
    pub(crate) seed: u64,
}

/// What came of one instance.
pub(crate) struct Replica {
    /// The rank correlation of each source's values with the target's, by the source's name.
    pub(crate) correlations: Vec<(&'static str, f64)>,
    /// For each method the normalised regret at each mark.
    pub(crate) regrets: Vec<Vec<f64>>,
}

/// After how many trials regrets are taken.
const MARKS: [usize; 4] = [10, 20, 50, 100];

impl Plan<'_> {
    pub(crate) fn marks(&self) -> impl Iterator<Item = usize> + use<> {
        let trials = self.trials;
        MARKS.into_iter().filter(move |&mark| mark <= trials)
    }
}

/// All replicas of a case with sources over `S` and a target over `T`.
pub(crate) fn all<S: Meant, T: Meant>(plan: &Plan<'_>) -> Result<Vec<Replica>, Error> {
    let (old, new) = (Listed::<S>::new(), Listed::<T>::new());
    let trials = plan.source_trials + plan.methods.len() * plan.trials;
    let run = |replica, bar: &ProgressBar| one(plan, &old, &new, replicas::seed(plan.seed, replica), bar);
    Ok(replicas::run(plan.case.name(), plan.replicas, trials, run)?.0)
}

/// What tells the seed of an instance, and those of its sources, from that of a search.
const INSTANCE: u64 = 0x5851_f42d_4c95_7f2d;
const SOURCE: u64 = 0x1405_7b7e_f767_814f;

fn one<S: Meant, T: Meant>(
    plan: &Plan<'_>,
    old: &Listed<S>,
    new: &Listed<T>,
    seed: u64,
    bar: &ProgressBar,
) -> Result<Replica, Error> {
    let instance = Instance::new(plan.case, seed ^ INSTANCE, &new.meanings);
    let correlation = |source: &Source| (source.name, correlation(&source.objective, &instance.target, old, new, seed));
    let correlations = instance.sources.iter().map(correlation).collect();
    let trials = plan.source_trials / instance.sources.len();
    let earlier = |(place, source): (usize, &Source)| {
        let rewards = Rewards::new(&source.objective, source.scale, plan.case.noise(), &old.meanings)?;
        let seed = (seed ^ SOURCE).wrapping_add((place as u64) << 32);
        Ok(Trials { name: source.name, configs_and_rewards: searched::<S>(&rewards, trials, seed, bar)? })
    };
    let sources = instance.sources.iter().enumerate().map(earlier).collect::<Result<Vec<_>, Error>>()?;
    let rewards = Rewards::new(&instance.target, Scale::Plain, plan.case.noise(), &new.meanings)?;
    let regrets = |&method: &Method| {
        let search = searches::searcher(method, seed, &sources, new)?;
        regrets(search, plan, &rewards, seed, bar)
    };
    Ok(Replica { correlations, regrets: plan.methods.iter().map(regrets).collect::<Result<_, Error>>()? })
}

/// Of the values of random configs of the old type and of what they become in the new one.
fn correlation<S: Meant, T: Meant>(
    source: &Objective,
    target: &Objective,
    old: &Listed<S>,
    new: &Listed<T>,
    seed: u64,
) -> f64 {
    const CONFIGS: usize = 100;
    let mut rng = Pcg64::seed_from_u64(seed);
    let pair = |_| {
        let meaning = old.random(&mut rng).meaning();
        (source.value(&meaning), target.value(&new.closest(&meaning, &mut rng).meaning()))
    };
    let (old, new): (Vec<f64>, Vec<f64>) = (0..CONFIGS).map(pair).unzip();
    rank_correlation(&old, &new)
}

/// The trials of a default search without repeats.
fn searched<S: Meant>(
    rewards: &Rewards<'_>,
    trials: usize,
    seed: u64,
    bar: &ProgressBar,
) -> Result<Vec<(S, f64)>, Error> {
    let mut search = BayesianSearch::<S>::new(seed).unique();
    let mut rng = Pcg64::seed_from_u64(!seed);
    let mut told = Vec::with_capacity(trials);
    for _ in 0..trials {
        let trial = search.ask()?;
        let reward = rewards.reward(rewards.value(&trial.config.meaning()), &mut rng);
        told.push((trial.config.clone(), reward));
        search.tell(trial, reward)?;
        bar.inc(1);
    }
    Ok(told)
}

/// The normalised regret of a search at each mark.
fn regrets<T: Meant>(
    mut search: AnySearcher<T>,
    plan: &Plan<'_>,
    rewards: &Rewards<'_>,
    seed: u64,
    bar: &ProgressBar,
) -> Result<Vec<f64>, Error> {
    let mut rng = Pcg64::seed_from_u64(!seed);
    let (mut told, mut regrets) = (Vec::with_capacity(plan.trials), Vec::new());
    for number in 1..=plan.trials {
        let trial = search.ask()?;
        let value = rewards.value(&trial.config.meaning());
        let reward = rewards.reward(value, &mut rng);
        search.tell(trial, reward)?;
        told.push(Told { reward, value });
        if plan.marks().any(|mark| mark == number) {
            regrets.push((rewards.span.best - chosen(&told, rewards, seed)) / rewards.span.width());
        }
        bar.inc(1);
    }
    Ok(regrets)
}

/// What a trial earned, and what its config is worth.
#[derive(Clone, Copy)]
struct Told {
    reward: f64,
    value: f64,
}

/// The worth of what is chosen in the end: of the ten highest rewards, each config evaluated five times more, the best mean. These
/// evaluations are the same for all methods, and not counted among the trials.
fn chosen(told: &[Told], rewards: &Rewards<'_>, seed: u64) -> f64 {
    const FINALISTS: usize = 10;
    const TIMES: usize = 5;
    let mut rng = Pcg64::seed_from_u64(seed ^ told.len() as u64);
    let mut finalists = told.to_vec();
    finalists.sort_by(|a, b| b.reward.total_cmp(&a.reward));
    let mean = |it: &Told| {
        let again: f64 = (0..TIMES).map(|_| rewards.reward(it.value, &mut rng)).sum();
        ((it.reward + again) / (TIMES + 1) as f64, it.value)
    };
    let means = finalists.iter().take(FINALISTS).map(mean);
    means.reduce(|best, other| if other.0 > best.0 { other } else { best }).map_or(f64::NAN, |(_, value)| value)
}

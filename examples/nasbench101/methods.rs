//! The methods, each as a searcher over the cells of seven vertices.

use std::collections::{HashSet, VecDeque};
use std::mem::{Discriminant, discriminant};

use clap::ValueEnum;
use indicatif::ProgressBar;
use rand::SeedableRng;
use rand_distr::{Distribution, Normal};
use rand_pcg::Pcg64;
use serde::Serialize;
use transfer_nas::agent::{Rewards, SampleError, Trial};
use transfer_nas::checkpoint::Checkpoint;
use transfer_nas::nasbench::{CellConfig, ModuleHash, Operation, SmallCells};
use transfer_nas::prelude::*;
use transfer_nas::search::{
    BayesianSearch, DreamingAgent, Dreams, LocalSearch, LstmAgent, LstmInput, Mixture, RandomSearch,
    RegularizedEvolution, Searcher, Sources,
};

use crate::error::Error;
use crate::oracle::{Oracle, Score};
use crate::tpe_search::TpeSearch;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    /// A Transformer agent with fresh weights.
    Scratch,
    /// The same with an embedding for each of five weights of several objectives.
    ScratchWeights,
    /// The first, which also learns from imagined trials.
    Dreaming,
    /// The first, which also tries neighbours of the best cell so far.
    Climbing,
    /// A Transformer agent after a transfer from the two small spaces.
    Transfer,
    /// The same, from an agent that dreamed in its pretraining, and which dreams in the run.
    DreamingTransfer,
    /// `transfer`, which first tries the elites that came along, and then also neighbours of the best cell so far.
    TransferElites,
    /// The default search: a Gaussian process over traces.
    Bayesian,
    /// The same, which first tries ten of the elites that the transfer has.
    BayesianElites,
    /// The default search, which learns from all trials that the default search made on the two small spaces.
    LearnFrom,
    /// An agent that dreams and learns from all trials, and the policy, of one that dreamed on the two small spaces.
    DreamingLearnFrom,
    /// Two cells by the default search to one by an agent; both learn from all.
    BayesianAgent,
    /// One Parzen estimator a decision, of the crate `tpe`.
    Tpe,
    /// Random search.
    Random,
    /// Regularized evolution, population 100, tournament 8.
    Evolution,
    /// The same, which begins with the elites that the transfer has, and with nothing random.
    EvolutionElites,
    /// Local search from the best of ten random cells.
    Local,
    /// The same, which begins with the elites that the transfer has, and with nothing random.
    LocalElites,
    /// An LSTM agent that sees the embedding of each (state, action) pair.
    Lstm,
    /// An LSTM agent whose embeddings of actions all states share.
    LstmShared,
}

/// How many of the elites that came along are tried, and how many by the default search.
const PROPOSALS: usize = 25;
const TRIED: usize = 10;

const NOT_PRETRAINED: &str = "a method that needs a pretraining was given none";

/// What searches the small spaces before a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Pretraining {
    Agent,
    Dreaming,
    Bayesian,
}

/// What came of that.
pub(crate) struct Pretrained {
    checkpoint: Option<Checkpoint>,
    trials: Vec<(SmallCells, f64)>,
}

impl Method {
    pub(crate) fn pretraining(self) -> Option<Pretraining> {
        match self {
            Self::Transfer
            | Self::TransferElites
            | Self::BayesianElites
            | Self::EvolutionElites
            | Self::LocalElites => Some(Pretraining::Agent),
            Self::DreamingTransfer | Self::DreamingLearnFrom => Some(Pretraining::Dreaming),
            Self::LearnFrom => Some(Pretraining::Bayesian),
            _ => None,
        }
    }

    pub(crate) fn climbs(self) -> bool {
        matches!(self, Self::Climbing | Self::TransferElites)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::ScratchWeights => "scratch, weights",
            Self::Dreaming => "dreaming",
            Self::DreamingTransfer => "dreaming, transfer",
            Self::Climbing => "scratch, climbing",
            Self::Transfer => "transfer",
            Self::TransferElites => "transfer, elites",
            Self::Bayesian => "Bayesian",
            Self::BayesianElites => "Bayesian, elites",
            Self::LearnFrom => "Bayesian, learning",
            Self::DreamingLearnFrom => "dreaming, learning",
            Self::BayesianAgent => "Bayesian and agent",
            Self::Tpe => "TPE",
            Self::Random => "random search",
            Self::Evolution => "evolution",
            Self::EvolutionElites => "evolution, elites",
            Self::Local => "local search",
            Self::LocalElites => "local search, elites",
            Self::Lstm => "LSTM",
            Self::LstmShared => "LSTM, shared",
        }
    }
}

/// One run to be made.
pub(crate) struct Plan<'a> {
    pub(crate) oracle: &'a Oracle,
    pub(crate) seed: u64,
    pub(crate) trials: usize,
    pub(crate) unique: bool,
    /// The share of neighbours of the best cell among the trials of `transfer-elites`.
    pub(crate) climbing: f64,
    pub(crate) rewards: Rewards,
    /// The deviation of the noise on each reward.
    pub(crate) noise: f64,
    /// How many trials are being evaluated at once.
    pub(crate) pending: usize,
    /// How many of the best are evaluated again in the end.
    pub(crate) finalists: usize,
    pub(crate) pretrained: Option<&'a Pretrained>,
    pub(crate) bar: &'a ProgressBar,
}

/// One run that was made.
pub(crate) struct Run {
    /// After each trial the accuracy of the cell with the best reward so far.
    pub(crate) best: Vec<f64>,
    /// The accuracy of what is chosen in the end, for each budget of trials.
    pub(crate) chosen: Vec<f64>,
    /// The share of drawn cells that were valid, where it is known.
    pub(crate) acceptance: Option<f64>,
    /// The trial at which no cell was left that had not been tried.
    pub(crate) exhausted: Option<usize>,
}

/// Joint training on the two spaces of six vertices (paper, Section 4.2).
pub(crate) fn pretrain(
    by: Pretraining,
    oracle: &Oracle,
    seed: u64,
    trials: usize,
    (unique, rewards): (bool, Rewards),
    bar: &ProgressBar,
) -> Result<Pretrained, Error> {
    let agent = Agent::<SmallCells>::builder().seed(seed).rewards(rewards);
    let plan = (oracle, seed, trials, unique);
    Ok(match by {
        Pretraining::Agent => {
            let (agent, trials) = pretrained(agent.build()?, plan, bar)?;
            Pretrained { checkpoint: Some(agent.checkpoint()), trials }
        }
        Pretraining::Dreaming => {
            let (agent, trials) = pretrained(agent.dreams(Dreams::new()).build()?, plan, bar)?;
            Pretrained { checkpoint: Some(agent.agent().checkpoint()), trials }
        }
        Pretraining::Bayesian => {
            let key = |cell: &SmallCells| (discriminant(cell), oracle.key(&cell.cell()));
            let search = BayesianSearch::new(seed);
            // The search itself finds cells that are new, which costs less than to ask it again and again.
            let trials = if unique {
                pretrained(search.unique_by(key), (oracle, seed, trials, false), bar)?.1
            } else {
                pretrained(search, plan, bar)?.1
            };
            Pretrained { checkpoint: None, trials }
        }
    })
}

/// What learned, and its trials.
fn pretrained<S: Searcher<SmallCells>>(
    mut search: S,
    (oracle, seed, trials, unique): (&Oracle, u64, usize, bool),
    bar: &ProgressBar,
) -> Result<(S, Vec<(SmallCells, f64)>), Error> {
    let mut rng = Pcg64::seed_from_u64(seed);
    let (mut tried, mut told) = (HashSet::new(), Vec::with_capacity(trials));
    for _ in 0..trials {
        let trial = if unique { ask_untried(&mut search, oracle, &mut tried)? } else { search.ask()? };
        let score = oracle.score(&trial.config.cell(), &mut rng)?;
        told.push((trial.config, score.reward));
        search.tell(trial, score.reward)?;
        bar.inc(1);
    }
    Ok((search, told))
}

type Tried = HashSet<(Discriminant<SmallCells>, Option<ModuleHash>)>;

/// A cell of a small space that was not tried in that space; after 1,000 draws in vain, one that was.
fn ask_untried(
    agent: &mut impl Searcher<SmallCells>,
    oracle: &Oracle,
    tried: &mut Tried,
) -> Result<Trial<SmallCells>, SampleError> {
    const MAX_DRAWS: usize = 1000;
    let mut trial = agent.ask()?;
    for _ in 1..MAX_DRAWS {
        if tried.insert((discriminant(&trial.config), oracle.key(&trial.config.cell()))) {
            break;
        }
        trial = agent.ask()?;
    }
    Ok(trial)
}

pub(crate) fn run(method: Method, plan: &Plan<'_>) -> Result<Run, Error> {
    match method {
        Method::Scratch => search(plan, scratch(plan)?),
        Method::ScratchWeights => Err("`scratch-weights` is for several objectives".into()),
        Method::Dreaming => search(plan, DreamingAgent::new(scratch(plan)?, Dreams::new())?),
        Method::DreamingTransfer => search(plan, DreamingAgent::new(transferred(plan)?, Dreams::new())?),
        Method::Climbing => search(plan, scratch(plan)?.climbing(plan.climbing, plan.seed)),
        Method::Transfer => search(plan, transferred(plan)?),
        Method::TransferElites => {
            let mut agent = transferred(plan)?;
            let elites = elites(&mut agent)?;
            search(plan, agent.climbing(plan.climbing, plan.seed).starting_from(elites))
        }
        Method::Bayesian => search(plan, BayesianSearch::new(plan.seed)),
        Method::BayesianElites => {
            let elites = elites(&mut transferred(plan)?)?;
            search(plan, BayesianSearch::new(plan.seed).starting_from(elites.into_iter().take(TRIED)))
        }
        Method::LearnFrom => search(plan, BayesianSearch::new(plan.seed).learning_from(&sources(plan)?)?),
        Method::DreamingLearnFrom => {
            let agent = DreamingAgent::new(scratch(plan)?, Dreams::new())?;
            search(plan, Searcher::<CellConfig>::learning_from(agent, &sources(plan)?)?)
        }
        Method::BayesianAgent => {
            type Part = Box<dyn Searcher<CellConfig>>;
            let parts: [(f64, Part); 2] =
                [(2.0, Box::new(BayesianSearch::new(plan.seed))), (1.0, Box::new(scratch(plan)?))];
            search(plan, Mixture::of(plan.seed, parts))
        }
        Method::Tpe => search(plan, TpeSearch::new(plan.seed, compose)),
        Method::Random => search(plan, RandomSearch::new(plan.seed)),
        Method::Evolution => search(plan, evolution(plan.seed)),
        Method::EvolutionElites => {
            let elites = elites(&mut transferred(plan)?)?;
            search(plan, evolution(plan.seed).random_starts(0).starting_from(elites))
        }
        Method::LocalElites => {
            let elites = elites(&mut transferred(plan)?)?;
            search(plan, LocalSearch::new(plan.seed).starts(0).starting_from(elites))
        }
        Method::Local => search(plan, LocalSearch::new(plan.seed)),
        Method::Lstm => search(plan, lstm(plan, LstmInput::PerState)?),
        Method::LstmShared => search(plan, lstm(plan, LstmInput::Shared)?),
    }
}

/// A cell by its decisions; one that is not valid is made again.
fn compose(pick: &mut dyn FnMut(&str, usize) -> usize) -> CellConfig {
    const OPERATIONS: [Operation; 3] = [Operation::Conv3x3, Operation::Conv1x1, Operation::MaxPool3x3];
    CellConfig {
        edges: std::array::from_fn(|i| pick(&format!("edge {i}"), 2) == 1),
        operations: std::array::from_fn(|i| OPERATIONS[pick(&format!("operation {i}"), 3)]),
    }
}

fn scratch(plan: &Plan<'_>) -> Result<Agent<CellConfig>, Error> {
    Ok(Agent::builder().seed(plan.seed).rewards(plan.rewards).build()?)
}

/// Evolution whose mutations change an edge as often as an operation, as the benchmark's authors have it.
pub(crate) fn evolution(seed: u64) -> RegularizedEvolution<CellConfig> {
    RegularizedEvolution::new(seed).split_by(|state| usize::from(state.starts_with("Cell.edge")))
}

fn lstm(plan: &Plan<'_>, input: LstmInput) -> Result<LstmAgent<CellConfig>, Error> {
    Ok(LstmAgent::builder().seed(plan.seed).rewards(plan.rewards).input(input).build()?)
}

/// The best elites that came along, in cells of seven vertices: the same ones for every method of a replica.
fn elites(agent: &mut Agent<CellConfig>) -> Result<Vec<CellConfig>, Error> {
    Ok(agent.proposals::<CellConfig>(PROPOSALS)?.into_iter().map(|trial| trial.config).collect())
}

/// What came of the pretraining, as a source.
fn sources(plan: &Plan<'_>) -> Result<Sources, Error> {
    let Pretrained { checkpoint, trials } = plan.pretrained.ok_or(NOT_PRETRAINED)?;
    let sources = Sources::new().trials("six vertices", trials.iter().copied())?;
    match checkpoint {
        Some(checkpoint) => Ok(sources.checkpoint("agent over six vertices", checkpoint)?),
        None => Ok(sources),
    }
}

fn transferred(plan: &Plan<'_>) -> Result<Agent<CellConfig>, Error> {
    let pretrained = plan.pretrained.and_then(|pretrained| pretrained.checkpoint.as_ref()).ok_or(NOT_PRETRAINED)?;
    // Another seed than the pretrained agent's: the fresh rows must not be those that it had.
    let (agent, _) = Agent::builder().seed(!plan.seed).rewards(plan.rewards).transfer(pretrained)?;
    Ok(agent)
}

/// Asks and tells, with or without repeats.
fn search(plan: &Plan<'_>, mut searcher: impl Searcher<CellConfig>) -> Result<Run, Error> {
    if plan.unique {
        let key = |config: &CellConfig| plan.oracle.key(&config.cell());
        ask_and_tell(plan, &mut searcher.unique_by(key))
    } else {
        ask_and_tell(plan, &mut searcher)
    }
}

fn ask_and_tell(plan: &Plan<'_>, searcher: &mut impl Searcher<CellConfig>) -> Result<Run, Error> {
    let mut run = Run { best: Vec::with_capacity(plan.trials), chosen: Vec::new(), acceptance: None, exhausted: None };
    // Which run's validation accuracy a trial earns, where there are several; and the noise.
    let mut rng = Pcg64::seed_from_u64(plan.seed);
    let noise = Normal::new(0.0, plan.noise)?;
    let mut scores: Vec<Score> = Vec::with_capacity(plan.trials);
    let mut best = Score { reward: f64::NEG_INFINITY, accuracy: f64::NAN };
    let mut pending = VecDeque::new();
    for i in 0..plan.trials {
        while run.exhausted.is_none() && pending.len() < plan.pending {
            match searcher.ask() {
                Ok(trial) => pending.push_back(trial),
                Err(SampleError::Exhausted { .. } | SampleError::NothingNew { .. }) => {
                    run.exhausted = Some(i + pending.len());
                }
                Err(error) => return Err(error.into()),
            }
        }
        if let Some(trial) = pending.pop_front() {
            let mut score = plan.oracle.score(&trial.config.cell(), &mut rng)?;
            if plan.noise > 0.0 {
                score.reward += noise.sample(&mut rng);
            }
            searcher.tell(trial, score.reward)?;
            scores.push(score);
            best = if score.reward > best.reward { score } else { best };
        }
        run.best.push(best.accuracy);
        plan.bar.inc(1);
    }
    run.acceptance = searcher.acceptance();
    run.chosen = (1..=plan.trials).map(|budget| chosen(plan, &scores, budget, &noise)).collect();
    Ok(run)
}

/// The accuracy of what is chosen with a budget of trials, of which the last sixth evaluates the finalists again, each as often as any
/// other.
fn chosen(plan: &Plan<'_>, scores: &[Score], budget: usize, noise: &Normal<f64>) -> f64 {
    let times = (budget / 6).checked_div(plan.finalists).unwrap_or_default();
    let searched = (budget - times * plan.finalists).min(scores.len());
    let mut finalists = scores[..searched].to_vec();
    finalists.sort_by(|a, b| b.reward.total_cmp(&a.reward));
    let mut rng = Pcg64::seed_from_u64(plan.seed ^ budget as u64);
    let mean = |score: &Score| {
        // The deterministic part of a reward is the accuracy that is reported: this table has no other.
        let again: f64 = (0..times).map(|_| score.accuracy + noise.sample(&mut rng)).sum();
        ((score.reward + again) / (times + 1) as f64, score.accuracy)
    };
    let means = finalists.iter().take(plan.finalists.max(1)).map(mean);
    means.reduce(|best, other| if other.0 > best.0 { other } else { best }).map_or(f64::NAN, |(_, accuracy)| accuracy)
}

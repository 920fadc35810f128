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
    RegularizedEvolution, Searcher,
};

use crate::Error;
use crate::oracle::{Oracle, Score};
use crate::tpe_search::TpeSearch;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    /// A Transformer agent with fresh weights.
    Scratch,
    /// The same, which also learns from imagined trials.
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

/// How many of the elites that came along are tried.
const PROPOSALS: usize = 25;

impl Method {
    pub(crate) fn dreams(self) -> bool {
        matches!(self, Self::Dreaming | Self::DreamingTransfer)
    }

    pub(crate) fn is_pretrained(self) -> bool {
        matches!(
            self,
            Self::Transfer | Self::DreamingTransfer | Self::TransferElites | Self::EvolutionElites | Self::LocalElites
        )
    }

    pub(crate) fn climbs(self) -> bool {
        matches!(self, Self::Climbing | Self::TransferElites)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Dreaming => "dreaming",
            Self::DreamingTransfer => "dreaming, transfer",
            Self::Climbing => "scratch, climbing",
            Self::Transfer => "transfer",
            Self::TransferElites => "transfer, elites",
            Self::Bayesian => "Bayesian",
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
    pub(crate) pretrained: Option<&'a Checkpoint>,
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

/// Joint training on the two spaces of six vertices (paper, Section 4.2), by an agent that dreams or does not.
pub(crate) fn pretrain(
    oracle: &Oracle,
    seed: u64,
    trials: usize,
    (unique, rewards, dreams): (bool, Rewards, bool),
    bar: &ProgressBar,
) -> Result<Checkpoint, Error> {
    let agent = Agent::<SmallCells>::builder().seed(seed).rewards(rewards);
    let plan = (oracle, seed, trials, unique);
    if dreams {
        let agent = pretrained(agent.dreams(Dreams::new()).build()?, plan, bar)?;
        return Ok(agent.agent().checkpoint());
    }
    Ok(pretrained(agent.build()?, plan, bar)?.checkpoint())
}

fn pretrained<S: Searcher<SmallCells>>(
    mut agent: S,
    (oracle, seed, trials, unique): (&Oracle, u64, usize, bool),
    bar: &ProgressBar,
) -> Result<S, Error> {
    let mut rng = Pcg64::seed_from_u64(seed);
    let mut tried = HashSet::new();
    for _ in 0..trials {
        let trial = if unique { ask_untried(&mut agent, oracle, &mut tried)? } else { agent.ask()? };
        let score = oracle.score(&trial.config.cell(), &mut rng)?;
        agent.tell(trial, score.reward)?;
        bar.inc(1);
    }
    Ok(agent)
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
fn evolution(seed: u64) -> RegularizedEvolution<CellConfig> {
    RegularizedEvolution::new(seed).split_by(|state| usize::from(state.starts_with("Cell.edge")))
}

fn lstm(plan: &Plan<'_>, input: LstmInput) -> Result<LstmAgent<CellConfig>, Error> {
    Ok(LstmAgent::builder().seed(plan.seed).rewards(plan.rewards).input(input).build()?)
}

/// The best elites that came along, in cells of seven vertices: the same ones for every method of a replica.
fn elites(agent: &mut Agent<CellConfig>) -> Result<Vec<CellConfig>, Error> {
    Ok(agent.proposals::<CellConfig>(PROPOSALS)?.into_iter().map(|trial| trial.config).collect())
}

fn transferred(plan: &Plan<'_>) -> Result<Agent<CellConfig>, Error> {
    let pretrained = plan.pretrained.ok_or("a method that needs a pretrained agent was given none")?;
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

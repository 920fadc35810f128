//! Runs of a strategy on instances of a problem.

use clap::ValueEnum;
use indicatif::ProgressBar;
use rand::SeedableRng;
use rand_distr::{Distribution, Normal};
use rand_pcg::Pcg64;
use serde::Serialize;
use transfer_nas::agent::{Agent, SampleError};
use transfer_nas::search::{
    BayesianSearch, DreamingAgent, Dreams, LocalSearch, Mixture, RandomSearch, RegularizedEvolution, Searcher,
};
use transfer_nas::space::UniformSampler;

use crate::error::Error;
use crate::problems::Problem;
use crate::support::replicas;
use crate::tpe_search::TpeSearch;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    /// The default: a Gaussian process over traces.
    Bayesian,
    /// Random search.
    Random,
    /// Local search from the best of ten random configs.
    Local,
    /// Regularized evolution, population 30, tournament 8.
    Evolution,
    /// One Parzen estimator a decision, of the crate `tpe`.
    Tpe,
    /// A Transformer agent.
    Agent,
    /// The same, which also learns from trials that the default's model imagines.
    Dreaming,
    /// Two trials by the default to one by an agent; both learn from all.
    Mixture,
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bayesian => "Bayesian",
            Self::Random => "random",
            Self::Local => "local search",
            Self::Evolution => "evolution",
            Self::Tpe => "TPE",
            Self::Agent => "agent",
            Self::Dreaming => "dreaming agent",
            Self::Mixture => "Bayesian and agent",
        }
    }
}

pub(crate) struct Plan {
    pub(crate) method: Method,
    pub(crate) noise: f64,
    pub(crate) replicas: usize,
    pub(crate) trials: usize,
    pub(crate) seed: u64,
}

/// The name of a problem, and for each replica the normalised regret after each trial.
pub(crate) fn all<P: Problem>(plan: &Plan) -> Result<(&'static str, Vec<Vec<f64>>), Error>
where
    P::Config: transfer_nas::Universe + Send + 'static,
    P::Config: transfer_nas::Serves<P::Config>,
{
    let name = format!("{}, {}", P::NAME, plan.method.name());
    let (runs, _) = replicas::run(&name, plan.replicas, plan.trials, |replica, bar| {
        one::<P>(plan, replicas::seed(plan.seed, replica), bar)
    })?;
    Ok((P::NAME, runs))
}

/// What tells the seed of an instance from that of a search.
const INSTANCE: u64 = 0x5851_f42d_4c95_7f2d;

type AnySearcher<T> = Box<dyn Searcher<T>>;

fn searcher<P: Problem>(method: Method, seed: u64) -> Result<AnySearcher<P::Config>, Error>
where
    P::Config: transfer_nas::Universe + 'static,
    P::Config: transfer_nas::Serves<P::Config>,
{
    let agent = || Agent::<P::Config>::builder().seed(seed).build();
    Ok(match method {
        Method::Bayesian => Box::new(BayesianSearch::new(seed)),
        Method::Random => Box::new(RandomSearch::new(seed)),
        Method::Local => Box::new(LocalSearch::new(seed)),
        Method::Evolution => Box::new(RegularizedEvolution::new(seed).population(30)),
        Method::Tpe => Box::new(TpeSearch::new(seed, P::compose)),
        Method::Agent => Box::new(agent()?),
        Method::Dreaming => Box::new(DreamingAgent::new(agent()?, Dreams::new())?),
        Method::Mixture => {
            let parts: [(f64, AnySearcher<P::Config>); 2] =
                [(2.0, Box::new(BayesianSearch::new(seed))), (1.0, Box::new(agent()?))];
            Box::new(Mixture::of(seed, parts))
        }
    })
}

fn one<P: Problem>(plan: &Plan, seed: u64, bar: &ProgressBar) -> Result<Vec<f64>, Error>
where
    P::Config: transfer_nas::Universe + 'static,
    P::Config: transfer_nas::Serves<P::Config>,
{
    // Another seed than the strategy's: its first random numbers must not be those of the instance.
    let problem = P::new(seed ^ INSTANCE);
    let mut search = searcher::<P>(plan.method, seed)?.unique();
    let (best, median) = (problem.best(), median(&problem)?);
    let mut rng = Pcg64::seed_from_u64(!seed);
    let noise = Normal::new(0.0, plan.noise * (best - median))?;
    let (mut told, mut regrets) = (Vec::with_capacity(plan.trials), Vec::new());
    for _ in 0..plan.trials {
        match search.ask() {
            Ok(trial) => {
                let value = problem.value(&trial.config);
                let reward = value + noise.sample(&mut rng);
                search.tell(trial, reward)?;
                told.push(Told { reward, value });
            }
            Err(SampleError::Exhausted { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        regrets.push((best - chosen(&told, &noise, seed)) / (best - median));
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
/// evaluations are the same for all strategies, and not counted among the trials.
fn chosen(told: &[Told], noise: &Normal<f64>, seed: u64) -> f64 {
    const FINALISTS: usize = 10;
    const TIMES: usize = 5;
    let mut rng = Pcg64::seed_from_u64(seed ^ told.len() as u64);
    let mut finalists = told.to_vec();
    finalists.sort_by(|a, b| b.reward.total_cmp(&a.reward));
    let mean = |it: &Told| {
        let again: f64 = (0..TIMES).map(|_| it.value + noise.sample(&mut rng)).sum();
        ((it.reward + again) / (TIMES + 1) as f64, it.value)
    };
    let means = finalists.iter().take(FINALISTS).map(mean);
    means.reduce(|best, other| if other.0 > best.0 { other } else { best }).map_or(f64::NAN, |(_, value)| value)
}

/// The median value of random configs.
fn median<P: Problem>(problem: &P) -> Result<f64, Error> {
    const CONFIGS: usize = 1001;
    let (mut rng, mut uniform) = (Pcg64::seed_from_u64(0), UniformSampler::<P::Config>::over_traces());
    let values = (0..CONFIGS).map(|_| Ok(problem.value(&uniform.sample(&mut rng)?)));
    let mut values = values.collect::<Result<Vec<f64>, SampleError>>()?;
    values.sort_by(f64::total_cmp);
    Ok(values[CONFIGS / 2])
}

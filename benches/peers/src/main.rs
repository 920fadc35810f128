//! Milliseconds a trial on a chain of 26 decisions, at several points of a search, for the libraries that are written in Rust.
//!
//! Prints one JSON object; `peers.py` runs it beside the libraries that are written in Python.

use std::error::Error;
use std::time::Instant;

use optimizer::prelude::{BoolParam, Direction, IntParam, Parameter};
use optimizer::sampler::tpe::{MultivariateTpeSampler, TpeSampler};
use rand::SeedableRng;
use serde_json::{Map, Value, json};
use transfer_nas::prelude::*;
use transfer_nas::search::{BayesianSearch, Searcher};
use transfer_nas::study::{ByDefault, Choice, Study, StudyBuilder};

/// Where the cost is taken: the median over so many trials from there.
const AT: [usize; 4] = [100, 500, 1000, 2000];
const WINDOW: usize = 40;

type Fallible<T> = Result<T, Box<dyn Error>>;

/// NAS-Bench-101's numbers of actions, without its validity.
#[search_space]
#[derive(Debug, Clone)]
struct Chain {
    edges: [bool; 21],
    #[space(range = 0..=2)]
    operations: [u8; 5],
}

/// Cheap, deterministic, not constant.
fn reward(actions: impl Iterator<Item = usize>) -> f64 {
    (actions.enumerate().map(|(i, action)| (i + 1) * action).sum::<usize>() % 17) as f64 / 17.0
}

fn value(chain: &Chain) -> f64 {
    let edges = chain.edges.iter().map(|&edge| usize::from(edge));
    reward(edges.chain(chain.operations.iter().map(|&operation| usize::from(operation))))
}

/// The median cost of a trial at each point, in milliseconds.
fn cost(mut trial: impl FnMut() -> Fallible<()>) -> Fallible<Value> {
    let mut times = Vec::new();
    for _ in 0..AT[AT.len() - 1] + WINDOW {
        let begin = Instant::now();
        trial()?;
        times.push(1e3 * begin.elapsed().as_secs_f64());
    }
    let median = |at: &usize| {
        let mut window = times[*at..*at + WINDOW].to_vec();
        window.sort_by(f64::total_cmp);
        window[WINDOW / 2]
    };
    Ok(AT.iter().map(|at| (at.to_string(), json!(median(at)))).collect::<Map<_, _>>().into())
}

fn agent(attention: Attention) -> Fallible<Agent<Chain>> {
    Ok(Agent::<Chain>::builder().seed(1).attention(attention).build()?)
}

fn by_hand(mut search: impl Searcher<Chain>) -> Fallible<Value> {
    cost(|| {
        let trial = search.ask()?;
        let reward = value(&trial.config);
        search.tell(trial, reward)?;
        Ok(())
    })
}

/// What a study in a file costs, once it is told what to search with.
fn in_a_file<S: Choice<Chain>>(choose: impl FnOnce(StudyBuilder<ByDefault>) -> StudyBuilder<S>) -> Fallible<Value> {
    let file = std::env::temp_dir().join(format!("transfer-nas-peers-{}.db", std::process::id()));
    let mut study = choose(Study::open(&file)?).quiet().build::<Chain>()?;
    let costs = cost(|| {
        let Some(trial) = study.ask()? else { return Ok(()) };
        let reward = value(&trial);
        Ok(study.tell(trial, reward)?)
    });
    drop(study);
    for ending in ["db", "db-wal", "db-shm"] {
        std::fs::remove_file(file.with_extension(ending)).ok();
    }
    costs
}

fn with_optimizer(study: optimizer::Study<f64>) -> Fallible<Value> {
    let edges: Vec<BoolParam> = (0..21).map(|i| BoolParam::new().name(format!("edge{i}"))).collect();
    let operations: Vec<IntParam> = (0..5).map(|i| IntParam::new(0, 2).name(format!("operation{i}"))).collect();
    cost(|| {
        let mut trial = study.ask();
        let mut actions = Vec::new();
        for edge in &edges {
            actions.push(usize::from(edge.suggest(&mut trial)?));
        }
        for operation in &operations {
            actions.push(usize::try_from(operation.suggest(&mut trial)?)?);
        }
        study.tell(trial, Ok::<_, &str>(reward(actions.into_iter())));
        Ok(())
    })
}

/// One optimizer for each decision, as its documentation has it; it minimises.
fn with_tpe() -> Fallible<Value> {
    let mut rng = rand::rngs::StdRng::seed_from_u64(1);
    let sizes = [[2; 21].as_slice(), &[3; 5]].concat();
    let new = |size: &usize| Ok(tpe::TpeOptimizer::new(tpe::histogram_estimator(), tpe::categorical_range(*size)?));
    let mut optimizers = sizes.iter().map(new).collect::<Fallible<Vec<_>>>()?;
    cost(|| {
        let mut actions = Vec::new();
        for optimizer in &mut optimizers {
            actions.push(optimizer.ask(&mut rng)?);
        }
        let loss = -reward(actions.iter().map(|&action| action as usize));
        for (optimizer, action) in optimizers.iter_mut().zip(actions) {
            optimizer.tell(action, loss)?;
        }
        Ok(())
    })
}

fn main() -> Fallible<()> {
    let study = |sampler| optimizer::Study::with_sampler(Direction::Maximize, sampler);
    let causal = agent(Attention::Causal)?;
    let costs = json!({
        "transfer-nas, causal": by_hand(agent(Attention::Causal)?)?,
        "transfer-nas, causal, a study in a file": in_a_file(|study| study.agent(causal))?,
        "transfer-nas, full": by_hand(agent(Attention::Full)?)?,
        "transfer-nas, default": by_hand(BayesianSearch::new(1))?,
        "transfer-nas, default, a study in a file": in_a_file(|study| study.seed(1))?,
        "optimizer, TPE": with_optimizer(study(TpeSampler::builder().seed(1).build()?))?,
        "optimizer, TPE multivariate": with_optimizer(optimizer::Study::with_sampler(Direction::Maximize, MultivariateTpeSampler::new()))?,
        "tpe": with_tpe()?,
    });
    println!("{costs}");
    Ok(())
}

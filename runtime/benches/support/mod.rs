//! What the benches share: a chain of decisions, agents early and late in a search, and measurements in turn.
#![allow(dead_code)] // Each bench takes what it needs.

use std::time::Instant;

use transfer_nas::agent::Observation;
use transfer_nas::prelude::*;

/// NAS-Bench-101's 26 decisions, without its validity: no draw is refused, so that every trial is of the same work.
#[search_space]
#[derive(Debug)]
pub(crate) struct Chain {
    edges: [bool; 21],
    #[space(range = 0..=2)]
    operations: [u8; 5],
}

/// Cheap, deterministic, not constant.
pub(crate) fn reward(chain: &Chain) -> f64 {
    let edges = chain.edges.iter().map(|&edge| usize::from(edge));
    let actions = edges.chain(chain.operations.iter().map(|&operation| usize::from(operation)));
    (actions.enumerate().map(|(i, action)| (i + 1) * action).sum::<usize>() % 17) as f64 / 17.0
}

/// One trial: a sample, then an observation.
pub(crate) fn run(agent: &mut Agent<Chain>) -> Observation {
    let trial = agent.sample::<Chain>().expect("every chain is valid");
    let reward = reward(&trial.config);
    agent.observe(trial, reward).expect("the reward is finite")
}

/// An agent that has made so many trials; from a hundred on, its memory of elites is full.
pub(crate) fn agent(attention: Attention, trials: usize) -> Agent<Chain> {
    let mut agent = Agent::<Chain>::builder().seed(1).attention(attention).build().expect("the defaults are good");
    for _ in 0..trials {
        run(&mut agent);
    }
    agent
}

/// Trials with their rewards, for an agent to observe.
pub(crate) fn told(agent: &mut Agent<Chain>, count: usize) -> Vec<(Trial<Chain>, f64)> {
    let trials = agent.sample_many::<Chain>(count).expect("every chain is valid");
    trials.into_iter().map(|trial| (reward(&trial.config), trial)).map(|(reward, trial)| (trial, reward)).collect()
}

/// How many pairs of blocks a bench that prints ratios measures: few where `cargo test` only checks that it runs.
pub(crate) fn rounds(rounds: usize) -> usize {
    if std::env::args().any(|argument| argument == "--bench") { rounds } else { 2 }
}

/// The microseconds that something takes.
pub(crate) fn microseconds(work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    1e6 * begin.elapsed().as_secs_f64()
}

/// Two costs, measured in turn so that a machine whose speed drifts is the same one for both.
pub(crate) struct Pairs(Vec<(f64, f64)>);

impl Pairs {
    /// Measures both in each round; which one comes first changes from round to round.
    pub(crate) fn measure(rounds: usize, mut first: impl FnMut() -> f64, mut second: impl FnMut() -> f64) -> Self {
        let pair = |round: usize| {
            if round.is_multiple_of(2) {
                let one = first();
                (one, second())
            } else {
                let other = second();
                (first(), other)
            }
        };
        Self((0..rounds).map(pair).collect())
    }

    /// Prints the median of each, and how many times as large as the second the first is, by pairs.
    pub(crate) fn print(&self, first: &str, second: &str) {
        let column = |of: fn(&(f64, f64)) -> f64| sorted(self.0.iter().map(of));
        let (one, other, ratio) = (column(|pair| pair.0), column(|pair| pair.1), column(|pair| pair.0 / pair.1));
        println!("{first:<44} {:>9.1} µs", quantile(&one, 0.5));
        println!("{second:<44} {:>9.1} µs", quantile(&other, 0.5));
        println!(
            "{:<44} {:>9.3}    (quartiles {:.3} to {:.3}, all {:.3} to {:.3}, {} pairs)\n",
            "ratio, the median of pairs",
            quantile(&ratio, 0.5),
            quantile(&ratio, 0.25),
            quantile(&ratio, 0.75),
            quantile(&ratio, 0.0),
            quantile(&ratio, 1.0),
            ratio.len()
        );
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which a share of the sorted values lies, interpolated.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = (sorted.len() - 1) as f64 * share;
    #[allow(clippy::cast_sign_loss)] // A share of a length.
    let below = at.floor() as usize;
    let above = sorted[(below + 1).min(sorted.len() - 1)];
    sorted[below] + (above - sorted[below]) * at.fract()
}

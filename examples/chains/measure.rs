//! The chains, and what a trial of one costs.

use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use transfer_nas::agent::{BuildError, ObserveError};
use transfer_nas::prelude::*;
use transfer_nas::space::SampleError;
use transfer_nas::{Contains, Universe};

use crate::arguments::Arguments;
use crate::chain::Chain;

/// What one chain costs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) decisions: usize,
    pub(crate) actions: usize,
    /// Milliseconds of a trial, the median.
    pub(crate) ms: f64,
    /// The most memory that the process had, in MB of 1024 kB; known on Linux only.
    pub(crate) peak_mb: Option<f64>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum MeasureError {
    #[error("there is no chain {0}")]
    Unknown(Chain),
    #[error("cannot start the process for the chain {chain}: {source}")]
    Start { chain: Chain, source: std::io::Error },
    #[error("the process for the chain {chain} ended with {status}")]
    Ended { chain: Chain, status: ExitStatus },
    #[error("the process for the chain {chain} answered what is no point: {source}")]
    Answer { chain: Chain, source: serde_json::Error },
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Sample(#[from] SampleError),
    #[error(transparent)]
    Observe(#[from] ObserveError),
}

/// A config whose reward is the mean of its decisions.
trait Rewarded {
    fn reward(&self) -> f64;
}

/// A type for each chain, and the choice among them.
macro_rules! chains {
    ($($name:ident: $length:literal decisions of $actions:literal,)*) => {
        $(
            #[search_space]
            struct $name {
                #[space(range = 1..=$actions)]
                decisions: [u8; $length],
            }

            impl Rewarded for $name {
                fn reward(&self) -> f64 {
                    self.decisions.iter().copied().map(f64::from).sum::<f64>() / f64::from($length * $actions)
                }
            }
        )*

        /// Measures a chain in this process.
        pub(crate) fn here(arguments: &Arguments, chain: Chain) -> Result<Point, MeasureError> {
            let ms = match (chain.decisions, chain.actions) {
                $(($length, $actions) => median_ms::<$name>(arguments)?,)*
                _ => return Err(MeasureError::Unknown(chain)),
            };
            Ok(Point { decisions: chain.decisions, actions: chain.actions, ms, peak_mb: peak_mb() })
        }
    };
}

chains! {
    L10A2: 10 decisions of 2,
    L10A10: 10 decisions of 10,
    L10A50: 10 decisions of 50,
    L26A2: 26 decisions of 2,
    L26A10: 26 decisions of 10,
    L26A50: 26 decisions of 50,
    L100A2: 100 decisions of 2,
    L100A10: 100 decisions of 10,
    L100A50: 100 decisions of 50,
    L400A2: 400 decisions of 2,
    L400A10: 400 decisions of 10,
    L400A50: 400 decisions of 50,
}

/// Measures a chain in a process of its own, since the peak of the memory is the process's.
pub(crate) fn elsewhere(arguments: &Arguments, chain: Chain) -> Result<Point, MeasureError> {
    let start = |source| MeasureError::Start { chain, source };
    let options = [
        ("--chain", chain.to_string()),
        ("--attention", arguments.attention.name().to_owned()),
        ("--trials", arguments.trials.to_string()),
        ("--warmup", arguments.warmup.to_string()),
        ("--seed", arguments.seed.to_string()),
    ];
    let mut command = Command::new(std::env::current_exe().map_err(start)?);
    for (name, value) in options {
        command.arg(name).arg(value);
    }
    let output = command.stderr(Stdio::inherit()).output().map_err(start)?;
    if !output.status.success() {
        return Err(MeasureError::Ended { chain, status: output.status });
    }
    serde_json::from_slice(&output.stdout).map_err(|source| MeasureError::Answer { chain, source })
}

fn median_ms<C>(arguments: &Arguments) -> Result<f64, MeasureError>
where
    C: Rewarded + SearchSpace + Universe + Contains<C>,
{
    let mut agent = Agent::<C>::builder().seed(arguments.seed).attention(arguments.attention.into()).build()?;
    let mut trial = || {
        let clock = Instant::now();
        let trial = agent.sample::<C>()?;
        let reward = trial.config.reward();
        agent.observe(trial, reward)?;
        Ok(clock.elapsed().as_secs_f64() * 1e3)
    };
    for _ in 0..arguments.warmup {
        trial()?;
    }
    let times = (0..arguments.trials).map(|_| trial()).collect::<Result<Vec<f64>, MeasureError>>()?;
    Ok(median(times))
}

/// The middle of the numbers, of an even count the mean of both.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    let last = numbers.len() - 1;
    f64::midpoint(numbers[last / 2], numbers[last.div_ceil(2)])
}

/// What the system says of this process.
fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = peak.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}

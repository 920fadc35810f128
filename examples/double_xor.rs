//! Double XOR (paper, Section 4.1): seven binary decisions, of which an agent has to find out that four matter in
//! pairs that are far apart.
//!
//! ```sh
//! cargo run --release --example double_xor
//! cargo run --release --example double_xor -- --replicas 10 --attention full --plots plots
//! cargo run --release --example double_xor -- --agent transformer,lstm,lstm-shared
//! cargo run --release --example double_xor -- --disturb outlier --rewards raw
//! cargo run --release --example double_xor -- --agent transformer,dreaming --policy --trials 500
//! ```

mod support;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use indicatif::ProgressBar;
use serde::Serialize;
use transfer_nas::agent::{AgentBuilder, AttentionMap};
use transfer_nas::prelude::*;
use transfer_nas::report::{Curves, HeatMap, ReportError};
use transfer_nas::search::{DreamingAgent, Dreams, LstmAgent, LstmInput, Outcome, Searcher};

use support::replicas;
use support::rewards::LearnsFrom;

/// S1 to S7; only the first and fifth, and the third and seventh, are rewarded, and only together.
#[search_space]
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)] // The paper's space is seven of them.
struct DoubleXor {
    s1: bool,
    s2: bool,
    s3: bool,
    s4: bool,
    s5: bool,
    s6: bool,
    s7: bool,
}

impl DoubleXor {
    /// 1 where both (S1, S5) and (S3, S7) differ, which 32 of the 128 configs do.
    fn reward(&self) -> f64 {
        f64::from(u8::from(self.s1 != self.s5 && self.s3 != self.s7))
    }

    /// What one config in eight does, where that is asked for.
    fn fails(&self) -> bool {
        self.s2 && self.s4 && self.s6
    }
}

/// Watch an agent learn double XOR.
#[derive(Debug, Parser)]
struct Arguments {
    /// Agents, each with a seed of its own.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicas: u32,
    /// Trials of each agent.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    trials: u32,
    /// What learns; one after the other.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Learner::Transformer])]
    agent: Vec<Learner>,
    /// How past decisions see each other.
    #[arg(long, value_enum, default_value_t = Mode::Causal)]
    attention: Mode,
    /// What agents learn from.
    #[arg(long, value_enum, default_value_t = LearnsFrom::Ranks)]
    rewards: LearnsFrom,
    /// What is wrong with the rewards that the agent is told.
    #[arg(long, value_enum, default_value_t = Disturbance::None)]
    disturb: Disturbance,
    /// Also says when the mean reward of the policy itself, over all configs by their probabilities, first is at least 0.9. Of
    /// Transformer agents, dreaming or not.
    #[arg(long)]
    policy: bool,
    /// Seeds all replicas.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Writes the learning curve and the attention map there, as SVG and PNG.
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
    /// Prints one JSON object an agent and nothing else.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Full,
    Causal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Learner {
    Transformer,
    /// The same, which also learns from imagined trials.
    Dreaming,
    /// Sees the embedding of each (state, action) pair.
    Lstm,
    /// Its embeddings of actions are shared by all states.
    LstmShared,
}

impl Learner {
    fn has_policy_mean(self) -> bool {
        matches!(self, Self::Transformer | Self::Dreaming)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Disturbance {
    None,
    /// One reward of −1e6, at trial 10.
    Outlier,
    /// Rewards times 1e-6.
    Tiny,
    /// Rewards times 1e6.
    Huge,
    /// Rewards plus 1e6.
    Offset,
    /// One config in eight fails.
    Failures,
    /// One config in eight earns −1e6.
    Penalties,
}

impl Disturbance {
    /// What the agent is told of a trial, counted from 0.
    fn of(self, trial: u32, config: &DoubleXor) -> Outcome {
        let reward = config.reward();
        match self {
            Self::Outlier if trial == 10 => Outcome::Reward(-1e6),
            Self::Failures if config.fails() => Outcome::FAILED,
            Self::Penalties if config.fails() => Outcome::Reward(-1e6),
            Self::Tiny => Outcome::Reward(1e-6 * reward),
            Self::Huge => Outcome::Reward(1e6 * reward),
            Self::Offset => Outcome::Reward(1e6 + reward),
            _ => Outcome::Reward(reward),
        }
    }

    /// What the trial is worth, whatever the agent is told.
    fn worth(self, config: &DoubleXor) -> f64 {
        let fails = matches!(self, Self::Failures | Self::Penalties) && config.fails();
        if fails { 0.0 } else { config.reward() }
    }
}

/// What one agent did.
struct Run {
    rewards: Vec<f64>,
    /// The number of trials after which the policy's own mean was 0.9, where that was asked for.
    policy: Option<usize>,
    /// Along the best config; the LSTM has none.
    attention: Option<AttentionMap>,
}

#[derive(Serialize)]
struct Line {
    example: &'static str,
    agent: Learner,
    attention: Mode,
    rewards: LearnsFrom,
    disturb: Disturbance,
    replicas: u32,
    trials: u32,
    seed: u64,
    /// The trial at which the mean of the last 100 rewards first is at least 0.9.
    reached: Vec<Option<usize>>,
    /// The number of trials after which the mean reward of the policy itself first is at least 0.9.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<Vec<Option<usize>>>,
    /// The mean of the last 100 rewards.
    r#final: Vec<f64>,
    trials_per_second: f64,
}

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("double_xor: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let (count, trials) = (arguments.replicas as usize, arguments.trials as usize);
    let mut all = Vec::with_capacity(arguments.agent.len());
    for &learner in &arguments.agent {
        let (runs, seconds) =
            replicas::run("double XOR", count, trials, |replica, bar| learn(arguments, learner, replica, bar))?;
        let line = summarise(arguments, learner, &runs, seconds);
        if arguments.json {
            println!("{}", serde_json::to_string(&line)?);
        } else {
            print_table(&line);
        }
        all.push((learner, runs));
    }
    match &arguments.plots {
        Some(directory) => plot(directory, &all, arguments.json),
        None => Ok(()),
    }
}

fn learn(arguments: &Arguments, learner: Learner, replica: usize, bar: &ProgressBar) -> Result<Run, Error> {
    let seed = replicas::seed(arguments.seed, replica);
    match learner {
        Learner::Transformer => {
            let (agent, run) = follow(transformer(arguments, seed).build()?, Agent::clone, arguments, bar)?;
            with_attention(&agent, run)
        }
        Learner::Dreaming => {
            let dreaming = transformer(arguments, seed).dreams(Dreams::new()).build()?;
            let (agent, run) = follow(dreaming, DreamingAgent::agent, arguments, bar)?;
            with_attention(&agent.into_agent(), run)
        }
        Learner::Lstm => lstm(arguments, seed, LstmInput::PerState, bar),
        Learner::LstmShared => lstm(arguments, seed, LstmInput::Shared, bar),
    }
}

fn lstm(arguments: &Arguments, seed: u64, input: LstmInput, bar: &ProgressBar) -> Result<Run, Error> {
    let agent = LstmAgent::<DoubleXor>::builder().seed(seed).rewards(arguments.rewards.into()).input(input).build()?;
    Ok(search(agent, arguments, bar, |_| Ok(0.0))?.1)
}

fn transformer(arguments: &Arguments, seed: u64) -> AgentBuilder<DoubleXor> {
    let attention = match arguments.attention {
        Mode::Full => Attention::Full,
        Mode::Causal => Attention::Causal,
    };
    Agent::builder().seed(seed).rewards(arguments.rewards.into()).attention(attention)
}

fn with_attention(agent: &Agent<DoubleXor>, run: Run) -> Result<Run, Error> {
    let best = agent.best::<DoubleXor>().ok_or("no trial was made")?;
    Ok(Run { attention: Some(agent.attention(&best.config)?), ..run })
}

/// Searches, with an eye on the policy where that is asked for.
fn follow<S: Searcher<DoubleXor>>(
    searcher: S,
    agent: impl Fn(&S) -> Agent<DoubleXor>,
    arguments: &Arguments,
    bar: &ProgressBar,
) -> Result<(S, Run), Error> {
    search(searcher, arguments, bar, |searcher| if arguments.policy { policy_mean(&agent(searcher)) } else { Ok(0.0) })
}

/// The mean reward of the policy, over all configs by their probabilities.
fn policy_mean(agent: &Agent<DoubleXor>) -> Result<f64, Error> {
    let mut mean = 0.0;
    for bits in 0..128u8 {
        let [s1, s2, s3, s4, s5, s6, s7] = std::array::from_fn(|i| bits >> i & 1 == 1);
        let config = DoubleXor { s1, s2, s3, s4, s5, s6, s7 };
        if config.reward() > 0.0 {
            mean += agent.log_prob(&config)?.exp();
        }
    }
    Ok(mean)
}

fn search<S: Searcher<DoubleXor>>(
    mut searcher: S,
    arguments: &Arguments,
    bar: &ProgressBar,
    policy_mean: impl Fn(&S) -> Result<f64, Error>,
) -> Result<(S, Run), Error> {
    let Arguments { trials, disturb, .. } = *arguments;
    let mut run = Run { rewards: Vec::with_capacity(trials as usize), policy: None, attention: None };
    for number in 0..trials {
        let trial = searcher.ask()?;
        run.rewards.push(disturb.worth(&trial.config));
        let outcome = disturb.of(number, &trial.config);
        searcher.tell_outcome(trial, outcome)?;
        if run.policy.is_none() && policy_mean(&searcher)? >= 0.9 {
            run.policy = Some(number as usize + 1);
        }
        bar.inc(1);
    }
    Ok((searcher, run))
}

fn summarise(arguments: &Arguments, agent: Learner, runs: &[Run], seconds: f64) -> Line {
    let means: Vec<Vec<f64>> = runs.iter().map(|run| moving_mean(&run.rewards, 100)).collect();
    let reached = |means: &Vec<f64>| means.iter().skip(99).position(|&mean| mean >= 0.9).map(|i| i + 100);
    Line {
        example: "double_xor",
        agent,
        attention: arguments.attention,
        rewards: arguments.rewards,
        disturb: arguments.disturb,
        replicas: arguments.replicas,
        trials: arguments.trials,
        seed: arguments.seed,
        reached: means.iter().map(reached).collect(),
        policy: (arguments.policy && agent.has_policy_mean()).then(|| runs.iter().map(|run| run.policy).collect()),
        r#final: means.iter().filter_map(|means| means.last().copied()).collect(),
        trials_per_second: f64::from(arguments.replicas) * f64::from(arguments.trials) / seconds,
    }
}

/// The mean of the last `window` values at each position; at the first positions, of those there are.
fn moving_mean(values: &[f64], window: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let mean_at = |(i, &value): (usize, &f64)| {
        sum += value;
        if i >= window {
            sum -= values[i - window];
        }
        sum / (i + 1).min(window) as f64
    };
    values.iter().enumerate().map(mean_at).collect()
}

fn print_table(line: &Line) {
    let agent = match line.agent {
        Learner::Transformer => format!("{:?} attention", line.attention),
        Learner::Dreaming => format!("{:?} attention, dreaming", line.attention),
        Learner::Lstm => "LSTM".to_owned(),
        Learner::LstmShared => "LSTM with shared embeddings".to_owned(),
    };
    println!("double XOR, {agent}, {} trials a replica, seed {}", line.trials, line.seed);
    println!("{:>8} {:>16} {:>22}", "replica", "reached 0.9 at", "mean of the last 100");
    for (replica, (reached, last)) in line.reached.iter().zip(&line.r#final).enumerate() {
        let reached = reached.map_or_else(|| "never".to_owned(), |trial| trial.to_string());
        println!("{replica:>8} {reached:>16} {last:>22.2}");
    }
    println!("{}", median(&line.reached, "replicas reached 0.9"));
    if let Some(policy) = &line.policy {
        println!("{}", median(policy, "policies have a mean reward of 0.9"));
    }
    println!("{:.0} trials a second", line.trials_per_second);
}

fn median(reached: &[Option<usize>], what: &str) -> String {
    let mut known: Vec<usize> = reached.iter().flatten().copied().collect();
    known.sort_unstable();
    let median = known.get(known.len() / 2).map_or_else(|| "-".to_owned(), usize::to_string);
    format!("{} of {} {what}, the median one at trial {median}", known.len(), reached.len())
}

fn plot(directory: &std::path::Path, all: &[(Learner, Vec<Run>)], quiet: bool) -> Result<(), Error> {
    std::fs::create_dir_all(directory)?;
    let mut curves = Curves::new("Double XOR", "trial", "mean reward of the last 100 trials");
    for (learner, runs) in all {
        let means: Vec<Vec<f64>> = runs.iter().map(|run| moving_mean(&run.rewards, 100)).collect();
        let name = match learner {
            Learner::Transformer => "agent",
            Learner::Dreaming => "agent that dreams",
            Learner::Lstm => "LSTM",
            Learner::LstmShared => "LSTM, shared",
        };
        curves = curves.series(name, &means)?;
    }
    draw(directory, "curve", |path| curves.draw(path))?;
    let mut wrote = "double_xor_curve".to_owned();
    if let Some(AttentionMap { states, layers }) = all.iter().find_map(|(_, runs)| runs[0].attention.as_ref()) {
        let layer: Vec<Vec<f64>> = layers[0].iter().map(|row| row.iter().copied().map(f64::from).collect()).collect();
        let map = HeatMap::new("Attention of layer 1 along the best config", states, states, &layer)?.mask_zero(true);
        draw(directory, "attention", |path| map.draw(path))?;
        wrote.push_str(" and double_xor_attention");
    }
    if !quiet {
        println!("wrote {wrote}, .svg and .png, to {}", directory.display());
    }
    Ok(())
}

fn draw(
    directory: &std::path::Path,
    name: &str,
    draw: impl Fn(PathBuf) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    ["svg", "png"].into_iter().try_for_each(|extension| draw(directory.join(format!("double_xor_{name}.{extension}"))))
}

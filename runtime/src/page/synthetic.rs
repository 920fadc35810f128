//! Studies that never were, for the tests.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::chosen::ranked;
use super::story::{Axis, BestConfig, Curve, Failure, Moment, Outcome, Row, Story, Worker};
use super::synthetic_space::Training;
use crate::agent::{
    Agent, AttentionMap, Dropped, Entry, Fate, Importance, Share, SourceReport, StateReport, TransferReport,
};
use crate::search::{Insight, Slice, StateInsight};
use crate::space::{Graph, JointGraph, SearchSpace, encode};
use crate::train::{Direction, Objective};

/// A story with all its parts, of so many trials.
pub(super) fn study(trials: u64) -> Story {
    let mut dice = Pcg64Mcg::seed_from_u64(7);
    let graph = Graph::of_space(Training::SPACE);
    let trials: Vec<Row> = (0..trials).map(|number| trial(number, trials, &graph, &mut dice)).collect();
    let config = Training::sample_uniform(&mut dice).unwrap();
    let best = ranked(&trials, Direction::default()).first().map(|(trial, reward)| BestConfig {
        number: trial.number,
        reward: *reward,
        code: format!("{config:#?}"),
    });
    let names = ["Space", "Size of the space", "Trials", "Time", "Seed", "Attention"];
    let values = ["Training, 40 states", "about 4.1 × 10^19", "300", "5 h 12 min", "7", "causal"];
    Story {
        curves: trials.iter().map(curve).collect(),
        warnings: Vec::new(),
        has_ended: false,
        direction: Direction::default(),
        objectives: Vec::new(),
        pairs: Vec::new(),
        finalists: Vec::new(),
        failures: failures(&trials),
        workers: workers(&trials),
        title: "Image classifiers on CIFAR-10".to_owned(),
        facts: names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), value.to_owned())).collect(),
        trials,
        states: axes(),
        policy: policy(&mut dice),
        model: Some(model(&mut dice)),
        graph: (&JointGraph::new(&[("Training", Training::space())])).into(),
        attention: Some(attention(&config)),
        transfer: Some(transfer()),
        best,
        ..Story::default()
    }
}

/// The same of several objectives, two or three, and with trials that exceed a limit.
pub(super) fn study_of(trials: u64, objectives: usize) -> Story {
    let all = [
        Objective::maximize("accuracy"),
        Objective::minimize("params").unit("millions"),
        Objective::minimize("latency").unit("ms"),
    ];
    let mut dice = Pcg64Mcg::seed_from_u64(11);
    let mut story = Story { objectives: all[..objectives].to_vec(), ..study(trials) };
    for row in &mut story.trials {
        let Outcome::Reward(reward) = row.outcome else { continue };
        let params = 0.5 + 20.0 * reward * dice.random::<f64>();
        row.values = [reward, params, 3.0 + 0.4 * params + 5.0 * dice.random::<f64>()][..objectives].to_vec();
        if params > 15.0 {
            row.outcome = Outcome::Exceeds(format!("exceeds memory by {:.0} %", 100.0 * (params / 15.0 - 1.0)));
        }
    }
    story
}

/// In the order of the decisions.
fn axes() -> Vec<Axis> {
    let order: Vec<String> = Training::space().outline().in_order().into_iter().map(|(state, _)| state).collect();
    let of_state = |state: crate::space::State| Axis {
        name: state.name().to_owned(),
        state: state.name().to_owned(),
        actions: state.labels.iter().map(|label| label.name.clone()).collect(),
    };
    let mut axes: Vec<Axis> = Training::space().states().into_iter().map(of_state).collect();
    axes.sort_by_key(|axis| order.iter().position(|state| *state == axis.state));
    axes
}

/// The best of some configs, and of more the later the trial.
fn trial(number: u64, of: u64, graph: &Graph, dice: &mut Pcg64Mcg) -> Row {
    let candidates = 1 + 8 * number / of;
    let mut candidates: Vec<_> = (0..candidates).map(|_| decisions(graph, dice)).collect();
    candidates.sort_by(|a, b| quality(a).total_cmp(&quality(b)));
    let decisions = candidates.pop().unwrap();
    let reward = 0.2 + quality(&decisions) + 0.05 * dice.random::<f64>();
    let outcome = match number % 23 {
        4 => Outcome::Failed("CUDA error: out of memory (tried to allocate 2.50 GiB)".to_owned()),
        9 | 17 => Outcome::Pruned(Some(0.7 * reward)),
        _ if number + 2 >= of && of > 2 => Outcome::Running,
        _ => Outcome::Reward(reward),
    };
    let worker = Some(format!("worker-{}", number % 4));
    let seconds = Some(20.0 + 100.0 * dice.random::<f64>());
    let origin =
        ["random start", "model: neighbour", "model: random"].get(number as usize % 4).map(|it| (*it).to_owned());
    let since = Some(moment(3600 + 61 * (of - number)));
    let notes = if number.is_multiple_of(3) { notes(dice) } else { Vec::new() };
    let values = Vec::new();
    Row {
        number,
        outcome,
        values,
        decisions,
        seconds,
        since,
        worker,
        retries: u32::from(number % 31 == 5),
        is_enqueued: number == 3,
        origin,
        notes,
    }
}

pub(super) fn moment(ago: u64) -> Moment {
    Moment { ago, utc: "2026-01-31 09:30:00 UTC".to_owned() }
}

fn notes(dice: &mut Pcg64Mcg) -> Vec<(String, String)> {
    let note = |key: &str, value: String| (key.to_owned(), value);
    vec![note("epochs", dice.random_range(5..60).to_string()), note("gpu", "\"A100\"".to_owned())]
}

/// One in three with a trace of calls.
fn failures(trials: &[Row]) -> Vec<Failure> {
    let trace = "Traceback (most recent call last):\n  File \"train.py\", line 214, in <module>\n    main()\n  File \"train.py\", \
                 line 190, in main\n    loss.backward()\n  File \"torch/_tensor.py\", line 522, in backward\n    \
                 torch.autograd.backward(\nRuntimeError: CUDA error: device-side assert triggered";
    let failure = |trial: &Row| {
        let Outcome::Failed(text) = &trial.outcome else { return None };
        let text = if trial.number.is_multiple_of(3) { trace.to_owned() } else { text.clone() };
        let when = trial.since.as_ref().map(|since| moment(since.ago));
        Some(Failure { trial: trial.number, attempt: trial.retries + 1, text, when })
    };
    trials.iter().rev().filter_map(failure).collect()
}

fn workers(trials: &[Row]) -> Vec<Worker> {
    let worker = |number: u64| {
        let name = format!("worker-{number}");
        let has = |trial: &&Row| trial.is_running() && trial.worker.as_ref() == Some(&name);
        Worker {
            place: (number != 2).then(|| format!("process {} on gpu-node-{number:02}", 4120 + number)),
            leads: number == 0,
            trials: trials.iter().filter(has).map(|trial| trial.number).collect(),
            wants: u64::from(number == 3),
            heartbeat: moment(number * number),
            name,
        }
    };
    (0..4).map(worker).collect()
}

/// Pruned trials stop early, those that run are on their way.
fn curve(trial: &Row) -> Curve {
    let last = match trial.outcome {
        Outcome::Reward(reward) => reward,
        _ => 0.5,
    };
    let steps = match trial.outcome {
        Outcome::Pruned(_) => 60,
        Outcome::Running => 100 + 13 * (trial.number % 20),
        _ => 500,
    };
    let value = |step: u64| last * (1.0 - (-(step as f64) / 90.0).exp());
    Curve { trial: trial.number, points: (1..=steps).map(|step| (step, value(step))).collect() }
}

fn decisions(graph: &Graph, dice: &mut Pcg64Mcg) -> Vec<(String, String)> {
    let trace = encode(&Training::sample_uniform(dice).unwrap()).unwrap();
    graph.names(0, &trace).unwrap()
}

/// Each decision is worth what its letters add up to.
fn quality(decisions: &[(String, String)]) -> f64 {
    let worth = |(state, action): &(String, String)| {
        let sum: u32 = state.bytes().chain(action.bytes()).map(u32::from).sum();
        f64::from(sum * 7919 % 100) / 100.0
    };
    decisions.iter().map(worth).sum::<f64>() / decisions.len() as f64
}

fn policy(dice: &mut Pcg64Mcg) -> Vec<Importance> {
    let importance = |Axis { state, actions, .. }: Axis| {
        let sharpness = 5.0 * dice.random::<f64>().powi(2);
        let weights: Vec<f64> = actions.iter().map(|_| (sharpness * dice.random::<f64>()).exp()).collect();
        let sum: f64 = weights.iter().sum();
        let actions: Vec<(String, f64)> = actions.into_iter().zip(weights.iter().map(|weight| weight / sum)).collect();
        let uniform = (actions.len() as f64).ln();
        let entropy = -actions.iter().map(|(_, p)| p * p.ln()).sum::<f64>();
        Importance { state, entropy, uniform, shift: uniform - entropy, actions }
    };
    axes().into_iter().map(importance).collect()
}

/// The first action of each state is the best config's.
fn model(dice: &mut Pcg64Mcg) -> Insight {
    let state = |Axis { state, actions, .. }: Axis| {
        let share = 0.1 * dice.random::<f64>();
        let slice = |(i, label): (usize, String)| Slice {
            label,
            mean: 0.9 - share * i as f64,
            deviation: 0.01 + 0.02 * dice.random::<f64>(),
            is_best: i == 0,
        };
        let slice = actions.into_iter().enumerate().map(slice).collect();
        StateInsight { weight: 4.0 * share, share, decided: if state.contains('.') { 0.5 } else { 1.0 }, state, slice }
    };
    Insight { states: axes().into_iter().map(state).collect() }
}

fn attention(config: &Training) -> AttentionMap {
    Agent::<Training>::builder().seed(7).build().unwrap().attention(config).unwrap()
}

fn transfer() -> TransferReport {
    let entry = |name: &str, fate: Fate| Entry { name: name.to_owned(), fate };
    let fate = |i: usize| match i % 7 {
        3 => Fate::New,
        5 => Fate::Renamed { from: format!("earlier{i}") },
        _ => Fate::Reused,
    };
    let state = |(i, axis): (usize, Axis)| StateReport {
        state: entry(&axis.state, fate(i)),
        actions: axis.actions.iter().enumerate().map(|(k, action)| entry(action, fate(i + k))).collect(),
    };
    TransferReport {
        source: "Training of last year".to_owned(),
        states: axes().into_iter().enumerate().map(state).collect(),
        tasks: vec![entry("cifar10", Fate::Reused)],
        positions: Share { reused: 30, of: 34 },
        elites: Share { reused: 8, of: 240 },
        sources: sources(),
    }
}

fn sources() -> Vec<SourceReport> {
    let source = |name: &str, (trials, elites, data): (usize, usize, usize), policy, dropped| SourceReport {
        name: name.to_owned(),
        space: "models::v1::Training".to_owned(),
        reused: Share { reused: 61, of: 72 },
        trials,
        elites,
        data,
        policy,
        dropped,
    };
    let dropped = Dropped { after: 12, correlation: -0.43 };
    vec![
        source("runs.db, cnn", (180, 4, 50), true, None),
        source("postgres://host/runs, a name that is rather long", (40, 4, 40), false, None),
        source("agent.safetensors", (20, 0, 0), false, Some(dropped)),
    ]
}

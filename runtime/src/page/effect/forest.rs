//! Trees that each see a part of the trials, and what it costs their predictions of the others where a decision is exchanged (Breiman,
//! "Random Forests", 2001, Section 10).

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::columns::{ABSENT, Column, UNKNOWN};
use super::tree::{Data, Tree};

const TREES: u64 = 64;
/// What is not so many times its own error is nothing.
const CERTAIN: f64 = 2.0;

/// What a forest makes of trials.
pub(super) struct Found {
    /// The share of each column in what exchanging costs; they add up to 1, or are all 0.
    pub(super) shares: Vec<f64>,
    /// The share of the variance that the forest predicts, of trials that it did not see.
    pub(super) explained: f64,
}

/// `hanging` says for each column which others are made or not by its action.
pub(super) fn measure(data: Data<'_>, hanging: &[Vec<bool>]) -> Found {
    let count = data.values.len();
    let mut costs: Vec<Vec<f64>> = vec![Vec::new(); data.columns.len()];
    let mut predicted = vec![(0.0, 0_u32); count];
    for seed in 0..TREES {
        let mut rng = Pcg64::seed_from_u64(seed);
        let drawn: Vec<usize> = (0..count).map(|_| rng.random_range(0..count)).collect();
        let mut is_drawn = vec![false; count];
        for trial in &drawn {
            is_drawn[*trial] = true;
        }
        let others: Vec<usize> = (0..count).filter(|trial| !is_drawn[*trial]).collect();
        let tree = Tree::grow(data, &drawn, &mut rng);
        let judge = Judge::new(data, &tree, &others);
        for (trial, value) in others.iter().zip(&judge.predicted) {
            predicted[*trial].0 += value;
            predicted[*trial].1 += 1;
        }
        for column in tree.columns() {
            costs[column].push(judge.cost(column, &hanging[column], &mut rng));
        }
    }
    Found { shares: shares(&costs), explained: explained(data.values, &predicted) }
}

/// A tree, and trials that it did not see.
struct Judge<'a> {
    data: Data<'a>,
    tree: &'a Tree,
    trials: &'a [usize],
    predicted: Vec<f64>,
}

impl<'a> Judge<'a> {
    fn new(data: Data<'a>, tree: &'a Tree, trials: &'a [usize]) -> Self {
        let code = |trial: usize| move |column: usize| data.columns[column].codes[trial];
        let predicted = trials.iter().map(|trial| tree.predict(&code(*trial))).collect();
        Self { data, tree, trials, predicted }
    }

    /// By how much the mean square error grows where the trials that make a decision exchange its actions.
    fn cost(&self, column: usize, hanging: &[bool], rng: &mut Pcg64) -> f64 {
        let Self { data: Data { columns, values }, tree, trials, predicted } = self;
        let places: Vec<usize> = (0..trials.len()).filter(|place| columns[column].is_decided(trials[*place])).collect();
        let givers = shuffled(&places, rng);
        let mut cost = 0.0;
        for (place, giver) in places.iter().zip(givers) {
            let (own, other) = (trials[*place], trials[giver]);
            let code = |asked: usize| exchanged(&columns[asked], own, other, asked == column, hanging[asked]);
            let error = |predicted: f64| (predicted - values[own]).powi(2);
            cost += error(tree.predict(&code)) - error(predicted[*place]);
        }
        cost / trials.len().max(1) as f64
    }
}

/// The code of a trial that has a decision, and what hangs on it, from another one.
fn exchanged(column: &Column<'_>, own: usize, other: usize, is_it: bool, hangs: bool) -> u32 {
    let (own, other) = (column.codes[own], column.codes[other]);
    match (own, other) {
        _ if is_it => other,
        (_, ABSENT) if hangs => ABSENT,
        // It is made now, and nobody says how.
        (ABSENT, _) if hangs => UNKNOWN,
        _ => own,
    }
}

fn shuffled(places: &[usize], rng: &mut Pcg64) -> Vec<usize> {
    let mut places = places.to_vec();
    for i in (1..places.len()).rev() {
        places.swap(i, rng.random_range(0..=i));
    }
    places
}

/// The means over all trees, as shares of their sum.
fn shares(costs: &[Vec<f64>]) -> Vec<f64> {
    let trees = TREES as f64;
    let certain = |costs: &Vec<f64>| {
        let mean = costs.iter().sum::<f64>() / trees;
        let absent = trees - costs.len() as f64;
        let squares = costs.iter().map(|cost| (cost - mean).powi(2)).sum::<f64>() + absent * mean.powi(2);
        let error = (squares / (trees * (trees - 1.0))).sqrt();
        if mean > CERTAIN * error { mean } else { 0.0 }
    };
    let certain: Vec<f64> = costs.iter().map(certain).collect();
    let sum: f64 = certain.iter().sum();
    certain.into_iter().map(|cost| if sum > 0.0 { cost / sum } else { 0.0 }).collect()
}

/// One less the mean square error by the variance.
fn explained(values: &[f64], predicted: &[(f64, u32)]) -> f64 {
    let judged: Vec<(f64, f64)> = values
        .iter()
        .zip(predicted)
        .filter(|(_, (_, trees))| *trees > 0)
        .map(|(value, (sum, trees))| (*value, sum / f64::from(*trees)))
        .collect();
    let mean = judged.iter().map(|(value, _)| value).sum::<f64>() / judged.len().max(1) as f64;
    let squares = |of: &dyn Fn(&(f64, f64)) -> f64| judged.iter().map(|pair| of(pair).powi(2)).sum::<f64>();
    let (error, all) = (squares(&|(value, predicted)| value - predicted), squares(&|(value, _)| value - mean));
    if all > 0.0 { 1.0 - error / all } else { 0.0 }
}

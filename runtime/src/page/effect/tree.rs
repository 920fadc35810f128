//! A regression tree over columns of actions, in which what a trial does not decide has a branch of its own.

use rand::RngExt;
use rand_pcg::Pcg64;

use super::columns::{ABSENT, Column, UNKNOWN};

/// A branch has so many trials at least.
const LEAF: usize = 3;
const DEEPEST: usize = 24;
/// So many columns are tried at a node at most; a third of them where there are fewer.
const TRIED: usize = 128;

/// What a tree is grown from.
#[derive(Clone, Copy)]
pub(super) struct Data<'a> {
    pub(super) columns: &'a [Column<'a>],
    /// The value of each trial.
    pub(super) values: &'a [f64],
}

/// The first node is the root.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

struct Node {
    mean: f64,
    split: Option<Split>,
}

struct Split {
    column: usize,
    /// By action.
    sides: Vec<Side>,
    left: usize,
    right: usize,
    /// Of the trials that decide it, the share that went to the left.
    weight: f64,
    absent: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
    /// No trial that came here took the action.
    Absent,
}

/// How the trials of a node that make a decision are parted by it.
struct Cut {
    gain: f64,
    sides: Vec<Side>,
    weight: f64,
}

impl Tree {
    /// Grown from trials, which may be there several times.
    pub(super) fn grow(data: Data<'_>, trials: &[usize], rng: &mut Pcg64) -> Self {
        let mut tree = Self { nodes: Vec::new() };
        tree.node(data, trials, rng, 0);
        tree
    }

    /// The value of a trial, given by the code of each column.
    pub(super) fn predict(&self, code: &impl Fn(usize) -> u32) -> f64 {
        self.predict_from(0, code)
    }

    /// The columns that it asks for, each once.
    pub(super) fn columns(&self) -> Vec<usize> {
        let mut columns: Vec<usize> =
            self.nodes.iter().filter_map(|node| node.split.as_ref()).map(|split| split.column).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    fn predict_from(&self, node: usize, code: &impl Fn(usize) -> u32) -> f64 {
        let Node { mean, split } = &self.nodes[node];
        let Some(split) = split else { return *mean };
        let side = match code(split.column) {
            ABSENT => return split.absent.map_or(*mean, |absent| self.predict_from(absent, code)),
            UNKNOWN => Side::Absent,
            action => split.sides.get(action as usize).copied().unwrap_or(Side::Absent),
        };
        match side {
            Side::Left => self.predict_from(split.left, code),
            Side::Right => self.predict_from(split.right, code),
            Side::Absent => {
                let (left, right) = (self.predict_from(split.left, code), self.predict_from(split.right, code));
                split.weight * left + (1.0 - split.weight) * right
            }
        }
    }

    fn node(&mut self, data: Data<'_>, trials: &[usize], rng: &mut Pcg64, depth: usize) -> usize {
        let node = self.nodes.len();
        let mean = trials.iter().map(|trial| data.values[*trial]).sum::<f64>() / trials.len().max(1) as f64;
        self.nodes.push(Node { mean, split: None });
        let is_divisible = depth < DEEPEST && trials.len() >= 2 * LEAF;
        if is_divisible && let Some((column, cut)) = best(data, trials, rng) {
            let split = self.branches(data, trials, rng, depth, column, cut);
            self.nodes[node].split = Some(split);
        }
        node
    }

    fn branches(
        &mut self,
        data: Data<'_>,
        trials: &[usize],
        rng: &mut Pcg64,
        depth: usize,
        column: usize,
        Cut { sides, weight, .. }: Cut,
    ) -> Split {
        let side = |trial: &usize| sides.get(data.columns[column].codes[*trial] as usize).copied();
        let of = |wanted: Option<Side>| trials.iter().copied().filter(|it| side(it) == wanted).collect::<Vec<_>>();
        let [left, right, absent] = [Some(Side::Left), Some(Side::Right), None].map(of);
        let mut grow = |trials: &[usize]| self.node(data, trials, rng, depth + 1);
        let (left, right) = (grow(&left), grow(&right));
        let absent = (!absent.is_empty()).then(|| grow(&absent));
        Split { column, sides, left, right, weight, absent }
    }
}

/// The best cut of some columns, chosen at random among those that can be cut.
fn best(data: Data<'_>, trials: &[usize], rng: &mut Pcg64) -> Option<(usize, Cut)> {
    let mut columns: Vec<usize> = (0..data.columns.len()).collect();
    let wanted = columns.len().div_ceil(3).min(TRIED);
    let mut best: Option<(usize, Cut)> = None;
    let mut tried = 0;
    while tried < wanted && !columns.is_empty() {
        let column = columns.swap_remove(rng.random_range(0..columns.len()));
        let Some(found) = cut(data, trials, column) else { continue };
        tried += 1;
        if best.as_ref().is_none_or(|(_, best)| found.gain > best.gain) {
            best = Some((column, found));
        }
    }
    best.filter(|(_, cut)| cut.gain > 0.0)
}

/// The number and the sum of some values.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    count: f64,
    sum: f64,
}

impl Tally {
    fn with(self, other: Self) -> Self {
        Self { count: self.count + other.count, sum: self.sum + other.sum }
    }

    fn without(self, other: Self) -> Self {
        Self { count: self.count - other.count, sum: self.sum - other.sum }
    }

    fn mean(self) -> f64 {
        self.sum / self.count
    }

    /// The squares that its mean explains.
    fn squares(self) -> f64 {
        self.sum * self.mean()
    }
}

/// The cut that leaves the least squares. Only the trials that make the decision count: whether it is made is the doing of an earlier one.
fn cut(data: Data<'_>, trials: &[usize], column: usize) -> Option<Cut> {
    let Column { codes, actions, is_ordered, .. } = &data.columns[column];
    let mut tallies = vec![Tally::default(); *actions];
    let mut all = Tally::default();
    for &trial in trials {
        if let Some(tally) = tallies.get_mut(codes[trial] as usize) {
            let one = Tally { count: 1.0, sum: data.values[trial] };
            (*tally, all) = (tally.with(one), all.with(one));
        }
    }
    let mut occurring: Vec<usize> = (0..*actions).filter(|action| tallies[*action].count > 0.0).collect();
    if !is_ordered {
        occurring.sort_by(|a, b| tallies[*a].mean().total_cmp(&tallies[*b].mean()));
    }
    let (mut left, mut best) = (Tally::default(), None);
    for (place, action) in occurring.iter().enumerate().take(occurring.len().saturating_sub(1)) {
        left = left.with(tallies[*action]);
        let right = all.without(left);
        let gain = left.squares() + right.squares() - all.squares();
        let is_wide = left.count.min(right.count) >= LEAF as f64;
        if is_wide && best.is_none_or(|(_, most, _)| gain > most) {
            best = Some((place, gain, left.count / all.count));
        }
    }
    let (place, gain, weight) = best?;
    Some(Cut { gain, sides: sides(&occurring, place, *actions, *is_ordered), weight })
}

/// The side of each action, where the first ones that occur go to the left.
fn sides(occurring: &[usize], last: usize, actions: usize, is_ordered: bool) -> Vec<Side> {
    if is_ordered {
        return (0..actions).map(|action| if action <= occurring[last] { Side::Left } else { Side::Right }).collect();
    }
    let mut sides = vec![Side::Absent; actions];
    for (place, action) in occurring.iter().enumerate() {
        sides[*action] = if place <= last { Side::Left } else { Side::Right };
    }
    sides
}

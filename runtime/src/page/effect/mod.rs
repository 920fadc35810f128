//! How much the value of trials depends on each of their decisions, from the trials alone.
//!
//! A forest of regression trees learns to predict values from decisions. Then the trials that a tree did not see exchange the actions of
//! one decision among each other: the more worse the predictions are, the more the value depends on it.

mod columns;
mod forest;
mod gates;
#[cfg(test)]
mod tests;
mod told;
mod tree;

use std::collections::HashMap;

use tree::Data;

/// More trials are sampled.
const TRIALS: usize = 800;
/// Fewer trials say nothing.
pub(super) const FEW: usize = 20;

/// What a trial decided, by name, and a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) decisions: &'a [(String, String)],
    pub(super) value: f64,
}

/// How much a value depends on each decision.
#[derive(Debug, Clone)]
pub(crate) struct Effect {
    /// By name; they add up to 1. Decisions without a share have none here.
    shares: HashMap<String, f64>,
    /// The share of the variance of the value that the decisions explain, in trials that were not learned from.
    pub(super) explained: f64,
    /// How many trials were used, and how many there are.
    pub(super) used: usize,
    pub(super) of: usize,
}

/// Why nothing is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Unknown {
    /// There are only so many trials.
    Few(usize),
    /// All values are the same.
    Equal,
    /// All trials decided the same.
    OneConfig,
    /// The decisions do not tell the values.
    Unexplained,
}

impl Effect {
    /// What trials show, in the order of their numbers.
    pub(super) fn of(cases: &[Case<'_>]) -> Result<Self, Unknown> {
        let of = cases.len();
        if of < FEW {
            return Err(Unknown::Few(of));
        }
        let used = of.min(TRIALS);
        let cases: Vec<Case<'_>> = (0..used).map(|i| cases[i * of / used]).collect();
        let values: Vec<f64> = cases.iter().map(|case| case.value).collect();
        if values.iter().all(|value| value.total_cmp(&values[0]).is_eq()) {
            return Err(Unknown::Equal);
        }
        let decisions: Vec<&[(String, String)]> = cases.iter().map(|case| case.decisions).collect();
        let columns = columns::columns(&decisions);
        if columns.is_empty() {
            return Err(Unknown::OneConfig);
        }
        let found = forest::measure(Data { columns: &columns, values: &values }, &gates::hanging(&columns, &decisions));
        let shares: HashMap<String, f64> =
            columns.iter().zip(found.shares).map(|(column, share)| (column.name.to_owned(), share)).collect();
        if found.explained <= 0.0 || shares.values().sum::<f64>() <= 0.0 {
            return Err(Unknown::Unexplained);
        }
        Ok(Self { shares, explained: found.explained, used, of })
    }

    /// The names of the decisions that differ between trials.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.shares.keys().map(String::as_str)
    }

    /// The share of a decision.
    pub(super) fn share(&self, name: &str) -> f64 {
        self.shares.get(name).copied().unwrap_or_default()
    }
}

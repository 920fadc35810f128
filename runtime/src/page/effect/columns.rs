//! Trials as a table of numbers: for each decision, by name, the action that each trial took.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::order::number;

/// The code of a decision that a trial does not make.
pub(super) const ABSENT: u32 = u32::MAX;
/// The code of a decision that is made, nobody knows how.
pub(super) const UNKNOWN: u32 = u32::MAX - 1;

/// Numbers are put together in so many groups at most.
const GROUPS: usize = 32;
/// More decisions are not shown: those that fewer trials make are left out.
const MOST: usize = 1000;

/// What trials decided under one name.
#[derive(Debug, Clone)]
pub(super) struct Column<'a> {
    pub(super) name: &'a str,
    /// By trial: an action, or a group of numbers, or [`ABSENT`].
    pub(super) codes: Vec<u32>,
    /// How many codes there are.
    pub(super) actions: usize,
    /// The same without groups.
    pub(super) single: Vec<u32>,
    pub(super) singles: usize,
    /// Whether the actions are numbers; their codes rise with them then.
    pub(super) is_ordered: bool,
}

impl Column<'_> {
    pub(super) fn is_decided(&self, trial: usize) -> bool {
        self.codes[trial] != ABSENT
    }

    /// How many trials decide it.
    fn decided(&self) -> usize {
        self.codes.iter().filter(|code| **code != ABSENT).count()
    }
}

/// The decisions that differ between trials, in the order in which the trials make them first.
pub(super) fn columns<'a>(trials: &[&'a [(String, String)]]) -> Vec<Column<'a>> {
    let mut columns: Vec<Column<'a>> = taken(trials)
        .into_iter()
        .map(|(name, taken)| column(name, &taken))
        .filter(|column| column.actions > 1)
        .collect();
    if columns.len() > MOST {
        let mut places: Vec<usize> = (0..columns.len()).collect();
        places.sort_by_cached_key(|place| Reverse(columns[*place].decided()));
        let shown: HashSet<usize> = places.into_iter().take(MOST).collect();
        let mut places = 0..;
        columns.retain(|_| places.next().is_some_and(|place| shown.contains(&place)));
    }
    columns
}

/// By name: the action that each trial took first.
fn taken<'a>(trials: &[&'a [(String, String)]]) -> Vec<(&'a str, Vec<Option<&'a str>>)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut columns: Vec<(&str, Vec<Option<&str>>)> = Vec::new();
    for (trial, decisions) in trials.iter().enumerate() {
        for (name, action) in *decisions {
            let place = *places.entry(name).or_insert_with(|| {
                columns.push((name, vec![None; trials.len()]));
                columns.len() - 1
            });
            columns[place].1[trial].get_or_insert(action);
        }
    }
    columns
}

fn column<'a>(name: &'a str, taken: &[Option<&'a str>]) -> Column<'a> {
    let mut codes: BTreeMap<&str, u32> = taken.iter().flatten().map(|action| (*action, 0)).collect();
    codes.values_mut().zip(0..).for_each(|(code, place)| *code = place);
    let of_all = |codes: &BTreeMap<&str, u32>| {
        taken.iter().map(|action| action.map_or(ABSENT, |action| codes[action])).collect::<Vec<u32>>()
    };
    let single = of_all(&codes);
    let numbers: Option<Vec<(f64, &str)>> = codes.keys().map(|action| Some((number(action)?, *action))).collect();
    let is_ordered = numbers.is_some();
    let actions = codes.len();
    if let Some(mut numbers) = numbers {
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        let group = |place: usize| (place * GROUPS.min(actions) / actions) as u32;
        codes.extend(numbers.iter().enumerate().map(|(place, (_, action))| (*action, group(place))));
    }
    let codes = of_all(&codes);
    let singles = actions;
    let actions = if is_ordered { actions.min(GROUPS) } else { actions };
    Column { name, codes, actions, single, singles, is_ordered }
}

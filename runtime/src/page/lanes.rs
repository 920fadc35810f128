//! Which states get an axis of the parallel coordinates.

use std::collections::{BTreeSet, HashMap};

use super::chosen::Chosen;
use super::story::{Axis, Row, Story};

/// More axes are not readable.
const READABLE: usize = 12;

/// The axis of one decision.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    pub(super) name: &'a str,
    pub(super) state: &'a str,
    /// The state's actions, then those that only trials know.
    pub(super) actions: Vec<&'a str>,
    /// For each trial the action that it took first; none where the state did not come up.
    pub(super) taken: Vec<Option<usize>>,
}

/// The axes from the left to the right.
#[derive(Debug)]
pub(super) struct Lanes<'a> {
    pub(super) shown: Vec<Lane<'a>>,
    /// How many states that came up have no axis.
    pub(super) left_out: usize,
    /// Whether the policy says which states matter.
    pub(super) by_shift: bool,
    /// The states shown that came up several times in a trial.
    pub(super) repeated: Vec<&'a str>,
}

impl<'a> Lanes<'a> {
    pub(super) fn of(story: &'a Story, chosen: &Chosen<'a>) -> Self {
        let by_shift = !story.policy.is_empty();
        let firsts: Vec<Firsts<'a>> = chosen.trials.iter().map(|(trial, _)| firsts(trial)).collect();
        let mut shown: Vec<Lane<'a>> = story
            .states
            .iter()
            .map(|axis| lane(axis, &firsts))
            .filter(|lane| lane.taken.iter().any(Option::is_some))
            .collect();
        let shift = |lane: &Lane<'_>| {
            let known = story.policy.iter().find(|importance| importance.state == lane.state);
            known.map(|importance| importance.shift).filter(|shift| !shift.is_nan()).unwrap_or(f64::NEG_INFINITY)
        };
        // Those that matter most, and then in the order of the decisions.
        shown.sort_by(|a, b| shift(b).total_cmp(&shift(a)));
        let left_out = shown.len().saturating_sub(READABLE);
        shown.truncate(READABLE);
        let place = |lane: &Lane<'_>| order(story, lane);
        shown.sort_by_key(place);
        let several = repeated(chosen);
        let repeated = shown.iter().map(|lane| lane.name).filter(|name| several.contains(name)).collect();
        Self { shown, left_out, by_shift, repeated }
    }

    /// What the reader has to know of the choice.
    pub(super) fn note(&self) -> String {
        let mut note = match (self.left_out, self.by_shift) {
            (0, _) => "The axes are in the order of the decisions.".to_owned(),
            (left, true) => {
                format!(
                    "The {READABLE} states on which the policy has moved most are shown, in the order of the decisions; \
                     {left} others are left out."
                )
            }
            (left, false) => format!(
                "The first {READABLE} states are shown, in the order of the decisions; {left} others are left out."
            ),
        };
        if !self.repeated.is_empty() {
            let names = self.repeated.join(", ");
            note.push_str(" Some trials decide a state several times; the first time counts: ");
            note.push_str(&names);
            note.push('.');
        }
        note
    }
}

/// The place of a state among the decisions, and of those that share one among the states.
fn order(story: &Story, lane: &Lane<'_>) -> (usize, usize) {
    let name = without_numbers(lane.state);
    let decided = story.graph.nodes.iter().position(|node| node.name == lane.state || node.name == name);
    let row = story.states.iter().position(|axis| axis.name == lane.name);
    (decided.unwrap_or(usize::MAX), row.unwrap_or(usize::MAX))
}

/// The name that all places of a list share in the graph.
fn without_numbers(state: &str) -> String {
    let mut parts = state.split('[');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let is_place = end.len() < part.len() && end.starts_with(']');
        name.push_str(if is_place { "[i" } else { "[" });
        name.push_str(if is_place { end } else { part });
    }
    name
}

/// By name the action that a trial took first.
type Firsts<'a> = HashMap<&'a str, &'a str>;

fn firsts(trial: &Row) -> Firsts<'_> {
    // The last one that is entered stays.
    trial.decisions.iter().rev().map(|(name, action)| (name.as_str(), action.as_str())).collect()
}

fn lane<'a>(axis: &'a Axis, firsts: &[Firsts<'a>]) -> Lane<'a> {
    let Axis { name, state, actions } = axis;
    let mut actions: Vec<&str> = actions.iter().map(String::as_str).collect();
    let mut place = |action: &'a str| {
        actions.iter().position(|known| *known == action).unwrap_or_else(|| {
            actions.push(action);
            actions.len() - 1
        })
    };
    let taken = firsts.iter().map(|firsts| firsts.get(&**name).copied().map(&mut place)).collect();
    Lane { name, state, actions, taken }
}

/// The states that came up several times in one of the trials.
fn repeated<'a>(chosen: &Chosen<'a>) -> BTreeSet<&'a str> {
    chosen.trials.iter().flat_map(|(trial, _)| twice(trial)).collect()
}

fn twice(trial: &Row) -> impl Iterator<Item = &str> {
    let mut known = BTreeSet::new();
    trial.decisions.iter().map(|(state, _)| state.as_str()).filter(move |state| !known.insert(*state))
}

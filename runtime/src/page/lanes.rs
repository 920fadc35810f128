//! Which decisions get an axis of the parallel coordinates.

use std::collections::{BTreeSet, HashMap};

use super::chosen::Chosen;
use super::order::all_actions;
use super::story::{Axis, Row, Story};

/// More axes are not readable.
const READABLE: usize = 12;

/// The axis of one decision.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    pub(super) name: &'a str,
    /// The state's actions, with those that only trials know.
    pub(super) actions: Vec<&'a str>,
    /// For each trial the action that it took first; none where the state did not come up.
    pub(super) taken: Vec<Option<usize>>,
}

/// By what the axes are chosen, where there are too many.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Choice {
    /// How much the reward depends on them.
    ByReward,
    /// How far the policy has moved there.
    ByShift,
    First,
}

/// The axes from the left to the right.
#[derive(Debug)]
pub(super) struct Lanes<'a> {
    pub(super) shown: Vec<Lane<'a>>,
    /// How many decisions that came up have no axis.
    left_out: usize,
    choice: Choice,
    /// The states shown that came up several times in a trial.
    repeated: Vec<&'a str>,
}

impl<'a> Lanes<'a> {
    pub(super) fn of(story: &'a Story, chosen: &Chosen<'a>) -> Self {
        let firsts: Vec<Firsts<'a>> = chosen.trials.iter().map(|(trial, _)| firsts(trial)).collect();
        let came_up: Vec<&Axis> =
            story.states.iter().filter(|axis| firsts.iter().any(|firsts| firsts.contains_key(&*axis.name))).collect();
        let (choice, amounts) = amounts(story, &came_up);
        let left_out = came_up.len().saturating_sub(READABLE);
        let mut places: Vec<usize> = (0..came_up.len()).collect();
        // Those that matter most, and then in the order of the decisions.
        places.sort_by(|a, b| {
            let (a, b) = (amounts[*a], amounts[*b]);
            b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
        });
        places.truncate(READABLE);
        places.sort_unstable();
        let shown: Vec<Lane<'a>> = places.into_iter().map(|place| lane(came_up[place], &firsts)).collect();
        let several = repeated(chosen);
        let repeated = shown.iter().map(|lane| lane.name).filter(|name| several.contains(name)).collect();
        Self { shown, left_out, choice, repeated }
    }

    /// What the reader has to know of the choice.
    pub(super) fn note(&self) -> String {
        let shown = match self.choice {
            _ if self.left_out == 0 => "The axes are in the order of the decisions.".to_owned(),
            Choice::ByReward => format!("The {READABLE} decisions on which the reward depends most are shown"),
            Choice::ByShift => {
                format!("The {READABLE} decisions of the states on which the policy has moved most are shown")
            }
            Choice::First => format!("The first {READABLE} decisions are shown"),
        };
        let left = match self.left_out {
            0 => String::new(),
            1 => ", in the order of the decisions; 1 other is left out.".to_owned(),
            left => format!(", in the order of the decisions; {left} others are left out."),
        };
        let mut note = shown + &left;
        if !self.repeated.is_empty() {
            let names = self.repeated.join(", ");
            note.push_str(" Some trials decide a state several times; the first time counts: ");
            note.push_str(&names);
            note.push('.');
        }
        note
    }
}

/// How much each decision matters; of those that matter alike the shift of the policy says which comes first.
fn amounts(story: &Story, came_up: &[&Axis]) -> (Choice, Vec<(f64, f64)>) {
    let effect = story.effects().first().and_then(|effect| effect.as_ref().ok());
    let shifts: HashMap<&str, f64> = story.policy.iter().map(|it| (&*it.state, it.shift)).collect();
    let shift = |axis: &Axis| shifts.get(&*axis.state).copied().filter(|it| !it.is_nan()).unwrap_or(f64::NEG_INFINITY);
    let choice = match effect {
        Some(_) => Choice::ByReward,
        None if shifts.is_empty() => Choice::First,
        None => Choice::ByShift,
    };
    let share = |axis: &Axis| effect.map_or(0.0, |effect| effect.share(&axis.name));
    (choice, came_up.iter().map(|axis| (share(axis), shift(axis))).collect())
}

/// By name the action that a trial took first.
pub(super) type Firsts<'a> = HashMap<&'a str, &'a str>;

pub(super) fn firsts(trial: &Row) -> Firsts<'_> {
    // The last one that is entered stays.
    trial.decisions.iter().rev().map(|(name, action)| (name.as_str(), action.as_str())).collect()
}

fn lane<'a>(axis: &'a Axis, firsts: &[Firsts<'a>]) -> Lane<'a> {
    let Axis { name, actions, .. } = axis;
    let actions = all_actions(actions, firsts.iter().filter_map(|firsts| firsts.get(&**name).copied()));
    let places: HashMap<&str, usize> = actions.iter().enumerate().map(|(place, action)| (*action, place)).collect();
    let taken = firsts.iter().map(|firsts| places.get(firsts.get(&**name)?).copied()).collect();
    Lane { name, actions, taken }
}

/// The states that came up several times in one of the trials.
fn repeated<'a>(chosen: &Chosen<'a>) -> BTreeSet<&'a str> {
    chosen.trials.iter().flat_map(|(trial, _)| twice(trial)).collect()
}

fn twice(trial: &Row) -> impl Iterator<Item = &str> {
    let mut known = BTreeSet::new();
    trial.decisions.iter().map(|(state, _)| state.as_str()).filter(move |state| !known.insert(*state))
}

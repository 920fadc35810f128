//! How much the reward depends on each state, beside what the policy has learned of it.

use std::collections::HashMap;

use super::bar::{amount, bar, share};
use super::effect::{Effect, FEW, Unknown};
use super::markup::Markup;
use super::number::{count, percent};
use super::policy::{likely, nats};
use super::region;
use super::story::Story;
use crate::agent::Importance;

/// More states are folded away.
const OPEN: usize = 20;

pub(super) fn write(page: &mut Markup, story: &Story) {
    let effects = story.effects();
    let known: Vec<(Option<&str>, &Effect)> = effects
        .iter()
        .enumerate()
        .filter_map(|(i, effect)| Some((objective(story, i), effect.as_ref().ok()?)))
        .collect();
    for (i, effect) in effects.iter().enumerate() {
        if let Err(unknown) = effect {
            page.element("p", &[], why(*unknown, objective(story, i)));
        }
    }
    let Some((_, first)) = known.first() else { return };
    page.element("p", &[], INTRODUCTION);
    page.element("p", &[("class", &"note")], note(first, &known));
    let table = Table::of(story, &known);
    let (open, folded) = table.states.split_at(OPEN.min(table.states.len()));
    table.write(page, open);
    if !folded.is_empty() {
        page.within("details", &[("data-key", &"importance-more")], |page| {
            page.element("summary", &[], count(folded.len(), "more state"));
            table.write(page, folded);
        });
    }
}

const INTRODUCTION: &str = "The share of a state says how much the reward depends on what is decided there; all shares add up to 100 %. A \
    random forest learns to predict the rewards of the trials, and a share is how much worse it predicts trials that it did not see where \
    they exchange their actions of that state (permutation importance: Breiman, Random Forests, 2001).";

/// The name of an objective, where there are several.
fn objective(story: &Story, place: usize) -> Option<&str> {
    (story.objectives.len() > 1).then(|| story.objectives[place].name())
}

/// What was used, and how much it tells.
fn note(first: &Effect, known: &[(Option<&str>, &Effect)]) -> String {
    let Effect { used, of, .. } = first;
    let trials =
        if used < of { format!("An even sample of {used} of {of} trials") } else { format!("All {of} trials") };
    let explained = |(objective, effect): &(Option<&str>, &Effect)| {
        let of = objective.map(|name| format!(" of {name}")).unwrap_or_default();
        format!("{}{of}", percent(effect.explained))
    };
    let explained: Vec<String> = known.iter().map(explained).collect();
    format!(
        "{trials} with a reward {}; those that failed, were pruned or run are left out. The forest explains {} of the variance.",
        if used < of { "is used" } else { "are used" },
        explained.join(", ")
    )
}

/// Why there is no table.
fn why(unknown: Unknown, objective: Option<&str>) -> String {
    let what = objective.unwrap_or("the reward");
    match unknown {
        Unknown::Few(some) => {
            format!("It takes {FEW} trials with a reward to say what {what} depends on; there are {some}.")
        }
        Unknown::Equal => format!("All trials are equal in {what}: so far it depends on nothing."),
        Unknown::OneConfig => {
            format!("All trials with a reward decided the same, so nothing tells what {what} depends on.")
        }
        Unknown::Unexplained => format!(
            "The decisions do not tell {what}: a random forest predicts trials that it did not see no better than their mean does. Either \
             there are too few trials, or most of the differences are noise."
        ),
    }
}

/// A state with all its places.
struct State<'a> {
    name: &'a str,
    /// By objective.
    shares: Vec<f64>,
    /// Of several places the one with the largest share, and that share.
    top: Option<(&'a str, f64)>,
    policy: Option<&'a Importance>,
}

struct Table<'a> {
    states: Vec<State<'a>>,
    objectives: Vec<Option<&'a str>>,
    /// The largest share, and the largest shift.
    most: (f64, f64),
    has_policy: bool,
}

impl<'a> Table<'a> {
    fn of(story: &'a Story, known: &[(Option<&'a str>, &'a Effect)]) -> Self {
        let policy: HashMap<&str, &Importance> = story.policy.iter().map(|it| (&*it.state, it)).collect();
        let state = |(name, places): (&'a str, Vec<&'a str>)| {
            let share = |effect: &Effect| places.iter().map(|place| effect.share(place)).sum::<f64>();
            let top = places.iter().map(|place| (*place, known[0].1.share(place)));
            let top = top.reduce(|top, next| if next.1 > top.1 { next } else { top });
            State {
                name,
                shares: known.iter().map(|(_, effect)| share(effect)).collect(),
                top: top.filter(|(_, share)| places.len() > 1 && *share > 0.0),
                policy: policy.get(name).copied(),
            }
        };
        let mut states: Vec<State<'_>> = by_state(story, known[0].1).into_iter().map(state).collect();
        states.sort_by(|a, b| b.shares.iter().partial_cmp(&a.shares).unwrap_or(std::cmp::Ordering::Equal));
        let most = |of: &dyn Fn(&State<'_>) -> f64| states.iter().map(of).fold(0.0, f64::max);
        let share = most(&|state| state.shares.iter().copied().fold(0.0, f64::max));
        let shift = most(&|state| state.policy.map_or(0.0, |policy| amount(policy.shift)));
        let objectives = known.iter().map(|(objective, _)| *objective).collect();
        Self { objectives, most: (share, shift), has_policy: !story.policy.is_empty(), states }
    }

    fn write(&self, page: &mut Markup, states: &[State<'_>]) {
        region::table(page, "How much the reward depends on each state", |page| {
            page.within("thead", &[], |page| page.within("tr", &[], |page| self.headings(page)));
            page.within("tbody", &[], |page| states.iter().for_each(|state| self.row(page, state)));
        });
    }

    fn headings(&self, page: &mut Markup) {
        let shares =
            self.objectives.iter().map(|it| it.map_or_else(|| "Share".to_owned(), |it| format!("Share in {it}")));
        let policy: &[&str] = if self.has_policy { &["Shift of the policy (nats)", "Most likely action"] } else { &[] };
        let policy = policy.iter().map(|heading| (*heading).to_owned());
        for heading in std::iter::once("State".to_owned()).chain(shares).chain(policy) {
            page.element("th", &[("scope", &"col")], heading);
        }
    }

    fn row(&self, page: &mut Markup, state: &State<'_>) {
        page.within("tr", &[], |page| {
            page.within("td", &[("class", &"name")], |page| {
                page.path(state.name);
                if let Some((place, share)) = state.top {
                    page.within("div", &[("class", &"quiet")], |page| {
                        page.words("most at ");
                        page.path(place);
                        page.words(format_args!(", {}", percent(share)));
                    });
                }
            });
            for part in &state.shares {
                page.within("td", &[], |page| bar(page, "bar", share(*part, self.most.0), percent(*part)));
            }
            if self.has_policy {
                self.policy(page, state);
            }
        });
    }

    fn policy(&self, page: &mut Markup, state: &State<'_>) {
        let Some(policy) = state.policy else {
            return (0..2).for_each(|_| page.element("td", &[], "–"));
        };
        page.within("td", &[], |page| bar(page, "bar open", share(policy.shift, self.most.1), nats(policy.shift)));
        page.within("td", &[], |page| likely(page, &policy.actions));
    }
}

/// The states with the names of their places, in the order of the decisions; those that only trials know are last.
fn by_state<'a>(story: &'a Story, effect: &'a Effect) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut states: Vec<(&str, Vec<&str>)> = Vec::new();
    let known: HashMap<&str, &str> = story.states.iter().map(|axis| (&*axis.name, &*axis.state)).collect();
    let mut others: Vec<&str> = effect.names().filter(|name| !known.contains_key(name)).collect();
    others.sort_unstable();
    let pairs =
        story.states.iter().map(|axis| (&*axis.state, &*axis.name)).chain(others.into_iter().map(|it| (it, it)));
    for (state, name) in pairs {
        let place = *places.entry(state).or_insert_with(|| {
            states.push((state, Vec::new()));
            states.len() - 1
        });
        states[place].1.push(name);
    }
    states
}

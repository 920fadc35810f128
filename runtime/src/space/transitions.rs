//! From an outline to its transitions.

use std::collections::HashMap;

use super::fragment::Fragment;
use super::outline::{Decision, Outline, Part, Repeat};

/// States and their actions by number, in the order in which the walk meets them.
#[derive(Debug, Default)]
pub(super) struct Walk {
    names: Vec<(String, Vec<String>)>,
    states: HashMap<String, usize>,
    actions: HashMap<(usize, String), usize>,
}

/// The next level of a recursive type; none at the greatest depth.
struct Level<'a> {
    name: &'a str,
    below: Option<&'a Fragment>,
    up: Option<&'a Level<'a>>,
}

impl Walk {
    /// The name of each state with the labels of its actions.
    pub(super) fn into_names(self) -> Vec<(String, Vec<String>)> {
        self.names
    }

    /// The transitions of a whole space; none where it has no value.
    pub(super) fn outline(&mut self, outline: &Outline) -> Option<Fragment> {
        self.parts(&outline.parts, None)
    }

    /// The number of a state.
    pub(super) fn state(&mut self, name: &str) -> usize {
        if let Some(&state) = self.states.get(name) {
            return state;
        }
        self.states.insert(name.to_owned(), self.names.len());
        self.names.push((name.to_owned(), Vec::new()));
        self.names.len() - 1
    }

    /// The number of an action of a state.
    pub(super) fn action(&mut self, state: usize, label: &str) -> usize {
        let labels = &mut self.names[state].1;
        *self.actions.entry((state, label.to_owned())).or_insert_with(|| {
            labels.push(label.to_owned());
            labels.len() - 1
        })
    }

    fn parts(&mut self, parts: &[Part], level: Option<&Level<'_>>) -> Option<Fragment> {
        parts.iter().try_fold(Fragment::nothing(), |before, part| Some(before.then(&self.part(part, level)?)))
    }

    fn part(&mut self, part: &Part, level: Option<&Level<'_>>) -> Option<Fragment> {
        match part {
            Part::Decision(decision) => self.decision(decision, level),
            Part::Repeat(repeat) => self.repeat(repeat, level),
            Part::Recursive { name, max_depth, parts } => self.recursive(name, *max_depth, parts, level),
            Part::Again { name } => below(name, level).cloned(),
            Part::Pruned { parts } => self.parts(parts, level),
        }
    }

    /// Only the actions after which a value can be completed.
    fn decision(&mut self, decision: &Decision, level: Option<&Level<'_>>) -> Option<Fragment> {
        let state = self.state(&decision.state);
        let mut fragment: Option<Fragment> = None;
        for action in &decision.actions {
            let taken = Fragment::action(state, self.action(state, &action.label));
            let Some(then) = self.parts(&action.then, level) else { continue };
            let branch = taken.then(&then);
            fragment = Some(match fragment {
                Some(others) => others.or(branch),
                None => branch,
            });
        }
        fragment
    }

    fn repeat(&mut self, repeat: &Repeat, level: Option<&Level<'_>>) -> Option<Fragment> {
        let (length, max) = (repeat.length.as_ref(), repeat.times.max);
        let Some(length) = length else {
            return if max == 0 {
                Some(Fragment::nothing())
            } else {
                Some(self.parts(&repeat.parts, level)?.times(max))
            };
        };
        let state = self.state(&length.state);
        let numbers: Vec<usize> = length.actions.iter().map(|action| self.action(state, &action.label)).collect();
        let items = self.parts(&repeat.parts, level).map(|items| items.times(max));
        let (empty, filled) = numbers.split_at(usize::from(repeat.times.min == 0).min(numbers.len()));
        let any =
            |numbers: &[usize]| numbers.iter().map(|&action| Fragment::action(state, action)).reduce(Fragment::or);
        let filled = any(filled).and_then(|lengths| Some(lengths.then(items.as_ref()?)));
        [any(empty), filled].into_iter().flatten().reduce(Fragment::or)
    }

    /// From the deepest level to the outermost, or until another level brings no transition.
    fn recursive(&mut self, name: &str, max_depth: usize, parts: &[Part], up: Option<&Level<'_>>) -> Option<Fragment> {
        let mut below: Option<Fragment> = None;
        for _ in 0..max_depth {
            let next = self.parts(parts, Some(&Level { name, below: below.as_ref(), up }));
            if next == below {
                break;
            }
            below = next;
        }
        below
    }
}

fn below<'a>(name: &str, level: Option<&Level<'a>>) -> Option<&'a Fragment> {
    let level = level?;
    if level.name == name { level.below } else { below(name, level.up) }
}

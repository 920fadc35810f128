//! Which space and task here a trial elsewhere belongs to.

use std::collections::HashMap;

use super::Earlier;
use super::destination::{Destination, SpaceNames};
use crate::agent::matching::Matching;
use crate::policy::Pair;
use crate::space::{ActionRow, StateRow};

/// The spaces and tasks here, by a source's names.
pub(super) struct Places<'a> {
    spaces: HashMap<&'a str, usize>,
    tasks: HashMap<&'a str, usize>,
    destination: &'a Destination<'a>,
}

impl<'a> Places<'a> {
    pub(super) fn new(destination: &'a Destination<'_>, matching: &Matching, source: &'a Earlier) -> Self {
        let (mut spaces, mut tasks) = (HashMap::new(), HashMap::new());
        let labels = source.states.first().map_or(&[][..], |start| &start.actions);
        for (space, SpaceNames { start, .. }) in destination.spaces.iter().enumerate() {
            // The actions of the source's start state are the first of all.
            let old = start.and_then(|start| matching.actions[start.index()]);
            if let Some(label) = old.and_then(|old| labels.get(old)) {
                spaces.entry(label.name.as_str()).or_insert(space);
            }
        }
        for (task, old) in matching.tasks.iter().enumerate() {
            if let Some(old) = old.and_then(|old| source.tasks.get(old)) {
                tasks.entry(old.name.as_str()).or_insert(task);
            }
        }
        Self { spaces, tasks, destination }
    }

    /// The pairs of the same space and task. Where there is no such space, it is those that have most of the states; where there is
    /// no such task, all.
    pub(super) fn of(&self, space: &str, task: &str, decisions: &[(StateRow, ActionRow)]) -> Vec<Pair> {
        let shared = |space: usize| {
            let states = &self.destination.spaces[space].states;
            decisions.iter().filter(|(state, _)| states.contains(state)).count()
        };
        let pairs = &self.destination.pairs;
        let named = self.spaces.get(space).filter(|_| !space.is_empty());
        let most = pairs.iter().map(|pair| shared(pair.space)).max().unwrap_or(0);
        let is_place = |pair: &&Pair| match named {
            Some(space) => pair.space == *space,
            None => most > 0 && shared(pair.space) == most,
        };
        let task = self.tasks.get(task);
        let is_of_task = |pair: &&Pair| task.is_none_or(|task| pair.task == *task);
        pairs.iter().filter(is_place).filter(is_of_task).copied().collect()
    }
}

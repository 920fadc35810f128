//! What sources have to teach, in the words of a context.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::context::Context;
use super::places::Places;
use super::{Earlier, EarlierTrial, Sources};
use crate::agent::dictionary::Dictionary;
use crate::agent::matching::{Lexicon, Matching};
use crate::agent::report::{SourceReport, Target};
use crate::agent::{Share, TransferReport};
use crate::checkpoint::{Checkpoint, StateMeta};
use crate::policy::Pair;
use crate::space::{ActionRow, Names, StateRow};
use crate::train::Outcome;

/// What [`Sources`] have to teach a strategy: see [`Strategy::learn_from`](super::super::Strategy::learn_from).
#[derive(Clone, Default)]
pub struct Lessons {
    pub(in crate::search) groups: Vec<Group>,
    /// The policies among the sources, each with the place of its source.
    pub(in crate::search) policies: Vec<(usize, Arc<Checkpoint>)>,
    /// The pairs where something can be decided that no source knew.
    pub(in crate::search) novel: BTreeSet<Pair>,
    /// How many of the best configs are tried first, of each space and task; by what is known of the space where it is not said.
    pub(in crate::search) starts: Option<usize>,
    /// What was found, before anything of it was used.
    pub(in crate::search) report: TransferReport,
}

impl Lessons {
    /// The same with so many of the best configs tried first.
    pub(crate) fn starting_with(self, starts: Option<usize>) -> Self {
        Self { starts, ..self }
    }

    /// How many of the best configs are tried first of a pair: few where something can be decided that no source knew, since they use
    /// up trials that would have found out about that.
    pub(in crate::search) fn starts(&self, pair: Pair) -> usize {
        let by_rule = if self.novel.contains(&pair) { FEW_STARTS } else { STARTS };
        self.starts.unwrap_or(by_rule)
    }

    /// The same without the groups of some places, and without policies of sources of which no group is left.
    pub(in crate::search) fn without(mut self, dropped: &BTreeSet<usize>) -> Self {
        let all: BTreeSet<usize> = self.groups.iter().map(|group| group.source).collect();
        let mut place = 0;
        self.groups.retain(|_| {
            place += 1;
            !dropped.contains(&(place - 1))
        });
        let left: BTreeSet<usize> = self.groups.iter().map(|group| group.source).collect();
        self.policies.retain(|(source, _)| left.contains(source) || !all.contains(source));
        self
    }
}

/// How many of the best configs elsewhere are tried first, where all that can be decided was known there, and where it was not.
const STARTS: usize = 10;
const FEW_STARTS: usize = 3;

/// The trials of one space and task of one source, at the pair here that they belong to.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::search) struct Group {
    /// The place of the source.
    pub(in crate::search) source: usize,
    pub(in crate::search) pair: Pair,
    /// The best first.
    pub(in crate::search) trials: Vec<Lesson>,
}

/// A trial elsewhere, in the rows of here: its decisions at states that there are here. An action that there is none of is
/// [`GONE`](ActionRow::GONE).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::search) struct Lesson {
    #[serde(skip)]
    pub(in crate::search) decisions: Vec<(StateRow, ActionRow)>,
    pub(in crate::search) outcome: Outcome,
}

/// A source beside what of its names is here.
struct Matched<'a> {
    source: &'a Earlier,
    matching: Matching,
}

impl Sources {
    /// What they have to teach here.
    pub(crate) fn lessons(&self, context: &Context) -> Lessons {
        let tasks = context.task_names();
        let matched = |source| Matched::new(context, &tasks, source);
        let matched: Vec<Matched<'_>> = self.0.iter().map(matched).collect();
        let groups: Vec<Group> =
            matched.iter().enumerate().flat_map(|(place, source)| source.groups(context, place)).collect();
        let policies = matched.iter().enumerate().filter_map(|(place, it)| Some((place, it.source.policy.clone()?)));
        let policies = policies.collect();
        let mut report = united(context, &tasks, &self.0);
        report.sources = matched.iter().map(|source| source.report(context)).collect();
        Lessons { groups, policies, novel: novel(context, &matched), starts: None, report }
    }
}

impl<'a> Matched<'a> {
    fn new(context: &Context, tasks: &[Names], source: &'a Earlier) -> Self {
        let lexicon = Lexicon { universe: &source.universe, states: &source.states, tasks: &source.tasks };
        Self { source, matching: Matching::new(context.graph().vocabulary(), tasks, lexicon) }
    }

    fn groups(&self, context: &Context, place: usize) -> Vec<Group> {
        let places = Places::new(context, &self.matching, self.source);
        let dictionary = Dictionary::new(context.graph().vocabulary(), &self.source.states, &self.matching);
        let mut groups: BTreeMap<(&str, &str, Pair), Vec<Lesson>> = BTreeMap::new();
        for EarlierTrial { space, task, decisions, outcome } in &self.source.trials {
            let decisions = dictionary.known(decisions);
            if outcome.merit().is_none() || decisions.iter().all(|(_, action)| *action == ActionRow::GONE) {
                continue;
            }
            for pair in places.of(space, task, &decisions) {
                let lesson = Lesson { decisions: decisions.clone(), outcome: *outcome };
                groups.entry((space, task, pair)).or_default().push(lesson);
            }
        }
        let group = |((_, _, pair), trials)| Group { source: place, pair, trials: ranked(trials) };
        groups.into_iter().map(group).collect()
    }

    fn report(&self, context: &Context) -> SourceReport {
        let known = |rows: &[Option<usize>]| rows.iter().flatten().count();
        let vocabulary = context.graph().vocabulary();
        SourceReport {
            name: self.source.name.clone(),
            space: self.source.universe.clone(),
            reused: Share {
                reused: known(&self.matching.states) + known(&self.matching.actions),
                of: vocabulary.states().len() + vocabulary.actions(),
            },
            trials: self.source.trials.len(),
            elites: 0,
            data: 0,
            policy: false,
            dropped: None,
        }
    }
}

/// The best first; of equals the earlier one.
fn ranked(mut trials: Vec<Lesson>) -> Vec<Lesson> {
    let merit = |lesson: &Lesson| lesson.outcome.merit();
    trials.sort_by(|a, b| match (merit(a), merit(b)) {
        (Some(a), Some(b)) => b.compare(a),
        _ => std::cmp::Ordering::Equal,
    });
    trials
}

/// What became of each name, where all sources are taken together.
fn united(context: &Context, tasks: &[Names], sources: &[Earlier]) -> TransferReport {
    let (mut states, mut all_tasks): (Vec<StateMeta>, Vec<Names>) = (Vec::new(), Vec::new());
    for source in sources {
        for state in &source.states {
            match states.iter_mut().find(|known| known.names.name == state.names.name) {
                None => states.push(state.clone()),
                Some(known) => add(&mut known.actions, &state.actions),
            }
        }
        add(&mut all_tasks, &source.tasks);
    }
    let mut universes: Vec<&str> = Vec::new();
    for source in sources {
        if !universes.contains(&source.universe.as_str()) {
            universes.push(&source.universe);
        }
    }
    let universe = universes.join("`, `");
    let lexicon = Lexicon { universe: &universe, states: &states, tasks: &all_tasks };
    let vocabulary = context.graph().vocabulary();
    let matching = Matching::new(vocabulary, tasks, lexicon);
    let nothing = Share { reused: 0, of: 0 };
    TransferReport::of(Target { vocabulary, tasks }, lexicon, &matching, (nothing, nothing))
}

fn add(known: &mut Vec<Names>, further: &[Names]) {
    let names: HashSet<String> = known.iter().map(|names| names.name.clone()).collect();
    known.extend(further.iter().filter(|it| !names.contains(&it.name)).cloned());
}

/// The pairs with a state or an action that no source had.
fn novel(context: &Context, matched: &[Matched<'_>]) -> BTreeSet<Pair> {
    let vocabulary = context.graph().vocabulary();
    let is_known = |action: usize| matched.iter().any(|source| source.matching.actions[action].is_some());
    let is_novel = |pair: &Pair| {
        let states = context.graph().states_of(pair.space);
        states.into_iter().filter(|state| vocabulary.state(*state).labels.len() > 1).any(|state| {
            let mut rows = vocabulary.state(state).rows();
            rows.any(|action| !is_known(action))
        })
    };
    context.pairs().iter().copied().filter(is_novel).collect()
}

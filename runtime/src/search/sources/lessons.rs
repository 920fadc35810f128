//! What sources have to teach, in the words of a context.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::context::Context;
use super::super::strategy::Taken;
use super::destination::Destination;
use super::places::Places;
use super::{Earlier, EarlierTrial, Sources};
use crate::agent::dictionary::Dictionary;
use crate::agent::matching::{Lexicon, Matching};
use crate::agent::report::{SourceReport, Target};
use crate::agent::{Share, TransferReport};
use crate::checkpoint::{Checkpoint, StateMeta};
use crate::policy::Pair;
use crate::space::{ActionRow, Names, START, StateRow};
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

    /// What is made of the best trials of a pair, each once, with the group that each is of: as many as are [tried first](Self::starts).
    pub(in crate::search) fn best_of<T: Clone + Eq + Hash>(
        &self,
        pair: Pair,
        mut make: impl FnMut(&Lesson) -> Option<T>,
    ) -> Vec<(usize, T)> {
        let groups = self.groups.iter().enumerate().filter(|(_, group)| group.pair == pair);
        let mut groups: Vec<_> = groups.map(|(place, group)| (place, group.trials.iter())).collect();
        let longest = groups.iter().map(|(_, trials)| trials.len()).max().unwrap_or(0);
        let (mut best, mut known) = (Vec::new(), HashSet::new());
        // In turns: each group gives the best of its trials that is not there yet.
        for _ in 0..longest {
            for (group, trials) in &mut groups {
                if best.len() == self.starts(pair) {
                    return best;
                }
                let mut others = trials.by_ref().filter_map(&mut make);
                best.extend(others.find(|it| known.insert(it.clone())).map(|it| (*group, it)));
            }
        }
        best
    }

    /// The report, where trials of these groups are tried first and this was taken in beside them.
    pub(in crate::search) fn reported(&self, tried: impl IntoIterator<Item = usize>, taken: &Taken) -> TransferReport {
        let mut report = self.report.clone();
        for group in tried {
            report.sources[self.groups[group].source].elites += 1;
        }
        for (group, data) in self.groups.iter().zip(&taken.data) {
            report.sources[group.source].data += data;
        }
        if let Some((source, positions)) = taken.policy {
            report.sources[source].policy = true;
            report.positions = positions;
        }
        let tried = report.sources.iter().map(|source| source.elites).sum();
        report.elites = Share { reused: tried, of: report.sources.iter().map(|source| source.trials).sum() };
        report
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
        self.lessons_for(&Destination::of(context))
    }

    /// What they have to teach where these names are.
    pub(in crate::search) fn lessons_for(&self, destination: &Destination<'_>) -> Lessons {
        let matched: Vec<Matched<'_>> = self.0.iter().map(|source| Matched::new(destination, source)).collect();
        let groups: Vec<Group> =
            matched.iter().enumerate().flat_map(|(place, source)| source.groups(destination, place)).collect();
        let policies = matched.iter().enumerate().filter_map(|(place, it)| Some((place, it.source.policy.clone()?)));
        let policies = policies.collect();
        let mut report = united(destination, &self.0);
        report.sources = matched.iter().map(|source| source.report(destination)).collect();
        Lessons { groups, policies, novel: novel(destination, &matched), starts: None, report }
    }
}

impl<'a> Matched<'a> {
    fn new(destination: &Destination<'_>, source: &'a Earlier) -> Self {
        let lexicon = Lexicon { universe: &source.universe, states: &source.states, tasks: &source.tasks };
        Self { source, matching: Matching::new(&destination.vocabulary, &destination.tasks, lexicon) }
    }

    fn groups(&self, destination: &Destination<'_>, place: usize) -> Vec<Group> {
        let places = Places::new(destination, &self.matching, self.source);
        let dictionary = Dictionary::new(&destination.vocabulary, &self.source.states, &self.matching);
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

    fn report(&self, destination: &Destination<'_>) -> SourceReport {
        let known = |rows: &[Option<usize>]| rows.iter().flatten().count();
        let vocabulary = &destination.vocabulary;
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
fn united(destination: &Destination<'_>, sources: &[Earlier]) -> TransferReport {
    let (mut states, mut all_tasks): (Vec<StateMeta>, Vec<Names>) = (Vec::new(), Vec::new());
    // That a single space has no start state is nothing that is gone.
    let has_start = destination.spaces.iter().any(|space| space.start.is_some());
    for source in sources {
        for state in source.states.iter().filter(|state| has_start || state.names.name != START) {
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
    let Destination { vocabulary, tasks, .. } = destination;
    let matching = Matching::new(vocabulary, tasks, lexicon);
    let nothing = Share { reused: 0, of: 0 };
    TransferReport::of(Target { vocabulary, tasks }, lexicon, &matching, (nothing, nothing))
}

fn add(known: &mut Vec<Names>, further: &[Names]) {
    let names: HashSet<String> = known.iter().map(|names| names.name.clone()).collect();
    known.extend(further.iter().filter(|it| !names.contains(&it.name)).cloned());
}

/// The pairs with a state or an action that no source had.
fn novel(destination: &Destination<'_>, matched: &[Matched<'_>]) -> BTreeSet<Pair> {
    let is_known = |action: usize| matched.iter().any(|source| source.matching.actions[action].is_some());
    let is_novel = |pair: &Pair| {
        let states = destination.spaces[pair.space].states.iter().map(|state| destination.vocabulary.state(*state));
        states.filter(|state| state.labels.len() > 1).any(|state| state.rows().any(|action| !is_known(action)))
    };
    destination.pairs.iter().copied().filter(is_novel).collect()
}

//! What sources have to teach, in the words of a context.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use super::super::context::Context;
use super::Taken;
use super::destination::Destination;
use super::places::Places;
use super::{Earlier, EarlierTrial, Sources};
use crate::agent::dictionary::Dictionary;
use crate::agent::matching::{Lexicon, Matching};
use crate::agent::observation::check;
use crate::agent::report::{SourceReport, Target};
use crate::agent::{Share, TransferReport};
use crate::checkpoint::{Checkpoint, StateMeta};
use crate::policy::Pair;
use crate::space::{ActionRow, Names, START, StateRow};
use crate::train::{Outcome, Rewards};

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
        let mut groups: Vec<_> = groups.map(|(place, group)| (place, group.distinct().take(MOST_MATCHED))).collect();
        let longest = self.groups.iter().map(|group| group.trials.len()).max().unwrap_or(0).min(MOST_MATCHED);
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
        self.correct(&mut report, taken);
        let tried = report.sources.iter().map(|source| source.elites).sum();
        report.elites = Share { reused: tried, of: report.sources.iter().map(|source| source.trials).sum() };
        report
    }

    /// Corrects what a report says was taken in.
    pub(in crate::search) fn correct(&self, report: &mut TransferReport, taken: &Taken) {
        report.sources.iter_mut().for_each(|source| (source.data, source.policy) = (0, false));
        for (group, data) in self.groups.iter().zip(&taken.data) {
            report.sources[group.source].data += data;
        }
        report.positions = taken.policy.map_or(Share::default(), |(_, positions)| positions);
        if let Some((source, _)) = taken.policy {
            report.sources[source].policy = true;
        }
    }

    /// The same with as many trials of each group as anything is made of after the best were tried.
    pub(in crate::search) fn thinned(&self) -> Self {
        let groups = self.groups.iter().map(|group| group.thinned(MOST_THINNED)).collect();
        let Self { policies, novel, starts, report, .. } = self.clone();
        Self { groups, policies, novel, starts, report }
    }

    /// The same without the groups of some places, and without policies of sources of which no group is left.
    pub(in crate::search) fn without(mut self, dropped: &BTreeSet<usize>) -> Self {
        let all: BTreeSet<usize> = self.groups.iter().map(|group| group.source).collect();
        drop_places(&mut self.groups, dropped);
        let left: BTreeSet<usize> = self.groups.iter().map(|group| group.source).collect();
        self.policies.retain(|(source, _)| left.contains(source) || !all.contains(source));
        self
    }
}

/// Leaves out what stands at some places.
pub(in crate::search) fn drop_places<T>(all: &mut Vec<T>, dropped: &BTreeSet<usize>) {
    let mut places = 0..;
    all.retain(|_| places.next().is_none_or(|place| !dropped.contains(&place)));
}

impl Group {
    /// The trials without those of which some better ones took the same decisions. Some: what these leave open may be decided otherwise.
    fn distinct(&self) -> impl Iterator<Item = &Lesson> {
        let mut known: HashMap<_, usize> = HashMap::new();
        self.trials.iter().filter(move |lesson| {
            let times = known.entry(&lesson.decisions).or_default();
            *times += 1;
            *times <= SAME
        })
    }

    /// The places of so many trials: half of them the best, half spread over the others.
    pub(in crate::search) fn chosen(&self, most: usize) -> impl Iterator<Item = usize> + use<> {
        let share = most.min(self.trials.len());
        let best = share.div_ceil(2);
        let (others, left) = (share - best, self.trials.len() - best);
        // Spread: the last one is the worst of all.
        (0..best).chain((1..=others).map(move |i| best + i * left / others.max(1) - 1))
    }

    /// With so many of its trials.
    fn thinned(&self, most: usize) -> Self {
        let trials = self.chosen(most).map(|place| self.trials[place].clone()).collect();
        Self { source: self.source, pair: self.pair, trials }
    }
}

/// So many trials of a group with the same decisions are compared.
const SAME: usize = 3;
/// So many of a group's trials are checked for whether they are configs here that can be tried first.
const MOST_MATCHED: usize = 200;
/// The most groups that are learned from.
pub(in crate::search) const MOST_GROUPS: usize = 10_000;
/// The most trials of a group that are remembered.
const MOST_THINNED: usize = 200;

/// The most trials that are data of a model, shared by all groups.
pub(in crate::search) const MOST_DATA: usize = 100;

/// How many trials of each group are held: as many of all, unless some have fewer. Where there are too many groups, the largest ones have
/// as few as say something, and the others none.
pub(in crate::search) fn shares(groups: &[Group], most: usize) -> Vec<usize> {
    let mut shares = vec![0; groups.len()];
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&group| groups[group].trials.len());
    let mut left = most;
    let held = &order[order.len().saturating_sub((most / LEAST_SHARE).max(1))..];
    for (done, &group) in held.iter().enumerate() {
        let share = (left / (held.len() - done)).min(groups[group].trials.len());
        shares[group] = share;
        left -= share;
    }
    shares
}

/// Fewer trials of a group say nothing on a scale of their own.
const LEAST_SHARE: usize = 5;

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
#[derive(Debug, Clone, PartialEq)]
pub(in crate::search) struct Lesson {
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
        let groups = matched.iter().enumerate().flat_map(|(place, source)| source.groups(destination, place));
        let groups: Vec<Group> = groups.take(MOST_GROUPS).collect();
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
            let Some(outcome) = as_learned(*outcome) else { continue };
            if decisions.iter().all(|(_, action)| *action == ActionRow::GONE) {
                continue;
            }
            for pair in places.of(space, task, &decisions) {
                let lesson = Lesson { decisions: decisions.clone(), outcome };
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

/// An outcome as it is written down, with numbers only; none of which nothing can be learned.
fn as_learned(outcome: Outcome) -> Option<Outcome> {
    check(Rewards::Ranks, outcome).ok()?;
    outcome.merit().map(Outcome::from)
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

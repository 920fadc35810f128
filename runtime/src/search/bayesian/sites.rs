//! Where decisions stand. A place in the tree of a space that can hold a decision is a *site*; a config is a row of actions, one
//! a site, and has none where a decision does not come up.

use std::collections::HashMap;

use super::super::context::Context;
use crate::policy::Pair;
use crate::space::cursor::Pending;
use crate::space::guide::{Advice, Guide};
use crate::space::part::{Next, Part, PartId};
use crate::space::{ActionRow, Graph, StateRow, Trace};

/// A site as a number.
pub(super) type Site = u32;

/// The site that says which of several spaces a config is of, the one that says what it is judged on, and the one that says which
/// search it is of: 0 of this one.
const SPACE: Site = 0;
const TASK: Site = 1;
const SOURCE: Site = 2;

/// An action at a site: its position among those of the site's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) site: Site,
    pub(super) action: u32,
}

/// A config by its actions, in the order of its decisions; space, task and source stand first.
pub(super) type Row = Vec<Entry>;

/// A config that was put together decision by decision.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grown {
    pub(super) trace: Trace,
    pub(super) row: Row,
}

/// All sites that were come to. A site is known by the decision above it, its state, and which it is of those that have both in
/// common: so two branches share the sites of the types that they share, and so do two spaces.
#[derive(Debug, Clone)]
pub(super) struct Sites {
    /// By site: the place of its state among the weights.
    states: Vec<u32>,
    known: HashMap<(Site, StateRow, u32), Site>,
    places: Vec<Place>,
    /// By space: its first places.
    roots: HashMap<usize, Vec<u32>>,
    /// Whether predicates on beginnings take part.
    are_pruned: bool,
    /// Whether some configs are of other searches.
    are_sourced: bool,
    /// The length of the longest row so far.
    longest: usize,
}

/// A part of the tree that is a decision, at one of its sites.
#[derive(Debug, Clone)]
struct Place {
    site: Site,
    part: PartId,
    /// By position of the action taken: the places that follow, where they were come to. Empty where nothing follows.
    after: Vec<Option<Vec<u32>>>,
}

impl Sites {
    /// None but space, task and source, whose weights stand at these places.
    pub(super) fn new(context: &Context, are_sourced: bool) -> Self {
        let task = context.graph().vocabulary().states().len() as u32;
        let states = vec![0, task, task + 1];
        let are_pruned = context.graph().parts().any(|(_, part)| matches!(part, Part::Pruned(..)));
        Self {
            states,
            known: HashMap::new(),
            places: Vec::new(),
            roots: HashMap::new(),
            are_pruned,
            are_sourced,
            longest: 0,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether what is available may depend on all that was decided before.
    pub(super) fn are_pruned(&self) -> bool {
        self.are_pruned
    }

    /// The place of a site's state among the weights.
    pub(super) fn state(&self, site: Site) -> usize {
        self.states[site as usize] as usize
    }

    /// The row of a trace; none where it is not one of the pair's space.
    pub(super) fn row(&mut self, context: &Context, pair: Pair, trace: &Trace) -> Option<Row> {
        let mut rest = trace.indices().iter();
        let grown = self.grow(context, pair, |_, pending| {
            let index = *rest.next()?;
            pending.clone().take(index).map(|step| step.taken)
        })?;
        rest.next().is_none().then_some(grown.row)
    }

    /// Puts a config together: at each decision the place of an action among those available is chosen. None where there is none.
    pub(super) fn grow(
        &mut self,
        context: &Context,
        pair: Pair,
        mut choose: impl FnMut(Site, &Pending<'_>) -> Option<usize>,
    ) -> Option<Grown> {
        let graph = context.graph();
        let mut cursor = graph.walk(pair.space);
        let mut row = self.fixed(context, pair, 0);
        row.reserve(self.longest);
        cursor.reserve(self.longest);
        let mut open = self.roots(graph, pair.space).to_vec();
        open.reverse();
        while let Some(pending) = cursor.pending() {
            let place = open.pop()?;
            let site = self.places[place as usize].site;
            let taken = choose(site, &pending).filter(|&taken| taken < pending.len())?;
            let first = graph.vocabulary().state(pending.decision().state).rows().start;
            let step = pending.step(taken);
            row.push(Entry { site, action: (step.action().index() - first) as u32 });
            open.extend(self.after(graph, place as usize, step.position()).iter().rev());
            cursor.choose(&step);
        }
        self.longest = self.longest.max(row.len());
        Some(Grown { trace: cursor.into_trace(), row })
    }

    /// The row of a trial of a group of other searches, as far as its decisions are ones here: what is not known has no entry, and
    /// stands in the middle of what it could be.
    pub(super) fn sketch(
        &mut self,
        context: &Context,
        pair: Pair,
        decisions: &[(StateRow, ActionRow)],
        group: usize,
    ) -> Row {
        let (graph, mut guide) = (context.graph(), Guide::loose(decisions.to_vec()));
        let (mut cursor, mut row) = (graph.walk(pair.space), self.fixed(context, pair, group as u32 + 1));
        let mut open = self.roots(graph, pair.space).to_vec();
        open.reverse();
        while let (Some(pending), Some(place)) = (cursor.pending(), open.pop()) {
            let (site, advice) = (self.places[place as usize].site, guide.advise(&pending));
            let taken = if let Advice::Take(taken) = advice { taken } else { 0 };
            if taken >= pending.len() {
                break;
            }
            let first = graph.vocabulary().state(pending.decision().state).rows().start;
            let step = pending.step(taken);
            if matches!(advice, Advice::Take(_)) {
                row.push(Entry { site, action: (step.action().index() - first) as u32 });
            }
            open.extend(self.after(graph, place as usize, step.position()).iter().rev());
            cursor.choose(&step);
        }
        row
    }

    /// The entries that do not come from decisions, where there is more than one to tell apart.
    fn fixed(&self, context: &Context, pair: Pair, source: u32) -> Row {
        let space = (context.graph().spaces().len() > 1).then_some(Entry { site: SPACE, action: pair.space as u32 });
        let task = (context.task_count() > 1).then_some(Entry { site: TASK, action: pair.task as u32 });
        let source = self.are_sourced.then_some(Entry { site: SOURCE, action: source });
        space.into_iter().chain(task).chain(source).collect()
    }

    fn roots(&mut self, graph: &Graph, space: usize) -> &[u32] {
        if !self.roots.contains_key(&space) {
            let mut parts = Vec::new();
            decisions(graph, graph.spaces()[space].part, &mut parts);
            let roots = self.enter(graph, SPACE, &parts);
            self.roots.insert(space, roots);
        }
        &self.roots[&space]
    }

    /// The places of the decisions that an action leads to, in their order.
    fn after(&mut self, graph: &Graph, place: usize, position: usize) -> &[u32] {
        if self.places[place].after.get(position).is_some_and(Option::is_none) {
            let (mut parts, Place { site, part, .. }) = (Vec::new(), &self.places[place]);
            if let Part::Decision(_, next) = graph.part(*part) {
                following(graph, next, position, &mut parts);
            }
            self.places[place].after[position] = Some(self.enter(graph, *site, &parts));
        }
        self.places[place].after.get(position).and_then(Option::as_deref).unwrap_or(&[])
    }

    fn enter(&mut self, graph: &Graph, above: Site, parts: &[PartId]) -> Vec<u32> {
        let mut times: HashMap<StateRow, u32> = HashMap::new();
        let enter = |&part: &PartId| {
            let Part::Decision(decision, next) = graph.part(part) else { return None };
            let time = times.entry(decision.state).or_default();
            let site = self.site(above, decision.state, *time);
            *time += 1;
            let follow = if matches!(next, Next::Nothing) { 0 } else { decision.actions.len() };
            self.places.push(Place { site, part, after: vec![None; follow] });
            Some(self.places.len() as u32 - 1)
        };
        parts.iter().filter_map(enter).collect()
    }

    fn site(&mut self, above: Site, state: StateRow, time: u32) -> Site {
        let states = &mut self.states;
        *self.known.entry((above, state, time)).or_insert_with(|| {
            states.push(state.0);
            states.len() as Site - 1
        })
    }
}

/// The part of a row that comes from decisions.
pub(super) fn decided(row: &Row) -> &[Entry] {
    let fixed = row.iter().take_while(|entry| entry.site <= SOURCE).count();
    &row[fixed..]
}

/// The first decisions of a part: those that come up whatever is decided.
fn decisions(graph: &Graph, part: PartId, found: &mut Vec<PartId>) {
    match graph.part(part) {
        Part::Decision(..) => found.push(part),
        Part::Sequence { parts, .. } => parts.iter().for_each(|&part| decisions(graph, part, found)),
        Part::Pruned(_, part) => decisions(graph, *part, found),
    }
}

fn following(graph: &Graph, next: &Next, position: usize, found: &mut Vec<PartId>) {
    match next {
        Next::Nothing => {}
        Next::Branches(branches) => branches[position].iter().for_each(|&part| decisions(graph, part, found)),
        Next::Items { min, items } => items[..min + position].iter().for_each(|&part| decisions(graph, part, found)),
    }
}

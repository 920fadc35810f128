//! Walking a graph: which decision comes next, and which of its actions are available.

use std::borrow::Cow;

use rand::{Rng, RngExt};

use super::part::{Decision, Next, Part, PartId, Prune};
use super::relation::Number;
use super::trace::Trace;
use super::vocabulary::ActionRow;
use crate::printable::printable;
use crate::sentence::debug_as_sentence;

/// A trace that does not lead through the space.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WalkError {
    /// The trace ends before all was decided.
    #[error("the trace ends after {len} decisions, but the space needs more")]
    TooShort {
        /// Decisions in the trace.
        len: usize,
    },
    /// The trace goes on after all was decided.
    #[error("the trace has {left} decisions more than the space needs")]
    TooLong {
        /// Decisions left over.
        left: usize,
    },
    /// An action that its state does not offer there.
    #[error(
        "decision {step}, `{}`, cannot be `{}` here: a restriction, a comparison with an earlier number, a prune predicate or the depth excludes it",
        printable(state),
        printable(action)
    )]
    Unavailable {
        /// The decision, counted from 0.
        step: usize,
        /// Its state.
        state: String,
        /// The action's label.
        action: String,
    },
}

debug_as_sentence!(WalkError);

/// A decision that is to be made now.
#[derive(Debug, Clone)]
pub(crate) struct Pending<'a> {
    part: PartId,
    decision: &'a Decision,
    /// Positions among the decision's actions, ascending; empty at a dead end.
    available: Cow<'a, [u32]>,
}

/// A decision that was made.
#[derive(Debug, Clone)]
pub(crate) struct Step<'a> {
    pub(crate) decision: &'a Decision,
    available: Cow<'a, [u32]>,
    /// Which of the available actions was taken.
    pub(crate) taken: usize,
}

impl<'a> Pending<'a> {
    pub(crate) fn decision(&self) -> &'a Decision {
        self.decision
    }

    pub(crate) fn part(&self) -> PartId {
        self.part
    }

    /// How many actions there are to choose from.
    pub(crate) fn len(&self) -> usize {
        self.available.len()
    }

    /// The positions of the available actions, ascending.
    pub(crate) fn available(&self) -> &[u32] {
        &self.available
    }

    /// The rows of the available actions.
    pub(crate) fn actions(&self) -> impl Iterator<Item = ActionRow> {
        self.available.iter().map(|&position| self.decision.actions[position as usize])
    }

    /// Adds to log-probabilities, or what becomes such, what is known of the available actions before anything is learned.
    pub(crate) fn add_prior(&self, logits: &mut [f64]) {
        add_prior(self.decision, &self.available, logits);
    }

    /// Draws one of the available actions as likely as is known before anything is learned.
    pub(crate) fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> usize {
        if self.decision.weights.is_empty() {
            return rng.random_range(0..self.len());
        }
        let weight = |&position: &u32| self.decision.weights[position as usize];
        let mut rest = rng.random::<f64>() * self.available.iter().map(weight).sum::<f64>();
        let found = self.available.iter().position(|position| {
            rest -= weight(position);
            rest < 0.0
        });
        found.unwrap_or(self.len() - 1)
    }

    /// Takes the `i`-th of the available actions.
    pub(crate) fn step(self, i: usize) -> Step<'a> {
        Step { decision: self.decision, available: self.available, taken: i }
    }

    /// Takes the action of an index of a trace, if it is available.
    pub(crate) fn take(&self, index: u32) -> Option<Step<'a>> {
        let position = self.decision.indices.binary_search(&index).ok()? as u32;
        let taken = self.available.binary_search(&position).ok()?;
        Some(self.clone().step(taken))
    }
}

fn add_prior(decision: &Decision, available: &[u32], logits: &mut [f64]) {
    if !decision.weights.is_empty() {
        for (logit, &position) in logits.iter_mut().zip(available) {
            *logit += decision.weights[position as usize].ln();
        }
    }
}

impl Step<'_> {
    /// Adds to log-probabilities, or what becomes such, what is known of the available actions before anything is learned.
    pub(crate) fn add_prior(&self, logits: &mut [f64]) {
        add_prior(self.decision, &self.available, logits);
    }

    /// What is known of the available actions before anything is learned, as logits; empty where nothing is.
    pub(crate) fn prior(&self) -> Vec<f64> {
        let mut prior = if self.decision.weights.is_empty() { Vec::new() } else { vec![0.0; self.len()] };
        self.add_prior(&mut prior);
        prior
    }

    /// How many actions there were to choose from.
    pub(crate) fn len(&self) -> usize {
        self.available.len()
    }

    /// The rows of the actions that were available.
    pub(crate) fn actions(&self) -> impl Iterator<Item = ActionRow> {
        self.available.iter().map(|&position| self.decision.actions[position as usize])
    }

    /// The row of the action taken.
    pub(crate) fn action(&self) -> ActionRow {
        self.decision.actions[self.position()]
    }

    /// The index of the action taken in a trace.
    pub(crate) fn index(&self) -> u32 {
        self.decision.indices[self.position()]
    }

    pub(crate) fn position(&self) -> usize {
        self.available[self.taken] as usize
    }
}

/// Walks the decisions of one space in order.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    parts: &'a [Part],
    pending: Vec<Item>,
    /// The numbers remembered by the sequences that the cursor is in.
    frames: Vec<Vec<Option<Number>>>,
    /// The prunable parts that the cursor is in, each with a cursor of its own that has come as far.
    prunes: Vec<(Prune, Cursor<'a>)>,
    /// The trace so far.
    trace: Vec<u32>,
    /// Whether prune predicates are asked.
    asks: bool,
}

#[derive(Debug, Clone, Copy)]
enum Item {
    Part(PartId),
    LeaveFrame,
    LeavePrune,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(parts: &'a [Part], part: PartId) -> Self {
        let pending = vec![Item::Part(part)];
        Self { parts, pending, frames: Vec::new(), prunes: Vec::new(), trace: Vec::new(), asks: true }
    }

    /// Makes room for so many decisions.
    pub(crate) fn reserve(&mut self, decisions: usize) {
        self.trace.reserve(decisions);
        self.pending.reserve(decisions);
    }

    /// The decision to be made now, or none where the value is complete.
    pub(crate) fn pending(&mut self) -> Option<Pending<'a>> {
        let (part, decision) = self.advance()?;
        let mut available = Cow::Borrowed(decision.open.as_slice());
        if !decision.comparisons.is_empty() {
            available.to_mut().retain(|&position| self.compares(decision, position as usize));
        }
        if !self.prunes.is_empty() {
            available.to_mut().retain(|&position| !self.is_dead(decision, position));
        }
        Some(Pending { part, decision, available })
    }

    /// Makes the decision that is pending.
    pub(crate) fn choose(&mut self, step: &Step<'a>) {
        let position = step.position();
        self.trace.push(step.index());
        for (_, inside) in &mut self.prunes {
            inside.advance();
            inside.choose(step);
        }
        let Some(Item::Part(part)) = self.pending.pop() else { return };
        let Part::Decision(decision, next) = &self.parts[part.0 as usize] else { return };
        if let (Some(slot), Some(frame)) = (decision.slot, self.frames.last_mut()) {
            frame[slot] = decision.numbers[position];
        }
        match next {
            Next::Nothing => {}
            Next::Branches(branches) => self.pending.extend(branches[position].map(Item::Part)),
            Next::Items { min, items } => {
                self.pending.extend(items[..min + position].iter().rev().map(|&item| Item::Part(item)));
            }
        }
    }

    /// The trace so far.
    pub(crate) fn into_trace(self) -> Trace {
        Trace(self.trace)
    }

    /// Opens parts until a decision is on top.
    fn advance(&mut self) -> Option<(PartId, &'a Decision)> {
        loop {
            match *self.pending.last()? {
                Item::LeaveFrame => drop(self.frames.pop()),
                Item::LeavePrune => drop(self.prunes.pop()),
                Item::Part(id) => match &self.parts[id.0 as usize] {
                    Part::Decision(decision, _) => return Some((id, decision)),
                    part => {
                        self.pending.pop();
                        self.open(part);
                        continue;
                    }
                },
            }
            self.pending.pop();
        }
    }

    fn open(&mut self, part: &Part) {
        match part {
            Part::Decision(..) => {}
            Part::Sequence { parts, compares, .. } => {
                if *compares {
                    self.frames.push(vec![None; parts.len()]);
                    self.pending.push(Item::LeaveFrame);
                }
                self.pending.extend(parts.iter().rev().map(|&part| Item::Part(part)));
            }
            Part::Pruned(_, part) if !self.asks => self.pending.push(Item::Part(*part)),
            Part::Pruned(prune, part) => {
                self.prunes.push((*prune, Cursor { asks: false, ..Cursor::new(self.parts, *part) }));
                self.pending.extend([Item::LeavePrune, Item::Part(*part)]);
            }
        }
    }

    /// Whether all comparisons of a decision hold for one of its actions.
    fn compares(&self, decision: &Decision, position: usize) -> bool {
        decision.comparisons.iter().all(|&(relation, slot)| {
            let earlier = self.frames.last().and_then(|frame| frame[slot]);
            match (decision.numbers[position], earlier) {
                (Some(number), Some(earlier)) => relation.holds(number, earlier),
                _ => false,
            }
        })
    }

    /// Whether one of the prunable parts around is beyond saving once the action at this position is taken.
    fn is_dead(&self, decision: &'a Decision, position: u32) -> bool {
        let step = Step { decision, available: Cow::Owned(vec![position]), taken: 0 };
        self.prunes.iter().any(|(prune, inside)| {
            let mut inside = inside.clone();
            inside.advance();
            inside.choose(&step);
            let decided = inside.trace.len();
            inside.complete().is_some_and(|trace| prune(&trace, decided))
        })
    }

    /// The trace that takes the first available action of each decision that is left; none at a dead end.
    fn complete(mut self) -> Option<Trace> {
        while let Some(pending) = self.pending() {
            if pending.len() == 0 {
                return None;
            }
            self.choose(&pending.step(0));
        }
        Some(self.into_trace())
    }
}

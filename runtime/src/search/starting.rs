//! Search that begins with given configs.

use rand::SeedableRng;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::context::{Context, Proposal};
use super::erased::Erased;
use super::firsts::{Firsts, WrittenFirsts};
use super::insight::Insight;
use super::search::Around;
use super::sources::Lessons;
use super::strategy::{Strategy, Taken, by_inner, learns_by_inner};
use super::written::Lines;
use crate::agent::{AttentionMap, Importance, ObserveError, TransferReport};
use crate::checkpoint::parcel::{INNER, Parcel};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::Pair;
use crate::space::guide::Guide;
use crate::space::{SampleError, Trace};
use crate::train::{Direction, Outcome};

/// A strategy that proposes given configs first: see [`Searcher::starting_from`](super::Searcher::starting_from).
#[derive(Debug, Clone)]
pub struct StartingFrom<S> {
    strategy: S,
    first: Vec<Proposal>,
    /// What is left of them after a snapshot or a change of the type.
    read: Firsts,
}

#[derive(Serialize, Deserialize)]
struct State {
    lines: Lines,
    first: WrittenFirsts,
}

impl<S> StartingFrom<S> {
    /// The configs in the order in which they are proposed.
    pub(super) fn new(strategy: S, mut first: Vec<Proposal>) -> Self {
        first.reverse();
        Self { strategy, first, read: Firsts::default() }
    }
}

impl<S, T> Around for StartingFrom<Erased<S, T>> {
    type Inner = S;

    fn inner(&self) -> &S {
        &self.strategy.searcher
    }

    fn into_inner(self) -> S {
        self.strategy.searcher
    }
}

const NAME: &str = "a search from given configs";

impl<S: Strategy> Strategy for StartingFrom<S> {
    by_inner!(strategy);
    learns_by_inner!(strategy);

    fn accept(&mut self, context: &Context, proposal: &Proposal) -> bool {
        self.strategy.accept(context, proposal)
    }

    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        let given = self.first.iter().rposition(|first| context.pairs().contains(&first.pair));
        let first = match given {
            Some(place) => Some(self.first.remove(place)),
            // What is left open by a changed type is drawn with random numbers that are always the same.
            None => self.read.next(context, &mut Pcg64::seed_from_u64(0))?,
        };
        match first {
            Some(mut first) => {
                first.log_prob = self.strategy.log_prob(first.pair, &first.trace);
                Ok(first)
            }
            None => self.strategy.propose(context),
        }
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        self.strategy.learn(context, proposal, outcome)
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        let Some(inner) = self.strategy.snapshot(context)? else { return Ok(None) };
        let mut first = Firsts::default();
        for proposal in self.first.iter().rev() {
            let steps = context.graph().follow(proposal.pair.space, &proposal.trace).unwrap_or_default();
            let decisions = steps.iter().map(|step| (step.decision.state, step.action())).collect();
            first.push(proposal.pair, Guide::new(decisions));
        }
        first.append(self.read.clone());
        let state = State { lines: Lines::of(context), first: first.written(context) };
        Parcel::new(NAME, &state)?.with(INNER, Some(inner)).to_bytes().map(Some)
    }

    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        let parcel = Parcel::from_bytes(snapshot, NAME)?;
        let state: State = parcel.state()?;
        let reader = state.lines.reader(context);
        reader.check_whole()?;
        let read = state.first.read(&reader);
        let is_restored = self.strategy.restore(context, parcel.part(INNER)?)?;
        (self.first, self.read) = (Vec::new(), read);
        Ok(is_restored)
    }

    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        let parcel = Parcel::from_bytes(snapshot, NAME)?;
        let state: State = parcel.state()?;
        let report = self.strategy.adapt(context, parcel.part(INNER)?, starts)?;
        (self.first, self.read) = (Vec::new(), state.first.read(&state.lines.reader(context)));
        Ok(report)
    }
}

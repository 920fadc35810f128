//! The strategy of a study, and how it begins anew.

use super::StudyError;
use crate::agent::{AttentionMap, Importance, ObserveError, SampleError, TransferReport};
use crate::checkpoint::{LoadError, SaveError};
use crate::search::{Context, Insight, Lessons, Outcome, Proposal, Strategy};

/// A strategy with what it searches. The study is written against this with an erased strategy, so that it is compiled once and
/// not for each type that is searched.
pub(super) struct Searching<S: ?Sized> {
    /// All spaces and tasks that the strategy serves.
    pub(super) context: Context,
    /// Those of them that are proposed here.
    pub(super) proposed: Context,
    /// As the strategy was given; none of a searcher of a user that has no snapshots.
    initial: Option<Vec<u8>>,
    /// Whether nothing has happened to it since.
    is_initial: bool,
    pub(super) strategy: S,
}

/// The strategy of a study, whatever it is.
pub(super) type AnySearching<'a> = Searching<dyn Strategy + 'a>;

impl<S: Strategy> Searching<S> {
    pub(super) fn new(strategy: S, context: Context, proposed: Context) -> Result<Self, SaveError> {
        let initial = strategy.snapshot(&context)?;
        Ok(Self { context, proposed, initial, is_initial: true, strategy })
    }
}

impl<S: Strategy + ?Sized> Searching<S> {
    /// Whether it can go on from a snapshot; otherwise all that happened to it must happen again.
    pub(super) fn has_snapshots(&self) -> bool {
        self.initial.is_some()
    }

    /// Becomes the strategy as it was given.
    pub(super) fn reset(&mut self) -> Result<(), StudyError> {
        if self.is_initial {
            return Ok(());
        }
        let initial = self.initial.as_ref().ok_or(StudyError::NoWayBack)?;
        self.strategy.restore(&self.context, initial).map_err(|source| StudyError::Reset { source })?;
        self.is_initial = true;
        Ok(())
    }

    /// Something new, or one of the best configs again.
    pub(super) fn propose(&mut self, confirms: bool) -> Result<Proposal, SampleError> {
        self.is_initial = false;
        if confirms {
            return self.strategy.propose(&self.proposed.clone().confirming(true));
        }
        self.strategy.propose(&self.proposed)
    }

    pub(super) fn learn(&mut self, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        self.is_initial = false;
        self.strategy.learn(&self.context, proposal, outcome)
    }

    pub(super) fn snapshot(&self) -> Result<Option<Vec<u8>>, SaveError> {
        self.strategy.snapshot(&self.context)
    }

    pub(super) fn restore(&mut self, snapshot: &[u8]) -> Result<bool, LoadError> {
        let is_restored = self.strategy.restore(&self.context, snapshot)?;
        self.is_initial &= !is_restored;
        Ok(is_restored)
    }

    pub(super) fn adapt(&mut self, snapshot: &[u8], starts: usize) -> Result<Option<TransferReport>, LoadError> {
        let report = self.strategy.adapt(&self.context, snapshot, starts)?;
        self.is_initial &= report.is_none();
        Ok(report)
    }

    /// Takes in what others have to teach.
    pub(super) fn learn_from(&mut self, lessons: &Lessons) -> Result<(), LoadError> {
        self.is_initial = false;
        self.strategy.learn_from(&self.context, lessons).map(drop)
    }

    /// What came along from others.
    pub(super) fn transferred(&self) -> Option<&TransferReport> {
        self.strategy.transferred()
    }

    /// How many of these were found to mislead.
    pub(super) fn dropped(&self) -> usize {
        let sources = self.transferred().map_or(&[][..], |report| &report.sources);
        sources.iter().filter(|source| source.dropped.is_some()).count()
    }

    /// What the policy makes of each state, of the first pair that is searched.
    pub(super) fn importance(&self) -> Vec<Importance> {
        let pair = self.proposed.pairs().first();
        pair.map_or_else(Vec::new, |pair| self.strategy.importance(*pair))
    }

    /// What a model of rewards knows of the states, of the first pair that is searched.
    pub(super) fn insight(&self) -> Option<Insight> {
        let pair = self.proposed.pairs().first()?;
        self.strategy.insight(&self.context, *pair)
    }

    pub(super) fn attention(&self, proposal: &Proposal) -> Option<AttentionMap> {
        self.strategy.attention(proposal.pair, &proposal.trace)
    }
}

//! Any searcher as a strategy.

use super::context::{Context, Proposal};
use super::erased::Erased;
use super::insight::Insight;
use super::searcher::Searcher;
use super::sources::Lessons;
use super::strategy::{Strategy, Taken};
use crate::agent::{AttentionMap, Importance, ObserveError, TransferReport, Trial};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::{AnyConfig, Pair};
use crate::space::guide::Guide;
use crate::space::{SampleError, Trace};
use crate::train::{Direction, Outcome};

/// How often a searcher of a user is asked for a config of the pairs that are searched.
const DRAWS: usize = 1000;

impl<T: AnyConfig, S: Searcher<T>> Strategy for Erased<S, T> {
    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        if let Some(strategy) = self.searcher.strategy_mut() {
            return strategy.propose(context);
        }
        // A searcher of a user knows nothing of pairs that are not searched any more.
        let all = self.searcher.context();
        let foreign = |error: ObserveError| SampleError::Foreign { reason: error.to_string() };
        for _ in 0..DRAWS {
            let proposal = all.proposal(self.searcher.ask()?).map_err(foreign)?;
            if context.pairs().contains(&proposal.pair) {
                return Ok(proposal);
            }
        }
        Err(SampleError::NothingNew { space: context.type_name(), draws: DRAWS })
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        if let Some(strategy) = self.searcher.strategy_mut() {
            return strategy.learn(context, proposal, outcome);
        }
        let trial: Result<Trial<T>, SampleError> = context.trial(proposal.clone());
        match trial {
            Ok(trial) => self.searcher.tell_outcome(trial, outcome),
            Err(error) => Err(ObserveError::Undecodable { reason: error.to_string() }),
        }
    }

    fn passed_over(&mut self, context: &Context, proposal: &Proposal) {
        if let Some(strategy) = self.searcher.strategy_mut() {
            strategy.passed_over(context, proposal);
        }
    }

    fn draws(&self) -> usize {
        self.searcher.strategy().map_or(3, Strategy::draws)
    }

    fn admits(&self, outcome: Outcome) -> Result<(), ObserveError> {
        self.searcher.strategy().map_or(Ok(()), |strategy| strategy.admits(outcome))
    }

    fn towards(&mut self, direction: Direction) {
        if let Some(strategy) = self.searcher.strategy_mut() {
            strategy.towards(direction);
        }
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        match self.searcher.strategy() {
            Some(strategy) => strategy.snapshot(context),
            None => self.searcher.snapshot(),
        }
    }

    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        match self.searcher.strategy_mut() {
            Some(strategy) => strategy.restore(context, snapshot),
            None => self.searcher.restore(snapshot),
        }
    }

    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        match self.searcher.strategy_mut() {
            Some(strategy) => strategy.adapt(context, snapshot, starts),
            None => self.searcher.adapt(snapshot, starts),
        }
    }

    fn learn_from(&mut self, context: &Context, lessons: &Lessons) -> Result<Taken, LoadError> {
        self.searcher.strategy_mut().map_or_else(|| Ok(Taken::default()), |it| it.learn_from(context, lessons))
    }

    fn accept(&mut self, context: &Context, proposal: &Proposal) -> bool {
        self.searcher.strategy_mut().is_none_or(|strategy| strategy.accept(context, proposal))
    }

    fn complete(&mut self, context: &Context, pair: Pair, guide: &Guide) -> Option<Trace> {
        self.searcher.strategy_mut()?.complete(context, pair, guide)
    }

    fn transferred(&self) -> Option<&TransferReport> {
        self.searcher.strategy()?.transferred()
    }

    fn log_prob(&self, pair: Pair, trace: &Trace) -> f64 {
        self.searcher.strategy().map_or(0.0, |strategy| strategy.log_prob(pair, trace))
    }

    fn importance(&self, pair: Pair) -> Vec<Importance> {
        match self.searcher.strategy() {
            Some(strategy) => strategy.importance(pair),
            None => self.searcher.importance(),
        }
    }

    fn insight(&self, context: &Context, pair: Pair) -> Option<Insight> {
        self.searcher.strategy()?.insight(context, pair)
    }

    fn attention(&self, pair: Pair, trace: &Trace) -> Option<AttentionMap> {
        match self.searcher.strategy() {
            Some(strategy) => strategy.attention(pair, trace),
            None => T::decode_any(pair.space, trace).ok().and_then(|config| self.searcher.attention(&config)),
        }
    }

    fn acceptance(&self, pair: Pair) -> Option<f64> {
        match self.searcher.strategy() {
            Some(strategy) => strategy.acceptance(pair),
            None => self.searcher.acceptance(),
        }
    }
}

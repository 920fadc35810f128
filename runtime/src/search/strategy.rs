//! What all strategies have in common, whatever the type of the configs.

use super::context::{Context, Proposal};
use super::insight::Insight;
use super::sources::Lessons;
pub(super) use super::sources::Taken;
use crate::agent::observation::check;
use crate::agent::{AttentionMap, Importance, ObserveError, TransferReport};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::Pair;
use crate::space::guide::Guide;
use crate::space::{SampleError, Trace};
use crate::train::{Direction, Outcome, Rewards};

/// A way to search that knows traces only: it proposes them, and is told how they ended. Types are at the rim:
/// [`Search`](super::Search) makes a [`Searcher`](super::Searcher) of a strategy, and a searcher of your own is one by
/// [`Erased`](super::Erased).
///
/// Several proposals may be pending; their ends may be told in any order, or never. A strategy is a function of its seed and of
/// what it was asked and told.
pub trait Strategy {
    /// A config to evaluate, of one of the context's pairs.
    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError>;

    /// How a config ended. On an error the strategy is as it was.
    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError>;

    /// A proposal will not be evaluated, since the same config was tried: nothing is learned of it, and the next one should be
    /// another.
    fn passed_over(&mut self, _context: &Context, _proposal: &Proposal) {}

    /// How often in a row it may propose what was tried before the search finds something new by itself.
    fn draws(&self) -> usize {
        3
    }

    /// Whether an outcome can be learned from. Where it can, an error of [`learn`](Self::learn) is a fault of the trial.
    fn admits(&self, outcome: Outcome) -> Result<(), ObserveError> {
        check(Rewards::Ranks, outcome)
    }

    /// Says which rewards the user calls better; a strategy maximises what it is told in any case.
    fn towards(&mut self, _direction: Direction) {}

    /// All that the strategy knows, by names, for [`restore`](Self::restore). None where a searcher of a user has no such form.
    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError>;

    /// Becomes the strategy of which this is a snapshot, to the bit: its settings included. False where a searcher of a user
    /// has no snapshots. On an error the strategy is as it was.
    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError>;

    /// Takes over by names what a strategy of the same kind over another type knew, and proposes the best `starts` configs of
    /// that first, as far as their decisions are ones here. On an error the strategy is as it was.
    fn adapt(&mut self, context: &Context, snapshot: &[u8], starts: usize)
    -> Result<Option<TransferReport>, LoadError>;

    /// Takes in what other searches have to teach, before anything was told; says what of it. On an error the strategy is as it was.
    /// The best configs of theirs are proposed by [`LearningFrom`](super::LearningFrom).
    fn learn_from(&mut self, _context: &Context, _lessons: &Lessons) -> Result<Taken, LoadError> {
        Ok(Taken::default())
    }

    /// A config from elsewhere is to be evaluated, as if it had been proposed. False, and nothing changes, where the strategy would not
    /// have it, since it was tried.
    fn accept(&mut self, _context: &Context, _proposal: &Proposal) -> bool {
        true
    }

    /// A config that takes decisions as far as they are given, where the strategy has something to say of the others.
    #[doc(hidden)]
    fn complete(&mut self, _context: &Context, _pair: Pair, _guide: &Guide) -> Option<Trace> {
        None
    }

    /// What came along from other searches, by a strategy that learned from some.
    fn transferred(&self) -> Option<&TransferReport> {
        None
    }

    /// `Σ log π` of a given config; 0 where there is no policy.
    fn log_prob(&self, _pair: Pair, _trace: &Trace) -> f64 {
        0.0
    }

    /// What the policy makes of each state now; nothing where there is no policy.
    fn importance(&self, _pair: Pair) -> Vec<Importance> {
        Vec::new()
    }

    /// What a model of rewards knows of the states, by a strategy that has one, once there is something to predict from.
    fn insight(&self, _context: &Context, _pair: Pair) -> Option<Insight> {
        None
    }

    /// Who attends to whom along the decisions that make a config, where there is attention.
    fn attention(&self, _pair: Pair, _trace: &Trace) -> Option<AttentionMap> {
        None
    }

    /// The share of drawn configs that were valid, where that is known.
    fn acceptance(&self, _pair: Pair) -> Option<f64> {
        None
    }
}

macro_rules! forward {
    ($($pointer:ty)*) => {$(
        impl<S: Strategy + ?Sized> Strategy for $pointer {
            fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
                (**self).propose(context)
            }

            fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
                (**self).learn(context, proposal, outcome)
            }

            fn passed_over(&mut self, context: &Context, proposal: &Proposal) {
                (**self).passed_over(context, proposal);
            }

            fn draws(&self) -> usize {
                (**self).draws()
            }

            fn admits(&self, outcome: Outcome) -> Result<(), ObserveError> {
                (**self).admits(outcome)
            }

            fn towards(&mut self, direction: Direction) {
                (**self).towards(direction);
            }

            fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
                (**self).snapshot(context)
            }

            fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
                (**self).restore(context, snapshot)
            }

            fn adapt(
                &mut self,
                context: &Context,
                snapshot: &[u8],
                starts: usize,
            ) -> Result<Option<TransferReport>, LoadError> {
                (**self).adapt(context, snapshot, starts)
            }

            fn learn_from(&mut self, context: &Context, lessons: &Lessons) -> Result<Taken, LoadError> {
                (**self).learn_from(context, lessons)
            }

            fn accept(&mut self, context: &Context, proposal: &Proposal) -> bool {
                (**self).accept(context, proposal)
            }

            fn complete(&mut self, context: &Context, pair: Pair, guide: &Guide) -> Option<Trace> {
                (**self).complete(context, pair, guide)
            }

            fn transferred(&self) -> Option<&TransferReport> {
                (**self).transferred()
            }

            fn log_prob(&self, pair: Pair, trace: &Trace) -> f64 {
                (**self).log_prob(pair, trace)
            }

            fn importance(&self, pair: Pair) -> Vec<Importance> {
                (**self).importance(pair)
            }

            fn insight(&self, context: &Context, pair: Pair) -> Option<Insight> {
                (**self).insight(context, pair)
            }

            fn attention(&self, pair: Pair, trace: &Trace) -> Option<AttentionMap> {
                (**self).attention(pair, trace)
            }

            fn acceptance(&self, pair: Pair) -> Option<f64> {
                (**self).acceptance(pair)
            }
        }
    )*};
}

forward! { Box<S> &mut S }

/// The methods that a strategy which is put around another one has from that: what it admits, and what there is to see.
macro_rules! by_inner {
    ($inner:ident) => {
        fn draws(&self) -> usize {
            self.$inner.draws()
        }

        fn admits(&self, outcome: Outcome) -> Result<(), ObserveError> {
            self.$inner.admits(outcome)
        }

        fn towards(&mut self, direction: Direction) {
            self.$inner.towards(direction);
        }

        fn complete(&mut self, context: &Context, pair: Pair, guide: &Guide) -> Option<Trace> {
            self.$inner.complete(context, pair, guide)
        }

        fn log_prob(&self, pair: Pair, trace: &Trace) -> f64 {
            self.$inner.log_prob(pair, trace)
        }

        fn importance(&self, pair: Pair) -> Vec<Importance> {
            self.$inner.importance(pair)
        }

        fn insight(&self, context: &Context, pair: Pair) -> Option<Insight> {
            self.$inner.insight(context, pair)
        }

        fn attention(&self, pair: Pair, trace: &Trace) -> Option<AttentionMap> {
            self.$inner.attention(pair, trace)
        }

        fn acceptance(&self, pair: Pair) -> Option<f64> {
            self.$inner.acceptance(pair)
        }
    };
}

/// The methods by which it hears of other searches, where these are not its own concern.
macro_rules! learns_by_inner {
    ($inner:ident) => {
        fn passed_over(&mut self, context: &Context, proposal: &Proposal) {
            self.$inner.passed_over(context, proposal);
        }

        fn learn_from(&mut self, context: &Context, lessons: &Lessons) -> Result<Taken, LoadError> {
            self.$inner.learn_from(context, lessons)
        }

        fn transferred(&self) -> Option<&TransferReport> {
            self.$inner.transferred()
        }
    };
}

pub(super) use {by_inner, learns_by_inner};

//! Ways to search a space. A [`Strategy`] proposes traces and learns how they ended, whatever the type of the configs; behind one
//! trait, [`Searcher`], it is asked for configs of a type and told of them: the [`Agent`](crate::Agent), and what it is compared
//! with.

mod agents;
mod as_strategy;
mod bayesian;
mod climbing;
mod confirming;
mod context;
mod dreaming;
mod erased;
mod evolution;
mod firsts;
mod insight;
mod key;
mod known;
mod learning;
mod local;
mod lstm;
mod mixture;
mod neighbour;
mod random;
#[allow(clippy::module_inception)] // The typed front of a strategy is a search.
mod search;
mod searcher;
mod sources;
mod spearman;
mod starting;
mod strategy;
mod tried;
mod unique;
mod untried;
mod written;

#[cfg(test)]
mod hostile_tests;

pub use bayesian::{Bayesian, BayesianSearch};
pub use climbing::Climbing;
pub(crate) use confirming::{Again, CONFIRMATION, REPEAT};
pub use confirming::{Confirmed, Confirming};
pub use context::{Context, Proposal};
pub use dreaming::{DreamingAgent, DreamingAgentBuilder, Dreams};
pub use erased::Erased;
pub use evolution::{Evolution, RegularizedEvolution};
pub use insight::{Insight, Slice, StateInsight};
pub use key::{ByKey, ByTrace, Key, TellsApart};
pub(crate) use learning::Learner;
pub use learning::LearningFrom;
pub use local::{Local, LocalSearch};
pub use lstm::{LstmAgent, LstmAgentBuilder, LstmInput};
pub use mixture::Mixture;
pub use random::{Random, RandomSearch};
pub use search::{Around, Search};
pub use searcher::Searcher;
pub(crate) use sources::{Destination, Earlier, EarlierTrial, SpaceNames};
pub use sources::{Lessons, Sources};
pub use starting::StartingFrom;
pub use strategy::Strategy;
pub use unique::{Unique, UniqueBy};

pub use crate::train::{Outcome, Scores};

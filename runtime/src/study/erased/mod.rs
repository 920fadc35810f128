//! Trials for those who do not know the study's type: programs, and whoever asks over HTTP.
//!
//! An [`ErasedScheduler`] is a study in a store as such a worker sees it: trials are claimed, reported on and told by names, by the same
//! protocol as typed workers follow. It never proposes: that is for whoever leads the study.

mod config;
#[cfg(feature = "serve")]
mod enqueue;
#[cfg(feature = "serve")]
mod front;
mod said;
mod scheduler;
mod source;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::study::Objective;
pub(crate) use said::{Said, number_or_null, numbers_or_null};
pub(crate) use scheduler::ErasedScheduler;
pub(crate) use source::{Source, StoreSource};

/// A trial in the hands of a worker that does not know its type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
pub(crate) struct Assignment {
    /// The study's name.
    pub(crate) study: String,
    /// The trial's number in the study, from 0.
    pub(crate) trial: u64,
    /// How often it was handed out, this time included: from 1.
    pub(crate) attempt: u32,
    /// What the config is to be judged on; `default` where the universe names no task.
    pub(crate) task: String,
    /// The config, nested as its type is; by state name where that is not known (a type that contains itself).
    #[cfg_attr(feature = "serve", schema(value_type = Object))]
    pub(crate) config: Value,
    /// The value of each decision by the name of its state, or, where configs decide a state at several places, by the place; null where
    /// the config does not decide it.
    #[cfg_attr(feature = "serve", schema(value_type = Object))]
    pub(crate) values: Map<String, Value>,
    /// What the study searches for, each with its name, its direction and its unit, if it has one; left out in a study of one objective.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "serve", schema(value_type = Vec<Object>))]
    pub(crate) objectives: Vec<Objective>,
}

/// An attempt of a trial and the worker that has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Held {
    pub(crate) trial: u64,
    pub(crate) attempt: u32,
    pub(crate) worker: String,
}

/// What there is for a worker.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Claimed {
    /// These trials, one at least.
    Trials(Vec<Assignment>),
    /// Nothing for the moment.
    Nothing,
    /// Nothing any more; why, in a word: `complete`, `stopped`, `exhausted`.
    Ended(String),
}

/// What is to become of an attempt that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The study's pruner gives it up.
    pub(crate) prunes: bool,
    /// It is its trial's attempt still: no other worker has it, and it has not ended.
    pub(crate) is_current: bool,
}

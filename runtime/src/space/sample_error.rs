//! Why nothing could be sampled.

use super::codec::{DecodeError, EncodeError};
use crate::printable::printable;
use crate::sentence::debug_as_sentence;

/// Why nothing could be sampled.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// Every config drawn was refused by a `valid` predicate, or came to a decision without an action left.
    #[error(
        "none of {draws} configs of `{space}` was valid; loosen its `valid` or `prune` predicate or its comparisons, describe the space so that fewer configs are invalid, or raise `max_draws`"
    )]
    NoValidConfig {
        /// The space's type.
        space: &'static str,
        /// How many were drawn.
        draws: u32,
    },
    /// The space is not judged on this task.
    #[error(
        "`{space}` is not judged on the task `{}`; sample another space on it, or add it to the space's `tasks` in the joint space",
        printable(task)
    )]
    NotJudged {
        /// The space's type.
        space: &'static str,
        /// The task.
        task: String,
    },
    /// Every config was tried.
    #[error("all configs of `{space}` were tried: {tried} of them; allow repeats, or search a larger space")]
    Exhausted {
        /// The space's type.
        space: &'static str,
        /// How many there are, counted by what tells them apart.
        tried: usize,
    },
    /// Nothing was found that was not tried before, in a space that is too large to be tried as a whole.
    #[error(
        "none of {draws} configs of `{space}` was new by the key of `unique_by`; all its keys may have been tried, or the rest is far from what was"
    )]
    NothingNew {
        /// The space's type.
        space: &'static str,
        /// How many were tried.
        draws: usize,
    },
    /// A searcher of your own proposed what is not a config of its space.
    #[error("a searcher proposed a config that has no place in its space: {}", printable(reason))]
    Foreign {
        /// Why not.
        reason: String,
    },
    /// The hand-written `encode` of a space does not follow its tree.
    #[error("a config of the space does not encode: {0}")]
    Encode(#[from] EncodeError),
    /// The hand-written `decode` of a space does not follow its tree.
    #[error("a trace of the space does not decode: {0}")]
    Decode(#[from] DecodeError),
}

debug_as_sentence!(SampleError);

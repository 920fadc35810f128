//! Why nothing could be sampled.

use super::codec::{DecodeError, EncodeError};

/// Why nothing could be sampled.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
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
        "`{space}` is not judged on the task `{task}`; sample another space on it, or add it to the space's `tasks` in the joint space"
    )]
    NotJudged {
        /// The space's type.
        space: &'static str,
        /// The task.
        task: &'static str,
    },
    /// Every config drawn was one that had been tried before.
    #[error(
        "each of {draws} configs of `{space}` drawn in a row had been tried before; the space is used up, or the search has settled"
    )]
    Exhausted {
        /// The space's type.
        space: &'static str,
        /// How many were drawn.
        draws: u32,
    },
    /// The hand-written `encode` of a space does not follow its tree.
    #[error("a config of the space does not encode: {0}")]
    Encode(#[from] EncodeError),
    /// The hand-written `decode` of a space does not follow its tree.
    #[error("a trace of the space does not decode: {0}")]
    Decode(#[from] DecodeError),
}

//! Why nothing could be sampled.

use super::codec::DecodeError;

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
    /// The hand-written `decode` of a space does not follow its tree.
    #[error("a trace of the space does not decode: {0}")]
    Decode(#[from] DecodeError),
}

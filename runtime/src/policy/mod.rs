//! The policy: embeddings of states, actions and tasks, a Transformer encoder over the trace, and each state's own
//! map to logits (paper, Section 3). With [`train`](crate::train) the only part that knows dfdx.

// What runs on the widest vectors must be inlined into the function that was compiled for them.
#![allow(clippy::inline_always)]

pub(crate) mod batch;
mod beginnings;
pub(crate) mod block;
mod candidates;
mod distinct;
pub(crate) mod kernels;
pub(crate) mod network;
pub(crate) mod pair;
pub(crate) mod past;
pub(crate) mod real;
pub(crate) mod sampler;
pub(crate) mod self_attention;
pub(crate) mod softmax;
pub(crate) mod tables;
pub(crate) mod tape;
pub(crate) mod universe;
pub(crate) mod walker;
pub(crate) mod weights;

pub use batch::Attention;
pub use pair::Pair;
pub use universe::{AnyConfig, Contains, Root, Serves, TaskName, Tasks, Universe, sizes};

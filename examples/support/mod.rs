//! What the examples share.

pub(crate) mod replicas;
pub(crate) mod rewards;

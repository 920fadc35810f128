//! Several objectives at once: which trials are on the front, what the front is worth, and one number of several.
//!
//! Greater values are better in all of it.

pub(crate) mod archive;
pub(crate) mod front;
pub(crate) mod hypervolume;
pub(crate) mod scalar;

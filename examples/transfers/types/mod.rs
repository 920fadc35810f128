//! One config type in several versions. Each has its module, since they keep their names, as types do that are edited in place.

pub(crate) mod clipped;
pub(crate) mod fewer;
pub(crate) mod renamed;
pub(crate) mod three;
pub(crate) mod whole;

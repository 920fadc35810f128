//! What a search is asked for: a space, and the task that its configs are judged on.

/// A space of the universe and one of its tasks, both by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    pub(crate) space: usize,
    pub(crate) task: usize,
}

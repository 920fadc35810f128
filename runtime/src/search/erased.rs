//! A searcher without the type of its configs.

use std::fmt;
use std::marker::PhantomData;

/// Any [`Searcher`](super::Searcher) as a [`Strategy`](super::Strategy): the strategy behind it, where there is one, and otherwise the searcher itself, whose
/// configs are written as traces and read from them.
pub struct Erased<S, T> {
    pub(crate) searcher: S,
    config: PhantomData<fn() -> T>,
}

// A derive would ask `T` to be `Clone`, of which there is no value here.
impl<S: Clone, T> Clone for Erased<S, T> {
    fn clone(&self) -> Self {
        Self::new(self.searcher.clone())
    }
}

impl<S: fmt::Debug, T> fmt::Debug for Erased<S, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.searcher.fmt(formatter)
    }
}

impl<S, T> Erased<S, T> {
    /// The searcher without its type.
    pub fn new(searcher: S) -> Self {
        Self { searcher, config: PhantomData }
    }

    /// The searcher.
    pub fn searcher(&self) -> &S {
        &self.searcher
    }
}

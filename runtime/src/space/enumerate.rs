//! All values of a small space.

use std::marker::PhantomData;

use super::codec::Trace;
use super::graph::Graph;
use super::search_space::{SearchSpace, decode};

/// All valid configs of a space, one after the other; the last decision changes fastest.
#[derive(Debug)]
pub struct Enumerate<T> {
    graph: Graph,
    odometer: Odometer,
    space: PhantomData<fn() -> T>,
}

// A derive would ask `T` to be `Clone`, of which nothing is stored.
impl<T> Clone for Enumerate<T> {
    fn clone(&self) -> Self {
        Self { graph: self.graph.clone(), odometer: self.odometer.clone(), space: PhantomData }
    }
}

impl<T: SearchSpace> Enumerate<T> {
    pub(crate) fn new() -> Self {
        Self { graph: Graph::of_space(T::SPACE), odometer: Odometer::default(), space: PhantomData }
    }
}

impl<T: SearchSpace> Iterator for Enumerate<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        while let Some(trace) = self.odometer.next(&self.graph, 0) {
            let config = decode::<T>(&trace).ok();
            if let Some(config) = config.filter(T::is_valid) {
                return Some(config);
            }
        }
        None
    }
}

/// Comes to one trace of a space after the other; what the traces make need not be valid.
#[derive(Debug, Clone, Default)]
pub(crate) struct Odometer {
    /// For each decision of the trace that comes next: which available action is taken, and how many there are.
    path: Vec<(usize, usize)>,
    done: bool,
}

impl Odometer {
    /// The next trace; none when all were there.
    pub(crate) fn next(&mut self, graph: &Graph, space: usize) -> Option<Trace> {
        while !self.done {
            let trace = self.walk(graph, space);
            self.advance();
            if trace.is_some() {
                return trace;
            }
        }
        None
    }

    /// Follows the path, and takes the first action of each decision after it; none at a dead end.
    fn walk(&mut self, graph: &Graph, space: usize) -> Option<Trace> {
        let mut cursor = graph.walk(space);
        let mut depth = 0;
        while let Some(pending) = cursor.pending() {
            if depth == self.path.len() {
                self.path.push((0, pending.len()));
            }
            if pending.len() == 0 {
                return None;
            }
            cursor.choose(&pending.step(self.path[depth].0));
            depth += 1;
        }
        Some(cursor.into_trace())
    }

    /// Takes the next action at the last decision that has one.
    fn advance(&mut self) {
        while let Some((taken, available)) = self.path.pop() {
            if taken + 1 < available {
                self.path.push((taken + 1, available));
                return;
            }
        }
        self.done = true;
    }
}

//! All values of a small space.

use std::marker::PhantomData;

use super::codec::Trace;
use super::graph::Graph;
use super::search_space::{SearchSpace, decode};

/// All valid configs of a space, one after the other; the last decision changes fastest.
#[derive(Debug)]
pub struct Enumerate<T> {
    graph: Graph,
    /// For each decision of the trace that comes next: which available action is taken, and how many there are.
    path: Vec<(usize, usize)>,
    done: bool,
    space: PhantomData<fn() -> T>,
}

// A derive would ask `T` to be `Clone`, of which nothing is stored.
impl<T> Clone for Enumerate<T> {
    fn clone(&self) -> Self {
        Self { graph: self.graph.clone(), path: self.path.clone(), done: self.done, space: PhantomData }
    }
}

impl<T: SearchSpace> Enumerate<T> {
    pub(crate) fn new() -> Self {
        Self { graph: Graph::of_space(T::SPACE), path: Vec::new(), done: false, space: PhantomData }
    }

    /// Follows the path, and takes the first action of each decision after it; none at a dead end.
    fn walk(&mut self) -> Option<Trace> {
        let mut cursor = self.graph.walk(0);
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

impl<T: SearchSpace> Iterator for Enumerate<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        while !self.done {
            let trace = self.walk();
            self.advance();
            let config = trace.and_then(|trace| decode::<T>(&trace).ok());
            if let Some(config) = config.filter(T::is_valid) {
                return Some(config);
            }
        }
        None
    }
}

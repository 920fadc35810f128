//! All values of a small space.

use super::graph::Graph;
use super::trace::Trace;

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

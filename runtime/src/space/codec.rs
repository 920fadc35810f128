//! Between values and traces: what the generated code reads from and writes to.

use core::fmt;

use super::node::Node;
use super::trace::Trace;
use crate::printable::printable;
use crate::sentence::debug_as_sentence;

/// Reads the actions of a trace in order.
#[derive(Debug)]
pub struct Decoder<'a> {
    rest: core::slice::Iter<'a, u32>,
    len: usize,
}

/// A trace that does not describe a value of the type.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The trace ends before all was decided.
    #[error("the trace ends after {len} decisions, but the type needs more")]
    TooShort {
        /// Decisions in the trace.
        len: usize,
    },
    /// The trace goes on after all was decided.
    #[error("the trace has {left} decisions more than the type needs")]
    TooLong {
        /// Decisions left over.
        left: usize,
    },
    /// An action index beyond the actions of its state.
    #[error("decision {step} takes action {index}, but its state has {actions} actions")]
    OutOfRange {
        /// The decision, counted from 0.
        step: usize,
        /// The index in the trace.
        index: u32,
        /// The number of actions there.
        actions: usize,
    },
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(trace: &'a Trace) -> Self {
        Self { rest: trace.0.iter(), len: trace.len() }
    }

    /// The next action index, below `actions`.
    pub fn next(&mut self, actions: usize) -> Result<usize, DecodeError> {
        let index = *self.rest.next().ok_or(DecodeError::TooShort { len: self.len })?;
        if (index as usize) < actions {
            return Ok(index as usize);
        }
        Err(DecodeError::OutOfRange { step: self.len - self.rest.len() - 1, index, actions })
    }

    pub(crate) fn finish(self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(DecodeError::TooLong { left }),
        }
    }
}

/// Writes the actions of a value in order.
#[derive(Debug, Default)]
pub struct Encoder {
    trace: Trace,
    /// How deep the recursive types at hand are nested.
    levels: Vec<(&'static str, usize)>,
    /// For each value of such a type: the levels that do not count inside of it.
    hidden: Vec<Vec<(&'static str, usize)>>,
    is_again: bool,
}

/// A value outside its space.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is {}, which is not in its domain: {}", printable(field), printable(value), printable(domain))]
#[non_exhaustive]
pub struct EncodeError {
    /// The field, as the state names spell it.
    pub field: &'static str,
    /// The value that it had.
    pub value: String,
    /// What it may be.
    pub domain: String,
}

debug_as_sentence!(DecodeError, EncodeError);

impl EncodeError {
    /// For the generated code.
    #[must_use]
    pub fn new(field: &'static str, value: &dyn fmt::Debug, domain: &str) -> Self {
        Self { field, value: format!("{value:?}"), domain: domain.to_owned() }
    }
}

impl Encoder {
    /// Appends an action index.
    pub fn push(&mut self, index: usize) {
        self.trace.0.push(index as u32);
    }

    /// What is entered next is inside of the innermost value of its type.
    pub fn again(&mut self) {
        self.is_again = true;
    }

    /// Enters a value of a recursive type; an error where it is nested too deep. That of a type with parameters begins anew where it is not
    /// said to be [inside](Self::again) of another one.
    pub fn enter(
        &mut self,
        (name, ty): (&'static str, &'static str),
        has_parameters: bool,
        max_depth: usize,
    ) -> Result<(), EncodeError> {
        let is_again = core::mem::take(&mut self.is_again) || !has_parameters;
        let found = self.levels.iter().rposition(|(known, _)| is_again && *known == ty);
        let (kept, depth) = found.map_or((self.levels.len(), 1), |found| (found, self.levels[found].1 + 1));
        if depth > max_depth {
            let value = format!("nested {depth} deep");
            return Err(EncodeError { field: name, value, domain: format!("a depth of at most {max_depth}") });
        }
        // Depths of the types between are counted anew inside.
        self.hidden.push(self.levels.split_off(kept));
        self.levels.push((ty, depth));
        Ok(())
    }

    /// Leaves it.
    pub fn leave(&mut self) {
        self.levels.pop();
        self.levels.extend(self.hidden.pop().unwrap_or_default());
    }

    /// The number of decisions so far.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // A position to come back to, not a collection.
    pub fn len(&self) -> usize {
        self.trace.len()
    }

    /// Refuses the decision written at `position` where a restriction leaves its action out.
    pub fn restrict(&self, position: usize, field: &'static str, node: &Node) -> Result<(), EncodeError> {
        let Some(&index) = self.trace.0.get(position) else { return Ok(()) };
        let offered = super::offered::offered(node);
        if offered.iter().any(|(i, _)| *i == index as usize) {
            return Ok(());
        }
        let all = super::offered::labels_of(node);
        let value = all.get(index as usize).cloned().unwrap_or_else(|| index.to_string());
        let domain = offered.into_iter().map(|(_, label)| label).collect::<Vec<_>>().join(", ");
        Err(EncodeError { field, value, domain })
    }

    pub(crate) fn finish(self) -> Trace {
        self.trace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_says_what_is_wrong_with_a_trace() {
        let trace = Trace(vec![1, 7]);
        let mut decoder = Decoder::new(&trace);
        assert_eq!(decoder.next(2), Ok(1));
        assert_eq!(decoder.next(3), Err(DecodeError::OutOfRange { step: 1, index: 7, actions: 3 }));
        assert_eq!(decoder.next(3), Err(DecodeError::TooShort { len: 2 }));
        assert_eq!(Decoder::new(&trace).finish(), Err(DecodeError::TooLong { left: 2 }));
    }
}

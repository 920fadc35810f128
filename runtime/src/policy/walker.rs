//! One trace in the making.

use crate::space::Trace;
use crate::space::cursor::{Cursor, Pending, Step};

/// A sampled trace and its log-probability under the policy (without the mixing with uniform choice).
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    pub(crate) trace: Trace,
    pub(crate) log_prob: f64,
}

/// One trace in the making.
pub(super) struct Walker<'a> {
    cursor: Cursor<'a>,
    pub(super) steps: Vec<Step<'a>>,
    /// Which of the encoder's beginnings the trace has.
    pub(super) beginning: usize,
    log_prob: f64,
    pub(super) dead: bool,
}

impl<'a> Walker<'a> {
    pub(super) fn new(mut cursor: Cursor<'a>, steps: usize) -> Self {
        cursor.reserve(steps);
        Self { cursor, steps: Vec::with_capacity(steps), beginning: 0, log_prob: 0.0, dead: false }
    }

    /// The decision to be made; none where the trace is complete or at a dead end.
    pub(super) fn pending(&mut self) -> Option<Pending<'a>> {
        if self.dead {
            return None;
        }
        let pending = self.cursor.pending()?;
        self.dead = pending.len() == 0;
        (!self.dead).then_some(pending)
    }

    pub(super) fn take(&mut self, step: Step<'a>, log_prob: f64) {
        self.cursor.choose(&step);
        self.steps.push(step);
        self.log_prob += log_prob;
    }

    pub(super) fn finish(self) -> Option<Draw> {
        (!self.dead).then(|| Draw { trace: self.cursor.into_trace(), log_prob: self.log_prob })
    }
}

//! Whether a config was tried.

use super::context::{Context, Proposal};
use super::key::Key;
use super::tried::Tried;
use crate::policy::Pair;
use crate::space::Trace;

/// Whether a config is new.
pub(super) struct Known<'a> {
    pub(super) tried: &'a mut Tried,
    pub(super) key: &'a mut dyn Key,
    /// Whether what is proposed may be proposed again.
    pub(super) repeats: bool,
}

impl Known<'_> {
    pub(super) fn key(&mut self, context: &Context, pair: Pair, trace: &Trace) -> u128 {
        match self.key.key(pair.space, trace) {
            Some(key) => {
                self.tried.prepare(context);
                key.wrapping_add(self.tried.pair_key(pair))
            }
            None => self.tried.key(context, pair, trace),
        }
    }

    pub(super) fn is_new(&mut self, context: &Context, pair: Pair, trace: &Trace) -> bool {
        let key = self.key(context, pair, trace);
        !self.tried.keys.contains(&key)
    }

    pub(super) fn take(&mut self, context: &Context, proposal: &Proposal) -> bool {
        let key = self.key(context, proposal.pair, &proposal.trace);
        if self.repeats { !self.tried.keys.contains(&key) } else { self.tried.keys.insert(key) }
    }
}

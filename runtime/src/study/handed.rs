//! A trial on its way to a worker.

use super::reader::Reader;
use super::store::TrialRecord;
use crate::search::{CONFIRMATION, REPEAT};
use crate::space::Trace;

/// A trial that this worker is to evaluate.
#[derive(Debug)]
pub(super) struct Handed {
    pub(super) number: u64,
    /// Counted from 1.
    pub(super) attempt: u32,
    pub(super) task: String,
    /// What makes its config: the space and the decisions.
    pub(super) space: usize,
    pub(super) trace: Trace,
    /// Whether its config was evaluated before, so that its mean is to be known: it is not pruned.
    pub(super) is_repetition: bool,
}

/// What the record of a trial hands to a worker; none where it makes no config of these spaces.
pub(super) fn handed(reader: &Reader, record: &TrialRecord) -> Option<Handed> {
    let (space, trace) = reader.trace(&record.decisions)?;
    let TrialRecord { number, attempt, ref task, .. } = *record;
    Some(Handed { number, attempt, task: task.clone(), space, trace, is_repetition: is_repetition(record) })
}

/// Whether a trial evaluates a config again: to confirm it in the end, or since it is the best.
pub(super) fn is_repetition(record: &TrialRecord) -> bool {
    record.origin.as_deref().is_some_and(|origin| [CONFIRMATION, REPEAT].contains(&origin))
}

//! A trial on its way to a worker.

use super::reader::Reader;
use super::store::TrialRecord;
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
}

/// What the record of a trial hands to a worker; none where it makes no config of these spaces.
pub(super) fn handed(reader: &Reader, record: &TrialRecord) -> Option<Handed> {
    let (space, trace) = reader.trace(&record.decisions)?;
    let TrialRecord { number, attempt, ref task, .. } = *record;
    Some(Handed { number, attempt, task: task.clone(), space, trace })
}

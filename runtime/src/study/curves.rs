//! The values that trials reported while they ran.

use std::collections::BTreeMap;

use super::StudyError;
use super::store::Store;

/// The values that one trial reported, by step.
pub type Curve = BTreeMap<u64, f64>;

/// The curves of a study, read from the store as they grow.
#[derive(Debug, Default)]
pub(super) struct Curves {
    /// By trial.
    curves: BTreeMap<u64, Curve>,
    /// The last row that was read.
    row: i64,
}

impl Curves {
    /// Takes in what was reported since the last time.
    pub(super) fn read(&mut self, store: &dyn Store, study: i64) -> Result<(), StudyError> {
        for value in store.with(|ledger| Ok(ledger.values(study, self.row)?))? {
            self.row = value.row;
            self.curves.entry(value.trial).or_default().insert(value.step, value.value);
        }
        Ok(())
    }

    /// All but one.
    pub(super) fn others(&self, trial: u64) -> Vec<&Curve> {
        self.curves.iter().filter(|(number, _)| **number != trial).map(|(_, curve)| curve).collect()
    }
}

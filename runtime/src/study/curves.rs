//! The values that trials reported while they ran.

use std::collections::BTreeMap;

use super::pruner::{Curve, Pruner};
use super::store::Store;
use super::{Direction, StudyError};

/// The curves of a study, read from the store as they grow.
#[derive(Debug, Default)]
pub(super) struct Curves {
    /// By trial: those of its attempts.
    curves: BTreeMap<u64, BTreeMap<u32, Curve>>,
    /// The last row that was read.
    row: i64,
}

impl Curves {
    /// Takes in what was reported since the last time.
    pub(super) fn read(&mut self, store: &dyn Store, study: i64) -> Result<(), StudyError> {
        for value in store.read(|ledger| Ok(ledger.values(study, self.row)?))? {
            self.row = value.row;
            let attempts = self.curves.entry(value.trial).or_default();
            attempts.entry(value.attempt).or_default().insert(value.step, value.value);
        }
        Ok(())
    }

    /// What an attempt reported.
    pub(super) fn of(&self, trial: u64, attempt: u32) -> Option<&Curve> {
        self.curves.get(&trial)?.get(&attempt)
    }

    /// Whether a pruner gives up a trial, by its own curve and those of the others. A pruner sees greater values as better.
    pub(super) fn prunes(&self, pruner: &dyn Pruner, direction: Direction, trial: u64, own: &Curve) -> bool {
        let others = self.curves.iter().filter(|(number, _)| **number != trial);
        // Of a trial's attempts the latest counts.
        let others = others.filter_map(|(_, attempts)| attempts.last_key_value().map(|(_, curve)| curve));
        if direction == Direction::Maximize {
            return pruner.prunes(own, &others.collect::<Vec<_>>());
        }
        let turned = |curve: &Curve| -> Curve { curve.iter().map(|(step, value)| (*step, -value)).collect() };
        let others: Vec<Curve> = others.map(turned).collect();
        pruner.prunes(&turned(own), &others.iter().collect::<Vec<_>>())
    }
}

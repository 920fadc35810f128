//! The values that trials reported while they ran.

use std::collections::BTreeMap;

use super::pruner::Pruner;
use super::store::Store;
use super::{Direction, StudyError};

/// The values that one trial reported, by step.
pub type Curve = BTreeMap<u64, f64>;

/// The curves of a study, read from the store as they grow.
#[derive(Debug, Default)]
pub(super) struct Curves {
    /// By trial: that of its latest attempt.
    curves: BTreeMap<u64, (u32, Curve)>,
    /// The last row that was read.
    row: i64,
}

impl Curves {
    /// Takes in what was reported since the last time.
    pub(super) fn read(&mut self, store: &dyn Store, study: i64) -> Result<(), StudyError> {
        for value in store.read(|ledger| Ok(ledger.values(study, self.row)?))? {
            self.row = value.row;
            let (attempt, curve) = self.curves.entry(value.trial).or_default();
            if value.attempt > *attempt {
                (*attempt, *curve) = (value.attempt, Curve::new());
            }
            if value.attempt == *attempt {
                curve.insert(value.step, value.value);
            }
        }
        Ok(())
    }

    /// Whether a pruner gives up a trial, by its own curve and those of the others. A pruner sees greater values as better.
    pub(super) fn prunes(&self, pruner: &dyn Pruner, direction: Direction, trial: u64, own: &Curve) -> bool {
        let others = self.curves.iter().filter(|(number, _)| **number != trial).map(|(_, (_, curve))| curve);
        if direction == Direction::Maximize {
            return pruner.prunes(own, &others.collect::<Vec<_>>());
        }
        let turned = |curve: &Curve| -> Curve { curve.iter().map(|(step, value)| (*step, -value)).collect() };
        let others: Vec<Curve> = others.map(turned).collect();
        pruner.prunes(&turned(own), &others.iter().collect::<Vec<_>>())
    }
}

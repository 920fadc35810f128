//! The runs of 108 epochs, cell by cell.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::error::{EPOCHS, OfficialError, RecordFault};
use super::metrics::Run;
use super::record::Record;
use crate::nasbench::{Cell, ModuleHash, REPEATS, Row, module_hash};

/// Every cell that there was a run of, whatever its epochs, sorted by hash.
#[derive(Default)]
pub(super) struct Runs {
    cells: BTreeMap<ModuleHash, Repeats>,
}

/// The runs of one cell, in the order of the file.
struct Repeats {
    cell: Cell,
    found: usize,
    params: u32,
    test_sum: u32,
    valid: [u16; REPEATS],
}

impl Runs {
    /// Takes in the run of one record.
    pub(super) fn add(&mut self, record: &Record) -> Result<(), RecordFault> {
        let repeats = match self.cells.entry(record.hash) {
            Entry::Vacant(vacant) => vacant.insert(Repeats::none_of(verified(record)?)),
            Entry::Occupied(found) => {
                if found.get().cell != record.cell {
                    verified(record)?;
                }
                found.into_mut()
            }
        };
        if record.epochs == EPOCHS { repeats.add(record) } else { Ok(()) }
    }

    /// One row for each cell, sorted by hash; at least one.
    pub(super) fn into_rows(self) -> Result<Vec<Row>, OfficialError> {
        if self.cells.values().all(|repeats| repeats.found == 0) {
            return Err(OfficialError::NoRun);
        }
        self.cells.into_iter().map(|(hash, repeats)| repeats.into_row(hash)).collect()
    }
}

/// The cell of the record, which has to have the record's hash.
fn verified(record: &Record) -> Result<Cell, RecordFault> {
    let (expected, found) = (module_hash(&record.cell), record.hash);
    if expected == found { Ok(record.cell) } else { Err(RecordFault::WrongHash { expected, found }) }
}

impl Repeats {
    fn none_of(cell: Cell) -> Self {
        Self { cell, found: 0, params: 0, test_sum: 0, valid: [0; REPEATS] }
    }

    fn add(&mut self, record: &Record) -> Result<(), RecordFault> {
        let run = Run::parse(&record.metrics)?;
        let surplus = || RecordFault::SurplusRun { hash: record.hash };
        let valid = self.valid.get_mut(self.found).ok_or_else(surplus)?;
        if self.found > 0 && run.params != self.params {
            return Err(RecordFault::OtherParams { expected: self.params, found: run.params });
        }
        *valid = run.valid;
        self.params = run.params;
        self.test_sum += u32::from(run.test);
        self.found += 1;
        Ok(())
    }

    fn into_row(self, hash: ModuleHash) -> Result<Row, OfficialError> {
        let Self { cell, found, params, test_sum, valid } = self;
        if found < REPEATS {
            return Err(OfficialError::MissingRuns { hash, found });
        }
        Ok(Row { hash, cell, params, test_sum, valid: Some(valid) })
    }
}

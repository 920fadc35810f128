//! The official file of NAS-Bench-101, `nasbench_only108.tfrecord` or `nasbench_full.tfrecord`, read
//! into a [`Table`] with validation accuracies.
//!
//! It is a `TFRecord` file: one record for each training run, framed with lengths and checksums
//! (`frame`). A record is JSON (`record`), and in it are the results of the run, a protobuf message
//! in base64 (`metrics`). The runs of 108 epochs are gathered by cell (`gather`); the full file has
//! runs of 4, 12 and 36 epochs, too, and they are passed over.
//!
//! ```no_run
//! use transfer_nas::nasbench::official;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let table = official::read(std::fs::File::open("nasbench_only108.tfrecord")?)?;
//! table.save("nasbench101.tsv.gz")?;
//! # Ok(())
//! # }
//! ```

mod error;
mod frame;
mod gather;
mod metrics;
mod record;

use std::io::Read;

pub use error::{EPOCHS, MAX_RECORD_BYTES, OfficialError, RecordFault};

use super::table::{RowsFault, Table};
use frame::Records;
use gather::Runs;
use record::Record;

/// Reads the official file: the table of all its cells. It is read once from start to end, and only
/// what the table needs of it stays in memory; it need not be buffered.
///
/// Every checksum and every cell's module hash is verified, and that each cell has its three runs of
/// [`EPOCHS`]. A file that is cut off between two records, after the last run of a cell, is not
/// noticed: [`Table::len`] tells how many of the benchmark's 423,624 cells there are.
///
/// # Errors
/// [`OfficialError`] where the reader fails or does not give such a file.
pub fn read(reader: impl Read) -> Result<Table, OfficialError> {
    let mut records = Records::new(reader);
    let mut runs = Runs::default();
    while read_record(&mut records, &mut runs).map_err(|fault| records.at(fault))? {}
    let rows = runs.into_rows()?;
    Table::from_rows(rows).map_err(|fault| match fault {
        RowsFault::Empty => OfficialError::NoRun,
        RowsFault::SameCell { .. } => OfficialError::SameCell,
    })
}

/// Whether there was another record.
fn read_record<R: Read>(records: &mut Records<R>, runs: &mut Runs) -> Result<bool, RecordFault> {
    let Some(data) = records.next()? else { return Ok(false) };
    runs.add(&Record::parse(data)?)?;
    Ok(true)
}

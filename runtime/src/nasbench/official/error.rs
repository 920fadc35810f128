//! Why the official file cannot be read, and where in it.

use std::io;

use thiserror::Error;

use crate::nasbench::{EVALUATION_IMAGES, ModuleHash, REPEATS};
use crate::printable::printable;
use crate::sentence::debug_as_sentence;

/// The epochs of the runs that a table holds.
pub const EPOCHS: u32 = 108;

/// The longest data of a record, in bytes (1 MiB). Those of the official file are some 400 bytes
/// long. More is refused before it is read, so that a damaged or hostile file takes little memory.
pub const MAX_RECORD_BYTES: u64 = 1 << 20;

/// Why the official file could not be [read](super::read).
#[derive(Error)]
#[non_exhaustive]
pub enum OfficialError {
    /// A record is not what it should be.
    #[error("record {record}, at byte {offset}: {fault}")]
    Record {
        /// The record, from 1.
        record: u64,
        /// The bytes before the record.
        offset: u64,
        /// What is wrong with it.
        fault: RecordFault,
    },
    /// There is no run of 108 epochs.
    #[error("expected runs of {EPOCHS} epochs, found none")]
    NoRun,
    /// The file ends before a cell has all its runs.
    #[error("cell {hash}: expected {REPEATS} runs of {EPOCHS} epochs, found {found}")]
    MissingRuns {
        /// The cell.
        hash: ModuleHash,
        /// Its runs.
        found: usize,
    },
    /// Two cells cannot be told apart in a table, although their hashes differ.
    #[error("expected cells that differ, found two with one key")]
    SameCell,
}

/// What is wrong with one record. Text that was found is given by its beginning.
#[derive(Error)]
#[non_exhaustive]
pub enum RecordFault {
    /// The file cannot be read.
    #[error("cannot be read: {}", printable(.0))]
    Io(io::Error),
    /// The file ends within the record.
    #[error("expected {expected} bytes more, found {found}: the file is cut off")]
    Truncated {
        /// The bytes that a part of the record takes.
        expected: u64,
        /// Those that are there.
        found: u64,
    },
    /// The checksum of the length is not that of the length: this is no `TFRecord` file, or it is
    /// damaged.
    #[error("expected checksum {expected:08x} of its length, found {found:08x}")]
    LengthChecksum {
        /// The masked CRC-32C of the length.
        expected: u32,
        /// The one in the file.
        found: u32,
    },
    /// The record is longer than any of the official file.
    #[error("expected at most {MAX_RECORD_BYTES} bytes of data, found {found}")]
    TooLong {
        /// The bytes of the record, without its frame.
        found: u64,
    },
    /// The checksum of the data is not that of the data: the file is damaged.
    #[error("expected checksum {expected:08x} of its data, found {found:08x}")]
    DataChecksum {
        /// The masked CRC-32C of the data.
        expected: u32,
        /// The one in the file.
        found: u32,
    },
    /// The data is not the JSON of a record.
    #[error("expected a JSON array of hash, epochs, adjacency, operations and metrics: {}", printable(.0))]
    Json(serde_json::Error),
    /// The hash is no module hash.
    #[error("expected a hash of 32 hexadecimal digits, found `{}`", printable(found))]
    Hash {
        /// What stands in its place.
        found: String,
    },
    /// The operations are not those of a cell.
    #[error("expected operations from `input` to `output` separated by commas, found `{}`", printable(found))]
    Operations {
        /// What stands in their place.
        found: String,
    },
    /// The adjacency is not that of so many vertices.
    #[error(
        "expected an adjacency of {vertices} × {vertices} digits 0 and 1, all edges forward, found `{}`",
        printable(found)
    )]
    Adjacency {
        /// The operations of the record, input and output included.
        vertices: usize,
        /// What stands in its place.
        found: String,
    },
    /// The benchmark has no such cell: a vertex is on no path from the input to the output, or
    /// there are more than 9 edges.
    #[error("expected a pruned cell of at most 9 edges, found `{}`", printable(found))]
    InvalidCell {
        /// The cell.
        found: String,
    },
    /// The hash is not that of the cell.
    #[error("expected the hash {expected} of its cell, found {found}")]
    WrongHash {
        /// The module hash of the cell.
        expected: ModuleHash,
        /// The hash in the record.
        found: ModuleHash,
    },
    /// The metrics are no base64.
    #[error("expected metrics in base64: {}", printable(.0))]
    Base64(base64::DecodeError),
    /// The metrics are no protobuf message, or another.
    #[error("expected metrics as a protobuf message: {}", printable(.0))]
    Protobuf(prost::DecodeError),
    /// The metrics lack something.
    #[error("expected `{field}` in the metrics, found none")]
    MissingMetric {
        /// What they lack.
        field: &'static str,
    },
    /// The trainable parameters are less than none.
    #[error("expected a number of trainable parameters, found {found}")]
    Params {
        /// What stands in their place.
        found: i32,
    },
    /// An accuracy is not that of 9,984 images.
    #[error("expected `{field}` in parts of {EVALUATION_IMAGES} from 0 to 1, found {found}")]
    Accuracy {
        /// Which accuracy.
        field: &'static str,
        /// What stands in its place.
        found: f64,
    },
    /// An earlier run of the same cell has another number of trainable parameters.
    #[error("expected {expected} trainable parameters as in the cell's earlier runs, found {found}")]
    OtherParams {
        /// Those of the earlier run.
        expected: u32,
        /// Those of this one.
        found: u32,
    },
    /// The cell has all its runs already.
    #[error("expected {REPEATS} runs of {EPOCHS} epochs of cell {hash}, found another")]
    SurplusRun {
        /// The cell.
        hash: ModuleHash,
    },
}

debug_as_sentence!(OfficialError, RecordFault);

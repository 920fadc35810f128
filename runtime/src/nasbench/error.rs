//! Why a table cannot be read, and where in it.

use std::io;

use thiserror::Error;

use super::column::{Column, Layout};
use super::hash::ModuleHash;
use crate::printable::printable;
use crate::sentence::debug_as_sentence;

/// The most text that a table is read from, in bytes once decompressed (64 MiB). All 423,624 cells
/// are 32 MB, or 39 MB with validation columns, so that more is no table, and a small file that
/// decompresses to gigabytes is refused at this size.
pub const MAX_TEXT_BYTES: usize = 64 << 20;

/// Why a [`Table`](super::Table) could not be read. Every variant names the file; a table read from
/// a reader calls it `table`.
#[derive(Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file cannot be opened or read.
    #[error("{}: cannot be read", printable(file))]
    Io {
        /// The file.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The file is called `.gz` and does not begin as gzip does.
    #[error("{}: expected a gzip file, found other content", printable(file))]
    NotGzip {
        /// The file.
        file: String,
    },
    /// The gzip stream ends early.
    #[error("{}: the gzip stream ends early: the file is cut off", printable(file))]
    Truncated {
        /// The file.
        file: String,
    },
    /// The gzip stream is damaged.
    #[error("{}: the gzip stream is damaged", printable(file))]
    Corrupt {
        /// The file.
        file: String,
        /// What the decompressor found.
        source: io::Error,
    },
    /// There is more text than any table has.
    #[error("{}: more than {MAX_TEXT_BYTES} bytes of text, a table has less", printable(file))]
    TooLarge {
        /// The file.
        file: String,
    },
    /// There is no row.
    #[error("{}: expected a header line and at least one row, found no row", printable(file))]
    Empty {
        /// The file.
        file: String,
    },
    /// A line is not what it should be.
    #[error("{}, line {line}: {fault}", printable(file))]
    Line {
        /// The file.
        file: String,
        /// The line, from 1, which is the header.
        line: usize,
        /// What is wrong with it.
        fault: LineFault,
    },
}

/// What is wrong with one line of a table. Text that was found is given by its beginning.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LineFault {
    /// The first line is not the header.
    #[error(
        "expected the header `{}`, with or without the validation columns, found `{}`",
        Layout::Validation.header().escape_debug(),
        printable(found)
    )]
    Header {
        /// The line.
        found: String,
    },
    /// The row has too many or too few columns.
    #[error("expected {expected} columns separated by tabs, as in the header, found {found}")]
    ColumnCount {
        /// The columns of the header.
        expected: usize,
        /// The columns of the row.
        found: usize,
    },
    /// A column holds something else than it should.
    #[error("column `{column}`: expected {expected}, found `{}`", printable(found))]
    Field {
        /// The column.
        column: Column,
        /// What it should hold.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
    /// A column is longer or shorter than the number of vertices says.
    #[error("column `{column}`: expected {expected} characters for a cell of {vertices} vertices, found {found}")]
    Length {
        /// The column: `adj` or `ops`.
        column: Column,
        /// The vertices in column `n`.
        vertices: usize,
        /// The characters that so many vertices take.
        expected: usize,
        /// The characters that are there.
        found: usize,
    },
    /// The benchmark has no such cell: a vertex is on no path from the input to the output, or
    /// there are more than 9 edges.
    #[error("columns `adj` and `ops`: expected a pruned cell of at most 9 edges, found `{}`", printable(found))]
    InvalidCell {
        /// The cell.
        found: String,
    },
    /// The line before has the same hash.
    #[error("column `hash`: expected each hash once, found {hash} again")]
    Duplicate {
        /// The hash.
        hash: ModuleHash,
    },
    /// The line before has a greater hash.
    #[error("column `hash`: expected rows sorted by hash, found {hash} after {previous}")]
    OutOfOrder {
        /// The hash.
        hash: ModuleHash,
        /// The hash in the line before.
        previous: ModuleHash,
    },
    /// An earlier line holds the same cell, up to the numbering of its vertices, under another
    /// hash.
    #[error("columns `adj` and `ops`: expected each cell once, found that of line {first} again")]
    SameCell {
        /// The earlier line.
        first: usize,
    },
    /// The last line has no line end: the file may be cut off within a number.
    #[error("expected a line end, found the end of the file")]
    Unterminated,
}

debug_as_sentence!(TableError, LineFault);

/// The beginning of what was found, printable, for a message.
pub(super) fn excerpt(found: &[u8]) -> String {
    const SHOWN: usize = 40;
    let shown = &found[..found.len().min(SHOWN)];
    let ellipsis = if found.len() > SHOWN { "…" } else { "" };
    format!("{}{ellipsis}", shown.escape_ascii())
}

//! The data of a record: a JSON array of a cell's hash, the epochs of one run, the cell, and the
//! metrics of the run.

use std::borrow::Cow;

use serde::Deserialize;

use super::error::RecordFault;
use crate::nasbench::error::excerpt;
use crate::nasbench::{Cell, MAX_VERTICES, ModuleHash, Operation};

#[derive(Deserialize)]
struct Fields<'a>(
    #[serde(borrow)] Cow<'a, str>,
    u32,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
    #[serde(borrow)] Cow<'a, str>,
);

/// One training run of one cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record<'a> {
    pub(super) hash: ModuleHash,
    pub(super) epochs: u32,
    /// As listed by the benchmark: pruned, and of at most 9 edges.
    pub(super) cell: Cell,
    /// A protobuf message in base64.
    pub(super) metrics: Cow<'a, str>,
}

impl<'a> Record<'a> {
    pub(super) fn parse(data: &'a [u8]) -> Result<Self, RecordFault> {
        let fields = serde_json::from_slice(data).map_err(RecordFault::Json)?;
        let Fields(hash, epochs, adjacency, operations, metrics) = fields;
        let found = || RecordFault::Hash { found: excerpt(hash.as_bytes()) };
        let hash = ModuleHash::from_hex(hash.as_bytes()).ok_or_else(found)?;
        Ok(Self { hash, epochs, cell: parse_cell(&adjacency, &operations)?, metrics })
    }
}

fn parse_cell(adjacency: &str, operations: &str) -> Result<Cell, RecordFault> {
    let found = || RecordFault::Operations { found: excerpt(operations.as_bytes()) };
    let operations = parse_operations(operations).ok_or_else(found)?;
    let vertices = operations.len() + 2;
    let found = || RecordFault::Adjacency { vertices, found: excerpt(adjacency.as_bytes()) };
    let edges = parse_adjacency(adjacency.as_bytes(), vertices).ok_or_else(found)?;
    match Cell::new(&edges, &operations) {
        Ok(cell) if cell.is_listed() => Ok(cell),
        _ => Err(RecordFault::InvalidCell { found: excerpt(adjacency.as_bytes()) }),
    }
}

/// The inner vertices of `input,…,output`; none where an operation is another, or they are too many.
fn parse_operations(text: &str) -> Option<Vec<Operation>> {
    let names: Vec<&str> = text.split(',').take(MAX_VERTICES + 1).collect();
    match &names[..] {
        ["input", inner @ .., "output"] if names.len() <= MAX_VERTICES => {
            inner.iter().map(|name| operation(name)).collect()
        }
        _ => None,
    }
}

fn operation(name: &str) -> Option<Operation> {
    match name {
        "conv3x3-bn-relu" => Some(Operation::Conv3x3),
        "conv1x1-bn-relu" => Some(Operation::Conv1x1),
        "maxpool3x3" => Some(Operation::MaxPool3x3),
        _ => None,
    }
}

/// The strict upper triangle of the square matrix; none where it is no such matrix, or something is
/// set outside the triangle.
fn parse_adjacency(digits: &[u8], vertices: usize) -> Option<Vec<bool>> {
    let mut edges = Vec::new();
    if digits.len() != vertices * vertices {
        return None;
    }
    for (place, digit) in digits.iter().enumerate() {
        match (digit, place / vertices < place % vertices) {
            (b'0' | b'1', true) => edges.push(*digit == b'1'),
            (b'0', false) => {}
            _ => return None,
        }
    }
    Some(edges)
}

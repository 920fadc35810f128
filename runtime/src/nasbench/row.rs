//! One row of a table: what the benchmark found of one cell.

use super::cell::Cell;
use super::hash::ModuleHash;

/// How often the benchmark trained each cell (Ying et al., 2019, section 2).
pub const REPEATS: usize = 3;

/// The images that one evaluation counts: 39 batches of 256, from the 10,000 of CIFAR-10's test
/// set, and likewise from the 10,000 held out for validation.
pub const EVALUATION_IMAGES: u16 = 9_984;

/// The test predictions that a row sums up: [`EVALUATION_IMAGES`] in each of the [`REPEATS`].
pub const TEST_PREDICTIONS: u32 = 29_952;

/// What a [`Table`](super::Table) says of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The benchmark's name of the cell.
    pub hash: ModuleHash,
    /// The cell, pruned, under one of the numberings of its inner vertices.
    pub cell: Cell,
    /// The trainable parameters of the network built from the cell.
    pub params: u32,
    /// The test images classified correctly after 108 epochs, out of [`TEST_PREDICTIONS`].
    pub test_sum: u32,
    /// The validation images that each repeat classified correctly after 108 epochs, out of
    /// [`EVALUATION_IMAGES`]; none where the table has no validation columns.
    pub valid: Option<[u16; 3]>,
}

impl Row {
    /// The test accuracy after 108 epochs, the mean of the 3 repeats, between 0 and 1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        f64::from(self.test_sum) / f64::from(TEST_PREDICTIONS)
    }

    /// The validation accuracy of one repeat after 108 epochs, between 0 and 1; none where the
    /// table has no validation columns, or `repeat` is not below [`REPEATS`].
    #[must_use]
    pub fn validation(&self, repeat: usize) -> Option<f64> {
        let correct = *self.valid?.get(repeat)?;
        Some(f64::from(correct) / f64::from(EVALUATION_IMAGES))
    }
}

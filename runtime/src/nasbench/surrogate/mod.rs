//! A surrogate of the benchmark: a small network that tells a cell's accuracy without a table.
//!
//! It was fitted to nine tenths of the benchmark's cells; what it says of the others is in `docs/nasbench101.md`. It is a
//! surrogate, not the benchmark: figures found with it are not to be compared with figures found on the table.

// What runs on the widest vectors must be inlined into the function that was compiled for them.
#![allow(clippy::inline_always)]

mod assess;
mod backward;
mod curve;
mod error;
mod file;
mod fit;
mod graph;
mod network;
mod weights;

use std::sync::LazyLock;

pub use assess::Assessment;
pub use error::SurrogateError;
pub use fit::{Epoch, Fit, FitError};

use super::cell::{Cell, MAX_EDGES};
use super::hash::ModuleHash;
use curve::Curve;
use graph::Graph;
use weights::Network;

static EMBEDDED: &[u8] = include_bytes!("../surrogate.safetensors");

/// A network that predicts the mean test accuracy of a cell after 108 epochs, as a [`Table`](super::Table) holds it.
///
/// It passes messages along the edges of the pruned graph, so all numberings of one cell have one accuracy, and its sums
/// run in a fixed order, so every machine computes the same bits.
///
/// ```
/// use transfer_nas::nasbench::{Cell, Operation::Conv3x3, Surrogate};
///
/// // input → conv3x3 → output, and a shortcut from the input to the output.
/// let cell = Cell::new(&[true, true, true], &[Conv3x3])?;
/// let accuracy = Surrogate::embedded().accuracy(&cell).expect("the cell is valid");
/// assert!((0.9..0.95).contains(&accuracy));
/// # Ok::<(), transfer_nas::nasbench::CellError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Surrogate {
    network: Network<f32>,
    curve: Curve,
}

impl Surrogate {
    /// The surrogate that comes with this crate.
    ///
    /// # Panics
    /// Never: the file in the crate is sound.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static SURROGATE: LazyLock<Surrogate> =
            LazyLock::new(|| Surrogate::read(EMBEDDED).expect("the embedded surrogate is sound"));
        &SURROGATE
    }

    /// What the surrogate takes for the cell's mean test accuracy, between 0 and 1; none where the cell is not
    /// [valid](Cell::is_valid).
    #[must_use]
    pub fn accuracy(&self, cell: &Cell) -> Option<f64> {
        let pruned = cell.prune().filter(|pruned| pruned.edges() <= MAX_EDGES)?;
        Some(self.curve.at(self.network.predict(&Graph::new(&pruned))))
    }

    /// The greatest accuracy that it gives any cell.
    #[must_use]
    pub fn best(&self) -> f64 {
        self.curve.accuracies().last().copied().map_or(0.0, f64::from)
    }

    /// Which tenth of the benchmark, 0 to 9, the cell of this hash belongs to: the last decimal digit of the hash.
    #[must_use]
    pub fn tenth(hash: ModuleHash) -> u8 {
        hash.remainder(10)
    }

    /// Whether the cell of this hash is of the [tenth](Self::tenth) number 0, which no fit may see.
    #[must_use]
    pub fn is_held_out(hash: ModuleHash) -> bool {
        Self::tenth(hash) == 0
    }
}

#[cfg(test)]
mod tests;

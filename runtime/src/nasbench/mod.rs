//! NAS-Bench-101 (Ying et al., 2019, "NAS-Bench-101: Towards Reproducible Neural Architecture
//! Search", ICML): its cells, its module hash, a table of its accuracies, and a surrogate for those
//! who have no table.
//!
//! The benchmark trained every convolutional network of one search space on CIFAR-10, three times
//! over, so that a search can be measured by reading accuracies from a table in place of training. A network
//! is stacked from copies of one [`Cell`]: an acyclic graph of at most [`MAX_VERTICES`] vertices
//! and [`MAX_EDGES`] edges, whose inner vertices are each one [`Operation`]. The space holds
//! 423,624 cells that differ; two cells that are one graph under two numberings of its vertices
//! share their [`ModuleHash`] and their accuracy.
//!
//! [`Table`] holds the mean test accuracy of each of them after 108 epochs, and, where it is made
//! from the [`official`] file, the validation accuracy of each of the three. A search is rewarded by
//! the latter, and reported by the former. With a table that has no validation accuracies
//! ([`Table::has_validation`]) the two are one and the same number, and a report should say so.
//!
//! [`Surrogate`] needs no file: a small network, fitted to the table, tells about what the table
//! would.
//!
//! ```no_run
//! use transfer_nas::nasbench::{Cell, Operation::Conv3x3, Table};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let table = Table::open("test108.tsv.gz")?;
//! // input → conv3x3 → output, and a shortcut from the input to the output.
//! let cell = Cell::new(&[true, true, true], &[Conv3x3])?;
//! println!("{cell}: {:?}, the best is {}", table.accuracy(&cell), table.best().accuracy());
//! # Ok(())
//! # }
//! ```

mod cell;
mod column;
mod error;
mod hash;
mod key;
mod line;
pub mod official;
mod params;
mod prune;
mod row;
mod rows;
mod space;
pub mod surrogate;
mod table;
mod text;
mod write;

pub use cell::{Cell, CellError, MAX_EDGES, MAX_OPERATIONS, MAX_VERTICES, Operation};
pub use column::Column;
pub use error::{LineFault, MAX_TEXT_BYTES, TableError};
pub use hash::{ModuleHash, ParseHashError, module_hash};
pub use row::{EVALUATION_IMAGES, REPEATS, Row, TEST_PREDICTIONS};
pub use space::{CellConfig, ConvolutionCell, PoolingCell, SmallCells};
pub use surrogate::{Surrogate, SurrogateError};
pub use table::Table;
pub use write::SaveError;

//! Ways to search a space behind one trait, [`Searcher`]: the [`Agent`](crate::Agent), and what it is compared with.

mod climbing;
mod evolution;
mod local;
mod lstm;
mod neighbour;
mod random;
mod searcher;
mod starting;
mod unique;
mod untaught;

pub use climbing::Climbing;
pub use evolution::RegularizedEvolution;
pub use local::LocalSearch;
pub use lstm::{LstmAgent, LstmAgentBuilder, LstmInput};
pub use random::RandomSearch;
pub use searcher::Searcher;
pub use starting::StartingFrom;
pub use unique::UniqueBy;

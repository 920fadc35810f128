//! Ways to search a space: what an agent is compared with.

mod random;

pub use random::RandomSearch;

//! A searcher as a study sees it: without the type of its configs.

use crate::agent::{ObserveError, SampleError, TransferReport, Trial};
use crate::checkpoint::{LoadError, SaveError};
use crate::space::Trace;

/// A searcher whose configs come and go as traces. The study is written against this, so that it is compiled once and not for
/// each type that is searched.
pub(super) trait Untyped {
    /// Becomes the searcher as it was given.
    fn reset(&mut self);

    /// A config to evaluate, kept for the one who is handed the trial of this number.
    fn ask(&mut self, number: u64) -> Result<Trial<()>, SampleError>;

    /// Asks for what is known already, which brings the random numbers to where they were.
    fn ask_again(&mut self);

    /// Whether the trace makes a valid config, which is kept for the one who is handed the trial of this number.
    fn admit(&mut self, number: u64, trace: &Trace) -> bool;

    /// What a config earned; false where it is no valid config.
    fn tell(&mut self, trial: Trial<()>, reward: f64) -> Result<bool, ObserveError>;

    /// See [`Searcher::recalls`](crate::search::Searcher::recalls).
    fn recalls(&mut self) -> bool;

    /// Takes note of a config, where the trace makes one.
    fn recall(&mut self, trace: &Trace);

    /// See [`Searcher::snapshot`](crate::search::Searcher::snapshot).
    fn snapshot(&mut self) -> Result<Option<Vec<u8>>, SaveError>;

    /// See [`Searcher::restore`](crate::search::Searcher::restore).
    fn restore(&mut self, snapshot: &[u8]) -> Result<bool, LoadError>;

    /// See [`Searcher::adapt`](crate::search::Searcher::adapt).
    fn adapt(&mut self, snapshot: &[u8], starts: usize) -> Result<Option<TransferReport>, LoadError>;
}

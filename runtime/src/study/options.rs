//! What a study is opened with, whatever it searches with.

use std::time::Duration;

use super::Direction;

/// What a study is opened with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Options {
    /// Which rewards are better; that of the store where it is not said.
    pub(super) direction: Option<Direction>,
    /// How many trials the study has in all; none for no end.
    pub(super) trials: Option<u64>,
    /// How often a failed trial is tried again.
    pub(super) retries: u32,
    /// How long a worker may give no heartbeat before its trial goes to another one.
    pub(super) abandon: Duration,
    /// After how many trials told the strategy is written down.
    pub(super) snapshot_every: u32,
    /// In a deterministic study, how many trials are pending at most.
    pub(super) pending: Option<u64>,
    /// Whether to go on by names where the type has changed.
    pub(super) adapt: bool,
    /// How many of the best configs of a study that is begun from are tried first.
    pub(super) starts: usize,
    /// How many of the last trials evaluate the best configs again.
    pub(super) confirmations: u64,
    /// Whether the study must not be there yet.
    pub(super) new_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            direction: None,
            trials: None,
            retries: 0,
            abandon: Duration::from_secs(30),
            snapshot_every: 50,
            pending: None,
            adapt: false,
            starts: 10,
            confirmations: 0,
            new_only: false,
        }
    }
}

impl Options {
    /// How many proposals are kept ready for other processes.
    pub(super) const AHEAD: u64 = 4;
    /// How often a trial may be left by its worker before it counts as failed: it may be what ends the workers.
    pub(super) const ABANDONED: u32 = 10;

    /// Which rewards are better.
    pub(super) fn direction(&self) -> Direction {
        self.direction.unwrap_or_default()
    }

    /// Whether a trial of this number is one of those that evaluate the best again.
    pub(super) fn confirms(&self, number: u64) -> bool {
        self.confirmations > 0 && self.trials.is_some_and(|all| number + self.confirmations >= all)
    }

    /// Whether a further trial may be made.
    pub(super) fn allows(&self, trials: u64) -> bool {
        self.trials.is_none_or(|all| trials < all)
    }
}

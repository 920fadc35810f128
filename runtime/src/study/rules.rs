//! How a study goes.

use std::time::Duration;

/// How a study goes, whatever it searches with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rules {
    /// How many trials the study has in all; none for no end.
    pub(super) trials: Option<u64>,
    /// How often a failed trial is tried again.
    pub(super) retries: u32,
    /// How long a worker may give no sign of life before its trial goes to another one.
    pub(super) abandon: Duration,
    /// After how many trials told the searcher is written down.
    pub(super) snapshot_every: u32,
    /// In a deterministic study, how many trials are pending at most.
    pub(super) pending: Option<u64>,
    /// Whether to go on by names where the type has changed.
    pub(super) adapt: bool,
    /// How many of the best configs of a study that is begun from are tried first.
    pub(super) starts: usize,
    /// Whether the study must not be there yet.
    pub(super) new_only: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            trials: None,
            retries: 0,
            abandon: Duration::from_secs(30),
            snapshot_every: 50,
            pending: None,
            adapt: false,
            starts: 10,
            new_only: false,
        }
    }
}

impl Rules {
    /// How many proposals are kept ready for other processes.
    pub(super) const AHEAD: u64 = 4;
    /// How often a trial may be left by its worker before it counts as failed: it may be what ends the workers.
    pub(super) const ABANDONED: u32 = 10;

    /// Whether a further trial may be made.
    pub(super) fn allows(&self, trials: u64) -> bool {
        self.trials.is_none_or(|all| trials < all)
    }
}

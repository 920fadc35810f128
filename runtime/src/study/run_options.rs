//! How a study is run.

use std::time::Duration;

/// How a study is run.
#[derive(Debug, Clone)]
pub(super) struct RunOptions {
    pub(super) workers: usize,
    pub(super) max_failures: Option<u64>,
    pub(super) timeout: Option<Duration>,
    pub(super) deadline: Option<Duration>,
    pub(super) hears_ctrl_c: bool,
    pub(super) is_quiet: bool,
    /// Whether what runs can be ended: programs, not threads.
    pub(super) hands_back: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        let (max_failures, timeout, deadline) = (None, None, None);
        Self { workers: 1, max_failures, timeout, deadline, hears_ctrl_c: true, is_quiet: false, hands_back: false }
    }
}

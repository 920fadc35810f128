//! How far a strategy has come.

/// How far a strategy has come.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    /// The last event that it knows.
    pub(super) event: u64,
    /// How many trials it was told since the last snapshot.
    pub(super) told: u32,
}

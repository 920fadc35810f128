//! How long somebody waits who has nothing to do.

use std::time::Duration;

use super::patience::jittered;

/// Pauses that grow as long as nothing happens.
#[derive(Debug)]
pub(super) struct Pause {
    /// How many there were.
    count: u32,
    longest: Duration,
}

const SHORTEST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(2);

impl Pause {
    /// Pauses of somebody who must see within a span that another one is gone: some checks fall into it.
    pub(super) fn within(span: Duration) -> Self {
        Self { count: 0, longest: (span / 4).clamp(SHORTEST, LONGEST) }
    }

    /// The next one.
    pub(super) fn next(&mut self) -> Duration {
        let pause = SHORTEST.saturating_mul(1 << (self.count.min(16) / 2)).min(self.longest);
        self.count = self.count.saturating_add(1);
        jittered(pause)
    }

    /// Something happened.
    pub(super) fn end(&mut self) {
        self.count = 0;
    }
}

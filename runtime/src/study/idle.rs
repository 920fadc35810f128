//! How long somebody waits who has nothing to do.

use std::time::Duration;

use super::patience::jittered;

/// Pauses that grow as long as nothing happens.
#[derive(Debug, Default)]
pub(super) struct Pause(u32);

const SHORTEST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(2);

impl Pause {
    /// The next one.
    pub(super) fn next(&mut self) -> Duration {
        let pause = SHORTEST.saturating_mul(1 << (self.0.min(16) / 2)).min(LONGEST);
        self.0 = self.0.saturating_add(1);
        jittered(pause)
    }

    /// Something happened.
    pub(super) fn end(&mut self) {
        self.0 = 0;
    }
}

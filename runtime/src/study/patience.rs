//! Faults of a store that pass: what failed by one is done again, after growing pauses, for as long as there is patience.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::StudyError;
use super::store::{Access, Store, Work};

/// A store that is asked again.
pub(super) struct Patient {
    store: Arc<dyn Store>,
    patience: Duration,
}

/// The first pause, and the longest one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_secs(2));
/// After so long somebody is told that something is waited for.
const SILENCE: Duration = Duration::from_secs(2);

impl Patient {
    pub(super) fn new(store: Arc<dyn Store>, patience: Duration) -> Self {
        Self { store, patience }
    }
}

impl Store for Patient {
    fn transact(&self, access: Access, work: Work<'_>) -> Result<(), StudyError> {
        let (begin, mut pause, mut is_said) = (Instant::now(), PAUSES.0, false);
        loop {
            let error = match self.store.transact(access, work) {
                Err(error) if error.is_transient() && begin.elapsed() < self.patience => error,
                done => {
                    if is_said && done.is_ok() {
                        tracing::warn!("the store answers again, after {:.1?}", begin.elapsed());
                    }
                    return done;
                }
            };
            if !is_said && begin.elapsed() >= SILENCE {
                is_said = true;
                tracing::warn!(%error, "the store does not answer; nothing is lost, and it is asked again for up to {:?}", self.patience);
            }
            std::thread::sleep(jittered(pause));
            pause = (2 * pause).min(PAUSES.1);
        }
    }

    fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    fn wait(&self, study: i64, patience: Duration) -> bool {
        self.store.wait(study, patience)
    }

    fn rescue(&self) -> Option<PathBuf> {
        self.store.rescue()
    }
}

/// Between a half of a pause and the whole: those who wait for the same do not ask at the same time.
pub(super) fn jittered(pause: Duration) -> Duration {
    let random = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
    pause.mul_f64(Pcg64::seed_from_u64(random).random_range(0.5..=1.0))
}

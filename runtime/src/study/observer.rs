//! Who of the others is still there: by how long a counter has not changed, on this process's own clock.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::process::{self, Fate};
use super::store::{Lease, WorkerRecord};

/// What was last known of others.
#[derive(Debug, Default)]
pub(super) struct Observer {
    watched: BTreeMap<String, Watched>,
    /// When they were last checked.
    checked: Option<Instant>,
}

/// A counter, and how long it has not changed while it was watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Watched {
    heartbeats: (u64, u64),
    still: Duration,
}

/// Checks of one process are taken to be no further apart than this share of the span after which somebody is given up: where this
/// process was stopped itself, others may have been, too.
const CHECKS: u32 = 4;

impl Observer {
    /// Which of some workers are gone: their process is, or their counter has not changed for the span.
    pub(super) fn gone(&mut self, workers: &[WorkerRecord], span: Duration, now: Instant) -> Vec<String> {
        let passed = self.passed(span, now);
        self.watched.retain(|name, _| workers.iter().any(|worker| worker.name == *name));
        let is_gone = |worker: &&WorkerRecord| {
            let still = still(&mut self.watched, &worker.name, (0, worker.heartbeats), passed);
            match process::fate(&worker.name, worker.process.as_deref()) {
                Fate::Gone => true,
                // It is never given up by its own process.
                Fate::Own => false,
                Fate::Alive | Fate::Unknown => still >= span,
            }
        };
        workers.iter().filter(is_gone).map(|worker| worker.name.clone()).collect()
    }

    /// Whether the holder of a lease has not been heard of for the span.
    pub(super) fn is_free(&mut self, lease: &Lease, span: Duration, now: Instant) -> bool {
        let Some(holder) = &lease.holder else { return true };
        let passed = self.passed(span, now);
        self.watched.retain(|name, _| name == holder);
        still(&mut self.watched, holder, (lease.epoch, lease.heartbeats), passed) >= span
    }

    /// The time since the last check, as far as it counts.
    fn passed(&mut self, span: Duration, now: Instant) -> Duration {
        let last = self.checked.replace(now);
        let passed = last.map_or(Duration::ZERO, |last| now.saturating_duration_since(last));
        passed.min(span / CHECKS)
    }
}

fn still(watched: &mut BTreeMap<String, Watched>, name: &str, heartbeats: (u64, u64), passed: Duration) -> Duration {
    let fresh = Watched { heartbeats, still: Duration::ZERO };
    let watched = watched.entry(name.to_owned()).or_insert(fresh);
    let before = *watched;
    *watched = if before.heartbeats == heartbeats {
        Watched { still: before.still.saturating_add(passed), ..before }
    } else {
        fresh
    };
    watched.still
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Millis;

    const SPAN: Duration = Duration::from_secs(8);

    fn worker(heartbeats: u64) -> WorkerRecord {
        WorkerRecord {
            name: "other".to_owned(),
            process: None,
            wants: 0,
            heartbeats,
            last_heartbeat: Millis::default(),
        }
    }

    fn check(observer: &mut Observer, heartbeats: u64, at: Instant) -> bool {
        !observer.gone(&[worker(heartbeats)], SPAN, at).is_empty()
    }

    #[test]
    fn who_is_not_heard_of_for_the_span_is_gone() {
        let (mut observer, begin) = (Observer::default(), Instant::now());
        let at = |seconds: u64| begin + Duration::from_secs(seconds);
        let gone: Vec<bool> = (0..12).map(|second| check(&mut observer, 7, at(second))).collect();
        assert_eq!(gone.iter().position(|gone| *gone), Some(8));
        assert!(!check(&mut observer, 8, at(12)), "a change of the counter begins anew");
        let gone: Vec<bool> = (13..24).map(|second| check(&mut observer, 8, at(second))).collect();
        assert_eq!(gone.iter().position(|gone| *gone), Some(7));
    }

    /// Whoever was stopped for a day checks some times before it gives anybody up.
    #[test]
    fn who_was_stopped_itself_waits() {
        let (mut observer, begin) = (Observer::default(), Instant::now());
        assert!(!check(&mut observer, 7, begin));
        let day = begin + Duration::from_hours(24);
        assert!(!check(&mut observer, 7, day), "a quarter of the span counts at most");
        let gone: Vec<bool> = (1..9).map(|second| check(&mut observer, 7, day + Duration::from_secs(second))).collect();
        assert_eq!(gone.iter().position(|gone| *gone), Some(5));
    }

    #[test]
    fn a_lease_is_free_where_nobody_holds_it_or_its_holder_is_silent() {
        let (mut observer, begin) = (Observer::default(), Instant::now());
        assert!(observer.is_free(&Lease::default(), SPAN, begin));
        let lease = |epoch, heartbeats| Lease { holder: Some("other".to_owned()), epoch, heartbeats };
        let mut at = |seconds: u64, lease: &Lease| observer.is_free(lease, SPAN, begin + Duration::from_secs(seconds));
        assert!((0..8).all(|second| !at(second, &lease(1, 5))));
        assert!(!at(9, &lease(2, 5)), "the same holder under another epoch");
        assert!((10..17).all(|second| !at(second, &lease(2, 5))));
        assert!(at(17, &lease(2, 5)));
    }

    #[test]
    fn the_longest_span_never_passes() {
        let (mut observer, begin) = (Observer::default(), Instant::now());
        for second in 0..100 {
            assert!(observer.gone(&[worker(1)], Duration::MAX, begin + Duration::from_secs(second)).is_empty());
        }
    }
}

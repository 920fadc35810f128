//! Stores that fail, for a while or for good, and programs that do odd things.

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::{Model, quiet, stores, value};
use crate::Agent;
use crate::study::{
    Access, AttemptEnd, Chosen, Ending, MedianPruner, MemoryStore, Outcome, Phase, Running, Store, StoreError, Study,
    StudyBuilder, StudyError, Work,
};

/// A store that fails now and then, before it did something or after, without saying which.
struct Flaky {
    store: Arc<dyn Store>,
    rng: Mutex<Pcg64>,
    /// How often of a thousand times.
    often: u32,
    /// Whether it fails always.
    is_broken: AtomicBool,
    /// How often it failed.
    failed: AtomicU32,
    rescue: Option<PathBuf>,
}

impl Flaky {
    fn new(store: Arc<dyn Store>, often: u32) -> Self {
        let (rng, failed) = (Mutex::new(Pcg64::seed_from_u64(5)), AtomicU32::new(0));
        Self { store, rng, often, is_broken: AtomicBool::new(false), failed, rescue: None }
    }

    fn fault(&self) -> StudyError {
        self.failed.fetch_add(1, Ordering::Relaxed);
        StoreError::Unreachable { store: "flaky".to_owned(), reason: "the line was cut".to_owned() }.into()
    }
}

impl Store for Flaky {
    fn transact(&self, access: Access, work: Work<'_>) -> Result<(), StudyError> {
        let [before, after] = [0, 1].map(|_| self.rng.lock().unwrap().random_range(0..1000) < self.often);
        if before || self.is_broken.load(Ordering::Relaxed) {
            return Err(self.fault());
        }
        self.store.transact(access, work)?;
        if after { Err(self.fault()) } else { Ok(()) }
    }

    fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    fn rescue(&self) -> Option<PathBuf> {
        self.rescue.clone()
    }
}

fn patient(store: &Arc<dyn Store>) -> StudyBuilder<Chosen<Agent<Model>>> {
    quiet(store).patience(Duration::from_mins(1))
}

/// One transaction in five is cut, before it or after it, by a fixed seed: the trials and the agent are those of a store that never fails.
#[test]
fn a_store_that_fails_now_and_then_changes_nothing() {
    let objective = |running: &Running<Model>| {
        running.report(1, value(running)).unwrap();
        if running.number() % 7 == 3 {
            Outcome::Failed("no memory".to_owned())
        } else {
            Outcome::Reward(value(running))
        }
    };
    let run = |store: Arc<dyn Store>| {
        let study = patient(&store).deterministic().retries(1).workers(3).trials(60);
        let mut study = study.run_trials(objective).unwrap();
        let rows = study.trials().unwrap();
        let rows: Vec<_> = rows.into_iter().map(|row| (row.number, row.phase, row.config, row.reward)).collect();
        (rows, study.searcher().unwrap().checkpoint())
    };
    let undisturbed = run(Arc::new(MemoryStore::new()));
    for (store, _folder) in stores() {
        let flaky = Arc::new(Flaky::new(store, 100));
        assert!(run(Arc::clone(&flaky) as Arc<dyn Store>) == undisturbed);
        assert!(flaky.failed.load(Ordering::Relaxed) > 20);
    }
}

#[test]
fn what_is_enqueued_over_a_bad_line_is_enqueued_once() {
    for (store, _folder) in stores() {
        let mut study = patient(&(Arc::new(Flaky::new(store, 300)) as Arc<dyn Store>)).build::<Model>().unwrap();
        let numbers: Vec<u64> = [0.1, 0.5].map(|rate| study.enqueue(Model::Flat { rate }).unwrap()).to_vec();
        assert_eq!((numbers, study.trials().unwrap().len()), (vec![0, 1], 2));
    }
}

/// What was handed out, by a store that could not say so, is no trial that a worker of its own loop is to tell of first.
#[test]
fn a_loop_of_its_own_goes_on_over_a_bad_line() {
    for (store, _folder) in stores() {
        let flaky: Arc<dyn Store> = Arc::new(Flaky::new(store, 100));
        let mut study = patient(&flaky).deterministic_within(NonZeroU64::MIN).build::<Model>().unwrap();
        for number in 0..20 {
            let running = study.ask().unwrap().unwrap();
            assert_eq!(running.number(), number);
            let reward = value(running.config());
            study.tell(running, reward).unwrap();
        }
    }
}

/// Without patience `tell` gives the trial back, and the same can be told again.
#[test]
fn a_trial_that_cannot_be_told_is_given_back() {
    for (store, _folder) in stores() {
        let flaky = Arc::new(Flaky::new(store, 0));
        let builder = quiet(&(Arc::clone(&flaky) as Arc<dyn Store>)).patience(Duration::ZERO);
        let mut study = builder.trials(1).build::<Model>().unwrap();
        let trial = study.ask().unwrap().unwrap();
        flaky.is_broken.store(true, Ordering::Relaxed);
        let failed = study.tell(trial, 0.75).unwrap_err();
        assert!(failed.error.is_transient() && failed.to_string().contains("the line was cut"), "{failed}");
        flaky.is_broken.store(false, Ordering::Relaxed);
        study.tell(failed.trial, 0.75).unwrap();
        assert_eq!(study.trials().unwrap()[0].reward, Some(0.75));
        assert!(study.ask().unwrap().is_none());
    }
}

/// What cannot be written down when a run ends is in a file, and the next one takes it in.
#[test]
fn outcomes_in_hand_are_rescued() {
    for (store, _folder) in stores() {
        let folder = tempfile::tempdir().unwrap();
        let rescue = Some(folder.path().join("runs.db"));
        let flaky = Arc::new(Flaky { rescue, ..Flaky::new(store, 0) });
        let breaking = Arc::clone(&flaky);
        let objective = move |running: &Running<Model>| {
            breaking.is_broken.store(running.number() == 5, Ordering::Relaxed);
            value(running)
        };
        let open = || quiet(&(Arc::clone(&flaky) as Arc<dyn Store>)).patience(Duration::ZERO).trials(10);
        let error = open().run_trials(objective).err().unwrap();
        assert!(error.is_transient(), "{error}");
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files(), 1);
        flaky.is_broken.store(false, Ordering::Relaxed);
        let study = open().build::<Model>().unwrap();
        let row = study.trials().unwrap().swap_remove(5);
        assert_eq!((row.phase, row.reward), (Phase::Done, row.config.as_ref().map(value)));
        assert_eq!(files(), 0);
    }
}

#[test]
fn a_trial_of_another_study_is_refused() {
    for (store, _folder) in stores() {
        let [mut a, mut b] = ["a", "b"].map(|name| quiet(&store).name(name).build::<Model>().unwrap());
        let (of_a, of_b) = (a.ask().unwrap().unwrap(), b.ask().unwrap().unwrap());
        let refused = b.tell(of_a, 0.5).unwrap_err();
        assert!(matches!(refused.error, StudyError::NotHandedOut { number: 0, .. }), "{refused}");
        assert!(b.best().unwrap().is_none());
        a.tell(refused.trial, 0.5).unwrap();
        b.tell(of_b, 0.25).unwrap();
        assert_eq!((a.best().unwrap().unwrap().reward, b.best().unwrap().unwrap().reward), (0.5, 0.25));
    }
}

/// What is dropped is handed out again at once, and does not count as a failure.
#[test]
fn a_trial_that_is_dropped_is_handed_out_again() {
    for (store, _folder) in stores() {
        let mut study = quiet(&store).trials(1).build::<Model>().unwrap();
        drop(study.ask().unwrap().unwrap());
        let again = study.ask().unwrap().unwrap();
        assert_eq!((again.number(), again.retries()), (0, 1));
        study.tell(again, 1.0).unwrap();
        let attempts = study.view().unwrap().attempts;
        assert_eq!(attempts.iter().map(|it| (it.attempt, it.end)).collect::<Vec<_>>(), [(1, AttemptEnd::Returned)]);
    }
}

/// A worker of the same process that is gone is known to be gone.
#[test]
fn what_a_dropped_study_had_goes_to_the_next_one_at_once() {
    for (store, _folder) in stores() {
        let open = || quiet(&store).abandon_after(Duration::from_hours(1)).trials(3);
        let mut first = open().build::<Model>().unwrap();
        std::mem::forget(first.ask().unwrap().unwrap());
        drop(first);
        let begin = Instant::now();
        let study = open().run(value).unwrap();
        assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
        assert_eq!(study.summary().unwrap().done, 3);
    }
}

/// The values of an attempt that failed are not those of the next one.
#[test]
fn a_curve_is_that_of_the_attempt_that_counts() {
    let objective = |running: &Running<Model>| {
        let is_again = running.retries() > 0;
        for step in 1..=if is_again { 2 } else { 5 } {
            running.report(step, if is_again { 1.0 } else { -1.0 }).unwrap();
        }
        if is_again { Outcome::Reward(1.0) } else { Outcome::Failed("once".to_owned()) }
    };
    for (store, _folder) in stores() {
        let study = quiet(&store).retries(1).trials(2).pruner(MedianPruner::new()).run_trials(objective).unwrap();
        let page = study.view().unwrap();
        assert_eq!(page.values.iter().filter(|value| value.attempt == 1).count(), 10);
        assert!(page.trials.iter().all(|trial| (trial.attempt, trial.failures) == (2, 1)));
        let curves = page.curves();
        assert!(curves.iter().all(|(_, curve)| *curve == [(1, 1.0), (2, 1.0)]), "{curves:?}");
    }
}

/// A config whose `Drop` panics.
#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Bomb {
    #[space(range = 1..=50)]
    size: u32,
}

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(self.size != 0 || std::thread::panicking(), "dropped");
        if std::thread::current().name().is_some_and(|name| name.starts_with("study-")) && self.size.is_multiple_of(2) {
            std::panic::panic_any(Payload);
        }
    }
}

/// What panics where it is dropped itself.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            std::panic::panic_any("the payload");
        }
    }
}

#[test]
fn what_panics_where_it_is_dropped_does_not_end_the_run() {
    for (store, _folder) in stores() {
        let study = Study::in_store(store).quiet().ctrl_c(false).seed(3).workers(2).trials(20);
        let objective = |bomb: &Bomb| {
            if bomb.size.is_multiple_of(5) { std::panic::panic_any(Payload) } else { f64::from(bomb.size) }
        };
        let study = study.run(objective).unwrap();
        let summary = study.summary().unwrap();
        assert_eq!((summary.ending, summary.done + summary.failed), (Ending::Complete, 20));
    }
}

/// What a user gives may read the store.
#[test]
fn what_says_that_it_is_enough_may_read_the_store() {
    for (store, _folder) in stores() {
        let watched = Arc::clone(&store);
        let is_enough = move |best: f64| {
            let trials = watched.read(|ledger| Ok(ledger.studies()?.iter().map(|study| study.trials).sum::<u64>()));
            best >= 5.0 && trials.unwrap() > 0
        };
        let study = quiet(&store).trials(300).stop_when(is_enough).run(value).unwrap();
        assert_eq!(study.summary().unwrap().ending, Ending::Stopped);
    }
}

/// A key that panics is an error of the search's own making: nothing of it is left in the store.
#[test]
fn work_that_panics_leaves_nothing() {
    for (store, _folder) in stores() {
        let study = quiet(&store).build::<Model>().unwrap();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            super::write(&store, |ledger| {
                ledger.take_lease(study.scheduler.protocol.id, 0, Some("nobody"))?;
                assert!(study.name().is_empty(), "a panic in a transaction");
                Ok(())
            })
        }));
        assert!(panicked.is_err());
        let record = store.read(|ledger| Ok(ledger.study("study")?.unwrap())).unwrap();
        assert_eq!(record.lease.holder, None);
    }
}

#[test]
fn the_largest_numbers_are_numbers() {
    for (store, _folder) in stores() {
        let study = quiet(&store).retries(u32::MAX).abandon_after(Duration::MAX).trials(5).run(value).unwrap();
        assert_eq!(study.summary().unwrap().done, 5);
        let study = quiet(&store).retries(u32::MAX).abandon_after(Duration::MAX).trials(8).run(value).unwrap();
        assert_eq!(study.summary().unwrap().done, 8, "the store is as good as before");
    }
}

/// Those who come to others at work follow their shared options, and are told so.
#[test]
fn the_shared_options_of_those_at_work_hold() {
    for (store, _folder) in stores() {
        let first = quiet(&store).retries(2).build::<Model>().unwrap();
        let second = quiet(&store).retries(5).deterministic().build::<Model>().unwrap();
        assert_eq!(second.changes().len(), 2, "{:?}", second.changes());
        assert!(second.changes()[0].contains("tried again 2 times, not 5"), "{:?}", second.changes());
        assert_eq!(second.scheduler.protocol.retries, 2);
        drop((first, second));
        let alone = quiet(&store).retries(5).build::<Model>().unwrap();
        assert_eq!((alone.changes().len(), alone.scheduler.protocol.retries), (0, 5));
    }
}

/// An own loop waits for what others have, as a run does: they may leave it.
#[test]
fn an_own_loop_waits_for_the_trials_of_others() {
    for (store, _folder) in stores() {
        let mut first = quiet(&store).trials(1).build::<Model>().unwrap();
        let trial = first.ask().unwrap().unwrap();
        assert!(first.ask().unwrap().is_none(), "its own it does not wait for");
        std::thread::scope(|scope| {
            let other = scope.spawn(|| quiet(&store).trials(1).build::<Model>().unwrap().ask().unwrap().is_none());
            std::thread::sleep(Duration::from_millis(300));
            assert!(!other.is_finished(), "the trial may yet be left");
            first.tell(trial, 1.0).unwrap();
            assert!(other.join().unwrap());
        });
    }
}

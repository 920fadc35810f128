//! What does not depend on the number of workers, on time, or on where a process ended.

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Model, agent, quiet, silence, stores, value, write};
use crate::agent::{ObserveError, SampleError, Trial};
use crate::search::{LocalSearch, RegularizedEvolution, Searcher};
use crate::study::{Access, MemoryStore, Running, Snapshot, Store, Study, StudyError, Work};

/// Later trials take less time, so they end in another order than they began.
fn unsteady(running: &Running<Model>) -> Result<f64, &'static str> {
    std::thread::sleep(Duration::from_millis(4 * (5 - running.number() % 5)));
    if running.number() % 11 == 3 { Err("unlucky") } else { Ok(value(running)) }
}

#[test]
fn a_deterministic_study_is_the_same_with_any_number_of_workers() {
    let mut first = None;
    for workers in [1, 2, 8] {
        for (store, _folder) in stores() {
            let study = quiet(&store).deterministic().retries(1).workers(workers).trials(90);
            let study = study.run_trials(unsteady).unwrap();
            let rows: Vec<_> =
                study.trials().unwrap().into_iter().map(|row| (row.config, row.reward, row.phase)).collect();
            let checkpoint = study.checkpoint().unwrap().unwrap().to_bytes().unwrap();
            let (known_rows, known) = first.get_or_insert_with(|| (rows.clone(), checkpoint.clone()));
            assert!(*known_rows == rows, "{workers} workers: other trials");
            assert!(*known == checkpoint, "{workers} workers: another agent");
        }
    }
}

#[test]
fn a_deterministic_study_says_what_it_waits_for() {
    for (store, _folder) in stores() {
        let two = NonZeroU64::new(2).unwrap();
        let mut study = quiet(&store).deterministic_within(two).build::<Model>().unwrap();
        let (first, second) = (study.ask().unwrap().unwrap(), study.ask().unwrap().unwrap());
        let waits = study.ask().unwrap_err();
        assert!(matches!(waits, StudyError::Waits { number: 0, pending: 2 }), "{waits}");
        study.tell(second, 1.0).unwrap();
        assert!(study.ask().is_err(), "trial 0 is still out");
        study.tell(first, 1.0).unwrap();
        assert_eq!(study.ask().unwrap().unwrap().number(), 2);
    }
}

/// A store that does something before its transaction of a number.
struct Before {
    store: Arc<dyn Store>,
    left: AtomicU32,
    deed: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Store for Before {
    fn transact(&self, access: Access, work: Work<'_>) -> Result<(), StudyError> {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 0
            && let Some(deed) = self.deed.lock().unwrap().take()
        {
            deed();
        }
        self.store.transact(access, work)
    }

    fn is_shared(&self) -> bool {
        self.store.is_shared()
    }
}

/// The one trial that is waited for ends at any moment of another worker's `ask`: before it leads, while it does, between its reads of
/// the store.
#[test]
fn an_ask_waits_for_a_trial_that_ends_at_any_moment() {
    for moment in 0..30 {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let one = |store: &Arc<dyn Store>| quiet(store).deterministic_within(NonZeroU64::MIN).build::<Model>().unwrap();
        let mut first = one(&store);
        let running = first.ask().unwrap().unwrap();
        silence(&mut first);
        let before = Arc::new(Before { store, left: AtomicU32::new(u32::MAX), deed: Mutex::default() });
        let mut second = one(&(Arc::clone(&before) as Arc<dyn Store>));
        *before.deed.lock().unwrap() = Some(Box::new(move || first.tell(running, 1.0).unwrap()));
        before.left.store(moment, Ordering::Relaxed);
        let next = second.ask().unwrap().map(|running| running.number());
        assert_eq!(next, Some(1), "it ended before transaction {moment}");
    }
}

/// Whatever the trial at which a process ends, the next one goes on as if nothing had happened: from the last checkpoint and
/// the events since.
#[test]
fn a_study_goes_on_to_the_bit() {
    for (store, _folder) in stores() {
        let mut alone = agent(7).unique();
        let mut study = Some(quiet(&store).checkpoint_every(10).build::<Model>().unwrap());
        for turn in 0..59 {
            let mut open = study.take().unwrap_or_else(|| quiet(&store).checkpoint_every(10).build().unwrap());
            let by_hand = alone.ask().unwrap();
            let running = open.ask().unwrap().unwrap();
            assert_eq!(&by_hand.config, running.config(), "turn {turn}");
            let reward = value(&by_hand.config);
            alone.tell(by_hand, reward).unwrap();
            open.tell(running, reward).unwrap();
            if turn % 7 == 3 {
                // The lease ends when its holder is silent.
                std::thread::sleep(Duration::from_millis(120));
            } else {
                study = Some(open);
            }
        }
        let mut open = study.unwrap();
        assert!(open.searcher().unwrap().checkpoint() == alone.inner().checkpoint());
    }
}

/// What was tried is known after a restart, and the search goes on to the bit.
#[test]
fn a_study_without_repeats_goes_on_to_the_bit() {
    let unique =
        |store: &Arc<dyn Store>| quiet(store).checkpoint_every(10).unique_by(|model: &Model| format!("{model:?}"));
    for (store, _folder) in stores() {
        let mut alone = agent(7).unique_by(|model: &Model| format!("{model:?}"));
        for _ in 0..6 {
            let mut study = unique(&store).build::<Model>().unwrap();
            for _ in 0..13 {
                let (by_hand, running) = (alone.ask().unwrap(), study.ask().unwrap().unwrap());
                assert_eq!(&by_hand.config, running.config());
                let reward = value(&by_hand.config);
                alone.tell(by_hand, reward).unwrap();
                study.tell(running, reward).unwrap();
            }
            std::thread::sleep(Duration::from_millis(120));
        }
        let study = unique(&store).build::<Model>().unwrap();
        let mut configs: Vec<String> = study.trials().unwrap().iter().map(|row| format!("{:?}", row.config)).collect();
        configs.sort();
        configs.dedup();
        assert_eq!(configs.len(), 78);
        assert!(study.checkpoint().unwrap().is_some());
    }
}

/// Two processes of four workers each: whoever of them holds the searcher.
#[test]
fn a_deterministic_study_is_the_same_with_any_number_of_processes() {
    for (store, _folder) in stores() {
        let run = |name: &'static str, workers| {
            let study = quiet(&store).name(name).deterministic().retries(1).workers(workers).trials(60);
            study.run_trials(unsteady).unwrap()
        };
        let alone = run("alone", 4);
        std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(|| run("shared", 4)))));
        let shared = quiet(&store).name("shared").build::<Model>().unwrap();
        let configs = |study: &Study<Model, _>| -> Vec<_> {
            study.trials().unwrap().into_iter().map(|row| (row.config, row.reward)).collect()
        };
        assert!(configs(&alone) == configs(&shared));
        assert!(alone.checkpoint().unwrap() == shared.checkpoint().unwrap());
    }
}

/// A searcher of a user, who wrote what is asked for and no more: all that happened to it happens again.
#[derive(Debug)]
struct Stepwise(u32);

impl Searcher<Model> for Stepwise {
    fn ask(&mut self) -> Result<Trial<Model>, SampleError> {
        self.0 += 1;
        let layers = vec![(self.0 % 5) as u8; 1 + (self.0 as usize / 5) % 3];
        Ok(self.trial(Model::Deep { layers, gated: self.0 > 15 }).unwrap())
    }

    fn tell(&mut self, _: Trial<Model>, _: f64) -> Result<(), ObserveError> {
        Ok(())
    }
}

fn goes_on<S: Searcher<Model>>(store: &Arc<dyn Store>, searcher: impl Fn() -> S) {
    let mut alone = searcher().unique();
    for turn in 0..12 {
        let study = Study::in_store(store.clone()).quiet().searcher(searcher());
        let mut study = study.abandon_after(Duration::from_millis(60)).build::<Model>().unwrap();
        for _ in 0..=turn % 3 {
            let (by_hand, running) = (alone.ask().unwrap(), study.ask().unwrap().unwrap());
            assert_eq!(&by_hand.config, running.config(), "turn {turn}");
            let reward = value(&by_hand.config);
            alone.tell(by_hand, reward).unwrap();
            study.tell(running, reward).unwrap();
        }
        std::thread::sleep(Duration::from_millis(25));
    }
}

#[test]
fn any_searcher_goes_on() {
    for (store, _folder) in stores() {
        goes_on(&store, || Stepwise(0));
    }
    for (store, _folder) in stores() {
        goes_on(&store, || RegularizedEvolution::<Model>::new(5).population(10).tournament(3));
    }
    for (store, _folder) in stores() {
        goes_on(&store, || -> Box<dyn Searcher<Model>> { Box::new(LocalSearch::<Model>::new(5).climbing(0.5, 1)) });
    }
}

/// A snapshot that is damaged is passed over: all that happened happens again.
#[test]
fn a_study_goes_on_to_the_bit_without_its_snapshot() {
    let open = |store: &Arc<dyn Store>, trials| quiet(store).checkpoint_every(5).trials(trials).run(value).unwrap();
    for (store, _folder) in stores() {
        let id = open(&store, 23).scheduler.protocol.id;
        let snapshot = store.read(|ledger| Ok(ledger.snapshot(id)?)).unwrap().unwrap();
        let bytes = &snapshot.bytes;
        let middle = bytes.len() / 2;
        let flipped = [&bytes[..middle], &[!bytes[middle]], &bytes[middle + 1..]].concat();
        for bytes in [Vec::new(), vec![0; 100], bytes[..middle].to_vec(), flipped] {
            write(&store, |ledger| Ok(ledger.put_snapshot(id, &Snapshot { bytes: bytes.clone(), ..snapshot })?))
                .unwrap();
            let mut again = quiet(&store).build::<Model>().unwrap();
            let mut undisturbed =
                Study::in_memory().quiet().ctrl_c(false).agent(agent(7)).trials(23).run(value).unwrap();
            assert!(again.searcher().unwrap().checkpoint() == undisturbed.searcher().unwrap().checkpoint());
        }
        assert_eq!(open(&store, 30).trials().unwrap().len(), 30);
        let mended = store.read(|ledger| Ok(ledger.snapshot(id)?)).unwrap().unwrap();
        assert!(mended.bytes.len() >= bytes.len() && mended.event == 60);
    }
}

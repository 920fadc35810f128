//! What does not depend on the number of workers, on time, or on where a process ended.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use super::{Model, agent, quiet, stores, value};
use crate::agent::{ObserveError, SampleError, Trial};
use crate::search::{LocalSearch, RegularizedEvolution, Searcher};
use crate::study::{Running, Store, Study, StudyError};

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

//! Several workers with a study of their own on one store, as several processes have it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Model, quiet, silence, stores, value};
use crate::study::Phase;

fn slowly(model: &Model) -> f64 {
    std::thread::sleep(Duration::from_millis(10));
    value(model)
}

#[test]
fn several_share_a_study_and_no_trial_is_made_twice() {
    for (store, _folder) in stores() {
        let run = || {
            let study = quiet(&store).workers(2).trials(120).run(slowly).unwrap();
            study.summary().unwrap().clone()
        };
        let summaries: Vec<_> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        for summary in &summaries {
            assert_eq!((summary.done, summary.failed), (120, 0));
        }
        let mut study = quiet(&store).trials(120).build::<Model>().unwrap();
        let rows = study.trials().unwrap();
        assert_eq!(rows.len(), 120);
        assert!(rows.iter().all(|row| row.retries == 0 && row.reward == row.config.as_ref().map(value)));
        let workers: BTreeSet<_> = rows.iter().filter_map(|row| row.worker.clone()).collect();
        assert_eq!(workers.len(), 3, "all of them had work");
        // The agent was told of each trial once, and each was asked once.
        let events = store.read(|ledger| Ok(ledger.since(study.scheduler.protocol.id, 0)?)).unwrap();
        let mut numbers: Vec<u64> = events.iter().flat_map(|trial| [trial.asked, trial.learned]).flatten().collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=240).collect::<Vec<u64>>());
        assert!(study.searcher().unwrap().best::<Model>().is_some());
    }
}

#[test]
fn another_takes_over_from_a_holder_that_fell_silent() {
    for (store, _folder) in stores() {
        let mut first = quiet(&store).build::<Model>().unwrap();
        let running = first.ask().unwrap().unwrap();
        first.tell(running, 1.0).unwrap();
        let left = first.ask().unwrap().unwrap();
        silence(&mut first);
        // The first one holds the searcher for a third of 300 ms, and its trial for all of it.
        let begin = Instant::now();
        let mut second = quiet(&store).build::<Model>().unwrap();
        let running = second.ask().unwrap().unwrap();
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
        assert_eq!(running.number(), 2, "trial 1 is still with the first one");
        std::thread::sleep(Duration::from_millis(400));
        let taken_over = second.ask().unwrap().unwrap();
        assert_eq!(taken_over.number(), left.number(), "by now it was left");
        // The first one is none the wiser, and asks again.
        let mut numbers = BTreeSet::new();
        std::thread::sleep(Duration::from_millis(150));
        numbers.insert(first.ask().unwrap().unwrap().number());
        assert_eq!(numbers, BTreeSet::from([3]));
    }
}

#[test]
fn eight_workers_are_eight_times_as_fast_as_one() {
    let objective = |model: &Model| {
        std::thread::sleep(Duration::from_millis(50));
        value(model)
    };
    for (store, _folder) in stores() {
        let time = |name: &str, workers: usize, trials: u64| {
            let begin = Instant::now();
            let study = quiet(&store).name(name).workers(workers).trials(trials).run(objective).unwrap();
            assert!(study.trials().unwrap().iter().all(|row| row.phase == Phase::Done));
            begin.elapsed().as_secs_f64() / trials as f64
        };
        // The bound is 6. A shared machine may stand still for a while: the best of three counts.
        let speedups = (0..3).map(|i| time(&format!("one {i}"), 1, 24) / time(&format!("eight {i}"), 8, 160));
        let best = speedups.inspect(|speedup| println!("{speedup:.1} times as fast")).find(|speedup| *speedup >= 6.0);
        assert!(best.is_some(), "eight workers are less than 6 times as fast as one, three times");
    }
}

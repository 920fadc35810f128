//! The best evaluated again in the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::{Curve, MemoryStore, Outcome, Phase, Pruner, Running, Store, Study, StudyError};
use crate::search::{CONFIRMATION, RandomSearch};

/// How long nothing is heard of a process before another one leads.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(300);

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Config {
    #[space(range = 1..=30)]
    size: u32,
    flag: bool,
}

/// Noise of the same size as the differences, by a counter: the trials of a study have the same in every run.
fn noisy(count: &AtomicU64, config: &Config) -> f64 {
    let n = count.fetch_add(1, Ordering::SeqCst);
    let noise = (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as f64 / f64::from(1u32 << 24) - 0.5;
    -(f64::from(config.size) - 20.0).abs() + 6.0 * noise
}

fn run(store: &Arc<dyn Store>, trials: u64) -> Study<Config, crate::search::BayesianSearch<Config>> {
    let count = Arc::new(AtomicU64::new(0));
    let study = Study::in_store(Arc::clone(store)).quiet().seed(3).trials(trials).confirm(4, 5);
    study.run(move |config: &Config| noisy(&count, config)).unwrap()
}

#[test]
fn the_last_trials_evaluate_the_best_again() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let study = run(&store, 50);
    let trials = study.view().unwrap().trials;
    let again: Vec<u64> =
        trials.iter().filter(|it| it.origin.as_deref() == Some(CONFIRMATION)).map(|it| it.number).collect();
    assert_eq!(again, (30..50).collect::<Vec<u64>>());
    let finalists = study.finalists().unwrap();
    assert_eq!(finalists.iter().map(|it| it.count).collect::<Vec<_>>(), [6; 4]);
    // The four highest rewards of the search, each a config of its own.
    let mut rewards: Vec<(u64, f64)> = trials[..30].iter().map(|it| (it.number, it.reward.unwrap())).collect();
    rewards.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut best: Vec<u64> = rewards[..4].iter().map(|(number, _)| *number).collect();
    let mut numbers: Vec<u64> = finalists.iter().map(|it| it.number).collect();
    best.sort_unstable();
    numbers.sort_unstable();
    assert_eq!(numbers, best);
    let chosen = study.best().unwrap().unwrap();
    assert!((chosen.reward - finalists[0].mean).abs() < 1e-12);
    assert!(finalists.windows(2).all(|pair| pair[0].mean >= pair[1].mean));
    assert!(study.view().unwrap().to_html().contains("Finalists"));
}

/// A pruner that gives up all trials that report, but for those whose mean is to be known.
#[test]
fn what_is_evaluated_again_is_not_pruned() {
    struct All;
    impl Pruner for All {
        fn prunes(&self, _: &Curve, _: &[&Curve]) -> bool {
            true
        }
    }
    let study = Study::in_memory().quiet().seed(3).trials(30).pruner(All).confirm(2, 5);
    let study = study.run_trials(|trial: &Running<Config>| -> Result<Outcome, StudyError> {
        // Half of the trials report nothing, so that there are rewards to confirm.
        if trial.flag || trial.number() >= 20 {
            trial.report(1, f64::from(trial.size))?;
            if trial.should_prune()? {
                return Ok(Outcome::Pruned);
            }
        }
        Ok(f64::from(trial.size).into())
    });
    let trials = study.unwrap().view().unwrap().trials;
    assert!(trials[..20].iter().any(|trial| trial.phase == Phase::Pruned));
    assert!(trials[20..].iter().all(|trial| trial.phase == Phase::Done), "{trials:?}");
}

#[test]
fn a_study_that_goes_on_searches_on_and_confirms_again() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    drop(run(&store, 40));
    let study = run(&store, 80);
    let origins: Vec<bool> =
        study.view().unwrap().trials.iter().map(|it| it.origin.as_deref() == Some(CONFIRMATION)).collect();
    let expected = |number: usize| (20..40).contains(&number) || number >= 60;
    assert!(origins.iter().enumerate().all(|(number, is_again)| *is_again == expected(number)), "{origins:?}");
}

/// What happened since the last snapshot happens again, with the confirmations where they were, also where the number of trials is
/// another now.
#[test]
fn a_replay_confirms_what_was_confirmed() {
    let at_once: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let in_parts: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let configs = |store: &Arc<dyn Store>, cuts: &[usize]| {
        let count = Arc::new(AtomicU64::new(0));
        for &cut in cuts {
            let opened =
                Study::in_store(Arc::clone(store)).quiet().seed(5).trials(40).confirm(3, 5).abandon_after(PATIENCE);
            let mut study = opened.checkpoint_every(1000).build::<Config>().unwrap();
            for _ in 0..cut {
                let Some(trial) = study.ask().unwrap() else { break };
                let reward = noisy(&count, &trial);
                study.tell(trial, reward).unwrap();
            }
            // Dropped without a word: the next one replays all of it.
            std::mem::forget(study);
        }
        let study = Study::in_store(Arc::clone(store)).quiet().seed(5).trials(60).confirm(3, 5).abandon_after(PATIENCE);
        let mut study = study.build::<Config>().unwrap();
        let trial = study.ask().unwrap().unwrap();
        let next = (*trial).clone();
        drop(trial);
        let decisions: Vec<_> = study.view().unwrap().trials.iter().map(|it| it.decisions.clone()).collect();
        (decisions, next)
    };
    assert_eq!(configs(&at_once, &[40]), configs(&in_parts, &[7, 20, 6, 7]));
}

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Small {
    #[space(choices = [1, 2, 3, 4])]
    a: u32,
    #[space(choices = [1, 2, 3, 4])]
    b: u32,
    #[space(choices = [1, 2, 3, 4])]
    c: u32,
}

/// The best is evaluated three times in all, and so is what seems better; then nothing but new configs comes.
#[test]
fn the_best_is_confirmed() {
    let study = Study::in_memory().quiet().ctrl_c(false).searcher(RandomSearch::<Small>::new(4)).repeats_of_best(2);
    // Noise of one seed for each trial: the true value counts half of what luck does.
    let objective = |trial: &crate::study::Running<Small>| {
        let luck = f64::from((trial.number() as u32).wrapping_mul(2_654_435_761) >> 16) / 65_536.0;
        f64::from(trial.a) + 2.0 * luck
    };
    let study = study.trials(500).run_trials(objective).unwrap();
    let rows = study.trials().unwrap();
    let times = |config: &Small| rows.iter().filter(|row| row.config.as_ref() == Some(config)).count();
    let (best, trials) = study.best_mean().unwrap().unwrap();
    assert_eq!((best.config.a, trials, times(&best.config)), (4, 3, 3));
    assert!(rows.len() > 64 && rows.len() < 128, "64 configs, and the best of them again: {}", rows.len());
    let lucky = study.best().unwrap().unwrap();
    assert!(lucky.reward > best.reward, "the highest reward is luck: {lucky:?}");
}

//! Studies of several objectives, and of limits.

use std::borrow::Cow;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Model, TestStore, quiet, stores, value};
use crate::study::{
    Chosen, Direction, MemoryStore, Objective, Objectives, Outcome, Phase, Running, Store, Study, StudyBuilder,
    StudyError, TransferSource, TrialRow,
};

/// What a model is worth and what it costs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pair {
    value: f64,
    layers: f64,
}

impl Objectives for Pair {
    const OBJECTIVES: &'static [Objective] =
        &[Objective::maximize("value"), Objective::new("layers", Direction::Minimize, Some("layers"))];

    fn values(&self) -> Vec<f64> {
        vec![self.value, self.layers]
    }

    fn from_values(values: &[f64]) -> Option<Self> {
        let &[value, layers] = values else { return None };
        Some(Self { value, layers })
    }
}

/// The same, and something else.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Triple([f64; 3]);

impl Objectives for Triple {
    const OBJECTIVES: &'static [Objective] =
        &[Objective::minimize("loss"), Objective::minimize("layers"), Objective::maximize("spread")];

    fn values(&self) -> Vec<f64> {
        self.0.to_vec()
    }

    fn from_values(values: &[f64]) -> Option<Self> {
        Some(Self(values.try_into().ok()?))
    }
}

fn layers(model: &Model) -> f64 {
    match model {
        Model::Deep { layers, .. } => layers.len() as f64,
        Model::Flat { .. } => 0.5,
    }
}

fn pair(model: &Model) -> Pair {
    Pair { value: value(model), layers: layers(model) }
}

fn triple(model: &Model) -> Triple {
    let spread = match model {
        Model::Deep { layers, .. } => f64::from(layers.iter().max().unwrap() - layers.iter().min().unwrap()),
        Model::Flat { rate } => *rate,
    };
    Triple([13.0 - value(model), layers(model), spread])
}

fn bayesian(store: &Arc<dyn Store>) -> StudyBuilder<crate::study::ByDefault> {
    Study::in_store(Arc::clone(store)).quiet().ctrl_c(false).seed(3)
}

/// The numbers of trials that no other one is better than, by the values as they are told.
fn front(objectives: &[Objective], rows: &[TrialRow<Model>]) -> Vec<u64> {
    let better = |a: f64, b: f64, objective: &Objective| objective.direction().sign() * (a - b);
    let dominates = |a: &TrialRow<Model>, b: &TrialRow<Model>| {
        let gains = || objectives.iter().enumerate().map(|(i, objective)| better(a.values[i], b.values[i], objective));
        gains().all(|gain| gain >= 0.0) && gains().any(|gain| gain > 0.0)
    };
    let ended: Vec<&TrialRow<Model>> = rows.iter().filter(|row| !row.values.is_empty()).collect();
    ended.iter().filter(|row| !ended.iter().any(|other| dominates(other, row))).map(|row| row.number).collect()
}

#[test]
fn a_study_of_two_objectives_goes_on_and_has_a_front() {
    for (store, _folder) in stores() {
        let run = |trials| bayesian(&store).objectives::<Pair>().workers(2).trials(trials).run(pair).unwrap();
        drop(run(15));
        let study = run(40);
        assert_eq!(study.objectives(), Pair::OBJECTIVES);
        let rows = study.trials().unwrap();
        assert_eq!(rows.len(), 40);
        for row in &rows {
            let told = pair(row.config.as_ref().unwrap());
            assert_eq!((row.values.clone(), row.reward), (told.values(), Some(told.value)));
        }
        let found = study.front().unwrap();
        assert_eq!(found.iter().map(|trial| trial.number).collect::<Vec<_>>(), front(Pair::OBJECTIVES, &rows));
        assert!(found.len() > 1 && found.iter().all(|trial| trial.score::<Pair>() == Some(pair(&trial.config))));
        assert_eq!(found[0].score::<Triple>(), None);
        let view = study.view().unwrap();
        assert_eq!(view.study.objectives, Pair::OBJECTIVES);
        assert_eq!(view.front().len(), found.len());
        // By the first objective.
        let most = rows.iter().filter_map(|row| row.reward).fold(0.0, f64::max);
        assert_eq!((study.best().unwrap().unwrap().reward, study.summary().unwrap().done), (most, 40));
        assert!(!view.to_html().is_empty() && view.to_csv().is_ok() && view.to_json().is_ok());
    }
}

#[test]
fn a_study_of_three_objectives_has_a_front() {
    for (store, _folder) in stores() {
        let study = quiet(&store).objectives::<Triple>().trials(40).run(triple).unwrap();
        let (rows, found) = (study.trials().unwrap(), study.front().unwrap());
        assert_eq!(found.iter().map(|trial| trial.number).collect::<Vec<_>>(), front(Triple::OBJECTIVES, &rows));
        assert!(found.iter().all(|trial| trial.score() == Some(triple(&trial.config))));
        // The first one is minimised.
        let least = rows.iter().filter_map(|row| row.reward).fold(f64::INFINITY, f64::min);
        assert_eq!(
            (study.best().unwrap().unwrap().reward, study.view().unwrap().study.direction),
            (least, Direction::Minimize)
        );
    }
}

#[test]
fn a_deterministic_study_of_several_objectives_is_the_same_with_any_number_of_workers() {
    let unsteady = |running: &Running<Model>| {
        std::thread::sleep(std::time::Duration::from_millis(2 * (3 - running.number() % 4).min(3)));
        running.constraint("layers", layers(running), ..=2.0)?;
        Ok::<_, StudyError>(pair(running))
    };
    let mut first = None;
    for workers in [1, 4] {
        for (store, _folder) in stores() {
            let within = NonZeroU64::new(4).unwrap();
            let builder = || bayesian(&store).objectives::<Pair>().deterministic_within(within).workers(workers);
            // A stop in between changes nothing.
            drop(builder().trials(11).run_trials(unsteady).unwrap());
            let study = builder().trials(40).run_trials(unsteady).unwrap();
            let row = |row: TrialRow<Model>| (row.config, row.values, row.reward, row.constraints);
            let rows: Vec<_> = study.trials().unwrap().into_iter().map(row).collect();
            assert!(*first.get_or_insert_with(|| rows.clone()) == rows, "{workers} workers: other trials");
        }
    }
}

#[test]
fn the_worth_of_a_front_is_a_volume() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mut study = quiet(&store).objectives::<Pair>().build::<Model>().unwrap();
    for (value, layers, latency) in [(3.0, 2.0, 1.0), (2.0, 1.0, 1.0), (1.0, 1.5, 1.0), (9.0, 0.5, 7.0)] {
        let trial = study.ask().unwrap().unwrap();
        trial.constraint("latency", latency, ..=5.0).unwrap();
        study.tell(trial, Pair { value, layers }).unwrap();
    }
    // Of (3, 2): 3 wide and 2 high; of (2, 1) what lies below: 2 wide and 1 high. The last one is beyond its limit.
    assert!((study.hypervolume(&[0.0, 4.0]).unwrap() - (3.0 * 2.0 + 2.0)).abs() < 1e-12);
    assert_eq!(study.front().unwrap().iter().map(|trial| trial.number).collect::<Vec<_>>(), [0, 1]);
    let error = study.hypervolume(&[0.0]).unwrap_err().to_string();
    let said =
        "the objectives of the study: the reference has 1 values; give one for each of value, layers, in this order";
    assert_eq!(error, said);
    let error = study.hypervolume(&[0.0, f64::NAN]).unwrap_err().to_string();
    assert_eq!(error, "the objectives of the study: the reference of `layers` is NaN; give a finite number");
}

#[test]
fn in_a_study_of_one_objective_the_front_is_the_best() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mut study = quiet(&store).minimize().build::<Model>().unwrap();
    for reward in [3.0, 1.0, 2.0, 1.0] {
        let trial = study.ask().unwrap().unwrap();
        study.tell(trial, reward).unwrap();
    }
    let [best] = &study.front().unwrap()[..] else { panic!() };
    assert_eq!((best.number, &best.values[..]), (1, &[1.0][..]));
    assert!((study.hypervolume(&[4.0]).unwrap() - 3.0).abs() < 1e-12);
    assert_eq!(study.objectives(), []);
}

/// In a study of one objective and of several; whatever is beyond its limit is worse than what is within it.
#[test]
fn what_exceeds_a_limit_is_never_the_best() {
    for (store, _folder) in stores() {
        let limited = |running: &Running<Model>| {
            running.constraint("layers", 99.0, ..=1.0)?;
            // The latest value counts.
            running.constraint("layers", layers(running), ..2.0)?;
            running.constraint("value", value(running), 0.2..=100.0)?;
            Ok::<_, StudyError>(value(running))
        };
        let study = bayesian(&store).trials(40).run_trials(limited).unwrap();
        let rows = study.trials().unwrap();
        for row in &rows {
            let model = row.config.as_ref().unwrap();
            let is_violated = layers(model) > 2.0 || value(model) < 0.2;
            assert_eq!((row.phase, row.reward), (Phase::Done, (!is_violated).then(|| value(model))));
            assert_eq!((&row.values[..], row.constraints.len()), (&[value(model)][..], 2));
        }
        assert!(rows.iter().any(|row| row.reward.is_none()), "some exceed it");
        let best = study.best().unwrap().unwrap();
        assert!(layers(&best.config) <= 2.0 && study.front().unwrap().len() == 1);
        assert_eq!(study.best_mean().unwrap().unwrap().0.reward.to_bits(), best.reward.to_bits());
        let view = study.view().unwrap();
        assert_eq!((view.study.done, view.best().unwrap().reward), (40, Some(best.reward)));
        assert!(!view.to_html().is_empty() && view.to_csv().is_ok() && view.to_optuna_journal().is_ok());
        assert_eq!(view.best_by_pair()[0].done, rows.iter().filter(|row| row.reward.is_some()).count() as u64);
        // It teaches others.
        let learned = bayesian(&store).name("other").learn_from([TransferSource::here("study")]).trials(5);
        assert!(learned.run(value).unwrap().transfer().unwrap().is_some());
    }
}

#[test]
fn limits_are_recorded_of_trials_that_fail_or_are_pruned() {
    for (store, _folder) in stores() {
        let mut study = quiet(&store).retries(1).build::<Model>().unwrap();
        let outcomes = [Outcome::Failed("no memory".to_owned()), Outcome::Failed("again".to_owned()), Outcome::Pruned];
        for (outcome, memory) in outcomes.into_iter().zip([1.0, 2.0, 3.0]) {
            let trial = study.ask().unwrap().unwrap();
            trial.report(1, 0.5).unwrap();
            trial.constraint("memory", memory, ..=0.5).unwrap();
            study.tell(trial, outcome).unwrap();
        }
        let rows = study.trials().unwrap();
        let memory = |row: &TrialRow<Model>| row.constraints[0].value;
        assert_eq!((rows[0].phase, memory(&rows[0]), &rows[0].values[..]), (Phase::Failed, 2.0, &[][..]));
        assert_eq!((rows[1].phase, memory(&rows[1]), rows[1].reward), (Phase::Pruned, 3.0, Some(0.5)));
        let attempts = study.view().unwrap().attempts;
        assert!(attempts.len() == 1 && (attempts[0].measured.constraints[0].value - 1.0).abs() < 1e-12);
        let _ = study.searcher().unwrap();
    }
}

#[test]
fn a_limit_that_is_none_is_refused() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let mut study = quiet(&store).build::<Model>().unwrap();
    let trial = study.ask().unwrap().unwrap();
    let said = |error: Result<(), StudyError>| error.unwrap_err().to_string();
    assert_eq!(
        said(trial.constraint("ms", f64::NAN, ..1.0)),
        "the constraint `ms` is not recorded: its value is NaN; give a finite number, or fail where it could not be measured"
    );
    assert_eq!(
        said(trial.constraint("ms", 1.0, ..)),
        "the constraint `ms` is not recorded: it has no limit; give the least that it may be, the most, or both"
    );
    assert!(said(trial.constraint("ms", 1.0, 3.0..=2.0)).contains("no number is at least 3 and at most 2"));
    study.tell(trial, 1.0).unwrap();
    assert_eq!(study.trials().unwrap()[0].constraints, []);
}

/// The text with which the first trial of a study of two objectives failed.
fn failure(store: &TestStore, name: &str, outcome: Outcome) -> String {
    let mut study = quiet(&store.0).name(name).objectives::<Pair>().build::<Model>().unwrap();
    let trial = study.ask().unwrap().unwrap();
    study.tell(trial, outcome).unwrap();
    let row = study.trials().unwrap().remove(0);
    assert_eq!((row.phase, row.reward, &row.values[..]), (Phase::Failed, None, &[][..]));
    row.error.unwrap()
}

#[test]
fn values_that_are_none_of_the_study_fail_their_trial() {
    for store in stores() {
        let scores = |values: &[(&'static str, f64)]| {
            Outcome::Scores(values.iter().map(|(name, value)| (Cow::Borrowed(*name), *value)).collect())
        };
        assert_eq!(
            failure(&store, "a", Outcome::of(&Pair { value: 1.0, layers: f64::NAN })),
            "the objective `layers` is NaN; return a finite number, or an error where the evaluation failed"
        );
        assert_eq!(
            failure(&store, "b", scores(&[("value", 1.0)])),
            "the outcome has no value of the objective `layers`; the study has value, layers"
        );
        assert_eq!(
            failure(&store, "c", Outcome::Reward(0.5)),
            "the outcome is one number, 0.5; the study has value, layers: give a value of each"
        );
        // In any order.
        let mut study = quiet(&store.0).name("d").objectives::<Pair>().build::<Model>().unwrap();
        let trial = study.ask().unwrap().unwrap();
        study.tell(trial, scores(&[("layers", 2.0), ("value", 1.0)])).unwrap();
        assert_eq!(study.trials().unwrap()[0].values, [1.0, 2.0]);
    }
}

#[test]
fn other_objectives_are_refused_before_any_trial() {
    let calls = Arc::new(AtomicU64::new(0));
    for (store, _folder) in stores() {
        let counted = |calls: &Arc<AtomicU64>| {
            let calls = Arc::clone(calls);
            move |model: &Model| {
                calls.fetch_add(1, Ordering::Relaxed);
                Ok::<f64, &str>(value(model))
            }
        };
        let error = quiet(&store).objectives::<Pair>().trials(5).run(counted(&calls)).map(drop).unwrap_err();
        let said = "the study `study` has the objectives value (maximize), layers (layers, minimize), not one objective, a number \
                    without a name; return what it has and open it with that, or make another study, with \
                    `.objectives::<Score>()` for several objectives";
        assert_eq!(error.to_string(), said);
        let error = quiet(&store).name("one").trials(5).run(pair).map(drop).unwrap_err();
        assert!(
            matches!(&error, StudyError::OtherObjectives { objectives, found, .. } if objectives.is_empty() && found.len() == 2)
        );
        for name in ["study", "one"] {
            assert_eq!(quiet(&store).name(name).build::<Model>().unwrap().trials().unwrap().len(), 0);
        }

        // Told by hand, the trial is given back.
        let mut study = quiet(&store).build::<Model>().unwrap();
        let trial = study.ask().unwrap().unwrap();
        let told = study.tell(trial, 1.0).unwrap_err();
        assert!(matches!(told.error, StudyError::OtherObjectives { .. }), "{told}");
        study.tell(told.trial, Pair { value: 1.0, layers: 1.0 }).unwrap();

        // Nothing said, or the same said again, is the study as it is.
        assert_eq!(quiet(&store).build::<Model>().unwrap().objectives(), Pair::OBJECTIVES);
        assert_eq!(quiet(&store).objectives::<Pair>().build::<Model>().unwrap().objectives(), Pair::OBJECTIVES);
        let error = quiet(&store).objectives::<Triple>().build::<Model>().map(drop).unwrap_err().to_string();
        let said = "not the objectives loss (minimize), layers (minimize), spread (maximize); return what it has";
        assert!(error.contains(said), "{error}");
        let error = quiet(&store).name("one").objectives::<Pair>().build::<Model>().map(drop).unwrap_err();
        assert!(matches!(error, StudyError::OtherObjectives { .. }), "{error}");
        let error = quiet(&store).trials(50).confirm(2, 2).build::<Model>().map(drop).unwrap_err();
        assert!(matches!(error, StudyError::Objectives { .. }), "{error}");
    }
    assert_eq!(calls.load(Ordering::Relaxed), 0);
}

/// Objectives that no study can have.
macro_rules! wrong {
    ($name:ident, $objectives:expr) => {
        struct $name;

        impl Objectives for $name {
            const OBJECTIVES: &'static [Objective] = &$objectives;

            fn values(&self) -> Vec<f64> {
                Vec::new()
            }

            fn from_values(_: &[f64]) -> Option<Self> {
                None
            }
        }
    };
}

wrong!(Nothing, []);
wrong!(Twice, [Objective::maximize("a"), Objective::minimize("b"), Objective::minimize("a")]);
wrong!(Nameless, [Objective::maximize("a"), Objective::minimize("")]);
wrong!(Many, [const { Objective::maximize("a") }; 9]);

#[test]
fn objectives_that_no_study_can_have_are_refused() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let said = |builder: StudyBuilder<Chosen<crate::Agent<Model>>>| {
        builder.trials(50).build::<Model>().map(drop).unwrap_err().to_string()
    };
    let new = || quiet(&store);
    for (builder, reason) in [
        (new().objectives::<Nothing>(), "there is none; give the struct a field at least"),
        (new().objectives::<Twice>(), "two are called `a`; give each a name of its own"),
        (new().objectives::<Nameless>(), "one has no name; give it one"),
        (new().objectives::<Many>(), "there are 9; 8 are the most"),
        (
            new().objectives::<Pair>().minimize(),
            "`minimize()` cannot be said together with `objectives`; leave one of the two out",
        ),
        (
            new().confirm(3, 2).repeats_of_best(2).objectives::<Pair>(),
            "`confirm()` and `repeats_of_best()` cannot be said together with `objectives`; leave one of the two out",
        ),
        (
            new().objectives::<Pair>().warm_start(Arc::new(MemoryStore::new()), "other"),
            "`learn_from()` cannot be said together with `objectives`; leave one of the two out",
        ),
    ] {
        assert_eq!(said(builder), format!("the objectives of the study: {reason}"));
    }
    drop(new().name("pair").objectives::<Pair>().trials(3).run(pair).unwrap());
    let error = said(new().name("other").learn_from([TransferSource::here("pair")]));
    assert!(
        error.ends_with("the study `pair` has several, and teaches nothing; name a study of one objective"),
        "{error}"
    );
    assert_eq!(crate::study::StudyView::names(&*store).unwrap(), ["pair"]);
}

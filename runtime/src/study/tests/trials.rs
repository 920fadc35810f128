//! What is recorded of each trial.

use super::{Model, agent, quiet, stores, value};
use crate::agent::ConfigError;
use crate::search::{RandomSearch, Searcher};
use crate::study::{MedianPruner, Outcome, Phase, Running, Study, StudyError};

#[test]
fn every_trial_is_recorded_and_learned_from() {
    for (store, _folder) in stores() {
        let mut study = quiet(&store).workers(3).trials(60).run(|model: &Model| value(model)).unwrap();
        let rows = study.trials().unwrap();
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), (0..60).collect::<Vec<u64>>());
        for row in &rows {
            assert_eq!(row.phase, Phase::Done);
            assert_eq!(row.reward, row.config.as_ref().map(value));
            assert!(row.took.is_some() && row.retries == 0 && row.error.is_none());
        }
        let best = study.best().unwrap().unwrap();
        let highest = rows.iter().filter_map(|row| row.reward).fold(f64::NEG_INFINITY, f64::max);
        assert!((best.reward - highest).abs() < 1e-12);
        let known = study.searcher().unwrap().best::<Model>().unwrap();
        assert!((known.reward - highest).abs() < 1e-12, "the agent was told of the best trial");
        assert_eq!(study.summary().unwrap().done, 60);
    }
}

#[test]
fn what_the_study_does_is_what_a_loop_does() {
    for (store, _folder) in stores() {
        let mut alone = agent(7);
        let mut study = quiet(&store).repeats(true).build::<Model>().unwrap();
        for _ in 0..30 {
            let (by_hand, running) = (alone.sample::<Model>().unwrap(), study.ask().unwrap().unwrap());
            assert_eq!(&by_hand.config, running.config());
            let reward = value(&by_hand.config);
            alone.observe(by_hand, reward).unwrap();
            study.tell(running, reward).unwrap();
        }
        study.leave().unwrap();
        let saved = study.checkpoint().unwrap().unwrap();
        assert!(saved == alone.checkpoint(), "the study's agent is the one that was told by hand");
    }
}

#[test]
fn enqueued_configs_come_first() {
    for (store, _folder) in stores() {
        let mut study = quiet(&store).build::<Model>().unwrap();
        let first = Model::Flat { rate: 0.5 };
        assert_eq!(study.enqueue(first.clone()).unwrap(), 0);
        let refused = study.enqueue(Model::Flat { rate: 0.3 }).unwrap_err();
        assert!(matches!(refused, StudyError::Config(ConfigError::Encode(_))), "{refused}");
        let running = study.ask().unwrap().unwrap();
        assert_eq!((running.config(), running.number()), (&first, 0));
        study.tell(running, 0.5).unwrap();
        assert_eq!(study.ask().unwrap().unwrap().number(), 1);
    }
}

#[test]
fn what_is_enqueued_once_is_evaluated_once() {
    for (store, _folder) in stores() {
        let config = || Model::Deep { layers: vec![4], gated: true };
        for _ in 0..2 {
            let mut study = quiet(&store).trials(2).build::<Model>().unwrap();
            assert_eq!(study.enqueue_once(Model::Flat { rate: 0.1 }).unwrap(), 0);
            assert_eq!(study.enqueue_once(config()).unwrap(), 1);
            study.run(value).unwrap();
            assert_eq!(study.trials().unwrap().len(), 2);
            assert_eq!(study.best_trial().unwrap().unwrap().number, 1);
        }
        assert_eq!(quiet(&store).build::<Model>().unwrap().enqueue(config()).unwrap(), 2);
    }
}

#[test]
fn several_are_pending_and_told_in_any_order() {
    for (store, _folder) in stores() {
        let mut study = quiet(&store).trials(6).build::<Model>().unwrap();
        let mut pending: Vec<Running<Model>> = (0..6).map(|_| study.ask().unwrap().unwrap()).collect();
        assert!(study.ask().unwrap().is_none(), "the study has all its trials");
        pending.reverse();
        for running in pending {
            let reward = value(&running);
            study.tell(running, reward).unwrap();
        }
        assert!(study.trials().unwrap().iter().all(|row| row.phase == Phase::Done));
    }
}

#[test]
fn reports_decide_what_is_pruned() {
    for (store, _folder) in stores() {
        let objective = |trial: &Running<Model>| -> Result<Outcome, StudyError> {
            for step in 1..=4 {
                trial.report(step, value(trial) * step as f64)?;
                if trial.should_prune()? {
                    return Ok(Outcome::Pruned);
                }
            }
            Ok(Outcome::Reward(value(trial) * 4.0))
        };
        let study = quiet(&store).pruner(MedianPruner::new()).trials(40).run_trials(objective).unwrap();
        let rows = study.trials().unwrap();
        let (pruned, done): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.phase == Phase::Pruned);
        assert!(pruned.len() >= 5 && done.len() >= 10, "{} of 40 were pruned", pruned.len());
        for row in pruned {
            let first = row.config.as_ref().map(value).unwrap();
            assert!(row.number >= 5, "the first five have nothing to compare with");
            assert!(row.reward.unwrap() <= first * 4.0, "the last value reported is recorded");
        }
    }
}

#[test]
fn a_config_can_be_read_as_json() {
    for (store, _folder) in stores() {
        let mut study = quiet(&store).build::<Model>().unwrap();
        study.enqueue(Model::Deep { layers: vec![4, 0], gated: true }).unwrap();
        study.enqueue(Model::Flat { rate: 0.5 }).unwrap();
        let configs = store.read(|ledger| Ok(ledger.trials(study.scheduler.protocol.id)?)).unwrap();
        let configs: Vec<&str> = configs.iter().map(|trial| trial.config.as_str()).collect();
        let deep = r#"{"Model":"Deep","Model.Deep.gated":true,"Model.Deep.layers.len":2,"Model.Deep.layers[0]":4,"Model.Deep.layers[1]":0}"#;
        assert_eq!(configs, [deep, r#"{"Model":"Flat","Model.Flat.rate":0.5}"#]);
    }
}

#[test]
fn any_searcher_will_do() {
    for (store, _folder) in stores() {
        let random = RandomSearch::<Model>::new(3).unique_by(|model: &Model| format!("{model:?}"));
        let study = Study::in_store(store).name("random").quiet().ctrl_c(false).searcher(random).trials(20);
        let study = study.run(|model: &Model| value(model)).unwrap();
        let mut configs: Vec<String> = study.trials().unwrap().iter().map(|row| format!("{:?}", row.config)).collect();
        configs.sort();
        configs.dedup();
        assert_eq!(configs.len(), 20);
        assert!(study.checkpoint().unwrap().is_none());
    }
}

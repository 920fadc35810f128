//! What ends a run.

use std::time::Duration;

use super::{Model, quiet, stores, value};
use crate::search::{RandomSearch, Searcher};
use crate::study::{Ending, Study, StudyError};

#[test]
fn a_study_goes_on_to_its_number_of_trials() {
    for (store, _folder) in stores() {
        let mut study = quiet(&store).trials(10).build::<Model>().unwrap();
        assert_eq!(study.run(value).unwrap().ending, Ending::Complete);
        assert_eq!(study.run(value).unwrap().done, 10, "nothing is left to do");
        let more = quiet(&store).trials(15).run(value).unwrap();
        assert_eq!(more.summary().unwrap().done, 15);
    }
}

#[test]
fn enough_is_enough() {
    for (store, _folder) in stores() {
        let study = quiet(&store).trials(2000).stop_when(|best| best >= 6.0).run(value).unwrap();
        let summary = study.summary().unwrap();
        assert_eq!(summary.ending, Ending::Stopped);
        assert!(summary.best.unwrap().1 >= 6.0 && summary.done < 2000, "{summary:?}");
        let again =
            quiet(&store).trials(2000).stop_when(|best| best >= 6.0).build::<Model>().unwrap().run(value).unwrap();
        assert_eq!(again.done, summary.done, "what was good enough before is good enough now");
    }
}

#[test]
fn a_deadline_lets_the_running_trials_finish() {
    for (store, _folder) in stores() {
        let objective = |model: &Model| {
            std::thread::sleep(Duration::from_millis(40));
            value(model)
        };
        let study = quiet(&store).workers(2).deadline(Duration::from_millis(150)).run(objective).unwrap();
        let summary = study.summary().unwrap();
        assert_eq!(summary.ending, Ending::Deadline);
        assert!((2..=12).contains(&summary.done), "{summary:?}");
        assert!(study.trials().unwrap().iter().all(|row| row.reward.is_some()));
    }
}

#[test]
fn a_space_that_is_used_up_ends_the_run() {
    #[crate::search_space]
    #[derive(Debug, PartialEq, Eq, Hash, Clone)]
    struct Small {
        #[space(range = 0..=4)]
        x: u8,
    }
    for (store, _folder) in stores() {
        let random = RandomSearch::<Small>::new(1).unique_by(Small::clone);
        let study = Study::in_store(store).quiet().ctrl_c(false).searcher(random).workers(2).trials(50);
        let study = study.run(|small: &Small| f64::from(small.x)).unwrap();
        let summary = study.summary().unwrap();
        assert_eq!((summary.ending, summary.done), (Ending::Exhausted, 5));
    }
}

#[test]
fn a_name_can_be_asked_to_be_new() {
    for (store, _folder) in stores() {
        quiet(&store).name("cnn").new_only().trials(1).run(value).unwrap();
        let taken = quiet(&store).name("cnn").new_only().build::<Model>().err().unwrap();
        assert!(matches!(taken, StudyError::Store(_)));
        let text = "there is a study `cnn` in the store; take another name, or go on with it without `new_only`";
        assert_eq!(taken.to_string(), text);
        assert!(quiet(&store).name("cnn 2").new_only().build::<Model>().is_ok());
    }
}

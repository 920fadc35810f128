//! The study that is disturbed, and a process that works on it.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use transfer_nas::Agent;
use transfer_nas::study::{ByDefault, Chosen, Study, StudyBuilder, StudyError};

/// Where a worker process finds the study, and where it notes what it was told is saved.
pub(crate) const PLACE: &str = "TRANSFER_NAS_KILL_PLACE";
pub(crate) const NOTES: &str = "TRANSFER_NAS_KILL_NOTES";
/// Whether the study is deterministic.
pub(crate) const MODE: &str = "TRANSFER_NAS_KILL_MODE";
/// After so long without a heartbeat a worker's trials go to others.
pub(crate) const LEASE: Duration = Duration::from_millis(600);

#[transfer_nas::search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    #[space(range = 0..=9)]
    digits: [u8; 6],
    #[space(len = 0..=3, range = 0..=4)]
    more: Vec<u8>,
}

pub(crate) fn value(config: &Config) -> f64 {
    config.digits.iter().chain(&config.more).map(|&digit| f64::from(digit)).sum()
}

pub(crate) type Builder = StudyBuilder<Chosen<Agent<Config>>>;

/// Opens the study, again where the database cannot be reached for a moment.
pub(crate) fn open(place: &str, is_deterministic: bool) -> Builder {
    loop {
        match Study::open(place) {
            Ok(study) => return configured(study, is_deterministic),
            Err(error) => assert!(error.is_transient(), "{error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn configured(study: StudyBuilder<ByDefault>, is_deterministic: bool) -> Builder {
    let agent = Agent::builder().seed(7).build().unwrap();
    let study = study.name("killed").quiet().ctrl_c(false).patience(Duration::from_mins(1));
    let study = study.agent(agent).abandon_after(LEASE).checkpoint_every(7);
    if is_deterministic { study.deterministic() } else { study }
}

/// What a worker process does until it is killed: it notes every outcome after the study has said that it is saved.
#[test]
#[ignore = "a process of the other tests"]
fn worker() {
    let (Ok(place), Ok(notes)) = (std::env::var(PLACE), std::env::var(NOTES)) else { return };
    let is_deterministic = std::env::var(MODE).is_ok_and(|mode| mode == "deterministic");
    work(&place, File::create_new(notes).unwrap(), is_deterministic).unwrap();
}

fn work(place: &str, mut notes: File, is_deterministic: bool) -> Result<(), StudyError> {
    let mut study = open(place, is_deterministic).build::<Config>()?;
    loop {
        let trial = study.ask()?.expect("the study has no last trial");
        std::thread::sleep(Duration::from_millis(3 + trial.number() % 5));
        let (number, reward) = (trial.number(), value(&trial));
        study.tell(trial, reward).map_err(|error| error.error)?;
        // In one write, so that a kill leaves a whole line or none.
        notes.write_all(format!("{number} {reward}\n").as_bytes()).unwrap();
    }
}

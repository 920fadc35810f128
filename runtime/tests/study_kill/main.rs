//! A study whose workers are killed, stopped and have their clocks set, whose lines are cut and whose server is killed, over and over:
//! four processes on one file or one database, at random moments.
//!
//! `TRANSFER_NAS_KILLS=200 TRANSFER_NAS_STOPS=50 TRANSFER_NAS_JUMPS=50 cargo test -p transfer-nas --features sqlite,postgres --test study_kill`
//! does so more often than the 20 times each of a usual run (`_CUTS`, `_HOLDS` and `_SERVER_KILLS` are the others). Clocks are set where
//! libfaketime is installed.

#[cfg(feature = "postgres")]
#[path = "../support/database.rs"]
mod database;
mod deeds;
#[cfg(feature = "postgres")]
mod proxy;
#[cfg(feature = "postgres")]
mod server;
mod site;
#[path = "../support/skip.rs"]
mod skip;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use transfer_nas::checkpoint::Checkpoint;
use transfer_nas::study::{Phase, Study, TrialRow};

use deeds::{Deed, disturb, faketime};
use site::Site;
use worker::{Config, configured, open, value};

#[test]
fn nothing_is_lost() {
    nothing_is_lost_at(&Site::file(), &to_workers());
}

#[test]
fn a_deterministic_study_is_what_it_would_have_been() {
    it_is_what_it_would_have_been_at(&Site::file(), &to_workers());
}

#[cfg(feature = "postgres")]
mod in_a_database {
    use super::*;
    use crate::proxy::Cut;

    #[test]
    fn nothing_is_lost() {
        let Some(site) = Site::database() else { return };
        nothing_is_lost_at(&site, &to_workers());
    }

    #[test]
    fn a_deterministic_study_is_what_it_would_have_been() {
        let Some(site) = Site::database() else { return };
        it_is_what_it_would_have_been_at(&site, &to_workers());
    }

    #[test]
    fn nothing_is_lost_over_bad_lines() {
        let Some(site) = Site::lines() else { return };
        nothing_is_lost_at(&site, &to_lines());
    }

    #[test]
    fn a_deterministic_study_is_what_it_would_have_been_over_bad_lines() {
        let Some(site) = Site::lines() else { return };
        it_is_what_it_would_have_been_at(&site, &to_lines());
    }

    #[test]
    fn nothing_is_lost_with_the_server() {
        let Some(site) = Site::server() else { return };
        nothing_is_lost_at(&site, &to_server());
    }

    #[test]
    fn a_deterministic_study_is_what_it_would_have_been_with_the_server_killed() {
        let Some(site) = Site::server() else { return };
        it_is_what_it_would_have_been_at(&site, &to_server());
    }

    fn to_lines() -> Vec<(Deed, u32)> {
        let cuts = [Cut::Before, Cut::After, Cut::Half].map(|cut| (Deed::Cut(cut), times("CUTS", 20)));
        let holds = [true, false].map(|is_lost| (Deed::Hold { is_lost }, times("HOLDS", 10)));
        cuts.into_iter().chain(holds).chain([(Deed::Kill, 5)]).collect()
    }

    fn to_server() -> Vec<(Deed, u32)> {
        vec![(Deed::KillServer, times("SERVER_KILLS", 10)), (Deed::Kill, 5)]
    }
}

fn to_workers() -> Vec<(Deed, u32)> {
    let jumps = if faketime().is_some() { times("JUMPS", 20) } else { 0 };
    if jumps == 0 {
        skip::skipped("libfaketime is not installed, so that no clock is set");
    }
    vec![(Deed::Kill, times("KILLS", 20)), (Deed::Stop, times("STOPS", 20)), (Deed::Jump, jumps)]
}

/// How often something is done.
fn times(deed: &str, usual: u32) -> u32 {
    let said = std::env::var(format!("TRANSFER_NAS_{deed}"));
    said.ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn nothing_is_lost_at(site: &Site, kinds: &[(Deed, u32)]) {
    let told = told(&disturb(site, kinds, false));
    site.check();
    finish(&site.place, &told, false);
}

/// Whatever is done, the trials and the agent are those of a study of one process.
fn it_is_what_it_would_have_been_at(site: &Site, kinds: &[(Deed, u32)]) {
    let told = told(&disturb(site, kinds, true));
    site.check();
    let (rows, checkpoint) = finish(&site.place, &told, true);
    let undisturbed = configured(Study::in_memory(), true).trials(rows.len() as u64);
    let mut undisturbed = undisturbed.run(value).unwrap();
    let other = rows.iter().zip(undisturbed.trials().unwrap()).find(|(row, alone)| row.config != alone.config);
    assert!(other.is_none(), "{other:?}");
    assert!(checkpoint == undisturbed.searcher().unwrap().checkpoint(), "another agent");
}

/// The outcomes that were said to be saved, by the notes of each process: one that was killed may leave none, or an unfinished
/// last line.
fn told(notes: &[PathBuf]) -> BTreeMap<u64, f64> {
    let mut told = BTreeMap::new();
    for notes in notes {
        let text = std::fs::read_to_string(notes).unwrap_or_default();
        for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            let (number, reward) = line.split_once(' ').unwrap();
            let reward: f64 = reward.parse().unwrap();
            // A worker that was stopped may tell of a trial that another one told of meanwhile.
            let twice = told.insert(number.parse().unwrap(), reward);
            assert!(twice.is_none_or(|known| known.to_bits() == reward.to_bits()), "trial {number} was told twice");
        }
    }
    told
}

/// The study goes on to its end, with all that was told.
fn finish(place: &str, told: &BTreeMap<u64, f64>, is_deterministic: bool) -> (Vec<TrialRow<Config>>, Checkpoint) {
    let open = || open(place, is_deterministic);
    let before = open().build::<Config>().unwrap().trials().unwrap();
    let trials = before.len() as u64 + 30;
    let mut study = open().workers(3).trials(trials).run(value).unwrap();
    let rows = study.trials().unwrap();
    let numbers: BTreeSet<u64> = rows.iter().map(|row| row.number).collect();
    assert_eq!((rows.len() as u64, numbers), (trials, (0..trials).collect()));
    for row in &rows {
        assert_eq!(row.phase, Phase::Done, "trial {}: {:?}", row.number, row.error);
        assert_eq!(row.reward, row.config.as_ref().map(value), "trial {}", row.number);
    }
    for (number, reward) in told {
        assert_eq!(rows[*number as usize].reward, Some(*reward), "trial {number} was told");
    }
    let best = study.best().unwrap().unwrap().reward;
    let known = study.searcher().unwrap().best::<Config>().unwrap().reward;
    assert_eq!(known.to_bits(), best.to_bits(), "the agent knows the best trial");
    let again = rows.iter().filter(|row| row.retries > 0).count();
    println!("{} trials, {} of them told by disturbed workers, {again} handed out again", rows.len(), told.len());
    let checkpoint = study.searcher().unwrap().checkpoint();
    (rows, checkpoint)
}

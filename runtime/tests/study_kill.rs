//! A study whose workers are killed, over and over: four processes on one file, `kill -9` at random moments.
//!
//! `TRANSFER_NAS_KILLS=200 cargo test -p transfer-nas --features sqlite --test study_kill` kills more often than the 20 times
//! of a usual run.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use rusqlite::Connection;
use transfer_nas::Agent;
use transfer_nas::study::{Chosen, Phase, Study, StudyBuilder, StudyError};

/// Where a worker process finds the study, and where it notes what it was told is kept.
const FILE: &str = "TRANSFER_NAS_KILL_FILE";
const NOTES: &str = "TRANSFER_NAS_KILL_NOTES";
const WORKERS: usize = 4;
const PATIENCE: Duration = Duration::from_millis(600);

#[transfer_nas::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Config {
    #[space(range = 0..=9)]
    digits: [u8; 6],
    #[space(len = 0..=3, range = 0..=4)]
    more: Vec<u8>,
}

fn value(config: &Config) -> f64 {
    config.digits.iter().chain(&config.more).map(|&digit| f64::from(digit)).sum()
}

fn open(path: impl AsRef<Path>) -> StudyBuilder<Chosen<Agent<Config>>> {
    let agent = Agent::builder().seed(7).build().unwrap();
    Study::open(path)
        .unwrap()
        .name("killed")
        .quiet()
        .ctrl_c(false)
        .agent(agent)
        .abandon_after(PATIENCE)
        .checkpoint_every(7)
}

/// What a worker process does until it is killed: it notes every outcome after the study has said that it is kept.
#[test]
#[ignore = "a process of the test below"]
fn worker() {
    let (Ok(file), Ok(notes)) = (std::env::var(FILE), std::env::var(NOTES)) else { return };
    let mut notes = std::fs::File::create_new(notes).unwrap();
    let mut study = open(file).build::<Config>().unwrap();
    loop {
        let trial = study.ask().unwrap().unwrap();
        std::thread::sleep(Duration::from_millis(3 + trial.number() % 5));
        let (number, reward) = (trial.number(), value(&trial));
        match study.tell(trial, reward) {
            // In one write, so that a kill leaves a whole line or none.
            Ok(()) => notes.write_all(format!("{number} {reward}\n").as_bytes()).unwrap(),
            // On a machine that stands still for a while, another worker has the trial now.
            Err(StudyError::Late { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn start(file: &Path, notes: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "worker", "--ignored", "--nocapture"]).env(FILE, file).env(NOTES, notes);
    command.stdout(Stdio::null()).spawn().unwrap()
}

#[test]
fn nothing_is_lost_and_nothing_is_done_twice() {
    let kills: u32 = std::env::var("TRANSFER_NAS_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let mut rng = Pcg64::seed_from_u64(u64::from(kills));
    let mut notes = Vec::new();
    let mut begin = || {
        notes.push(folder.path().join(format!("{}.txt", notes.len())));
        start(&file, &notes[notes.len() - 1])
    };
    let mut workers: Vec<Child> = (0..WORKERS).map(|_| begin()).collect();
    for _ in 0..kills {
        std::thread::sleep(Duration::from_millis(rng.random_range(10..200)));
        let worker = rng.random_range(0..WORKERS);
        assert!(workers[worker].try_wait().unwrap().is_none(), "a worker ended by itself");
        workers[worker].kill().unwrap();
        workers[worker].wait().unwrap();
        workers[worker] = begin();
    }
    for worker in &mut workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let told = told(&notes);
    check_file(&file);
    finish(&file, &told);
}

/// The outcomes that were said to be kept, by the notes of each process: one that was killed may leave none, or an unfinished
/// last line.
fn told(notes: &[std::path::PathBuf]) -> BTreeMap<u64, f64> {
    let mut told = BTreeMap::new();
    for notes in notes {
        let text = std::fs::read_to_string(notes).unwrap_or_default();
        for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            let (number, reward) = line.split_once(' ').unwrap();
            let twice = told.insert(number.parse().unwrap(), reward.parse().unwrap());
            assert!(twice.is_none(), "trial {number} was told twice");
        }
    }
    told
}

fn check_file(file: &Path) {
    let connection = Connection::open(file).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();
    // Each event is one question or one lesson, without a gap and without a double.
    let (events, asked) = (number("SELECT events FROM studies"), number("SELECT COUNT(asked) FROM trials"));
    assert_eq!(events, asked + number("SELECT COUNT(learned) FROM trials"));
    let latest = "SELECT MAX(MAX(IFNULL(asked, 0)), MAX(IFNULL(learned, 0))) FROM trials";
    assert_eq!(events, number(latest));
    assert_eq!(number("SELECT trials FROM studies"), number("SELECT COUNT(*) FROM trials"));
    assert_eq!(number("SELECT done FROM studies"), number("SELECT COUNT(*) FROM trials WHERE phase = 'done'"));
}

/// The study goes on to its end, with all that was told.
fn finish(file: &Path, told: &BTreeMap<u64, f64>) {
    let before = open(file).build::<Config>().unwrap().trials().unwrap();
    let trials = before.len() as u64 + 30;
    let mut study = open(file).workers(3).trials(trials).run(value).unwrap();
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
    println!("{} trials, {} of them told by killed workers, {again} handed out again", rows.len(), told.len());
}

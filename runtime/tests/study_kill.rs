//! A study whose workers are killed, stopped and have their clocks set, over and over: four processes on one file, at random moments.
//!
//! `TRANSFER_NAS_KILLS=200 TRANSFER_NAS_STOPS=50 TRANSFER_NAS_JUMPS=50 cargo test -p transfer-nas --features sqlite --test study_kill`
//! does so more often than the 20 times each of a usual run. Clocks are set where libfaketime is installed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use rusqlite::Connection;
use rustix::process::{Pid, Signal, kill_process};
use transfer_nas::Agent;
use transfer_nas::checkpoint::Checkpoint;
use transfer_nas::study::{ByDefault, Chosen, Phase, Study, StudyBuilder, TrialRow};

/// Where a worker process finds the study, and where it notes what it was told is kept.
const FILE: &str = "TRANSFER_NAS_KILL_FILE";
const NOTES: &str = "TRANSFER_NAS_KILL_NOTES";
/// Whether the study is deterministic.
const MODE: &str = "TRANSFER_NAS_KILL_MODE";
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

fn open(path: impl AsRef<Path>, is_deterministic: bool) -> StudyBuilder<Chosen<Agent<Config>>> {
    configured(Study::open(path).unwrap(), is_deterministic)
}

fn configured(study: StudyBuilder<ByDefault>, is_deterministic: bool) -> StudyBuilder<Chosen<Agent<Config>>> {
    let agent = Agent::builder().seed(7).build().unwrap();
    let study = study.name("killed").quiet().ctrl_c(false).agent(agent).abandon_after(PATIENCE).checkpoint_every(7);
    if is_deterministic { study.deterministic() } else { study }
}

/// What a worker process does until it is killed: it notes every outcome after the study has said that it is kept.
#[test]
#[ignore = "a process of the test below"]
fn worker() {
    let (Ok(file), Ok(notes)) = (std::env::var(FILE), std::env::var(NOTES)) else { return };
    let mut notes = std::fs::File::create_new(notes).unwrap();
    let is_deterministic = std::env::var(MODE).is_ok_and(|mode| mode == "deterministic");
    let mut study = open(file, is_deterministic).build::<Config>().unwrap();
    loop {
        let trial = study.ask().unwrap().unwrap();
        std::thread::sleep(Duration::from_millis(3 + trial.number() % 5));
        let (number, reward) = (trial.number(), value(&trial));
        study.tell(trial, reward).unwrap();
        // In one write, so that a kill leaves a whole line or none.
        notes.write_all(format!("{number} {reward}\n").as_bytes()).unwrap();
    }
}

/// What is done to a worker.
#[derive(Clone, Copy, PartialEq)]
enum Deed {
    Kill,
    /// For longer than a worker may give no heartbeat.
    Stop,
    /// Its clock goes on from another time, hours away.
    Jump,
}

struct Worker {
    child: Child,
    /// What its clock is set by.
    clock: PathBuf,
}

impl Worker {
    fn start(folder: &Path, number: usize, is_deterministic: bool) -> Self {
        let clock = folder.join(format!("{number}.clock"));
        std::fs::write(&clock, "+0s").unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "worker", "--ignored", "--nocapture"]);
        command.env(FILE, folder.join("runs.db")).env(NOTES, folder.join(format!("{number}.txt")));
        command.env(MODE, if is_deterministic { "deterministic" } else { "" });
        if let Some(library) = faketime() {
            command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", &clock).env("FAKETIME_NO_CACHE", "1");
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        Self { child: command.stdout(Stdio::null()).spawn().unwrap(), clock }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

/// The library that sets the clock of a process, where it is installed.
fn faketime() -> Option<&'static str> {
    const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    Path::new(LIBRARY).exists().then_some(LIBRARY)
}

fn times(variable: &str) -> u32 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

/// All deeds in random order.
fn deeds(rng: &mut Pcg64) -> Vec<Deed> {
    let jumps = if faketime().is_some() { times("TRANSFER_NAS_JUMPS") } else { 0 };
    if jumps == 0 {
        eprintln!("libfaketime is not installed: no clock is set");
    }
    let of = |deed: Deed, times: u32| std::iter::repeat_n(deed, times as usize);
    let kills = of(Deed::Kill, times("TRANSFER_NAS_KILLS"));
    let mut deeds: Vec<Deed> =
        kills.chain(of(Deed::Stop, times("TRANSFER_NAS_STOPS"))).chain(of(Deed::Jump, jumps)).collect();
    for i in (1..deeds.len()).rev() {
        deeds.swap(i, rng.random_range(0..=i));
    }
    deeds
}

fn disturb(folder: &Path, is_deterministic: bool) -> Vec<PathBuf> {
    let mut rng = Pcg64::seed_from_u64(9);
    let deeds = deeds(&mut rng);
    let mut count = 0;
    let mut begin = || {
        count += 1;
        Worker::start(folder, count - 1, is_deterministic)
    };
    let mut workers: Vec<Worker> = (0..WORKERS).map(|_| begin()).collect();
    for deed in deeds {
        std::thread::sleep(Duration::from_millis(rng.random_range(10..200)));
        let which = rng.random_range(0..WORKERS);
        let worker = &mut workers[which];
        assert!(worker.child.try_wait().unwrap().is_none(), "a worker ended by itself");
        match deed {
            Deed::Kill => {
                worker.child.kill().unwrap();
                worker.child.wait().unwrap();
                workers[which] = begin();
            }
            Deed::Stop => {
                worker.signal(Signal::STOP);
                std::thread::sleep(PATIENCE * 2);
                worker.signal(Signal::CONT);
            }
            Deed::Jump => {
                let hours = rng.random_range(-30..30);
                let text = format!("{}{}h", if hours < 0 { "-" } else { "+" }, i32::abs(hours));
                std::fs::write(&worker.clock, text).unwrap();
            }
        }
    }
    for worker in &mut workers {
        worker.child.kill().unwrap();
        worker.child.wait().unwrap();
    }
    (0..count).map(|number| folder.join(format!("{number}.txt"))).collect()
}

#[test]
fn nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let told = told(&disturb(folder.path(), false));
    let file = folder.path().join("runs.db");
    check_file(&file);
    finish(&file, &told, false);
}

/// Whatever is done to the workers, the trials and the agent are those of a study of one process.
#[test]
fn a_deterministic_study_is_what_it_would_have_been() {
    let folder = tempfile::tempdir().unwrap();
    let told = told(&disturb(folder.path(), true));
    let file = folder.path().join("runs.db");
    check_file(&file);
    let (rows, checkpoint) = finish(&file, &told, true);
    let undisturbed = configured(Study::in_memory(), true).trials(rows.len() as u64);
    let mut undisturbed = undisturbed.run(value).unwrap();
    let configs = |rows: &[TrialRow<Config>]| rows.iter().map(|row| row.config.clone()).collect::<Vec<_>>();
    assert_eq!(configs(&rows), configs(&undisturbed.trials().unwrap()));
    assert_eq!(checkpoint, undisturbed.searcher().unwrap().checkpoint());
}

/// The outcomes that were said to be kept, by the notes of each process: one that was killed may leave none, or an unfinished
/// last line.
fn told(notes: &[std::path::PathBuf]) -> BTreeMap<u64, f64> {
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
    let learned = "SELECT COUNT(*) FROM trials WHERE phase = 'done' AND learned IS NOT NULL";
    assert_eq!(number("SELECT done FROM studies"), number(learned));
}

/// The study goes on to its end, with all that was told.
fn finish(file: &Path, told: &BTreeMap<u64, f64>, is_deterministic: bool) -> (Vec<TrialRow<Config>>, Checkpoint) {
    let open = || open(file, is_deterministic);
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

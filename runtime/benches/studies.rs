//! What a PostgreSQL database carries: trials a second by 64 workers in 8 processes whose objective costs nothing, transactions a second
//! of 64 workers that have nothing to do, and how long ask and tell take, by 1 and by 64 workers.
//!
//! ```sh
//! cargo bench -p transfer-nas --features postgres --bench studies
//! ```
//!
//! The server is the one that tests use (`TRANSFER_NAS_POSTGRES`, or the one of this machine). It should have nothing else to do, nor
//! should the machine: processes, server and disk share it.

#[path = "../tests/support/database.rs"]
mod database;

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use database::{Database, say};
use transfer_nas::prelude::*;
use transfer_nas::search::{RandomSearch, Searcher};
use transfer_nas::study::{Access, Store, Study, StudyError, location};

/// NAS-Bench-101's numbers of actions, without its validity.
#[search_space]
struct Chain {
    edges: [bool; 21],
    #[space(choices = ["a", "b", "c"])]
    operations: [&'static str; 5],
}

fn value(config: &Chain) -> f64 {
    config.edges.iter().filter(|edge| **edge).count() as f64
}

const PROCESSES: usize = 8;
const WORKERS: usize = 8;
const WINDOW: Duration = Duration::from_secs(10);

/// What a process of this is to do, and where.
const ROLE: &str = "TRANSFER_NAS_BENCH_ROLE";
const PLACE: &str = "TRANSFER_NAS_BENCH_PLACE";
const SEARCH: &str = "TRANSFER_NAS_BENCH_SEARCH";

fn main() -> Result<(), StudyError> {
    let said = |name: &str| std::env::var(name).unwrap_or_default();
    match (&*said(ROLE), said(PLACE), said(SEARCH)) {
        ("", ..) => measure(),
        ("run", place, search) => run(&place, &search, 1_000_000, Duration::ZERO),
        // One trial is all that there is, and it does not end.
        ("idle", place, search) => run(&place, &search, 1, Duration::from_mins(10)),
        ("loops", place, search) => loops(&place, &search, WORKERS),
        (_, place, search) => loops(&place, &search, 1),
    }
}

fn searcher(name: &str) -> Box<dyn Searcher<Chain>> {
    match name {
        "agent" => Box::new(Agent::<Chain>::builder().seed(1).build().expect("a small space")),
        _ => Box::new(RandomSearch::<Chain>::new(1)),
    }
}

fn run(place: &str, search: &str, trials: u64, work: Duration) -> Result<(), StudyError> {
    let study = Study::open(place)?.name(search).quiet().searcher(searcher(search)).workers(WORKERS).trials(trials);
    study.run(move |config: &Chain| {
        std::thread::sleep(work);
        value(config)
    })?;
    Ok(())
}

/// Loops of their own over one connection, for a while. Each line of the output has the microseconds of an ask and of a tell.
fn loops(place: &str, search: &str, workers: usize) -> Result<(), StudyError> {
    let store = location::open(place)?;
    std::thread::scope(|scope| {
        let loops: Vec<_> = (0..workers).map(|_| scope.spawn(|| one_loop(Arc::clone(&store), search))).collect();
        for times in loops {
            for (ask, tell) in times.join().expect("no panic")? {
                println!("{} {}", ask.as_micros(), tell.as_micros());
            }
        }
        Ok(())
    })
}

fn one_loop(store: Arc<dyn Store>, search: &str) -> Result<Vec<(Duration, Duration)>, StudyError> {
    let study = Study::in_store(store).name(search).quiet().searcher(searcher(search));
    let mut study = study.build::<Chain>()?;
    let (begin, mut times) = (Instant::now(), Vec::new());
    while begin.elapsed() < WINDOW {
        let asked = Instant::now();
        let Some(trial) = study.ask()? else { break };
        let ask = asked.elapsed();
        let reward = value(&trial);
        let told = Instant::now();
        study.tell(trial, reward).map_err(|error| error.error)?;
        times.push((ask, told.elapsed()));
    }
    Ok(times)
}

/// Processes that are ended with it.
struct Processes(Vec<Child>);

impl Processes {
    fn start(count: usize, role: &str, database: &Database, search: &str) -> Self {
        let start = || {
            let mut command = Command::new(std::env::current_exe().expect("this program"));
            command.env(ROLE, role).env(PLACE, database.address()).env(SEARCH, search).stdout(Stdio::piped());
            command.spawn().expect("a process")
        };
        Self((0..count).map(|_| start()).collect())
    }

    /// What they print until they end.
    fn output(mut self) -> String {
        let outputs = self.0.drain(..).map(|child| child.wait_with_output().expect("its output").stdout);
        outputs.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn measure() -> Result<(), StudyError> {
    for search in ["random", "agent"] {
        let Some(database) = Database::make() else { return Ok(()) };
        let processes = Processes::start(PROCESSES, "run", &database, search);
        let rate = trials_a_second(&database, search)?;
        drop(processes);
        println!("{search}: {rate:.0} trials a second by {} workers in {PROCESSES} processes", PROCESSES * WORKERS);
    }
    for search in ["random", "agent"] {
        for (count, role) in [(1, "loop"), (PROCESSES, "loops")] {
            let Some(database) = Database::make() else { return Ok(()) };
            let output = Processes::start(count, role, &database, search).output();
            let workers = if count == 1 { 1 } else { count * WORKERS };
            println!("{search}: {}, by {workers} workers", told(&output));
        }
    }
    let Some(database) = Database::make() else { return Ok(()) };
    let _processes = Processes::start(PROCESSES, "idle", &database, "random");
    std::thread::sleep(WINDOW);
    let before = transactions(&database);
    std::thread::sleep(2 * WINDOW);
    let rate = (transactions(&database) - before) as f64 / (2 * WINDOW).as_secs_f64();
    println!("{rate:.1} transactions a second by {} workers with nothing to do", PROCESSES * WORKERS);
    Ok(())
}

/// How many transactions the server's database had so far, as the server counts them: about a second late.
fn transactions(database: &Database) -> u64 {
    let sql = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()";
    say(&database.server, sql).ok().and_then(|count| count.parse().ok()).expect("the server counts")
}

/// How many end, from when they began to.
fn trials_a_second(database: &Database, study: &str) -> Result<f64, StudyError> {
    let store = location::open(database.address())?;
    let done = || {
        let mut done = 0;
        store.transact(Access::Read, &mut |ledger| {
            done = ledger.study(study)?.map_or(0, |study| study.done);
            Ok(())
        })?;
        Ok::<u64, StudyError>(done)
    };
    while done()? < 1000 {
        std::thread::sleep(Duration::from_millis(50));
    }
    let (begin, before) = (Instant::now(), done()?);
    std::thread::sleep(WINDOW);
    Ok((done()? - before) as f64 / begin.elapsed().as_secs_f64())
}

/// The medians of what was measured, and what one of a hundred is above.
fn told(output: &str) -> String {
    let times = output.lines().filter_map(|line| line.split_once(' '));
    let times = times.filter_map(|(ask, tell)| Some((ask.parse::<u64>().ok()?, tell.parse::<u64>().ok()?)));
    let (mut asks, mut tells): (Vec<u64>, Vec<u64>) = times.unzip();
    let quantiles = |times: &mut Vec<u64>| {
        times.sort_unstable();
        let at = |share: usize| times.get(times.len() * share / 100).map_or(f64::NAN, |time| *time as f64 / 1e3);
        format!("{:.2} ms (99 % below {:.2})", at(50), at(99))
    };
    let (ask, tell) = (quantiles(&mut asks), quantiles(&mut tells));
    format!("an ask takes {ask}, a tell {tell}, {:.0} a second", asks.len() as f64 / WINDOW.as_secs_f64())
}

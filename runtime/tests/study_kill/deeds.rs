//! What is done to workers, to their lines and to the server.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use rustix::process::{Pid, Signal, kill_process};

use crate::site::{Site, WORKERS};
use crate::worker::{LEASE, MODE, NOTES, PLACE};

#[cfg(feature = "postgres")]
use crate::proxy::Cut;

/// What is done to one of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Deed {
    /// It is killed, and another one takes its place.
    Kill,
    /// It stands still for longer than a worker may give no heartbeat.
    Stop,
    /// Its clock goes on from another time, hours away.
    Jump,
    /// Its line is cut at a commit.
    #[cfg(feature = "postgres")]
    Cut(Cut),
    /// Nothing comes through its line for longer than a worker may give no heartbeat; what was under way is lost, or comes late.
    #[cfg(feature = "postgres")]
    Hold { is_lost: bool },
    /// The server is killed and starts anew.
    #[cfg(feature = "postgres")]
    KillServer,
}

/// A worker process.
struct Worker {
    child: Child,
    /// What its clock is set by.
    clock: PathBuf,
}

impl Worker {
    fn start(folder: &Path, number: usize, place: &str, is_deterministic: bool) -> Self {
        let clock = folder.join(format!("{number}.clock"));
        std::fs::write(&clock, "+0s").unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "worker::worker", "--ignored", "--nocapture"]);
        command.env(PLACE, place).env(NOTES, notes(folder, number));
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

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Where a worker notes what it was told is saved.
fn notes(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("{number}.txt"))
}

/// The library that sets the clock of a process, where it is installed.
pub(crate) fn faketime() -> Option<&'static str> {
    const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    Path::new(LIBRARY).exists().then_some(LIBRARY)
}

/// Does all of it in random order, each after a random time to a random worker. Gives the notes of all workers that there were.
pub(crate) fn disturb(site: &Site, kinds: &[(Deed, u32)], is_deterministic: bool) -> Vec<PathBuf> {
    let mut rng = Pcg64::seed_from_u64(9);
    let mut count = 0;
    let mut begin = |slot: usize| {
        count += 1;
        Worker::start(site.folder.path(), count - 1, site.way(slot), is_deterministic)
    };
    let mut workers: Vec<Worker> = (0..WORKERS).map(&mut begin).collect();
    for deed in shuffled(kinds, &mut rng) {
        std::thread::sleep(Duration::from_millis(rng.random_range(10..200)));
        let slot = rng.random_range(0..WORKERS);
        let worker = &mut workers[slot];
        let ended = worker.child.try_wait().unwrap();
        assert!(ended.is_none(), "a worker ended by itself, before {deed:?}: {ended:?}");
        match deed {
            Deed::Kill => {
                worker.kill();
                workers[slot] = begin(slot);
            }
            Deed::Stop => {
                worker.signal(Signal::STOP);
                std::thread::sleep(LEASE * 2);
                worker.signal(Signal::CONT);
            }
            Deed::Jump => {
                let hours = rng.random_range(-30..30);
                let sign = if hours < 0 { "-" } else { "+" };
                std::fs::write(&worker.clock, format!("{sign}{}h", i32::abs(hours))).unwrap();
            }
            #[cfg(feature = "postgres")]
            Deed::Cut(cut) => assert!(site.proxies[slot].cut(cut, Duration::from_secs(30)), "nothing is committed"),
            #[cfg(feature = "postgres")]
            Deed::Hold { is_lost } => site.proxies[slot].hold(LEASE * 2, is_lost),
            #[cfg(feature = "postgres")]
            Deed::KillServer => {
                let server = site.server.as_ref().unwrap();
                server.kill(Duration::from_millis(rng.random_range(0..2000)));
            }
        }
    }
    // Some trials more, by those who are left.
    std::thread::sleep(LEASE * 2);
    workers.iter_mut().for_each(Worker::kill);
    (0..count).map(|number| notes(site.folder.path(), number)).collect()
}

fn shuffled(kinds: &[(Deed, u32)], rng: &mut Pcg64) -> Vec<Deed> {
    let mut deeds: Vec<Deed> =
        kinds.iter().flat_map(|&(deed, times)| std::iter::repeat_n(deed, times as usize)).collect();
    for i in (1..deeds.len()).rev() {
        deeds.swap(i, rng.random_range(0..=i));
    }
    deeds
}

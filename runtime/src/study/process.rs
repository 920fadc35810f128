//! Which process a worker is in, and whether another one's is gone.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};

/// What tells a process from all others: where these can be compared, one that is gone is known to be gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Process {
    /// For people.
    host: String,
    /// The run of the machine since it was last started.
    boot: String,
    /// The namespace of its number: another container has others.
    namespace: String,
    pid: u32,
    /// When it began, in ticks since the machine did: numbers are used again.
    start: u64,
}

/// What is known of another worker's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Gone,
    /// It is a worker of this process, which is there.
    Own,
    Alive,
    /// It runs elsewhere, or cannot be known.
    Unknown,
}

/// The workers of this process that are there.
static WORKERS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// A worker of this process, as long as it lives.
#[derive(Debug)]
pub(super) struct Present(String);

impl Present {
    pub(super) fn new(worker: &str) -> Self {
        WORKERS.lock().unwrap_or_else(PoisonError::into_inner).insert(worker.to_owned());
        Self(worker.to_owned())
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        WORKERS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// This process; none where it cannot be told from others.
fn this() -> Option<&'static Process> {
    static THIS: OnceLock<Option<Process>> = OnceLock::new();
    THIS.get_or_init(platform::own).as_ref()
}

/// This process, as JSON; none where it cannot be told from others.
pub(super) fn own() -> Option<String> {
    this().and_then(|process| serde_json::to_string(process).ok())
}

/// What became of a worker's process.
pub(super) fn fate(worker: &str, process: Option<&str>) -> Fate {
    let read = |process: &str| serde_json::from_str::<Process>(process).ok();
    let (Some(other), Some(own)) = (process.and_then(read), this()) else { return Fate::Unknown };
    if other == *own {
        let is_there = WORKERS.lock().unwrap_or_else(PoisonError::into_inner).contains(worker);
        return if is_there { Fate::Own } else { Fate::Gone };
    }
    if (&other.boot, &other.namespace) != (&own.boot, &own.namespace) {
        return Fate::Unknown;
    }
    platform::fate(&other)
}

/// Where a process runs, for people.
pub(super) fn place(process: &str) -> Option<String> {
    let Process { host, pid, .. } = serde_json::from_str(process).ok()?;
    Some(format!("process {pid} on {host}"))
}

#[cfg(target_os = "linux")]
mod platform {
    use std::fs;

    use rustix::process::{Pid, test_kill_process};

    use super::{Fate, Process};

    pub(super) fn own() -> Option<Process> {
        let text = |path: &str| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
        let pid = std::process::id();
        let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
        Some(Process {
            host: text("/proc/sys/kernel/hostname").unwrap_or_default(),
            boot: text("/proc/sys/kernel/random/boot_id")?,
            namespace: namespace.to_string_lossy().into_owned(),
            pid,
            start: stat(pid)?.start,
        })
    }

    pub(super) fn fate(process: &Process) -> Fate {
        match stat(process.pid) {
            // One that has ended and was not asked for by its parent does nothing any more.
            Some(stat) if stat.start == process.start && !stat.has_ended => Fate::Alive,
            None if exists(process.pid) => Fate::Unknown,
            Some(_) | None => Fate::Gone,
        }
    }

    /// Also of processes that `/proc` does not show.
    fn exists(pid: u32) -> bool {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        pid.is_none_or(|pid| test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
    }

    struct Stat {
        has_ended: bool,
        start: u64,
    }

    /// Of `/proc/<pid>/stat`: the third field is the state, the 22nd the start; the second, the name, may hold anything.
    fn stat(pid: u32) -> Option<Stat> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, fields) = text.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        let has_ended = matches!(*fields.first()?, "Z" | "X" | "x");
        Some(Stat { has_ended, start: fields.get(19)?.parse().ok()? })
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use super::{Fate, Process};

    pub(super) fn own() -> Option<Process> {
        None
    }

    pub(super) fn fate(_: &Process) -> Fate {
        Fate::Unknown
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::*;

    fn changed(change: impl FnOnce(&mut Process)) -> String {
        let mut process = platform::own().unwrap();
        change(&mut process);
        serde_json::to_string(&process).unwrap()
    }

    #[test]
    fn a_worker_of_this_process_is_there_as_long_as_it_lives() {
        let present = Present::new("a worker");
        assert_eq!(fate("a worker", own().as_deref()), Fate::Own);
        drop(present);
        assert_eq!(fate("a worker", own().as_deref()), Fate::Gone);
    }

    #[test]
    fn a_process_that_ended_is_gone_at_once() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        let ticks: u64 = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().parse().unwrap();
        let process = changed(|process| (process.pid, process.start) = (child.id(), ticks));
        assert_eq!(fate("another", Some(&process)), Fate::Alive);
        // Nobody waits for it yet: it is a zombie.
        child.kill().unwrap();
        let mut found = fate("another", Some(&process));
        for _ in 0..1000 {
            if found == Fate::Gone {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
            found = fate("another", Some(&process));
        }
        assert_eq!(found, Fate::Gone);
        child.wait().unwrap();
        assert_eq!(fate("another", Some(&process)), Fate::Gone);
    }

    #[test]
    fn a_number_that_is_used_again_is_another_process() {
        assert_eq!(fate("another", Some(&changed(|process| process.start += 1))), Fate::Gone);
    }

    #[test]
    fn of_another_machine_or_container_nothing_is_known() {
        assert_eq!(fate("another", Some(&changed(|process| process.boot.push('x')))), Fate::Unknown);
        assert_eq!(fate("another", Some(&changed(|process| process.namespace.push('x')))), Fate::Unknown);
        assert_eq!(fate("another", Some("no JSON")), Fate::Unknown);
        assert_eq!(fate("another", None), Fate::Unknown);
    }
}

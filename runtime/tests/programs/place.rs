//! Scripts, and the processes that come of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use transfer_nas::study::Program;

/// A folder of a test. What is started for it has a mark in its environment, by which it is found wherever it went.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    mark: String,
}

/// The variable that holds the mark.
const MARK: &str = "TRANSFER_NAS_TEST_MARK";

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().display().to_string();
        Self { folder, mark }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A shell script as a program with the mark.
    pub(crate) fn script(&self, text: &str) -> Program {
        Program::new("/bin/sh").arg(self.write_script(text)).env(MARK, &self.mark)
    }

    pub(crate) fn write_script(&self, text: &str) -> PathBuf {
        let path = self.path("script.sh");
        fs::write(&path, format!("set -u\n{text}\n")).unwrap();
        path
    }

    /// `transfer-nas worker` with the mark.
    pub(crate) fn worker(&self, store: &Path, options: &[&str], script: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_transfer-nas"));
        command.arg("worker").arg(store).args(options).args(["--", "/bin/sh"]).arg(script).env(MARK, &self.mark);
        command
    }

    /// The processes that have the mark, those that nobody has waited for apart.
    #[cfg(target_os = "linux")]
    pub(crate) fn processes(&self) -> Vec<u32> {
        let wanted = format!("{MARK}={}", self.mark);
        let entries = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let has_mark = |pid: &u32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
        };
        entries.filter(has_mark).collect()
    }

    /// Fails where a process is left after some seconds.
    #[cfg(target_os = "linux")]
    pub(crate) fn nobody_is_left(&self) {
        let begin = Instant::now();
        loop {
            let left = self.processes();
            if left.is_empty() {
                return;
            }
            let named = || {
                let line = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
                left.iter().map(line).collect::<Vec<_>>()
            };
            assert!(begin.elapsed() < Duration::from_secs(10), "left behind: {:?}", named());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn nobody_is_left(&self) {}
}

/// Sends a signal by its name.
pub(crate) fn signal(pid: u32, name: &str) {
    Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap();
}

/// Waits until something holds.
pub(crate) fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(30), "{what} does not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

//! A crate in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use transfer_nas::study::{SqliteStore, StudyView};

pub(crate) struct Newcomer {
    name: String,
    folder: TempDir,
    /// Where it builds: the same folder each time, so that dependencies are built once.
    target: PathBuf,
}

impl Newcomer {
    /// As `cargo new` leaves it, with the versions of dependencies that this checkout has.
    pub(crate) fn new(name: &str) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir().unwrap();
        let newcomer = Self { name: name.to_owned(), folder, target: here.join("target/tests/readme") };
        succeeds(&mut newcomer.cargo(&["init", "--name", name, "--vcs", "none"]));
        std::fs::copy(here.join("Cargo.lock"), newcomer.folder.path().join("Cargo.lock")).unwrap();
        newcomer
    }

    /// A line of the README.
    pub(crate) fn shell(&self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "add", "transfer-nas", rest @ ..] = &words[..] else { panic!("not understood: {line}") };
        let runtime = concat!(env!("CARGO_MANIFEST_DIR"), "/runtime");
        succeeds(&mut self.cargo(&[&["add", "--path", runtime], rest].concat()));
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// What the program prints.
    pub(crate) fn run(&self) -> String {
        succeeds(&mut self.cargo(&["run", "--release", "--quiet"]))
    }

    pub(crate) fn build(&self) {
        succeeds(&mut self.cargo(&["build", "--release", "--quiet"]));
    }

    /// The program that was built, started.
    pub(crate) fn start(&self) -> Started {
        let mut program = Command::new(self.target.join("release").join(&self.name));
        program.current_dir(self.folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        Started(program.spawn().unwrap())
    }

    /// What the compiler says of a program that it refuses.
    pub(crate) fn is_refused(&self) -> String {
        let output = self.cargo(&["build", "--release", "--quiet"]).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    /// How many trials a study in the program's file has.
    pub(crate) fn trials(&self, study: &str) -> usize {
        let store = SqliteStore::open(self.folder.path().join("passengers.db")).unwrap();
        StudyView::read(&store, study).unwrap().trials.len()
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).current_dir(self.folder.path()).env("CARGO_TARGET_DIR", &self.target);
        // Builds are what takes the time here.
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
        cargo
    }
}

/// What a command prints that must succeed.
fn succeeds(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// A program that runs.
pub(crate) struct Started(Child);

impl Started {
    pub(crate) fn ends_well(mut self, within: Duration) {
        let begin = Instant::now();
        while begin.elapsed() < within {
            if let Some(status) = self.0.try_wait().unwrap() {
                return assert!(status.success(), "{status}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        panic!("it still runs after {within:?}");
    }
}

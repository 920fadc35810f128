//! Files and folders that the reader may not write.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::files::studies;

/// The command as a user who owns nothing of it: root reads as another one, where that is possible.
fn as_another(program: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = if rustix::process::getuid().is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.args(arguments).current_dir(folder);
    command
}

fn reads_all(program: &Path, folder: &Path, file: &str, report: &str) {
    let requests: [&[&str]; 4] = [
        &["study", "list", file],
        &["study", "show", file],
        &["study", "export", file, "--format", "csv"],
        &["study", "report", file, "--output", report],
    ];
    for request in requests {
        let begin = Instant::now();
        let output = as_another(program, folder, request).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.is_empty(), "{request:?}: {errors}");
        assert!(!output.stdout.is_empty(), "{request:?}");
        assert!(begin.elapsed() < Duration::from_secs(1), "{request:?} takes {:?}", begin.elapsed());
    }
}

/// A file of another user that only its owner may write, in a folder of which the same is true: by itself, and beside one who writes.
#[test]
fn who_may_only_read_can_read() {
    let (folder, out) = (studies(), tempfile::tempdir().unwrap());
    let allow = |path: &Path, mode: u32| fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    allow(out.path(), 0o777);
    // Where the other user finds it, too.
    let program = out.path().join("transfer-nas");
    fs::copy(env!("CARGO_BIN_EXE_transfer-nas"), &program).unwrap();
    allow(&program, 0o755);
    let (file, report) = (folder.path().join("one.db"), out.path().join("report.html"));
    let report = report.to_str().unwrap();
    allow(&file, 0o444);
    allow(folder.path(), 0o555);
    reads_all(&program, folder.path(), "one.db", report);
    allow(&file, 0o644);
    allow(folder.path(), 0o755);
    let writer = Connection::open(&file).unwrap();
    writer.execute_batch("UPDATE studies SET created = created + 1; BEGIN IMMEDIATE").unwrap();
    writer.execute_batch("UPDATE studies SET created = created + 1").unwrap();
    reads_all(&program, folder.path(), "one.db", report);
}

//! A PostgreSQL server of a test's own, which may be killed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getuid, kill_process};
use tempfile::TempDir;

/// A server in a directory of its own, ended with it.
pub(crate) struct Server {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Server {
    /// None where the server's programs are not installed, which a line says.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let is_required = std::env::var("TRANSFER_NAS_POSTGRES_REQUIRED").is_ok_and(|said| said == "1");
            assert!(!is_required, "the programs of a PostgreSQL server are not installed");
            eprintln!("the programs of a PostgreSQL server are not installed: no server is killed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { programs, folder, port };
        if getuid().is_root() {
            // A server does not run as root.
            let folder = server.folder.path();
            assert!(Command::new("chown").arg("postgres").arg(folder).status().unwrap().success());
        }
        let made = server.run("initdb", &["--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        server.begin();
        Some(server)
    }

    pub(crate) fn address(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Kills the server as it stands, and starts it anew.
    pub(crate) fn kill(&self, pause: Duration) {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let pid: i32 = file.lines().next().unwrap().parse().unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
        std::thread::sleep(pause);
        self.begin();
    }

    /// Starts it; what the last one left may take a moment to go.
    fn begin(&self) {
        let settings = format!("-p {} -k {} -c listen_addresses=127.0.0.1", self.port, self.folder.path().display());
        let log = self.folder.path().join("log");
        let begin = Instant::now();
        loop {
            let started = self.run("pg_ctl", &["--wait", "--log", log.to_str().unwrap(), "-o", &settings, "start"]);
            if started.status.success() {
                return;
            }
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(begin.elapsed() < Duration::from_secs(30), "{}\n{log}", String::from_utf8_lossy(&started.stderr));
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let program = self.programs.join(program);
        let mut command = if getuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.arg("-D").arg(self.data()).args(arguments).current_dir(self.folder.path()).output().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", &["--mode=immediate", "stop"]);
    }
}

/// Where the programs of a server are: in the path, or where Debian has them, the latest.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_them = |folder: &Path| ["initdb", "pg_ctl"].iter().all(|program| folder.join(program).is_file());
    if let Some(folder) = std::env::split_paths(&path).find(|folder| has_them(folder)) {
        return Some(folder);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    versions.map(|version| version.path().join("bin")).filter(|folder| has_them(folder)).max()
}

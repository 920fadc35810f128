//! The service as a process.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::client::Client;

/// A service, which is killed in the end.
pub(crate) struct Service {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Service {
    /// On a port that is free.
    pub(crate) fn start(file: &Path, arguments: &[&str], token: Option<&str>) -> Self {
        Self::start_at(file, &[&["--listen", "127.0.0.1:0"], arguments].concat(), token)
    }

    /// Where the arguments say.
    pub(crate) fn start_at(file: &Path, arguments: &[&str], token: Option<&str>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_transfer-nas"));
        command.arg("serve").arg(file).args(arguments);
        command.env_remove("TRANSFER_NAS_TOKEN");
        if let Some(token) = token {
            command.env("TRANSFER_NAS_TOKEN", token);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit('/').next().and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address: {line:?}"));
        Self { child, address }
    }

    pub(crate) fn client(&self) -> Client<TcpStream> {
        Client::connect(self.address)
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// How it ended, what it said on standard error, and after how long.
    pub(crate) fn end(&mut self) -> (ExitStatus, String, Duration) {
        let begin = Instant::now();
        let status = self.child.wait().unwrap();
        let mut said = String::new();
        self.child.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
        (status, said, begin.elapsed())
    }

    /// The resident memory in MB.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

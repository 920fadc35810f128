//! A service for the workers of studies.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use transfer_nas::study::{Server, location};

use crate::arguments::Serve;
use crate::failure::Failure;
use crate::worker::waited_for;

/// Where a token may be beside a file.
const TOKEN: &str = "TRANSFER_NAS_TOKEN";

/// Serves until it is told to stop.
pub(crate) fn run(command: &Serve) -> Result<(), Failure> {
    allow_handles();
    let mut server =
        Server::new(waited_for(command.wait, || Ok(location::open_existing(&command.store)?))?).listen(&command.listen);
    if let Some(name) = &command.study {
        server = server.study(name);
    }
    if let Some(token) = token(command.token_file.as_deref())? {
        server = server.token(token);
    }
    if let (Some(certificate), Some(key)) = (&command.cert, &command.key) {
        server = server.tls(certificate, key);
    }
    let serving = server.start()?;
    // Nobody need be there to read it.
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "listening on {}", serving.url()).and_then(|()| stdout.flush());
    drop(stdout);
    Ok(serving.wait()?)
}

/// The text in a file, without the line end, or in the environment. It is no argument: those of a process are there for all to see.
fn token(file: Option<&Path>) -> Result<Option<String>, Failure> {
    let Some(file) = file else { return Ok(std::env::var(TOKEN).ok()) };
    let text = fs::read_to_string(file).map_err(|source| Failure::Read { path: file.to_owned(), source })?;
    Ok(Some(text.trim().to_owned()))
}

/// Each connection is a file handle, and a shell may allow hardly as many as there may be connections: all that may be allowed are.
#[cfg(target_os = "linux")]
fn allow_handles() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where that does not succeed, connections beyond it wait.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

#[cfg(not(target_os = "linux"))]
fn allow_handles() {}

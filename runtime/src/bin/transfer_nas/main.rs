//! `transfer-nas`: studies and checkpoints from the command line, without the types that they were made with.

mod arguments;
mod checkpoint;
mod failure;
mod study;
mod table;
mod text;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    match run(Arguments::parse().command).and_then(|said| say(&said)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody need be there to read it.
            let _ = writeln!(io::stderr(), "error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Does what is asked; gives what goes to standard output.
fn run(command: Command) -> Result<Vec<u8>, Failure> {
    match command {
        Command::Study(command) => study::run(&command).map(String::into_bytes),
        Command::Checkpoint(command) => checkpoint::run(&command).map(String::into_bytes),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "transfer-nas", &mut script);
            Ok(script)
        }
    }
}

/// A reader that has seen enough, such as `head`, is no failure.
fn say(said: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(said).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Stdout(error)),
        _ => Ok(()),
    }
}

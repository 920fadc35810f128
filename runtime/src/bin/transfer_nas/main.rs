//! `transfer-nas`: studies and checkpoints from the command line, and workers, without the types that they were made with.

mod arguments;
mod checkpoint;
mod failure;
#[cfg(feature = "serve")]
mod serve;
mod study;
mod table;
mod text;
#[cfg(unix)]
mod worker;

use std::borrow::Cow;
use std::env;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use transfer_nas::printable::{disturbs, printable_lines};

use arguments::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let command = match Arguments::try_parse() {
        Ok(arguments) => arguments.command,
        Err(usage) => return explain(&usage),
    };
    match run(command).and_then(|said| say(&said)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody need be there to read it.
            let _ = writeln!(io::stderr(), "error: {}", printable_lines(failure));
            ExitCode::FAILURE
        }
    }
}

/// Writes help, or what was not understood. That repeats the arguments, which may be the names of anybody's files: where these
/// would do something to a terminal, colours of our own are done without.
fn explain(usage: &clap::Error) -> ExitCode {
    if env::args_os().any(|argument| argument.to_string_lossy().contains(disturbs)) {
        let _ = write!(io::stderr(), "{}", printable_lines(usage.render()));
    } else {
        let _ = usage.print();
    }
    ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2))
}

/// Does what is asked; gives what goes to standard output.
fn run(command: Command) -> Result<Vec<u8>, Failure> {
    match command {
        Command::Study(command) => study::run(&command).map(String::into_bytes),
        #[cfg(unix)]
        Command::Worker(arguments) => {
            warn_on_stderr();
            worker::run(&arguments).map(String::into_bytes)
        }
        Command::Checkpoint(command) => checkpoint::run(&command).map(String::into_bytes),
        #[cfg(feature = "serve")]
        Command::Serve(command) => {
            warn_on_stderr();
            serve::run(&command).map(|()| Vec::new())
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "transfer-nas", &mut script);
            Ok(script)
        }
    }
}

/// What goes on for long says what a person should know of meanwhile.
fn warn_on_stderr() {
    let subscriber = tracing_subscriber::fmt().with_writer(io::stderr).with_max_level(tracing::Level::WARN);
    // One that is there already does as well.
    let _ = subscriber.without_time().with_target(false).with_ansi(false).try_init();
}

/// A reader that has read enough, such as `head`, is no failure.
fn say(said: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let said = shown(said, stdout.is_terminal());
    match stdout.write_all(&said).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Stdout(error)),
        _ => Ok(()),
    }
}

/// What goes to other programs or to a file is as it is. On a terminal a CSV table, which knows no escapes, could do what its texts
/// say.
fn shown(said: &[u8], is_terminal: bool) -> Cow<'_, [u8]> {
    let escaped = || printable_lines(String::from_utf8_lossy(said)).to_string().into_bytes();
    if is_terminal { Cow::Owned(escaped()) } else { Cow::Borrowed(said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_escaped_on_a_terminal_only() {
        let table = "error\n\"out\tof\u{1b}[31m memory\"\n";
        assert_eq!(&*shown(table.as_bytes(), false), table.as_bytes());
        assert_eq!(&*shown(table.as_bytes(), true), b"error\n\"out\tof\\u{1b}[31m memory\"\n");
    }
}

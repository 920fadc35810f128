//! Objectives that are programs in any language: what is written to them, how they are run and ended, what they answer.
//! `docs/worker.md` is the contract.

mod answer;
mod arguments;
mod attempt;
mod group;
mod objective;
mod output;
mod shift;
mod worker;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

pub use shift::WorkerSummary;
pub use worker::Worker;

/// A program that evaluates a trial: it is started for each, is told the config, and answers with lines of JSON.
///
/// The program has the config as JSON on standard input and in the file that the environment variable `TRANSFER_NAS_CONFIG` names, and
/// writes lines such as `{"step": 3, "value": 0.71}` and `{"reward": 0.93}` to the file that `TRANSFER_NAS_RESULTS` names. In its arguments
/// `{Training.learning_rate}` stands for the value of that state. `docs/worker.md` has all of it.
///
/// ```
/// # #[cfg(unix)] {
/// use transfer_nas::prelude::*;
/// use transfer_nas::study::{Program, Study};
///
/// #[search_space]
/// #[derive(Debug)]
/// struct Config { #[space(range = 1..=8)] layers: u32 }
///
/// let train = Program::new("sh").args(["-c", r#"echo "{\"reward\": $1}" > "$TRANSFER_NAS_RESULTS""#, "train", "{Config.layers}"]);
/// let study = Study::in_memory().trials(8).workers(2).quiet().run_command::<Config>(train)?;
/// assert_eq!(study.best()?.unwrap().config.layers, 8);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a program does nothing until a study or a worker runs it"]
pub struct Program {
    path: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, Option<OsString>)>,
    directory: Option<PathBuf>,
    /// Whether it answers on standard output.
    is_on_stdout: bool,
    grace: Duration,
}

impl Program {
    /// A program by its path, or by its name in one of the folders of `PATH`.
    pub fn new(program: impl Into<OsString>) -> Self {
        let (arguments, environment, grace) = (Vec::new(), Vec::new(), Duration::from_secs(10));
        Self { path: program.into(), arguments, environment, directory: None, is_on_stdout: false, grace }
    }

    /// One more argument. `{State.name}` in it becomes the value of that state in the trial's config, and nothing where the config does
    /// not decide the state.
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// More arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of the program's environment.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), Some(value.into())));
        self
    }

    /// The directory in which the program is started; that of this process where it is not set.
    pub fn current_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Takes lines of JSON on standard output for answers, rather than those in a file; other lines are output like any.
    pub fn answers_on_stdout(mut self) -> Self {
        self.is_on_stdout = true;
        self
    }

    /// How long the program may take to end once it is asked to (SIGTERM); after that it is killed. 10 seconds where it is not set.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }
}

/// A command with its arguments, environment and directory. Its standard streams are not those of the trials.
impl From<Command> for Program {
    fn from(command: Command) -> Self {
        let mut this = Self::new(command.get_program()).args(command.get_args());
        let variables = command.get_envs();
        this.environment = variables.map(|(name, value)| (name.to_owned(), value.map(OsString::from))).collect();
        this.directory = command.get_current_dir().map(PathBuf::from);
        this
    }
}

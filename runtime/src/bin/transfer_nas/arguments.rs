//! What can be asked.

use std::ffi::OsString;
#[cfg(unix)]
use std::num::NonZeroU16;
use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Studies and checkpoints of `transfer-nas`, without the Rust types that they were made with: shows them, and evaluates trials.
///
/// Exits with 0 where it did what was asked, with 1 where it could not, and with 2 where it was not understood.
#[derive(Debug, Parser)]
#[command(name = "transfer-nas", version)]
#[command(after_help = "Examples:
  transfer-nas study list runs.db
  transfer-nas study export runs.db --format csv > trials.csv
  transfer-nas worker runs.db --study cnn -- python train.py
  transfer-nas checkpoint diff old.safetensors new.safetensors")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Studies in an SQLite file or a PostgreSQL database: what `Study::open` made.
    #[command(subcommand)]
    Study(Study),
    /// Evaluates trials of a study with a program in any language, which is started for each.
    ///
    /// The program has the config as JSON on standard input and in the file that TRANSFER_NAS_CONFIG names, and writes lines such as
    /// {"step": 3, "value": 0.71} and {"reward": 0.93} to the file that TRANSFER_NAS_RESULTS names. In its arguments {Config.width} stands
    /// for the value of that state. The worker ends when the study has; Ctrl-C lets programs that run finish, a second one hands their
    /// trials back.
    #[allow(clippy::doc_markdown)] // It is shown as it is.
    #[cfg(unix)]
    #[command(after_help = "Examples:
  transfer-nas worker runs.db --study cnn --parallel 2 --timeout 2h -- python train.py
  transfer-nas worker postgres://nas@host/runs --stdout -- ./train --width {Config.width}")]
    Worker(Worker),
    /// Checkpoints: what `Agent::save` wrote.
    #[command(subcommand)]
    Checkpoint(Checkpoint),
    /// Serves studies over HTTP: workers of any language and on any machine ask for trials and tell how they ended, and browsers see
    /// the progress.
    ///
    /// It runs until it is told to stop, by Ctrl-C or SIGTERM. Where others can reach it, it needs a token: text that only those know
    /// who may ask, in a file or in the environment variable `TRANSFER_NAS_TOKEN`.
    #[cfg(feature = "serve")]
    #[command(after_help = "Examples:
  transfer-nas serve runs.db
  transfer-nas serve runs.db --study baseline --listen 0.0.0.0:8443 --token-file token --cert cert.pem --key key.pem")]
    Serve(Serve),
    /// Writes a script that completes this command in a shell.
    #[command(after_help = "Example:
  transfer-nas completions bash > ~/.local/share/bash-completion/completions/transfer-nas")]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// A service.
#[cfg(feature = "serve")]
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The SQLite file, or the address of a database: `postgres://user@host/database`.
    #[arg(value_name = "STORE")]
    pub(crate) store: PathBuf,
    /// The only study to serve; all of the store without it.
    #[arg(long, value_name = "NAME")]
    pub(crate) study: Option<String>,
    /// The address and port to listen on; port 0 is any that is free.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: String,
    /// A file with the token that clients must send; it goes before `TRANSFER_NAS_TOKEN`.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// The certificate for encrypted connections, in PEM.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) cert: Option<PathBuf>,
    /// The key of the certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// How long a store that is not there yet is waited for.
    #[arg(long, value_name = "TIME")]
    pub(crate) wait: Option<humantime::Duration>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Study {
    /// Lists the studies in a file or a database: how many trials each has, and its best reward.
    #[command(after_help = "Examples:
  transfer-nas study list runs.db
  transfer-nas study list runs.db --json | jq '.[].best.reward'")]
    List {
        /// The SQLite file, or the address of a database: `postgres://user@host/database`.
        file: PathBuf,
        /// As a JSON array, an object a study.
        #[arg(long)]
        json: bool,
    },
    /// Shows one study: its space, its best config, its last failures.
    #[command(after_help = "Example:
  transfer-nas study show runs.db baseline")]
    Show {
        #[command(flatten)]
        study: Which,
    },
    /// Writes the trials of a study for other programs: spreadsheets, scripts, Optuna and its dashboard.
    #[command(after_help = "Examples:
  transfer-nas study export runs.db --format csv > trials.csv
  transfer-nas study export runs.db --format optuna --output study.log && optuna-dashboard study.log")]
    Export {
        #[command(flatten)]
        study: Which,
        /// The form.
        #[arg(long)]
        format: Format,
        /// The file to write, which is replaced; the standard output without it.
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Writes a report of a study as one HTML page, which needs no network and no script.
    #[command(after_help = "Example:
  transfer-nas study report runs.db baseline --output report.html")]
    Report {
        #[command(flatten)]
        study: Which,
        /// The file to write, which is replaced.
        #[arg(long)]
        output: PathBuf,
    },
    /// Shows what would come along if a new study of the type of STUDY learned from others, as `learn_from` has it: names that are the same,
    /// renamed, new or gone, and of each source how many trials are tried first and how many are data.
    ///
    /// Nothing is written. It is made of names only: what the type of STUDY says with `alias` is known as the store has it, and what it says
    /// with `valid` is not known.
    #[allow(clippy::doc_markdown)] // It is shown as it is.
    #[command(after_help = "Examples:
  transfer-nas study learn-from runs.db cnn agent.safetensors last-year.db
  transfer-nas study learn-from runs.db cnn --study runs.db baseline --study postgres://nas@host/runs cnn --json")]
    LearnFrom {
        /// The SQLite file, or the address of a database: `postgres://user@host/database`.
        store: PathBuf,
        /// The study.
        study: String,
        /// What to learn from: a checkpoint where the name ends in `.safetensors`, and otherwise a file or a database, of which all studies
        /// are meant, but for STUDY.
        #[arg(value_name = "SOURCE", required_unless_present = "one")]
        sources: Vec<PathBuf>,
        /// One study to learn from: its file or database, and its name. It may be given several times; these come after each SOURCE.
        #[arg(long = "study", id = "one", num_args = 2, value_names = ["LOCATION", "NAME"], action = ArgAction::Append)]
        #[arg(allow_hyphen_values = true)]
        one: Vec<OsString>,
        /// As a JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// A program as a worker.
#[cfg(unix)]
#[derive(Debug, clap::Args)]
pub(crate) struct Worker {
    /// The SQLite file, the address of a database, `postgres://user@host/database`, or that of a service, `http://host:8080`.
    pub(crate) store: PathBuf,
    /// The study; it may be left out where there is only one.
    #[arg(long)]
    pub(crate) study: Option<String>,
    /// How many programs run at once.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) parallel: NonZeroU16,
    /// How long a program may take, such as `90s` or `2h`; after that its trial has failed, and it is ended.
    #[arg(long, value_name = "TIME")]
    pub(crate) timeout: Option<humantime::Duration>,
    /// How often a trial that fails here is tried again; as the study has it without this.
    #[arg(long, value_name = "N")]
    pub(crate) retries: Option<u32>,
    /// Below which each trial has a directory of its own, which stays over its attempts; beside the store without this.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Takes lines of JSON on the program's standard output for its answers.
    #[arg(long)]
    pub(crate) stdout: bool,
    /// How long a program may take to end once it is asked to (SIGTERM), before it is killed.
    #[arg(long, value_name = "TIME", default_value = "10s")]
    pub(crate) grace: humantime::Duration,
    /// After how long without anything to do the worker leaves.
    #[arg(long, value_name = "TIME")]
    pub(crate) max_idle: Option<humantime::Duration>,
    /// How long a store or a study that is not there yet is waited for.
    #[arg(long, value_name = "TIME")]
    pub(crate) wait: Option<humantime::Duration>,
    /// A PEM file of authorities to trust for a service, beside those of the system.
    #[cfg(feature = "serve")]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// What the worker is called in the store; it is made unique in any case.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Says nothing of trials.
    #[arg(long)]
    pub(crate) quiet: bool,
    /// The program and its arguments.
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    pub(crate) program: Vec<OsString>,
}

/// One study.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// The SQLite file, or the address of a database: `postgres://user@host/database`.
    pub(crate) file: PathBuf,
    /// The study; it may be left out where there is only one.
    pub(crate) name: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values: a row a trial, a column a state.
    Csv,
    /// One object with the space and all that is known of each trial.
    Json,
    /// A journal file of Optuna.
    Optuna,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Checkpoint {
    /// Shows a checkpoint: what it decides, how much it has learned, its best configs.
    #[command(after_help = "Example:
  transfer-nas checkpoint show agent.safetensors")]
    Show {
        /// The safetensors file.
        file: PathBuf,
    },
    /// Says what a transfer from OLD to the type of NEW takes over: of each state and action whether it is the same, renamed
    /// (where NEW's type says so with `alias`), new or gone.
    #[command(after_help = "Example:
  transfer-nas checkpoint diff last-month.safetensors today.safetensors")]
    Diff {
        /// The checkpoint to take over from.
        old: PathBuf,
        /// A checkpoint of the type to take over to.
        new: PathBuf,
    },
}

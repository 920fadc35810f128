//! Why a study could not go on.

use std::path::PathBuf;

use super::store::StoreError;
use crate::agent::{ConfigError, SampleError};
use crate::checkpoint::{LoadError, SaveError};
use crate::printable::{printable, printable_lines};
use crate::sentence::debug_as_sentence;

/// Why a study could not go on. What was told before is saved, and opening the study again goes on from there.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The config's type is not the one that the study was made with.
    #[error(
        "the study `{}` searches another space: {}; open it with the type as it was, give new names their old ones with `alias`, take another study name, or go on by names with `adapt()`",
        printable(study),
        printable(differences.join(", "))
    )]
    OtherSpace {
        /// The study.
        study: String,
        /// What is new and what is gone, by state and action.
        differences: Vec<String>,
    },
    /// Another process went on with a changed type.
    #[error(
        "another process opened the study `{}` with a changed type and goes on with that; open it again",
        printable(study)
    )]
    Adapted {
        /// The study.
        study: String,
    },
    /// There is no study of this name.
    #[error("there is no study `{}` in the store; it has {}", printable(study), printable(listed(known)))]
    NoStudy {
        /// The name asked for.
        study: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// Nothing could be sampled.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A given config has no place in the space.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The study was made for the other direction.
    #[error(
        "the study `{}` is to {direction} its reward; open it the same way, or take another study name",
        printable(study)
    )]
    OtherDirection {
        /// The study.
        study: String,
        /// What it does with its reward: `maximize` or `minimize`.
        direction: &'static str,
    },
    /// The study was made for other objectives.
    #[error(
        "the study `{}` has {}, not {}; return what it has and open it with that, or make another study, with `.objectives::<Score>()` for several objectives",
        printable(study),
        printable(searched_for(objectives)),
        printable(searched_for(found))
    )]
    OtherObjectives {
        /// The study.
        study: String,
        /// Its objectives; empty where it has one.
        objectives: Vec<String>,
        /// Those that were asked for, or returned.
        found: Vec<String>,
    },
    /// A study cannot have such objectives, or cannot be asked that of them.
    #[error("the objectives of the study: {}", printable(reason))]
    Objectives {
        /// What is wrong with them, and what to do.
        reason: String,
    },
    /// Something that has limits cannot be recorded.
    #[error("the constraint `{}` is not recorded: {}", printable(name), printable(reason))]
    Constraint {
        /// What it is called.
        name: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// A searcher of your own would have to begin anew, and cannot.
    #[error(
        "what the store could not take in has happened to the searcher already, and it has no snapshot to go back to; open the study again, or implement `Searcher::snapshot` and `Searcher::restore`"
    )]
    NoWayBack,
    /// The strategy could not go back to what it was.
    #[error("the searcher could not go back to what it was when the study was opened: {source}")]
    Reset {
        /// Why not.
        source: LoadError,
    },
    /// A saved searcher could not be read.
    #[error("the searcher that the study `{}` keeps could not be read: {source}", printable(study))]
    Restore {
        /// The study.
        study: String,
        /// Why not.
        source: LoadError,
    },
    /// What is to be learned from could not be read.
    #[error("what `{}` has to teach could not be read: {source}", printable(name))]
    Source {
        /// What it is called.
        name: String,
        /// Why not.
        source: LoadError,
    },
    /// A study is to learn from itself.
    #[error("the study `{}` has nothing to teach itself; name other studies", printable(study))]
    OwnSource {
        /// The study.
        study: String,
    },
    /// The searcher could not be written.
    #[error(transparent)]
    Snapshot(#[from] SaveError),
    /// More trials failed than were allowed.
    #[error("{failed} trials failed, and no more than {allowed} may; the last one said: {}", printable_lines(last))]
    TooManyFailures {
        /// How many failed.
        failed: u64,
        /// How many may.
        allowed: u64,
        /// What the last one said.
        last: String,
    },
    /// A trial of another study, or one that was never handed out.
    #[error(
        "trial {number} was not handed out by this study `{}`; tell it to the one that it came from",
        printable(study)
    )]
    NotHandedOut {
        /// The trial.
        number: u64,
        /// The study.
        study: String,
    },
    /// A deterministic study waits for the outcome of a trial that is out.
    #[error(
        "no further trial can be handed out before trial {number} is told: the study is deterministic, with at most {pending} trials pending"
    )]
    Waits {
        /// The trial.
        number: u64,
        /// How many trials may be pending.
        pending: u64,
    },
    /// Values that somebody gave are not those of a config.
    #[error("this is no config of the space of the study `{}`: {}", printable(study), printable(reason))]
    NoConfig {
        /// The study.
        study: String,
        /// What is wrong with them.
        reason: String,
    },
    /// A program that is to evaluate trials could not be started.
    #[error("the program `{}` could not be started: {source}; is it there, and may it be executed?", printable(program.display()))]
    Program {
        /// The program.
        program: std::ffi::OsString,
        /// Why not.
        source: std::io::Error,
    },
    /// A value cannot be recorded as a note.
    #[error("the note `{}` is not recorded, since its value is none of JSON: {}", printable(key), printable(reason))]
    Note {
        /// What the note was called.
        key: String,
        /// What is wrong with its value.
        reason: String,
    },
    /// A service of studies cannot be set up as it was asked for.
    #[error("the service cannot be started: {}", printable(.reason))]
    Server {
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A service of studies refused what it was asked, or could not be reached.
    #[error("the service at `{}`: {}", printable(address), printable(reason))]
    Service {
        /// Where the service is.
        address: String,
        /// The status of its answer; none where there was no answer.
        status: Option<u16>,
        /// What it says, or what the network says.
        reason: String,
    },
    /// A thread could not be started.
    #[error("a worker could not be started: {}", printable(.0))]
    Thread(std::io::Error),
    /// A study in a store could not be brought into the form of another program.
    #[error("the study `{}` could not be exported: {}", printable(study), printable(reason))]
    Export {
        /// The study.
        study: String,
        /// Why not.
        reason: String,
    },
    /// A file could not be written.
    #[error("`{}` could not be written: {}", printable(path.display()), printable(source))]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file could not be written, since something else than a regular file is at its path.
    #[error("`{}` could not be written: {found} stands there; give the path of a regular file, or of a new one", printable(path.display()))]
    NotAFile {
        /// The file.
        path: PathBuf,
        /// What is there.
        found: &'static str,
    },
}

debug_as_sentence!(StudyError, StoreError);

impl StudyError {
    /// Whether it is about something that somebody may yet make: a study, or a service that is not there.
    pub(super) fn is_of_what_is_not_there(&self) -> bool {
        match self {
            Self::NoStudy { .. } => true,
            #[cfg(feature = "serve")]
            Self::Service { status, .. } => *status == Some(404) || self.is_transient(),
            _ => self.is_transient(),
        }
    }

    /// Whether it may pass, so that the same is worth a further try.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Service { status, .. } => status.is_none_or(|status| matches!(status, 408 | 429 | 500..)),
            _ => false,
        }
    }
}

/// Objectives in words.
fn searched_for(objectives: &[String]) -> String {
    match objectives {
        [] => "one objective, a number without a name".to_owned(),
        [one] => format!("the objective {one}"),
        several => format!("the objectives {}", several.join(", ")),
    }
}

fn listed(known: &[String]) -> String {
    match known {
        [] => "none".to_owned(),
        known => known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

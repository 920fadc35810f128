//! What a study is opened with, whatever it searches with.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::pruner::PrunerRule;
use super::{Direction, Objective, StudyError};
use crate::train::Scores;

/// What a study is opened with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Options {
    /// Which rewards are better; that of the store where it is not said.
    pub(super) direction: Option<Direction>,
    /// What the study searches for at once; what the store has where it is not said.
    pub(super) objectives: Option<Vec<Objective>>,
    /// What was asked for that a study of several objectives cannot do.
    pub(super) of_one: Vec<&'static str>,
    /// How many trials the study has in all; none for no end.
    pub(super) trials: Option<u64>,
    /// How often a failed trial is tried again.
    pub(super) retries: u32,
    /// How long a worker may give no heartbeat before its trial goes to another one.
    pub(super) abandon: Duration,
    /// How long what a store cannot do is tried again; as long as a worker may give no heartbeat where it is not said.
    pub(super) patience: Option<Duration>,
    /// After how many trials told the strategy is written down.
    pub(super) snapshot_every: u32,
    /// In a deterministic study, how many trials are pending at most.
    pub(super) pending: Option<u64>,
    /// Whether to go on by names where the type has changed.
    pub(super) adapt: bool,
    /// How many of the best configs elsewhere are tried first, where that was said.
    pub(super) starts: Option<usize>,
    /// How many of the last trials evaluate the best configs again.
    pub(super) confirmations: u64,
    /// Whether the study must not be there yet.
    pub(super) new_only: bool,
    /// What gives trials up, where it can be written down.
    pub(super) pruner: Option<PrunerRule>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            direction: None,
            objectives: None,
            of_one: Vec::new(),
            trials: None,
            retries: 0,
            abandon: Duration::from_secs(30),
            patience: None,
            snapshot_every: 50,
            pending: None,
            adapt: false,
            starts: None,
            confirmations: 0,
            new_only: false,
            pruner: None,
        }
    }
}

impl Options {
    /// Which rewards are better.
    pub(super) fn direction(&self) -> Direction {
        self.direction.unwrap_or_default()
    }

    /// Takes the objectives that are asked for. Of several, the first one gives the direction.
    pub(super) fn take_objectives(&mut self) -> Result<(), StudyError> {
        let Some(objectives) = &self.objectives else { return Ok(()) };
        let wrong = |reason: String| Err(StudyError::Objectives { reason });
        let [first, ..] = &objectives[..] else {
            return wrong("there is none; give the struct a field at least".to_owned());
        };
        if objectives.len() > Scores::MOST {
            return wrong(format!("there are {}; {} are the most", objectives.len(), Scores::MOST));
        }
        if objectives.iter().any(|objective| objective.name().is_empty()) {
            return wrong("one has no name; give it one".to_owned());
        }
        let names = || objectives.iter().map(Objective::name);
        if let Some((_, name)) = names().enumerate().find(|(place, name)| names().take(*place).any(|one| one == *name))
        {
            return wrong(format!("two are called `{name}`; give each a name of its own"));
        }
        let direction = first.direction();
        self.allow_several()?;
        self.direction = Some(direction);
        Ok(())
    }

    /// An error where something is asked for that a study of several objectives cannot do.
    pub(super) fn allow_several(&self) -> Result<(), StudyError> {
        match &self.of_one[..] {
            [] => Ok(()),
            asked => Err(StudyError::Objectives {
                reason: format!(
                    "{} cannot be said together with `objectives`; leave one of the two out",
                    asked.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
                ),
            }),
        }
    }

    /// How long what a store cannot do is tried again.
    pub(super) fn patience(&self) -> Duration {
        self.patience.unwrap_or(self.abandon)
    }

    /// Whether a trial of this number is one of those that evaluate the best again.
    pub(super) fn confirms(&self, number: u64) -> bool {
        self.confirmations > 0 && self.trials.is_some_and(|all| number + self.confirmations >= all)
    }

    /// Whether a further trial may be made.
    pub(super) fn allows(&self, trials: u64) -> bool {
        self.trials.is_none_or(|all| trials < all)
    }
}

/// What holds for all processes of a study, as it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SharedOptions {
    /// How often a failed trial is tried again.
    pub(super) retries: u32,
    /// How long a worker may give no heartbeat, in milliseconds.
    pub(super) abandon_after: u64,
    /// How many trials are pending at most, where the study is deterministic.
    pub(super) pending: Option<u64>,
    /// What gives trials up, for those who do not know the study's type.
    #[serde(default)]
    pub(super) pruner: Option<PrunerRule>,
}

impl Options {
    pub(super) fn shared_options(&self) -> SharedOptions {
        let abandon_after = u64::try_from(self.abandon.as_millis()).unwrap_or(u64::MAX);
        SharedOptions { retries: self.retries, abandon_after, pending: self.pending, pruner: self.pruner.clone() }
    }

    /// Takes shared options that others follow; gives what is other than was asked for, a line each.
    pub(super) fn follow(&mut self, shared_options: &SharedOptions) -> Vec<String> {
        let own = self.shared_options();
        let pending = |pending: Option<u64>| {
            pending.map_or_else(|| "not deterministic".to_owned(), |most| format!("deterministic within {most} trials"))
        };
        let differences = [
            (
                own.retries != shared_options.retries,
                format!("failed trials are tried again {} times, not {}", shared_options.retries, own.retries),
            ),
            (
                own.abandon_after != shared_options.abandon_after,
                format!("workers are given up after {} ms, not {}", shared_options.abandon_after, own.abandon_after),
            ),
            (
                own.pending != shared_options.pending,
                format!("it is {}, not {}", pending(shared_options.pending), pending(own.pending)),
            ),
        ];
        (self.retries, self.pending) = (shared_options.retries, shared_options.pending);
        self.abandon = Duration::from_millis(shared_options.abandon_after);
        differences.into_iter().filter_map(|(differs, line)| differs.then_some(line)).collect()
    }
}

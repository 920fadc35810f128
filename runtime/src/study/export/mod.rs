//! A study for other programs: as CSV, as JSON, as an Optuna journal.

mod cell;
mod columns;
mod csv;
mod distribution;
mod json;
mod measures;
pub(super) mod nested;
mod notes;
mod optuna;
pub(super) mod places;
#[cfg(test)]
pub(super) mod tests;
pub(super) mod time;
pub(super) mod values;

use super::{StudyError, StudyView};

impl StudyView {
    /// The trials as a table of comma-separated values, a row each under a row of names, for spreadsheets and data frames.
    ///
    /// The first eleven columns are `number`, `phase` (`queued`, `running`, `done`, `failed`, `pruned`), `reward`, `error`,
    /// `retries`, `worker`, `started` (UTC, such as `2026-01-31T09:30:00.250Z`), `seconds`, `task`, `origin` (which part of the
    /// searcher proposed it, where it says so) and `notes` (a JSON object with what the attempt that counts noted, such as
    /// `{"epochs":12}`). A study of several objectives then has a column for each, `objective:accuracy`, and one whose trials have limits a column
    /// for what is limited, `constraint:latency_ms`, and `violation`: by how much of a limit limits are exceeded, 0 where they hold. Then
    /// comes a column for each state, with the label of the action, or the number where the label is the name of a constant: the states of
    /// the space in row order, then those that only trials of an earlier space have. A state that a config decides at several places has a
    /// column for each, by fields and items: `Net.blocks[0].width`, `Net.blocks[1].width`.
    ///
    /// An empty cell says that there is nothing: no reward, no error, no notes, a state that the trial does not decide. A cell that begins with
    /// `[` is a JSON array, of a state that a type that contains itself decides several times: `[16,64]`, `["a","b"]`. A cell that begins with `"` is a
    /// text as a JSON string, which would be taken for something else as it is: `"None"`, `"NA"`, `""`, `"[x]"`, `"=x"`. All else is
    /// what it says. So no text is lost to readers that take some words for missing values, as pandas does, or for formulas.
    ///
    /// ```
    /// use transfer_nas::prelude::*;
    /// use transfer_nas::study::Study;
    ///
    /// #[search_space]
    /// struct Config { #[space(range = 1..=8)] layers: u32 }
    ///
    /// let agent = Agent::<Config>::builder().seed(7).build()?;
    /// let study = Study::in_memory().agent(agent).trials(5).run(|config: &Config| f64::from(config.layers))?;
    /// let table = study.to_csv()?;
    /// assert!(table.starts_with("number,phase,reward,error,retries,worker,started,seconds,task,origin,notes,Config.layers\n0,done,"));
    /// assert_eq!(table.lines().count(), 6);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_csv(&self) -> Result<String, StudyError> {
        csv::table(self).map_err(|error| self.not_exported(&*error))
    }

    /// The study as indented JSON: all that is known of it without its searcher.
    ///
    /// ```text
    /// study    its name
    /// direction  "maximize" or "minimize"; rewards are as they were told
    /// objectives  of a study of several: name, direction, unit; "direction" is that of the first, whose values are the rewards
    /// created  when it was made; times are UTC, such as "2026-01-31T09:30:00.250Z"
    /// space    type, fingerprint, states (state, kind, actions), outline: an `Outline`
    /// trials   by number:
    ///   number, phase ("queued", "running", "done", "failed", "pruned")
    ///   reward, step (of a pruned trial's last value), error, severity (of a failure), retries, worker, task, log_prob,
    ///   origin (which part of the searcher proposed it, where it says so)
    ///   scores   the value of each of several objectives by name; of one objective only where a limit is exceeded, and then there
    ///            is no reward
    ///   constraints  name, value, at_least, at_most; and violation: by how much of a limit limits are exceeded
    ///   notes    what the attempt that counts noted, by key
    ///   started, ended, seconds
    ///   config   the value by state name, an array where a state comes up several times; of a constant its number
    ///   nested   the same config as its type is nested, as serde writes types without attributes of its own; fields that are not
    ///            searched are left out; null where a type contains itself or names a state by `state`
    ///   trace    [state, action] of each decision, in order, by their labels: of a constant its name
    ///   places   the column of each decision in the table; the state, or where in the config it is decided
    ///   values   what the attempt that counts reported while it ran: step, value
    /// ```
    ///
    /// What is not known is `null`, and so are infinite values.
    pub fn to_json(&self) -> Result<String, StudyError> {
        json::object(self).map_err(|error| self.not_exported(&error))
    }

    /// The study as the lines of a journal that Optuna's `JournalFileBackend` reads, in a file of its own; Optuna's dashboard
    /// opens the same file.
    ///
    /// The study has its direction, and its rewards as they were told; with several objectives it is a study of several objectives, whose names
    /// are its metrics. By how much limits are exceeded is where Optuna's samplers keep that, so that its best trials are those that keep
    /// them. Each column of the [table](Self::to_csv) is a parameter of its name, the second decision of a column in a trial one with
    /// `#2` after it. Whole numbers at equal distances are an `IntDistribution`, all else is a `CategoricalDistribution`. A
    /// trial's worker, task, retries, origin and error are its user attributes, and so is each note, named `note:` and its key; the type and the fingerprint of the space are the study's.
    ///
    /// ```python
    /// from optuna.storages import JournalStorage
    /// from optuna.storages.journal import JournalFileBackend
    ///
    /// study = optuna.load_study(study_name="study", storage=JournalStorage(JournalFileBackend("study.log")))
    /// ```
    pub fn to_optuna_journal(&self) -> Result<String, StudyError> {
        optuna::journal(self).map_err(|error| self.not_exported(&error))
    }

    fn not_exported(&self, reason: &dyn std::error::Error) -> StudyError {
        StudyError::Export { study: self.study.name.clone(), reason: reason.to_string() }
    }
}

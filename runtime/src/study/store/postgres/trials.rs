//! Trials are written many at once: a statement, whose values are columns.

use std::collections::BTreeMap;

use super::fit::{self, Fit};
use super::values::{Values, values};
use crate::study::store::{StoreError, TrialRecord};

/// So many trials are written by one statement.
pub(super) const BATCH: usize = 1000;

/// Enters trials. Of those that are known, what proposed them stays.
pub(super) const PUT: &str = "
    INSERT INTO trials (study, number, space, phase, config, trace, task, log_prob, origin, reward, step, error, severity, handed,
        attempt, failures, worker, started, ended, asked, learned, measured)
    SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
    ON CONFLICT (study, number) DO UPDATE SET space = excluded.space, phase = excluded.phase, reward = excluded.reward,
        step = excluded.step, error = excluded.error, severity = excluded.severity, handed = excluded.handed, attempt = excluded.attempt, failures = excluded.failures,
        worker = excluded.worker, started = excluded.started, ended = excluded.ended, asked = excluded.asked,
        learned = excluded.learned, measured = excluded.measured";

/// Each trial once, by number, as it was given last: a statement changes no row twice.
pub(super) fn latest<'a>(trials: &[&'a TrialRecord]) -> Vec<&'a TrialRecord> {
    let by_number: BTreeMap<u64, &TrialRecord> = trials.iter().map(|trial| (trial.number, *trial)).collect();
    by_number.into_values().collect()
}

/// The values of [`PUT`].
pub(super) fn columns(fit: Fit<'_>, study: i64, trials: &[&TrialRecord]) -> Result<Values, StoreError> {
    let numbers = |what: &str, number: fn(&TrialRecord) -> u64| {
        trials.iter().map(|trial| fit.number(what, number(trial))).collect::<Result<Vec<i64>, _>>()
    };
    let some_numbers = |what: &str, number: fn(&TrialRecord) -> Option<u64>| {
        trials.iter().map(|trial| fit.some_number(what, number(trial))).collect::<Result<Vec<Option<i64>>, _>>()
    };
    let texts = |what: &str, text: fn(&TrialRecord) -> &str| {
        trials.iter().map(|trial| fit.text(what, text(trial))).collect::<Result<Vec<String>, _>>()
    };
    let some_texts = |what: &str, text: fn(&TrialRecord) -> Option<&str>| {
        trials.iter().map(|trial| fit.some_text(what, text(trial))).collect::<Result<Vec<Option<String>>, _>>()
    };
    let traces = trials.iter().map(|trial| fit::json(&trial.decisions)).collect::<Result<Vec<String>, _>>()?;
    let measured = trials.iter().map(|trial| trial.measured.written()).collect::<Result<Vec<_>, _>>()?;
    Ok(values![
        study,
        numbers("the number of a trial", |trial| trial.number)?,
        all(trials, |trial| trial.space),
        all(trials, |trial| trial.phase.word()),
        texts("a config", |trial| &trial.config)?,
        traces,
        texts("the name of a task", |trial| &trial.task)?,
        all(trials, |trial| trial.log_prob),
        some_texts("the origin of a trial", |trial| trial.origin.as_deref())?,
        all(trials, |trial| fit::real(trial.reward)),
        some_numbers("a step", |trial| trial.step)?,
        all(trials, |trial| fit::visible(trial.error.as_deref())),
        all(trials, |trial| fit::real(trial.severity)),
        all(trials, |trial| i64::from(trial.handed)),
        all(trials, |trial| i64::from(trial.attempt)),
        all(trials, |trial| i64::from(trial.failures)),
        some_texts("the name of a worker", |trial| trial.worker.as_deref())?,
        all(trials, |trial| fit::millis(trial.started)),
        all(trials, |trial| fit::millis(trial.ended)),
        some_numbers("an event", |trial| trial.asked)?,
        some_numbers("an event", |trial| trial.learned)?,
        measured,
    ])
}

fn all<T>(trials: &[&TrialRecord], of: impl Fn(&TrialRecord) -> T) -> Vec<T> {
    trials.iter().map(|trial| of(trial)).collect()
}

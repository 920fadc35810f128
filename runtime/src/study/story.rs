//! What the report tells of a study, from what a store has.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::earlier::{Action, Earlier, Fate};
use super::export::places::Places;
use super::export::time::utc;
use super::export::values::Values;
use super::store::{AttemptEnd, Millis, Phase, StateRecord, TrialRecord, WorkerRecord};
use super::study_view::{Insight, curves};
use super::{Finalist, PairBest, StudyView, process};
use crate::agent::TransferReport;
use crate::page;
use crate::page::story::{Axis, BestConfig, Failure, Moment, Outcome, Pair, Row, Story, Worker};
use crate::space::{JointGraph, Outline};

impl StudyView {
    pub(super) fn story(&self) -> Story {
        let insight = self.insight();
        let transfer: Option<TransferReport> = self.read_json(self.study.transfer.as_deref());
        let outline: Option<Outline> = self.read_json(Some(&self.space.outline));
        let name = self.space.type_name.rsplit("::").next().unwrap_or_default();
        let values = Values::of(&self.space.states, &self.trials);
        let places = Places::of(self);
        let names = Names { places: &places, values: &values, earlier: &Earlier::of(&self.space, self.study.space) };
        let insight = insight.with(&values);
        Story {
            title: self.study.name.clone(),
            facts: self.facts(),
            warnings: self.warnings_with(&insight),
            has_ended: self.study.ending.is_some(),
            direction: self.study.direction,
            objectives: self.study.objectives.clone(),
            pairs: self.best_by_pair().into_iter().map(pair).collect(),
            finalists: self.finalists().iter().map(finalist).collect(),
            trials: self.rows(&names),
            failures: self.failures(),
            workers: self.workers.iter().map(|worker| self.worker(worker)).collect(),
            curves: curves(&self.trials, &self.values),
            states: names.axes(&self.space.states),
            graph: outline.map(|outline| (&JointGraph::of_outlines(&[(name, &outline)])).into()).unwrap_or_default(),
            best: self
                .best()
                .map(|best| best_config(best, self.finalists().first(), &insight, || names.decisions(best))),
            policy: insight.policy,
            model: insight.model,
            attention: insight.attention,
            transfer,
            ..Story::default()
        }
    }

    /// The trials that somebody has or had; those that wait are not shown.
    fn rows(&self, names: &Names<'_>) -> Vec<Row> {
        let mut notes = self.notes_by_trial();
        let row = |trial: &TrialRecord| {
            Some(Row {
                number: trial.number,
                outcome: outcome(trial)?,
                values: trial.measured.values.clone(),
                decisions: names.decisions(trial),
                seconds: trial.took().map(|took| took.as_secs_f64()),
                since: trial.started.map(|started| self.moment(started)),
                worker: trial.worker.clone(),
                retries: trial.retries(),
                is_enqueued: trial.asked.is_none(),
                origin: trial.origin.clone(),
                notes: notes.remove(&trial.number).unwrap_or_default(),
            })
        };
        self.trials.iter().filter_map(row).collect()
    }

    /// By trial: the keys and the values of the attempt that counts.
    pub(super) fn notes_by_trial(&self) -> BTreeMap<u64, Vec<(String, String)>> {
        let attempts: BTreeMap<u64, u32> = self.trials.iter().map(|trial| (trial.number, trial.attempt)).collect();
        let mut notes: BTreeMap<u64, Vec<(String, String)>> = BTreeMap::new();
        for note in self.notes.iter().filter(|note| attempts.get(&note.trial) == Some(&note.attempt)) {
            notes.entry(note.trial).or_default().push((note.key.clone(), note.value.clone()));
        }
        notes
    }

    /// Those that trials ended with, and those after which they were tried again; the latest first.
    fn failures(&self) -> Vec<Failure> {
        let of_trials = self.trials.iter().filter(|trial| trial.phase == Phase::Failed);
        let of_trials = of_trials.map(|trial| (trial.ended, trial.number, trial.attempt, &trial.error));
        let of_attempts = self.attempts.iter().filter(|attempt| attempt.end == AttemptEnd::Failed);
        let of_attempts = of_attempts.map(|attempt| (attempt.ended, attempt.trial, attempt.attempt, &attempt.error));
        let mut failures: Vec<_> = of_trials.chain(of_attempts).collect();
        failures.sort_by_key(|&(ended, trial, attempt, _)| Reverse((ended, trial, attempt)));
        let failure = |(ended, trial, attempt, error): (Option<Millis>, u64, u32, &Option<String>)| Failure {
            trial,
            attempt,
            text: error.clone().unwrap_or_default(),
            when: ended.map(|ended| self.moment(ended)),
        };
        failures.into_iter().map(failure).collect()
    }

    fn worker(&self, worker: &WorkerRecord) -> Worker {
        let has = |trial: &&TrialRecord| trial.phase == Phase::Running && trial.worker.as_ref() == Some(&worker.name);
        Worker {
            name: worker.name.clone(),
            place: worker.process.as_deref().and_then(process::place),
            leads: self.study.lease.is_held_by(&worker.name),
            trials: self.trials.iter().filter(has).map(|trial| trial.number).collect(),
            wants: worker.wants,
            heartbeat: self.moment(worker.last_heartbeat),
        }
    }

    /// A time as it is shown: how long it was ago when the study was read.
    fn moment(&self, time: Millis) -> Moment {
        Moment { ago: self.read.since(time).as_secs(), utc: utc(time) }
    }
}

fn pair(best: PairBest) -> Pair {
    let PairBest { space, task, done, best } = best;
    Pair { space, task, done, best }
}

fn finalist(finalist: &Finalist) -> page::story::Finalist {
    let Finalist { number, mean, deviation, range, count } = *finalist;
    page::story::Finalist { number, mean, deviation, range, count }
}

/// How a trial ended, if it did; none of one that waits.
fn outcome(trial: &TrialRecord) -> Option<Outcome> {
    Some(match trial.phase {
        Phase::Queued => return None,
        Phase::Running => Outcome::Running,
        Phase::Done => match trial.reward {
            Some(reward) => Outcome::Reward(reward),
            None => Outcome::Exceeds(trial.measured.exceeded().unwrap_or_default()),
        },
        Phase::Failed => Outcome::Failed(trial.error.clone().unwrap_or_default()),
        Phase::Pruned => Outcome::Pruned(trial.reward),
    })
}

/// What decisions and actions are called on the page.
struct Names<'a> {
    places: &'a Places,
    values: &'a Values<'a>,
    earlier: &'a Earlier<'a>,
}

impl Names<'_> {
    /// Each state at each of its places, in the order of the decisions.
    fn axes(&self, states: &[StateRecord]) -> Vec<Axis> {
        let order = self.places.order();
        let mut axes: Vec<Axis> = states.iter().flat_map(|state| self.axes_of(state)).collect();
        axes.sort_by_key(|axis| order.get(&axis.name).copied().unwrap_or(usize::MAX));
        axes
    }

    fn axes_of(&self, state: &StateRecord) -> Vec<Axis> {
        let actions: Vec<String> = state.actions.iter().map(|label| self.values.shown(&state.state, label)).collect();
        let axis = |name: &str| Axis { name: name.to_owned(), state: state.state.clone(), actions: actions.clone() };
        self.places.names(&state.state).into_iter().map(axis).collect()
    }

    /// The decisions of a trial, with the numbers that constants stand for, and what became of actions that there are no more.
    fn decisions(&self, trial: &TrialRecord) -> Vec<(String, String)> {
        let named = self.places.of_trial(trial).into_iter().zip(&trial.decisions);
        let decision = |(name, (state, label)): (Cow<'_, str>, &(String, String))| {
            let action = self.values.shown(state, label);
            let Some(Fate { state: now, action: fate }) = self.earlier.fate(trial.space, state, label) else {
                return (name.into_owned(), action);
            };
            let action = match fate {
                Action::Same => action,
                Action::Renamed(label) => page::earlier::renamed(&action, &self.values.shown(now, label)),
                Action::Dropped => page::earlier::dropped(&action),
            };
            (now.to_owned(), action)
        };
        named.map(decision).collect()
    }
}

/// The best config as Rust code, where that is known, and by its decisions otherwise.
fn best_config(
    best: &TrialRecord,
    confirmed: Option<&Finalist>,
    insight: &Insight,
    decisions: impl Fn() -> Vec<(String, String)>,
) -> BestConfig {
    let code = insight.code.as_ref().filter(|(number, _)| *number == best.number).map(|(_, code)| code.clone());
    let line = |(name, action): &(String, String)| format!("{name} = {action}");
    let lines = || decisions().iter().map(line).collect::<Vec<_>>().join("\n");
    let reward = confirmed.map(|confirmed| confirmed.mean).or(best.reward).unwrap_or_default();
    BestConfig { number: best.number, reward, code: code.unwrap_or_else(lines) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::prelude::*;
    use crate::study::store::{Access, Durability, Ledger, NoteRecord};
    use crate::study::{MemoryStore, Store, Study};

    #[search_space]
    #[derive(Debug, Clone)]
    struct Config {
        #[space(range = 1..=8)]
        layers: u32,
    }

    fn note(store: &dyn Store, attempt: u32, value: &str) {
        let note = NoteRecord { trial: 0, attempt, key: "seconds".to_owned(), value: value.to_owned() };
        let mut put = |ledger: &mut dyn Ledger| {
            let study = ledger.known_study("a")?;
            Ok(ledger.put_note(study.id, &note)?)
        };
        store.with(Access::Shared(Durability::Later), &mut put).unwrap();
    }

    #[test]
    fn what_runs_is_told_with_what_failed_before() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let builder = Study::in_store(Arc::clone(&store)).name("a").quiet().ctrl_c(false).retries(1).trials(5);
        let mut study = builder.build::<Config>().unwrap();
        let first = study.ask().unwrap().unwrap();
        note(&*store, 1, "1");
        study.tell(first, Err::<f64, _>("no memory")).unwrap();
        let again = study.ask().unwrap().unwrap();
        assert_eq!(again.number(), 0);
        again.report(3, 0.5).unwrap();
        note(&*store, 2, "2");
        let mut view = study.view().unwrap();
        view.read = view.read.after(std::time::Duration::from_secs(90));
        let Story { trials, failures, workers, curves, .. } = view.story();
        let [trial] = &trials[..] else { panic!("{trials:?}") };
        assert!(matches!(trial.outcome, Outcome::Running));
        assert_eq!((trial.retries, &trial.notes[..]), (1, &[("seconds".to_owned(), "2".to_owned())][..]));
        assert!(trial.since.as_ref().is_some_and(|since| (90..120).contains(&since.ago)), "{:?}", trial.since);
        let [failure] = &failures[..] else { panic!("{failures:?}") };
        assert_eq!((failure.trial, failure.attempt, &*failure.text), (0, 1, "no memory"));
        let [worker] = &workers[..] else { panic!("{workers:?}") };
        assert_eq!((worker.leads, &worker.trials[..], Some(&worker.name)), (true, &[0][..], trial.worker.as_ref()));
        assert_eq!(curves[0].points, [(3, 0.5)]);
        let page = view.to_html();
        assert!(["Running trials", "Workers", "Failures", "Notes"].iter().all(|heading| page.contains(heading)));
        drop(again);
    }
}

//! The strategy of a study, brought to where the store says it is: from its last snapshot, by the events since.

use super::StudyError;
use super::progress::Progress;
use super::scheduler::Scheduler;
use super::searching::AnySearching;
use super::store::{Ledger, Phase, Snapshot, StudyRecord, TrialRecord};
use crate::search::{CONFIRMATION, Outcome};
use crate::train::{Direction, Objective, Scores};

/// What brings a strategy to where the study is.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// Where to begin; none where it begins as it was given, or from where it stands.
    snapshot: Option<Snapshot>,
    /// The trials with events since.
    since: Vec<TrialRecord>,
}

impl Events {
    /// What happened after an event.
    pub(super) fn since(ledger: &mut dyn Ledger, study: &StudyRecord, event: u64) -> Result<Self, StudyError> {
        Ok(Self { snapshot: None, since: ledger.since(study.id, event)? })
    }
}

impl Scheduler {
    /// What the store has for the strategy in memory to come to where the study is.
    pub(super) fn events(
        &self,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
        searching: &AnySearching<'_>,
    ) -> Result<Events, StudyError> {
        let progress = self.progress.filter(|progress| progress.event <= study.events);
        let snapshot = match progress {
            None if searching.has_snapshots() => ledger.snapshot(study.id)?,
            _ => None,
        };
        let begin = progress.map(|progress| progress.event).or(snapshot.as_ref().map(|snapshot| snapshot.event));
        let begin = begin.unwrap_or_default();
        let since = if begin == study.events { Vec::new() } else { ledger.since(study.id, begin)? };
        Ok(Events { snapshot, since })
    }

    /// Has all that happened to the strategy of the study happen to the one in memory.
    pub(super) fn replay(
        &self,
        searching: &mut AnySearching<'_>,
        study: &StudyRecord,
        progress: Option<Progress>,
        events: &Events,
    ) -> Result<Progress, StudyError> {
        // A store that forgot what it had written is behind the strategy in memory.
        let progress = progress.filter(|progress| progress.event <= study.events);
        let mut progress = match (progress, &events.snapshot) {
            (Some(progress), _) => progress,
            (None, None) => {
                searching.reset()?;
                Progress::default()
            }
            (None, Some(snapshot)) => {
                searching.reset()?;
                if !restore(searching, study, snapshot)? {
                    return self.replay_all(searching, study);
                }
                Progress { event: snapshot.event, told: 0 }
            }
        };
        if progress.event != study.events {
            let count = study.events.saturating_sub(progress.event);
            tracing::info!(study = study.name, events = count, "the strategy takes in what happened without it");
            self.happen(searching, study, &mut progress, &events.since);
        }
        Ok(progress)
    }

    /// Has all that happened in a study happen to the strategy as it was given.
    fn replay_all(&self, searching: &mut AnySearching<'_>, study: &StudyRecord) -> Result<Progress, StudyError> {
        let trials = self.store.read(|ledger| Ok(ledger.since(study.id, 0)?))?;
        let mut progress = Progress::default();
        self.happen(searching, study, &mut progress, &trials);
        Ok(progress)
    }

    fn happen(
        &self,
        searching: &mut AnySearching<'_>,
        study: &StudyRecord,
        progress: &mut Progress,
        trials: &[TrialRecord],
    ) {
        let asked = trials.iter().filter_map(|trial| Some((trial.asked?, trial, false)));
        let learned = trials.iter().filter_map(|trial| Some((trial.learned?, trial, true)));
        let is_new = |(at, ..): &(u64, &TrialRecord, bool)| (progress.event + 1..=study.events).contains(at);
        let mut events: Vec<(u64, &TrialRecord, bool)> = asked.chain(learned).filter(is_new).collect();
        events.sort_by_key(|(event, ..)| *event);
        for (_, trial, is_told) in events {
            if is_told {
                progress.told += 1;
                self.tell(searching, trial);
            } else if trial.space == study.space {
                // What it proposes is known; its random numbers come to where they were.
                drop(searching.propose(trial.origin.as_deref() == Some(CONFIRMATION)));
            }
        }
        progress.event = study.events;
    }
}

/// False where the snapshot is damaged, which leaves the strategy as it was.
fn restore(searching: &mut AnySearching<'_>, study: &StudyRecord, snapshot: &Snapshot) -> Result<bool, StudyError> {
    match searching.restore(&snapshot.bytes) {
        Ok(_) => Ok(true),
        Err(error) if error.is_damage() => {
            let (has_learned, study, event) = (study.transfer.is_some(), &study.name, snapshot.event);
            tracing::warn!(study, event, %error, "the snapshot of the search is damaged: all trials are learned from again");
            if has_learned {
                tracing::warn!(study, "what came along from other searches was in that snapshot, and is lost");
            }
            Ok(false)
        }
        Err(source) => Err(StudyError::Restore { study: study.name.clone(), source }),
    }
}

/// How a trial ended, as the strategy is told it: greater values are better. None where it has not.
pub(super) fn outcome(record: &TrialRecord, direction: Direction, objectives: &[Objective]) -> Option<Outcome> {
    let sign = direction.sign();
    match record.phase {
        Phase::Queued | Phase::Running => None,
        Phase::Done if objectives.is_empty() && record.measured.is_empty() => {
            record.reward.map(|reward| Outcome::Reward(sign * reward))
        }
        Phase::Done => {
            let signs = objectives.iter().map(|objective| objective.direction().sign());
            let values: Vec<f64> =
                record.told().iter().zip(signs.chain([sign])).map(|(value, sign)| sign * value).collect();
            scores(record, &values)
        }
        Phase::Pruned if record.measured.violation().is_some() => scores(record, &[]),
        Phase::Pruned => {
            let last = record.reward.map_or(f64::MIN, |last| sign * last);
            Some(Outcome::Pruned { step: record.step.unwrap_or_default(), last })
        }
        Phase::Failed => Some(Outcome::Failed { severity: record.severity }),
    }
}

/// Values of which greater ones are better, with how far the trial is from its limits.
fn scores(record: &TrialRecord, values: &[f64]) -> Option<Outcome> {
    let scores = Scores::new(values)?;
    Some(Outcome::Scores(record.measured.excess().map_or(scores, |excess| scores.exceeding(excess))))
}

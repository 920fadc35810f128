//! Studies that last as long as the process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::rewards::Rewards;
use super::{
    Access, AttemptRecord, Counts, Lease, Ledger, Millis, NoteRecord, Phase, RunningRecord, Snapshot, SpaceRecord,
    Store, StoreError, StudyRecord, TrialRecord, ValueRecord, Work, WorkerRecord,
};
use crate::study::StudyError;
use crate::train::Direction;

/// Studies in memory: what a [`Study`](crate::study::Study) uses where no file is named.
#[derive(Debug, Default)]
pub struct MemoryStore {
    books: Mutex<Books>,
}

impl MemoryStore {
    /// A store without studies.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn transact(&self, _: Access, work: Work<'_>) -> Result<(), StudyError> {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let mut session = Session { books: &mut books, before: Vec::new() };
        let done = work(&mut session);
        if done.is_ok() {
            session.before.clear();
        }
        done
    }

    fn is_shared(&self) -> bool {
        false
    }
}

/// What was not completed, by an error or a panic, is undone.
impl Drop for Session<'_> {
    fn drop(&mut self) {
        std::mem::take(&mut self.before).into_iter().rev().for_each(|before| self.books.undo(before));
    }
}

pub(super) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::default().after(since)
}

/// The place of a number that was given out here; that of another one is far away.
fn place(id: i64) -> usize {
    id.cast_unsigned() as usize
}

#[derive(Debug, Default)]
struct Books {
    spaces: Vec<SpaceRecord>,
    studies: Vec<StudyRecord>,
    pages: Vec<Page>,
}

/// What belongs to one study, with the numbers of those trials that are often asked for.
#[derive(Debug, Default)]
struct Page {
    trials: BTreeMap<u64, TrialRecord>,
    queued: BTreeSet<u64>,
    running: BTreeSet<u64>,
    /// Those that ended, and that the searcher was not told of.
    unlearned: BTreeSet<u64>,
    ended: Counts,
    attempts: BTreeMap<(u64, u32), AttemptRecord>,
    workers: BTreeMap<String, WorkerRecord>,
    /// The trial of each event.
    events: BTreeMap<u64, u64>,
    rewards: Rewards,
    /// The trials that were enqueued, by their config as JSON.
    enqueued: BTreeMap<String, BTreeSet<u64>>,
    snapshot: Option<Snapshot>,
    values: Vec<ValueRecord>,
    notes: BTreeMap<NoteKey, String>,
}

/// The trial, the attempt and the key of a note.
type NoteKey = (u64, u32, String);

/// What was before a change.
#[derive(Debug)]
enum Before {
    Spaces(usize),
    Studies(usize),
    Study(Box<StudyRecord>),
    Trial { study: i64, number: u64, trial: Option<Box<TrialRecord>> },
    Attempt { study: i64, key: (u64, u32), attempt: Option<Box<AttemptRecord>> },
    Worker { study: i64, name: String, worker: Option<WorkerRecord> },
    Snapshot { study: i64, snapshot: Option<Snapshot> },
    Values { study: i64, len: usize },
    Note { study: i64, key: NoteKey, value: Option<String> },
}

impl Books {
    fn undo(&mut self, before: Before) {
        match before {
            Before::Spaces(len) => self.spaces.truncate(len),
            Before::Studies(len) => {
                self.studies.truncate(len);
                self.pages.truncate(len);
            }
            Before::Study(study) => {
                let place = place(study.id);
                self.studies[place] = *study;
            }
            Before::Trial { study, number, trial } => self.pages[place(study)].replace(number, trial.map(|it| *it)),
            Before::Attempt { study, key, attempt } => {
                put(&mut self.pages[place(study)].attempts, key, attempt.map(|it| *it));
            }
            Before::Worker { study, name, worker } => {
                put(&mut self.pages[place(study)].workers, name, worker);
            }
            Before::Snapshot { study, snapshot } => self.pages[place(study)].snapshot = snapshot,
            Before::Values { study, len } => self.pages[place(study)].values.truncate(len),
            Before::Note { study, key, value } => _ = put(&mut self.pages[place(study)].notes, key, value),
        }
    }
}

/// Puts something in the place of what was there, or nothing. What was there.
fn put<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) -> Option<V> {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    }
}

impl Page {
    /// Puts a trial in the place of another one, or of none.
    fn replace(&mut self, number: u64, trial: Option<TrialRecord>) {
        if let Some(old) = self.trials.remove(&number) {
            self.queued.remove(&number);
            self.running.remove(&number);
            self.unlearned.remove(&number);
            self.ended.uncount(old.phase);
            self.rewards.remove(&old);
            if let Some(same) = self.enqueued.get_mut(&old.config) {
                same.remove(&number);
            }
            for event in [old.asked, old.learned].iter().flatten() {
                self.events.remove(event);
            }
        }
        let Some(trial) = trial else { return };
        match trial.phase {
            Phase::Queued => _ = self.queued.insert(number),
            Phase::Running => _ = self.running.insert(number),
            _ if trial.learned.is_none() => _ = self.unlearned.insert(number),
            _ => {}
        }
        self.ended.count(trial.phase);
        self.rewards.insert(&trial);
        if trial.asked.is_none() {
            self.enqueued.entry(trial.config.clone()).or_default().insert(number);
        }
        for event in [trial.asked, trial.learned].iter().flatten() {
            self.events.insert(*event, number);
        }
        self.trials.insert(number, trial);
    }

    fn get(&self, number: Option<u64>) -> Option<TrialRecord> {
        number.and_then(|number| self.trials.get(&number)).cloned()
    }
}

struct Session<'a> {
    books: &'a mut Books,
    before: Vec<Before>,
}

impl Session<'_> {
    fn page(&mut self, study: i64) -> Result<&mut Page, StoreError> {
        let page = self.books.pages.get_mut(place(study));
        page.ok_or_else(|| StoreError::Damaged { what: format!("there is no study number {study}") })
    }
}

impl Session<'_> {
    /// The study as it is, with what has ended.
    fn counted(&self, study: &StudyRecord) -> StudyRecord {
        let Counts { done, failed, pruned } = self.books.pages[place(study.id)].ended;
        StudyRecord { done, failed, pruned, ..study.clone() }
    }

    /// Puts a trial in the place of the one of its number.
    fn replace(&mut self, study: i64, trial: TrialRecord) -> Result<(), StoreError> {
        let page = self.page(study)?;
        let (number, old) = (trial.number, page.get(Some(trial.number)).map(Box::new));
        page.replace(number, Some(trial));
        self.before.push(Before::Trial { study, number, trial: old });
        Ok(())
    }

    /// Changes a study.
    fn change(&mut self, study: i64, change: impl FnOnce(&mut StudyRecord)) -> Result<(), StoreError> {
        self.page(study)?;
        let known = &mut self.books.studies[place(study)];
        self.before.push(Before::Study(Box::new(known.clone())));
        change(known);
        Ok(())
    }
}

impl Ledger for Session<'_> {
    fn now(&mut self) -> Millis {
        now()
    }

    fn studies(&mut self) -> Result<Vec<StudyRecord>, StoreError> {
        Ok(self.books.studies.iter().map(|study| self.counted(study)).collect())
    }

    fn study(&mut self, name: &str) -> Result<Option<StudyRecord>, StoreError> {
        Ok(self.books.studies.iter().find(|study| study.name == name).map(|study| self.counted(study)))
    }

    fn add_study(&mut self, name: &str, space: i64, direction: Direction) -> Result<StudyRecord, StoreError> {
        if self.study(name)?.is_some() {
            return Err(StoreError::NameTaken { name: name.to_owned() });
        }
        let id = self.books.studies.len();
        self.before.push(Before::Studies(id));
        let id = (id as u64).cast_signed();
        let study = StudyRecord { direction, ..StudyRecord::new(id, name, space, now()) };
        self.books.studies.push(study.clone());
        self.books.pages.push(Page::default());
        Ok(study)
    }

    fn put_study(&mut self, study: &StudyRecord, _: Counts) -> Result<(), StoreError> {
        self.change(study.id, |known| {
            let StudyRecord { name, direction, created, lease, .. } = known.clone();
            let known_first = std::mem::take(&mut known.objectives);
            let objectives = if known_first.is_empty() { study.objectives.clone() } else { known_first };
            *known = StudyRecord { name, direction, objectives, lease, created, ..study.clone() };
        })
    }

    fn take_lease(&mut self, study: i64, epoch: u64, holder: Option<&str>) -> Result<bool, StoreError> {
        self.page(study)?;
        let is_still = self.books.studies[place(study)].lease.epoch == epoch;
        if is_still {
            let holder = holder.map(str::to_owned);
            self.change(study, |study| study.lease = Lease { holder, epoch: epoch + 1, heartbeats: 0 })?;
        }
        Ok(is_still)
    }

    fn renew_lease(&mut self, study: i64, epoch: u64) -> Result<(), StoreError> {
        self.change(study, |study| study.lease.heartbeats += u64::from(study.lease.epoch == epoch))
    }

    fn space(&mut self, id: i64) -> Result<Option<SpaceRecord>, StoreError> {
        Ok(self.books.spaces.get(place(id)).cloned())
    }

    fn add_space(&mut self, space: &SpaceRecord) -> Result<i64, StoreError> {
        let id = self.books.spaces.len();
        self.before.push(Before::Spaces(id));
        self.books.spaces.push(space.clone());
        Ok((id as u64).cast_signed())
    }

    fn put_trial(&mut self, study: i64, trial: &TrialRecord) -> Result<(), StoreError> {
        let known = self.page(study)?.get(Some(trial.number));
        let trial = match known {
            // What it was proposed as stays.
            Some(TrialRecord { config, decisions, task, log_prob, origin, .. }) => {
                TrialRecord { config, decisions, task, log_prob, origin, ..trial.clone() }
            }
            None => trial.clone(),
        };
        self.replace(study, trial)
    }

    fn rename_trial(&mut self, study: i64, trial: &TrialRecord) -> Result<(), StoreError> {
        let TrialRecord { number, space, config, decisions, .. } = trial.clone();
        match self.page(study)?.get(Some(number)) {
            Some(known) => self.replace(study, TrialRecord { space, config, decisions, ..known }),
            None => Ok(()),
        }
    }

    fn put_learned(&mut self, study: i64, learned: &[(u64, u64)]) -> Result<(), StoreError> {
        for &(number, event) in learned {
            if let Some(known) = self.page(study)?.get(Some(number)) {
                self.replace(study, TrialRecord { learned: Some(event), ..known })?;
            }
        }
        Ok(())
    }

    fn trial(&mut self, study: i64, number: u64) -> Result<Option<TrialRecord>, StoreError> {
        Ok(self.page(study)?.get(Some(number)))
    }

    fn trials(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError> {
        Ok(self.page(study)?.trials.values().cloned().collect())
    }

    fn enqueued(&mut self, study: i64, like: &TrialRecord) -> Result<Vec<TrialRecord>, StoreError> {
        let page = self.page(study)?;
        let same = page.enqueued.get(&like.config).into_iter().flatten();
        Ok(same.filter_map(|number| page.get(Some(*number))).collect())
    }

    fn claim(&mut self, study: i64, worker: &str, want: u64) -> Result<Vec<TrialRecord>, StoreError> {
        let page = self.page(study)?;
        let queued: Vec<u64> = page.queued.iter().take(want as usize).copied().collect();
        let claimed: Vec<TrialRecord> = queued.into_iter().filter_map(|number| page.get(Some(number))).collect();
        let claimed: Vec<TrialRecord> = claimed.into_iter().map(|trial| trial.claimed(worker, now())).collect();
        claimed.iter().try_for_each(|trial| self.put_trial(study, trial))?;
        Ok(claimed)
    }

    fn count_queued(&mut self, study: i64) -> Result<u64, StoreError> {
        Ok(self.page(study)?.queued.len() as u64)
    }

    fn running(&mut self, study: i64) -> Result<Vec<RunningRecord>, StoreError> {
        let page = self.page(study)?;
        let running = page.running.iter().filter_map(|number| page.trials.get(number));
        let record = |TrialRecord { number, attempt, worker, .. }: &TrialRecord| {
            let worker = worker.clone().unwrap_or_default();
            RunningRecord { number: *number, attempt: *attempt, worker }
        };
        Ok(running.map(record).collect())
    }

    fn ended(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError> {
        let page = self.page(study)?;
        Ok(page.unlearned.iter().filter_map(|number| page.get(Some(*number))).collect())
    }

    fn first_open(&mut self, study: i64) -> Result<Option<u64>, StoreError> {
        let page = self.page(study)?;
        Ok(page.queued.first().into_iter().chain(page.running.first()).min().copied())
    }

    fn since(&mut self, study: i64, event: u64) -> Result<Vec<TrialRecord>, StoreError> {
        let page = self.page(study)?;
        let mut numbers: Vec<u64> = page.events.range(event + 1..).map(|(_, number)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers.into_iter().filter_map(|number| page.get(Some(number))).collect())
    }

    fn best(&mut self, study: i64) -> Result<Option<TrialRecord>, StoreError> {
        let known = self.books.studies.get(place(study)).map(|study| (study.direction, study.space));
        let (direction, space) = known.unwrap_or_default();
        let page = self.page(study)?;
        Ok(page.get(page.rewards.best(space, direction)))
    }

    fn attempt(&mut self, study: i64, trial: u64, attempt: u32) -> Result<Option<AttemptRecord>, StoreError> {
        Ok(self.page(study)?.attempts.get(&(trial, attempt)).cloned())
    }

    fn attempts(&mut self, study: i64) -> Result<Vec<AttemptRecord>, StoreError> {
        Ok(self.page(study)?.attempts.values().cloned().collect())
    }

    fn put_attempt(&mut self, study: i64, attempt: &AttemptRecord) -> Result<(), StoreError> {
        let key = (attempt.trial, attempt.attempt);
        let old = self.page(study)?.attempts.insert(key, attempt.clone());
        self.before.push(Before::Attempt { study, key, attempt: old.map(Box::new) });
        Ok(())
    }

    fn workers(&mut self, study: i64) -> Result<Vec<WorkerRecord>, StoreError> {
        Ok(self.page(study)?.workers.values().cloned().collect())
    }

    fn heartbeat(&mut self, study: i64, name: &str, process: Option<&str>, wants: u64) -> Result<(), StoreError> {
        let workers = &mut self.page(study)?.workers;
        let heartbeats = workers.get(name).map_or(0, |worker| worker.heartbeats) + 1;
        let process = process.map(str::to_owned);
        let worker = WorkerRecord { name: name.to_owned(), process, wants, heartbeats, last_heartbeat: now() };
        let old = workers.insert(name.to_owned(), worker);
        self.before.push(Before::Worker { study, name: name.to_owned(), worker: old });
        Ok(())
    }

    fn remove_worker(&mut self, study: i64, name: &str) -> Result<(), StoreError> {
        let worker = self.page(study)?.workers.remove(name);
        self.before.push(Before::Worker { study, name: name.to_owned(), worker });
        Ok(())
    }

    fn snapshot(&mut self, study: i64) -> Result<Option<Snapshot>, StoreError> {
        Ok(self.page(study)?.snapshot.clone())
    }

    fn put_snapshot(&mut self, study: i64, snapshot: &Snapshot) -> Result<(), StoreError> {
        let old = self.page(study)?.snapshot.replace(snapshot.clone());
        self.before.push(Before::Snapshot { study, snapshot: old });
        Ok(())
    }

    fn add_value(&mut self, study: i64, value: &ValueRecord) -> Result<(), StoreError> {
        let values = &mut self.page(study)?.values;
        let len = values.len();
        let row = values.last().map_or(1, |last| last.row + 1);
        values.push(ValueRecord { row, ..*value });
        self.before.push(Before::Values { study, len });
        Ok(())
    }

    fn put_note(&mut self, study: i64, note: &NoteRecord) -> Result<(), StoreError> {
        let key = (note.trial, note.attempt, note.key.clone());
        let value = self.page(study)?.notes.insert(key.clone(), note.value.clone());
        self.before.push(Before::Note { study, key, value });
        Ok(())
    }

    fn notes(&mut self, study: i64) -> Result<Vec<NoteRecord>, StoreError> {
        let note = |((trial, attempt, key), value): (&NoteKey, &String)| NoteRecord {
            trial: *trial,
            attempt: *attempt,
            key: key.clone(),
            value: value.clone(),
        };
        Ok(self.page(study)?.notes.iter().map(note).collect())
    }

    fn values(&mut self, study: i64, after: i64) -> Result<Vec<ValueRecord>, StoreError> {
        let values = &self.page(study)?.values;
        let from = values.partition_point(|value| value.row <= after);
        Ok(values[from..].to_vec())
    }
}

//! Studies that last as long as the process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::rewards::Rewards;
use super::{
    Durability, Ledger, Millis, Phase, Snapshot, SpaceRecord, Store, StoreError, StudyRecord, TrialRecord, ValueRecord,
    Work,
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
    fn transact(&self, _: Durability, work: Work<'_>) -> Result<(), StudyError> {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let mut session = Session { books: &mut books, before: Vec::new() };
        let done = work(&mut session);
        if done.is_err() {
            let before = std::mem::take(&mut session.before);
            before.into_iter().rev().for_each(|before| books.undo(before));
        }
        done
    }

    fn is_shared(&self) -> bool {
        false
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

/// What belongs to one study, with the numbers of those trials that are looked for.
#[derive(Debug, Default)]
struct Page {
    trials: BTreeMap<u64, TrialRecord>,
    queued: BTreeSet<u64>,
    running: BTreeSet<u64>,
    /// Those that ended, by their end.
    unlearned: BTreeSet<(Millis, u64)>,
    /// The trial of each event.
    events: BTreeMap<u64, u64>,
    rewards: Rewards,
    snapshot: Option<Snapshot>,
    values: Vec<ValueRecord>,
}

/// What was before a change.
#[derive(Debug)]
enum Before {
    Spaces(usize),
    Studies(usize),
    Study(Box<StudyRecord>),
    Trial { study: i64, number: u64, trial: Option<Box<TrialRecord>> },
    Snapshot { study: i64, snapshot: Option<Snapshot> },
    Values { study: i64, len: usize },
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
            Before::Snapshot { study, snapshot } => self.pages[place(study)].snapshot = snapshot,
            Before::Values { study, len } => self.pages[place(study)].values.truncate(len),
        }
    }
}

impl Page {
    /// Puts a trial in the place of another one, or of none.
    fn replace(&mut self, number: u64, trial: Option<TrialRecord>) {
        if let Some(old) = self.trials.remove(&number) {
            self.queued.remove(&number);
            self.running.remove(&number);
            self.unlearned.remove(&(old.ended.unwrap_or_default(), number));
            self.rewards.remove(&old);
            for event in [old.asked, old.learned].iter().flatten() {
                self.events.remove(event);
            }
        }
        let Some(trial) = trial else { return };
        match trial.phase {
            Phase::Queued => _ = self.queued.insert(number),
            Phase::Running => _ = self.running.insert(number),
            _ if trial.learned.is_none() => {
                self.unlearned.insert((trial.ended.unwrap_or_default(), number));
            }
            _ => {}
        }
        self.rewards.insert(&trial);
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

impl Ledger for Session<'_> {
    fn now(&mut self) -> Millis {
        now()
    }

    fn studies(&mut self) -> Result<Vec<StudyRecord>, StoreError> {
        Ok(self.books.studies.clone())
    }

    fn study(&mut self, name: &str) -> Result<Option<StudyRecord>, StoreError> {
        Ok(self.books.studies.iter().find(|study| study.name == name).cloned())
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

    fn put_study(&mut self, study: &StudyRecord) -> Result<(), StoreError> {
        self.page(study.id)?;
        let known = &mut self.books.studies[place(study.id)];
        let StudyRecord { name, direction, created, .. } = known.clone();
        let old = std::mem::replace(known, StudyRecord { name, direction, created, ..study.clone() });
        self.before.push(Before::Study(Box::new(old)));
        Ok(())
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
        let page = self.page(study)?;
        let (number, old) = (trial.number, page.get(Some(trial.number)).map(Box::new));
        page.replace(number, Some(trial.clone()));
        self.before.push(Before::Trial { study, number, trial: old });
        Ok(())
    }

    fn trial(&mut self, study: i64, number: u64) -> Result<Option<TrialRecord>, StoreError> {
        Ok(self.page(study)?.get(Some(number)))
    }

    fn trials(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError> {
        Ok(self.page(study)?.trials.values().cloned().collect())
    }

    fn queued(&mut self, study: i64) -> Result<Option<TrialRecord>, StoreError> {
        let page = self.page(study)?;
        Ok(page.get(page.queued.iter().next().copied()))
    }

    fn count_queued(&mut self, study: i64) -> Result<u64, StoreError> {
        Ok(self.page(study)?.queued.len() as u64)
    }

    fn abandoned(&mut self, study: i64, before: Millis) -> Result<Option<TrialRecord>, StoreError> {
        let page = self.page(study)?;
        Ok(page.running.iter().filter_map(|number| page.trials.get(number)).find(|trial| trial.beat < before).cloned())
    }

    fn ended(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError> {
        let page = self.page(study)?;
        Ok(page.unlearned.iter().filter_map(|(_, number)| page.get(Some(*number))).collect())
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
        let direction = self.books.studies.get(place(study)).map(|study| study.direction).unwrap_or_default();
        let page = self.page(study)?;
        Ok(page.get(page.rewards.best(direction)))
    }

    fn beat(&mut self, study: i64, numbers: &[u64]) -> Result<(), StoreError> {
        let beat = now();
        for number in numbers {
            let trial = self.page(study)?.get(Some(*number)).filter(|trial| trial.phase == Phase::Running);
            if let Some(trial) = trial {
                self.put_trial(study, &TrialRecord { beat, ..trial })?;
            }
        }
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

    fn add_value(&mut self, study: i64, trial: u64, step: u64, value: f64) -> Result<(), StoreError> {
        let values = &mut self.page(study)?.values;
        let len = values.len();
        let row = values.last().map_or(1, |last| last.row + 1);
        values.push(ValueRecord { row, trial, step, value });
        self.before.push(Before::Values { study, len });
        Ok(())
    }

    fn values(&mut self, study: i64, after: i64) -> Result<Vec<ValueRecord>, StoreError> {
        let values = &self.page(study)?.values;
        let from = values.partition_point(|value| value.row <= after);
        Ok(values[from..].to_vec())
    }
}

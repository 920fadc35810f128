//! One worker's part in a study: what it writes down, what it is handed, and, where it leads, what the strategy is told and asked.

use std::sync::Arc;
use std::time::Duration;

use super::StudyError;
use super::demand::Demand;
use super::heartbeat::AtWork;
use super::leading::Leading;
use super::options::Options;
use super::process::Present;
use super::progress::Progress;
use super::protocol::Protocol;
use super::reader::Reader;
use super::store::{Ledger, Store, StudyRecord};
use super::told::Told;
use super::vigil::Vigil;

/// One worker's part in a study.
pub(super) struct Scheduler {
    pub(super) store: Arc<dyn Store>,
    pub(super) options: Options,
    pub(super) protocol: Protocol,
    /// The number of the space.
    pub(super) space: i64,
    pub(super) reader: Reader,
    /// How far the strategy that this worker has in memory has come.
    pub(super) progress: Option<Progress>,
    /// Whether nothing further is asked for.
    pub(super) end: Option<End>,
    pub(super) stop: Option<Stop>,
    /// The best reward that is known here.
    pub(super) best: Option<f64>,
    pub(super) vigil: Vigil,
    /// What this worker has in hand, for its heartbeat.
    pub(super) at: AtWork,
    /// What was told and is not written down yet.
    pub(super) outbox: Vec<Told>,
    pub(super) leading: Leading,
    pub(super) demand: Demand,
    /// What went wrong after something was written down: said at the next exchange.
    pub(super) deferred: Option<StudyError>,
    pub(super) _present: Present,
}

/// Whether a best reward is good enough.
pub(super) type Stop = Arc<dyn Fn(f64) -> bool + Send + Sync>;

/// Why nothing further is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The best reward is good enough.
    Stopped,
    /// The strategy has nothing new.
    Exhausted,
}

impl End {
    /// In a word, for stores.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Exhausted => "exhausted",
        }
    }
}

impl Scheduler {
    /// The study as it is; an error where others changed what it searches.
    pub(super) fn current(&self, ledger: &mut dyn Ledger) -> Result<StudyRecord, StudyError> {
        let study = ledger.known_study(&self.protocol.study)?;
        if study.space != self.space {
            return Err(StudyError::Adapted { study: study.name });
        }
        Ok(study)
    }

    /// How long the strategy is led without a heartbeat.
    pub(super) fn lease(&self) -> Duration {
        self.options.abandon / 3
    }

    /// Ends the study where a reward is good enough.
    pub(super) fn consider(&mut self, reward: Option<f64>) {
        let is_better = |reward: &f64| self.best.is_none_or(|best| self.options.direction().is_better(*reward, best));
        let Some(reward) = reward.filter(is_better) else { return };
        self.best = Some(reward);
        if self.end.is_none() && self.stop.as_ref().is_some_and(|stop| stop(reward)) {
            self.end = Some(End::Stopped);
        }
    }

    /// Whether further trials are to be made.
    pub(super) fn goes_on(&self, study: &StudyRecord) -> bool {
        self.end.is_none() && self.options.allows(study.trials)
    }
}

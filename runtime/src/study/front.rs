//! The trials of a study of several objectives of which no other one is better in all of them.

use super::store::{Phase, StudyRecord, TrialRecord};
use super::study_view::StudyView;
use super::{Objective, Objectives, Study, StudyError, TrialRow, hypervolume, pareto_front};
use crate::policy::AnyConfig;
use crate::search::Searcher;

/// A trial on the Pareto front of a study.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FrontTrial<T> {
    /// Its number in the study.
    pub number: u64,
    /// Its config.
    pub config: T,
    /// The value of each objective, in their order and as told; in a study of one objective the reward.
    pub values: Vec<f64>,
}

impl<T> FrontTrial<T> {
    /// The values as they were returned; none of another number of objectives.
    #[must_use]
    pub fn score<S: Objectives>(&self) -> Option<S> {
        S::from_values(&self.values)
    }
}

impl<T: AnyConfig, S: Searcher<T>> Study<T, S> {
    /// What the study searches for, in their order; empty in a study of one objective.
    pub fn objectives(&self) -> &[Objective] {
        &self.scheduler.protocol.objectives
    }

    /// The trials on the Pareto front by number: they keep their limits, and no other one that does is as good in all objectives and better
    /// in one. In a study of one objective that is the [best trial](Study::best_trial).
    pub fn front(&self) -> Result<Vec<FrontTrial<T>>, StudyError> {
        let view = self.view()?;
        let trial = |record: &TrialRecord| {
            let row = TrialRow::new(&self.scheduler.reader, record.clone());
            Some(FrontTrial { number: record.number, config: row.config?, values: record.told().to_vec() })
        };
        Ok(view.front().into_iter().filter_map(trial).collect())
    }

    /// How much the front is worth: the [hypervolume](hypervolume()) above a reference, which is a value for each objective that is worse
    /// than what is searched for.
    pub fn hypervolume(&self, reference: &[f64]) -> Result<f64, StudyError> {
        self.view()?.hypervolume(reference)
    }
}

impl StudyView {
    /// The trials on the Pareto front by number, of those of the space that is searched now; see [`Study::front`].
    #[must_use]
    pub fn front(&self) -> Vec<&TrialRecord> {
        if self.study.objectives.is_empty() {
            return self.best().into_iter().collect();
        }
        let ended: Vec<&TrialRecord> = self.within_limits().collect();
        let values: Vec<&[f64]> = ended.iter().map(|trial| trial.told()).collect();
        pareto_front(&self.study.objectives, &values).into_iter().map(|place| ended[place]).collect()
    }

    /// How much the front is worth; see [`Study::hypervolume`].
    pub fn hypervolume(&self, reference: &[f64]) -> Result<f64, StudyError> {
        let objectives = self.study.searched_for();
        let names: Vec<&str> = objectives.iter().map(Objective::name).collect();
        if reference.len() != objectives.len() {
            let (given, names) = (reference.len(), names.join(", "));
            let reason = format!("the reference has {given} values; give one for each of {names}, in this order");
            return Err(StudyError::Objectives { reason });
        }
        if let Some((name, value)) = names.iter().zip(reference).find(|(_, value)| !value.is_finite()) {
            let reason = format!("the reference of `{name}` is {value}; give a finite number");
            return Err(StudyError::Objectives { reason });
        }
        let values: Vec<&[f64]> = self.within_limits().map(TrialRecord::told).collect();
        Ok(hypervolume(&objectives, &values, reference))
    }

    /// Trials that came to their end within their limits, and are configs of the type as it is.
    fn within_limits(&self) -> impl Iterator<Item = &TrialRecord> {
        let is_one = |trial: &&TrialRecord| trial.phase == Phase::Done && trial.measured.violation().is_none();
        self.trials.iter().filter(|trial| trial.space == self.study.space).filter(is_one)
    }
}

impl StudyRecord {
    /// The objectives, where there is only one that one.
    fn searched_for(&self) -> Vec<Objective> {
        match &self.objectives[..] {
            [] => vec![Objective::new("reward", self.direction, None)],
            several => several.to_vec(),
        }
    }
}

impl TrialRecord {
    /// The value of each objective as told, where it came to its end.
    pub(super) fn told(&self) -> &[f64] {
        match (self.phase, &self.measured.values[..]) {
            (Phase::Done, []) => self.reward.as_slice(),
            (Phase::Done, values) => values,
            _ => &[],
        }
    }
}

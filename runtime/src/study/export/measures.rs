//! What was measured of trials, where that is more than a reward.

use crate::study::{Constraint, Objective, StudyView, TrialRecord};

/// The names of what has columns of its own.
pub(super) struct Measures<'a> {
    pub(super) objectives: &'a [Objective],
    /// As they first come up in the trials.
    pub(super) limits: Vec<&'a str>,
}

impl<'a> Measures<'a> {
    pub(super) fn of(study: &'a StudyView) -> Self {
        let mut limits: Vec<&str> = Vec::new();
        for Constraint { name, .. } in study.trials.iter().flat_map(|trial| &trial.measured.constraints) {
            if !limits.contains(&name.as_str()) {
                limits.push(name);
            }
        }
        Self { objectives: &study.study.objectives, limits }
    }

    /// Names of columns. They begin with a word, so that none is taken for that of a state.
    pub(super) fn titles(&self) -> impl Iterator<Item = String> {
        let objectives = self.objectives.iter().map(|objective| format!("objective:{}", objective.name()));
        let limits = self.limits.iter().map(|name| format!("constraint:{name}"));
        let violation = (!self.limits.is_empty()).then(|| "violation".to_owned());
        objectives.chain(limits).chain(violation)
    }

    /// The same columns of a trial. What exceeds limits by nothing has a violation of 0, and what has no limits none.
    pub(super) fn cells(&self, trial: &TrialRecord) -> impl Iterator<Item = String> {
        let measured = &trial.measured;
        let values = (0..self.objectives.len()).map(|place| number(measured.values.get(place).copied()));
        let of_name = |name: &&str| number(constraint(trial, name).map(|constraint| constraint.value));
        let violation = measured.excess().map(|excess| excess.max(0.0));
        let violation = (!self.limits.is_empty()).then(|| number(violation));
        values.chain(self.limits.iter().map(of_name)).chain(violation)
    }

    /// For each limit by how much a trial exceeds it, where it says so of all: what is not above 0 keeps it.
    pub(super) fn excesses(&self, trial: &TrialRecord) -> Option<Vec<f64>> {
        let excess = |name: &&str| Some(constraint(trial, name)?.excess());
        self.limits.iter().map(excess).collect::<Option<Vec<f64>>>().filter(|all| !all.is_empty())
    }
}

fn constraint<'t>(trial: &'t TrialRecord, name: &str) -> Option<&'t Constraint> {
    trial.measured.constraints.iter().find(|constraint| constraint.name == name)
}

fn number(number: Option<f64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

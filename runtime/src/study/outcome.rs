//! How a trial ended.

use std::borrow::Cow;

use crate::train::{Objective, Objectives};

/// How a trial ended, as an objective says it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// With a reward. One that is not a finite number is a failure.
    Reward(f64),
    /// With a value for each objective of a study of several, by name. One that is not a finite number is a failure.
    Scores(Vec<(Cow<'static, str>, f64)>),
    /// With an error, whose text is recorded. It is worse than every trial that has a reward, and may be retried.
    Failed(String),
    /// With an error, and a number that says how bad it was beside other failures, greater is worse: by how much memory a config
    /// was too large, how early a training diverged.
    FailedBy {
        /// What is recorded as text.
        error: String,
        /// How bad it was.
        severity: f64,
    },
    /// It was given up, since what it reported did not promise much. It stands where its last value stands among the others.
    Pruned,
    /// It is handed back: another worker is to evaluate it, or this one later. It counts for nothing.
    Cancelled,
}

impl Outcome {
    /// With a value for each objective.
    pub fn of<S: Objectives>(score: &S) -> Self {
        let names = S::OBJECTIVES.iter().map(|objective| Cow::Borrowed(objective.name()));
        Self::Scores(names.zip(score.values()).collect())
    }

    /// As a study can keep it: what cannot be told is a failure, and values are in the order of the study's objectives, which are none
    /// where it has only one.
    pub(super) fn checked(self, objectives: &[Objective]) -> Self {
        match self {
            Self::Reward(reward) if !objectives.is_empty() => Self::Failed(format!(
                "the outcome is one number, {reward}; the study has {}: give a value of each",
                listed(objectives)
            )),
            Self::Reward(reward) if !reward.is_finite() => Self::Failed(format!(
                "the reward is {reward}; return a finite number, or an error where the evaluation failed"
            )),
            Self::Scores(values) => sorted(values, objectives).map_or_else(Self::Failed, Self::Scores),
            Self::FailedBy { error, severity } if !severity.is_finite() => Self::Failed(error),
            other => other,
        }
    }
}

type Values = Vec<(Cow<'static, str>, f64)>;

/// The values in the order of the objectives, or what is wrong with them.
fn sorted(mut values: Values, objectives: &[Objective]) -> Result<Values, String> {
    if objectives.is_empty() {
        let names: Vec<&str> = values.iter().map(|(name, _)| &**name).collect();
        return Err(format!(
            "the outcome has values of {}; the study has one objective: give one number",
            names.join(", ")
        ));
    }
    let mut all = Vec::with_capacity(objectives.len());
    for objective in objectives {
        let name = objective.name();
        let place = values.iter().position(|(known, _)| known == name);
        let place = place.ok_or_else(|| {
            format!("the outcome has no value of the objective `{name}`; the study has {}", listed(objectives))
        })?;
        all.push(values.swap_remove(place));
    }
    if let Some((name, _)) = values.first() {
        let what = if objectives.iter().any(|objective| objective.name() == name) { "a second" } else { "a" };
        return Err(format!("the outcome has {what} value of `{name}`; the study has {}", listed(objectives)));
    }
    match all.iter().find(|(_, value)| !value.is_finite()) {
        Some((name, value)) => Err(format!(
            "the objective `{name}` is {value}; return a finite number, or an error where the evaluation failed"
        )),
        None => Ok(all),
    }
}

fn listed(objectives: &[Objective]) -> String {
    objectives.iter().map(Objective::name).collect::<Vec<_>>().join(", ")
}

impl From<f64> for Outcome {
    fn from(reward: f64) -> Self {
        Self::Reward(reward)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(values: &[(&'static str, f64)]) -> Outcome {
        Outcome::Scores(values.iter().map(|&(name, value)| (Cow::Borrowed(name), value)).collect())
    }

    const BOTH: [Objective; 2] = [Objective::maximize("accuracy"), Objective::minimize("params")];

    #[test]
    fn values_come_into_the_order_of_the_objectives() {
        let sorted = scores(&[("accuracy", 0.9), ("params", 3e6)]);
        assert_eq!(scores(&[("params", 3e6), ("accuracy", 0.9)]).checked(&BOTH), sorted);
        assert_eq!(sorted.clone().checked(&BOTH), sorted);
        for outcome in [Outcome::Pruned, Outcome::Cancelled, Outcome::Failed("no memory".to_owned())] {
            assert_eq!(outcome.clone().checked(&BOTH), outcome);
        }
    }

    #[test]
    fn what_is_wrong_with_values_is_said() {
        for (outcome, objectives, said) in [
            (
                scores(&[("params", f64::NAN), ("accuracy", 0.5)]),
                &BOTH[..],
                "the objective `params` is NaN; return a finite number, or an error where the evaluation failed",
            ),
            (
                scores(&[("accuracy", 0.5)]),
                &BOTH[..],
                "the outcome has no value of the objective `params`; the study has accuracy, params",
            ),
            (
                scores(&[("accuracy", 0.5), ("params", 1.0), ("seconds", 2.0)]),
                &BOTH[..],
                "the outcome has a value of `seconds`; the study has accuracy, params",
            ),
            (
                scores(&[("accuracy", 0.5), ("params", 1.0), ("params", 2.0)]),
                &BOTH[..],
                "the outcome has a second value of `params`; the study has accuracy, params",
            ),
            (
                Outcome::Reward(0.5),
                &BOTH[..],
                "the outcome is one number, 0.5; the study has accuracy, params: give a value of each",
            ),
            (
                scores(&[("accuracy", 0.5), ("params", 1.0)]),
                &[],
                "the outcome has values of accuracy, params; the study has one objective: give one number",
            ),
        ] {
            assert_eq!(outcome.checked(objectives), Outcome::Failed(said.to_owned()));
        }
    }
}

//! One sampled value, and how it is written down.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::policy::Tasks;
use crate::space::{Graph, SearchSpace, Trace, encode};

/// A sampled config with the trace that made it. Telling its reward with [`Agent::observe`](super::Agent::observe)
/// consumes it, so it cannot be told twice.
///
/// It is serialised with its trace by state and action names, so another build, or another machine, can tell it.
#[derive(Debug, PartialEq)]
#[must_use = "a trial teaches nothing until it is observed"]
pub struct Trial<T> {
    /// What to evaluate.
    pub config: T,
    pub(crate) trace: Trace,
    pub(crate) log_prob: f64,
    /// The task's name.
    pub(crate) task: Cow<'static, str>,
}

impl<T> Trial<T> {
    /// The decisions that made the config.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The task that the config is to be judged on; `default` where the universe names none.
    pub fn task(&self) -> &str {
        &self.task
    }

    /// `Σ log π` over the decisions, under the policy as it was when this was sampled.
    pub fn log_prob(&self) -> f64 {
        self.log_prob
    }
}

/// A trial by names: `[state, action]` for each decision.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Trial", deny_unknown_fields)]
struct Written<T> {
    config: T,
    #[serde(default = "default_task", skip_serializing_if = "is_default_task")]
    task: Cow<'static, str>,
    trace: Vec<(String, String)>,
    log_prob: f64,
}

fn default_task() -> Cow<'static, str> {
    Cow::Borrowed(<() as Tasks>::NAMES[0].name)
}

#[allow(clippy::ptr_arg)] // serde calls it with the field's type.
fn is_default_task(task: &Cow<'static, str>) -> bool {
    *task == default_task()
}

impl<T: SearchSpace + Serialize> Serialize for Trial<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let trace = names::<T>(&self.trace).map_err(serde::ser::Error::custom)?;
        Written { config: &self.config, task: self.task.clone(), trace, log_prob: self.log_prob }.serialize(serializer)
    }
}

impl<'de, T: SearchSpace + Deserialize<'de>> Deserialize<'de> for Trial<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { config, task, trace: written, log_prob } = Written::<T>::deserialize(deserializer)?;
        let trace = encode(&config).map_err(D::Error::custom)?;
        let expected = names::<T>(&trace).map_err(D::Error::custom)?;
        check_names(expected, written).map_err(D::Error::custom)?;
        if !log_prob.is_finite() {
            return Err(D::Error::custom("the trial's log_prob is not a finite number"));
        }
        Ok(Self { config, trace, log_prob, task })
    }
}

/// The written decisions must be those of the config, in whatever order the type had its fields then.
fn check_names(mut expected: Vec<(String, String)>, mut written: Vec<(String, String)>) -> Result<(), String> {
    expected.sort_unstable();
    written.sort_unstable();
    if expected == written {
        return Ok(());
    }
    let describe = |decisions: &[(String, String)], others: &[(String, String)]| {
        let mut rest = others.to_vec();
        let other = decisions.iter().find(|decision| match rest.iter().position(|other| other == *decision) {
            Some(i) => {
                rest.swap_remove(i);
                false
            }
            None => true,
        });
        other.map_or_else(|| "nothing more".to_owned(), |(state, action)| format!("`{state}` = `{action}`"))
    };
    let (found, wanted) = (describe(&written, &expected), describe(&expected, &written));
    Err(format!("the trial's trace is not that of its config: it has {found}, the config {wanted}"))
}

/// The trace as state names and action labels.
fn names<T: SearchSpace>(trace: &Trace) -> Result<Vec<(String, String)>, crate::space::WalkError> {
    Graph::of_space(T::SPACE).names(0, trace)
}

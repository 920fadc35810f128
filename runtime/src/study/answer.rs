//! What an objective may return.

use std::fmt::Display;

use super::{Objective, Objectives, Outcome};

/// What an objective may return: a number, the values of [several objectives](super::Objectives), an [`Outcome`], or a `Result` of one of
/// these with an error of any type that has a text.
#[diagnostic::on_unimplemented(
    message = "an objective cannot return `{Self}`",
    label = "this is none of what a study can be told",
    note = "return `f64`, a struct annotated with `#[objectives]`, `Outcome`, or a `Result` of one of these whose error has a text (`Display`)"
)]
pub trait Answer {
    /// The objectives that it has values of: an empty list of one number, none where that is known only once it is returned.
    const OBJECTIVES: Option<&'static [Objective]>;

    /// How the trial ended.
    fn outcome(self) -> Outcome;
}

impl Answer for f64 {
    const OBJECTIVES: Option<&'static [Objective]> = Some(&[]);

    fn outcome(self) -> Outcome {
        Outcome::Reward(self)
    }
}

impl<S: Objectives> Answer for S {
    const OBJECTIVES: Option<&'static [Objective]> = Some(S::OBJECTIVES);

    fn outcome(self) -> Outcome {
        Outcome::of(&self)
    }
}

impl Answer for Outcome {
    const OBJECTIVES: Option<&'static [Objective]> = None;

    fn outcome(self) -> Outcome {
        self
    }
}

impl<O: Answer, E: Display> Answer for Result<O, E> {
    const OBJECTIVES: Option<&'static [Objective]> = O::OBJECTIVES;

    fn outcome(self) -> Outcome {
        match self {
            Ok(answer) => answer.outcome(),
            // With the causes, where the error's display leaves them to `{:#}`.
            Err(error) => Outcome::Failed(format!("{error:#}")),
        }
    }
}

impl<O: Answer, E: Display> From<Result<O, E>> for Outcome {
    fn from(result: Result<O, E>) -> Self {
        result.outcome()
    }
}

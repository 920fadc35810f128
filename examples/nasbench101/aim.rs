//! What is searched for in a cell.

use clap::ValueEnum;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Aim {
    /// The accuracy, up.
    Accuracy,
    /// The logarithm of the trainable parameters, down.
    Params,
}

//! What agents learn from, as an argument.

use clap::ValueEnum;
use serde::Serialize;
use transfer_nas::agent::Rewards;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LearnsFrom {
    /// The ranks of rewards.
    Ranks,
    /// The rewards themselves, as in the paper.
    Raw,
}

impl From<LearnsFrom> for Rewards {
    fn from(from: LearnsFrom) -> Self {
        match from {
            LearnsFrom::Ranks => Self::Ranks,
            LearnsFrom::Raw => Self::Raw,
        }
    }
}

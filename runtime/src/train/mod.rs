//! Learning from rewards: baseline, elites, the objective (REINFORCE, priority queue training and entropy), Adam.

pub(crate) mod adam;
pub(crate) mod baseline;
mod direction;
pub(crate) mod elites;
mod gradients;
pub(crate) mod lesson;
pub(crate) mod memory;
pub(crate) mod model;
pub(crate) mod objective;
mod objectives;
pub(crate) mod outcome;
pub(crate) mod scores;
mod settings;
pub(crate) mod several;

#[cfg(test)]
mod gradient_tests;

pub use baseline::MAX_REWARD;
pub use direction::Direction;
pub use elites::Elite;
pub use objectives::{Objective, Objectives, Scores};
pub use outcome::Outcome;
pub use settings::{BuildError, Rewards, Settings};
pub use several::{hypervolume, pareto_front};

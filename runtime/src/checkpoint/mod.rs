//! What an agent knows, apart from the types it was made for: tensors and names, as a file holds them.
//!
//! The format is described in `docs/checkpoint.md`.

mod error;
mod file;
mod header;
mod meta;
pub(crate) mod parcel;
mod summary;
mod tensors;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use error::{LoadError, SaveError, TensorFault};
pub use summary::PairSummary;

pub(crate) use meta::{Meta, PairMeta, StateMeta, WrittenElite, WrittenTrace};
pub(crate) use tensors::MOMENTS;

/// An agent's knowledge by names: weights, the optimiser's moments, baselines, elites, random numbers.
///
/// A checkpoint belongs to no type: [`Agent::resume`](crate::Agent::resume) goes on with the same names,
/// [`Agent::transfer`](crate::Agent::transfer) takes what matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    pub(crate) meta: Meta,
    /// By path, such as `encoder.0.norm1.gamma`.
    pub(crate) tensors: BTreeMap<String, TensorData>,
}

/// A tensor as it is saved: its shape, and its numbers in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TensorData {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

impl Checkpoint {
    /// The version of this crate that wrote the checkpoint.
    #[must_use]
    pub fn crate_version(&self) -> &str {
        &self.meta.crate_version
    }

    /// The name of each state with the labels of its actions, in row order.
    pub fn states(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.meta.states.iter().map(|state| {
            let labels = state.actions.iter().map(|action| action.name.as_str()).collect();
            (state.names.name.as_str(), labels)
        })
    }
}

/// What a checkpoint can be taken from: a path, a checkpoint, an agent.
pub trait Source {
    /// The checkpoint.
    fn checkpoint(&self) -> Result<Cow<'_, Checkpoint>, LoadError>;
}

impl Source for Checkpoint {
    fn checkpoint(&self) -> Result<Cow<'_, Checkpoint>, LoadError> {
        Ok(Cow::Borrowed(self))
    }
}

impl<S: Source + ?Sized> Source for &S {
    fn checkpoint(&self) -> Result<Cow<'_, Checkpoint>, LoadError> {
        (**self).checkpoint()
    }
}

macro_rules! paths {
    ($($path:ty)*) => {$(
        impl Source for $path {
            fn checkpoint(&self) -> Result<Cow<'_, Checkpoint>, LoadError> {
                Checkpoint::read(self).map(Cow::Owned)
            }
        }
    )*};
}

paths! { str String Path PathBuf }

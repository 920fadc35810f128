//! Why a checkpoint could not be written or read.

use std::io;
use std::path::PathBuf;

use crate::printable::printable;
use crate::sentence::debug_as_sentence;
use crate::train::BuildError;

/// Why a checkpoint could not be written. The path holds what it held before.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum SaveError {
    /// The file system refused.
    #[error("the checkpoint `{}` could not be written: {}", printable(path.display()), printable(source))]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something else than a regular file is at the path.
    #[error("the checkpoint `{}` could not be written: {found} stands there; give the path of a regular file, or of a new one", printable(path.display()))]
    NotAFile {
        /// Where.
        path: PathBuf,
        /// What is there.
        found: &'static str,
    },
    /// The format refused.
    #[error("the checkpoint could not be encoded: {}", printable(reason))]
    Encode {
        /// Why.
        reason: String,
    },
}

/// Why a checkpoint could not be read, or does not go with a type.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file system refused.
    #[error("the checkpoint `{}` could not be read: {}", printable(path.display()), printable(source))]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not a safetensors file, or not a whole one.
    #[error("this is not a whole safetensors file: {}", printable(reason))]
    NotSafetensors {
        /// What is wrong.
        reason: String,
    },
    /// A safetensors file of something else.
    #[error("this safetensors file is not a checkpoint of transfer-nas: its metadata has no `transfer-nas` entry")]
    NotOurs,
    /// Written by a newer version.
    #[error(
        "the checkpoint has format {found}, but this version of transfer-nas reads formats up to {known}; update the crate"
    )]
    Newer {
        /// The file's format.
        found: u32,
        /// The newest format known here.
        known: u32,
    },
    /// The metadata says something impossible.
    #[error("the checkpoint's metadata cannot be used: {}", printable(reason))]
    Metadata {
        /// What is wrong.
        reason: String,
    },
    /// Something that was altered after it was written.
    #[error("the checkpoint's contents do not have the checksum that was written with them: the file is damaged")]
    Checksum,
    /// A tensor that is not what its name says.
    #[error("the tensor `{}` {fault}", printable(name))]
    Tensor {
        /// Its path.
        name: String,
        /// What is wrong.
        fault: TensorFault,
    },
    /// The checkpoint's names are not those of the agent's type.
    #[error(
        "the checkpoint is of other names than `{universe}`: {}; `Agent::transfer` takes over what matches",
        printable(differences)
    )]
    OtherNames {
        /// The agent's universe.
        universe: &'static str,
        /// The first differences.
        differences: String,
    },
    /// The snapshot is one of another strategy.
    #[error(
        "the snapshot is of {}, not of {expected}; go on with the strategy that it is of, or begin anew under another name",
        printable(found)
    )]
    OtherStrategy {
        /// What it is of.
        found: String,
        /// What it was to be of.
        expected: &'static str,
    },
    /// The type or the settings cannot be served.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl LoadError {
    /// Whether what was read is not what was written, rather than of something else.
    pub(crate) fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::NotSafetensors { .. } | Self::NotOurs | Self::Metadata { .. } | Self::Checksum | Self::Tensor { .. }
        )
    }
}

/// What is wrong with a tensor.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TensorFault {
    /// Not there.
    #[error("is missing")]
    Missing,
    /// Not 32-bit floating-point numbers.
    #[error("holds {} numbers; a checkpoint holds 32-bit floating-point numbers only", printable(found))]
    Dtype {
        /// What it holds.
        found: String,
    },
    /// Another shape.
    #[error("has the shape {found:?}, but {expected:?} is expected")]
    Shape {
        /// The shape in the file.
        found: Vec<usize>,
        /// The shape that its name asks for.
        expected: Vec<usize>,
    },
    /// NaN or infinite.
    #[error("holds a number that is not finite")]
    NotFinite,
    /// A weight with which a policy would not be one.
    #[error("holds a number beyond ±10000, with which no policy can be computed")]
    TooLarge,
    /// A second moment of the optimiser below zero.
    #[error("holds a negative number, but is a mean of squares")]
    Negative,
    /// A first moment of the optimiser that is too large for the second one.
    #[error("holds a number that cannot be beside its mean of squares, in `adam.second`")]
    Moments,
}

debug_as_sentence!(SaveError, LoadError, TensorFault);

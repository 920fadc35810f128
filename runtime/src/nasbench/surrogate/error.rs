//! Why bytes are no surrogate.

use std::error;

use thiserror::Error;

use crate::printable::printable;
use crate::sentence::debug_as_sentence;

/// Why a [`Surrogate`](super::Surrogate) could not be read.
#[derive(Error)]
#[non_exhaustive]
pub enum SurrogateError {
    /// The bytes are no safetensors file.
    #[error("not a safetensors file")]
    Format(#[source] Box<dyn error::Error + Send + Sync>),
    /// A tensor is not there.
    #[error("tensor `{tensor}`: not in the file")]
    Missing {
        /// The tensor.
        tensor: &'static str,
    },
    /// A tensor holds numbers of another type.
    #[error("tensor `{tensor}`: expected numbers of type F32, found {}", printable(found))]
    Type {
        /// The tensor.
        tensor: &'static str,
        /// The type of its numbers.
        found: String,
    },
    /// A tensor has another shape.
    #[error("tensor `{tensor}`: expected shape {expected:?}, found {found:?}")]
    Shape {
        /// The tensor.
        tensor: &'static str,
        /// The shape that it should have.
        expected: Vec<usize>,
        /// The shape that it has.
        found: Vec<usize>,
    },
    /// A tensor holds an infinity, or what is no number.
    #[error("tensor `{tensor}`: expected finite numbers")]
    NotFinite {
        /// The tensor.
        tensor: &'static str,
    },
    /// A tensor of the curve does not increase.
    #[error("tensor `{tensor}`: expected increasing numbers")]
    NotIncreasing {
        /// The tensor.
        tensor: &'static str,
    },
    /// The curve leads to what is no accuracy.
    #[error("tensor `curve.accuracies`: expected numbers from 0 to 1, found {found}")]
    NoAccuracy {
        /// The number.
        found: f32,
    },
}

debug_as_sentence!(SurrogateError);

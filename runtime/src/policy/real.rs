//! The floating-point types that the network is written for.

use dfdx::shapes::Dtype;
use num_traits::Float;
use rand_08::distributions::uniform::SampleUniform;

/// `f32`, in which agents learn, and `f64`, in which gradients are tested.
///
/// `SampleUniform` is asked for by dfdx's own layers.
pub(crate) trait Real: Dtype + Float + SampleUniform {
    fn real(value: f64) -> Self;
    fn to_double(self) -> f64;
}

impl Real for f32 {
    fn real(value: f64) -> Self {
        value as Self
    }

    fn to_double(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    fn real(value: f64) -> Self {
        value
    }

    fn to_double(self) -> f64 {
        self
    }
}

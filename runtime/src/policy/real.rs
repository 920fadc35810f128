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
    /// `eˣ` for `x` of at most zero, as the kernels compute it.
    fn exp_of_negative(self) -> Self;
}

impl Real for f32 {
    fn real(value: f64) -> Self {
        value as Self
    }

    fn to_double(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn exp_of_negative(self) -> Self {
        exp_of_negative(self)
    }
}

impl Real for f64 {
    fn real(value: f64) -> Self {
        value
    }

    fn to_double(self) -> f64 {
        self
    }

    fn exp_of_negative(self) -> Self {
        self.exp()
    }
}

/// `eˣ = 2ⁿ eʳ` with `|r| ≤ ln 2 / 2` and a polynomial for `eʳ` (the coefficients of Cephes' `expf`), within two units in
/// the last place. Plain arithmetic, so a loop over it is vectorised, and every machine computes the same bits.
#[inline(always)]
fn exp_of_negative(x: f32) -> f32 {
    /// Adding this rounds to a whole number, which then stands in the last bits.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * LN2_HIGH - n * LN2_LOW;
    let mut p = 1.987_569_1e-4;
    for coefficient in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        p = p * r + coefficient;
    }
    let power = (shifted.to_bits() << 23).wrapping_add(127 << 23);
    (p * r * r + r + 1.0) * f32::from_bits(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_the_last_bits() {
        for i in 0..=870_000 {
            let x = -(i as f32) / 10_000.0;
            let (found, expected) = (f64::from(exp_of_negative(x)), f64::from(x).exp());
            assert!((found - expected).abs() <= 2.4e-7 * expected, "{x}: {found} for {expected}");
        }
        assert_eq!(exp_of_negative(0.0).to_bits(), 1.0f32.to_bits());
        assert!(exp_of_negative(f32::NEG_INFINITY) < 1e-37);
    }
}

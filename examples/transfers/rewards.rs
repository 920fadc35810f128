//! What trials earn.

use rand_distr::{Distribution, Normal};
use rand_pcg::Pcg64;

use crate::cases::Scale;
use crate::error::Error;
use crate::meaning::Meaning;
use crate::objective::{Objective, Span};

pub(crate) struct Rewards<'a> {
    objective: &'a Objective,
    scale: Scale,
    pub(crate) span: Span,
    noise: Normal<f64>,
}

impl<'a> Rewards<'a> {
    /// The noise in units of the distance from the median to the best of these configs.
    pub(crate) fn new(objective: &'a Objective, scale: Scale, noise: f64, meanings: &[Meaning]) -> Result<Self, Error> {
        let span = objective.span(meanings);
        Ok(Self { objective, scale, span, noise: Normal::new(0.0, noise * span.width())? })
    }

    pub(crate) fn value(&self, meaning: &Meaning) -> f64 {
        self.objective.value(meaning)
    }

    /// What a config of this value earns this time.
    pub(crate) fn reward(&self, value: f64, rng: &mut Pcg64) -> f64 {
        let value = value + self.noise.sample(rng);
        match self.scale {
            Scale::Plain => value,
            Scale::Bent => -1000.0 + 0.001 * (2.0 * (value - self.span.median) / self.span.width()).exp(),
        }
    }
}

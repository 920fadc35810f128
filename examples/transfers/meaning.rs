//! What a config means, whatever its type calls things: by this configs of different types are compared.

use transfer_nas::AnyConfig;
use transfer_nas::prelude::*;

/// A decision that some of the types have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    Rate,
    Batch,
    Dropout,
    Activation,
    Schedule,
    Clip,
    Optimizer,
    Momentum,
    Beta,
    Decay,
    Smoothing,
    Depth,
    FirstWidth,
    SecondWidth,
}

/// How many decisions there are.
pub(crate) const SITES: usize = 14;

/// How many choices each of them has.
pub(crate) const CHOICES: [usize; SITES] = [5, 4, 3, 4, 3, 4, 4, 4, 3, 3, 3, 2, 3, 3];

/// The decisions whose choices have no order.
pub(crate) const CATEGORIES: [Site; 4] = [Site::Activation, Site::Schedule, Site::Optimizer, Site::Decay];

/// The optimizer that is new where a variant is.
pub(crate) const LION: usize = 2;

pub(crate) const RATES: [f64; 5] = [0.001, 0.003, 0.01, 0.03, 0.1];
pub(crate) const BATCHES: [u32; 4] = [16, 32, 64, 128];
pub(crate) const DROPOUTS: [f64; 3] = [0.0, 0.2, 0.4];
pub(crate) const CLIPS: [f64; 4] = [0.1, 0.3, 1.0, 3.0];
pub(crate) const MOMENTA: [f64; 4] = [0.0, 0.5, 0.9, 0.99];
pub(crate) const BETAS: [f64; 3] = [0.9, 0.95, 0.99];
pub(crate) const SMOOTHINGS: [f64; 3] = [0.9, 0.95, 0.99];
const WIDTHS: [u32; 3] = [32, 64, 128];

/// The choice taken at each decision, counted from 1; 0 where the config does not make it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Meaning([u8; SITES]);

impl Meaning {
    pub(crate) fn of(decisions: impl IntoIterator<Item = (Site, usize)>) -> Self {
        let mut meaning = Self::default();
        decisions.into_iter().for_each(|(site, choice)| meaning.0[site as usize] = choice as u8 + 1);
        meaning
    }

    pub(crate) fn at(&self, site: usize) -> Option<usize> {
        usize::from(self.0[site]).checked_sub(1)
    }

    /// How many decisions are made in both, and alike.
    pub(crate) fn agreement(&self, other: &Self) -> u8 {
        self.0.iter().zip(&other.0).map(|(&ours, &theirs)| u8::from(ours != 0) & u8::from(ours == theirs)).sum()
    }
}

/// A config type whose values have a meaning.
pub(crate) trait Meant: AnyConfig + SearchSpace + Clone + Send + Sync + 'static {
    fn meaning(&self) -> Meaning;
}

/// The place of a value in a list.
pub(crate) fn place<T: PartialEq>(all: &[T], it: &T) -> usize {
    all.iter().position(|known| known == it).unwrap_or_default()
}

/// What one or two layers mean.
pub(crate) fn layers(widths: &[u32]) -> impl Iterator<Item = (Site, usize)> {
    let sites = [Site::FirstWidth, Site::SecondWidth];
    let each = sites.into_iter().zip(widths).map(|(site, width)| (site, place(&WIDTHS, width)));
    each.chain([(Site::Depth, widths.len() - 1)])
}

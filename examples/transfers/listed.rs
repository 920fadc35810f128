//! All configs of a type, listed once: what is best among them is known, and what a config of another type comes closest to.

use std::collections::HashMap;

use rand::RngExt;
use rand_pcg::Pcg64;

use crate::meaning::{Meaning, Meant};

/// The configs of a type and what each of them means.
pub(crate) struct Listed<T> {
    configs: Vec<T>,
    pub(crate) meanings: Vec<Meaning>,
    places: HashMap<Meaning, usize>,
}

impl<T: Meant> Listed<T> {
    pub(crate) fn new() -> Self {
        let configs: Vec<T> = T::enumerate().collect();
        let meanings: Vec<Meaning> = configs.iter().map(T::meaning).collect();
        let places: HashMap<Meaning, usize> =
            meanings.iter().enumerate().map(|(place, meaning)| (*meaning, place)).collect();
        debug_assert_eq!(places.len(), configs.len(), "no two configs mean the same");
        Self { configs, meanings, places }
    }

    /// The config that agrees with a meaning in most decisions. What it has besides is drawn at random.
    pub(crate) fn closest(&self, meaning: &Meaning, rng: &mut Pcg64) -> T {
        let place = self.places.get(meaning).copied().unwrap_or_else(|| self.closest_place(meaning, rng));
        self.configs[place].clone()
    }

    fn closest_place(&self, meaning: &Meaning, rng: &mut Pcg64) -> usize {
        let agreements: Vec<u8> = self.meanings.iter().map(|other| other.agreement(meaning)).collect();
        let most = agreements.iter().max();
        let closest: Vec<usize> = (0..agreements.len()).filter(|&place| Some(&agreements[place]) == most).collect();
        closest[rng.random_range(0..closest.len())]
    }

    /// A config, each with equal chance.
    pub(crate) fn random(&self, rng: &mut Pcg64) -> &T {
        &self.configs[rng.random_range(0..self.configs.len())]
    }
}

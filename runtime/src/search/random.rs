//! Random search.

use rand::SeedableRng;
use rand_pcg::Pcg64;

use super::{Searcher, untaught};
use crate::agent::observe::check;
use crate::agent::{ConfigError, ObserveError, Trial};
use crate::space::{SampleError, SearchSpace, UniformSampler};

/// Takes each decision uniformly, and draws again where a `valid` predicate refuses the config.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::search::RandomSearch;
///
/// #[search_space]
/// struct Config {
///     #[space(range = 1..=8)]
///     layers: u32,
/// }
///
/// let mut search = RandomSearch::<Config>::new(7);
/// assert!((1..=8).contains(&search.sample()?.layers));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RandomSearch<T> {
    sampler: UniformSampler<T>,
    rng: Pcg64,
}

// A derive would ask `T` to be `Clone`, of which nothing is stored.
impl<T> Clone for RandomSearch<T> {
    fn clone(&self) -> Self {
        Self { sampler: self.sampler.clone(), rng: self.rng.clone() }
    }
}

impl<T: SearchSpace> RandomSearch<T> {
    /// A search whose samples depend on the seed only.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { sampler: UniformSampler::over_traces(), rng: Pcg64::seed_from_u64(seed) }
    }

    /// A search in which each valid config is as likely as any other.
    #[must_use]
    pub fn over_configs(seed: u64) -> Self {
        Self { sampler: UniformSampler::over_configs(), rng: Pcg64::seed_from_u64(seed) }
    }

    /// A random config.
    pub fn sample(&mut self) -> Result<T, SampleError> {
        self.sampler.sample(&mut self.rng)
    }

    /// The share of drawn configs that were valid; none before the first sample.
    #[must_use]
    pub fn acceptance(&self) -> Option<f64> {
        self.sampler.acceptance()
    }
}

/// Its trials carry no log-probability of their own: it is 0, as of something certain.
impl<T: SearchSpace> Searcher<T> for RandomSearch<T> {
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        untaught::random(&mut self.sampler, &mut self.rng)
    }

    fn tell(&mut self, _: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        check(reward)
    }

    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
        untaught::given(self.sampler.graph(), config)
    }
}

//! Random search.

use std::marker::PhantomData;

use rand::SeedableRng;
use rand_pcg::Pcg64;

use crate::agent::SampleError;
use crate::space::uniform::uniform;
use crate::space::{Graph, SearchSpace, decode};

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
#[derive(Debug, Clone)]
pub struct RandomSearch<T> {
    graph: Graph,
    rng: Pcg64,
    drawn: u64,
    accepted: u64,
    space: PhantomData<fn() -> T>,
}

impl<T: SearchSpace> RandomSearch<T> {
    const MAX_DRAWS: u32 = 10_000;

    /// A search whose samples depend on the seed only.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let graph = Graph::of_space(T::SPACE);
        Self { graph, rng: Pcg64::seed_from_u64(seed), drawn: 0, accepted: 0, space: PhantomData }
    }

    /// A random config.
    pub fn sample(&mut self) -> Result<T, SampleError> {
        for drawn in 1..=Self::MAX_DRAWS {
            let Some(trace) = uniform(&self.graph, 0, &mut self.rng) else { continue };
            let config: T = decode(&trace)?;
            if config.is_valid() {
                self.drawn += u64::from(drawn);
                self.accepted += 1;
                return Ok(config);
            }
        }
        Err(SampleError::NoValidConfig { space: std::any::type_name::<T>(), draws: Self::MAX_DRAWS })
    }

    /// The share of drawn configs that were valid; none before the first sample.
    #[must_use]
    pub fn acceptance(&self) -> Option<f64> {
        (self.drawn > 0).then(|| self.accepted as f64 / self.drawn as f64)
    }
}

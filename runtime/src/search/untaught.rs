//! Trials that no policy sampled.

use rand_pcg::Pcg64;

use crate::agent::sample::valid_trace;
use crate::agent::{ConfigError, Trial};
use crate::space::{Graph, SampleError, SearchSpace, UniformSampler, encode};

/// A random config.
pub(super) fn random<T: SearchSpace>(
    sampler: &mut UniformSampler<T>,
    rng: &mut Pcg64,
) -> Result<Trial<T>, SampleError> {
    let config = sampler.sample(rng)?;
    let trace = encode(&config)?;
    Ok(Trial::chosen(config, trace))
}

/// A config that came from elsewhere.
pub(super) fn given<T: SearchSpace>(graph: &Graph, config: T) -> Result<Trial<T>, ConfigError> {
    let trace = valid_trace(&config)?;
    graph.follow(0, &trace)?;
    Ok(Trial::chosen(config, trace))
}

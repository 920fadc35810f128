//! The trait that `#[search_space]` implements.

use std::marker::PhantomData;

use rand::Rng;

use super::codec::{DecodeError, Decoder, EncodeError, Encoder};
use super::enumerate::Odometer;
use super::graph::Graph;
use super::handle::Space;
use super::link::Link;
use super::node::Node;
use super::sample_error::SampleError;
use super::trace::Trace;
use super::uniform::Uniform;

/// A type whose values can be searched over.
///
/// Implemented by [`#[search_space]`](macro@crate::search_space); here for `bool`, `()`, `Option`, `Box`, `Arc`, `Rc`,
/// arrays and tuples of such types. Numbers, strings and `Vec`s are not spaces by themselves: a field of such a type says its
/// domain with `#[space(..)]`.
#[diagnostic::on_unimplemented(
    message = "[TN19] `{Self}` is not a search space",
    label = "this type has no decisions that could be learned",
    note = "annotate `{Self}` with `#[search_space]` if it is yours",
    note = "a field that is not to be searched takes `#[space(skip = value)]`; a number, a string or a `Vec` takes a domain: `#[space(choices = [..])]`, `#[space(range = a..=b)]`, `#[space(len = a..=b)]`",
    note = "configs of a `#[joint_space]` are sampled with `sample_any` and told with `observe_any`"
)]
pub trait SearchSpace: Sized {
    /// The space as a tree of constants.
    const SPACE: &'static Node;
    /// Leads to it from a type that it may contain in turn.
    #[doc(hidden)]
    const LINK: Link<Node> = Link::new(Self::SPACE);

    /// The value whose decisions are the next ones of the trace.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError>;

    /// Appends the decisions that make this value: the inverse of [`decode`](Self::decode).
    fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError>;

    /// Whether the predicates given with `#[search_space(valid = ..)]` hold, here and in all fields.
    fn is_valid(&self) -> bool {
        true
    }

    /// The space itself: its size, its states, its tree.
    #[must_use]
    fn space() -> Space {
        Space::of::<Self>()
    }

    /// All valid configs, one after the other. Meant for small spaces: ask `Self::space().cardinality()` first.
    #[must_use]
    fn enumerate() -> Enumerate<Self> {
        Enumerate::new()
    }

    /// A config with each decision uniform over its available actions, or by its `prior`; one that is not valid is drawn again. For many
    /// configs a [`UniformSampler`] does less work.
    fn sample_uniform<R: Rng + ?Sized>(rng: &mut R) -> Result<Self, SampleError> {
        UniformSampler::over_traces().sample(rng)
    }

    /// A config with each valid one as likely as any other. For many configs a [`UniformSampler`] does less work.
    fn sample_uniform_config<R: Rng + ?Sized>(rng: &mut R) -> Result<Self, SampleError> {
        UniformSampler::over_configs().sample(rng)
    }
}

/// The value that a trace describes.
pub fn decode<T: SearchSpace>(trace: &Trace) -> Result<T, DecodeError> {
    let mut decoder = Decoder::new(trace);
    let value = T::decode(&mut decoder)?;
    decoder.finish()?;
    Ok(value)
}

/// The trace that makes a value.
pub fn encode<T: SearchSpace>(value: &T) -> Result<Trace, EncodeError> {
    let mut encoder = Encoder::default();
    value.encode(&mut encoder)?;
    Ok(encoder.finish())
}

impl Space {
    /// The space of `T`.
    #[must_use]
    pub const fn of<T: SearchSpace>() -> Self {
        Self { node: T::SPACE }
    }
}

/// All valid configs of a space, one after the other; the last decision changes fastest.
#[derive(Debug)]
pub struct Enumerate<T> {
    graph: Graph,
    odometer: Odometer,
    space: PhantomData<fn() -> T>,
}

// A derive would ask `T` to be `Clone`, of which there is no value here.
impl<T> Clone for Enumerate<T> {
    fn clone(&self) -> Self {
        Self { graph: self.graph.clone(), odometer: self.odometer.clone(), space: PhantomData }
    }
}

impl<T: SearchSpace> Enumerate<T> {
    pub(crate) fn new() -> Self {
        Self { graph: Graph::of_space(T::SPACE), odometer: Odometer::default(), space: PhantomData }
    }
}

impl<T: SearchSpace> Iterator for Enumerate<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        while let Some(trace) = self.odometer.next(&self.graph, 0) {
            let config = decode::<T>(&trace).ok();
            if let Some(config) = config.filter(T::is_valid) {
                return Some(config);
            }
        }
        None
    }
}

/// Draws configs of a space uniformly, over traces or over configs.
#[derive(Debug)]
pub struct UniformSampler<T> {
    graph: Graph,
    over: Uniform,
    drawn: u64,
    accepted: u64,
    space: PhantomData<fn() -> T>,
}

// A derive would ask `T` to be `Clone`, of which there is no value here.
impl<T> Clone for UniformSampler<T> {
    fn clone(&self) -> Self {
        let Self { graph, over, drawn, accepted, .. } = self;
        Self { graph: graph.clone(), over: over.clone(), drawn: *drawn, accepted: *accepted, space: PhantomData }
    }
}

impl<T: SearchSpace> UniformSampler<T> {
    /// How often a config is drawn again before `sample` gives up.
    pub const MAX_DRAWS: u32 = 10_000;

    /// Each decision is uniform over its available actions, so a variant with many fields is as likely as one with none.
    #[must_use]
    pub fn over_traces() -> Self {
        let graph = Graph::of_space(T::SPACE);
        Self { graph, over: Uniform::OverTraces, drawn: 0, accepted: 0, space: PhantomData }
    }

    /// Each valid config is as likely as any other.
    #[must_use]
    pub fn over_configs() -> Self {
        let sampler = Self::over_traces();
        Self { over: Uniform::over_configs(&sampler.graph), ..sampler }
    }

    /// A config. One that a `valid` predicate refuses, or that comes to a dead end, is drawn again.
    pub fn sample<R: Rng + ?Sized>(&mut self, rng: &mut R) -> Result<T, SampleError> {
        for drawn in 1..=Self::MAX_DRAWS {
            let Some(trace) = self.over.trace(&self.graph, 0, rng) else { continue };
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

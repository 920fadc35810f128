//! The trait that `#[search_space]` implements.

use rand::Rng;

use super::codec::{DecodeError, Decoder, EncodeError, Encoder, Trace};
use super::enumerate::Enumerate;
use super::handle::Space;
use super::node::Node;
use super::sample_error::SampleError;
use super::uniform::UniformSampler;

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

    /// The value whose decisions are the next ones of the trace.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError>;

    /// Appends the decisions that make this value: the inverse of [`decode`](Self::decode).
    fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError>;

    /// Whether the predicates given with `#[search_space(valid = ..)]` hold, here and in all fields.
    fn is_valid(&self) -> bool {
        true
    }

    /// The space to look at: its size, its states, its tree.
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

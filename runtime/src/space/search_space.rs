//! The trait that `#[search_space]` implements, and its implementations for the types that need no annotation.

use core::marker::PhantomData;

use rand::Rng;

use super::codec::{DecodeError, Decoder, EncodeError, Encoder, Trace};
use super::enumerate::Enumerate;
use super::handle::Space;
use super::node::{Actions, Branch, Domain, Kind, Naming, Node};
use super::sample_error::SampleError;
use super::uniform::UniformSampler;

/// A type whose values can be searched over.
///
/// Implemented by [`#[search_space]`](macro@crate::search_space); here for `bool`, `()`, `Option`, `Box`, arrays and
/// tuples of such types. Numbers, strings and `Vec`s are not spaces by themselves: a field of such a type says its
/// domain with `#[space(..)]`.
#[diagnostic::on_unimplemented(
    message = "[TN19] `{Self}` is not a search space",
    label = "this type has no decisions that could be learned",
    note = "annotate `{Self}` with `#[search_space]` if it is yours",
    note = "a field that is not to be searched takes `#[space(skip = value)]`; a number, a string or a `Vec` takes a domain: `#[space(choices = [..])]`, `#[space(range = a..=b)]`, `#[space(len = a..=b)]`"
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

    /// A config with each decision uniform over its available actions; one that is not valid is drawn again. For many
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

impl SearchSpace for bool {
    const SPACE: &'static Node = &Node::Decide(Domain::FLAG);

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(decoder.next(2)? == 1)
    }

    fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
        encoder.push(usize::from(*self));
        Ok(())
    }
}

/// The tree of an option: its own state, then `….some`.
#[must_use]
pub const fn option_branches(node: &'static Node) -> [Branch; 2] {
    [Branch { label: "none", aliases: &[], node: &Node::Unit }, Branch { label: "some", aliases: &[], node }]
}

impl<T: SearchSpace> SearchSpace for Option<T> {
    const SPACE: &'static Node = &Node::Choice {
        kind: Kind::Presence,
        branches: &option_branches(&Node::Within { suffix: ".some", node: T::SPACE }),
    };

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decode_option(decoder, T::decode)
    }

    fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
        encode_option(self.as_ref(), encoder, T::encode)
    }

    fn is_valid(&self) -> bool {
        self.as_ref().is_none_or(T::is_valid)
    }
}

/// Reads whether something is there, then the thing.
pub fn decode_option<T>(
    decoder: &mut Decoder<'_>,
    decode: impl FnOnce(&mut Decoder<'_>) -> Result<T, DecodeError>,
) -> Result<Option<T>, DecodeError> {
    match decoder.next(2)? {
        0 => Ok(None),
        _ => decode(decoder).map(Some),
    }
}

/// Writes whether something is there, then the thing.
pub fn encode_option<T>(
    value: Option<&T>,
    encoder: &mut Encoder,
    encode: impl FnOnce(&T, &mut Encoder) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    encoder.push(usize::from(value.is_some()));
    value.map_or(Ok(()), |value| encode(value, encoder))
}

impl<T: SearchSpace> SearchSpace for Box<T> {
    const SPACE: &'static Node = T::SPACE;

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        T::decode(decoder).map(Box::new)
    }

    fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
        T::encode(self, encoder)
    }

    fn is_valid(&self) -> bool {
        T::is_valid(self)
    }
}

impl<T: SearchSpace, const N: usize> SearchSpace for [T; N] {
    const SPACE: &'static Node = &Node::Array { item: T::SPACE, len: N, naming: Naming::Numbered };

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decode_array(decoder, T::decode)
    }

    fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
        self.iter().try_for_each(|item| item.encode(encoder))
    }

    fn is_valid(&self) -> bool {
        self.iter().all(T::is_valid)
    }
}

/// Reads `N` items.
pub fn decode_array<T, const N: usize>(
    decoder: &mut Decoder<'_>,
    mut decode: impl FnMut(&mut Decoder<'_>) -> Result<T, DecodeError>,
) -> Result<[T; N], DecodeError> {
    let items = (0..N).map(|_| decode(decoder)).collect::<Result<Vec<T>, _>>()?;
    items.try_into().map_err(|items: Vec<T>| DecodeError::TooShort { len: items.len() })
}

/// Reads a length of `min..=max` and then so many items.
pub fn decode_vec<T>(
    decoder: &mut Decoder<'_>,
    (min, max): (usize, usize),
    mut decode: impl FnMut(&mut Decoder<'_>) -> Result<T, DecodeError>,
) -> Result<Vec<T>, DecodeError> {
    let len = min + decoder.next(max - min + 1)?;
    (0..len).map(|_| decode(decoder)).collect()
}

/// Writes the length of `min..=max` and then the items.
pub fn encode_vec<T>(
    items: &[T],
    encoder: &mut Encoder,
    (min, max): (usize, usize),
    outside: impl FnOnce(&usize) -> EncodeError,
    mut encode: impl FnMut(&T, &mut Encoder) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    if !(min..=max).contains(&items.len()) {
        return Err(outside(&items.len()));
    }
    encoder.push(items.len() - min);
    items.iter().try_for_each(|item| encode(item, encoder))
}

/// Writes the items of an array.
pub fn encode_items<T>(
    items: &[T],
    encoder: &mut Encoder,
    mut encode: impl FnMut(&T, &mut Encoder) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    items.iter().try_for_each(|item| encode(item, encoder))
}

/// The whole numbers `first`, `first + step`, … up to `last`.
///
/// # Panics
/// While compiling, where there is no such number, `last` is not one of them, or there are too many.
#[must_use]
#[track_caller]
pub const fn integers(first: i128, last: i128, step: i128) -> Domain {
    assert!(step >= 1, "[TN03] a step is at least 1");
    assert!(first <= last, "[TN02] the range is empty; the least value comes first");
    // Bounds further apart than this have too many values between them in any case.
    let distance = last.saturating_sub(first);
    assert!(distance % step == 0, "[TN03] the steps from the first value never reach the last one");
    assert!(distance / step < 10_000, "[TN04] a decision has at most 10000 actions; shorten the range");
    let count = (distance / step + 1).unsigned_abs() as usize;
    Domain { kind: Kind::Integer, actions: Actions::Range { first, step, count } }
}

/// A list of `min` to `max` items.
///
/// # Panics
/// While compiling, where there is no such length.
#[must_use]
#[track_caller]
pub const fn repeat(item: &'static Node, min: usize, max: usize, naming: Naming) -> Node {
    assert!(min <= max, "[TN02] the range is empty; the least value comes first");
    Node::Repeat { item, min, max, naming }
}

/// The positions of so many items in an array that several spaces share.
///
/// # Panics
/// While compiling, where there is not one position an item.
#[must_use]
#[track_caller]
pub const fn at(indices: &'static [usize], items: usize) -> Naming {
    assert!(indices.len() == items, "[TN18] `indices` gives each item its position: as many as there are items");
    Naming::At(indices)
}

/// The position of `value` in a domain of whole numbers.
#[must_use]
pub fn range_index(value: i128, domain: &Domain) -> Option<usize> {
    let Actions::Range { first, step, count } = domain.actions else { return None };
    let distance = value.checked_sub(first)?;
    let index = usize::try_from(distance / step).ok()?;
    (distance % step == 0 && index < count).then_some(index)
}

/// Asks a `prune` predicate of a value that is decided in part.
#[must_use]
pub fn prune<T: SearchSpace>(trace: &Trace, decided: usize, predicate: fn(&T, usize) -> bool) -> bool {
    decode(trace).is_ok_and(|value| predicate(&value, decided))
}

/// A type that a field can be skipped with.
#[diagnostic::on_unimplemented(
    message = "[TN14] `{Self}` has no default, so the skipped field needs a value",
    label = "write `#[space(skip = value)]`, or derive `Default` for `{Self}`"
)]
pub trait SkipDefault {
    /// The default.
    fn skip_default() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> SkipDefault for T {
    fn skip_default() -> Self {
        T::default()
    }
}

/// A value in a box.
pub fn boxed<T>(value: T) -> Box<T> {
    Box::new(value)
}

/// A text that an error shows without quotes.
#[must_use]
pub fn verbatim(text: &'static str) -> impl core::fmt::Debug {
    core::fmt::from_fn(move |formatter| formatter.write_str(text))
}

macro_rules! tuple_spaces {
    ($(($($name:ident $index:tt $suffix:literal),*);)*) => {$(
        impl<$($name: SearchSpace),*> SearchSpace for ($($name,)*) {
            const SPACE: &'static Node =
                &Node::Sequence(&[$(&Node::Within { suffix: $suffix, node: $name::SPACE }),*]);

            fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                Ok(($($name::decode(decoder)?,)*))
            }

            fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
                $(self.$index.encode(encoder)?;)*
                Ok(())
            }

            fn is_valid(&self) -> bool {
                true $(&& self.$index.is_valid())*
            }
        }
    )*};
}

tuple_spaces! {
    (A 0 ".0");
    (A 0 ".0", B 1 ".1");
    (A 0 ".0", B 1 ".1", C 2 ".2");
    (A 0 ".0", B 1 ".1", C 2 ".2", D 3 ".3");
    (A 0 ".0", B 1 ".1", C 2 ".2", D 3 ".3", E 4 ".4");
    (A 0 ".0", B 1 ".1", C 2 ".2", D 3 ".3", E 4 ".4", F 5 ".5");
    (A 0 ".0", B 1 ".1", C 2 ".2", D 3 ".3", E 4 ".4", F 5 ".5", G 6 ".6");
    (A 0 ".0", B 1 ".1", C 2 ".2", D 3 ".3", E 4 ".4", F 5 ".5", G 6 ".6", H 7 ".7");
}

impl<T: ?Sized> SearchSpace for PhantomData<T> {
    const SPACE: &'static Node = &Node::Unit;

    fn decode(_: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(Self)
    }

    fn encode(&self, _: &mut Encoder) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl SearchSpace for () {
    const SPACE: &'static Node = &Node::Unit;

    fn decode(_: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(())
    }

    fn encode(&self, _: &mut Encoder) -> Result<(), EncodeError> {
        Ok(())
    }
}

//! What the macro's output calls: pieces of `decode` and `encode` for containers, and of trees.

use super::codec::{DecodeError, Decoder, EncodeError, Encoder};
use super::count::{Counts, count};
use super::fault::Fault;
use super::message::Message;
use super::name::Hash;
use super::node::{Actions, Branch, Domain, Kind, Naming, Node};
use super::search_space::{SearchSpace, decode};
use super::trace::Trace;

/// The tree of an option: its own state, then `….some`.
#[must_use]
pub const fn option_branches(node: &'static Node) -> [Branch; 2] {
    [Branch { label: "none", aliases: &[], node: &Node::Unit }, Branch { label: "some", aliases: &[], node }]
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

/// Reads one of the listed values.
pub fn choice<'a, T>(decoder: &mut Decoder<'_>, values: &'a [T]) -> Result<&'a T, DecodeError> {
    Ok(&values[decoder.next(values.len())?])
}

/// The position of a value among the listed ones.
#[must_use]
pub fn choice_index<T: PartialEq>(value: &T, values: &[T]) -> Option<usize> {
    values.iter().position(|listed| listed == value)
}

/// The position of a text among the listed ones.
#[must_use]
pub fn text_index(value: &str, values: &[&str]) -> Option<usize> {
    values.iter().position(|listed| *listed == value)
}

/// The position of a value among so many that a function makes.
#[must_use]
pub fn choice_index_by<T: Choice>(value: &T, count: usize, listed: impl Fn(usize) -> T) -> Option<usize> {
    (0..count).find(|&i| listed(i) == *value)
}

/// A type of which values can be listed.
#[diagnostic::on_unimplemented(
    message = "[TN26] choices of the type `{Self}` cannot be told apart, since it is not `PartialEq`",
    label = "derive `PartialEq` for `{Self}`, bound a type parameter by it, or hold `{Self}` in a newtype that implements it"
)]
pub trait Choice: PartialEq {}

#[diagnostic::do_not_recommend]
impl<T: PartialEq> Choice for T {}

/// A type of which values are listed as strings.
#[diagnostic::on_unimplemented(
    message = "[TN08] a string is no value of the type `{Self}`",
    label = "list values of `{Self}`, or implement `From<&'static str>` for it"
)]
pub trait OfText {
    /// The value that a string stands for.
    fn of_text(text: &'static str) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: From<&'static str>> OfText for T {
    fn of_text(text: &'static str) -> Self {
        Self::from(text)
    }
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
pub fn prune<T: SearchSpace, V: Verdict>(trace: &Trace, decided: usize, predicate: fn(&T, usize) -> V) -> bool {
    decode(trace).is_ok_and(|value| predicate(&value, decided).yes())
}

/// Asks a `valid` predicate.
pub fn holds<T, V: Verdict>(config: &T, predicate: fn(&T) -> V) -> bool {
    predicate(config).yes()
}

/// What a predicate says.
#[diagnostic::on_unimplemented(
    message = "[TN27] a predicate says `true` or `false`, but this one gives `{Self}`",
    label = "write one that gives a `bool`; of a `Result`, `valid = |config: &Self| check(config).is_ok()`"
)]
pub trait Verdict {
    /// Whether it says yes.
    fn yes(self) -> bool;
}

impl Verdict for bool {
    fn yes(self) -> bool {
        self
    }
}

/// The one branch of the start state of a universe of one space.
///
/// # Panics
/// While compiling, where there is no such branch.
#[must_use]
#[track_caller]
pub const fn only_space(start: &'static Node) -> Branch {
    if let Node::Named { node: Node::Choice { kind: Kind::Space, branches: [only] }, .. } = start {
        return *only;
    }
    panic!("[TN23] a joint space is made of spaces, not of other joint spaces; name their spaces one by one")
}

/// Checks that spaces are told apart by their names.
///
/// # Panics
/// While compiling, where two have one name.
#[track_caller]
pub const fn check_spaces(branches: &[Branch]) {
    if let Some(name) = twice(branches) {
        let message = Message::new()
            .push("[TN07] two spaces of a joint space are called `")
            .push(name)
            .push("`; rename one of them with `#[search_space(name = \"..\")]`");
        panic!("{}", message.as_str());
    }
}

/// The label that two branches have.
const fn twice(branches: &[Branch]) -> Option<&'static str> {
    let mut i = 0;
    while i < branches.len() {
        let mut j = 0;
        while j < i {
            if Hash::of(branches[j].label).0 == Hash::of(branches[i].label).0 {
                return Some(branches[i].label);
            }
            j += 1;
        }
        i += 1;
    }
    None
}

/// The sizes of a universe.
///
/// # Panics
/// While compiling, where no agent could serve it; the message says why.
#[must_use]
#[track_caller]
pub const fn counts<const CAPACITY: usize>(start: &'static Node) -> Counts {
    match count::<CAPACITY>(start) {
        Ok(counts) => counts,
        // What spaces of one name share is told with their names.
        Err(Fault::TwoTypes(_)) if has_equal_spaces(start) => Counts::NOTHING,
        // As one of the types tells.
        Err(Fault::Nesting(_)) => Counts::NOTHING,
        Err(fault) => panic!("{}", fault.message().as_str()),
    }
}

const fn has_equal_spaces(start: &Node) -> bool {
    match start {
        Node::Named { node: Node::Choice { branches, .. }, .. } => twice(branches).is_some(),
        _ => false,
    }
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

/// A text that an error shows without quotes.
#[must_use]
pub fn verbatim(text: &'static str) -> impl core::fmt::Debug {
    core::fmt::from_fn(move |formatter| formatter.write_str(text))
}

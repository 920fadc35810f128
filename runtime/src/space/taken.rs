//! What the macro's output calls for items that are taken once: subsets and permutations.

use super::codec::{DecodeError, Decoder, EncodeError, Encoder};
use super::node::{Actions, Domain, Node};

/// Which of the items are taken, so many at least and at most.
///
/// # Panics
/// While compiling, where there is no such number of items.
#[must_use]
#[track_caller]
pub const fn subset(labels: &'static [&'static str], min: usize, max: usize) -> Node {
    assert!(min <= max, "[TN02] the range is empty; the least value comes first");
    assert!(max <= labels.len(), "[TN18] a subset has as many items as are listed at most; lower `len`");
    Node::Subset { labels, min, max }
}

/// The order of the items, in so many places.
///
/// # Panics
/// While compiling, where there is not one place an item.
#[must_use]
#[track_caller]
pub const fn permutation(labels: &'static [&'static str], places: usize) -> Node {
    assert!(labels.len() == places, "[TN18] a permutation lists as many items as the array has");
    Node::Permutation { labels }
}

/// A decision whose actions have weights before anything is known.
///
/// # Panics
/// While compiling, where there is not one weight an action, or one is not above zero.
#[must_use]
#[track_caller]
pub const fn weighted(node: &'static Node, weights: &'static [f64]) -> Node {
    assert!(
        actions(node) == weights.len(),
        "[TN18] `prior` gives each action its weight: as many as there are actions"
    );
    let mut i = 0;
    while i < weights.len() {
        assert!(weights[i] > 0.0 && weights[i] < f64::INFINITY, "[TN08] a weight is a number above zero");
        i += 1;
    }
    Node::Weighted { weights, node }
}

const fn actions(node: &Node) -> usize {
    match node {
        Node::Decide(Domain { actions: Actions::Labels(labels) | Actions::Numbers { labels, .. }, .. }) => labels.len(),
        Node::Decide(Domain { actions: Actions::Range { count, .. }, .. }) => *count,
        Node::Choice { branches, .. } => branches.len(),
        Node::Restricted { node, .. } | Node::Named { node, .. } => actions(node),
        _ => 0,
    }
}

/// Reads which of `count` items are taken.
pub fn decode_subset<T>(
    decoder: &mut Decoder<'_>,
    count: usize,
    item: impl Fn(usize) -> T,
) -> Result<Vec<T>, DecodeError> {
    let taken = (0..count).map(|i| Ok(decoder.next(2)?.eq(&1).then(|| item(i))));
    taken.filter_map(Result::transpose).collect()
}

/// Writes which items are taken, in whatever order they stand; an error where one is no item, stands twice, or there are too few or
/// too many.
pub fn encode_subset<T>(
    items: &[T],
    encoder: &mut Encoder,
    (count, min, max): (usize, usize, usize),
    outside: impl Fn() -> EncodeError,
    index: impl Fn(&T) -> Option<usize>,
) -> Result<(), EncodeError> {
    let places =
        places(items, count, index).filter(|places| (min..=max).contains(&places.len())).ok_or_else(outside)?;
    let mut taken = vec![0; count];
    for place in places {
        taken[place] = 1;
    }
    for taken in taken {
        encoder.push(taken);
    }
    Ok(())
}

/// The place of each item among `count`; none where one is no item, or stands twice.
fn places<T>(items: &[T], count: usize, index: impl Fn(&T) -> Option<usize>) -> Option<Vec<usize>> {
    let mut taken = vec![false; count];
    let place = |item| index(item).filter(|&place| !std::mem::replace(&mut taken[place], true));
    items.iter().map(place).collect()
}

/// Reads the order of `count` items.
pub fn decode_permutation<T>(
    decoder: &mut Decoder<'_>,
    count: usize,
    item: impl Fn(usize) -> T,
) -> Result<Vec<T>, DecodeError> {
    (0..count).map(|_| decoder.next(count).map(&item)).collect()
}

/// Writes the order of items; an error where they are not all items, each once.
pub fn encode_permutation<T>(
    items: &[T],
    encoder: &mut Encoder,
    count: usize,
    outside: impl Fn() -> EncodeError,
    index: impl Fn(&T) -> Option<usize>,
) -> Result<(), EncodeError> {
    let places = places(items, count, index).filter(|places| places.len() == count).ok_or_else(outside)?;
    for place in places {
        encoder.push(place);
    }
    Ok(())
}

/// Items in an array of as many.
pub fn in_array<T, const N: usize>(items: Vec<T>) -> Result<[T; N], DecodeError> {
    items.try_into().map_err(|items: Vec<T>| DecodeError::TooShort { len: items.len() })
}

//! The weights of the network: rows of [`WIDTH`] numbers, part by part.

use std::ops::Range;

use rand::{Rng, RngExt};

use super::graph::KINDS;
use crate::policy::real::Real;

/// Numbers in the state of a vertex.
pub(super) const WIDTH: usize = 32;
/// Rounds of messages.
pub(super) const ROUNDS: usize = 4;
/// What a vertex takes in: its own state, the sum of those before it, the sum of those after it.
pub(super) const SOURCES: usize = 3;
/// What is read out of a graph: the state of its output, the sum of all.
pub(super) const READINGS: usize = 2;

pub(super) type Row<E> = [E; WIDTH];

/// A part of the weights: its name in a file, and its shape, whose last number is [`WIDTH`].
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) shape: &'static [usize],
}

/// The parts in order.
pub(super) const PARTS: [Part; 5] = [
    Part { name: "embedding", shape: &[KINDS, WIDTH] },
    Part { name: "rounds", shape: &[ROUNDS, KINDS, map_rows(SOURCES), WIDTH] },
    Part { name: "readout", shape: &[map_rows(READINGS), WIDTH] },
    Part { name: "hidden", shape: &[map_rows(1), WIDTH] },
    Part { name: "last", shape: &[1, WIDTH] },
];

impl Part {
    pub(super) fn rows(&self) -> usize {
        self.shape.iter().product::<usize>() / WIDTH
    }
}

/// Rows of a map from so many states to one: a row for each number that goes in, then the bias.
const fn map_rows(states: usize) -> usize {
    states * WIDTH + 1
}

const ROUNDS_AT: usize = KINDS;
const READOUT_AT: usize = ROUNDS_AT + ROUNDS * KINDS * map_rows(SOURCES);
const HIDDEN_AT: usize = READOUT_AT + map_rows(READINGS);
/// The row that the last state is multiplied with.
pub(super) const LAST: usize = HIDDEN_AT + map_rows(1);
/// The rows of the map from what is read out.
pub(super) const READOUT: Range<usize> = READOUT_AT..HIDDEN_AT;
/// The rows of the map after it.
pub(super) const HIDDEN: Range<usize> = HIDDEN_AT..LAST;
/// Rows of all parts.
pub(super) const ROWS: usize = LAST + 1;

/// The rows of the map that a kind has in a round.
#[inline(always)]
pub(super) const fn map_of(round: usize, kind: usize) -> Range<usize> {
    let start = ROUNDS_AT + (round * KINDS + kind) * map_rows(SOURCES);
    start..start + map_rows(SOURCES)
}

/// The weights, or a gradient in them: the rows of [`PARTS`]. The first are the embeddings of the kinds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Network<E> {
    pub(super) rows: Vec<Row<E>>,
}

impl<E: Real> Network<E> {
    pub(super) fn zeros() -> Self {
        Self { rows: vec![[E::zero(); WIDTH]; ROWS] }
    }

    /// Weights to learn from: uniform, and no bias. Rounds keep the spread of what goes in (He et al., 2015); the maps
    /// after them make it smaller, so that first predictions are near to zero.
    pub(super) fn random(rng: &mut impl Rng) -> Self {
        let mut network = Self::zeros();
        fill(&mut network.rows[..ROUNDS_AT], 0.1, rng);
        for map in network.rows[ROUNDS_AT..READOUT_AT].chunks_exact_mut(map_rows(SOURCES)) {
            fill_map(map, 2.0, rng);
        }
        fill_map(&mut network.rows[READOUT], 1.0 / 3.0, rng);
        fill_map(&mut network.rows[HIDDEN], 1.0 / 3.0, rng);
        fill(&mut network.rows[LAST..], 1.0 / 3.0 / WIDTH as f64, rng);
        network
    }
}

/// Uniform numbers of variance `gain` / (numbers that go in), and no bias.
fn fill_map<E: Real>(map: &mut [Row<E>], gain: f64, rng: &mut impl Rng) {
    let inputs = map.len() - 1;
    fill(&mut map[..inputs], gain / inputs as f64, rng);
}

/// Uniform numbers of this variance around zero.
fn fill<E: Real>(rows: &mut [Row<E>], variance: f64, rng: &mut impl Rng) {
    let bound = (3.0 * variance).sqrt();
    rows.as_flattened_mut().fill_with(|| E::real(rng.random_range(-bound..bound)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_all_rows() {
        assert_eq!(PARTS.iter().map(Part::rows).sum::<usize>(), ROWS);
        assert_eq!((map_of(0, 0).start, map_of(ROUNDS - 1, KINDS - 1).end), (ROUNDS_AT, READOUT.start));
        assert_eq!((READOUT.end, HIDDEN.end), (HIDDEN.start, LAST));
    }
}

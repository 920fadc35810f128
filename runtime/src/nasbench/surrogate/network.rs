//! A small message-passing network. Each vertex has a state of [`WIDTH`] numbers; in every round it becomes a linear
//! map, of its kind's own, of itself, the sum of what feeds it and the sum of what it feeds, and a ReLU.

use rand::{Rng, RngExt};

use super::graph::{Graph, KINDS};
use crate::nasbench::cell::MAX_VERTICES;
use crate::policy::kernels::{add, add_scaled, dot, vectorised};
use crate::policy::real::Real;

/// Numbers in the state of a vertex.
pub(super) const WIDTH: usize = 32;
/// Rounds of messages.
pub(super) const ROUNDS: usize = 4;
/// What a vertex takes in: its own state, the sum of those before it, the sum of those after it.
pub(super) const SOURCES: usize = 3;
/// What is read out of a graph: the state of its output, the sum of all.
pub(super) const READINGS: usize = 2;

/// Rows of a map from so many states to one: a row for each number that goes in, then the bias.
pub(super) const fn map_rows(states: usize) -> usize {
    states * WIDTH + 1
}

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

const ROUNDS_AT: usize = KINDS;
const READOUT_AT: usize = ROUNDS_AT + ROUNDS * KINDS * map_rows(SOURCES);
const HIDDEN_AT: usize = READOUT_AT + map_rows(READINGS);
const LAST_AT: usize = HIDDEN_AT + map_rows(1);
/// Rows of all parts.
pub(super) const ROWS: usize = LAST_AT + 1;

/// The weights, or a gradient in them: the rows of [`PARTS`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Network<E> {
    rows: Vec<Row<E>>,
}

/// What a pass through the network leaves behind for the way back.
pub(super) struct Pass<E> {
    /// What each vertex took in, round by round.
    pub(super) taken: [[[Row<E>; SOURCES]; MAX_VERTICES]; ROUNDS],
    /// The states after the last round.
    pub(super) states: [Row<E>; MAX_VERTICES],
    pub(super) read: [Row<E>; READINGS],
    pub(super) hidden: [Row<E>; 2],
}

impl<E: Real> Pass<E> {
    pub(super) fn new() -> Self {
        let row = [E::zero(); WIDTH];
        Self {
            taken: [[[row; SOURCES]; MAX_VERTICES]; ROUNDS],
            states: [row; MAX_VERTICES],
            read: [row; READINGS],
            hidden: [row; 2],
        }
    }
}

impl<E: Real> Network<E> {
    /// The network of these rows; none where there are too many or too few.
    pub(super) fn new(rows: Vec<Row<E>>) -> Option<Self> {
        (rows.len() == ROWS).then_some(Self { rows })
    }

    pub(super) fn zeros() -> Self {
        Self { rows: vec![[E::zero(); WIDTH]; ROWS] }
    }

    /// Weights to learn from: uniform, of variance 2 / (numbers that go in), and no bias (He et al., 2015).
    pub(super) fn random(rng: &mut impl Rng) -> Self {
        let mut network = Self::zeros();
        fill(&mut network.rows[..ROUNDS_AT], 0.1, rng);
        for map in network.rows[ROUNDS_AT..READOUT_AT].chunks_exact_mut(map_rows(SOURCES)) {
            fill_map(map, 2.0, rng);
        }
        fill_map(&mut network.rows[READOUT_AT..HIDDEN_AT], 1.0 / 3.0, rng);
        fill_map(&mut network.rows[HIDDEN_AT..LAST_AT], 1.0 / 3.0, rng);
        fill(&mut network.rows[LAST_AT..], 1.0 / 3.0 / WIDTH as f64, rng);
        network
    }

    pub(super) fn rows(&self) -> &[Row<E>] {
        &self.rows
    }

    pub(super) fn rows_mut(&mut self) -> &mut [Row<E>] {
        &mut self.rows
    }

    #[inline(always)]
    pub(super) fn embedding(&self, kind: usize) -> &Row<E> {
        &self.rows[kind]
    }

    #[inline(always)]
    pub(super) fn round(&self, round: usize, kind: usize) -> &[Row<E>] {
        &self.rows[round_at(round, kind)..][..map_rows(SOURCES)]
    }

    #[inline(always)]
    pub(super) fn readout(&self) -> &[Row<E>] {
        &self.rows[READOUT_AT..HIDDEN_AT]
    }

    #[inline(always)]
    pub(super) fn hidden(&self) -> &[Row<E>] {
        &self.rows[HIDDEN_AT..LAST_AT]
    }

    #[inline(always)]
    pub(super) fn last(&self) -> &Row<E> {
        &self.rows[LAST_AT]
    }

    #[inline(always)]
    pub(super) fn embedding_mut(&mut self, kind: usize) -> &mut Row<E> {
        &mut self.rows[kind]
    }

    #[inline(always)]
    pub(super) fn round_mut(&mut self, round: usize, kind: usize) -> &mut [Row<E>] {
        &mut self.rows[round_at(round, kind)..][..map_rows(SOURCES)]
    }

    #[inline(always)]
    pub(super) fn readout_mut(&mut self) -> &mut [Row<E>] {
        &mut self.rows[READOUT_AT..HIDDEN_AT]
    }

    #[inline(always)]
    pub(super) fn hidden_mut(&mut self) -> &mut [Row<E>] {
        &mut self.rows[HIDDEN_AT..LAST_AT]
    }

    #[inline(always)]
    pub(super) fn last_mut(&mut self) -> &mut Row<E> {
        &mut self.rows[LAST_AT]
    }

    /// The prediction for the graph.
    pub(super) fn predict(&self, graph: &Graph) -> E {
        vectorised(
            #[inline(always)]
            || self.forward(graph, &mut Pass::new()),
        )
    }

    /// The prediction for the graph, and in `pass` what led to it.
    #[inline(always)]
    pub(super) fn forward(&self, graph: &Graph, pass: &mut Pass<E>) -> E {
        let states = &mut pass.states;
        for vertex in graph.vertices() {
            states[vertex] = *self.embedding(graph.kind(vertex));
        }
        for (round, taken) in pass.taken.iter_mut().enumerate() {
            for vertex in graph.vertices() {
                taken[vertex] = take_in(graph, vertex, states);
            }
            for vertex in graph.vertices() {
                let map = self.round(round, graph.kind(vertex));
                states[vertex] = relu(apply(map, taken[vertex].as_flattened()));
            }
        }
        self.read_out(graph, pass)
    }

    #[inline(always)]
    fn read_out(&self, graph: &Graph, pass: &mut Pass<E>) -> E {
        pass.read = [pass.states[graph.output()], sum_of(graph.vertices(), &pass.states)];
        pass.hidden[0] = relu(apply(self.readout(), pass.read.as_flattened()));
        pass.hidden[1] = relu(apply(self.hidden(), &pass.hidden[0]));
        dot(&pass.hidden[1], self.last())
    }
}

const fn round_at(round: usize, kind: usize) -> usize {
    ROUNDS_AT + (round * KINDS + kind) * map_rows(SOURCES)
}

fn fill_map<E: Real>(map: &mut [Row<E>], gain: f64, rng: &mut impl Rng) {
    let inputs = map.len() - 1;
    fill(&mut map[..inputs], gain / inputs as f64, rng);
}

/// Uniform numbers of this variance.
fn fill<E: Real>(rows: &mut [Row<E>], variance: f64, rng: &mut impl Rng) {
    let bound = (3.0 * variance).sqrt();
    rows.as_flattened_mut().fill_with(|| E::real(rng.random_range(-bound..bound)));
}

#[inline(always)]
fn take_in<E: Real>(graph: &Graph, vertex: usize, states: &[Row<E>; MAX_VERTICES]) -> [Row<E>; SOURCES] {
    [states[vertex], sum_of(graph.before(vertex), states), sum_of(graph.after(vertex), states)]
}

#[inline(always)]
fn sum_of<E: Real>(vertices: impl Iterator<Item = usize>, states: &[Row<E>; MAX_VERTICES]) -> Row<E> {
    let mut sum = [E::zero(); WIDTH];
    for vertex in vertices {
        add(&mut sum, &states[vertex]);
    }
    sum
}

/// The map at `x`: a row for each number of `x`, then the bias.
#[inline(always)]
fn apply<E: Real>(map: &[Row<E>], x: &[E]) -> Row<E> {
    let mut y = map[x.len()];
    for (&x, row) in x.iter().zip(map) {
        add_scaled(&mut y, x, row);
    }
    y
}

#[inline(always)]
fn relu<E: Real>(row: Row<E>) -> Row<E> {
    row.map(|x| if x > E::zero() { x } else { E::zero() })
}

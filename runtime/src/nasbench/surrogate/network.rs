//! A small message-passing network. In every round, the state of a vertex becomes a linear map, of its kind's own, of
//! itself, the sum of what feeds it and the sum of what it feeds, and a ReLU.

use super::graph::Graph;
use super::weights::{HIDDEN, LAST, Network, READINGS, READOUT, ROUNDS, Row, SOURCES, WIDTH, map_of};
use crate::nasbench::cell::MAX_VERTICES;
use crate::policy::kernels::{add, add_scaled, dot, vectorised};
use crate::policy::real::Real;

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
            states[vertex] = self.rows[graph.kind(vertex)];
        }
        for (round, taken) in pass.taken.iter_mut().enumerate() {
            for vertex in graph.vertices() {
                taken[vertex] = take_in(graph, vertex, states);
            }
            for vertex in graph.vertices() {
                let map = &self.rows[map_of(round, graph.kind(vertex))];
                states[vertex] = relu(apply(map, taken[vertex].as_flattened()));
            }
        }
        self.read_out(graph, pass)
    }

    #[inline(always)]
    fn read_out(&self, graph: &Graph, pass: &mut Pass<E>) -> E {
        pass.read = [pass.states[graph.output()], sum_of(graph.vertices(), &pass.states)];
        pass.hidden[0] = relu(apply(&self.rows[READOUT], pass.read.as_flattened()));
        pass.hidden[1] = relu(apply(&self.rows[HIDDEN], &pass.hidden[0]));
        dot(&pass.hidden[1], &self.rows[LAST])
    }
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

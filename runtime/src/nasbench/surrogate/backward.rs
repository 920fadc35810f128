//! The way back through the network: the gradient of a loss in its weights.

use super::graph::Graph;
use super::network::Pass;
use super::weights::{HIDDEN, LAST, Network, READINGS, READOUT, ROUNDS, Row, SOURCES, WIDTH, map_of};
use crate::nasbench::cell::MAX_VERTICES;
use crate::policy::kernels::{add, add_scaled, dot};
use crate::policy::real::Real;

type States<E> = [Row<E>; MAX_VERTICES];

impl<E: Real> Network<E> {
    /// Adds to `gradient` that of a loss whose slope in the prediction for the graph is `slope`. The pass is the one that made
    /// the prediction.
    #[inline(always)]
    pub(super) fn backward(&self, graph: &Graph, pass: &Pass<E>, slope: E, gradient: &mut Self) {
        let mut slopes = self.backward_readout(graph, pass, slope, gradient);
        for round in (0..ROUNDS).rev() {
            slopes = self.backward_round(graph, pass, round, &slopes, gradient);
        }
        for vertex in graph.vertices() {
            add(&mut gradient.rows[graph.kind(vertex)], &slopes[vertex]);
        }
    }

    /// The slopes in the states after the last round.
    #[inline(always)]
    fn backward_readout(&self, graph: &Graph, pass: &Pass<E>, slope: E, gradient: &mut Self) -> States<E> {
        add_scaled(&mut gradient.rows[LAST], slope, &pass.hidden[1]);
        let mut hidden = [E::zero(); WIDTH];
        add_scaled(&mut hidden, slope, &self.rows[LAST]);
        let slopes = where_positive(&hidden, &pass.hidden[1]);
        let mut hidden = [E::zero(); WIDTH];
        backward_map(&self.rows[HIDDEN], &pass.hidden[0], &slopes, &mut gradient.rows[HIDDEN], &mut hidden);
        let slopes = where_positive(&hidden, &pass.hidden[0]);
        let mut read = [[E::zero(); WIDTH]; READINGS];
        let (x, dx) = (pass.read.as_flattened(), read.as_flattened_mut());
        backward_map(&self.rows[READOUT], x, &slopes, &mut gradient.rows[READOUT], dx);
        let mut states = [read[1]; MAX_VERTICES];
        add(&mut states[graph.output()], &read[0]);
        states
    }

    /// The slopes in the states before the round, from those after it.
    #[inline(always)]
    fn backward_round(
        &self,
        graph: &Graph,
        pass: &Pass<E>,
        round: usize,
        slopes: &States<E>,
        gradient: &mut Self,
    ) -> States<E> {
        let mut earlier = [[E::zero(); WIDTH]; MAX_VERTICES];
        for vertex in graph.vertices() {
            let state = pass.taken.get(round + 1).map_or(&pass.states[vertex], |taken| &taken[vertex][0]);
            let slopes = where_positive(&slopes[vertex], state);
            let (map, x) = (map_of(round, graph.kind(vertex)), pass.taken[round][vertex].as_flattened());
            let mut taken = [[E::zero(); WIDTH]; SOURCES];
            let (weights, dx) = (&self.rows[map.clone()], taken.as_flattened_mut());
            backward_map(weights, x, &slopes, &mut gradient.rows[map], dx);
            add(&mut earlier[vertex], &taken[0]);
            graph.before(vertex).for_each(|other| add(&mut earlier[other], &taken[1]));
            graph.after(vertex).for_each(|other| add(&mut earlier[other], &taken[2]));
        }
        earlier
    }
}

/// Adds to `gradient` that of the map at `x`, and writes to `dx` the slopes in `x`.
#[inline(always)]
fn backward_map<E: Real>(map: &[Row<E>], x: &[E], slopes: &Row<E>, gradient: &mut [Row<E>], dx: &mut [E]) {
    for ((&x, dx), (row, gradient)) in x.iter().zip(dx).zip(map.iter().zip(gradient.iter_mut())) {
        add_scaled(gradient, x, slopes);
        *dx = dot(row, slopes);
    }
    add(&mut gradient[x.len()], slopes);
}

/// The slopes where the ReLU let its number through.
#[inline(always)]
fn where_positive<E: Real>(slopes: &Row<E>, state: &Row<E>) -> Row<E> {
    std::array::from_fn(|i| if state[i] > E::zero() { slopes[i] } else { E::zero() })
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    use super::*;
    use crate::nasbench::Operation::{Conv1x1, Conv3x3, MaxPool3x3};
    use crate::nasbench::{Cell, surrogate::weights::ROWS};

    /// Every kind, vertices with several neighbours on either side, and two that are alike.
    fn graph() -> Graph {
        let edges = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 5), (4, 5), (0, 5)];
        let triangle = (0..6).flat_map(|from| (from + 1..6).map(move |to| edges.contains(&(from, to))));
        let cell = Cell::new(&triangle.collect::<Vec<_>>(), &[Conv3x3, Conv3x3, MaxPool3x3, Conv1x1]).unwrap();
        assert!(cell.is_valid());
        Graph::new(&cell)
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        const STEP: f64 = 1e-6;
        let (graph, mut rng, mut pass) = (graph(), Pcg64::seed_from_u64(1), Pass::new());
        let mut network = Network::<f64>::random(&mut rng);
        let (mut gradient, slope) = (Network::zeros(), 0.7);
        network.forward(&graph, &mut pass);
        network.backward(&graph, &pass, slope, &mut gradient);
        let mut felt = 0;
        for row in (0..ROWS).step_by(3) {
            let column = rng.random_range(0..WIDTH);
            let weight = network.rows[row][column];
            let mut at = |step: f64| {
                network.rows[row][column] = weight + step;
                slope * network.forward(&graph, &mut pass)
            };
            let expected = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            at(0.0);
            let found = gradient.rows[row][column];
            assert!((found - expected).abs() < 1e-7 * (1.0 + expected.abs()), "row {row}: {found} for {expected}");
            felt += usize::from(found != 0.0);
        }
        assert!(felt > 150, "{felt} weights have a gradient");
    }
}

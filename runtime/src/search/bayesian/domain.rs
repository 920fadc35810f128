//! How far the actions of one decision are apart.

use std::f64::consts::PI;

use super::super::context::Context;
use crate::space::State;

/// The actions of a state, as the kernel sees them.
///
/// Actions lie on the corners of a simplex, ordered ones on a half circle; a decision that does not come up lies at the centre, so
/// that distances are those of points in a space, and the kernel is positive definite.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Domain {
    count: usize,
    order: Option<Order>,
}

/// What is known of ordered actions.
#[derive(Debug, Clone, PartialEq)]
struct Order {
    /// By position: the place in ascending order.
    places: Vec<u32>,
    /// By how many places two are apart: their distance.
    distances: Vec<f64>,
}

impl Order {
    fn new(places: &[u32]) -> Self {
        let turn = PI / (places.len() - 1) as f64;
        let distance = |apart: usize| 0.5 * (1.0 - (turn * apart as f64).cos());
        Self { places: places.to_vec(), distances: (0..places.len()).map(distance).collect() }
    }
}

impl Domain {
    fn of(state: &State) -> Self {
        let count = state.labels.len();
        Self { count, order: state.order().filter(|_| count > 2).map(Order::new) }
    }

    /// Those of all states of a context; then those of the tasks, and of this search and groups of others.
    pub(super) fn all(context: &Context, groups: usize) -> Vec<Self> {
        let tasks = Self { count: context.task_count(), order: None };
        let sources = Self { count: groups + 1, order: None };
        context.graph().vocabulary().states().iter().map(Self::of).chain([tasks, sources]).collect()
    }

    /// The place of an action in ascending order.
    pub(super) fn place(&self, action: u32) -> Option<u32> {
        self.order.as_ref().map(|order| order.places[action as usize])
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The distance of two actions, from 0 to 1.
    pub(super) fn between(&self, a: u32, b: u32) -> f64 {
        match &self.order {
            _ if a == b => 0.0,
            None => 1.0,
            Some(Order { places, distances }) => distances[places[a as usize].abs_diff(places[b as usize]) as usize],
        }
    }

    /// The distance of any action from a decision that does not come up.
    pub(super) fn beside_none(&self) -> f64 {
        match self.order {
            Some(_) => 0.25,
            None => (self.count.max(1) - 1) as f64 / (2 * self.count.max(1)) as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordered_actions_lie_on_a_half_circle() {
        // 3, 1, 2 in this order of positions.
        let domain = Domain { count: 3, order: Some(Order::new(&[2, 0, 1])) };
        assert!((domain.between(0, 1) - 1.0).abs() < 1e-12);
        assert!((domain.between(0, 2) - 0.5).abs() < 1e-12);
        assert_eq!((domain.between(1, 1), domain.beside_none()), (0.0, 0.25));
    }

    #[test]
    fn other_actions_are_all_as_far_apart() {
        let domain = Domain { count: 4, order: None };
        assert_eq!((domain.between(0, 3), domain.between(1, 2), domain.between(2, 2)), (1.0, 1.0, 0.0));
        assert!((domain.beside_none() - 0.375).abs() < 1e-12);
    }
}

//! Which trials dominate which: sorting and crowding of NSGA-II (Deb et al. 2002, "A Fast and Elitist Multiobjective Genetic
//! Algorithm").

use std::cmp::Ordering;

use crate::train::outcome::Outcome;

/// Whether `a` is nowhere worse than `b`, and somewhere better.
pub(crate) fn dominates(a: &[f64], b: &[f64]) -> bool {
    let pairs = || a.iter().zip(b);
    pairs().all(|(a, b)| a >= b) && pairs().any(|(a, b)| a > b)
}

/// The places of those that no other one dominates, in their order.
pub(crate) fn front<V: AsRef<[f64]>>(all: &[V]) -> Vec<usize> {
    let values = |place: usize| all[place].as_ref();
    // What dominates another one comes before it.
    let descending = |a: &usize, b: &usize| {
        let pairs = values(*b).iter().zip(values(*a));
        // Plus 0, since both zeros are the same value.
        pairs.map(|(b, a)| (b + 0.0).total_cmp(&(a + 0.0))).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(descending);
    let mut front: Vec<usize> = Vec::new();
    for place in order {
        // The latest found is the most likely to dominate it.
        if !front.iter().rev().any(|&other| dominates(values(other), values(place))) {
            front.push(place);
        }
    }
    front.sort_unstable();
    front
}

/// Where a trial stands among others: 0 is the front, 1 what is the front without that, and so on, below that those that exceed a limit by
/// how much they do, and last those without values; and in each how much room there is around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    pub(crate) layer: usize,
    pub(crate) crowding: f64,
}

impl Standing {
    /// Greater is better.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        other.layer.cmp(&self.layer).then(self.crowding.total_cmp(&other.crowding))
    }
}

/// Where each of some outcomes stands. One of another number of values than the first is as one without.
pub(crate) fn standings(outcomes: &[Outcome]) -> Vec<Standing> {
    let mut standings = vec![Standing { layer: usize::MAX, crowding: 0.0 }; outcomes.len()];
    let values = |place: usize| outcomes[place].values().unwrap_or_default();
    let count = outcomes.iter().find_map(|outcome| Some(outcome.values()?.len())).unwrap_or_default();
    let is_known = |outcome: &Outcome| outcome.values().is_some_and(|values| values.len() == count);
    let (mut left, others): (Vec<usize>, Vec<usize>) =
        (0..outcomes.len()).partition(|&place| is_known(&outcomes[place]));
    let mut layer = 0;
    while !left.is_empty() {
        let of_left: Vec<&[f64]> = left.iter().map(|&place| values(place)).collect();
        let on: Vec<usize> = front(&of_left).into_iter().map(|at| left[at]).collect();
        let of_layer: Vec<&[f64]> = on.iter().map(|&place| values(place)).collect();
        for (&place, crowding) in on.iter().zip(crowding(&of_layer)) {
            standings[place] = Standing { layer, crowding };
        }
        // Both are in rising order.
        left.retain(|place| on.binary_search(place).is_err());
        layer += 1;
    }
    for place in others {
        // Of two without values the better one has the greater room.
        let below = |other: &Outcome| match (outcomes[place].merit(), other.merit()) {
            (Some(own), Some(other)) => own.compare(other) == Ordering::Greater,
            _ => false,
        };
        let is_other = |outcome: &&Outcome| !is_known(outcome);
        let count = outcomes.iter().filter(is_other).filter(|other| below(other)).count();
        standings[place] = Standing { layer, crowding: count as f64 };
    }
    standings
}

/// The places of outcomes by where they stand, the best first; of equals the earlier one.
pub(crate) fn best_first(outcomes: &[Outcome]) -> Vec<usize> {
    let standings = standings(outcomes);
    let mut order: Vec<usize> = (0..outcomes.len()).collect();
    order.sort_by(|&a, &b| standings[b].compare(standings[a]));
    order
}

/// The place of what stands last; of equals the earliest.
pub(crate) fn last(outcomes: &[Outcome]) -> usize {
    let standings = standings(outcomes);
    (0..standings.len()).min_by(|&a, &b| standings[a].compare(standings[b])).unwrap_or(0)
}

/// The distance between the neighbours of each along every objective, as shares of its range; without end at the ends.
fn crowding(values: &[&[f64]]) -> Vec<f64> {
    let mut all = vec![0.0; values.len()];
    let mut order: Vec<usize> = (0..values.len()).collect();
    let column = |objective: usize| values.iter().map(|values| values[objective]).collect();
    let columns: Vec<Vec<f64>> = (0..values.first().map_or(0, |values| values.len())).map(column).collect();
    for column in columns {
        order.sort_by(|&a, &b| column[a].total_cmp(&column[b]));
        let (Some(&first), Some(&last)) = (order.first(), order.last()) else { return all };
        let range = column[last] - column[first];
        (all[first], all[last]) = (f64::INFINITY, f64::INFINITY);
        for three in order.windows(3) {
            let apart = column[three[2]] - column[three[0]];
            all[three[1]] += if range > 0.0 { apart / range } else { 0.0 };
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    use super::*;
    use crate::train::Scores;

    fn outcomes(values: &[[f64; 2]]) -> Vec<Outcome> {
        values.iter().map(|values| Outcome::Scores(Scores::new(values).unwrap())).collect()
    }

    #[test]
    fn the_front_is_what_nothing_dominates() {
        let values = [[1.0, 1.0], [2.0, 0.0], [0.0, 2.0], [0.5, 0.5], [1.0, 1.0], [2.0, -1.0]];
        assert_eq!(front(&values), [0, 1, 2, 4]);
        assert!(!dominates(&values[0], &values[4]), "equals do not dominate each other");
    }

    /// Against the definition: seed 1.
    #[test]
    fn the_front_is_that_of_the_definition() {
        let mut rng = Pcg64::seed_from_u64(1);
        for round in 0..200 {
            let objectives = 1 + round % 4;
            let mut point = || (0..objectives).map(|_| f64::from(rng.random_range(-3..4i8))).collect::<Vec<f64>>();
            let all: Vec<Vec<f64>> = (0..30).map(|_| point()).collect();
            let is_on = |place: &usize| !all.iter().any(|other| dominates(other, &all[*place]));
            assert_eq!(front(&all), (0..30).filter(is_on).collect::<Vec<_>>());
        }
    }

    #[test]
    fn layers_peel_off_and_violations_and_failures_come_last() {
        let mut all = outcomes(&[[1.0, 1.0], [0.5, 0.5], [2.0, 0.0], [0.4, 0.4]]);
        all.push(Outcome::FAILED);
        all.push(Outcome::Scores(Scores::new(&[9.0, 9.0]).unwrap().exceeding(0.5)));
        all.push(Outcome::Scores(Scores::new(&[9.0, 9.0]).unwrap().exceeding(0.1)));
        let order = best_first(&all);
        assert_eq!(last(&all), 4);
        assert_eq!(order[..2].iter().max(), Some(&2), "{order:?}");
        assert_eq!(order[2..], [1, 3, 6, 5, 4]);
    }

    #[test]
    fn both_zeros_are_the_same_value() {
        assert_eq!(front(&[[0.0, 1.0], [-0.0, 2.0]]), [1]);
    }

    #[test]
    fn other_numbers_of_values_are_as_none() {
        let of = |values: &[f64]| Outcome::Scores(Scores::new(values).unwrap());
        let standings = standings(&[of(&[1.0, 5.0]), Outcome::Reward(9.0), of(&[9.0, 9.0, 9.0]), of(&[2.0, 6.0])]);
        let layers: Vec<usize> = standings.iter().map(|standing| standing.layer).collect();
        assert_eq!(layers, [1, 2, 2, 0]);
    }

    #[test]
    fn the_ends_have_the_most_room_and_the_crowded_the_least() {
        let standings = standings(&outcomes(&[[0.0, 1.0], [0.5, 0.5], [0.52, 0.48], [1.0, 0.0]]));
        assert!(standings.iter().all(|standing| standing.layer == 0));
        let room: Vec<f64> = standings.iter().map(|standing| standing.crowding).collect();
        assert!(room[0].is_infinite() && room[3].is_infinite());
        // (0.52 − 0) + (1 − 0.48), and (1 − 0.5) + (0.5 − 0).
        assert!((room[1] - 1.04).abs() < 1e-12 && (room[2] - 1.0).abs() < 1e-12, "{room:?}");
    }
}

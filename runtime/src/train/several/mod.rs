//! Several objectives at once: which trials are on the front, what the front is worth, and one number of several.
//!
//! Inside, greater values are better in all of it.

pub(crate) mod archive;
pub(crate) mod front;
pub(crate) mod hypervolume;
pub(crate) mod scalar;

use super::objectives::Objective;

/// The places of the values that are on the Pareto front, in their order: no other one is as good in all objectives and better in one.
///
/// Values are as they are told, in the order of the objectives. Where another number of values is given than there are objectives,
/// or a NaN, that is not on the front.
///
/// ```
/// use transfer_nas::study::{Objective, pareto_front};
///
/// let objectives = [Objective::maximize("accuracy"), Objective::minimize("params")];
/// let front = pareto_front(&objectives, &[[0.9, 3e6], [0.8, 1e6], [0.7, 2e6]]);
/// assert_eq!(front, [0, 1]);
/// ```
pub fn pareto_front<V: AsRef<[f64]>>(objectives: &[Objective], values: &[V]) -> Vec<usize> {
    let (places, known): (Vec<usize>, Vec<Vec<f64>>) = maximised(objectives, values).unzip();
    front::front(&known).into_iter().map(|at| places[at]).collect()
}

/// The volume that the values dominate above a reference, which is a value for each objective that is worse than what is searched for:
/// the more, the better the front is as a whole (Zitzler and Thiele 1998). In the product of the objectives' units.
///
/// Values are as they are told. What is not better than the reference in every objective adds nothing. It is exact, so of `n` values on the front it takes `n log n`
/// steps with two objectives, and about `n` times as many with each further one: with six and more only short fronts are for it.
///
/// ```
/// use transfer_nas::study::{Objective, hypervolume};
///
/// let objectives = [Objective::maximize("accuracy"), Objective::minimize("seconds")];
/// let volume = hypervolume(&objectives, &[[0.9, 3.0], [0.8, 1.0]], &[0.5, 5.0]);
/// assert!((volume - (0.3 * 4.0 + 0.1 * 2.0)).abs() < 1e-12);
/// ```
pub fn hypervolume<V: AsRef<[f64]>>(objectives: &[Objective], values: &[V], reference: &[f64]) -> f64 {
    let known: Vec<Vec<f64>> = maximised(objectives, values).map(|(_, values)| values).collect();
    let reference = maximised(objectives, &[reference]).next();
    reference.map_or(0.0, |(_, reference)| hypervolume::hypervolume(&known, &reference))
}

/// Values of which greater ones are better, with their places; without those that are none.
fn maximised<'a, V: AsRef<[f64]>>(
    objectives: &'a [Objective],
    values: &'a [V],
) -> impl Iterator<Item = (usize, Vec<f64>)> + 'a {
    let is_one = |values: &[f64]| values.len() == objectives.len() && !values.iter().any(|value| value.is_nan());
    let known = values.iter().enumerate().filter(move |(_, values)| is_one(values.as_ref()));
    known.map(|(place, values)| {
        let signs = objectives.iter().map(|objective| objective.direction().sign());
        (place, values.as_ref().iter().zip(signs).map(|(value, sign)| sign * value).collect())
    })
}

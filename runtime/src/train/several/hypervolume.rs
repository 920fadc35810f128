//! What a front is worth: the volume that it dominates above a reference (Zitzler and Thiele 1998), exactly.

use super::front::dominates;

/// The volume of the points that one of these dominates and that dominate the reference. What is not better than the reference
/// everywhere adds nothing. Of two objectives in `O(n log n)`, of more by slices, one dimension after another.
pub(crate) fn hypervolume<V: AsRef<[f64]>>(values: &[V], reference: &[f64]) -> f64 {
    let counts = |values: &[f64]| {
        values.len() == reference.len() && values.iter().zip(reference).all(|(value, least)| value > least)
    };
    let above: Vec<Vec<f64>> = values
        .iter()
        .map(AsRef::as_ref)
        .filter(|values| counts(values))
        .map(|values| values.iter().zip(reference).map(|(value, least)| value - least).collect())
        .collect();
    volume(above)
}

/// The same above 0.
fn volume(mut points: Vec<Vec<f64>>) -> f64 {
    let Some(first) = points.first() else { return 0.0 };
    if first.len() == 1 {
        return points.iter().map(|point| point[0]).fold(0.0, f64::max);
    }
    if first.len() == 2 {
        return area(points);
    }
    // Slice after slice along the last objective, from the top: each is as wide as what reaches up to it.
    points.sort_by(|a, b| b[b.len() - 1].total_cmp(&a[a.len() - 1]));
    let (mut all, mut wide, mut width) = (0.0, Vec::<Vec<f64>>::new(), Some(0.0));
    for (place, point) in points.iter().enumerate() {
        let (last, rest) = (point[point.len() - 1], &point[..point.len() - 1]);
        let next = points.get(place + 1).map_or(0.0, |next| next[next.len() - 1]);
        if !wide.iter().any(|known| known == rest || dominates(known, rest)) {
            wide.retain(|known| !dominates(rest, known));
            wide.push(rest.to_vec());
            width = None;
        }
        if last > next {
            all += (last - next) * *width.get_or_insert_with(|| volume(wide.clone()));
        }
    }
    all
}

fn area(mut points: Vec<Vec<f64>>) -> f64 {
    points.sort_by(|a, b| b[0].total_cmp(&a[0]).then(b[1].total_cmp(&a[1])));
    let (mut all, mut height) = (0.0, 0.0);
    for point in points {
        if point[1] > height {
            all += point[0] * (point[1] - height);
            height = point[1];
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    use super::*;

    #[test]
    fn areas_and_volumes_by_hand() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(hypervolume(&[[1.0, 3.0], [2.0, 2.0], [3.0, 1.0], [1.0, 1.0]], &[0.0, 0.0]), 6.0);
        close(hypervolume(&[[0.5, 9.0]], &[1.0, 1.0]), 0.0);
        close(hypervolume(&[[1.0, 1.0, 1.0], [2.0, 0.5, 0.5]], &[0.0; 3]), 1.25);
        close(hypervolume(&[[4.0]], &[1.0]), 3.0);
        close(hypervolume::<[f64; 2]>(&[], &[0.0, 0.0]), 0.0);
    }

    /// Against the share of random points that are dominated: seed 1, 20 fronts, four standard errors.
    #[test]
    fn volumes_are_those_of_random_points() {
        const DRAWS: u32 = 20_000;
        let mut rng = Pcg64::seed_from_u64(1);
        for round in 0..20 {
            let objectives = 2 + round % 4;
            let mut point = || (0..objectives).map(|_| rng.random::<f64>()).collect::<Vec<f64>>();
            let points: Vec<Vec<f64>> = (0..8).map(|_| point()).collect();
            let volume = hypervolume(&points, &vec![0.0; objectives]);
            let is_below = |drawn: &Vec<f64>| points.iter().any(|it| it.iter().zip(drawn).all(|(a, b)| a >= b));
            let below = (0..DRAWS).map(|_| point()).filter(is_below).count();
            let share = below as f64 / f64::from(DRAWS);
            let error = (volume * (1.0 - volume) / f64::from(DRAWS)).sqrt();
            assert!((share - volume).abs() < 4.0 * error, "{objectives}: {share} {volume}");
        }
    }
}

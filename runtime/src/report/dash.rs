use std::iter::once;

use super::pen::{Point, whole};

/// The pieces of a line that are drawn if it is dashed: `on` pixels drawn, then `off` pixels not.
pub(super) fn dashes(points: &[Point], on: f64, off: f64) -> Vec<Vec<Point>> {
    let distances = distances(points);
    let total = distances.last().copied().unwrap_or(0.0);
    if total <= on {
        return vec![points.to_vec()];
    }
    (0..whole((total / (on + off)).ceil()))
        .map(|index| f64::from(index) * (on + off))
        .map(|start| piece(points, &distances, start, (start + on).min(total)))
        .collect()
}

/// How far each point is from the first, along the line.
fn distances(points: &[Point]) -> Vec<f64> {
    let steps = points.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1));
    let sums = steps.scan(0.0, |sum, step| {
        *sum += step;
        Some(*sum)
    });
    once(0.0).chain(sums).collect()
}

/// The part of a line between two distances.
fn piece(points: &[Point], distances: &[f64], start: f64, end: f64) -> Vec<Point> {
    let inner = points.iter().zip(distances).filter(|(_, distance)| start < **distance && **distance < end);
    once(locate(points, distances, start))
        .chain(inner.map(|(point, _)| *point))
        .chain(once(locate(points, distances, end)))
        .collect()
}

/// The point at a distance, of a line of two points or more.
fn locate(points: &[Point], distances: &[f64], distance: f64) -> Point {
    let after = distances.partition_point(|reached| *reached < distance).clamp(1, points.len() - 1);
    let (from, to) = (points[after - 1], points[after]);
    let part = (distance - distances[after - 1]) / (distances[after] - distances[after - 1]).max(1e-9);
    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_is_cut_at_equal_lengths() {
        let pieces = dashes(&[(0.0, 5.0), (10.0, 5.0)], 3.0, 2.0);
        assert_eq!(pieces, [[(0.0, 5.0), (3.0, 5.0)], [(5.0, 5.0), (8.0, 5.0)]]);
    }

    #[test]
    fn a_dash_goes_around_a_corner_and_ends_with_the_line() {
        let pieces = dashes(&[(0.0, 0.0), (2.0, 0.0), (2.0, 5.0)], 4.0, 1.0);
        assert_eq!(pieces, [vec![(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)], vec![(2.0, 3.0), (2.0, 5.0)]]);
    }

    #[test]
    fn what_is_too_short_to_be_cut_stays() {
        assert_eq!(dashes(&[], 4.0, 1.0), [[]; 1]);
        assert_eq!(dashes(&[(1.0, 1.0)], 4.0, 1.0), [[(1.0, 1.0)]]);
        let still = [(1.0, 1.0), (1.0, 1.0)];
        assert_eq!(dashes(&still, 4.0, 1.0), [still]);
    }
}

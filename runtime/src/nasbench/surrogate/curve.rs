//! From what the network predicts, a number on a scale of ranks, to an accuracy: a monotone curve through a few points.

use super::error::SurrogateError;

/// Names in a file.
pub(super) const PREDICTIONS: &str = "curve.predictions";
pub(super) const ACCURACIES: &str = "curve.accuracies";

/// Points at most.
const POINTS: usize = 128;
/// Cells on either side whose median a point is, as a share of all.
const WINDOW: f64 = 1.0 / 400.0;

/// Points with straight lines between them, level beyond the first and the last.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    /// Strictly increasing, at least one.
    predictions: Vec<f32>,
    /// Never decreasing, between 0 and 1.
    accuracies: Vec<f32>,
}

impl Curve {
    pub(super) fn new(predictions: Vec<f32>, accuracies: Vec<f32>) -> Result<Self, SurrogateError> {
        let increasing = |values: &[f32]| values.windows(2).all(|pair| pair[0] < pair[1]);
        if predictions.is_empty() || !increasing(&predictions) {
            return Err(SurrogateError::NotIncreasing { tensor: PREDICTIONS });
        }
        if accuracies.len() != predictions.len() {
            let (expected, found) = (vec![predictions.len()], vec![accuracies.len()]);
            return Err(SurrogateError::Shape { tensor: ACCURACIES, expected, found });
        }
        if !accuracies.is_sorted() {
            return Err(SurrogateError::NotIncreasing { tensor: ACCURACIES });
        }
        match accuracies.iter().find(|accuracy| !(0.0..=1.0).contains(*accuracy)) {
            Some(&found) => Err(SurrogateError::NoAccuracy { found }),
            None => Ok(Self { predictions, accuracies }),
        }
    }

    /// The curve for these pairs of a prediction and an accuracy.
    ///
    /// A point's accuracy is the median of those near its prediction, or that of the same rank among all where it is
    /// greater. For the most part the two are alike. At the bottom the median leaves out trainings that failed by bad luck; at the
    /// top the rank gives as many cells a high accuracy as have one.
    pub(super) fn fit(pairs: &mut [(f32, f32)]) -> Result<Self, SurrogateError> {
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut ranked: Vec<f32> = pairs.iter().map(|pair| pair.1).collect();
        ranked.sort_unstable_by(f32::total_cmp);
        let (mut predictions, mut accuracies): (Vec<f32>, Vec<f32>) = (Vec::new(), Vec::new());
        for place in places(pairs.len()) {
            let (prediction, least) = (pairs[place].0, accuracies.last().copied().unwrap_or(0.0));
            if predictions.last().is_none_or(|&last| last < prediction) {
                predictions.push(prediction);
                accuracies.push(median_near(pairs, place).max(ranked[place]).max(least));
            }
        }
        Self::new(predictions, accuracies)
    }

    /// The accuracy at the prediction.
    pub(super) fn at(&self, prediction: f32) -> f64 {
        let above = self.predictions.partition_point(|&point| point <= prediction);
        let point = |i: usize| Some((f64::from(*self.predictions.get(i)?), f64::from(*self.accuracies.get(i)?)));
        match (above.checked_sub(1).and_then(point), point(above)) {
            (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * ((f64::from(prediction) - x0) / (x1 - x0)),
            (Some((_, y)), None) | (None, Some((_, y))) => y,
            (None, None) => unreachable!("a curve has a point"),
        }
    }

    pub(super) fn predictions(&self) -> &[f32] {
        &self.predictions
    }

    pub(super) fn accuracies(&self) -> &[f32] {
        &self.accuracies
    }
}

/// The ranks of the points among so many cells, closer together at both ends.
fn places(cells: usize) -> impl Iterator<Item = usize> {
    (0..POINTS).map(move |point| {
        let x = point as f64 / (POINTS - 1) as f64;
        let share = x * x * (3.0 - 2.0 * x);
        rank(share, cells.saturating_sub(1))
    })
}

#[expect(clippy::cast_sign_loss, reason = "a share is between 0 and 1")]
fn rank(share: f64, last: usize) -> usize {
    ((share * last as f64).round() as usize).min(last)
}

fn median_near(pairs: &[(f32, f32)], place: usize) -> f32 {
    let half = rank(WINDOW, pairs.len());
    let window = &pairs[place.saturating_sub(half)..(place + half + 1).min(pairs.len())];
    let mut accuracies: Vec<f32> = window.iter().map(|pair| pair.1).collect();
    let middle = accuracies.len() / 2;
    *accuracies.select_nth_unstable_by(middle, f32::total_cmp).1
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the points are themselves accuracies")]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_straight_between_points_and_level_beyond() {
        let curve = Curve::new(vec![-1.0, 1.0, 2.0], vec![0.25, 0.5, 1.0]).unwrap();
        let found = [f32::NEG_INFINITY, -2.0, -1.0, 0.0, 1.0, 1.5, 2.0, 9.0, f32::INFINITY].map(|x| curve.at(x));
        assert_eq!(found, [0.25, 0.25, 0.25, 0.375, 0.5, 0.75, 1.0, 1.0, 1.0]);
        assert_eq!(curve.at(f32::NAN), 0.25);
    }

    #[test]
    fn points_that_make_no_curve_are_refused() {
        let refused = |predictions: &[f32], accuracies: &[f32]| {
            Curve::new(predictions.to_vec(), accuracies.to_vec()).unwrap_err().to_string()
        };
        let expected = "tensor `curve.predictions`: expected increasing numbers";
        assert_eq!(refused(&[], &[]), expected);
        assert_eq!(refused(&[1.0, 1.0], &[0.5, 0.5]), expected);
        assert_eq!(refused(&[1.0, f32::NAN], &[0.5, 0.5]), expected);
        assert_eq!(refused(&[1.0], &[0.5, 0.5]), "tensor `curve.accuracies`: expected shape [1], found [2]");
        assert_eq!(refused(&[1.0, 2.0], &[0.5, 0.4]), "tensor `curve.accuracies`: expected increasing numbers");
        assert_eq!(refused(&[1.0], &[1.5]), "tensor `curve.accuracies`: expected numbers from 0 to 1, found 1.5");
    }

    #[test]
    fn a_curve_fits_what_is_monotone() {
        let mut pairs: Vec<(f32, f32)> = (0..5000).map(|i| (i as f32, i as f32 / 5000.0)).rev().collect();
        let curve = Curve::fit(&mut pairs).unwrap();
        for i in 0..5000 {
            assert!((curve.at(i as f32) - f64::from(i) / 5000.0).abs() < 0.003, "{i}");
        }
        assert_eq!(curve.at(1e9), f64::from(4999.0f32 / 5000.0));
    }

    #[test]
    fn failures_at_the_bottom_do_not_count() {
        let accuracy = |i: usize| if i.is_multiple_of(10) { 0.1 } else { 0.8 };
        let mut pairs: Vec<(f32, f32)> = (0..5000).map(|i| (i as f32, accuracy(i))).collect();
        assert_eq!(Curve::fit(&mut pairs).unwrap().at(0.0), f64::from(0.8f32));
    }
}

//! How far two orders agree.

use crate::train::Outcome;
use crate::train::outcome::Merit;

/// Spearman's rank correlation of numbers, greater ones first, with how trials ended; none where all of either are alike.
pub(super) fn spearman(pairs: impl Iterator<Item = (f64, Merit)>) -> Option<f64> {
    let known = pairs.filter_map(|(predicted, earned)| Some((Outcome::Reward(predicted).merit()?, earned)));
    let (predicted, earned): (Vec<Merit>, Vec<Merit>) = known.unzip();
    pearson(&ranks(&predicted), &ranks(&earned))
}

/// Midranks, counted from 0.
fn ranks(merits: &[Merit]) -> Vec<f64> {
    let rank = |merit: &Merit| merits.iter().map(|other| 0.5 + 0.5 * f64::from(merit.compare(*other) as i8)).sum();
    merits.iter().map(rank).collect()
}

fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x - mean_x, y - mean_y);
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
    }
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

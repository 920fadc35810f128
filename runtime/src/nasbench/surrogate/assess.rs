//! How good a surrogate is, on rows of the table.

use serde::Serialize;

use super::Surrogate;
use crate::nasbench::Row;

/// A surrogate's accuracies against those of a table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Assessment {
    /// How many cells were compared.
    pub cells: usize,
    /// Spearman's rank correlation over all of them.
    pub spearman: f64,
    /// Spearman's rank correlation within the tenth of them that the table ranks highest.
    pub spearman_top: f64,
    /// The mean of the absolute errors.
    pub mean_absolute_error: f64,
}

impl Surrogate {
    /// Compares with these rows. Of no rows, or none that differ, the figures are not numbers.
    #[must_use]
    pub fn assess<'a>(&self, rows: impl IntoIterator<Item = &'a Row>) -> Assessment {
        let compare = |row: &Row| Some((self.accuracy(&row.cell)?, row.accuracy()));
        let mut pairs: Vec<(f64, f64)> = rows.into_iter().filter_map(compare).collect();
        pairs.sort_by(|a, b| b.1.total_cmp(&a.1));
        let errors = pairs.iter().map(|(found, expected)| (found - expected).abs());
        Assessment {
            cells: pairs.len(),
            spearman: spearman(&pairs),
            spearman_top: spearman(&pairs[..pairs.len().div_ceil(10)]),
            mean_absolute_error: errors.sum::<f64>() / pairs.len() as f64,
        }
    }
}

/// Spearman's rank correlation: Pearson's, of the ranks. Equal values share the mean of their ranks.
fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let first = ranks(pairs.iter().map(|pair| pair.0));
    let second = ranks(pairs.iter().map(|pair| pair.1));
    let middle = (pairs.len() as f64 - 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle)).sum::<f64>();
    product(&first, &second) / (product(&first, &first) * product(&second, &second)).sqrt()
}

/// The ranks of the values from 0; equal ones share the mean of theirs.
pub(super) fn ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<(f64, usize)> = values.zip(0..).collect();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut below) = (vec![0.0; sorted.len()], 0);
    for equal in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let rank = below as f64 + (equal.len() - 1) as f64 / 2.0;
        for &(_, place) in equal {
            ranks[place] = rank;
        }
        below += equal.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks([0.5, 0.1, 0.5, 0.9, 0.5].into_iter()), [2.0, 0.0, 2.0, 4.0, 2.0]);
        assert_eq!(ranks(std::iter::empty()), [0.0; 0]);
    }

    #[test]
    fn spearman_is_that_of_a_textbook() {
        let rises: Vec<(f64, f64)> = (0..9).map(|i| (f64::from(i), f64::from(i * i))).collect();
        assert!((spearman(&rises) - 1.0).abs() < 1e-12);
        // 1 − 6 Σd² / n(n² − 1) with d = 1, 1, 1, 1, 0.
        let swapped = [(1.0, 2.0), (2.0, 1.0), (3.0, 4.0), (4.0, 3.0), (5.0, 5.0)];
        assert!((spearman(&swapped) - 0.8).abs() < 1e-12);
        assert!(spearman(&[]).is_nan() && spearman(&[(1.0, 2.0)]).is_nan());
    }
}

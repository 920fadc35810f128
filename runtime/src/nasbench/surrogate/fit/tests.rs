use rand::RngExt;
use rayon::ThreadPoolBuilder;

use super::*;
use crate::nasbench::{CellConfig, Operation};

/// Pruned cells with accuracies that follow a rule.
fn rows(count: usize) -> Vec<Row> {
    let mut rng = Pcg64::seed_from_u64(3);
    let cells = std::iter::repeat_with(move || {
        let edges = std::array::from_fn(|_| rng.random_bool(0.3));
        let operations = std::array::from_fn(|_| Operation::ALL[rng.random_range(0..3)]);
        CellConfig { edges, operations }.cell()
    });
    let valid = cells.filter_map(|cell| cell.prune()).filter(crate::nasbench::Cell::is_valid);
    valid.take(count).map(row).collect()
}

fn row(cell: crate::nasbench::Cell) -> Row {
    let convolutions = cell.operations().iter().filter(|&&operation| operation == Operation::Conv3x3).count();
    let test_sum = 20_000 + 1000 * convolutions as u32 + 100 * cell.edges() as u32;
    Row { hash: cell.hash().unwrap(), cell, params: 0, test_sum, valid: None }
}

/// A fit in a pool of so many threads, and its losses.
fn fit(rows: &[Row], threads: usize) -> (Surrogate, Vec<f64>) {
    let rows: Vec<&Row> = rows.iter().collect();
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let mut losses = Vec::new();
    let fit = Fit { seed: 4, epochs: 12 };
    let surrogate = pool.install(|| fit.run(&rows, |epoch| losses.push(epoch.loss))).unwrap();
    (surrogate, losses)
}

#[test]
fn a_fit_learns_and_does_not_depend_on_the_number_of_threads() {
    let rows = rows(3000);
    let (surrogate, losses) = fit(&rows, 1);
    assert_eq!(losses.len(), 12);
    assert!(losses[11] < 0.2 * losses[0], "{losses:?}");
    let found = surrogate.assess(&rows);
    assert_eq!(found.cells, 3000);
    assert!(found.spearman > 0.97 && found.mean_absolute_error < 0.02, "{found:?}");
    let (other, _) = fit(&rows, 3);
    assert_eq!(other.to_bytes(), surrogate.to_bytes());
    assert_eq!(Surrogate::read(&other.to_bytes()).unwrap(), surrogate);
}

#[test]
fn a_few_rows_are_too_few() {
    let rows = rows(10);
    let found = Fit { seed: 0, epochs: 1 }.run(&rows.iter().collect::<Vec<_>>(), |_| ());
    assert_eq!(found, Err(FitError::TooFewRows { found: 10 }));
}

#[test]
fn equal_accuracies_still_make_a_surrogate() {
    let mut rows = rows(1000);
    for row in &mut rows {
        row.test_sum = 14_976;
    }
    let surrogate = Fit { seed: 0, epochs: 1 }.run(&rows.iter().collect::<Vec<_>>(), |_| ()).unwrap();
    assert_eq!(surrogate.accuracy(&rows[0].cell), Some(0.5));
}

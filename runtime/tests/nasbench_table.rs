//! The module hash and the table against every cell of NAS-Bench-101.
#![cfg(feature = "nasbench")]

mod support;

use std::{fs, thread};

use support::{TABLE, table_path};
use transfer_nas::nasbench::{Cell, Operation, Row, Surrogate, Table, TableError, module_hash};

/// Calls `check` with every row, on as many threads as there are cores.
fn for_every_row(table: &Table, check: impl Fn(&Row) + Sync) {
    let threads = thread::available_parallelism().map_or(1, Into::into);
    thread::scope(|scope| {
        for rows in table.rows().chunks(table.len().div_ceil(threads)) {
            scope.spawn(|| rows.iter().for_each(&check));
        }
    });
}

/// The cell with inner vertices `swap` and `swap + 1` exchanged; none where there are no such two, or
/// an edge between them fixes their order.
fn relabelled(cell: &Cell, swap: usize) -> Option<Cell> {
    let vertices = cell.vertices();
    if swap + 2 >= vertices || cell.has_edge(swap, swap + 1) {
        return None;
    }
    let old = |vertex| match vertex {
        _ if vertex == swap => swap + 1,
        _ if vertex == swap + 1 => swap,
        _ => vertex,
    };
    let places = (0..vertices).flat_map(|from| (from + 1..vertices).map(move |to| (from, to)));
    let edges: Vec<bool> = places.map(|(from, to)| cell.has_edge(old(from), old(to))).collect();
    let operations: Vec<Operation> = (1..vertices - 1).map(|vertex| cell.operations()[old(vertex) - 1]).collect();
    Some(Cell::new(&edges, &operations).expect("the lengths are those of the cell"))
}

#[test]
fn every_row_has_the_hash_of_its_cell() {
    let Some(table) = &*TABLE else { return };
    for_every_row(table, |row| {
        let rebuilt = Cell::new(&row.cell.triangle().collect::<Vec<_>>(), row.cell.operations());
        assert_eq!(module_hash(&rebuilt.expect("a row holds a cell")), row.hash, "{}", row.cell);
    });
}

#[test]
fn every_row_has_the_parameters_of_its_network() {
    let Some(table) = &*TABLE else { return };
    for_every_row(table, |row| assert_eq!(row.cell.params(), Some(row.params), "{}", row.cell));
}

#[test]
fn every_row_is_found_under_any_numbering() {
    let Some(table) = &*TABLE else { return };
    for_every_row(table, |row| {
        assert_eq!((table.find(&row.cell), table.row(row.hash)), (Some(row), Some(row)));
        for relabelled in (1..6).filter_map(|swap| relabelled(&row.cell, swap)) {
            assert_eq!(table.find(&relabelled), Some(row), "{relabelled}");
        }
    });
}

#[test]
fn the_table_has_the_facts_of_the_benchmark() {
    let Some(table) = &*TABLE else { return };
    let of_vertices = |vertices| table.rows().iter().filter(|row| row.cell.vertices() == vertices).count();
    assert_eq!([2, 3, 4, 5, 6, 7].map(of_vertices), [1, 6, 84, 2441, 62_010, 359_082]);
    assert_eq!(table.len(), 423_624);
    let reach = |accuracy| table.rows().iter().filter(|row| row.accuracy() >= accuracy).count();
    assert_eq!([0.94, 0.938, 0.935, 0.93].map(reach), [52, 477, 4364, 27_362]);
    let mean = table.rows().iter().map(Row::accuracy).sum::<f64>() / f64::from(423_624);
    assert!((mean - 0.896_798).abs() < 5e-7, "{mean}");
}

#[test]
fn the_best_cell_is_that_of_the_benchmark() {
    let Some(table) = &*TABLE else { return };
    let best = table.best();
    assert_eq!(best.hash.to_string(), "02e5a0247bbdcf2860b7e96f74961594");
    assert!((best.accuracy() - 0.943_176).abs() < 5e-7, "{}", best.accuracy());
    assert_eq!(table.accuracy(&best.cell), Some(best.accuracy()));
}

#[test]
fn what_is_written_is_what_was_read() {
    let Some(table) = &*TABLE else { return };
    let mut written = Vec::new();
    table.write(&mut written).expect("memory can be written");
    assert_eq!(Table::read(&written[..]).expect("it is a table").rows(), table.rows());
}

#[test]
fn the_surrogate_ranks_cells_that_its_fit_has_not_used() {
    let Some(table) = &*TABLE else { return };
    let held_out: Vec<&Row> = table.rows().iter().filter(|row| Surrogate::is_held_out(row.hash)).collect();
    assert!((42_000..43_000).contains(&held_out.len()), "{} cells", held_out.len());
    let found = Surrogate::embedded().assess(held_out.iter().copied());
    assert_eq!(found.cells, held_out.len());
    assert!(found.spearman >= 0.93 && found.spearman_top >= 0.5, "{found:?}");
    assert!(found.mean_absolute_error < 0.01, "{found:?}");
}

#[test]
fn the_surrogate_has_about_the_accuracies_of_the_benchmark() {
    let Some(table) = &*TABLE else { return };
    let accuracies: Vec<f64> =
        table.rows().iter().filter_map(|row| Surrogate::embedded().accuracy(&row.cell)).collect();
    assert_eq!(accuracies.len(), table.len());
    let best = accuracies.iter().copied().fold(0.0, f64::max);
    assert!((best - table.best().accuracy()).abs() < 0.001, "{best}");
    let reach = |accuracy| accuracies.iter().filter(|&&found| found >= accuracy).count();
    for (accuracy, expected) in [(0.935, 4364), (0.93, 27_362)] {
        let found = reach(accuracy);
        assert!((expected * 3 / 4..expected * 5 / 4).contains(&found), "{found} cells reach {accuracy}");
    }
}

#[test]
fn a_cut_off_table_is_truncated() {
    let path = table_path();
    let Ok(whole) = fs::read(&path) else {
        return eprintln!("skipped: no table at {}", path.display());
    };
    for end in [whole.len() / 2, whole.len() - 1] {
        assert!(matches!(Table::read(&whole[..end]), Err(TableError::Truncated { .. })), "{end} bytes");
    }
}

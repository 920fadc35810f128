//! The official file of NAS-Bench-101 read into a table: from small files of the same format.
#![cfg(feature = "nasbench")]

mod command;
mod faults;
mod file;
#[path = "../support/mod.rs"]
mod support;

use file::{CONV, EDGE, POOL, Run, SEVEN, file, runs};
use transfer_nas::nasbench::{Cell, Operation, Row, Table, module_hash, official};

/// What the files of these tests come to.
const TABLE: &str = "hash\tn\tadj\tops\tparams\ttest_sum\tvalid_1\tvalid_2\tvalid_3\n\
    00005c142e6f48ac74fdcf73e3439874\t7\t100110100001001010101\t3p331\t8555530\t27574\t9227\t9231\t9290\n\
    043721b9c7fe8c5fad811d47d83132ec\t2\t1\t-\t882570\t25091\t8400\t8401\t8402\n\
    53cee42601ad14d661bb6878031d6acb\t3\t101\tp\t882570\t26543\t0\t8900\t9984\n\
    d32d0b26d534203b48d866facd98cc3e\t3\t111\t3\t11051402\t27945\t9380\t9350\t9390\n";

fn written(table: &Table) -> String {
    let mut text = Vec::new();
    table.write(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn read(runs: &[Run]) -> Table {
    official::read(&file(runs)[..]).unwrap()
}

#[test]
fn runs_of_108_epochs_become_rows_sorted_by_hash() {
    let by_cell: Vec<Run> = [CONV, SEVEN, EDGE, POOL].into_iter().flat_map(runs).collect();
    let by_repeat: Vec<Run> = (0..3).flat_map(|repeat| by_cell.iter().skip(repeat).step_by(3).cloned()).collect();
    for runs in [by_cell, by_repeat] {
        let table = read(&runs);
        assert!(table.has_validation());
        assert_eq!(written(&table), TABLE);
        assert_eq!(Table::read(TABLE.as_bytes()).unwrap().rows(), table.rows());
    }
}

#[test]
fn runs_of_other_epochs_are_passed_over() {
    let mut all = Vec::new();
    for run in [CONV, SEVEN, EDGE, POOL].into_iter().flat_map(runs) {
        for epochs in [4, 12, 36] {
            let mut shorter = run.clone();
            shorter.epochs = epochs;
            shorter.metrics.evaluation_data[2].test_accuracy = Some(0.1);
            all.push(shorter);
        }
        all.push(run);
    }
    assert_eq!(written(&read(&all)), TABLE);
}

/// The accuracies are as the benchmark's own reader prints them, single precision and all.
#[test]
fn accuracies_are_parts_of_9984() {
    let mut published = runs(SEVEN);
    let valid = [0.924_178_659_915_924_1, 0.924_579_322_338_104_2, 0.930_488_765_239_715_6];
    let test = [0.921_173_870_563_507_1, 0.919_070_541_858_673_1, 0.921_574_532_985_687_3];
    for (run, accuracies) in published.iter_mut().zip(valid.into_iter().zip(test)) {
        let end = &mut run.metrics.evaluation_data[2];
        (end.validation_accuracy, end.test_accuracy) = (Some(accuracies.0), Some(accuracies.1));
    }
    let table = read(&published);
    let row = &table.rows()[0];
    assert_eq!((row.test_sum, row.valid), (27_574, Some([9227, 9231, 9290])));
    let repeats = [0, 1, 2, 3].map(|repeat| row.validation(repeat));
    assert_eq!(repeats, [Some(9227.0 / 9984.0), Some(9231.0 / 9984.0), Some(9290.0 / 9984.0), None]);
    assert!((row.validation(2).unwrap() - valid[2]).abs() < 1e-7);
}

#[test]
fn runs_of_one_cell_may_number_its_vertices_differently() {
    let diamond = [true, true, false, false, true, true];
    let cells = [[Operation::Conv3x3, Operation::MaxPool3x3], [Operation::MaxPool3x3, Operation::Conv3x3]]
        .map(|operations| Cell::new(&diamond, &operations).unwrap());
    let row = Row { hash: module_hash(&cells[0]), cell: cells[0], params: 1, test_sum: 3, valid: Some([1; 3]) };
    let runs: Vec<Run> = [0, 1, 1].into_iter().map(|which| Run::of(&Row { cell: cells[which], ..row }, 0)).collect();
    assert_eq!(read(&runs).rows(), [row]);
}

#[test]
fn line_breaks_in_the_metrics_do_not_matter() {
    let data = runs(EDGE).into_iter().map(|run| {
        let mut fields = run.fields();
        fields.4.insert(76, '\n');
        fields.4.push('\n');
        file::frame(&serde_json::to_vec(&fields).unwrap())
    });
    let file: Vec<u8> = data.flatten().collect();
    assert_eq!(official::read(&file[..]).unwrap().rows(), read(&runs(EDGE)).rows());
}

/// Every fiftieth cell of the benchmark, as it would stand in the official file.
#[test]
fn cells_of_the_benchmark_come_back() {
    let Some(table) = &*support::TABLE else { return };
    let count = |row: &Row| (row.test_sum / 3) as u16;
    let validated = |row: &Row| Row { valid: Some([count(row), 9984 - count(row), 0]), ..*row };
    let rows: Vec<Row> = table.rows().iter().step_by(50).map(validated).collect();
    let runs: Vec<Run> = (0..3).flat_map(|repeat| rows.iter().map(move |row| Run::of(row, repeat))).collect();
    assert_eq!(read(&runs).rows(), rows);
}

//! A file in the format of the official one, written from its description.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use prost::Message;
use transfer_nas::nasbench::{Operation, Row, Table};

/// `ModelMetrics` of the benchmark's `model_metrics.proto`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ModelMetrics {
    #[prost(message, repeated, tag = "1")]
    pub(crate) evaluation_data: Vec<EvaluationData>,
    #[prost(int32, optional, tag = "2")]
    pub(crate) trainable_parameters: Option<i32>,
    #[prost(double, optional, tag = "3")]
    total_time: Option<f64>,
}

/// `EvaluationData` of the same.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct EvaluationData {
    #[prost(double, optional, tag = "1")]
    current_epoch: Option<f64>,
    #[prost(double, optional, tag = "2")]
    training_time: Option<f64>,
    #[prost(double, optional, tag = "3")]
    train_accuracy: Option<f64>,
    #[prost(double, optional, tag = "4")]
    pub(crate) validation_accuracy: Option<f64>,
    #[prost(double, optional, tag = "5")]
    pub(crate) test_accuracy: Option<f64>,
    #[prost(string, optional, tag = "6")]
    checkpoint_path: Option<String>,
}

/// What one record holds.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) hash: String,
    pub(crate) epochs: u32,
    pub(crate) adjacency: String,
    pub(crate) operations: String,
    pub(crate) metrics: ModelMetrics,
}

/// The three runs of a cell, as a line of a table.
pub(crate) const SEVEN: &str =
    "00005c142e6f48ac74fdcf73e3439874\t7\t100110100001001010101\t3p331\t8555530\t27574\t9227\t9231\t9290";
pub(crate) const EDGE: &str = "043721b9c7fe8c5fad811d47d83132ec\t2\t1\t-\t882570\t25091\t8400\t8401\t8402";
pub(crate) const POOL: &str = "53cee42601ad14d661bb6878031d6acb\t3\t101\tp\t882570\t26543\t0\t8900\t9984";
pub(crate) const CONV: &str = "d32d0b26d534203b48d866facd98cc3e\t3\t111\t3\t11051402\t27945\t9380\t9350\t9390";

/// The runs that come to this line of a table.
pub(crate) fn runs(line: &str) -> Vec<Run> {
    let header = "hash\tn\tadj\tops\tparams\ttest_sum\tvalid_1\tvalid_2\tvalid_3";
    let table = Table::read(format!("{header}\n{line}\n").as_bytes()).unwrap();
    (0..3).map(|repeat| Run::of(&table.rows()[0], repeat)).collect()
}

impl Run {
    /// One of the three runs that come to the row.
    pub(crate) fn of(row: &Row, repeat: usize) -> Self {
        let (vertices, cell) = (row.cell.vertices(), &row.cell);
        let places = (0..vertices).flat_map(|from| (0..vertices).map(move |to| (from, to)));
        let adjacency = places.map(|(from, to)| if cell.has_edge(from, to) { '1' } else { '0' }).collect();
        let inner = cell.operations().iter().map(|&operation| name(operation));
        let operations: Vec<&str> = ["input"].into_iter().chain(inner).chain(["output"]).collect();
        let test = row.test_sum / 3 + u32::from(repeat == 0) * (row.test_sum % 3);
        let metrics = metrics(row.params, u32::from(row.valid.unwrap()[repeat]), test);
        Self { hash: row.hash.to_string(), epochs: 108, adjacency, operations: operations.join(","), metrics }
    }

    /// The JSON array.
    pub(crate) fn fields(&self) -> (String, u32, String, String, String) {
        let metrics = BASE64_STANDARD.encode(self.metrics.encode_to_vec());
        (self.hash.clone(), self.epochs, self.adjacency.clone(), self.operations.clone(), metrics)
    }

    pub(crate) fn json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.fields()).unwrap()
    }
}

fn name(operation: Operation) -> &'static str {
    match operation {
        Operation::Conv3x3 => "conv3x3-bn-relu",
        Operation::Conv1x1 => "conv1x1-bn-relu",
        Operation::MaxPool3x3 => "maxpool3x3",
    }
}

fn metrics(params: u32, valid: u32, test: u32) -> ModelMetrics {
    let start = evaluation(0.0, 998, 998);
    let evaluation_data = vec![start, evaluation(54.0, 7764, 7728), evaluation(108.0, valid, test)];
    ModelMetrics { evaluation_data, trainable_parameters: i32::try_from(params).ok(), total_time: Some(2000.5) }
}

/// Accuracies have single precision, as in the official file.
fn evaluation(epoch: f64, valid: u32, test: u32) -> EvaluationData {
    let accuracy = |correct: u32| Some(f64::from(correct as f32 / 9984.0));
    EvaluationData {
        current_epoch: Some(epoch),
        training_time: Some(16.25 * epoch),
        train_accuracy: accuracy(9984),
        validation_accuracy: accuracy(valid),
        test_accuracy: accuracy(test),
        checkpoint_path: Some(String::new()),
    }
}

/// The file that holds these records.
pub(crate) fn file(runs: &[Run]) -> Vec<u8> {
    runs.iter().flat_map(|run| frame(&run.json())).collect()
}

/// One record: length, checksum, data, checksum.
pub(crate) fn frame(data: &[u8]) -> Vec<u8> {
    [&header(data.len() as u64)[..], data, &checksum(data)].concat()
}

/// The length of a record and its checksum.
pub(crate) fn header(length: u64) -> Vec<u8> {
    let length = length.to_le_bytes();
    [&length[..], &checksum(&length)].concat()
}

fn checksum(data: &[u8]) -> [u8; 4] {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

/// The bytes of an empty record as `TensorFlow` writes it.
#[test]
fn an_empty_record_is_that_of_tensorflow() {
    assert_eq!(frame(b""), *b"\0\0\0\0\0\0\0\0\x29\x03\x98\x07\xd8\xea\x82\xa2");
}

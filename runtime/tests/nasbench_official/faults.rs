//! Files that are not what they should be: each fault has its error, which names the record.

use std::io::{self, Read};

use transfer_nas::nasbench::official::{self, MAX_RECORD_BYTES, OfficialError, RecordFault};

use crate::file::{CONV, EDGE, Run, file, frame, header, runs};

fn error(file: &[u8]) -> OfficialError {
    official::read(file).unwrap_err()
}

fn fault(file: &[u8]) -> RecordFault {
    match error(file) {
        OfficialError::Record { fault, .. } => fault,
        other => panic!("{other}"),
    }
}

/// The fault of a record of the edge-only cell with something spoilt.
fn spoilt(spoil: impl Fn(&mut Run)) -> RecordFault {
    let mut run = runs(EDGE).remove(0);
    spoil(&mut run);
    fault(&file(&[run]))
}

/// The fault of such a record with other metrics.
fn with_metrics(metrics: &str) -> RecordFault {
    let mut fields = runs(EDGE)[0].fields();
    metrics.clone_into(&mut fields.4);
    fault(&frame(&serde_json::to_vec(&fields).unwrap()))
}

#[test]
fn an_error_names_the_record_and_where_it_begins() {
    let mut three = runs(EDGE);
    let before = file(&three[..1]).len();
    three[1].hash = "d32d0b26d534203b48d866facd98cc3e".to_owned();
    let expected = format!(
        "record 2, at byte {before}: expected the hash 043721b9c7fe8c5fad811d47d83132ec of its cell, \
         found d32d0b26d534203b48d866facd98cc3e"
    );
    assert_eq!(error(&file(&three)).to_string(), expected);
}

#[test]
fn a_file_cut_anywhere_is_no_table() {
    let runs = runs(EDGE);
    let (whole, first) = (file(&runs), file(&runs[..1]).len());
    let second = file(&runs[..2]).len();
    for end in 0..whole.len() {
        match error(&whole[..end]) {
            OfficialError::NoRun => assert_eq!(end, 0),
            OfficialError::MissingRuns { found, .. } => assert!([(first, 1), (second, 2)].contains(&(end, found))),
            OfficialError::Record { record, fault: RecordFault::Truncated { .. }, .. } => {
                assert_eq!(record, 1 + u64::from(end > first) + u64::from(end > second));
            }
            other => panic!("{end}: {other}"),
        }
    }
}

#[test]
fn a_changed_byte_changes_no_row() {
    let whole = file(&runs(EDGE));
    let rows = official::read(&whole[..]).unwrap().rows().to_vec();
    for place in 0..whole.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut changed = whole.clone();
            changed[place] ^= change;
            if let Ok(table) = official::read(&changed[..]) {
                assert_eq!(table.rows(), rows, "byte {place}");
            }
        }
    }
}

#[test]
fn changed_data_under_a_good_checksum_does_not_panic() {
    let json = runs(CONV)[0].json();
    for place in 0..json.len() {
        for byte in 0..=u8::MAX {
            let mut changed = json.clone();
            changed[place] = byte;
            let _ = official::read(&frame(&changed)[..]);
        }
    }
}

#[test]
fn checksums_are_verified() {
    let good = file(&runs(EDGE)[..1]);
    let flipped = |place: usize| {
        let mut bad = good.clone();
        bad[place] ^= 1;
        fault(&bad)
    };
    for place in 0..12 {
        assert!(matches!(flipped(place), RecordFault::LengthChecksum { .. }), "{place}");
    }
    for place in 12..good.len() {
        assert!(matches!(flipped(place), RecordFault::DataChecksum { .. }), "{place}");
    }
}

#[test]
fn a_length_past_the_cap_is_refused() {
    for length in [MAX_RECORD_BYTES + 1, u64::MAX] {
        assert!(matches!(fault(&header(length)), RecordFault::TooLong { found } if found == length));
    }
    assert!(matches!(fault(&header(MAX_RECORD_BYTES)), RecordFault::Truncated { found: 0, .. }));
    let longest = frame(&vec![b' '; 1 << 20]);
    assert!(matches!(fault(&longest), RecordFault::Json(_)));
}

#[test]
fn data_that_is_no_record_is_bad_json() {
    let five = r#"["043721b9c7fe8c5fad811d47d83132ec",108,"0100","input,output",""#;
    for data in ["", "{}", "[]", five, &format!(r#"{five}","more"]"#), &five.replace("108", "108.5")] {
        assert!(matches!(fault(&frame(data.as_bytes())), RecordFault::Json(_)), "{data}");
    }
    assert!(matches!(fault(&frame(b"[\"\xff\",108,\"\",\"\",\"\"]")), RecordFault::Json(_)));
}

#[test]
fn cells_that_the_benchmark_lacks_are_refused() {
    let cell = |adjacency: &str, operations: &str| {
        spoilt(|run| (run.adjacency, run.operations) = (adjacency.to_owned(), operations.to_owned()))
    };
    assert!(matches!(spoilt(|run| run.hash.truncate(31)), RecordFault::Hash { .. }));
    let eight = format!("input{},output", ",maxpool3x3".repeat(6));
    for operations in ["", "output,input", "input", "input,conv5x5,output", "input,,output", &eight] {
        assert!(matches!(cell("0100", operations), RecordFault::Operations { .. }), "{operations}");
    }
    for adjacency in ["", "010", "01000", "0200", "0110", "1100", "01é"] {
        let fault = cell(adjacency, "input,output");
        assert!(matches!(fault, RecordFault::Adjacency { vertices: 2, .. }), "{adjacency}");
    }
    let ten_edges = "0111100111000110000100000";
    let three = "input,maxpool3x3,maxpool3x3,maxpool3x3,output";
    assert!(matches!(cell(ten_edges, three), RecordFault::InvalidCell { .. }));
    assert!(matches!(cell("0000", "input,output"), RecordFault::InvalidCell { .. }), "no path");
    assert!(matches!(cell("011000000", "input,maxpool3x3,output"), RecordFault::InvalidCell { .. }), "unpruned");
    assert!(matches!(cell("010001000", "input,maxpool3x3,output"), RecordFault::WrongHash { .. }));
}

#[test]
fn metrics_have_to_be_a_message_in_base64() {
    assert!(matches!(with_metrics("CgA"), RecordFault::Base64(_)), "no padding");
    assert!(matches!(with_metrics("C*A="), RecordFault::Base64(_)));
    assert!(matches!(with_metrics("CgU="), RecordFault::Protobuf(_)), "five bytes that are not there");
    assert!(matches!(with_metrics(""), RecordFault::MissingMetric { field: "evaluation_data[2]" }));
}

#[test]
fn metrics_have_to_be_whole() {
    let missing = |spoil: fn(&mut Run)| match spoilt(spoil) {
        RecordFault::MissingMetric { field } => field,
        other => panic!("{other}"),
    };
    assert_eq!(missing(|run| run.metrics.evaluation_data.truncate(2)), "evaluation_data[2]");
    assert_eq!(missing(|run| run.metrics.trainable_parameters = None), "trainable_parameters");
    assert_eq!(missing(|run| run.metrics.evaluation_data[2].validation_accuracy = None), "validation_accuracy");
    assert_eq!(missing(|run| run.metrics.evaluation_data[2].test_accuracy = None), "test_accuracy");
}

#[test]
fn accuracies_and_params_have_to_be_in_range() {
    let negative = spoilt(|run| run.metrics.trainable_parameters = Some(-1));
    assert!(matches!(negative, RecordFault::Params { found: -1 }));
    for wrong in [0.93755, -1.0 / 9984.0, 9985.0 / 9984.0, f64::NAN, f64::INFINITY, -1e300] {
        let valid = spoilt(|run| run.metrics.evaluation_data[2].validation_accuracy = Some(wrong));
        assert!(matches!(valid, RecordFault::Accuracy { field: "validation_accuracy", .. }), "{wrong}");
        let test = spoilt(|run| run.metrics.evaluation_data[2].test_accuracy = Some(wrong));
        assert!(matches!(test, RecordFault::Accuracy { field: "test_accuracy", .. }), "{wrong}");
    }
}

#[test]
fn every_cell_has_three_runs_that_agree() {
    let mut runs = runs(EDGE);
    assert!(matches!(error(&file(&runs[..2])), OfficialError::MissingRuns { found: 2, .. }));
    let four = [&runs[..], &runs[..1]].concat();
    assert!(matches!(
        error(&file(&four)),
        OfficialError::Record { record: 4, fault: RecordFault::SurplusRun { .. }, .. }
    ));
    runs[2].metrics.trainable_parameters = Some(7);
    let other = fault(&file(&runs));
    assert!(matches!(other, RecordFault::OtherParams { expected: 882_570, found: 7 }));
}

#[test]
fn a_cell_without_runs_of_108_epochs_is_not_left_out() {
    let mut shorter = runs(CONV);
    for run in &mut shorter {
        run.epochs = 36;
    }
    assert!(matches!(error(&file(&shorter)), OfficialError::NoRun));
    let both = [shorter, runs(EDGE)].concat();
    assert!(matches!(error(&file(&both)), OfficialError::MissingRuns { found: 0, .. }));
}

#[test]
fn a_reader_that_fails_is_an_io_fault() {
    let failing = file(&runs(EDGE)[..1]);
    let read = official::read(failing.chain(Failing)).unwrap_err();
    assert!(matches!(read, OfficialError::Record { record: 2, fault: RecordFault::Io(_), .. }));
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

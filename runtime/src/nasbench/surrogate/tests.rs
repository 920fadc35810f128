use std::collections::HashMap;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::*;
use crate::nasbench::{CellConfig, Operation};

/// Cells of seven vertices, valid and other.
fn cells(count: usize) -> impl Iterator<Item = Cell> {
    let mut rng = Pcg64::seed_from_u64(5);
    std::iter::repeat_with(move || {
        let edges = std::array::from_fn(|_| rng.random_bool(0.4));
        let operations = std::array::from_fn(|_| Operation::ALL[rng.random_range(0..3)]);
        CellConfig { edges, operations }.cell()
    })
    .take(count)
}

/// The cell with inner vertices `swap` and `swap + 1` exchanged; none where an edge between them fixes their order.
fn relabelled(cell: &Cell, swap: usize) -> Option<Cell> {
    let old = |vertex| match vertex {
        _ if vertex == swap => swap + 1,
        _ if vertex == swap + 1 => swap,
        _ => vertex,
    };
    let places = (0..7).flat_map(|from| (from + 1..7).map(move |to| (from, to)));
    let edges: Vec<bool> = places.map(|(from, to)| cell.has_edge(old(from), old(to))).collect();
    let operations: Vec<Operation> = (1..6).map(|vertex| cell.operations()[old(vertex) - 1]).collect();
    (!cell.has_edge(swap, swap + 1)).then(|| Cell::new(&edges, &operations).unwrap())
}

#[test]
fn every_numbering_has_the_same_accuracy_to_the_bit() {
    let surrogate = Surrogate::embedded();
    let mut compared = 0;
    for cell in cells(2000).filter(Cell::is_valid) {
        let expected = surrogate.accuracy(&cell).map(f64::to_bits);
        for other in (1..5).filter_map(|swap| relabelled(&cell, swap)) {
            compared += usize::from(other != cell);
            assert_eq!(surrogate.accuracy(&other).map(f64::to_bits), expected, "{cell} and {other}");
            let again = (1..5).filter_map(|swap| relabelled(&other, swap)).map(|cell| surrogate.accuracy(&cell));
            assert!(again.map(|accuracy| accuracy.map(f64::to_bits)).all(|bits| bits == expected), "{other}");
        }
    }
    assert!(compared > 1000, "{compared} cells had another numbering");
}

#[test]
fn cells_that_are_not_valid_have_no_accuracy() {
    let (surrogate, mut valid) = (Surrogate::embedded(), 0);
    for cell in cells(2000) {
        let accuracy = surrogate.accuracy(&cell);
        assert_eq!(accuracy.is_some(), cell.is_valid(), "{cell}");
        assert!(accuracy.is_none_or(|accuracy| (0.0..=0.944).contains(&accuracy)), "{cell}: {accuracy:?}");
        valid += usize::from(cell.is_valid());
    }
    assert!((500..1900).contains(&valid), "{valid}");
}

#[test]
fn cells_that_differ_differ_in_accuracy() {
    let mut found: HashMap<u64, ModuleHash> = HashMap::new();
    for cell in cells(500).filter(Cell::is_valid) {
        let (accuracy, hash) = (Surrogate::embedded().accuracy(&cell).unwrap(), cell.hash().unwrap());
        assert_eq!(*found.entry(accuracy.to_bits()).or_insert(hash), hash, "{cell}");
    }
}

/// The bits that any machine computes for a few cells.
#[test]
fn accuracies_are_the_same_bits_everywhere() {
    let chain = |operation| Cell::new(&[true, false, true], &[operation]).unwrap();
    let found = Operation::ALL.map(|operation| Surrogate::embedded().accuracy(&chain(operation)).unwrap().to_bits());
    assert_eq!(found, [0x3fed_c3a6_324f_ee7e, 0x3feb_d84c_2d81_36fd, 0x3fec_7c19_4f20_8cbd]);
}

#[test]
fn the_embedded_file_is_small_and_is_written_as_it_is_read() {
    assert!(EMBEDDED.len() < 300_000, "{} bytes", EMBEDDED.len());
    assert_eq!(Surrogate::embedded().to_bytes(), EMBEDDED);
}

#[test]
fn files_cut_off_are_no_surrogate() {
    for end in (0..EMBEDDED.len()).step_by(97) {
        assert!(matches!(Surrogate::read(&EMBEDDED[..end]), Err(SurrogateError::Format(_))), "{end} bytes");
    }
}

/// Whatever is wrong, reading fails with a reason or gives a surrogate that still tells accuracies.
#[test]
fn a_flipped_byte_does_not_panic() {
    let cell = Cell::new(&[true, true, true], &[Operation::Conv3x3]).unwrap();
    let places = (0..1024).chain((1024..EMBEDDED.len()).step_by(997)).chain(EMBEDDED.len() - 1100..EMBEDDED.len());
    for place in places {
        let mut garbled = EMBEDDED.to_vec();
        garbled[place] ^= 1 << (place % 8);
        let accuracy = Surrogate::read(&garbled).map(|surrogate| surrogate.accuracy(&cell).unwrap());
        assert!(accuracy.is_err() || accuracy.is_ok_and(|accuracy| (0.0..=1.0).contains(&accuracy)), "{place}");
    }
}

mod files {
    use safetensors::tensor::TensorView;
    use safetensors::{Dtype, SafeTensors};

    use super::*;

    type Tensor = (String, Dtype, Vec<usize>, Vec<u8>);

    /// What reading says once the tensor of this name was changed or taken out.
    fn changed(name: &str, change: impl Fn(Tensor) -> Option<Tensor>) -> String {
        let file = SafeTensors::deserialize(EMBEDDED).unwrap();
        let tensors = file.tensors().into_iter().filter_map(|(of, view)| {
            let tensor = (of.clone(), view.dtype(), view.shape().to_vec(), view.data().to_vec());
            if of == name { change(tensor) } else { Some(tensor) }
        });
        let tensors: Vec<Tensor> = tensors.collect();
        let views = tensors
            .iter()
            .map(|(name, dtype, shape, data)| (name, TensorView::new(*dtype, shape.clone(), data).unwrap()));
        Surrogate::read(&safetensors::serialize(views, None).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn a_missing_tensor_is_named() {
        assert_eq!(changed("hidden", |_| None), "tensor `hidden`: not in the file");
    }

    #[test]
    fn a_tensor_of_another_type_is_named() {
        let integers = |(name, _, shape, data)| Some((name, Dtype::I32, shape, data));
        assert_eq!(changed("rounds", integers), "tensor `rounds`: expected numbers of type F32, found I32");
    }

    #[test]
    fn a_tensor_of_another_shape_is_named() {
        let turned = |(name, dtype, _, data)| Some((name, dtype, vec![32, 33], data));
        assert_eq!(changed("hidden", turned), "tensor `hidden`: expected shape [33, 32], found [32, 33]");
        let flat = |(name, dtype, _, data): Tensor| Some((name, dtype, vec![1, data.len() / 4], data));
        let found = changed("curve.predictions", flat);
        assert!(found.starts_with("tensor `curve.predictions`: expected shape ["), "{found}");
        let empty = |(name, dtype, _, _)| Some((name, dtype, vec![0], vec![]));
        assert_eq!(changed("curve.predictions", empty), "tensor `curve.predictions`: expected increasing numbers");
    }

    #[test]
    fn a_tensor_with_what_is_no_number_is_named() {
        let nan = |(name, dtype, shape, mut data): Tensor| {
            data[4..8].copy_from_slice(&f32::NAN.to_le_bytes());
            Some((name, dtype, shape, data))
        };
        for name in ["embedding", "curve.accuracies"] {
            assert_eq!(changed(name, nan), format!("tensor `{name}`: expected finite numbers"));
        }
    }
}

#[test]
fn a_garbage_header_is_no_safetensors_file() {
    for bytes in [&b""[..], b"{}", &[0xff; 64], b"\x02\0\0\0\0\0\0\0{}"] {
        let error = Surrogate::read(bytes).unwrap_err();
        assert!(matches!(error, SurrogateError::Format(_) | SurrogateError::Missing { .. }), "{error}");
    }
}

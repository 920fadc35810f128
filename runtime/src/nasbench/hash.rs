//! The benchmark's own module hash (Ying et al., 2019, and `hash_module` of its published code):
//! Weisfeiler–Lehman colours of the vertices, each an MD5.

use std::fmt;
use std::str::FromStr;

use md5::{Digest, Md5};
use thiserror::Error;

use super::cell::{Cell, MAX_VERTICES, Operation, has};
use crate::printable::printable;
use crate::sentence::debug_as_sentence;

/// The MD5 that names a cell in NAS-Bench-101, the same for all numberings of its inner vertices.
/// Written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleHash(u128);

/// The text is no [`ModuleHash`].
#[derive(Clone, PartialEq, Eq, Error)]
#[error("a module hash is 32 hexadecimal digits, found `{}`", printable(found))]
pub struct ParseHashError {
    /// The text given.
    pub found: String,
}

debug_as_sentence!(ParseHashError);

impl ModuleHash {
    pub(super) fn from_hex(digits: &[u8]) -> Option<Self> {
        if digits.len() != 32 {
            return None;
        }
        let add = |value, &digit: &u8| Some(value << 4 | u128::from(char::from(digit).to_digit(16)?));
        digits.iter().try_fold(0, add).map(Self)
    }

    /// The remainder of the hash, as one number, by `divisor`.
    pub(super) fn remainder(self, divisor: u8) -> u8 {
        (self.0 % u128::from(divisor)) as u8
    }

    fn to_hex(self) -> [u8; 32] {
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0.to_be_bytes()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        digits
    }

    fn of(message: Md5) -> Self {
        Self(u128::from_be_bytes(message.finalize().into()))
    }
}

const DIGITS: [u8; 16] = *b"0123456789abcdef";

impl fmt::Display for ModuleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for ModuleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModuleHash({self})")
    }
}

impl FromStr for ModuleHash {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, ParseHashError> {
        Self::from_hex(text.as_bytes()).ok_or_else(|| ParseHashError { found: text.to_owned() })
    }
}

impl Cell {
    /// The name of the cell in the benchmark: the [`module_hash`] of the pruned cell; none where
    /// the output cannot be reached.
    #[must_use]
    pub fn hash(&self) -> Option<ModuleHash> {
        self.prune().as_ref().map(module_hash)
    }
}

/// The module hash of the cell as it stands. The benchmark names a cell by the hash of the pruned
/// one: [`Cell::hash`].
///
/// Every vertex starts as the MD5 of `(out-degree, in-degree, label)`. As many times as there are
/// vertices, each becomes the MD5 of its predecessors' hashes, its successors' and its own. The
/// module hash is the MD5 of all of them, sorted.
#[must_use]
pub fn module_hash(cell: &Cell) -> ModuleHash {
    let vertices = cell.vertices();
    let predecessors = cell.predecessors();
    let mut colours = [ModuleHash(0); MAX_VERTICES];
    for (vertex, colour) in colours[..vertices].iter_mut().enumerate() {
        *colour = first_colour(cell, vertex, predecessors[vertex]);
    }
    for _ in 0..vertices {
        refine(cell, predecessors, &mut colours);
    }
    fingerprint(&mut colours[..vertices])
}

/// The MD5 of Python's `str((out_degree, in_degree, label))`.
fn first_colour(cell: &Cell, vertex: usize, predecessors: u8) -> ModuleHash {
    let degree = |set: u8| [DIGITS[set.count_ones() as usize]];
    let message = Md5::new().chain_update(b"(").chain_update(degree(cell.successors[vertex]));
    let message = message.chain_update(b", ").chain_update(degree(predecessors));
    ModuleHash::of(message.chain_update(b", ").chain_update(label(cell, vertex)).chain_update(b")"))
}

fn label(cell: &Cell, vertex: usize) -> &'static str {
    match cell.operation(vertex) {
        None if vertex == 0 => "-1",
        None => "-2",
        Some(Operation::Conv3x3) => "0",
        Some(Operation::Conv1x1) => "1",
        Some(Operation::MaxPool3x3) => "2",
    }
}

/// One round: every vertex becomes the MD5 of its sorted predecessors' hashes, `|`, its sorted
/// successors', `|`, its own.
fn refine(cell: &Cell, predecessors: [u8; MAX_VERTICES], colours: &mut [ModuleHash; MAX_VERTICES]) {
    let mut order: [usize; MAX_VERTICES] = std::array::from_fn(|vertex| vertex);
    order.sort_unstable_by_key(|&vertex| colours[vertex]);
    let hex = colours.map(ModuleHash::to_hex);
    let extend = |message: &mut Md5, set: u8| {
        for &neighbour in order.iter().filter(|&&vertex| has(set, vertex)) {
            message.update(hex[neighbour]);
        }
        message.update(b"|");
    };
    for (vertex, colour) in colours[..cell.vertices()].iter_mut().enumerate() {
        let mut message = Md5::new();
        extend(&mut message, predecessors[vertex]);
        extend(&mut message, cell.successors[vertex]);
        *colour = ModuleHash::of(message.chain_update(hex[vertex]));
    }
}

/// The MD5 of Python's `str(sorted(hashes))`: `['…', '…']`.
fn fingerprint(colours: &mut [ModuleHash]) -> ModuleHash {
    colours.sort_unstable();
    let mut message = Md5::new_with_prefix(b"['");
    for (index, colour) in colours.iter().enumerate() {
        if index > 0 {
            message.update(b"', '");
        }
        message.update(colour.to_hex());
    }
    ModuleHash::of(message.chain_update(b"']"))
}

#[cfg(test)]
mod tests {
    use super::Operation::{Conv1x1, Conv3x3, MaxPool3x3};
    use super::*;

    fn hex(edges: &[bool], operations: &[Operation]) -> String {
        Cell::new(edges, operations).unwrap().hash().unwrap().to_string()
    }

    /// The expected values are those of the published `hash_module`.
    #[test]
    fn small_cells_hash_as_published() {
        assert_eq!(hex(&[true], &[]), "043721b9c7fe8c5fad811d47d83132ec");
        assert_eq!(hex(&[true; 3], &[Conv3x3]), "d32d0b26d534203b48d866facd98cc3e");
        assert_eq!(hex(&[true; 3], &[Conv1x1]), "09fc2d10bdd6225e167a6f81a22a3f06");
        assert_eq!(hex(&[true, false, true], &[MaxPool3x3]), "53cee42601ad14d661bb6878031d6acb");
        let edges = [true, true, false, true, true, true];
        assert_eq!(hex(&edges, &[Conv1x1, MaxPool3x3]), "31d1039b23e8e5454fcc96406b9c94e5");
    }

    #[test]
    fn numbering_of_inner_vertices_does_not_matter() {
        // 0→1→3, 0→2→3, and the same with 1 and 2 exchanged.
        let diamond = [true, true, false, false, true, true];
        assert_eq!(hex(&diamond, &[Conv1x1, MaxPool3x3]), hex(&diamond, &[MaxPool3x3, Conv1x1]));
        // 0→1→2→4, 0→3→4, with the lone vertex numbered last and first.
        let last = [true, false, true, false, true, false, false, false, true, true];
        let first = [true, true, false, false, false, false, true, true, false, true];
        assert_eq!(hex(&last, &[Conv1x1, MaxPool3x3, Conv3x3]), hex(&first, &[Conv3x3, Conv1x1, MaxPool3x3]));
        assert_ne!(hex(&last, &[Conv1x1, MaxPool3x3, Conv3x3]), hex(&first, &[Conv3x3, MaxPool3x3, Conv1x1]));
    }

    #[test]
    fn vertices_off_the_path_do_not_matter() {
        let with_dead_end = [true, true, true, false, false, true];
        assert_eq!(hex(&with_dead_end, &[Conv1x1, Conv3x3]), hex(&[true; 3], &[Conv3x3]));
        let cut = Cell::new(&[true, false, false], &[Conv3x3]).unwrap();
        assert_eq!(cut.hash(), None);
    }

    #[test]
    fn hash_is_written_and_read_as_hex() {
        let text = "00005c142e6f48ac74fdcf73e3439874";
        let hash: ModuleHash = text.parse().unwrap();
        assert_eq!(hash.to_string(), text);
        assert_eq!(hash.to_hex(), text.as_bytes());
        assert!(hash < "02e5a0247bbdcf2860b7e96f74961594".parse().unwrap());
        for wrong in
            ["", "5c14", "+0005c142e6f48ac74fdcf73e3439874", "0000éc142e6f48ac74fdcf73e3439874", &text.repeat(2)]
        {
            assert_eq!(wrong.parse::<ModuleHash>().unwrap_err().found, wrong);
        }
    }
}

//! The table of accuracies, read once, then read by cell or by hash.

use std::cmp::Reverse;
use std::io::Read;
use std::path::Path;

use super::cell::{Cell, MAX_EDGES};
use super::error::{LineFault, TableError};
use super::hash::ModuleHash;
use super::key::isomorphism_key;
use super::row::Row;
use super::rows::{line_of, parse_rows};
use super::text;

/// The accuracies of NAS-Bench-101 after 108 epochs (Ying et al., 2019), one row a cell: the mean
/// test accuracy, and, in a table made from the [official file](super::official), the validation
/// accuracy of each repeat.
///
/// # Format
/// Text, plain or gzip, of at most [`MAX_TEXT_BYTES`](super::MAX_TEXT_BYTES). Every line ends in
/// `\n` and has its columns separated by tabs. The first line is the header `hash n adj ops params
/// test_sum`, with or without `valid_1 valid_2 valid_3` behind, and has to be there. The others are
/// the rows, sorted by hash, with the columns of the header:
///
/// | column | meaning |
/// |---|---|
/// | `hash` | the module hash of the pruned cell: 32 hexadecimal digits |
/// | `n` | the vertices, 2 to 7, input and output included |
/// | `adj` | the strict upper triangle of the adjacency matrix row by row, n(n−1)/2 digits 0 and 1 |
/// | `ops` | the n−2 inner vertices: `3` conv3x3, `1` conv1x1, `p` maxpool3x3; `-` where n is 2 |
/// | `params` | the trainable parameters |
/// | `test_sum` | the mean test accuracy over the 3 repeats, times [`TEST_PREDICTIONS`](super::TEST_PREDICTIONS) |
/// | `valid_1` … `valid_3` | the validation accuracy of each repeat, times [`EVALUATION_IMAGES`](super::EVALUATION_IMAGES) |
///
/// Reading checks all of it except that `hash` is the hash of the cell, which takes longer than
/// reading: see [`Row::cell`] and [`Cell::hash`].
#[derive(Debug, Clone)]
pub struct Table {
    /// Sorted by hash, and never empty.
    rows: Vec<Row>,
    /// The isomorphism key of each row's cell and the place of the row, sorted by key.
    by_key: Vec<(u64, usize)>,
    best: Row,
}

impl Table {
    /// Reads the table at `path`. A file called `.gz` has to be gzip; any other is gzip or plain,
    /// by its first bytes.
    ///
    /// # Errors
    /// [`TableError`] where the file cannot be read or is not such a table.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, TableError> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let text = text::of_file(path, &file)?;
        Self::parse(&text, &file)
    }

    /// Reads a table from `reader`, gzip or plain by its first bytes.
    ///
    /// # Errors
    /// [`TableError`] where the reader fails or does not give such a table.
    pub fn read(reader: impl Read) -> Result<Self, TableError> {
        let file = "table";
        let text = text::of_reader(reader, false, file)?;
        Self::parse(&text, file)
    }

    fn parse(text: &[u8], file: &str) -> Result<Self, TableError> {
        let at = |(line, fault)| TableError::Line { file: file.to_owned(), line, fault };
        Self::from_rows(parse_rows(text).map_err(at)?).map_err(|fault| match fault {
            RowsFault::Empty => TableError::Empty { file: file.to_owned() },
            RowsFault::SameCell { first, second } => {
                at((line_of(second), LineFault::SameCell { first: line_of(first) }))
            }
        })
    }

    /// The table of these rows, which are sorted by hash, each hash once, and all with validation
    /// accuracies or all without.
    pub(super) fn from_rows(rows: Vec<Row>) -> Result<Self, RowsFault> {
        let best = rows.iter().min_by_key(|row| Reverse(row.test_sum)).copied();
        let best = best.ok_or(RowsFault::Empty)?;
        let by_key = index(&rows)?;
        Ok(Self { rows, by_key, best })
    }

    /// Whether the rows have validation accuracies: [`Row::validation`]. Either all have, or none.
    #[must_use]
    pub fn has_validation(&self) -> bool {
        self.best.valid.is_some()
    }

    /// The test accuracy of the cell after 108 epochs, the mean of the 3 repeats, between 0 and 1;
    /// none where the cell is not [valid](Cell::is_valid), or the table lacks it.
    #[must_use]
    pub fn accuracy(&self, cell: &Cell) -> Option<f64> {
        self.find(cell).map(Row::accuracy)
    }

    /// The row of the cell, found by its pruned graph under any numbering; none where it is not
    /// [valid](Cell::is_valid), or the table lacks it. This is much quicker than to compute the
    /// cell's hash and find that.
    #[must_use]
    pub fn find(&self, cell: &Cell) -> Option<&Row> {
        let pruned = cell.prune().filter(|pruned| pruned.edges() <= MAX_EDGES)?;
        let key = isomorphism_key(&pruned);
        let place = self.by_key.binary_search_by_key(&key, |&(key, _)| key).ok()?;
        self.rows.get(self.by_key[place].1)
    }

    /// The row of the cell that has this hash.
    #[must_use]
    pub fn row(&self, hash: ModuleHash) -> Option<&Row> {
        let place = self.rows.binary_search_by_key(&hash, |row| row.hash).ok()?;
        self.rows.get(place)
    }

    /// Every row, sorted by hash.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of greatest accuracy; of several, the one of least hash.
    #[must_use]
    pub fn best(&self) -> &Row {
        &self.best
    }

    /// How many rows there are, at least one.
    #[expect(clippy::len_without_is_empty, reason = "a table without rows is not read")]
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }
}

/// Why rows make no table.
#[derive(Debug)]
pub(super) enum RowsFault {
    /// There is none.
    Empty,
    /// The rows at these two places hold the same cell under two hashes.
    SameCell { first: usize, second: usize },
}

/// The key of each row's cell and the place of the row, sorted by key; every key once.
fn index(rows: &[Row]) -> Result<Vec<(u64, usize)>, RowsFault> {
    let keys = rows.iter().map(|row| isomorphism_key(&row.cell));
    let mut by_key: Vec<_> = keys.zip(0..).collect();
    by_key.sort_unstable();
    match by_key.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        None => Ok(by_key),
        Some(pair) => Err(RowsFault::SameCell { first: pair[0].1, second: pair[1].1 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nasbench::Operation::{Conv1x1, Conv3x3, MaxPool3x3};

    const HEADER: &str = "hash\tn\tadj\tops\tparams\ttest_sum\n";
    const EDGE: &str = "043721b9c7fe8c5fad811d47d83132ec\t2\t1\t-\t882570\t25091\n";
    const POOL: &str = "53cee42601ad14d661bb6878031d6acb\t3\t101\tp\t882570\t26543\n";
    const CONV: &str = "d32d0b26d534203b48d866facd98cc3e\t3\t111\t3\t11051402\t27945\n";

    fn read(parts: &[&str]) -> Result<Table, TableError> {
        Table::read(parts.concat().as_bytes())
    }

    #[test]
    fn cells_and_hashes_are_found() {
        let table = read(&[HEADER, EDGE, POOL, CONV]).unwrap();
        assert_eq!((table.len(), table.rows().len(), table.has_validation()), (3, 3, false));
        assert_eq!(table.best().hash.to_string(), "d32d0b26d534203b48d866facd98cc3e");
        for row in table.rows() {
            assert_eq!((table.row(row.hash), table.find(&row.cell)), (Some(row), Some(row)));
        }
        // The shortcut and the pool, and a vertex that leads nowhere.
        let unpruned = Cell::new(&[true, true, false, false, false, true], &[Conv1x1, MaxPool3x3]).unwrap();
        assert_eq!(table.accuracy(&unpruned), Some(26_543.0 / 29_952.0));
    }

    #[test]
    fn cells_that_are_not_there_are_none() {
        let table = read(&[HEADER, EDGE]).unwrap();
        assert_eq!(table.accuracy(&Cell::new(&[true; 3], &[Conv3x3]).unwrap()), None);
        assert_eq!(table.accuracy(&Cell::new(&[false], &[]).unwrap()), None);
        assert_eq!(table.accuracy(&Cell::new(&[true; 10], &[Conv3x3; 3]).unwrap()), None);
        assert_eq!(table.row("00005c142e6f48ac74fdcf73e3439874".parse().unwrap()), None);
    }

    #[test]
    fn of_equal_rows_the_first_is_best() {
        let equal = CONV.replace("27945", "26543");
        assert_eq!(read(&[HEADER, POOL, &equal]).unwrap().best().cell.operations(), [MaxPool3x3]);
    }

    #[test]
    fn a_table_without_rows_is_empty() {
        assert!(matches!(read(&[]), Err(TableError::Empty { .. })));
        assert!(matches!(read(&[HEADER]), Err(TableError::Empty { .. })));
    }

    #[test]
    fn every_cell_stands_once() {
        let diamond = |hash: &str, ops| format!("{}\t4\t110011\t{ops}\t1\t1\n", hash.repeat(32));
        let rows = [("1", "3p"), ("2", "33"), ("3", "p3")].map(|(hash, ops)| diamond(hash, ops));
        let same = read(&[HEADER, &rows.concat()]).unwrap_err();
        let expected = "table, line 4: columns `adj` and `ops`: expected each cell once, found that of line 2 again";
        assert_eq!(same.to_string(), expected);
    }

    #[test]
    fn errors_name_file_line_and_column() {
        let garbled = read(&[HEADER, &EDGE.replace("25091", "25O91")]).unwrap_err();
        let expected = "table, line 2: column `test_sum`: expected a number from 0 to 29952, found `25O91`";
        assert_eq!(garbled.to_string(), expected);
    }

    /// The text with three columns more in each line.
    fn with_validation(parts: &[&str]) -> String {
        let text = parts.concat().replacen('\n', "\tvalid_1\tvalid_2\tvalid_3\n", 1);
        text.replace("25091\n", "25091\t1\t2\t3\n").replace("26543\n", "26543\t4\t5\t6\n")
    }

    #[test]
    fn the_header_tells_whether_there_are_validation_columns() {
        let table = Table::read(with_validation(&[HEADER, EDGE, POOL]).as_bytes()).unwrap();
        assert!(table.has_validation());
        assert_eq!(table.rows().iter().map(|row| row.valid).collect::<Vec<_>>(), [Some([1, 2, 3]), Some([4, 5, 6])]);
        let mixed = read(&[&with_validation(&[HEADER, EDGE]), POOL]).unwrap_err();
        let expected = "table, line 3: expected 9 columns separated by tabs, as in the header, found 6";
        assert_eq!(mixed.to_string(), expected);
    }

    /// Every byte of a small table replaced by every other: an error or another table, never a
    /// panic.
    #[test]
    fn a_garbled_byte_does_not_panic() {
        for good in [[HEADER, EDGE, POOL, CONV].concat(), with_validation(&[HEADER, EDGE, POOL])] {
            for (place, byte) in (0..good.len()).flat_map(|place| (0..=u8::MAX).map(move |byte| (place, byte))) {
                let mut garbled = good.clone().into_bytes();
                garbled[place] = byte;
                let _ = Table::read(&garbled[..]);
            }
        }
    }
}

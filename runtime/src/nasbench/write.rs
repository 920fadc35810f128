//! A table as text: into a writer, or as a file that is there whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use thiserror::Error;

use super::cell::Operation;
use super::column::Layout;
use super::row::Row;
use super::table::Table;
use super::text::named_gzip;
use crate::file::{self, ReplaceError};
use crate::printable::printable;
use crate::sentence::debug_as_sentence;

/// A [`Table`] could not be saved. What stood at the path is as it was.
#[derive(Error)]
#[error("{}: cannot be written: {}", printable(path.display()), printable(reason))]
#[non_exhaustive]
pub struct SaveError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub reason: io::Error,
}

debug_as_sentence!(SaveError);

impl Table {
    /// Writes the table as text, in the format that [`Table::read`] reads.
    ///
    /// # Errors
    /// Where the writer fails.
    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        let mut writer = BufWriter::new(writer);
        let layout = if self.has_validation() { Layout::Validation } else { Layout::Test };
        writeln!(writer, "{}", layout.header())?;
        for row in self.rows() {
            write_row(&mut writer, row)?;
        }
        writer.flush()
    }

    /// Saves the table at `path`: gzip where the file is called `.gz`, plain text otherwise. The
    /// file is written beside and then renamed, so that `path` holds the whole table or what it
    /// held before.
    ///
    /// # Errors
    /// [`SaveError`] where the file cannot be written, or something that is no file is there.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        let path = path.as_ref();
        self.replace(path).map_err(|error| {
            let reason = match error {
                ReplaceError::Io(reason) => reason,
                not_a_file @ ReplaceError::NotAFile { .. } => io::Error::new(io::ErrorKind::AlreadyExists, not_a_file),
            };
            SaveError { path: path.to_owned(), reason }
        })
    }

    fn replace(&self, path: &Path) -> Result<(), ReplaceError> {
        file::replace_with(path, |file| {
            if named_gzip(path) {
                let mut encoder = GzEncoder::new(file, Compression::default());
                self.write(&mut encoder)?;
                encoder.finish().map(drop)
            } else {
                self.write(file)
            }
        })
    }
}

fn write_row(writer: &mut impl Write, row: &Row) -> io::Result<()> {
    let edges = row.cell.triangle().map(|edge| if edge { '1' } else { '0' });
    let adj: String = edges.collect();
    let ops: String = row.cell.operations().iter().map(|&operation| character(operation)).collect();
    let ops = if ops.is_empty() { "-" } else { &ops };
    let Row { hash, params, test_sum, .. } = row;
    write!(writer, "{hash}\t{}\t{adj}\t{ops}\t{params}\t{test_sum}", row.cell.vertices())?;
    for correct in row.valid.iter().flatten() {
        write!(writer, "\t{correct}")?;
    }
    writer.write_all(b"\n")
}

fn character(operation: Operation) -> char {
    match operation {
        Operation::Conv3x3 => '3',
        Operation::Conv1x1 => '1',
        Operation::MaxPool3x3 => 'p',
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const TEST: &str = "hash\tn\tadj\tops\tparams\ttest_sum\n\
        043721b9c7fe8c5fad811d47d83132ec\t2\t1\t-\t882570\t25091\n\
        53cee42601ad14d661bb6878031d6acb\t3\t101\tp\t882570\t26543\n\
        d32d0b26d534203b48d866facd98cc3e\t3\t111\t3\t11051402\t27945\n";

    const VALIDATION: &str = "hash\tn\tadj\tops\tparams\ttest_sum\tvalid_1\tvalid_2\tvalid_3\n\
        00005c142e6f48ac74fdcf73e3439874\t7\t100110100001001010101\t3p331\t8555530\t27574\t9227\t9231\t9290\n\
        043721b9c7fe8c5fad811d47d83132ec\t2\t1\t-\t882570\t25091\t0\t9984\t1\n";

    #[test]
    fn what_is_read_is_written() {
        for text in [TEST, VALIDATION] {
            let table = Table::read(text.as_bytes()).unwrap();
            let mut written = Vec::new();
            table.write(&mut written).unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), text);
        }
    }

    #[test]
    fn a_file_is_gzip_by_its_name_and_replaces_another() {
        let directory = tempfile::tempdir().unwrap();
        for (name, magic) in [("table.tsv", &b"ha"[..]), ("table.tsv.GZ", b"\x1f\x8b")] {
            let path = directory.path().join(name);
            for text in [TEST, VALIDATION] {
                let table = Table::read(text.as_bytes()).unwrap();
                table.save(&path).unwrap();
                assert_eq!(Table::open(&path).unwrap().rows(), table.rows());
                assert!(fs::read(&path).unwrap().starts_with(magic));
            }
        }
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 2, "nothing else is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_readable_as_other_new_files_are() {
        let directory = tempfile::tempdir().unwrap();
        let [saved, other] = ["saved", "other"].map(|name| directory.path().join(name));
        Table::read(TEST.as_bytes()).unwrap().save(&saved).unwrap();
        fs::write(&other, "").unwrap();
        assert_eq!(fs::metadata(saved).unwrap().permissions(), fs::metadata(other).unwrap().permissions());
    }

    #[test]
    fn a_file_that_cannot_be_written_is_an_error() {
        let table = Table::read(TEST.as_bytes()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let missing = table.save(directory.path().join("no/table.tsv")).unwrap_err();
        assert_eq!(missing.reason.kind(), io::ErrorKind::NotFound);
        let occupied = table.save(directory.path()).unwrap_err();
        assert!(
            occupied.to_string().ends_with(
                "cannot be written: a folder stands there; give the path of a regular file, or of a new one"
            )
        );
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
    }
}

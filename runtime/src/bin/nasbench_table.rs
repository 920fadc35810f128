//! `nasbench-table`: the official file of NAS-Bench-101 as a table that the `nasbench` feature
//! reads.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use indicatif::ProgressBar;
use transfer_nas::nasbench::{Table, official};
use transfer_nas::printable::printable;

/// Makes a table of accuracies from the official file of NAS-Bench-101.
///
/// Exits with 0 where the table is written, and with 2, one line on standard error and no table
/// where it is not.
#[derive(Debug, Parser)]
#[command(name = "nasbench-table", version)]
struct Arguments {
    /// The official file, `nasbench_only108.tfrecord` or `nasbench_full.tfrecord`.
    official: PathBuf,
    /// The table to write, gzip where it is called `.gz`; a table that is there is replaced.
    table: PathBuf,
}

type Error = Box<dyn std::error::Error>;

/// The distinct cells of the benchmark (Ying et al., 2019, section 2).
const CELLS: usize = 423_624;

fn main() -> ExitCode {
    match convert(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nasbench-table: {}", printable(error));
            ExitCode::from(2)
        }
    }
}

fn convert(arguments: &Arguments) -> Result<(), Error> {
    let Arguments { official, table: path } = arguments;
    expect_two_files(official, path)?;
    let table = read(official)?;
    table.save(path)?;
    // Nobody need be there to read it.
    let _ = report(&table, path);
    Ok(())
}

/// The table must not replace the official file.
fn expect_two_files(official: &Path, table: &Path) -> Result<(), Error> {
    match (fs::canonicalize(official), fs::canonicalize(table)) {
        (Ok(read), Ok(written)) if read == written => {
            Err(format!("{}: is the file to read, the table would replace it", table.display()).into())
        }
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<Table, Error> {
    let at = |problem: String| format!("{}: {problem}", path.display());
    let file = File::open(path).map_err(|error| at(format!("cannot be opened: {error}")))?;
    let bar = ProgressBar::new(file.metadata().map_or(0, |metadata| metadata.len()));
    let table = official::read(bar.wrap_read(file));
    bar.finish_and_clear();
    Ok(table.map_err(|error| at(error.to_string()))?)
}

fn report(table: &Table, path: &Path) -> io::Result<()> {
    let (path, found) = (printable(path.display()), table.len());
    match found {
        CELLS => writeln!(io::stdout(), "{path}: all {found} cells"),
        _ => writeln!(io::stdout(), "{path}: {found} cells; the benchmark has {CELLS}"),
    }
}

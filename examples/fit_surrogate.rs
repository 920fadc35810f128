//! Fits the surrogate of NAS-Bench-101 to a table of its accuracies.
//!
//! ```sh
//! cargo run --release --example fit_surrogate -- --table test108.tsv.gz --out surrogate.safetensors
//! ```
//!
//! A tenth of the cells is held out, by their hashes, and reported on. `--validate` leaves them alone: it fits to eight
//! tenths and reports on another one, so that settings are not chosen by the cells that are reported.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use transfer_nas::nasbench::surrogate::{Assessment, Fit};
use transfer_nas::nasbench::{Row, Surrogate, Table};

/// Fit the surrogate of NAS-Bench-101 to a table of its accuracies.
#[derive(Debug, Parser)]
struct Arguments {
    /// The table of accuracies, `.tsv.gz` or `.tsv`, as docs/nasbench101.md describes it.
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// Where the surrogate is written, a safetensors file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Seeds the first weights and the order of the cells.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How often each cell is used.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    epochs: u32,
    /// Fits to this many cells only.
    #[arg(long, value_name = "CELLS")]
    subset: Option<usize>,
    /// Fits to eight tenths of the cells and reports on the ninth, without the tenth.
    #[arg(long)]
    validate: bool,
    /// Prints one JSON object and nothing else.
    #[arg(long)]
    json: bool,
}

/// What is printed: figures on cells that the fit has not used.
#[derive(Serialize)]
struct Line {
    example: &'static str,
    seed: u64,
    epochs: u32,
    fitted_cells: usize,
    /// Whether the cells are those of the validation rather than those held out.
    validation: bool,
    #[serde(flatten)]
    figures: Assessment,
    /// The mean squared error over the last epoch, on the scale that is fitted.
    loss: f64,
    bytes: usize,
    seconds: f64,
}

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fit_surrogate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let table = Table::open(&arguments.table)?;
    let (mut fitted, held_out) = split(&table, arguments.validate);
    fitted.truncate(arguments.subset.unwrap_or(usize::MAX));
    let clock = Instant::now();
    let (surrogate, loss) = fit(arguments, &fitted)?;
    let seconds = clock.elapsed().as_secs_f64();
    let bytes = surrogate.to_bytes();
    std::fs::write(&arguments.out, &bytes)?;
    let line = Line {
        example: "fit_surrogate",
        seed: arguments.seed,
        epochs: arguments.epochs,
        fitted_cells: fitted.len(),
        validation: arguments.validate,
        figures: surrogate.assess(held_out),
        loss,
        bytes: bytes.len(),
        seconds,
    };
    print(arguments, &line)
}

/// The rows that the fit sees, and those that it is reported on.
fn split(table: &Table, validate: bool) -> (Vec<&Row>, Vec<&Row>) {
    const VALIDATION: u8 = 1;
    let rows = table.rows().iter();
    if validate {
        let rows = rows.filter(|row| !Surrogate::is_held_out(row.hash));
        rows.partition(|row| Surrogate::tenth(row.hash) != VALIDATION)
    } else {
        rows.partition(|row| !Surrogate::is_held_out(row.hash))
    }
}

/// The surrogate, and the loss of the last epoch.
fn fit(arguments: &Arguments, rows: &[&Row]) -> Result<(Surrogate, f64), Error> {
    let style = ProgressStyle::with_template("{bar:40.cyan/blue} {pos}/{len} epochs, {msg}, {eta} left")?;
    let bar = ProgressBar::new(arguments.epochs.into()).with_style(style);
    let mut last = f64::NAN;
    let fit = Fit { seed: arguments.seed, epochs: arguments.epochs };
    let surrogate = fit.run(rows, |epoch| {
        last = epoch.loss;
        bar.set_message(format!("loss {last:.4}"));
        bar.inc(1);
    })?;
    bar.finish_and_clear();
    Ok((surrogate, last))
}

fn print(arguments: &Arguments, line: &Line) -> Result<(), Error> {
    if arguments.json {
        println!("{}", serde_json::to_string(line)?);
        return Ok(());
    }
    let cells = if line.validation { "cells of the validation" } else { "cells held out" };
    println!(
        "{}: {} bytes, fitted to {} cells in {} epochs, seed {}, {:.0} s, loss {:.4}",
        arguments.out.display(),
        line.bytes,
        line.fitted_cells,
        line.epochs,
        line.seed,
        line.seconds,
        line.loss
    );
    let Assessment { spearman, spearman_top, mean_absolute_error, .. } = line.figures;
    println!(
        "on {} {cells}: Spearman {spearman:.4}, within the best tenth {spearman_top:.4}; mean absolute error \
         {mean_absolute_error:.5}",
        line.figures.cells
    );
    Ok(())
}

//! Searches for the flags of the C compiler that make a program fast.

mod flags;
mod objective;
mod process;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use transfer_nas::study::{MedianPruner, Study, Summary};

use flags::Flags;
use objective::{Error, Program};

/// Search for the flags of the C compiler that make a program fast.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many trials the study has, those of earlier runs included.
    #[arg(long, default_value_t = 60)]
    trials: u64,
    /// How often each trial runs the program.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: u32,
    /// Seeds the search.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The compiler.
    #[arg(long, default_value = "cc")]
    compiler: String,
    /// The program. It prints numbers, the last of them its time in seconds.
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/program.c"))]
    source: PathBuf,
    /// The file that keeps the study; one that is there is gone on with.
    #[arg(long, value_name = "FILE", default_value = "compiler_flags.db")]
    file: PathBuf,
    /// Where the report is written.
    #[arg(long, value_name = "FILE", default_value = "compiler_flags.html")]
    report: PathBuf,
}

/// How many of the best are measured again.
const FINALISTS: u32 = 4;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compiler_flags: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    // Measured one at a time: two programs at once would slow each other down.
    let study = Study::open(&arguments.file)?.name("flags").seed(arguments.seed).minimize().trials(arguments.trials);
    // Times are noisy. The last fifth of the trials measures the four best again.
    let times = (arguments.trials / 20) as u32;
    let study = study.confirm(FINALISTS, times).pruner(MedianPruner::new());
    let mut study = study.build::<Flags>()?;
    study.enqueue_once(Flags::default())?;

    // Absolute: the compiler is started in a directory of its own.
    let folder = std::path::absolute(arguments.file.with_extension("check"))?;
    std::fs::create_dir_all(&folder)?;
    let source = std::path::absolute(&arguments.source)?;
    let program = Arc::new(Program::new(&arguments.compiler, source, &folder)?);
    let (shared, repeats) = (Arc::clone(&program), arguments.repeats);
    let summary = study.run_trials(move |trial| shared.evaluate(trial, repeats))?;
    let Summary { done, pruned, failed, elapsed, .. } = summary;
    println!("{done} trials done, {pruned} pruned, {failed} failed, {:.0} s", elapsed.as_secs_f64());

    let best = study.best()?.ok_or("no trial came to its end: see the errors in the report")?;
    println!("{:#?}", best.config);
    for (name, flags) in [("default", &Flags::default()), ("best", &best.config)] {
        let seconds = program.time(flags, 2 * repeats, &folder)?;
        println!("{name}: {:.1} ms, {}", 1000.0 * seconds, flags.arguments().join(" "));
    }
    study.report(&arguments.report)?;
    println!("wrote {}", arguments.report.display());
    Ok(())
}

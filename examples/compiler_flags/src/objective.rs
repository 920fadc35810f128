//! What a trial does: it compiles the program and runs it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use transfer_nas::study::{Outcome, Running};

use crate::flags::Flags;
use crate::process;

pub type Error = Box<dyn std::error::Error + Send + Sync>;

const COMPILING: Duration = Duration::from_secs(60);
const RUNNING: Duration = Duration::from_secs(10);

/// A compiler and the program that it makes fast.
pub struct Program {
    pub compiler: String,
    pub source: PathBuf,
    /// What it prints without any optimisation.
    pub expected: Vec<f64>,
}

impl Program {
    /// Compiles and runs it without any optimisation.
    pub fn new(compiler: &str, source: PathBuf, directory: &Path) -> Result<Self, Error> {
        let mut program = Self { compiler: compiler.to_owned(), source, expected: Vec::new() };
        let executable = program.compile(&["-O0".to_owned()], directory)?;
        program.expected = results(&process::run(&mut Command::new(executable), directory, RUNNING)?)?.0;
        Ok(program)
    }

    /// The least time of several runs, in seconds. That so far is reported after each of them.
    pub fn evaluate(&self, trial: &Running<Flags>, repeats: u32) -> Result<Outcome, Error> {
        let (arguments, directory) = (trial.arguments(), trial.dir()?);
        trial.note("flags", arguments.join(" "))?;
        let executable = self.compile(&arguments, &directory)?;
        let mut least = f64::INFINITY;
        for repeat in 1..=repeats {
            least = least.min(self.seconds(&executable, &directory)?);
            trial.report(repeat.into(), least)?;
            if repeat < repeats && trial.should_prune()? {
                return Ok(Outcome::Pruned);
            }
        }
        Ok(Outcome::Reward(least))
    }

    /// The least time of several runs with these flags, outside a study.
    pub fn time(&self, flags: &Flags, repeats: u32, directory: &Path) -> Result<f64, Error> {
        let executable = self.compile(&flags.arguments(), directory)?;
        let times: Vec<f64> = (0..repeats).map(|_| self.seconds(&executable, directory)).collect::<Result<_, _>>()?;
        Ok(times.into_iter().fold(f64::INFINITY, f64::min))
    }

    fn compile(&self, arguments: &[String], directory: &Path) -> Result<PathBuf, Error> {
        let executable = directory.join("program");
        let mut command = Command::new(&self.compiler);
        command.args(arguments).arg(&self.source).arg("-o").arg(&executable).arg("-lm");
        process::run(&mut command, directory, COMPILING)?;
        Ok(executable)
    }

    /// One run. A program that computes something else is no faster one: it has failed.
    fn seconds(&self, executable: &Path, directory: &Path) -> Result<f64, Error> {
        let (results, seconds) = results(&process::run(&mut Command::new(executable), directory, RUNNING)?)?;
        let is_near = |(result, expected): (&f64, &f64)| (result - expected).abs() <= 1e-3 * expected.abs();
        if results.len() == self.expected.len() && results.iter().zip(&self.expected).all(is_near) {
            Ok(seconds)
        } else {
            Err(format!("it computed {results:?}, not {:?}", self.expected).into())
        }
    }
}

/// What it computed, and in how many seconds of the processor.
fn results(printed: &str) -> Result<(Vec<f64>, f64), Error> {
    let mut numbers: Vec<f64> = printed.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let seconds = numbers.pop().ok_or("the program printed nothing")?;
    Ok((numbers, seconds))
}

#[cfg(test)]
mod tests {
    use transfer_nas::search::RandomSearch;
    use transfer_nas::study::Study;

    use super::*;

    /// The program of this example, where there is a GCC.
    fn program(directory: &Path) -> Option<Program> {
        let about = process::run(Command::new("cc").arg("--version"), directory, RUNNING).unwrap_or_default();
        if !about.contains("Free Software Foundation") {
            eprintln!("`cc` is not GCC, or not there: its flags are not tried");
            return None;
        }
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/program.c");
        Some(Program::new("cc", source.into(), directory).unwrap())
    }

    #[test]
    fn the_default_has_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let Some(program) = program(directory.path()) else { return };
        let seconds = program.time(&Flags::default(), 1, directory.path()).unwrap();
        assert!((0.001..10.0).contains(&seconds), "{seconds}");
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn the_compiler_takes_the_flags_of_any_config() {
        let directory = tempfile::tempdir().unwrap();
        let Some(program) = program(directory.path()) else { return };
        let study = Study::in_memory().searcher(RandomSearch::new(100)).trials(8).quiet();
        let mut study = study.build::<Flags>().unwrap();
        study.enqueue_once(Flags::default()).unwrap();
        let summary =
            study.run_trials(move |trial| program.compile(&trial.arguments(), &trial.dir()?).map(|_| 0.0)).unwrap();
        assert_eq!((summary.done, summary.failed), (8, 0));
    }

    #[test]
    fn what_cannot_be_compiled_fails_the_trial_and_not_the_study() {
        let directory = tempfile::tempdir().unwrap();
        let Some(mut program) = program(directory.path()) else { return };
        program.source = directory.path().join("missing.c");
        let mut study = Study::in_memory().trials(2).quiet().build::<Flags>().unwrap();
        let summary = study.run_trials(move |trial| program.evaluate(trial, 1)).unwrap();
        assert_eq!(summary.failed, 2);
        assert!(study.trials().unwrap()[0].error.as_ref().unwrap().contains("missing.c"));
    }
}

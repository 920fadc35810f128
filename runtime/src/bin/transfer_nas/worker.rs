//! Trials of a study, evaluated by a program.

use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use transfer_nas::study::{Program, Store, StoreError, StoredStudy, StudyError, Worker, WorkerSummary, location};

use crate::arguments;
use crate::failure::Failure;
use crate::text;

pub(crate) fn run(arguments: &arguments::Worker) -> Result<String, Failure> {
    let (store, study) = wait_for_study(arguments)?;
    let mut worker = Worker::new(store, study.as_str()).parallel(usize::from(arguments.parallel.get()));
    if let Some(timeout) = arguments.timeout {
        worker = worker.timeout(timeout.into());
    }
    if let Some(retries) = arguments.retries {
        worker = worker.retries(retries);
    }
    if let Some(idle) = arguments.max_idle {
        worker = worker.max_idle(idle.into());
    }
    if let Some(folder) = &arguments.dir {
        worker = worker.folder(folder);
    }
    if let Some(name) = &arguments.name {
        worker = worker.name(name);
    }
    if arguments.quiet {
        worker = worker.quiet();
    }
    let summary = worker.run(program(arguments))?;
    Ok(if arguments.quiet { String::new() } else { said(&study, &summary) })
}

fn program(arguments: &arguments::Worker) -> Program {
    let (program, others) = arguments
        .program
        .split_first()
        .map_or((Default::default(), &[][..]), |(first, others)| (first.clone(), others));
    let program = Program::new(program).args(others).grace(arguments.grace.into());
    if arguments.stdout { program.answers_on_stdout() } else { program }
}

/// The store and the name of the study, waited for where they are not there yet.
fn wait_for_study(arguments: &arguments::Worker) -> Result<(Arc<dyn Store>, String), Failure> {
    let (begin, patience) = (Instant::now(), arguments.wait.map_or(Duration::ZERO, Duration::from));
    loop {
        let found = find(&arguments.store, arguments.study.as_deref());
        match found {
            Err(failure) if is_not_there(&failure) && begin.elapsed() < patience => sleep(Duration::from_millis(500)),
            found => return found,
        }
    }
}

fn find(location: &Path, study: Option<&str>) -> Result<(Arc<dyn Store>, String), Failure> {
    let store = location::open_existing(location)?;
    let names = StoredStudy::names(&*store)?;
    if let Some(name) = study {
        return match names.iter().any(|known| known == name) {
            true => Ok((store, name.to_owned())),
            false => Err(StudyError::NoStudy { study: name.to_owned(), known: names }.into()),
        };
    }
    match &names[..] {
        [] => Err(Failure::NoStudies { path: location::shown(location).into() }),
        [name] => Ok((store, name.clone())),
        names => {
            let names = names.iter().map(|name| format!("`{name}`")).collect();
            Err(Failure::SeveralToWorkOn { path: location::shown(location).into(), names })
        }
    }
}

/// Whether somebody may yet make what is missing.
fn is_not_there(failure: &Failure) -> bool {
    match failure {
        Failure::NoStudies { .. } | Failure::Study(StudyError::NoStudy { .. }) => true,
        Failure::Store(error) => {
            // A file that is being made is none of ours yet.
            let is_made =
                matches!(error, StoreError::Missing { .. } | StoreError::Foreign { .. } | StoreError::NotSetUp { .. });
            is_made || error.is_transient()
        }
        _ => false,
    }
}

fn said(study: &str, summary: &WorkerSummary) -> String {
    let WorkerSummary { done, failed, pruned, returned, ending, .. } = summary;
    let counts = [(*done, "done"), (*failed, "failed"), (*pruned, "pruned"), (*returned, "handed back")];
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let counts: Vec<String> = counts.collect();
    let counts = if counts.is_empty() { "no trials".to_owned() } else { counts.join(", ") };
    let ending = ending.as_ref().map_or_else(|| "this worker leaves".to_owned(), |word| format!("the study is {word}"));
    text::line(&format!("{study}: {counts}; {ending}")) + "\n"
}

//! Trials of a study, evaluated by a program.

use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use transfer_nas::study::{Program, Store, StoreError, StudyError, StudyView, Worker, WorkerSummary, location};

use crate::arguments;
use crate::failure::Failure;
use crate::text;

pub(crate) fn run(arguments: &arguments::Worker) -> Result<String, Failure> {
    let mut worker = find_worker(arguments)?.parallel(usize::from(arguments.parallel.get()));
    if let Some(timeout) = arguments.timeout {
        worker = worker.timeout(timeout.into());
    }
    if let Some(retries) = arguments.retries {
        worker = worker.retries(retries);
    }
    if let Some(idle) = arguments.max_idle {
        worker = worker.max_idle(idle.into());
    }
    if let Some(wait) = arguments.wait {
        worker = worker.wait(wait.into());
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
    Ok(if arguments.quiet { String::new() } else { said(&summary) })
}

fn program(arguments: &arguments::Worker) -> Program {
    let mut words = arguments.program.iter();
    let program = Program::new(words.next().cloned().unwrap_or_default()).args(words).grace(arguments.grace.into());
    if arguments.stdout { program.answers_on_stdout() } else { program }
}

/// A worker of the store or the service.
fn find_worker(arguments: &arguments::Worker) -> Result<Worker, Failure> {
    #[cfg(feature = "serve")]
    if let Some(address) = service(&arguments.store) {
        let worker = Worker::of_service(address, arguments.study.as_deref());
        return Ok(match &arguments.ca {
            Some(authorities) => worker.authorities(authorities),
            None => worker,
        });
    }
    let (store, study) = wait_for_study(arguments)?;
    Ok(Worker::new(store, study))
}

/// The address of a service.
#[cfg(feature = "serve")]
fn service(location: &Path) -> Option<&str> {
    let text = location.to_str()?;
    let (scheme, _) = text.split_once("://")?;
    ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)).then_some(text)
}

/// The store and the name of the study, waited for where they are not there yet.
fn wait_for_study(arguments: &arguments::Worker) -> Result<(Arc<dyn Store>, String), Failure> {
    waited_for(arguments.wait, || find(&arguments.store, arguments.study.as_deref()))
}

fn find(location: &Path, study: Option<&str>) -> Result<(Arc<dyn Store>, String), Failure> {
    let store = location::open_existing(location)?;
    let names = StudyView::names(&*store)?;
    if let Some(name) = study {
        if names.iter().any(|known| known == name) {
            return Ok((store, name.to_owned()));
        }
        return Err(StudyError::NoStudy { study: name.to_owned(), known: names }.into());
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

/// What somebody may yet make, once it is there.
pub(crate) fn waited_for<T>(
    wait: Option<humantime::Duration>,
    find: impl Fn() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (begin, patience) = (Instant::now(), wait.map_or(Duration::ZERO, Duration::from));
    loop {
        match find() {
            Err(failure) if is_not_there(&failure) && begin.elapsed() < patience => sleep(Duration::from_millis(500)),
            found => return found,
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

fn said(summary: &WorkerSummary) -> String {
    let WorkerSummary { study, done, failed, pruned, returned, ending, .. } = summary;
    let counts = [(*done, "done"), (*failed, "failed"), (*pruned, "pruned"), (*returned, "handed back")];
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let counts: Vec<String> = counts.collect();
    let counts = if counts.is_empty() { "no trials".to_owned() } else { counts.join(", ") };
    let ending = ending.as_ref().map_or_else(|| "this worker leaves".to_owned(), |word| format!("the study is {word}"));
    text::line(&format!("{study}: {counts}; {ending}")) + "\n"
}

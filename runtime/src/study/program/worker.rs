//! A process that evaluates trials of a study with a program, without the study's type.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::Program;
use super::shift::{PATIENCE, Shared, Shift, WorkerSummary};
use crate::study::StudyError;
use crate::study::erased::{ErasedScheduler, Source, StoreSource};
use crate::study::folders::Folders;
use crate::study::interrupt::Interrupt;
#[cfg(feature = "serve")]
use crate::study::remote::{HttpOptions, HttpSource};
use crate::study::store::Store;

/// A process that evaluates trials of a study with a program, without the study's type: what `transfer-nas worker` does.
///
/// It takes trials that wait, and where there are none says how many it would take, so that whoever leads the study makes them: a process
/// with the study's type that [runs](crate::study::Study::run) or [leads](crate::study::Study::lead) it. It ends when the study has.
#[must_use = "a worker does nothing until it is run"]
pub struct Worker {
    from: From,
    name: Option<String>,
    parallel: usize,
    timeout: Option<Duration>,
    retries: Option<u32>,
    max_idle: Option<Duration>,
    wait: Duration,
    folder: Option<PathBuf>,
    is_quiet: bool,
}

/// Where trials come from.
enum From {
    Store {
        store: Arc<dyn Store>,
        study: String,
    },
    /// A service, by its address.
    #[cfg(feature = "serve")]
    Service {
        address: String,
        study: Option<String>,
        authorities: Option<PathBuf>,
    },
}

impl From {
    /// What trials come from, and where their directories are.
    fn open(
        &self,
        name: Option<&str>,
        retries: Option<u32>,
        folder: Option<PathBuf>,
    ) -> Result<(Arc<dyn Source>, Folders), StudyError> {
        match self {
            Self::Store { store, study } => {
                let folders = Folders::new(folder, store.rescue(), study);
                let scheduler = ErasedScheduler::open(Arc::clone(store), study)?.with_retries(retries);
                Ok((Arc::new(StoreSource::new(Arc::new(scheduler), name)?), folders))
            }
            #[cfg(feature = "serve")]
            Self::Service { address, study, authorities } => {
                let options = HttpOptions {
                    study: study.clone(),
                    worker: name.map(str::to_owned),
                    authorities: authorities.clone(),
                    retries,
                    ..HttpOptions::default()
                };
                let source = HttpSource::open(address, options)?;
                let folders = Folders::new(folder, Some(PathBuf::from("transfer-nas")), source.study());
                Ok((Arc::new(source), folders))
            }
        }
    }
}

impl Worker {
    /// A worker of a study in a store, which must be there.
    pub fn new(store: Arc<dyn Store>, study: impl Into<String>) -> Self {
        Self::of(From::Store { store, study: study.into() })
    }

    /// A worker of a study behind a service, `http://host:8080`; the study may be left out where the service has only one. A token that
    /// the service asks for is that of the environment variable `TRANSFER_NAS_TOKEN`.
    #[cfg(feature = "serve")]
    pub fn of_service(address: impl Into<String>, study: Option<&str>) -> Self {
        let (address, study) = (address.into(), study.map(str::to_owned));
        Self::of(From::Service { address, study, authorities: None })
    }

    /// Trusts the authorities in a PEM file, too, where the service has a certificate of one of them.
    #[cfg(feature = "serve")]
    pub fn authorities(mut self, path: impl Into<PathBuf>) -> Self {
        if let From::Service { authorities, .. } = &mut self.from {
            *authorities = Some(path.into());
        }
        self
    }

    fn of(from: From) -> Self {
        let (name, timeout, retries, max_idle, folder) = (None, None, None, None, None);
        let wait = Duration::ZERO;
        Self { from, name, parallel: 1, timeout, retries, max_idle, wait, folder, is_quiet: false }
    }

    /// How many programs run at once; 1 where it is not set.
    pub fn parallel(mut self, programs: usize) -> Self {
        self.parallel = programs.max(1);
        self
    }

    /// How long a program may take; after that its trial has failed, and it is ended.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How often a trial that fails here is tried again, whatever the study's shared options say.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = Some(retries);
        self
    }

    /// After how long without anything to do the worker leaves; it waits for the study's end where it is not set.
    pub fn max_idle(mut self, idle: Duration) -> Self {
        self.max_idle = Some(idle);
        self
    }

    /// How long a study that is not there yet is waited for, and a service that does not answer; not at all where it is not set.
    pub fn wait(mut self, patience: Duration) -> Self {
        self.wait = patience;
        self
    }

    /// Below which the directories of trials are, as [`StudyBuilder::folder`](crate::study::StudyBuilder::folder) has it. On a file system
    /// that all workers share a trial goes on on another machine from what it left.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// What the worker is called in the store; it is made unique in any case.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says nothing on standard error.
    pub fn quiet(mut self) -> Self {
        self.is_quiet = true;
        self
    }

    /// Evaluates trials until the study has ended, or somebody presses Ctrl-C: then programs that run are finished, and with a second one, or
    /// SIGTERM, they are ended and their trials are handed back. No program outlives the worker.
    pub fn run(self, program: impl Into<Program>) -> Result<WorkerSummary, StudyError> {
        let Self { from, name, parallel, timeout, retries, max_idle, wait, folder, is_quiet } = self;
        let begin = Instant::now();
        let (source, folders) = loop {
            match from.open(name.as_deref(), retries, folder.clone()) {
                Err(error) if error.is_of_what_is_not_there() && begin.elapsed() < wait => std::thread::sleep(PATIENCE),
                opened => break opened?,
            }
        };
        let study = source.study().to_owned();
        let (interrupt, is_cancelled) = (Interrupt::listen_twice(), AtomicBool::new(false));
        let shared = Shared { source, program: program.into(), folders, timeout, interrupt, is_cancelled };
        let (shared, slots) = (Arc::new(shared), (0..parallel).rev().collect());
        let (sender, receiver) = channel();
        let summary = WorkerSummary { study, done: 0, failed: 0, pruned: 0, returned: 0, ending: None };
        let (is_cut_off, idle_since) = (false, Instant::now());
        Shift { shared, parallel, slots, sender, receiver, max_idle, is_cut_off, idle_since, is_quiet, summary }.work()
    }
}

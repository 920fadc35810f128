//! The studies of a service, and the threads that work for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::access::Access;
use super::problem::Problem;
use super::served::Served;
use crate::study::pruner::Pruner;
use crate::study::store::Store;

/// So long an answer waits for the store.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// So many requests are at the store at the same time.
const CALLS: usize = 8;

/// The studies of a service.
pub(super) struct Hub {
    pub(super) store: Arc<dyn Store>,
    /// The only study; all of the store where it is none.
    pub(super) only: Option<String>,
    /// The pruner of the only study, in place of what its shared options say.
    pub(super) pruner: Option<Arc<dyn Pruner>>,
    pub(super) access: Access,
    opened: Mutex<HashMap<String, Arc<Served>>>,
    /// One opens a study at a time; those who ask for the same one wait for that.
    opening: tokio::sync::Mutex<()>,
    calls: Arc<Semaphore>,
    /// True once the service stops.
    pub(super) stopped: watch::Receiver<bool>,
}

impl Hub {
    pub(super) fn new(
        store: Arc<dyn Store>,
        only: Option<String>,
        pruner: Option<Arc<dyn Pruner>>,
        access: Access,
        stopped: watch::Receiver<bool>,
    ) -> Self {
        let calls = Arc::new(Semaphore::new(CALLS));
        Self {
            store,
            only,
            pruner,
            access,
            opened: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            calls,
            stopped,
        }
    }

    fn opened(&self) -> MutexGuard<'_, HashMap<String, Arc<Served>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what waits for the store on a thread of its own, of which there are few.
    pub(super) async fn blocking<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<R, Problem> + Send + 'static,
    ) -> Result<R, Problem> {
        let permit = timeout(PATIENCE, Arc::clone(&self.calls).acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(Problem::busy()) };
        let work = spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        match timeout(PATIENCE, work).await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => {
                tracing::error!(%error, "a request ended in a panic");
                let error = "the service could not answer this; its log says why";
                Err(Problem::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, error))
            }
            Err(_) => Err(Problem::busy()),
        }
    }

    /// The study of a name.
    pub(super) async fn study(self: &Arc<Self>, name: &str) -> Result<Arc<Served>, Problem> {
        if self.only.as_ref().is_some_and(|only| only != name) {
            return Err(Problem::no_study(name));
        }
        if let Some(served) = self.known(name) {
            return Ok(served);
        }
        let _opening = timeout(PATIENCE, self.opening.lock()).await.map_err(|_| Problem::busy())?;
        // Somebody else may have been faster.
        if let Some(served) = self.known(name) {
            return Ok(served);
        }
        let (hub, of) = (Arc::clone(self), name.to_owned());
        let served = self.blocking(move || Ok(Arc::new(Served::open(&hub.store, &of, hub.pruner.clone())?))).await?;
        self.opened().insert(name.to_owned(), Arc::clone(&served));
        Ok(served)
    }

    fn known(&self, name: &str) -> Option<Arc<Served>> {
        self.opened().get(name).map(Arc::clone)
    }

    /// Nobody waits any longer.
    pub(super) fn close(&self) {
        for served in self.opened().values() {
            served.waiting.close();
        }
    }

    /// The service takes part in no study any more.
    pub(super) fn leave(&self) {
        for (_, served) in self.opened().drain() {
            served.leave();
        }
    }
}

/// Waits until the service is to stop.
pub(super) async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
    // Without a sender it stops, too.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

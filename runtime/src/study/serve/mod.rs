//! A service over HTTP: workers of any language and on any machine ask for trials, report on them and tell of them.
//!
//! The files stand in the order in which a request goes: [`connection`] takes it, [`access`] says who may ask, [`routes`] which part
//! answers, [`body`] what it says in words of [`wire`]. [`hub`] has the studies, [`served`] is one of them: those who wait are in
//! [`waiting`], heartbeats are gathered in [`heard`].

mod access;
mod body;
mod changes;
mod connection;
mod events;
mod heard;
mod hearing;
mod hub;
mod page;
mod problem;
mod routes;
mod served;
mod tls;
mod waiting;
mod watching;
pub(super) mod wire;

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{oneshot, watch};

pub(super) use self::access::is_this_machine;
use self::access::{Access, is_loopback};
use self::connection::Doorkeeper;
use self::hub::{Hub, until_stopped};
use self::tls::Files;
use super::pruner::Pruner;
use super::store::Store;
use super::{Study, StudyError};
use crate::policy::AnyConfig;
use crate::search::Searcher;

/// How long connections may go on once the service is to stop.
const LAST: Duration = Duration::from_secs(4);

/// A service for the workers of studies, before it runs.
///
/// ```no_run
/// use transfer_nas::study::{Server, location};
///
/// Server::new(location::open("runs.db")?).listen("127.0.0.1:8080").run()?;
/// # Ok::<(), transfer_nas::study::StudyError>(())
/// ```
#[must_use = "a service does nothing until it is started or run"]
pub struct Server {
    store: Arc<dyn Store>,
    study: Option<String>,
    pruner: Option<Arc<dyn Pruner>>,
    address: String,
    token: Option<String>,
    tls: Option<Files>,
    connections: usize,
}

impl Server {
    /// A service for all studies of a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let address = "127.0.0.1:8080".to_owned();
        Self { store, study: None, pruner: None, address, token: None, tls: None, connections: 1024 }
    }

    /// For one study only.
    pub fn study(mut self, name: impl Into<String>) -> Self {
        self.study = Some(name.into());
        self
    }

    fn pruner(mut self, pruner: Option<Arc<dyn Pruner>>) -> Self {
        self.pruner = pruner;
        self
    }

    /// Where it listens: an address and a port; `127.0.0.1:8080` where it is not set. Port 0 is any that is free. Where others can
    /// reach it, it needs a [token](Self::token).
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self
    }

    /// What clients must know: they send `Authorization: Bearer <token>`.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Encrypts connections, with the certificate (and those that lead to its authority) in one PEM file and its key in another.
    pub fn tls(mut self, certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Self {
        self.tls = Some(Files { certificate: certificate.as_ref().to_owned(), key: key.as_ref().to_owned() });
        self
    }

    /// How many connections there may be at the same time; 1024 where it is not set.
    pub fn connections(mut self, most: usize) -> Self {
        self.connections = most.clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
        self
    }

    /// Starts it on threads of its own.
    pub fn start(self) -> Result<Serving, StudyError> {
        let listener = self.bind()?;
        let address = listener.local_addr().map_err(|error| refused(&self.address, &error))?;
        if let Some(name) = &self.study {
            // One that is not there is known at once.
            self.store.read(|ledger| ledger.known_study(name).map(drop))?;
        }
        let tls = self.tls.as_ref().map(tls::acceptor).transpose()?;
        let is_encrypted = tls.is_some();
        if self.token.is_some() && !is_encrypted && !is_loopback(address.ip()) {
            let line = "the token and all else goes over the network as it is; give a certificate and a key, or stay behind a proxy that encrypts";
            tracing::warn!("{line}");
        }
        let (stop, stopped) = watch::channel(false);
        let access = Access::new(self.token, address.port(), is_encrypted);
        let hub = Arc::new(Hub::new(self.store, self.study, self.pruner, access, stopped.clone()));
        let door = Doorkeeper { router: routes::router(Arc::clone(&hub)), tls, connections: self.connections, stopped };
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("study-serve").enable_all().build();
        let runtime = runtime.map_err(StudyError::Thread)?;
        let thread = std::thread::Builder::new().name("study-serve".to_owned());
        let thread = thread.spawn(move || serve(runtime, &hub, door, listener)).map_err(StudyError::Thread)?;
        Ok(Serving { address, is_encrypted, stop, thread: Some(thread) })
    }

    /// Runs it until the process is told to stop, by Ctrl-C or SIGTERM. Those who wait are told then that there is nothing, and
    /// requests that are under way are finished, within 5 seconds; a second Ctrl-C ends it at once.
    pub fn run(self) -> Result<(), StudyError> {
        self.start()?.wait()
    }

    /// Listens. Where others could ask without a token, it does not.
    fn bind(&self) -> Result<std::net::TcpListener, StudyError> {
        let addresses = self.address.to_socket_addrs().map_err(|error| refused(&self.address, &error))?;
        let addresses: Vec<SocketAddr> = addresses.collect();
        if self.token.as_ref().is_some_and(|token| token.trim().is_empty()) {
            return Err(StudyError::Server { reason: "the token is empty; give it some random text".to_owned() });
        }
        if self.token.is_none() && !addresses.iter().all(|address| is_loopback(address.ip())) {
            let reason = format!(
                "others can reach `{}`, and it has no token: give one with `--token-file` or in `TRANSFER_NAS_TOKEN` (`Server::token`), or listen on 127.0.0.1",
                self.address
            );
            return Err(StudyError::Server { reason });
        }
        let listener = std::net::TcpListener::bind(&addresses[..]).map_err(|error| refused(&self.address, &error))?;
        listener.set_nonblocking(true).map_err(|error| refused(&self.address, &error))?;
        Ok(listener)
    }
}

fn refused(address: &str, error: &std::io::Error) -> StudyError {
    StudyError::Server { reason: format!("it cannot listen on `{address}`: {error}") }
}

/// Runs until it is to stop.
fn serve(runtime: Runtime, hub: &Arc<Hub>, door: Doorkeeper, listener: std::net::TcpListener) {
    runtime.block_on(async {
        match TcpListener::from_std(listener) {
            Ok(listener) => {
                let mut stopped = hub.stopped.clone();
                let closing = async {
                    until_stopped(&mut stopped).await;
                    hub.close();
                };
                tokio::join!(door.keep(listener, LAST), closing);
            }
            Err(error) => tracing::error!(%error, "the service cannot listen"),
        }
    });
    runtime.shutdown_timeout(Duration::from_millis(500));
    hub.leave();
}

/// A service that runs, as long as this lives.
#[derive(Debug)]
#[must_use = "a service stops when this is dropped"]
pub struct Serving {
    address: SocketAddr,
    is_encrypted: bool,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for clients and browsers.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.is_encrypted { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Waits until the process is told to stop, by Ctrl-C or SIGTERM, and stops; see [`Server::run`].
    pub fn wait(self) -> Result<(), StudyError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(StudyError::Thread)?;
        runtime.block_on(async {
            let mut signals = Signals::listen()?;
            signals.next().await;
            let (done, stopped) = oneshot::channel();
            let stopping = move || {
                drop(self);
                let _ = done.send(());
            };
            std::thread::Builder::new().name("study-stop".to_owned()).spawn(stopping).map_err(StudyError::Thread)?;
            tokio::select! {
                _ = stopped => {}
                () = signals.next() => tracing::warn!("the service is ended at once"),
            }
            Ok(())
        })
    }

    /// Stops it: those who wait are told that there is nothing, requests that are under way are finished, within 5 seconds.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the service ended in a panic");
        }
    }
}

/// What tells a process to stop.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Result<Self, StudyError> {
        use tokio::signal::unix::{SignalKind, signal};
        let heard = |kind| signal(kind).map_err(StudyError::Thread);
        Ok(Self { terminate: heard(SignalKind::terminate())?, interrupt: heard(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    #[allow(clippy::unnecessary_wraps)] // As elsewhere.
    fn listen() -> Result<Self, StudyError> {
        Ok(Self {})
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

impl<T: AnyConfig, S: Searcher<T>> Study<T, S> {
    /// A service for the workers of this study, of this process and of others. They get the trials that are queued, and those that the
    /// study proposes for them as long as somebody asks it or runs it.
    pub fn server(&self) -> Server {
        let server = Server::new(Arc::clone(&self.link.store)).study(self.name());
        server.pruner(self.link.pruner.clone())
    }

    /// Starts a service for the workers of this study at an address of this machine; see [`server`](Self::server) for one that others
    /// can reach.
    pub fn serve(&self, address: impl Into<String>) -> Result<Serving, StudyError> {
        self.server().listen(address).start()
    }
}

//! Connections: how many there are, how long they may take, and whether they are encrypted.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::hub::until_stopped;

/// How long the head of a request, and an encrypted connection's beginning, may take; a connection without requests is closed after it.
const HEAD: Duration = Duration::from_secs(10);
/// How long a client may read nothing of its answer.
const STALL: Duration = Duration::from_secs(30);
/// The largest head of a request, and its most headers.
const HEAD_SIZE: usize = 16 * 1024;
const HEADERS: usize = 64;
/// So many are told at the same time that there are too many.
const REFUSALS: usize = 64;
const REFUSAL: &str = "{\"error\":\"the service has as many connections as it may have; try again later\"}";
/// Where no connection can be accepted, for want of file handles, it is tried again after this.
const PAUSE: Duration = Duration::from_millis(100);

/// What is done with connections.
pub(super) struct Doorkeeper {
    pub(super) router: Router,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) connections: usize,
    pub(super) stopped: watch::Receiver<bool>,
}

impl Doorkeeper {
    /// Takes connections until the service stops, and lets them finish; those that do not in time are cut.
    pub(super) async fn keep(self, listener: TcpListener, patience: Duration) {
        let (places, refusals) = (Arc::new(Semaphore::new(self.connections)), Arc::new(Semaphore::new(REFUSALS)));
        let mut stopped = self.stopped.clone();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = until_stopped(&mut stopped) => break,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    sleep(PAUSE).await;
                    continue;
                }
            };
            let _ = stream.set_nodelay(true);
            if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                tokio::spawn(self.connection(stream, place));
            } else if let Ok(place) = Arc::clone(&refusals).try_acquire_owned()
                && self.tls.is_none()
            {
                tokio::spawn(refuse(stream, place));
            }
        }
        drop(listener);
        let all = u32::try_from(self.connections).unwrap_or(u32::MAX);
        let _ = timeout(patience, places.acquire_many(all)).await;
    }

    fn connection(&self, stream: TcpStream, place: OwnedSemaphorePermit) -> impl Future<Output = ()> + use<> {
        let (router, tls, stopped) = (self.router.clone(), self.tls.clone(), self.stopped.clone());
        async move {
            let _place = place;
            match tls {
                None => serve(Moving::new(stream), router, stopped).await,
                Some(tls) => match timeout(HEAD, tls.accept(stream)).await {
                    Ok(Ok(stream)) => serve(Moving::new(stream), router, stopped).await,
                    Ok(Err(error)) => tracing::debug!(%error, "a connection could not be encrypted"),
                    Err(_) => tracing::debug!("a connection was not encrypted in time"),
                },
            }
        }
    }
}

async fn serve<S>(stream: Moving<S>, router: Router, mut stopped: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD).max_headers(HEADERS).max_buf_size(HEAD_SIZE);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    let done = tokio::select! {
        done = connection.as_mut() => done,
        () = until_stopped(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = done {
        tracing::debug!(%error, "a connection ended");
    }
}

/// Says that there are too many.
async fn refuse(mut stream: TcpStream, _place: OwnedSemaphorePermit) {
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\nretry-after: 1\r\n\r\n{REFUSAL}",
        REFUSAL.len()
    );
    let _ = timeout(Duration::from_secs(1), async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    })
    .await;
}

/// A stream whose reader must go on reading.
struct Moving<S> {
    stream: S,
    /// Runs while nothing can be written.
    stall: Option<Pin<Box<Sleep>>>,
}

impl<S> Moving<S> {
    fn new(stream: S) -> Self {
        Self { stream, stall: None }
    }

    /// An error where nothing could be written for too long.
    fn watched<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stall = None;
            return written;
        }
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(STALL)));
        ready!(stall.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Moving<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Moving<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watched(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.watched(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let written = Pin::new(&mut self.stream).poll_flush(context);
        self.watched(context, written)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let written = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watched(context, written)
    }
}

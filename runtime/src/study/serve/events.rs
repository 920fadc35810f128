//! Server-sent events: a line to whoever watches a study when something in it has changed.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use hyper::body::Frame;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::hub::until_stopped;

/// After so long without an event a comment is sent, so that a connection that is lost is noticed.
const SILENCE: Duration = Duration::from_secs(15);

/// A body that goes on until the reader leaves, or the service stops.
struct Events(mpsc::Receiver<Bytes>);

impl HttpBody for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::convert::Infallible>>> {
        self.0.poll_recv(context).map(|line| line.map(|line| Ok(Frame::data(line))))
    }
}

/// Says what the count is now, and whenever it grows.
pub(super) fn events(count: watch::Receiver<u64>, stopped: watch::Receiver<bool>) -> Response {
    let (lines, body) = mpsc::channel(1);
    tokio::spawn(say(count, stopped, lines));
    let mut response = Response::new(Body::new(Events(body)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

async fn say(mut count: watch::Receiver<u64>, mut stopped: watch::Receiver<bool>, lines: mpsc::Sender<Bytes>) {
    let mut line = changed(&mut count);
    while lines.send(line).await.is_ok() {
        line = tokio::select! {
            news = timeout(SILENCE, count.changed()) => match news {
                Ok(Ok(())) => changed(&mut count),
                Ok(Err(_)) => return,
                Err(_) => Bytes::from_static(b": still here\n\n"),
            },
            () = until_stopped(&mut stopped) => return,
            () = lines.closed() => return,
        };
    }
}

fn changed(count: &mut watch::Receiver<u64>) -> Bytes {
    Bytes::from(format!("event: changed\ndata: {}\n\n", *count.borrow_and_update()))
}

//! What the paths and bodies of requests say.

use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// The largest body.
pub(super) const LIMIT: usize = 64 * 1024;
/// How long a body may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// The largest number that every store can keep.
const LARGEST: u64 = i64::MAX.cast_unsigned();
/// How many bytes a name may have.
const NAME: usize = 200;

/// The body of a request, as JSON.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        must_be_json(request.headers())?;
        let late =
            |_| Problem::new(StatusCode::REQUEST_TIMEOUT, "the body of the request did not arrive in 10 seconds");
        let bytes = tokio::time::timeout(PATIENCE, read(request.into_body())).await.map_err(late)??;
        let said = serde_json::from_slice(&bytes);
        said.map(Self).map_err(|error| Problem::malformed(format!("the body is not what is asked for: {error}")))
    }
}

/// A page of another site cannot send this type without asking first.
fn must_be_json(headers: &HeaderMap) -> Result<(), Problem> {
    let said = headers.get(CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    let kind = said.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let error = "send JSON, with the header `content-type: application/json`";
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error))
}

async fn read(mut body: Body) -> Result<Vec<u8>, Problem> {
    let too_large = || {
        let error = format!("the body is larger than {LIMIT} bytes; send less at once");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, error)
    };
    if body.size_hint().lower() > LIMIT as u64 {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Problem::malformed("the body of the request broke off"))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > LIMIT {
            return Err(too_large());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// The study that a path names.
pub(super) struct InStudy(pub(super) String);

/// The study and the trial that a path names.
pub(super) struct InTrial(pub(super) String, pub(super) u64);

fn not_text<E>(_: E) -> Problem {
    Problem::malformed("the path is not percent-encoded UTF-8")
}

impl<S: Send + Sync> FromRequestParts<S> for InStudy {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(name) = Path::<String>::from_request_parts(parts, state).await.map_err(not_text)?;
        Ok(Self(study(name)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for InTrial {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let names = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((name, trial)) = names.map_err(not_text)?;
        let number = trial.parse().ok().filter(|number| *number <= LARGEST);
        Ok(Self(study(name)?, number.ok_or_else(|| Problem::no_trial(&trial))?))
    }
}

/// No store has a study with such a character in its name.
fn study(name: String) -> Result<String, Problem> {
    if name.contains('\0') { Err(Problem::no_study(&name)) } else { Ok(name) }
}

/// Names that a client chose: of itself, of a note.
pub(super) fn must_be_name(what: &str, name: &str) -> Result<(), Problem> {
    if name.is_empty() || name.len() > NAME || name.contains(char::is_control) {
        let error = format!("`{what}` must be 1 to {NAME} bytes of text without control characters");
        return Err(Problem::malformed(error));
    }
    Ok(())
}

/// A step that every store can keep.
pub(super) fn must_be_step(step: u64) -> Result<(), Problem> {
    if step > LARGEST { Err(Problem::malformed(format!("`step` must be at most {LARGEST}"))) } else { Ok(()) }
}

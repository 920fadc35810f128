//! Why a request is not answered with what it asks for.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::wire::Failure;
use crate::printable::printable;
use crate::study::{StoreError, StudyError};

/// A status and a sentence that says what happened and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) error: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into() }
    }

    pub(super) fn malformed(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// The store takes too long.
    pub(super) fn busy() -> Self {
        let error = "the store does not answer in time; send the same again, nothing is done twice";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error)
    }

    pub(super) fn no_study(name: &str) -> Self {
        let error =
            format!("there is no study `{}` here; GET /api/v1/studies lists those that there are", printable(name));
        Self::new(StatusCode::NOT_FOUND, error)
    }

    pub(super) fn no_trial(number: &str) -> Self {
        let error = format!("there is no trial `{}` in the study", printable(number));
        Self::new(StatusCode::NOT_FOUND, error)
    }
}

impl From<StudyError> for Problem {
    fn from(error: StudyError) -> Self {
        match error {
            StudyError::NoStudy { study, .. } => Self::no_study(&study),
            StudyError::NotHandedOut { number, .. } => Self::new(
                StatusCode::NOT_FOUND,
                format!(
                    "trial {number} was not handed to this worker in this attempt; tell it with the names under which it was given"
                ),
            ),
            StudyError::NoConfig { .. } | StudyError::Store(StoreError::Nul { .. }) => {
                Self::malformed(error.to_string())
            }
            error if error.is_transient() => Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            error => {
                tracing::warn!(%error, "a request could not be answered");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = json(&Failure { error: self.error });
        *response.status_mut() = self.status;
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// An answer as JSON.
pub(super) fn json(answer: &impl serde::Serialize) -> Response {
    match serde_json::to_vec(answer) {
        Ok(bytes) => {
            let mut response = Response::new(Body::from(bytes));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

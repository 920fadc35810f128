//! One request and its answer; the same again, after growing pauses, where there was none.

use std::path::Path;
use std::time::{Duration, Instant};

use rustls::crypto::ring;
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Body};

use super::certificates;
use crate::study::StudyError;
use crate::study::patience::jittered;
use crate::study::serve::is_this_machine;
use crate::study::serve::wire::Failure;

/// How a service is called.
pub(super) struct Caller {
    agent: Agent,
    /// Where it is, as the user says it.
    address: String,
    token: Option<String>,
}

/// How long the same is sent again where there is no answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    in_all: Duration,
    /// How long one answer may take.
    answer: Duration,
}

/// How long an answer takes at most that is not waited for.
const ANSWER: Duration = Duration::from_secs(15);
/// How long it may take until there is a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// The first pause, and the longest one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// A connection that was not used for so long is not used again: the service closes it soon.
const IDLE: Duration = Duration::from_secs(5);
/// The largest answer.
const LIMIT: u64 = 16 * 1024 * 1024;

impl Patience {
    pub(super) fn of(in_all: Duration) -> Self {
        Self { in_all, answer: ANSWER }
    }

    /// For one try, which takes no longer than this.
    pub(super) fn once(answer: Duration) -> Self {
        Self { in_all: Duration::ZERO, answer: answer.min(ANSWER) }
    }

    /// For an answer that waits itself.
    pub(super) fn waiting(self, wait: Duration) -> Self {
        Self { answer: self.answer + wait, ..self }
    }
}

impl Caller {
    pub(super) fn new(address: &str, token: Option<String>, authorities: Option<&Path>) -> Result<Self, StudyError> {
        let address = address.trim_end_matches('/').to_owned();
        let is_encrypted = address.starts_with("https://");
        let caller = |agent| Self { agent, address: address.clone(), token };
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .max_idle_age(IDLE)
            .user_agent(concat!("transfer-nas/", env!("CARGO_PKG_VERSION")));
        if is_here(&address) {
            // What a proxy calls by this name is another machine.
            config = config.proxy(None);
        }
        if is_encrypted {
            let roots = certificates::roots(authorities);
            let roots = roots.map_err(|reason| refused(&address, None, reason))?;
            let provider = std::sync::Arc::new(ring::default_provider());
            let tls = TlsConfig::builder().provider(TlsProvider::Rustls).root_certs(RootCerts::new_with_certs(&roots));
            config = config.tls_config(tls.unversioned_rustls_crypto_provider(provider).build());
        } else if !address.starts_with("http://") {
            let reason = "it is no address of a service; write it as `http://host:8080` or `https://host:8080`";
            return Err(refused(&address, None, reason));
        }
        Ok(caller(config.build().new_agent()))
    }

    pub(super) fn get<A: DeserializeOwned>(&self, path: &str, patience: Patience) -> Result<A, StudyError> {
        self.again(patience, || {
            let request = self.agent.get(self.url(path));
            let request = request.config().timeout_global(Some(patience.answer)).build();
            self.authorised(request).call()
        })
    }

    pub(super) fn post<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        patience: Patience,
    ) -> Result<A, StudyError> {
        let body = serde_json::to_vec(body).map_err(|error| self.error(None, error.to_string()))?;
        self.again(patience, || {
            let request = self.agent.post(self.url(path)).content_type("application/json");
            let request = request.config().timeout_global(Some(patience.answer)).build();
            self.authorised(request).send(&body[..])
        })
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.address)
    }

    fn authorised<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    /// Sends something until there is an answer to it. All that a worker asks may be asked again.
    fn again<A: DeserializeOwned>(
        &self,
        patience: Patience,
        send: impl Fn() -> Result<ureq::http::Response<Body>, ureq::Error>,
    ) -> Result<A, StudyError> {
        let (begin, mut pause, mut tries) = (Instant::now(), PAUSES.0, 0_u32);
        loop {
            tries += 1;
            let error = match send().map_err(|error| self.unreachable(&error)).and_then(|answer| self.read(answer)) {
                Err(error) if error.is_transient() => error,
                done => return done,
            };
            let left = patience.in_all.saturating_sub(begin.elapsed());
            if left.is_zero() {
                return Err(if tries > 1 { given_up(error, tries, begin.elapsed()) } else { error });
            }
            if tries == 4 {
                tracing::warn!(%error, "the service does not answer; it is asked again for up to {left:.0?}");
            }
            std::thread::sleep(jittered(pause).min(left));
            pause = (2 * pause).min(PAUSES.1);
        }
    }

    fn read<A: DeserializeOwned>(&self, mut answer: ureq::http::Response<Body>) -> Result<A, StudyError> {
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(LIMIT).read_to_vec();
        let body = body.map_err(|error| self.unreachable(&error))?;
        if status == 200 {
            let not_json = |error| self.error(Some(status), format!("its answer is not understood: {error}"));
            return serde_json::from_slice(&body).map_err(not_json);
        }
        let reason = match serde_json::from_slice::<Failure>(&body) {
            Ok(failure) => failure.error,
            Err(_) => format!("it answers with status {status}; is that the address of `transfer-nas serve`?"),
        };
        Err(self.error(Some(status), reason))
    }

    fn unreachable(&self, error: &ureq::Error) -> StudyError {
        self.error(None, format!("it cannot be reached: {error}"))
    }

    pub(super) fn error(&self, status: Option<u16>, reason: impl Into<String>) -> StudyError {
        refused(&self.address, status, reason)
    }
}

fn given_up(error: StudyError, tries: u32, took: Duration) -> StudyError {
    match error {
        StudyError::Service { address, status, reason } => {
            let reason = format!("{reason} (asked {tries} times in {took:.0?})");
            StudyError::Service { address, status, reason }
        }
        error => error,
    }
}

/// Whether a service is on this machine.
fn is_here(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    is_this_machine(host.split('/').next().unwrap_or_default())
}

/// The address without a password that somebody may have written into it.
fn refused(address: &str, status: Option<u16>, reason: impl Into<String>) -> StudyError {
    let shown = match address.split_once("://").map(|(scheme, rest)| (scheme, rest.rsplit_once('@'))) {
        Some((scheme, Some((_, host)))) => format!("{scheme}://{host}"),
        _ => address.to_owned(),
    };
    StudyError::Service { address: shown, status, reason: reason.into() }
}

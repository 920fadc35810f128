//! What is asked under which path, and who answers it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use tokio::time::{sleep, timeout};
use utoipa::OpenApi;

use super::body::{InStudy, InTrial, Json, must_be_name, must_be_step};
use super::hub::{Hub, PATIENCE};
use super::problem::{Problem, json};
use super::waiting::{Answer, Ticket};
use super::wire::{
    Ask, Asked, Attempt, BestTrial, Enqueue, Enqueued, Failure, Heard, Heartbeat, Note, Noted, Report, Reported,
    SettledAs, Studies, StudyState, Tell, Told,
};
use super::{events, page};
use crate::page::{index, live};
use crate::study::StudyError;
use crate::study::erased::{Assignment, Held, Said};
use crate::study::store::{Ledger, StudyRecord};

/// The longest wait of an ask, in seconds.
const LONGEST_WAIT: f64 = 60.0;

type Answered = Result<Response, Problem>;
type OfHub = State<Arc<Hub>>;

/// The interface, as a document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "transfer-nas serve",
        description = "Workers ask for the trials of studies, report on them, and tell how they ended."
    ),
    servers((url = "/api/v1")),
    paths(studies, study, ask, report, tell, note, heartbeat, enqueue, openapi),
    components(schemas(Assignment, Said, Failure)),
    security(("token" = []), ()),
    modifiers(&Tokens)
)]
pub(super) struct Document;

/// How the token is sent.
struct Tokens;

impl utoipa::Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        if let Some(components) = &mut document.components {
            components.add_security_scheme("token", scheme);
        }
    }
}

/// All paths.
pub(super) fn router(hub: Arc<Hub>) -> Router {
    let api = Router::new()
        .route("/studies", get(studies))
        .route("/studies/{study}", get(study))
        .route("/studies/{study}/ask", post(ask))
        .route("/studies/{study}/trials/{trial}/report", post(report))
        .route("/studies/{study}/trials/{trial}/tell", post(tell))
        .route("/studies/{study}/trials/{trial}/note", post(note))
        .route("/studies/{study}/heartbeat", post(heartbeat))
        .route("/studies/{study}/enqueue", post(enqueue))
        .route("/openapi.json", get(openapi));
    Router::new()
        .nest("/api/v1", api)
        .route("/", get(first_page))
        .route("/studies/{study}", get(study_page))
        .route("/studies/{study}/events", get(study_events))
        .route("/live.js", get(|| async { text("text/javascript; charset=utf-8", live::SCRIPT) }))
        .fallback(|| async {
            Problem::new(
                StatusCode::NOT_FOUND,
                "there is nothing under this path; GET /api/v1/openapi.json says what there is",
            )
        })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "this path is not asked this way; GET /api/v1/openapi.json says how",
            )
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&hub), guard))
        .layer(middleware::map_response(secured))
        .with_state(hub)
}

/// What holds for all answers: nothing of them is cached or run elsewhere.
async fn secured(mut response: Response) -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers: [(HeaderName, &'static str); 4] = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn text(kind: &'static str, text: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(text.into()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// All studies.
#[utoipa::path(get, path = "/studies", responses((status = 200, body = Studies), (status = "default", body = Failure)))]
async fn studies(State(hub): OfHub) -> Answered {
    Ok(json(&Studies { studies: states(&hub).await? }))
}

async fn states(hub: &Hub) -> Result<Vec<StudyState>, Problem> {
    let (store, only) = (Arc::clone(&hub.store), hub.only.clone());
    let read = move || {
        Ok(store.read(|ledger| {
            let records = ledger.studies()?.into_iter();
            let shown = records.filter(|record| only.as_ref().is_none_or(|only| *only == record.name));
            shown.map(|record| state(ledger, record)).collect::<Result<Vec<_>, _>>()
        })?)
    };
    hub.blocking(read).await
}

/// One study.
#[utoipa::path(get, path = "/studies/{study}", params(("study" = String, Path, description = "The study's name.")),
    responses((status = 200, body = StudyState), (status = "default", body = Failure)))]
async fn study(State(hub): OfHub, InStudy(name): InStudy) -> Answered {
    let served = hub.study(&name).await?;
    let read = move || {
        Ok(served.scheduler.read(|ledger, _| {
            let record = ledger.known_study(served.scheduler.study())?;
            state(ledger, record)
        })?)
    };
    Ok(json(&hub.blocking(read).await?))
}

fn state(ledger: &mut dyn Ledger, record: StudyRecord) -> Result<StudyState, StudyError> {
    let (queued, running) = (ledger.count_queued(record.id)?, ledger.running(record.id)?.len() as u64);
    let best = ledger.best(record.id)?;
    let StudyRecord { name, direction, objectives, trials, done, failed, pruned, ending, .. } = record;
    let best = best.and_then(|best| Some(BestTrial { trial: best.number, reward: best.reward? }));
    Ok(StudyState { name, direction, objectives, trials, done, failed, pruned, queued, running, best, ending })
}

/// Asks for a trial.
///
/// A repeated ask is safe: a trial whose answer was lost is given again. It is a heartbeat, too.
#[utoipa::path(post, path = "/studies/{study}/ask", params(("study" = String, Path, description = "The study's name.")),
    request_body = Ask, responses((status = 200, body = Asked), (status = "default", body = Failure)))]
async fn ask(State(hub): OfHub, InStudy(name): InStudy, Json(ask): Json<Ask>) -> Answered {
    must_be_name("worker", &ask.worker)?;
    if !(0.0..=LONGEST_WAIT).contains(&ask.wait) {
        return Err(Problem::malformed(format!("`wait` must be 0 to {LONGEST_WAIT} seconds; ask again for more")));
    }
    let served = hub.study(&name).await?;
    let wait = Duration::from_secs_f64(ask.wait);
    let held: Vec<(u64, u32)> = ask.held.iter().map(pair).collect();
    served.hear(&ask.worker, held.iter().copied());
    let (mut ticket, is_first) = served.waiting.enter(&ask.worker, held, Instant::now() + wait);
    if *hub.stopped.borrow() {
        served.waiting.close();
    }
    if is_first {
        tokio::spawn(Arc::clone(&served).attend());
    }
    let answer = waited(&mut ticket, wait, || served.waiting.news.notify_one()).await?;
    let (trial, ending) = match answer {
        Answer::Trial(trial) => (Some(*trial), None),
        Answer::Nothing => (None, None),
        Answer::Ended(ending) => (None, Some(ending)),
        Answer::Failed(problem) => return Err(problem),
    };
    Ok(json(&Asked { trial, ending }))
}

/// The answer; once the time is over, whoever attends is reminded of that, and it comes soon or not at all.
async fn waited(ticket: &mut Ticket, wait: Duration, remind: impl FnOnce()) -> Result<Answer, Problem> {
    let answer = tokio::select! {
        biased;
        answer = &mut ticket.answer => answer,
        () = sleep(wait) => {
            remind();
            timeout(PATIENCE, &mut ticket.answer).await.map_err(|_| Problem::busy())?
        }
    };
    answer.map_err(|_| Problem::busy())
}

fn pair(attempt: &Attempt) -> (u64, u32) {
    (attempt.trial, attempt.attempt)
}

/// Reports an intermediate value of a trial.
#[utoipa::path(post, path = "/studies/{study}/trials/{trial}/report",
    params(("study" = String, Path, description = "The study's name."), ("trial" = u64, Path, description = "The trial's number.")),
    request_body = Report, responses((status = 200, body = Reported), (status = "default", body = Failure)))]
async fn report(State(hub): OfHub, InTrial(name, trial): InTrial, Json(said): Json<Report>) -> Answered {
    must_be_name("worker", &said.worker)?;
    must_be_step(said.step)?;
    let served = hub.study(&name).await?;
    served.hear(&said.worker, [(trial, said.attempt)]);
    let held = Held { trial, attempt: said.attempt, worker: said.worker };
    let work = move || Ok(served.scheduler.report(&held, said.step, said.value)?);
    let standing = hub.blocking(work).await?;
    Ok(json(&Reported { prune: standing.prunes, current: standing.is_current }))
}

/// Tells how a trial ended.
///
/// The same told twice is the same as told once. `{"cancelled": true}` hands the trial back, for another worker.
#[utoipa::path(post, path = "/studies/{study}/trials/{trial}/tell",
    params(("study" = String, Path, description = "The study's name."), ("trial" = u64, Path, description = "The trial's number.")),
    request_body = Tell, responses((status = 200, body = Told), (status = "default", body = Failure)))]
async fn tell(State(hub): OfHub, InTrial(name, trial): InTrial, Json(mut said): Json<Tell>) -> Answered {
    must_be_name("worker", &said.worker)?;
    let malformed = |advice: String| Problem::malformed(format!("`outcome`: {advice}"));
    let constraints = said.outcome.take_constraints().map_err(malformed)?;
    constraints.iter().try_for_each(|constraint| must_be_name("name", &constraint.name))?;
    let outcome = said.outcome.outcome().map_err(|advice| malformed(advice.to_owned()))?;
    let served = hub.study(&name).await?;
    served.hear(&said.worker, []);
    let held = Held { trial, attempt: said.attempt, worker: said.worker };
    let study = Arc::clone(&served);
    let settled =
        hub.blocking(move || Ok(study.scheduler.tell_with(&held, &outcome, &constraints, said.retries)?)).await?;
    // A trial that is tried again is there for those who wait.
    served.waiting.news.notify_one();
    let settled = SettledAs::of(settled).ok_or_else(|| Problem::no_trial(&trial.to_string()))?;
    Ok(json(&Told { settled }))
}

/// Keeps a note of a trial.
#[utoipa::path(post, path = "/studies/{study}/trials/{trial}/note",
    params(("study" = String, Path, description = "The study's name."), ("trial" = u64, Path, description = "The trial's number.")),
    request_body = Note, responses((status = 200, body = Noted), (status = "default", body = Failure)))]
async fn note(State(hub): OfHub, InTrial(name, trial): InTrial, Json(said): Json<Note>) -> Answered {
    must_be_name("worker", &said.worker)?;
    must_be_name("key", &said.key)?;
    let served = hub.study(&name).await?;
    served.hear(&said.worker, [(trial, said.attempt)]);
    let held = Held { trial, attempt: said.attempt, worker: said.worker };
    hub.blocking(move || Ok(served.scheduler.note(&held, &said.key, &said.value)?)).await?;
    Ok(json(&Noted {}))
}

/// Says that a worker is there, and what it has.
#[utoipa::path(post, path = "/studies/{study}/heartbeat", params(("study" = String, Path, description = "The study's name.")),
    request_body = Heartbeat, responses((status = 200, body = Heard), (status = "default", body = Failure)))]
async fn heartbeat(State(hub): OfHub, InStudy(name): InStudy, Json(said): Json<Heartbeat>) -> Answered {
    must_be_name("worker", &said.worker)?;
    let served = hub.study(&name).await?;
    let held: BTreeSet<(u64, u32)> = said.held.iter().map(pair).collect();
    served.hear(&said.worker, held.iter().copied());
    let lost = served.lost(&said.worker, &held).await?;
    let lost = lost.into_iter().map(|held| (held.trial, held.attempt)).filter(|lost| held.contains(lost));
    let lost = lost.map(|(trial, attempt)| Attempt { trial, attempt }).collect();
    Ok(json(&Heard { lost, abandon_after: served.scheduler.abandon_after().as_secs_f64() }))
}

/// Has a config evaluated before anything that is proposed.
///
/// The values are those of an assignment: one for each decision that the config makes. What the study's type asks of several values together
/// is not known to the service. A request that is repeated enqueues a second trial.
#[utoipa::path(post, path = "/studies/{study}/enqueue", params(("study" = String, Path, description = "The study's name.")),
    request_body = Enqueue, responses((status = 200, body = Enqueued), (status = "default", body = Failure)))]
async fn enqueue(State(hub): OfHub, InStudy(name): InStudy, Json(said): Json<Enqueue>) -> Answered {
    said.task.as_deref().map_or(Ok(()), |task| must_be_name("task", task))?;
    let served = hub.study(&name).await?;
    let study = Arc::clone(&served);
    let trial = hub.blocking(move || Ok(study.scheduler.enqueue(&said.values, said.task.as_deref())?)).await?;
    served.waiting.news.notify_one();
    Ok(json(&Enqueued { trial }))
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, body = Object)))]
async fn openapi() -> Response {
    json(&Document::openapi())
}

/// The studies to choose from, or the only one.
async fn first_page(State(hub): OfHub) -> Answered {
    let mut all = states(&hub).await?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => shown(&hub, &only.name).await,
        (last, _) => {
            let entries: Vec<index::Entry> = all.into_iter().chain(last).map(entry).collect();
            Ok(text(HTML, crate::page::index(&entries)))
        }
    }
}

fn entry(state: StudyState) -> index::Entry {
    let StudyState { name, done, failed, pruned, queued, running, best, ending, .. } = state;
    let best = best.map(|best| (best.trial, best.reward));
    index::Entry { name, done, failed, pruned, running, queued, best, ending }
}

const HTML: &str = "text/html; charset=utf-8";

async fn study_page(State(hub): OfHub, InStudy(name): InStudy) -> Answered {
    shown(&hub, &name).await
}

async fn shown(hub: &Arc<Hub>, name: &str) -> Answered {
    let served = hub.study(name).await?;
    Ok(text(HTML, page::rendered(hub, &served).await?))
}

async fn study_events(State(hub): OfHub, InStudy(name): InStudy) -> Answered {
    let served = hub.study(&name).await?;
    Ok(events::events(served.changes()?, hub.stopped.clone()))
}

/// Lets a request through, or not.
async fn guard(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    if let Some(response) = hub.access.signs_in(&request) {
        return response;
    }
    match hub.access.admits(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

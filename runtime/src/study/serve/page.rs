//! The page of a study: rendered at most once a second, however many read it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::hub::Hub;
use super::problem::Problem;
use super::served::Served;
use crate::study::StudyView;
use axum::body::Bytes;

/// How long a rendered page is shown.
const FRESH: Duration = Duration::from_secs(1);

/// The page of a study, as it was a second ago at most.
pub(super) async fn rendered(hub: &Hub, served: &Arc<Served>) -> Result<Bytes, Problem> {
    // One renders; the others wait for that.
    let mut last = served.page.lock().await;
    if let Some((when, page)) = &*last
        && when.elapsed() < FRESH
    {
        return Ok(page.clone());
    }
    let (store, name) = (Arc::clone(&hub.store), served.scheduler.study().to_owned());
    let page = hub.blocking(move || Ok(Bytes::from(StudyView::read(&*store, &name)?.to_live_html()))).await?;
    *last = Some((Instant::now(), page.clone()));
    Ok(page)
}

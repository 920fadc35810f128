//! The page of a study: rendered at most once a second, however many look at it.

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use tokio::sync::Mutex;

use super::hub::Hub;
use super::problem::Problem;
use super::served::Served;
use crate::study::StoredStudy;

/// How long a rendered page is shown.
const FRESH: Duration = Duration::from_secs(1);

/// The script and the style of the page, which its address names.
pub(super) const SCRIPT: &str = include_str!("live.js");
pub(super) const STYLE: &str = include_str!("live.css");

/// The page as it was last rendered, and when.
pub(super) type Page = Mutex<Option<(Instant, Bytes)>>;

/// The page of a study.
fn page(study: &StoredStudy) -> String {
    study.to_html()
}

/// The page of a study, as it was a second ago at most.
pub(super) async fn rendered(hub: &Hub, served: &Arc<Served>) -> Result<Bytes, Problem> {
    // One renders; the others wait for that.
    let mut last = served.page.lock().await;
    if let Some((when, page)) = &*last
        && when.elapsed() < FRESH
    {
        return Ok(page.clone());
    }
    let (store, name) = (Arc::clone(&hub.store), served.desk.study().to_owned());
    let page = hub.blocking(move || Ok(Bytes::from(page(&StoredStudy::read(&*store, &name)?)))).await?;
    *last = Some((Instant::now(), page.clone()));
    Ok(page)
}

/// The studies of a store, to choose from.
pub(super) fn list(names: &[String]) -> String {
    let mut items = String::new();
    for name in names {
        let shown = escaped(&crate::printable::printable(name).to_string());
        let address = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        let _ = writeln!(items, "<li><a href=\"/studies/{address}\">{shown}</a></li>");
    }
    let items = if items.is_empty() {
        "<p>There are no studies yet.</p>\n".to_owned()
    } else {
        format!("<ul>\n{items}</ul>\n")
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Studies</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<link rel=\"stylesheet\" href=\"/live.css\">\n</head>\n\
         <body>\n<h1>Studies</h1>\n{items}</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

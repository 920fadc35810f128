//! The page of a study that keeps itself up to date, in a browser that a service serves it to.
//!
//! It is the report with a line at the top, and a script of ours. Without scripts the browser loads it again every ten seconds.

use std::fmt::Write;

use super::markup::Markup;

/// What a service gives as `/live.js`.
pub(crate) const SCRIPT: &str = include_str!("live.js");

/// Where the page is served, and of what.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    /// The path of the page; its events are at `<path>/events`.
    pub(crate) path: String,
    /// Tells the study from another one that has the same name later.
    pub(crate) identity: String,
    /// Why nothing further is proposed, in a word.
    pub(crate) ending: Option<String>,
    /// When the study was read, for people.
    pub(crate) read: String,
}

impl Live {
    /// What is known to have ended, in words; empty where nothing has.
    pub(super) fn ended(&self) -> String {
        self.ending.as_ref().map(|ending| format!("Ended ({ending})")).unwrap_or_default()
    }
}

/// The path of a study's page.
pub(crate) fn path(study: &str) -> String {
    let mut path = "/studies/".to_owned();
    for byte in study.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => path.push(char::from(byte)),
            _ => _ = write!(path, "%{byte:02X}"),
        }
    }
    path
}

/// In the head of the page.
pub(super) fn head(page: &mut Markup) {
    page.within("noscript", &[], |page| {
        page.single("meta", &[("http-equiv", &"refresh"), ("content", &10)]);
        page.style("#live-state { display: none; }");
    });
    page.element("script", &[("src", &"/live.js"), ("defer", &"")], "");
}

/// The line above the page: whether it is live, and how old it is.
pub(super) fn line(page: &mut Markup, live: &Live) {
    let (state, words) = match live.ended() {
        ended if ended.is_empty() => ("waiting", "Connecting".to_owned()),
        ended => ("ended", ended),
    };
    page.within("p", &[("id", &"live")], |page| {
        page.element("span", &[("id", &"live-state"), ("role", &"status"), ("data-state", &state)], words);
        page.words(" ");
        page.element("span", &[("id", &"live-time")], format_args!("Last updated {}.", live.read));
        page.words(" ");
        page.element("noscript", &[], "Without scripts the page is loaded again every 10 seconds.");
        page.words(" ");
        page.element("a", &[("href", &"/")], "All studies");
    });
}

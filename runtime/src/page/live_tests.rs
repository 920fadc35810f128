//! The page that keeps itself up to date, and the list of studies.

use roxmltree::{Document, Node, ParsingOptions};

use super::index::Entry;
use super::live::{Live, SCRIPT, path};
use super::synthetic::study;
use super::tests::all;
use super::{html, index, live};

pub(super) fn served() -> Live {
    Live { path: path("a study"), identity: "1-5".to_owned(), ending: None, read: "2026-01-31 09:30:00 UTC".to_owned() }
}

fn read<T>(page: &str, check: impl FnOnce(&Document<'_>) -> T) -> T {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    check(&Document::parse_with_options(page, options).unwrap_or_else(|error| panic!("{error}:\n{page}")))
}

#[test]
fn a_live_page_is_the_report_with_a_line_and_a_script() {
    let (page, report) = (live(&study(30), &served()), html(&study(30)));
    let body = |page: &str| page[page.find("<header>").unwrap()..].to_owned();
    assert_eq!(body(&page), body(&report));
    read(&page, |page| {
        let scripts: Vec<_> = all(page, "script").map(|script| (script.attribute("src"), script.text())).collect();
        assert_eq!(scripts, [(Some("/live.js"), None)], "no script inline: the policy of the service forbids it");
        let main = all(page, "main").next().unwrap();
        assert_eq!(main.attribute("data-page"), Some("/studies/a%20study"));
        assert_eq!((main.attribute("data-study"), main.attribute("data-ending")), (Some("1-5"), Some("")));
        let refresh = all(page, "noscript").next().unwrap().first_element_child().unwrap();
        assert_eq!((refresh.attribute("http-equiv"), refresh.attribute("content")), (Some("refresh"), Some("10")));
    });
    // Nothing that the policy of the service forbids.
    assert!(!page.contains(" onclick=") && !page.contains("javascript:") && !page.contains("url("));
}

#[test]
fn a_study_that_has_ended_says_so() {
    let ended = Live { ending: Some("complete".to_owned()), ..served() };
    read(&live(&study(3), &ended), |page| {
        let state = page.descendants().find(|node| node.attribute("id") == Some("live-state")).unwrap();
        assert_eq!((state.text(), state.attribute("data-state")), (Some("Ended (complete)"), Some("ended")));
    });
}

#[test]
fn details_and_rows_have_keys_that_are_theirs_alone() {
    read(&live(&study(300), &served()), |page| {
        for section in all(page, "section") {
            let keys: Vec<&str> = section.descendants().filter_map(|node| node.attribute("data-key")).collect();
            let distinct: std::collections::BTreeSet<&str> = keys.iter().copied().collect();
            assert_eq!(keys.len(), distinct.len(), "{:?}", section.attribute("id"));
        }
    });
}

#[test]
fn a_path_is_percent_encoded() {
    assert_eq!(path("cnn-1_b"), "/studies/cnn-1_b");
    assert_eq!(path("ü/..?#\"<"), "/studies/%C3%BC%2F%2E%2E%3F%23%22%3C");
}

#[test]
fn the_script_is_short_and_evaluates_nothing() {
    assert!(SCRIPT.lines().count() <= 150);
    for forbidden in ["eval(", "new Function", "innerHTML =", "document.write", "http://", "https://"] {
        assert!(!SCRIPT.contains(forbidden), "{forbidden}");
    }
}

pub(super) fn entries() -> Vec<Entry> {
    let entry = |name: &str, done, best, ending: Option<&str>| Entry {
        name: name.to_owned(),
        done,
        failed: 2,
        pruned: 11,
        running: 8,
        queued: 3,
        best,
        ending: ending.map(str::to_owned),
    };
    vec![
        entry("cnn", 120, Some((77, 0.932)), None),
        entry("a study with a name that is rather long <b>&", 1200, Some((3, 0.5)), Some("complete")),
        entry("", 0, None, Some("stopped")),
    ]
}

#[test]
fn studies_are_listed_with_their_counts() {
    read(&index(&entries()), |page| {
        let rows: Vec<Vec<&str>> = all(page, "tr")
            .map(|row| row.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect())
            .collect();
        assert_eq!(rows[1], ["cnn", "0.932", "77", "120", "2", "11", "8", "3"]);
        assert_eq!(rows[2][0], "a study with a name that is rather long <b>&");
        assert_eq!(rows[3][..4], ["(no name)", "–", "–", "0"]);
        let links: Vec<_> = all(page, "a").filter_map(|link| link.attribute("href")).collect();
        assert_eq!(links[0], "/studies/cnn");
        assert!(links[1].ends_with("%3Cb%3E%26"));
    });
    assert!(index(&[]).contains("There are no studies in this store yet."));
}

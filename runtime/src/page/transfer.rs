//! What the study took over from an earlier one.

use super::markup::Markup;
use super::number::count;
use super::region;
use super::story::Story;
use crate::agent::{Entry, Fate, SourceReport, StateReport, TransferReport};

/// So many names of one fate are listed.
const LISTED: usize = 12;

pub(super) fn write(page: &mut Markup, story: &Story) {
    let Some(report) = &story.transfer else {
        return page.element("p", &[], "Nothing was transferred: the agent started fresh.");
    };
    for line in report.to_string().lines().take(2) {
        page.within("p", &[], |page| page.coded(line));
    }
    if !report.sources.is_empty() {
        region::table(page, "What came along from each source", |page| sources(page, &report.sources));
    }
    if report.states.is_empty() && report.tasks.is_empty() {
        return;
    }
    region::table(page, "What came along, by name", |page| table(page, report));
}

/// What came along from each of several sources.
fn sources(page: &mut Markup, sources: &[SourceReport]) {
    headings(page, &["Source", "Fate", "Trials", "Tried first", "As data", "Policy", "Names known"]);
    page.within("tbody", &[], |page| {
        for SourceReport { name, reused, trials, elites, data, policy, dropped, .. } in sources {
            page.within("tr", &[], |page| {
                page.within("td", &[("class", &"name")], |page| page.path(name));
                let fate = dropped.map_or_else(|| "stays".to_owned(), |dropped| dropped.to_string());
                page.element("td", &[("class", &"long")], fate);
                for count in [trials, elites, data] {
                    page.element("td", &[("class", &"number")], count);
                }
                page.element("td", &[], if *policy { "taken over" } else { "none" });
                page.element("td", &[], reused);
            });
        }
    });
}

fn headings(page: &mut Markup, headings: &[&str]) {
    page.within("thead", &[], |page| {
        page.within("tr", &[], |page| {
            for heading in headings {
                page.element("th", &[("scope", &"col")], heading);
            }
        });
    });
}

fn table(page: &mut Markup, report: &TransferReport) {
    headings(page, &["State", "Fate", "Actions"]);
    page.within("tbody", &[], |page| {
        for StateReport { state, actions } in &report.states {
            row(page, &state.name, &state.fate, &actions_of(&state.fate, actions));
        }
        for Entry { name, fate } in &report.tasks {
            row(page, &format!("task {name}"), fate, "");
        }
    });
}

fn row(page: &mut Markup, name: &str, fate: &Fate, actions: &str) {
    page.within("tr", &[], |page| {
        page.within("td", &[("class", &"name")], |page| page.path(name));
        page.element("td", &[("class", &"few")], word(fate));
        page.element("td", &[("class", &"long")], actions);
    });
}

fn word(fate: &Fate) -> String {
    match fate {
        Fate::Reused => "reused".to_owned(),
        Fate::Renamed { from } => format!("renamed from {from}"),
        Fate::New => "new".to_owned(),
        Fate::Dropped => "dropped".to_owned(),
    }
}

/// The actions that went another way than their state are named, the others counted.
fn actions_of(state: &Fate, actions: &[Entry]) -> String {
    if matches!(state, Fate::New | Fate::Dropped) {
        return format!("all {}", actions.len());
    }
    let names = |is: fn(&Fate) -> bool| -> Vec<&Entry> { actions.iter().filter(|entry| is(&entry.fate)).collect() };
    let reused = names(|fate| matches!(fate, Fate::Reused)).len();
    let mut parts = Vec::from_iter((reused > 0).then(|| format!("{reused} reused")));
    parts.extend(listed("renamed", &names(|fate| matches!(fate, Fate::Renamed { .. }))));
    parts.extend(listed("new", &names(|fate| matches!(fate, Fate::New))));
    parts.extend(listed("dropped", &names(|fate| matches!(fate, Fate::Dropped))));
    if parts.is_empty() { count(0, "action") } else { parts.join("; ") }
}

fn listed(fate: &str, entries: &[&Entry]) -> Option<String> {
    let name = |entry: &&Entry| match &entry.fate {
        Fate::Renamed { from } => format!("{} (was {from})", entry.name),
        _ => entry.name.clone(),
    };
    let mut names: Vec<String> = entries.iter().take(LISTED).map(name).collect();
    if entries.len() > LISTED {
        names.push(format!("{} more", entries.len() - LISTED));
    }
    (!names.is_empty()).then(|| format!("{fate}: {}", names.join(", ")))
}

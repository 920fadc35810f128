//! Who takes part in the study.

use super::markup::Markup;
use super::moment::ago;
use super::number::count;
use super::region;
use super::story::{Story, Worker};

/// So many are listed, with so many numbers of trials each.
const MOST: usize = 200;
const NUMBERS: usize = 20;

const NO_LEADER: &str = "No worker leads: nothing new is proposed until one that knows the study's type takes part.";

pub(super) fn are_there(story: &Story) -> bool {
    !story.workers.is_empty()
}

pub(super) fn write(page: &mut Markup, story: &Story) {
    let workers = &story.workers;
    let has_places = workers.iter().any(|worker| worker.place.is_some());
    region::table(page, "Workers", |page| {
        page.within("thead", &[], |page| headings(page, has_places));
        page.within("tbody", &[], |page| workers.iter().take(MOST).for_each(|it| row(page, it, has_places)));
    });
    let mut notes = Vec::new();
    if workers.iter().any(|worker| worker.leads) {
        notes.push("The leader makes the proposals.".to_owned());
    } else if !story.has_ended {
        notes.push(NO_LEADER.to_owned());
    }
    if workers.len() > MOST {
        notes.push(format!("Of {} workers, {MOST} are listed.", workers.len()));
    }
    if !notes.is_empty() {
        page.element("p", &[("class", &"note")], notes.join(" "));
    }
}

fn headings(page: &mut Markup, has_places: bool) {
    page.within("tr", &[], |page| {
        for heading in ["Worker", "Where", "Has", "Last heartbeat"] {
            if has_places || heading != "Where" {
                page.element("th", &[("scope", &"col")], heading);
            }
        }
    });
}

fn row(page: &mut Markup, worker: &Worker, has_places: bool) {
    page.within("tr", &[("data-key", &format_args!("worker-{}", worker.name))], |page| {
        page.within("td", &[("class", &"worker")], |page| {
            page.words(&worker.name);
            if worker.leads {
                page.words(" ");
                page.element("strong", &[], "leader");
            }
        });
        if has_places {
            page.element("td", &[("class", &"few")], worker.place.as_deref().unwrap_or("not known"));
        }
        page.element("td", &[("class", &"few")], has(worker));
        page.within("td", &[], |page| ago(page, &worker.heartbeat));
    });
}

/// The trials of a worker, and how many more it waits for.
fn has(worker: &Worker) -> String {
    let numbers: Vec<String> = worker.trials.iter().take(NUMBERS).map(u64::to_string).collect();
    let more = worker.trials.len().saturating_sub(NUMBERS);
    let trials = match worker.trials.len() {
        0 => "nothing".to_owned(),
        1 => format!("trial {}", numbers.join("")),
        _ if more == 0 => format!("trials {}", numbers.join(", ")),
        _ => format!("trials {} and {more} more", numbers.join(", ")),
    };
    let waits =
        if worker.wants > 0 { format!("; waits for {}", count(worker.wants as usize, "trial")) } else { String::new() };
    trials + &waits
}

//! What the page shows of a study that runs.

use roxmltree::{Document, Node};

use super::story::{Curve, Failure, Outcome, Row, Story, Worker};
use super::synthetic::{moment, study};
use super::tests::{all, of_class, read, row, text};

/// The section of a name.
fn section<'a>(page: &'a Document<'a>, id: &str) -> Option<Node<'a, 'a>> {
    all(page, "section").find(|section| section.attribute("id") == Some(id))
}

/// All text inside, in one line.
fn words(node: Node<'_, '_>) -> String {
    node.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect()
}

/// The cells of the rows of a section's table.
fn cells(page: &Document<'_>, id: &str) -> Vec<Vec<String>> {
    let rows = section(page, id).unwrap().descendants().filter(|node| node.has_tag_name("tr")).collect::<Vec<_>>();
    rows.iter().map(|row| row.children().filter(Node::is_element).map(words).collect()).collect()
}

fn running(number: u64) -> Row {
    Row { worker: Some("w1".to_owned()), since: Some(moment(200)), ..row(number, Outcome::Running, &[("a", "b")]) }
}

fn curve(trial: u64, points: &[(u64, f64)]) -> Curve {
    Curve { trial, points: points.to_vec() }
}

#[test]
fn nothing_that_is_not_there_has_a_section() {
    let trials = vec![row(0, Outcome::Reward(0.5), &[])];
    read(&Story { trials, ..Story::default() }, |page| {
        assert!(["running", "workers", "failures"].into_iter().all(|id| section(page, id).is_none()));
        assert!(!text(page).contains("Notes"));
    });
}

#[test]
fn running_trials_say_who_has_them_and_how_they_go() {
    let trials = vec![row(0, Outcome::Reward(0.5), &[]), running(1), Row { retries: 2, ..running(2) }];
    let curves = vec![curve(0, &[(1, 0.25), (9, 0.5)]), curve(1, &[(1, 0.125), (4, 0.75)])];
    read(&Story { trials, curves, ..Story::default() }, |page| {
        let rows = cells(page, "running");
        assert_eq!(rows[1][..4], ["1", "3 min", "w1", "0.75 at step 4"]);
        assert_eq!(rows[2][..4], ["2, attempt 3", "3 min", "w1", "nothing yet"]);
        assert!(rows[1][4].contains("The values of trial 1 so far: 2 values"));
        let lines = of_class(page, "spark").next().unwrap().children().filter_map(|line| line.attribute("class"));
        assert_eq!(lines.collect::<Vec<_>>(), ["other", "own", "end"]);
        // Told apart among all curves, too.
        assert_eq!(of_class(page, "head").count(), 2, "one in the key, one in the drawing");
        assert_eq!(of_class(page, "spark").count(), 1);
        let since = all(page, "time").next().unwrap();
        assert_eq!(since.attribute("title"), Some("since 2026-01-31 09:30:00 UTC"));
    });
}

#[test]
fn where_nothing_was_reported_there_are_no_columns_for_it() {
    read(&Story { trials: vec![running(1)], ..Story::default() }, |page| {
        assert_eq!(cells(page, "running")[0], ["Trial", "Running for", "Worker", "Decisions"]);
    });
}

#[test]
fn a_running_trial_is_drawn_however_old_it_is() {
    let mut story = study(300);
    story.trials[1].outcome = Outcome::Running;
    read(&story, |page| assert_eq!(of_class(page, "head").count(), 1 + 3, "one in the key"));
}

fn failure(trial: u64, attempt: u32, text: &str) -> Failure {
    Failure { trial, attempt, text: text.to_owned(), when: Some(moment(60 * trial)) }
}

#[test]
fn failures_of_one_text_are_counted_and_long_ones_folded() {
    let long = format!("Traceback (most recent call last):\n{}KeyError: 'x'", "  line\n".repeat(40));
    let failures =
        vec![failure(1, 2, "no\nmemory"), failure(2, 1, &long), failure(1, 1, "no\nmemory"), failure(3, 1, " ")];
    read(&Story { failures, ..Story::default() }, |page| {
        let groups: Vec<String> = of_class(page, "failure").map(words).collect();
        assert_eq!(groups.len(), 3);
        assert_eq!(groups[0].trim_end(), "2 times, in trial 1, the latest 1 min ago\nno\nmemory");
        assert!(groups[1].starts_with("trial 2, 2 min ago\nKeyError: 'x'Traceback"), "{}", groups[1]);
        assert!(groups[1].trim_end().ends_with(&long));
        assert!(groups[2].ends_with("without a text\n"), "{}", groups[2]);
        let folded = |group: Node<'_, '_>| group.descendants().any(|node| node.has_tag_name("details"));
        assert_eq!(of_class(page, "failure").map(folded).collect::<Vec<_>>(), [false, true, false]);
        let keys: Vec<_> = of_class(page, "failure").filter_map(|group| group.attribute("data-key")).collect();
        assert_eq!(keys, ["failure-1-1", "failure-2-1", "failure-3-1"]);
        assert!(text(page).contains("4 attempts failed, with 3 different texts."));
    });
}

#[test]
fn endless_and_countless_texts_are_bounded() {
    let failures = (0..500).map(|trial| failure(trial, 1, &format!("{trial}{}", "ü".repeat(40_000)))).collect();
    read(&Story { failures, ..Story::default() }, |page| {
        assert_eq!(of_class(page, "failure").count(), 50);
        assert!(text(page).contains("… 7233 letters are left out here …"));
        assert!(text(page).contains("The latest 50 texts are shown."));
    });
}

#[test]
fn workers_say_where_they_are_and_what_they_have() {
    let worker = Worker {
        name: "w1".to_owned(),
        place: Some("process 7 on host".to_owned()),
        leads: true,
        trials: vec![3, 9],
        wants: 1,
        heartbeat: moment(12),
    };
    let other =
        Worker { name: "w2".to_owned(), place: None, leads: false, trials: vec![4], wants: 0, ..worker.clone() };
    read(&Story { workers: vec![worker.clone(), other.clone()], ..Story::default() }, |page| {
        let rows = cells(page, "workers");
        assert_eq!(rows[1], ["w1 leader", "process 7 on host", "trials 3, 9; waits for 1 trial", "12 s ago"]);
        assert_eq!(rows[2], ["w2", "not known", "trial 4", "12 s ago"]);
        assert!(text(page).contains("The leader makes the proposals."));
    });
    let idle = Worker { trials: Vec::new(), ..other };
    let ended = Story { workers: vec![idle.clone()], has_ended: true, ..Story::default() };
    read(&ended, |page| assert!(!text(page).contains("No worker leads")));
    read(&Story { workers: vec![idle], ..Story::default() }, |page| {
        assert_eq!(cells(page, "workers")[1], ["w2", "nothing", "12 s ago"]);
        assert!(text(page).contains("No worker leads"));
    });
}

#[test]
fn notes_have_a_column_where_there_are_any() {
    let notes =
        |notes: &[(&str, &str)]| notes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let long = "\"".to_owned() + &"x".repeat(200) + "\"";
    let trials = vec![
        Row { notes: notes(&[("epochs", "12"), ("gpu", "\"A100\"")]), ..row(0, Outcome::Reward(0.5), &[]) },
        Row { notes: notes(&[("log", &long)]), ..row(1, Outcome::Reward(0.25), &[]) },
        row(2, Outcome::Reward(0.125), &[]),
    ];
    read(&Story { trials, ..Story::default() }, |page| {
        let rows = cells(page, "trials");
        assert_eq!(rows[0].last().unwrap(), "Notes");
        assert_eq!(rows[2].last().unwrap(), "epochs = 12, gpu = \"A100\"");
        assert!(rows[3].last().unwrap().starts_with("1 notelog = \"xxx"), "{:?}", rows[3]);
        assert_eq!(rows[4].last().unwrap(), "");
    });
}

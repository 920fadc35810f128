use roxmltree::{Document, Node, ParsingOptions};

use super::html;
use super::story::{Axis, Curve, Graph, Node as State, Outcome, Row, Story};
use super::synthetic::study;
use crate::space::{JointGraph, SearchSpace};

/// Reads the page as an XML reader does, and checks what holds of all pages.
pub(super) fn read<T>(story: &Story, check: impl FnOnce(&Document<'_>) -> T) -> T {
    let page = html(story);
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&page, options).unwrap_or_else(|error| panic!("{error}:\n{page}"));
    for drawing in all(&document, "svg").filter(|svg| svg.attribute("aria-hidden").is_none()) {
        assert_eq!(drawing.attribute("role"), Some("img"));
        assert!(drawing.first_element_child().unwrap().has_tag_name("title"));
        let places = drawing.descendants().flat_map(|shape| shape.attributes());
        places.for_each(|place| assert!(is_finite(place.value()), "{place:?}"));
    }
    for closed in page.split("/>").take(page.matches("/>").count()) {
        let tag = closed.rsplit('<').next().unwrap().split(' ').next().unwrap();
        assert!(["meta", "wbr", "rect", "circle", "line", "path"].contains(&tag), "HTML does not close <{tag}/>");
    }
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"));
    check(&document)
}

fn is_finite(value: &str) -> bool {
    !["NaN", "inf"].iter().any(|word| value.contains(word))
}

pub(super) fn all<'a>(document: &'a Document<'a>, tag: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(move |node| node.has_tag_name(tag))
}

pub(super) fn of_class<'a>(document: &'a Document<'a>, class: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    document
        .descendants()
        .filter(move |node| node.attribute("class").is_some_and(|names| names.split(' ').any(|name| name == class)))
}

/// All text of the page but the style sheet.
pub(super) fn text(document: &Document<'_>) -> String {
    let shown = document.descendants().filter(|node| node.is_text() && !node.parent().unwrap().has_tag_name("style"));
    shown.filter_map(|node| node.text()).collect::<Vec<_>>().join("\n")
}

pub(super) fn row(number: u64, outcome: Outcome, decisions: &[(&str, &str)]) -> Row {
    let decisions = decisions.iter().map(|(state, action)| ((*state).to_owned(), (*action).to_owned())).collect();
    Row {
        number,
        outcome,
        values: Vec::new(),
        decisions,
        seconds: None,
        since: None,
        worker: None,
        retries: 0,
        is_enqueued: false,
        origin: None,
        notes: Vec::new(),
    }
}

pub(super) fn axis(state: &str, actions: &[&str]) -> Axis {
    Axis {
        name: state.to_owned(),
        state: state.to_owned(),
        actions: actions.iter().map(|&action| action.to_owned()).collect(),
    }
}

#[test]
fn a_study_with_all_parts_is_well_formed() {
    read(&study(300), |page| {
        assert_eq!(page.root_element().attribute("lang"), Some("en"));
        assert_eq!(all(page, "section").count(), 15);
        assert_eq!(of_class(page, "node").count(), 40);
        assert!(text(page).contains("300 trials: 259 with a reward, 13 failed, 26 pruned, 2 running."));
        assert!(text(page).contains("others are left out"));
    });
}

#[test]
fn an_empty_study_says_what_is_missing() {
    read(&Story::default(), |page| {
        let text = text(page);
        for sentence in [
            "Study",
            "There is no best config yet: no trial has a reward.",
            "There are no trials yet.",
            "No trial reported a value while it ran.",
            "No trial has a reward yet.",
            "There is no policy to show.",
            "There is no graph of the space to show.",
            "There is no attention to show.",
            "Nothing was transferred: the agent started fresh.",
            "There are no trials to list.",
        ] {
            assert!(text.contains(sentence), "{sentence}");
        }
        assert_eq!(all(page, "svg").count(), 0);
    });
}

#[test]
fn one_trial_is_a_point_and_a_line() {
    let trials = vec![row(41, Outcome::Reward(0.5), &[("width", "16")])];
    let states = vec![axis("width", &["16", "32"])];
    read(&Story { trials, states, ..Story::default() }, |page| {
        assert_eq!(of_class(page, "trial").filter(Node::has_children).count(), 1);
        assert_eq!(of_class(page, "on").count(), 1);
        assert!(text(page).contains("1 trial: 1 with a reward."));
    });
}

#[test]
fn many_trials_are_thinned_out() {
    let story = study(5000);
    assert!(html(&story).len() < 3_000_000);
    read(&story, |page| {
        assert!(text(page).contains("the best 200 and an even sample of 200 others are drawn"));
        let is_small = |dots: &Node<'_, '_>| dots.attribute("class").is_some_and(|class| class.contains("small"));
        assert_eq!(of_class(page, "dots").filter(|dots| !is_small(dots)).count(), 1);
        assert_eq!(of_class(page, "lines").next().unwrap().children().filter(Node::is_element).count(), 400);
    });
}

#[test]
fn where_all_failed_the_failures_are_marked() {
    let failed = |number| row(number, Outcome::Failed("no memory".to_owned()), &[("width", "16")]);
    let trials: Vec<Row> = (0..30).map(failed).collect();
    read(&Story { trials, ..Story::default() }, |page| {
        assert_eq!(of_class(page, "failed").count(), 30);
        assert!(text(page).contains("No trial has a reward."));
        assert!(text(page).contains("failed: no memory"));
    });
}

#[test]
fn a_state_that_did_not_come_up_has_a_slot() {
    let trials = vec![
        row(0, Outcome::Reward(0.1), &[("dropout", "none")]),
        row(1, Outcome::Reward(0.2), &[("dropout", "some"), ("rate", "0.5")]),
        row(2, Outcome::Reward(0.3), &[("dropout", "some"), ("rate", "0.1"), ("rate", "0.5")]),
    ];
    let states = vec![axis("dropout", &["none", "some"]), axis("rate", &["0.1", "0.5"]), axis("never", &["a"])];
    read(&Story { trials, states, ..Story::default() }, |page| {
        let slots: Vec<String> =
            of_class(page, "absent").map(|slot| slot.children().filter_map(|title| title.text()).collect()).collect();
        assert_eq!(slots, ["dropout: absent in 0 of the lines", "rate: absent in 1 of the lines"]);
        assert_eq!(of_class(page, "off").count(), 1);
        assert!(text(page).contains("the first time counts: rate."));
    });
}

#[test]
fn curves_are_those_of_the_best_and_the_latest() {
    read(&study(300), |page| {
        assert!(text(page).contains("the best, at most 30, and the latest 30, and those that run"));
        let curves = of_class(page, "curves").last().unwrap();
        assert!((31..=60).contains(&curves.children().filter(Node::is_element).count()));
        assert_eq!(curves.last_element_child().unwrap().attribute("class"), Some("top"));
        let points = |curve: Node<'_, '_>| curve.attribute("d").unwrap().matches(['M', 'L']).count();
        assert!(curves.children().filter(Node::is_element).all(|curve| points(curve) <= 200));
    });
}

#[test]
fn a_curve_of_one_value_is_a_dot() {
    let trials = vec![row(0, Outcome::Running, &[]), row(1, Outcome::Pruned(None), &[])];
    let curves = vec![
        Curve { trial: 0, points: vec![(3, 0.5), (4, f64::NAN)] },
        Curve { trial: 1, points: vec![(1, f64::INFINITY)] },
    ];
    read(&Story { trials, curves, ..Story::default() }, |page| {
        assert!(text(page).contains("1 trial reported values; the curves of all are drawn."));
    });
}

#[test]
fn an_outlier_does_not_flatten_the_others() {
    let reward = |number: u64| if number == 7 { -1e9 } else { number as f64 };
    let trials = (0..50).map(|number| row(number, Outcome::Reward(reward(number)), &[])).collect();
    read(&Story { trials, ..Story::default() }, |page| {
        assert!(text(page).contains("1 trial far below the others is drawn at the lower edge."));
        assert!(all(page, "text").any(|label| label.text() == Some("40")));
    });
}

#[test]
fn many_states_are_folded() {
    let nodes: Vec<State> = (0..100).map(|depth| State { name: format!("state{depth}"), depth }).collect();
    let edges =
        (1..100).map(|to| (to - 1, to, None)).chain([(0, 99, Some("skip".to_owned())), (50, 3, None)]).collect();
    read(&Story { graph: Graph { nodes, edges }, ..Story::default() }, |page| {
        assert_eq!(of_class(page, "node").count(), 61);
        assert_eq!(of_class(page, "edge").count(), 62);
        assert!(text(page).contains("… 40 more states"));
    });
}

#[test]
fn a_space_is_a_graph_with_depths() {
    let graph = Graph::from(&JointGraph::new(&[("", Option::<(bool, Option<bool>)>::space())]));
    assert!(graph.nodes.iter().zip(0..).all(|(node, depth)| node.depth == depth), "{graph:?}");
}

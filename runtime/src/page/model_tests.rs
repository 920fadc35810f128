//! What a model makes of the states, and which part of the searcher proposed what.

use roxmltree::{Document, Node};

use super::story::{Outcome, Row, Story};
use super::synthetic::study;
use super::tests::{all, of_class, read, row, text};
use crate::search::{Insight, Slice, StateInsight};
use crate::train::Direction;

fn state(state: &str, share: f64, labels: &[&str]) -> StateInsight {
    let slice = |(i, label): (usize, &&str)| Slice {
        label: (*label).to_owned(),
        mean: 10.0 + i as f64,
        deviation: 0.5,
        is_best: i == 1,
    };
    let slice = labels.iter().enumerate().map(slice).collect();
    StateInsight { state: state.to_owned(), weight: 2.0 * share, share, decided: 1.0, slice }
}

fn story(states: Vec<StateInsight>) -> Story {
    Story { model: Some(Insight { states }), ..Story::default() }
}

fn section<'a>(page: &'a Document<'a>, id: &str) -> Node<'a, 'a> {
    all(page, "section").find(|section| section.attribute("id") == Some(id)).unwrap()
}

/// The cells of the first table of a section, row by row.
fn cells(page: &Document<'_>, id: &str) -> Vec<Vec<String>> {
    let table = section(page, id).descendants().find(|node| node.has_tag_name("table")).unwrap();
    let text = |cell: Node<'_, '_>| {
        cell.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect::<String>()
    };
    let cells = |row: Node<'_, '_>| {
        row.children().filter(Node::is_element).map(|cell| text(cell).trim().to_owned()).collect::<Vec<_>>()
    };
    table.descendants().filter(|node| node.has_tag_name("tr")).map(cells).collect()
}

fn titles(page: &Document<'_>, class: &str) -> Vec<String> {
    let title = |node: Node<'_, '_>| node.first_element_child().and_then(|title| title.text()).map(str::to_owned);
    of_class(page, class).filter(|node| node.has_tag_name("circle")).filter_map(title).collect()
}

#[test]
fn states_are_listed_by_share() {
    let states = vec![state("a", 0.25, &[]), StateInsight { decided: 0.4, ..state("b", 0.5, &[]) }];
    read(&story(states), |page| {
        let expected = [
            vec!["State", "Share", "Weight", "Decided in"],
            vec!["b", "50 %", "1.00", "40 %"],
            vec!["a", "25 %", "0.50", ""],
        ];
        assert_eq!(cells(page, "model"), expected);
        assert!(text(page).contains("not measurements"));
        assert_eq!(all(page, "svg").count(), 0);
    });
    read(&story(vec![state("a", 0.25, &[])]), |page| assert_eq!(cells(page, "model")[0].len(), 3));
}

#[test]
fn what_only_agents_have_is_not_missed_beside_a_model() {
    read(&story(vec![state("a", 0.25, &[])]), |page| {
        let ids: Vec<_> = all(page, "section").filter_map(|section| section.attribute("id")).collect();
        assert_eq!(ids, ["rewards", "curves", "choices", "importance", "model", "space", "trials"]);
    });
    read(&study(3), |page| {
        assert!(text(page).contains("The share of a state") && text(page).contains("The shift of a state"));
    });
}

#[test]
fn a_slice_has_all_actions_and_marks_that_of_the_best_config() {
    read(&story(vec![state("act", 0.25, &["relu", "gelu", "swish"])]), |page| {
        assert_eq!(titles(page, "mean"), ["relu: 10 ± 0.5", "swish: 12 ± 0.5"]);
        assert_eq!(titles(page, "taken"), ["gelu: 11 ± 0.5"]);
        let is_label = |node: &Node<'_, '_>| node.has_tag_name("text");
        let labels = |class| of_class(page, class).filter(is_label).filter_map(|it| it.text()).collect::<Vec<_>>();
        assert_eq!((labels("taken"), labels("middle").len()), (vec!["gelu"], 3));
        // One for each action, and one in the key.
        assert_eq!(of_class(page, "band").filter(|band| band.has_tag_name("rect")).count(), 4);
        assert!(!text(page).contains("Lower is better") && !text(page).contains("the first is changed"));
    });
    let trials = vec![row(0, Outcome::Reward(1.0), &[("width", "16"), ("width", "32")])];
    let story =
        Story { direction: Direction::Minimize, trials, ..story(vec![state("width", 0.25, &["16", "32", "64"])]) };
    read(&story, |page| {
        // Along numbers one band and a line through the means.
        assert_eq!(of_class(page, "band").filter(|band| band.has_tag_name("path")).count(), 1);
        assert_eq!(of_class(page, "mean").filter(|mean| mean.has_tag_name("path")).count(), 1);
        assert!(text(page).contains("Lower is better") && text(page).contains("the first is changed"));
    });
}

#[test]
fn many_actions_do_not_all_have_a_label() {
    let numbers: Vec<String> = (0..200).map(|number| number.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let words: Vec<String> = numbers.iter().map(|number| format!("a long word, number {number}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for labels in [numbers, words] {
        let has_dots = labels[0] != "0";
        read(&story(vec![state("many", 0.25, &labels)]), |page| {
            assert_eq!(titles(page, "mean").len(), if has_dots { 199 } else { 0 });
            let figure =
                section(page, "model").descendants().find(|node| node.attribute("role") == Some("img")).unwrap();
            let ticks = figure.descendants().filter(|tick| tick.attribute("class") == Some("frame")).count() - 1;
            assert!((5..25).contains(&ticks), "{ticks} labels");
            assert_eq!(of_class(page, "taken").filter(|node| node.has_tag_name("text")).count(), 1);
        });
    }
}

#[test]
fn many_states_are_folded_and_the_first_ones_drawn() {
    let names: Vec<String> = (0..30).map(|number| format!("state{number}")).collect();
    let states = names.iter().zip(0..).map(|(name, i)| state(name, 0.01 * f64::from(30 - i), &["a", "b"])).collect();
    read(&story(states), |page| {
        assert_eq!(cells(page, "model").len(), 21);
        assert!(text(page).contains("10 more states"));
        assert!(text(page).contains("18 more states"));
        assert_eq!(titles(page, "taken").len(), 30);
    });
}

#[test]
fn too_many_states_are_not_all_drawn() {
    let names: Vec<String> = (0..90).map(|number| format!("state{number}")).collect();
    let states = names.iter().map(|name| state(name, 0.01, &["a", "b"])).collect();
    read(&story(states), |page| {
        assert!(text(page).contains("Of 90 states, the 60 with the largest shares are drawn."));
        assert_eq!(titles(page, "taken").len(), 60);
    });
}

fn by(origin: Option<&str>, number: u64, outcome: Outcome) -> Row {
    Row { origin: origin.map(str::to_owned), ..row(number, outcome, &[]) }
}

#[test]
fn parts_of_a_searcher_are_summed_up() {
    let trials = vec![
        by(Some("random start"), 0, Outcome::Reward(0.5)),
        by(Some("model: neighbour"), 1, Outcome::Reward(0.25)),
        by(Some("model: neighbour"), 2, Outcome::Reward(0.75)),
        by(None, 3, Outcome::Reward(4.0)),
        by(Some("stall: redraw"), 4, Outcome::Failed(String::new())),
        Row { is_enqueued: true, ..by(None, 5, Outcome::Reward(4.0)) },
    ];
    for (direction, best) in [(Direction::Maximize, ["0.75", "2"]), (Direction::Minimize, ["0.25", "1"])] {
        let story = Story { trials: trials.clone(), direction, ..Story::default() };
        read(&story, |page| {
            let expected = [
                ["Proposed by", "Trials", "Best reward", "Trial"],
                ["model: neighbour", "2", best[0], best[1]],
                ["enqueued", "1", "4.00", "5"],
                ["random start", "1", "0.50", "0"],
                ["stall: redraw", "1", "–", "–"],
                ["not known", "1", "4.00", "3"],
            ];
            assert_eq!(cells(page, "trials"), expected);
            // With a column in the table of trials: once in each of its two groups.
            assert_eq!(text(page).matches("random start").count(), 3);
        });
    }
}

#[test]
fn without_parts_there_is_no_column_of_them() {
    let trials = vec![by(None, 0, Outcome::Reward(0.5))];
    read(&Story { trials, ..Story::default() }, |page| {
        assert!(!text(page).contains("Proposed by"));
        assert_eq!(cells(page, "trials")[0].len(), 6);
    });
}

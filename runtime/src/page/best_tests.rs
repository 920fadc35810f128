//! What is best, in each direction and of each pair, and what is warned of.

use roxmltree::{Document, Node};

use super::story::{Finalist, Outcome, Pair, Story};
use super::synthetic::study;
use super::tests::{all, of_class, read, row, text};
use crate::train::Direction;

/// The staircase of the best so far: the heights in the order of the trials, from the top.
fn steps(page: &Document<'_>) -> Vec<f64> {
    let way =
        of_class(page, "best").find(|best| best.attribute("d").is_some_and(|d| d.contains(' ') && d.contains('L')));
    let points = way.unwrap().attribute("d").unwrap().split(['M', 'L']).skip(1);
    points.map(|point| point.split(' ').nth(1).unwrap().parse().unwrap()).collect()
}

#[test]
fn the_best_follows_the_direction() {
    for (direction, key) in
        [(Direction::Maximize, "best so far"), (Direction::Minimize, "best so far; lower is better")]
    {
        let story = Story { direction, ..study(300) };
        let rewards = || story.trials.iter().filter_map(|trial| Some((trial.number, trial.reward()?)));
        let best =
            rewards().reduce(|best, next| if direction.is_better(next.1, best.1) { next } else { best }).unwrap().0;
        let best = format!("trial {best}: ");
        let names_best = |node: Node<'_, '_>| {
            node.children().find(|child| child.has_tag_name("title")).unwrap().text().unwrap().starts_with(&best)
        };
        read(&story, |page| {
            let is_down = steps(page).windows(2).all(|pair| pair[0] <= pair[1]);
            assert_eq!(is_down, direction == Direction::Minimize);
            assert!(text(page).contains(key));
            // The last step, the line on top with the strongest colour, the thick curve, and the first row.
            assert!(names_best(of_class(page, "best").filter(|dot| dot.has_tag_name("circle")).last().unwrap()));
            let line = of_class(page, "lines").next().unwrap().last_element_child().unwrap();
            assert_eq!(line.attribute("class"), Some("l15 top"));
            assert!(names_best(line));
            assert!(names_best(of_class(page, "curves").last().unwrap().last_element_child().unwrap()));
            let first = all(page, "tbody").last().unwrap().prev_sibling_element().unwrap();
            let first = first.children().filter(|row| row.has_tag_name("tr")).nth(1).unwrap();
            assert_eq!(first.first_element_child().unwrap().text(), Some(&best["trial ".len()..best.len() - 2]));
            // The colours of the axis of rewards, from below.
            let level = |edge: Node<'_, '_>| edge.attribute("class").unwrap().to_owned();
            let levels: Vec<String> = of_class(page, "level").map(level).collect();
            let ends = [levels.first().unwrap().as_str(), levels.last().unwrap()];
            let expected = match direction {
                Direction::Maximize => ["level l0", "level l15"],
                Direction::Minimize => ["level l15", "level l0"],
            };
            assert_eq!(ends, expected);
        });
    }
}

/// The highest reward was luck: the best is the config whose mean is.
#[test]
fn the_best_is_the_one_that_was_confirmed() {
    let mut story = study(40);
    let mut rewards: Vec<(u64, f64)> =
        story.trials.iter().filter_map(|trial| Some((trial.number, trial.reward()?))).collect();
    rewards.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (number, mean) = rewards[3];
    story.finalists = vec![Finalist { number, mean, deviation: 0.0, range: (mean, mean), count: 6 }];
    let names_best = |node: Node<'_, '_>| {
        let title = node.children().find(|child| child.has_tag_name("title")).unwrap().text().unwrap();
        title.starts_with(&format!("trial {number}: "))
    };
    read(&story, |page| {
        assert!(names_best(of_class(page, "lines").next().unwrap().last_element_child().unwrap()));
        assert!(names_best(of_class(page, "curves").last().unwrap().last_element_child().unwrap()));
    });
}

#[test]
fn an_outlier_that_is_too_high_does_not_flatten_the_others() {
    let reward = |number: u64| if number == 7 { 1e300 } else { -1e6 - number as f64 };
    let trials = (0..50).map(|number| row(number, Outcome::Reward(reward(number)), &[])).collect();
    read(&Story { trials, direction: Direction::Minimize, ..Story::default() }, |page| {
        assert!(text(page).contains("1 trial far above the others is drawn at the upper edge."));
        assert!(all(page, "text").any(|label| label.text() == Some("-1000020")));
    });
}

fn pair(space: Option<&str>, task: &str, done: u64, best: Option<(u64, f64)>) -> Pair {
    Pair { space: space.map(str::to_owned), task: task.to_owned(), done, best }
}

/// The cells of the table of pairs, a line each.
fn cells(page: &Document<'_>) -> Vec<Vec<String>> {
    let Some(section) = all(page, "section").find(|section| section.attribute("id") == Some("pairs")) else {
        return Vec::new();
    };
    let rows = section.descendants().filter(|node| node.has_tag_name("tr"));
    rows.map(|row| {
        row.children()
            .filter_map(|cell| cell.text().map(str::to_owned))
            .map(|cell| cell.trim().to_owned())
            .filter(|cell| !cell.is_empty())
            .collect()
    })
    .collect()
}

#[test]
fn several_pairs_have_a_table() {
    let (cell, net) = (Some("Cell<'a>"), Some("Net"));
    let pairs = vec![
        pair(cell, "mnist", 12, Some((3, 1e-6))),
        pair(net, "mnist", 1, Some((70, 1e300))),
        pair(net, "svhn", 2, Some((4, -1e6))),
        pair(cell, "svhn", 0, None),
    ];
    read(&Story { pairs, ..study(3) }, |page| {
        let expected = [
            ["Space", "Task", "Trials with a reward", "Best reward", "Trial"],
            ["Cell<'a>", "mnist", "12", "1.000e-6", "3"],
            ["Net", "mnist", "1", "1.000e300", "70"],
            ["Net", "svhn", "2", "-1.000e6", "4"],
            ["Cell<'a>", "svhn", "0", "–", "–"],
        ];
        assert_eq!(cells(page), expected);
        assert!(all(page, "section").any(|section| section.attribute("id") == Some("pairs")));
        assert!(all(page, "a").any(|link| link.attribute("href") == Some("#pairs")));
    });
}

#[test]
fn tasks_alone_need_no_column_of_spaces_and_one_pair_no_table() {
    let pairs = vec![pair(None, "mnist", 1, Some((0, 0.5))), pair(None, "svhn", 1, Some((1, 0.25)))];
    read(&Story { pairs, ..Story::default() }, |page| {
        assert_eq!(cells(page)[0], ["Task", "Trials with a reward", "Best reward", "Trial"]);
        assert_eq!(cells(page)[2], ["svhn", "1", "0.25", "1"]);
    });
    let pairs = vec![pair(Some("Net"), "mnist", 1, Some((0, 0.5)))];
    read(&Story { pairs, ..Story::default() }, |page| {
        assert!(cells(page).is_empty());
        assert!(!text(page).contains("Best by space and task"));
    });
}

#[test]
fn warnings_stand_near_the_top() {
    let warnings = vec!["Of 50 trials, 49 failed: a < b.".to_owned(), "It has not moved.".to_owned()];
    read(&Story { warnings, ..study(3) }, |page| {
        let notes: Vec<&str> = of_class(page, "warning").filter_map(|note| note.text()).collect();
        assert_eq!(notes, ["Of 50 trials, 49 failed: a < b.", "It has not moved."]);
        assert!(of_class(page, "warning").all(|note| note.parent().unwrap().has_tag_name("header")));
    });
    read(&study(3), |page| assert_eq!(of_class(page, "warning").count(), 0));
}

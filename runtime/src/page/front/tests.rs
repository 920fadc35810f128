use roxmltree::Node;

use super::super::story::{Outcome, Row, Story};
use super::super::synthetic::study_of;
use super::super::tests::{all, of_class, read, row, text};
use crate::train::Objective;

fn story(rows: Vec<Row>) -> Story {
    let objectives = vec![Objective::maximize("accuracy"), Objective::minimize("params").unit("millions")];
    Story { trials: rows, objectives, ..Story::default() }
}

fn measured(number: u64, values: [f64; 2]) -> Row {
    Row { values: values.to_vec(), ..row(number, Outcome::Reward(values[0]), &[("width", "16")]) }
}

#[test]
fn two_objectives_are_points_and_the_steps_of_the_front() {
    let mut rows =
        vec![measured(0, [0.5, 1.0]), measured(1, [0.9, 3.0]), measured(2, [0.4, 2.0]), measured(3, [0.8, 2.0])];
    rows.push(Row { values: vec![0.99, 9.0], ..row(4, Outcome::Exceeds("exceeds memory by 20 %".to_owned()), &[]) });
    read(&story(rows), |page| {
        let text = text(page);
        assert!(text.contains("Of 4 trials 3 are on the front"), "{text}");
        assert!(text.contains("1 further trial exceeds a limit."));
        assert!(text.contains("params in millions, lower is better"));
        assert!(text.contains("trial 1: accuracy 0.9, params 3"));
        assert!(text.contains("trial 4: exceeds memory by 20 %"));
        assert!(text.contains("5 trials: 4 with a reward, 1 beyond a limit."), "{text}");
        assert_eq!(of_class(page, "exceeds").filter(Node::has_children).count(), 1);
    });
}

#[test]
fn more_objectives_are_axes() {
    let story = study_of(300, 3);
    read(&story, |page| {
        let group = of_class(page, "several").next().unwrap();
        let of = |class: &str| group.children().filter(|path| path.attribute("class") == Some(class)).count();
        let rewarded = story.trials.iter().filter(|row| matches!(row.outcome, Outcome::Reward(_))).count();
        assert_eq!(of("on") + of("behind"), rewarded);
        assert!(of("on") > 3 && of("exceeds") > 3);
        assert!(text(page).contains("How the front grew"));
    });
}

#[test]
fn one_objective_has_no_front_and_several_without_values_say_so() {
    read(&super::super::synthetic::study(20), |page| {
        assert!(all(page, "section").all(|section| section.attribute("id") != Some("front")));
    });
    read(&story(vec![row(0, Outcome::Running, &[])]), |page| {
        assert!(text(page).contains("No trial has a value of each objective yet."));
    });
    let beyond = Row { values: vec![0.5, 1.0], ..row(0, Outcome::Exceeds("exceeds memory by 20 %".to_owned()), &[]) };
    read(&story(vec![beyond]), |page| assert!(text(page).contains("No trial keeps its limits yet")));
}

#[test]
fn odd_values_are_drawn_somewhere() {
    for values in [[f64::MAX, f64::MIN], [0.0, -0.0], [1e-300, 1e300], [f64::NAN, 1.0]] {
        read(&story(vec![measured(0, values), measured(1, values)]), |_| ());
        read(&story(vec![measured(0, [0.5, 0.5]), measured(1, values)]), |_| ());
    }
}

/// Eight objectives, in which nearly all trials are on the front: the volume is left out where it would take long.
#[test]
fn many_objectives_are_drawn_soon() {
    let objectives: Vec<Objective> =
        ["a", "b", "c", "d", "e", "f", "g", "h"].into_iter().map(Objective::maximize).collect();
    // Numbers that have nothing to do with each other.
    let value = |number: u64, place: u64| {
        let mixed = (8 * number + place + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64
    };
    let row = |number| {
        let values: Vec<f64> = (0..8).map(|place| value(number, place)).collect();
        Row { values, ..row(number, Outcome::Reward(value(number, 0)), &[]) }
    };
    let begin = std::time::Instant::now();
    read(&Story { trials: (0..400).map(row).collect(), objectives, ..Story::default() }, |page| {
        assert!(text(page).contains("are on the front") && !text(page).contains("How the front grew"));
    });
    assert!(begin.elapsed() < std::time::Duration::from_secs(20), "{:?}", begin.elapsed());
}

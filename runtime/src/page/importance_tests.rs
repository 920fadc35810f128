//! What the reward depends on, as the page shows it.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use roxmltree::{Document, Node};

use super::story::{Axis, Outcome, Row, Story};
use super::tests::{all, axis, of_class, read, row, text};
use crate::agent::Importance;
use crate::train::{Direction, Objective};

const ACTIONS: [&str; 4] = ["1", "2", "3", "4"];

/// Fourteen decisions, of which the last one makes the reward, and of several objectives the first one makes the second.
fn story(trials: u64) -> Story {
    let names: Vec<String> = (0..14).map(|place| format!("state{place}")).collect();
    let mut dice = Pcg64Mcg::seed_from_u64(3);
    let mut trial = |number: u64| {
        let taken: Vec<usize> = names.iter().map(|_| dice.random_range(0..ACTIONS.len())).collect();
        let decisions: Vec<(&str, &str)> =
            names.iter().zip(&taken).map(|(name, action)| (&**name, ACTIONS[*action])).collect();
        let reward = taken[13] as f64;
        Row { values: vec![reward, taken[0] as f64], ..row(number, Outcome::Reward(reward), &decisions) }
    };
    let trials = (0..trials).map(&mut trial).collect();
    let states: Vec<Axis> = names.iter().map(|name| axis(name, &ACTIONS)).collect();
    Story { trials, states, ..Story::default() }
}

fn section<'a>(page: &'a Document<'a>, id: &str) -> Node<'a, 'a> {
    all(page, "section").find(|section| section.attribute("id") == Some(id)).unwrap()
}

fn words(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|it| it.text()).collect::<String>().trim().to_owned()
}

/// The cells of the first table of the section, row by row.
fn cells(page: &Document<'_>) -> Vec<Vec<String>> {
    let section = section(page, "importance");
    let table = section.descendants().find(|node| node.has_tag_name("table")).unwrap();
    let rows = table.descendants().filter(|node| node.has_tag_name("tr"));
    rows.map(|row| row.children().filter(Node::is_element).map(words).collect()).collect()
}

#[test]
fn any_search_has_a_table_of_shares() {
    read(&story(200), |page| {
        let cells = cells(page);
        assert_eq!(
            (&cells[0][..], &cells[1][0], cells.len()),
            (&["State", "Share"].map(str::to_owned)[..], &"state13".to_owned(), 15)
        );
        let share: f64 = cells[1][1].trim_end_matches(" %").parse().unwrap();
        assert!(share > 95.0, "{cells:?}");
        assert!(text(page).contains("All 200 trials with a reward are used"));
    });
}

#[test]
fn what_the_policy_has_learned_stands_beside_it() {
    let importance = |state: &str, shift| Importance {
        state: state.to_owned(),
        entropy: 0.5,
        uniform: 4f64.ln(),
        shift,
        actions: vec![("1".to_owned(), 0.25), ("3".to_owned(), 0.75)],
    };
    let policy = vec![importance("state13", 0.75), importance("state2", 0.25)];
    read(&Story { policy, ..story(200) }, |page| {
        let cells = cells(page);
        assert_eq!(cells[0], ["State", "Share", "Shift of the policy (nats)", "Most likely action"]);
        assert_eq!(cells[1][2..], ["0.75", "3 (75 %)"]);
        assert!(cells.iter().any(|row| row[0] == "state3" && row[2] == "–"));
    });
}

#[test]
fn each_objective_has_a_column() {
    let objectives = vec![Objective::maximize("accuracy"), Objective::minimize("size")];
    read(&Story { objectives, ..story(300) }, |page| {
        let cells = cells(page);
        assert_eq!(cells[0], ["State", "Share in accuracy", "Share in size"]);
        let share = |name: &str, column: usize| {
            let row = cells.iter().find(|row| row[0] == name).unwrap();
            row[column].trim_end_matches(" %").parse::<f64>().unwrap_or_default()
        };
        assert!(share("state13", 1) > 95.0 && share("state0", 2) > 95.0, "{cells:?}");
        assert!(share("state13", 2) < 3.0 && share("state0", 1) < 3.0, "{cells:?}");
    });
}

#[test]
fn too_little_is_said_in_a_sentence() {
    let sentence = |story: &Story| read(story, |page| words(section(page, "importance")));
    assert!(
        sentence(&story(7))
            .contains("It takes 20 trials with a reward to say what the reward depends on; there are 7.")
    );
    let mut equal = story(50);
    equal.trials.iter_mut().for_each(|row| row.outcome = Outcome::Reward(0.5));
    assert!(sentence(&equal).contains("All trials are equal in the reward: so far it depends on nothing."));
    let mut noise = story(100);
    noise.trials.iter_mut().for_each(|row| row.decisions.retain(|(name, _)| name != "state13"));
    assert!(sentence(&noise).contains("The decisions do not tell the reward"));
    let lost = Outcome::Failed("no memory".to_owned());
    let mut failed = story(50);
    failed.trials.iter_mut().skip(10).for_each(|row| row.outcome = lost.clone());
    assert!(sentence(&failed).contains("there are 10."));
}

/// Twelve of fourteen have an axis: the last one by its share, and its place is the last one.
#[test]
fn axes_are_chosen_by_the_reward_and_stand_in_the_order_of_the_decisions() {
    read(&story(200), |page| {
        let names: Vec<String> = of_class(page, "absent").map(|slot| words(slot)).collect();
        let names: Vec<&str> = names.iter().map(|name| name.split(':').next().unwrap()).collect();
        assert_eq!(names.len(), 12);
        assert_eq!(names[11], "state13");
        let number = |name: &&str| name["state".len()..].parse::<u32>().unwrap();
        assert!(names.is_sorted_by_key(number), "{names:?}");
        assert!(text(page).contains(
            "The 12 decisions on which the reward depends most are shown, in the order of the decisions; 2 others"
        ));
    });
}

#[test]
fn drawings_by_choice_come_in_the_order_of_the_shares() {
    for direction in [Direction::Maximize, Direction::Minimize] {
        read(&Story { direction, ..story(200) }, |page| {
            let section = section(page, "slices");
            let titles = || section.descendants().filter(|node| node.attribute("role") == Some("region"));
            assert_eq!(titles().next().unwrap().attribute("aria-label"), Some("The rewards of the trials by state13"));
            assert_eq!(titles().count(), 14);
            assert!(words(section).contains("2 more decisions"));
            let best = if direction == Direction::Maximize { "4" } else { "1" };
            let bold = of_class(page, "taken").next().unwrap();
            assert_eq!(bold.text(), Some(best));
        });
    }
}

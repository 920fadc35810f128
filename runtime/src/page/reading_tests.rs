//! What a reader with a narrow window, or without a mouse, has to reach.

use roxmltree::Node;

use super::html;
use super::story::{BestConfig, Outcome, Story};
use super::synthetic::{study, study_of};
use super::tests::{all, of_class, read, row};

#[test]
fn all_tables_are_regions_that_the_keyboard_reaches() {
    for story in [study(300), study_of(100, 2)] {
        read(&story, |page| {
            let tables: Vec<Node<'_, '_>> = all(page, "table").collect();
            assert!(tables.len() > 5);
            for table in tables {
                let region = table.parent().unwrap();
                assert_eq!((region.attribute("role"), region.attribute("tabindex")), (Some("region"), Some("0")));
                assert!(region.attribute("aria-label").is_some_and(|label| !label.is_empty()));
            }
        });
    }
}

#[test]
fn the_best_config_is_whole() {
    let best = |lines: usize| BestConfig { number: 3, reward: 0.5, code: vec!["x: 1,"; lines].join("\n") };
    for (lines, is_folded) in [(3, false), (60, false), (61, true), (2000, true)] {
        read(&Story { best: Some(best(lines)), ..Story::default() }, |page| {
            let code = of_class(page, "whole").next().unwrap();
            assert_eq!(code.first_element_child().unwrap().text().unwrap().lines().count(), lines);
            // What can be folded away is open at first.
            let fold = code.ancestors().find(|node| node.has_tag_name("details"));
            assert_eq!(fold.map(|fold| fold.has_attribute("open")), is_folded.then_some(true));
        });
    }
    let rule = "pre.whole { max-height: none; overflow: visible; white-space: pre-wrap;";
    assert!(html(&Story::default()).contains(rule));
}

#[test]
fn the_best_reward_is_written_at_its_line_and_ticks_are_round() {
    let reward = |number: u64| 0.1 + 0.123_456_7 * number as f64;
    let trials = (0..7).map(|number| row(number, Outcome::Reward(reward(number)), &[])).collect();
    read(&Story { trials, ..Story::default() }, |page| {
        assert_eq!(of_class(page, "top").next().unwrap().text(), Some("best 0.84074"));
        let section = all(page, "section").find(|section| section.attribute("id") == Some("rewards")).unwrap();
        let ticks = section.descendants().filter(|node| node.attribute("class") == Some("end quiet"));
        let ticks: Vec<&str> = ticks.filter_map(|tick| tick.text()).collect();
        assert_eq!(ticks, ["0.2", "0.4", "0.6", "0.8"]);
    });
}

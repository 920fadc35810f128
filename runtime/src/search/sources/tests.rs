//! Which trials of which sources belong where.

use super::*;
use crate::policy::Pair;
use crate::search::Context;

#[crate::search_space(name = "Net")]
#[derive(Debug, Clone)]
struct Before {
    #[space(range = 1..=4)]
    layers: u32,
    #[space(choices = ["relu", "tanh", "elu"])]
    activation: &'static str,
    #[space(range = 1..=3)]
    gone: u32,
}

#[crate::search_space(name = "Net")]
#[derive(Debug, Clone)]
struct Now {
    #[space(range = 2..=6)]
    layers: u32,
    #[space(choices = ["gelu", "relu"])]
    activation: &'static str,
}

#[crate::search_space(name = "Tree")]
#[derive(Debug, Clone)]
struct Tree {
    #[space(range = 1..=9)]
    depth: u32,
}

#[crate::tasks]
#[derive(Debug, Clone, Copy)]
enum Data {
    Digits,
    Words,
}

#[crate::joint_space(tasks = Data)]
#[derive(Debug, Clone)]
enum Both {
    Net(Now),
    Tree(Tree),
}

fn before(layers: u32, activation: &'static str) -> Before {
    Before { layers, activation, gone: 2 }
}

#[test]
fn decisions_without_a_counterpart_are_left_open() {
    let trials =
        [(before(3, "relu"), 1.0), (before(1, "relu"), 3.0), (before(4, "tanh"), 2.0), (before(1, "elu"), 9.0)];
    let lessons = Sources::new().trials("before", trials).unwrap().lessons(&Context::of::<Now>());
    let [group] = &lessons.groups[..] else { panic!("one group") };
    // The best first; one of which no decision is left is none.
    let rewards: Vec<f64> = group.trials.iter().filter_map(|lesson| lesson.outcome.reward()).collect();
    assert_eq!(rewards, [3.0, 2.0, 1.0]);
    let known = |lesson: &Lesson| {
        lesson.decisions.iter().filter(|(_, action)| *action != crate::space::ActionRow::GONE).count()
    };
    assert_eq!(group.trials.iter().map(known).collect::<Vec<_>>(), [1, 1, 2]);
    assert!(!lessons.novel.is_empty(), "there is a fifth layer");
    assert_eq!(lessons.report.sources[0].trials, 4);
}

#[test]
fn trials_go_to_the_space_that_has_their_states_and_to_all_tasks() {
    let context = Context::of::<Both>();
    let nets = Sources::new().trials("nets", [(before(3, "relu"), 1.0)]).unwrap().lessons(&context);
    let places = |lessons: &Lessons| -> Vec<(String, String)> {
        let named = |group: &Group| (context.space(group.pair).to_owned(), context.task(group.pair).to_owned());
        lessons.groups.iter().map(named).collect()
    };
    let pair = |space: &str, task: &str| (space.to_owned(), task.to_owned());
    assert_eq!(places(&nets), [pair("Net", "Digits"), pair("Net", "Words")]);
    let trees = Sources::new().trials("trees", [(Tree { depth: 3 }, 1.0)]).unwrap().lessons(&context);
    assert_eq!(places(&trees), [pair("Tree", "Digits"), pair("Tree", "Words")]);
    // A joint source says which space, and on which task.
    let both = [(Both::Tree(Tree { depth: 2 }), 1.0), (Both::Net(Now { layers: 2, activation: "relu" }), 2.0)];
    let both = Sources::new().trials("both", both).unwrap().lessons(&context);
    assert_eq!(places(&both), [pair("Net", "Digits"), pair("Tree", "Digits")]);
    // Of a joint source a single space takes what it knows.
    let one = [(Both::Tree(Tree { depth: 2 }), 1.0), (Both::Net(Now { layers: 2, activation: "relu" }), 2.0)];
    let one = Sources::new().trials("both", one).unwrap().lessons(&Context::of::<Tree>());
    assert_eq!(one.groups.iter().map(|group| group.trials.len()).collect::<Vec<_>>(), [1]);
}

#[test]
fn of_a_group_half_are_the_best_and_half_are_spread() {
    let chosen = |of: usize, most: usize| {
        let lesson = Lesson { decisions: Vec::new(), outcome: Outcome::Reward(0.0) };
        let group = Group { source: 0, pair: Pair { space: 0, task: 0 }, trials: vec![lesson; of] };
        group.chosen(most).collect::<Vec<_>>()
    };
    assert_eq!(chosen(4, 9), [0, 1, 2, 3]);
    assert_eq!(chosen(20, 5), [0, 1, 2, 10, 19]);
    assert_eq!(chosen(3, 1), [0]);
    assert_eq!(chosen(3, 0), [0; 0]);
}

#[test]
fn what_small_groups_leave_goes_to_the_others() {
    let group = |trials: usize| {
        let lesson = Lesson { decisions: Vec::new(), outcome: Outcome::Reward(0.0) };
        Group { source: 0, pair: Pair { space: 0, task: 0 }, trials: vec![lesson; trials] }
    };
    assert_eq!(shares(&[group(500), group(10), group(60)], MOST_DATA), [45, 10, 45]);
    assert_eq!(shares(&[group(7)], MOST_DATA), [7]);
    let many = shares(&vec![group(300); 200], MOST_DATA);
    assert_eq!(many.iter().filter(|share| **share == 5).count(), 20);
    assert_eq!(many.iter().sum::<usize>(), MOST_DATA);
}

/// What a study recorded of a run that diverged, and what no search learns from.
#[test]
fn what_is_no_number_is_none_in_a_snapshot() {
    let outcomes = [
        Outcome::Pruned { step: 3, last: f64::NEG_INFINITY },
        Outcome::Reward(f64::NAN),
        Outcome::Reward(f64::INFINITY),
        Outcome::Reward(1.0),
        Outcome::Cancelled,
    ];
    let trials = outcomes.map(|outcome| (before(3, "relu"), outcome));
    let lessons = Sources::new().outcomes("before", trials).unwrap().lessons(&Context::of::<Now>());
    let outcomes: Vec<Outcome> = lessons.groups[0].trials.iter().map(|lesson| lesson.outcome).collect();
    assert_eq!(outcomes, [Outcome::Reward(1.0), Outcome::Pruned { step: 3, last: f64::MIN }]);
}

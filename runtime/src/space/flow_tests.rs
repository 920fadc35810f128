//! Transition graphs of small spaces, word for word, and against the walks that the spaces allow.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_pcg::Pcg64;

use super::flow::{JointGraph, Transition};
use super::graph::Graph;
use super::test_types::{Cnn, Expr, FeedForward, Grid};
use super::{SearchSpace, Space, UniformSampler, encode};
use crate::search_space;

fn joint() -> JointGraph {
    JointGraph::new(&[("Cnn", Cnn::space()), ("FeedForward", FeedForward::space())])
}

#[test]
fn spaces_are_merged_by_state_name() {
    let dot = r##"digraph space {
  graph [nodesep=0.6, ranksep=0.6];
  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica,Arial,sans-serif", fontsize=12];
  edge [fontname="Helvetica,Arial,sans-serif", fontsize=10, arrowsize=0.7];
  start [label="start", shape=oval];
  s1 [label="Cnn"];
  s2 [label="Cnn.Conv.kernel"];
  s3 [label="Dense.units", fillcolor="#cfe2f3", penwidth=2];
  s4 [label="Dense.bias", fillcolor="#cfe2f3", penwidth=2];
  s5 [label="FeedForward.layers.len"];
  end [label="end", shape=oval];
  start -> s1 [label=" Cnn (1) "];
  start -> s5 [label=" FeedForward (2) "];
  s1 -> s2 [label=" Conv (1) "];
  s1 -> end [label=" Pool (1) "];
  s2 -> s3 [label=" 1 | 3 | 5 | 7 (1) "];
  s3 -> s4 [label=" 64 | 128 "];
  s4 -> s3 [label=" false | true (2) "];
  s4 -> end [label=" false | true "];
  s5 -> s3 [label=" 1 | 2 (2) "];
  s5 -> end [label=" 0 (2) "];
}
"##;
    assert_eq!(joint().to_dot(), dot);
    let mermaid = r#"flowchart TD
  start([start])
  s1["Cnn"]
  s2["Cnn.Conv.kernel"]
  s3["Dense.units"]
  s4["Dense.bias"]
  s5["FeedForward.layers.len"]
  finish([end])
  start -->|"Cnn (1)"| s1
  start -->|"FeedForward (2)"| s5
  s1 -->|"Conv (1)"| s2
  s1 -->|"Pool (1)"| finish
  s2 -->|"1 | 3 | 5 | 7 (1)"| s3
  s3 -->|"64 | 128"| s4
  s4 -->|"false | true (2)"| s3
  s4 -->|"false | true"| finish
  s5 -->|"1 | 2 (2)"| s3
  s5 -->|"0 (2)"| finish
  classDef shared fill:#cfe2f3,stroke:#333333,stroke-width:2px,color:#000000
  class s3,s4 shared
"#;
    assert_eq!(joint().to_mermaid(), mermaid);
}

/// What follows each action, as `state action → next`.
fn transitions(space: Space) -> Vec<String> {
    let graph = JointGraph::of(space);
    let text = |step: Transition<'_>| {
        format!("{} {} → {}", step.state, step.action, step.next.unwrap_or("end")).trim().to_owned()
    };
    graph.transitions().map(text).collect()
}

#[test]
fn repeats_and_recursion_are_cycles() {
    let expected = [
        "start  → Expr",
        "Expr Leaf → Expr",
        "Expr Add → Expr",
        "Expr Not → Expr",
        "Expr Leaf → Expr.Not.strict",
        "Expr Leaf → end",
        "Expr.Not.strict false → Expr",
        "Expr.Not.strict true → Expr",
        "Expr.Not.strict false → Expr.Not.strict",
        "Expr.Not.strict true → Expr.Not.strict",
        "Expr.Not.strict false → end",
        "Expr.Not.strict true → end",
    ];
    assert_eq!(transitions(Expr::space()), expected);
    let once = transitions(Space::of::<([bool; 1], [bool; 2])>());
    assert_eq!(once.iter().filter(|step| step.starts_with(".0[i]") && step.ends_with("→ .0[i]")).count(), 0);
    assert_eq!(once.iter().filter(|step| step.starts_with(".1[i]") && step.ends_with("→ .1[i]")).count(), 2);
    assert_eq!(transitions(Space::of::<()>()), ["start  → end"]);
    assert_eq!(transitions(Space::of::<[bool; 0]>()), ["start  → end"]);
}

/// A variant that needs another level is not available at the only one.
#[test]
fn what_is_too_deep_is_no_transition() {
    #[search_space(max_depth = 1)]
    enum Flat {
        Leaf,
        Deep { before: bool, inner: Box<Flat> },
    }
    assert_eq!(transitions(Flat::space()), ["start  → Flat", "Flat Leaf → end"]);
    assert_eq!(JointGraph::of(Flat::space()).states().len(), 1);
}

#[test]
fn labels_are_escaped_for_each_language() {
    #[search_space]
    struct Odd {
        #[space(choices = ["a\"b", "c\\d", "<e>", "#f;", "`g` | *h*"])]
        text: &'static str,
    }
    let dot = Odd::space().to_dot();
    assert!(dot.contains(r#"s1 -> end [label=" a\"b | c\\d | <e> | #f; | `g` | *h* "];"#), "{dot}");
    let chart = Odd::space().to_mermaid();
    let label = "a#34;b | c#92;d | #60;e#62; | #35;f; | #96;g#96; | #42;h#42;";
    assert!(chart.contains(&format!("s1 -->|\"{label}\"| finish\n")), "{chart}");
    assert!(chart.contains("  start --> s1\n"), "{chart}");
}

#[test]
fn graphs_have_no_characters_that_pictures_cannot_hold() {
    #[search_space]
    struct Odd {
        #[space(choices = ["\u{1b}[31m", "b\u{0}\r", "a\u{202e}b\u{9b}", "\u{ffff}"])]
        text: &'static str,
    }
    for picture in [Odd::space().to_dot(), Odd::space().to_mermaid()] {
        let disturbs = |letter: char| crate::printable::disturbs(letter) && letter != '\n';
        assert!(!picture.contains(disturbs) && !picture.contains('\u{ffff}'), "{picture:?}");
        assert!(picture.contains("␛[31m | b␀␍ | a\u{fffd}b\u{fffd} | \u{fffd}"), "{picture}");
    }
    assert_eq!(Odd::space().to_string(), "Odd.text: \\u{1b}[31m | b\\u{0}\\r | a\\u{202e}b\\u{9b} | \u{ffff}");
}

/// Graphs grow with the states, not with the ways through them.
#[test]
fn long_chains_and_deep_nesting_are_drawn_at_once() {
    type Level<T> = [(Option<T>, bool, Option<T>); 2];
    type Pairs<T> = (T, T, T, T, T, T);
    type Choices = (Option<bool>, Option<bool>, Option<bool>, Option<bool>);
    let started = Instant::now();
    let chain = JointGraph::of(Space::of::<Pairs<Choices>>());
    assert_eq!(chain.states().len(), 48);
    let deep = JointGraph::of(Space::of::<Level<Level<Level<Level<bool>>>>>());
    assert!(deep.to_dot().len() < 1_000_000);
    assert_eq!(JointGraph::of(Grid::space()).states()[0].name, "Grid.low");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

/// What followed each action in so many configs drawn with seed 5, with `[i]` for every number.
fn walked<T: SearchSpace>(count: usize) -> BTreeSet<String> {
    let graph = Graph::of_space(T::SPACE);
    let mut sampler = UniformSampler::<T>::over_traces();
    let mut rng = Pcg64::seed_from_u64(5);
    let mut found = BTreeSet::new();
    for _ in 0..count {
        let trace = encode(&sampler.sample(&mut rng).unwrap()).unwrap();
        let mut before = "start ".to_owned();
        for step in graph.follow(0, &trace).unwrap() {
            let state = graph.vocabulary().state(step.decision.state);
            let name = unnumbered(state.name());
            found.insert(format!("{before} → {name}"));
            before = format!("{name} {}", state.label(step.action()));
        }
        found.insert(format!("{before} → end"));
    }
    found
}

fn unnumbered(name: &str) -> String {
    let mut parts = name.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + "[i" + part.trim_start_matches(|letter: char| letter.is_ascii_digit()))
}

#[test]
fn the_graph_has_the_transitions_that_happen_and_no_others() {
    let drawn = |space| transitions(space).into_iter().collect::<BTreeSet<String>>();
    assert_eq!(walked::<Cnn>(1000), drawn(Cnn::space()));
    assert_eq!(walked::<FeedForward>(1000), drawn(FeedForward::space()));
    assert_eq!(walked::<Expr>(1000), drawn(Expr::space()));
    // Of the 1001 lowest numbers only some are drawn, since each asks the prune predicate of all of them.
    let (happened, shown) = (walked::<Grid>(60), drawn(Grid::space()));
    let rest = |steps: &BTreeSet<String>| steps.iter().filter(|step| !step.starts_with("Grid.low")).count();
    assert!(happened.is_subset(&shown), "{:?}", happened.difference(&shown));
    assert_eq!(rest(&happened), rest(&shown));
}

//! Transition graphs for Graphviz.

use std::fmt::Write;

use super::flow::JointGraph;
use super::fragment::END;
use crate::printable::pictured;

const HEAD: &str = "\
digraph space {
  graph [nodesep=0.6, ranksep=0.6];
  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"Helvetica,Arial,sans-serif\", fontsize=12];
  edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=10, arrowsize=0.7];
  start [label=\"start\", shape=oval];
";
/// States of more than one space.
const SHARED: &str = ", fillcolor=\"#cfe2f3\", penwidth=2";

impl JointGraph {
    /// The graph in the DOT language; what several spaces share is blue and has a thick border. An arrow lists the actions
    /// that lead from one state to another, with the numbers of the spaces where not all have them.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut dot = HEAD.to_owned();
        for state in self.states() {
            let shared = if state.is_shared() { SHARED } else { "" };
            _ = writeln!(dot, "  {} [label=\"{}\"{shared}];", id(state.number), escaped(state.name));
        }
        dot += "  end [label=\"end\", shape=oval];\n";
        for (from, to, lines) in self.arrows() {
            // The spaces keep the text off the lines.
            let label = lines.iter().map(|line| format!(" {} ", escaped(line))).collect::<Vec<_>>().join("\\n");
            let label = if label.trim().is_empty() { String::new() } else { format!(" [label=\"{label}\"]") };
            _ = writeln!(dot, "  {} -> {}{label};", id(from), id(to));
        }
        dot + "}\n"
    }
}

fn id(number: usize) -> String {
    match number {
        0 => "start".to_owned(),
        END => "end".to_owned(),
        _ => format!("s{number}"),
    }
}

/// Text between double quotes, where a backslash starts an escape sequence.
fn escaped(text: &str) -> String {
    let text: String = text.chars().map(pictured).collect();
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

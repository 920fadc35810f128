//! Transition graphs for Mermaid.

use std::fmt::Write;

use super::flow::JointGraph;
use super::fragment::END;
use crate::printable::pictured;

/// States of more than one space.
const SHARED: &str = "fill:#cfe2f3,stroke:#333333,stroke-width:2px,color:#000000";

impl JointGraph {
    /// The graph as a Mermaid flowchart; what several spaces share is blue and has a thick border. An arrow lists the actions
    /// that lead from one state to another, with the numbers of the spaces where not all have them.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let mut chart = "flowchart TD\n  start([start])\n".to_owned();
        let states = self.states();
        for state in &states {
            _ = writeln!(chart, "  {}[\"{}\"]", id(state.number), escaped(state.name));
        }
        chart += "  finish([end])\n";
        for (from, to, lines) in self.arrows() {
            let label = lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br/>");
            let label = if label.is_empty() { label } else { format!("|\"{label}\"|") };
            _ = writeln!(chart, "  {} -->{label} {}", id(from), id(to));
        }
        let shared: Vec<String> =
            states.iter().filter(|state| state.is_shared()).map(|state| id(state.number)).collect();
        if !shared.is_empty() {
            _ = writeln!(chart, "  classDef shared {SHARED}\n  class {} shared", shared.join(","));
        }
        chart
    }
}

/// `end` is a word of the language.
fn id(number: usize) -> String {
    match number {
        0 => "start".to_owned(),
        END => "finish".to_owned(),
        _ => format!("s{number}"),
    }
}

/// Text between double quotes, where entities stand for what the language or its Markdown would read.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '#' | '&' | '<' | '>' | '`' | '*' | '\\' | '\n' => _ = write!(escaped, "#{};", u32::from(letter)),
            _ => escaped.push(pictured(letter)),
        }
    }
    escaped
}

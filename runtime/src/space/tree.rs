//! An outline drawn as a tree.

use core::fmt;

use super::listed::listed;
use super::outline::{Action, Comparison, Decision, ItemNaming, Outline, Part, Repeat};
use crate::printable::printable;

/// A line of the tree and those that hang from it.
struct Line {
    text: String,
    below: Vec<Line>,
}

/// One decision a line: its state, its actions, and what must hold. What depends on an action hangs from it, and
/// repeated items from the number of times: `× 1..=4`.
impl fmt::Display for Outline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = lines(&self.parts);
        if lines.is_empty() {
            return formatter.write_str("nothing to decide");
        }
        for (i, line) in lines.iter().enumerate() {
            formatter.write_str(if i > 0 { "\n" } else { "" })?;
            formatter.write_str(&line.text)?;
            line.write_below("", formatter)?;
        }
        Ok(())
    }
}

impl Line {
    fn new(text: impl fmt::Display, below: Vec<Self>) -> Self {
        Self { text: printable(text).to_string(), below }
    }

    fn write_below(&self, indent: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, line) in self.below.iter().enumerate() {
            let (bend, rail) = if i + 1 < self.below.len() { ("├─ ", "│  ") } else { ("└─ ", "   ") };
            write!(formatter, "\n{indent}{bend}{}", line.text)?;
            line.write_below(&format!("{indent}{rail}"), formatter)?;
        }
        Ok(())
    }
}

fn lines(parts: &[Part]) -> Vec<Line> {
    parts.iter().filter_map(line).collect()
}

/// The line of a part; none where nothing is decided.
fn line(part: &Part) -> Option<Line> {
    match part {
        Part::Decision(decision) => Some(of_decision(decision)),
        Part::Repeat(repeat) => of_repeat(repeat),
        Part::Recursive { name, max_depth, parts } => {
            Some(Line::new(format!("{name}, nested at most {max_depth} deep"), lines(parts)))
        }
        Part::Again { name } => Some(Line::new(format!("{name} again"), Vec::new())),
        Part::Pruned { parts } => Some(Line::new("pruned", lines(parts))),
    }
}

fn of_decision(decision: &Decision) -> Line {
    let labels: Vec<&str> = decision.actions.iter().map(|action| action.label.as_str()).collect();
    let compared = |known: &Comparison| format!(", {} {}", known.relation.words(), known.earlier);
    let comparisons: String = decision.comparisons.iter().map(compared).collect();
    let text = format!("{}: {}{comparisons}", decision.state, listed(&labels));
    Line::new(text, decision.actions.iter().filter_map(of_action).collect())
}

fn of_action(action: &Action) -> Option<Line> {
    let below = lines(&action.then);
    (!below.is_empty()).then(|| Line::new(action.label.as_str(), below))
}

fn of_repeat(repeat: &Repeat) -> Option<Line> {
    let items = of_items(repeat);
    match &repeat.length {
        Some(length) => Some(Line { below: items.into_iter().collect(), ..of_decision(length) }),
        None => items,
    }
}

/// A single line bears the number of times itself.
fn of_items(repeat: &Repeat) -> Option<Line> {
    let mut below = lines(&repeat.parts);
    let times = match &repeat.naming {
        ItemNaming::Own | ItemNaming::Numbered => format!("× {}", repeat.times),
        ItemNaming::At(positions) => format!("× {} (i = {})", repeat.times, joined(positions)),
        ItemNaming::Tied => format!("× {} (tied)", repeat.times),
    };
    match below.len() {
        0 => None,
        1 => below.pop().map(|line| Line { text: format!("{times} {}", line.text), ..line }),
        _ => Some(Line::new(times, below)),
    }
}

fn joined(positions: &[usize]) -> String {
    positions.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

//! One checkpoint on a page of a terminal.

use transfer_nas::checkpoint::{Checkpoint, PairSummary};

use crate::table::Table;
use crate::text;

pub(super) fn show(checkpoint: &Checkpoint) -> String {
    let mut page = facts(checkpoint).text() + "\nStates\n" + &states(checkpoint).text();
    for pair in checkpoint.pairs() {
        page += &remembered(&pair);
    }
    page
}

fn facts(checkpoint: &Checkpoint) -> Table {
    let mut facts = Table::new();
    let actions: usize = checkpoint.states().map(|(_, labels)| labels.len()).sum();
    let states = checkpoint.states().count();
    let size = format!("{} with {}", text::count(states as u64, "state"), text::count(actions as u64, "action"));
    facts.row(["Universe", checkpoint.universe()]);
    facts.row(["Written by", &format!("transfer-nas {}", checkpoint.crate_version())]);
    facts.row(["Size", &size]);
    facts.row(["Learned", &learned(checkpoint)]);
    facts
}

fn learned(checkpoint: &Checkpoint) -> String {
    let (steps, samples) = (checkpoint.steps().into(), checkpoint.samples());
    format!("{}, {}", text::count(steps, "step"), text::count(samples, "sample"))
}

fn states(checkpoint: &Checkpoint) -> Table {
    let mut states = Table::new().indent(2);
    for ((name, labels), kind) in checkpoint.states().zip(checkpoint.kinds()) {
        states.row([name, kind.words(), &labels.join(", ")]);
    }
    states
}

fn remembered(pair: &PairSummary<'_>) -> String {
    let heading = format!("Space {}, task {}", text::line(pair.space), text::line(pair.task));
    let mut facts = Table::new().indent(2);
    facts.row(["baseline", &pair.baseline.map_or_else(|| "none".to_owned(), |baseline| baseline.to_string())]);
    let carried = if pair.carried == 0 { String::new() } else { format!(", {} of another agent", pair.carried) };
    facts.row(["elites", &format!("{}{carried}", pair.elites)]);
    let Some((reward, trace)) = pair.best else { return format!("\n{heading}\n{}", facts.text()) };
    facts.row(["best", &reward.to_string()]);
    let mut decisions = Table::new().indent(4);
    for (state, label) in trace {
        decisions.row([state, label]);
    }
    format!("\n{heading}\n{}{}", facts.text(), decisions.text())
}

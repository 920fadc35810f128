//! Which decision another one hangs on: `momentum` on `optimizer`, where only one of its actions leads there.

use std::collections::HashSet;

use super::columns::Column;

/// For each column those that hang on it, and on these in turn.
pub(super) fn hanging(columns: &[Column<'_>], trials: &[&[(String, String)]]) -> Vec<Vec<bool>> {
    let mut hanging = vec![vec![false; columns.len()]; columns.len()];
    let gates: Vec<Option<usize>> = (0..columns.len()).map(|column| gate(columns, trials, column)).collect();
    for column in 0..columns.len() {
        let mut gate = gates[column];
        // A gate is decided before what hangs on it, so this comes to an end; trials of strange orders do not change that.
        for _ in 0..columns.len() {
            let Some(above) = gate else { break };
            hanging[above][column] = true;
            gate = gates[above];
        }
    }
    hanging
}

/// The decision whose action alone says whether a column is decided; of several that with the fewest actions, and the latest.
fn gate(columns: &[Column<'_>], trials: &[&[(String, String)]], column: usize) -> Option<usize> {
    let this = &columns[column];
    let first = (0..trials.len()).find(|trial| this.is_decided(*trial))?;
    if (0..trials.len()).all(|trial| this.is_decided(trial)) {
        return None;
    }
    let before = trials[first].iter().map(|(name, _)| name.as_str()).take_while(|name| *name != this.name);
    let before: HashSet<&str> = before.collect();
    let candidates = columns.iter().enumerate().filter(|(_, gate)| before.contains(gate.name) && says(gate, this));
    candidates.min_by_key(|(place, gate)| (gate.singles, usize::MAX - place)).map(|(place, _)| place)
}

/// Whether the action of one decision says whether the other one is made, and some actions say that it is not.
fn says(gate: &Column<'_>, column: &Column<'_>) -> bool {
    let mut leads: Vec<Option<bool>> = vec![None; gate.singles];
    for (trial, code) in gate.single.iter().enumerate() {
        let is_decided = column.is_decided(trial);
        let known = match leads.get_mut(*code as usize) {
            Some(known) => *known.get_or_insert(is_decided),
            // What hangs on a decision is not there without it.
            None => false,
        };
        if known != is_decided {
            return false;
        }
    }
    leads.contains(&Some(false))
}

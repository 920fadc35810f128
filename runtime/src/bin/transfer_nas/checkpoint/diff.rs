//! What a transfer between two checkpoints takes over.

use std::collections::HashMap;

use transfer_nas::agent::{Entry, Fate, StateReport};
use transfer_nas::checkpoint::Checkpoint;
use transfer_nas::space::Kind;

use crate::text;

/// By state.
type Kinds<'a> = HashMap<&'a str, Kind>;

pub(super) fn diff(old: &Checkpoint, new: &Checkpoint) -> String {
    let report = new.compare(old);
    let share = report.to_string().lines().next().unwrap_or_default().to_owned();
    let kinds = [kinds(old), kinds(new)];
    let mut lines = vec![share];
    lines.extend(report.states.iter().flat_map(|state| of_state(state, &kinds)));
    lines.extend(report.tasks.iter().map(|task| format!("  task {}", entry(task))));
    lines.join("\n") + "\n"
}

fn kinds(checkpoint: &Checkpoint) -> Kinds<'_> {
    checkpoint.states().map(|(name, _)| name).zip(checkpoint.kinds()).collect()
}

/// The state, and its actions where they do not all share its fate.
fn of_state(report: &StateReport, [old, new]: &[Kinds<'_>; 2]) -> Vec<String> {
    let name = report.state.name.as_str();
    match (&report.state.fate, old.get(name), new.get(name)) {
        (Fate::New, Some(old), Some(new)) if old != new => {
            vec![format!("  `{}`: new, it has {} where it had {}", text::line(name), new.words(), old.words())]
        }
        // That is said already.
        (Fate::Dropped, Some(old), Some(new)) if old != new => Vec::new(),
        (Fate::New | Fate::Dropped, ..) => vec![format!("  {}", entry(&report.state))],
        _ => {
            let changed = report.actions.iter().filter(|action| action.fate != Fate::Reused);
            let changed = changed.map(|action| format!("    {}", entry(action)));
            std::iter::once(format!("  {}", entry(&report.state))).chain(changed).collect()
        }
    }
}

fn entry(Entry { name, fate, .. }: &Entry) -> String {
    let fate = match fate {
        Fate::Reused => "same".to_owned(),
        Fate::Renamed { from } => format!("renamed from `{}`", text::line(from)),
        Fate::New => "new".to_owned(),
        Fate::Dropped => "gone".to_owned(),
    };
    format!("`{}`: {fate}", text::line(name))
}

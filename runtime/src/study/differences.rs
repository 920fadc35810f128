//! What changed between two versions of a space.

use super::store::{SpaceRecord, StateRecord};
use crate::space::{Names, State};

/// What changed, a line each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Differences {
    /// Names that have another name now, and say so with `alias`.
    pub(super) renamed: Vec<String>,
    /// States and actions that only one version has, or has as another kind.
    pub(super) changed: Vec<String>,
}

impl Differences {
    /// From the space as it was to the one that has these states.
    pub(super) fn between(old: &SpaceRecord, states: &[State]) -> Self {
        let mut this = Self::default();
        for state in states {
            match old.states.iter().find(|old| is_called(&state.names, &old.state)) {
                None => this.changed.push(format!("`{}` is new", state.name())),
                Some(before) => this.compare(state, before),
            }
        }
        let gone = old.states.iter().filter(|old| !states.iter().any(|state| is_called(&state.names, &old.state)));
        this.changed.extend(gone.map(|old| format!("`{}` is gone", old.state)));
        this
    }

    pub(super) fn all(&self) -> Vec<String> {
        self.renamed.iter().chain(&self.changed).cloned().collect()
    }

    fn compare(&mut self, state: &State, before: &StateRecord) {
        let name = state.name();
        if before.state != name {
            self.renamed.push(format!("`{}` is `{name}` now", before.state));
        }
        if before.kind != state.kind {
            let (now, then) = (state.kind.words(), before.kind.words());
            return self.changed.push(format!("`{name}` has {now} where it had {then}"));
        }
        for label in &state.labels {
            match before.actions.iter().find(|action| is_called(label, action)) {
                None => self.changed.push(format!("`{name}` = `{}` is new", label.name)),
                Some(old) if *old != label.name => {
                    self.renamed.push(format!("`{name}` = `{old}` is `{}` now", label.name));
                }
                Some(_) => {}
            }
        }
        let gone = before.actions.iter().filter(|old| !state.labels.iter().any(|label| is_called(label, old)));
        self.changed.extend(gone.map(|old| format!("`{name}` = `{old}` is gone")));
    }
}

fn is_called(names: &Names, name: &str) -> bool {
    names.name == name || names.aliases.iter().any(|alias| alias == name)
}

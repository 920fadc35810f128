//! What became of decisions that trials of earlier versions of the type made.

use std::collections::{HashMap, HashSet};

use super::store::SpaceRecord;
use crate::space::{EarlierNames, Outline, earlier_names};

/// The states of a type and their actions, with what these were called before.
pub(super) struct Earlier<'a> {
    /// The space of the type.
    space: i64,
    states: HashMap<&'a str, State<'a>>,
    /// By earlier name.
    renamed: HashMap<String, &'a str>,
}

#[derive(Default)]
struct State<'a> {
    actions: HashSet<&'a str>,
    /// By earlier label.
    renamed: HashMap<String, &'a str>,
}

/// What became of a decision.
#[derive(Debug, PartialEq)]
pub(super) struct Fate<'a> {
    /// The state's name now.
    pub(super) state: &'a str,
    pub(super) action: Action<'a>,
}

/// What became of an action.
#[derive(Debug, PartialEq)]
pub(super) enum Action<'a> {
    Same,
    /// With its name now.
    Renamed(&'a str),
    Dropped,
}

impl<'a> Earlier<'a> {
    /// What is known of the type that a study has now, the space of this number.
    pub(super) fn of(record: &'a SpaceRecord, space: i64) -> Self {
        let outline: Outline = serde_json::from_str(&record.outline).unwrap_or_default();
        let mut names = earlier_names(&outline.parts);
        let (mut states, mut renamed) = (HashMap::new(), HashMap::new());
        for record in &record.states {
            let EarlierNames { state: earlier, actions } = names.remove(&record.state).unwrap_or_default();
            renamed.extend(earlier.into_iter().map(|earlier| (earlier, &*record.state)));
            let mut state = State { actions: record.actions.iter().map(String::as_str).collect(), ..State::default() };
            for action in &record.actions {
                let earlier = actions.get(action).into_iter().flatten();
                state.renamed.extend(earlier.map(|earlier| (earlier.clone(), &**action)));
            }
            states.insert(&*record.state, state);
        }
        Self { space, states, renamed }
    }

    /// What became of a decision of a trial of some space; none where all is as it was.
    pub(super) fn fate<'b>(&'b self, space: i64, state: &'b str, label: &str) -> Option<Fate<'b>> {
        if space == self.space {
            return None;
        }
        let now =
            if self.states.contains_key(state) { state } else { self.renamed.get(state).copied().unwrap_or(state) };
        let Some(known) = self.states.get(now) else { return Some(Fate { state, action: Action::Dropped }) };
        if known.actions.contains(label) {
            return (now != state).then_some(Fate { state: now, action: Action::Same });
        }
        let action = known.renamed.get(label).map_or(Action::Dropped, |now| Action::Renamed(now));
        Some(Fate { state: now, action })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    #[search_space]
    #[derive(Debug)]
    struct Net {
        #[space(choices = [8, 16], alias = "size")]
        width: u32,
        activation: Activation,
    }

    #[search_space]
    #[derive(Debug)]
    enum Activation {
        #[space(alias = "Silu")]
        Swish,
        Relu,
    }

    #[test]
    fn what_is_gone_and_what_was_renamed_is_told_apart() {
        let record = SpaceRecord::of::<Net>();
        let earlier = Earlier::of(&record, 2);
        let fate = |state: &'static str, label: &str| earlier.fate(1, state, label);
        let told = |state, action| Some(Fate { state, action });
        assert_eq!(fate("Net.width", "16"), None);
        assert_eq!(fate("Net.width", "4"), told("Net.width", Action::Dropped));
        assert_eq!(fate("Net.size", "16"), told("Net.width", Action::Same));
        assert_eq!(fate("Activation", "Silu"), told("Activation", Action::Renamed("Swish")));
        assert_eq!(fate("Net.depth", "3"), told("Net.depth", Action::Dropped));
        // Trials of the type as it is now are not read.
        assert_eq!(earlier.fate(2, "Net.width", "4"), None);
    }
}

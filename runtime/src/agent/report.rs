//! What a transfer took over.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::matching::{Lexicon, Matching, first_actions};
use crate::checkpoint::StateMeta;
use crate::printable::printable;
use crate::space::{Names, State, Vocabulary};

/// What became of each state, action and task in a [`transfer`](super::Agent::transfer). Its display is for people, the
/// first line for those in a hurry.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TransferReport {
    /// The universe that the source served; where there are several, all of them.
    pub source: String,
    /// The states of the new universe in row order, then those of the source that are gone.
    pub states: Vec<StateReport>,
    /// The tasks, likewise.
    pub tasks: Vec<Entry>,
    /// Positions that were taken over with an encoder, of those that the new universe has; of none where no encoder came along.
    pub positions: Share,
    /// Elites of the source that came along, of those that it had.
    pub elites: Share,
    /// Each source, where there may have been several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceReport>,
}

/// What came along from one of several sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SourceReport {
    /// What it is called.
    pub name: String,
    /// The type that was searched there.
    pub space: String,
    /// The states and actions here that it knew, of all.
    pub reused: Share,
    /// Its trials.
    pub trials: usize,
    /// Those of them that are tried first here, unless they do worse than others.
    pub elites: usize,
    /// Those of them that are data of the model of rewards.
    pub data: usize,
    /// Whether its policy was taken over.
    pub policy: bool,
    /// What was found, where it misled and was dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Dropped>,
}

/// When and why a source was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Dropped {
    /// After so many trials here.
    pub after: u64,
    /// Spearman's rank correlation of what it predicted of them with what they earned.
    pub correlation: f64,
}

/// A state and its actions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StateReport {
    /// The state.
    #[serde(flatten)]
    pub state: Entry,
    /// Its actions, then those of the source that are gone.
    pub actions: Vec<Entry>,
}

/// A name and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// The name, in the new universe where it has one.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Taken over.
    Reused,
    /// Taken over from an earlier name.
    Renamed {
        /// The earlier name.
        from: String,
    },
    /// Not known to the source: it starts fresh.
    New,
    /// Known to the source only.
    Dropped,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Share {
    /// So many.
    pub reused: usize,
    /// Of so many.
    pub of: usize,
}

/// What is taken over to.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) tasks: &'a [Names],
}

impl TransferReport {
    pub(crate) fn of(
        target: Target<'_>,
        source: Lexicon<'_>,
        matching: &Matching,
        (positions, elites): (Share, Share),
    ) -> Self {
        let (firsts, _) = first_actions(source.states);
        let states = target.vocabulary.states().iter().enumerate();
        let mut states: Vec<StateReport> =
            states.map(|(row, state)| report(row, state, (source.states, &firsts), matching)).collect();
        let known: HashSet<usize> = matching.states.iter().flatten().copied().collect();
        let is_gone = |row: &usize| !known.contains(row);
        states.extend(source.states.iter().enumerate().filter(|(row, _)| is_gone(row)).map(|(_, state)| gone(state)));
        let tasks = entries(target.tasks, &matching.tasks, source.tasks, 0);
        Self { source: source.universe.to_owned(), states, tasks, positions, elites, sources: Vec::new() }
    }

    /// The states and actions of the new universe that were taken over, under whatever name.
    #[must_use]
    pub fn reused(&self) -> Share {
        let entries = self.states.iter().flat_map(|state| std::iter::once(&state.state).chain(&state.actions));
        let mut share = Share { reused: 0, of: 0 };
        for entry in entries.filter(|entry| entry.fate != Fate::Dropped) {
            share.of += 1;
            share.reused += usize::from(entry.fate != Fate::New);
        }
        share
    }
}

fn report(row: usize, state: &State, (states, firsts): (&[StateMeta], &[usize]), matching: &Matching) -> StateReport {
    let old = matching.states[row];
    let rows = &matching.actions[state.rows()];
    let actions = match old {
        Some(old) => entries(&state.labels, rows, &states[old].actions, firsts[old]),
        None => entries(&state.labels, rows, &[], 0),
    };
    let fate = fate(state.name(), old.map(|old| &states[old].names));
    StateReport { state: Entry { name: state.name().to_owned(), fate }, actions }
}

fn gone(state: &StateMeta) -> StateReport {
    let dropped = |names: &Names| Entry { name: names.name.clone(), fate: Fate::Dropped };
    StateReport { state: dropped(&state.names), actions: state.actions.iter().map(dropped).collect() }
}

/// The new names, then the old ones that no row was taken from; old rows count from `first`.
fn entries(new: &[Names], rows: &[Option<usize>], old: &[Names], first: usize) -> Vec<Entry> {
    let entry = |(names, row): (&Names, &Option<usize>)| Entry {
        name: names.name.clone(),
        fate: fate(&names.name, row.map(|row| &old[row - first])),
    };
    let mut entries: Vec<Entry> = new.iter().zip(rows).map(entry).collect();
    let known: HashSet<usize> = rows.iter().flatten().copied().collect();
    let gone = old.iter().enumerate().filter(|(row, _)| !known.contains(&(first + row)));
    entries.extend(gone.map(|(_, names)| Entry { name: names.name.clone(), fate: Fate::Dropped }));
    entries
}

fn fate(name: &str, old: Option<&Names>) -> Fate {
    match old {
        None => Fate::New,
        Some(old) if old.name == name => Fate::Reused,
        Some(old) => Fate::Renamed { from: old.name.clone() },
    }
}

impl Share {
    fn percent(self) -> f64 {
        100.0 * self.reused as f64 / self.of.max(1) as f64
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {}", self.reused, self.of)
    }
}

impl fmt::Display for TransferReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reused = self.reused();
        writeln!(
            formatter,
            "reused {reused} states and actions ({:.0} %) of `{}`",
            reused.percent(),
            printable(&self.source)
        )?;
        match self.positions.of {
            0 => writeln!(formatter, "{} elites came along", self.elites)?,
            _ => {
                writeln!(formatter, "the encoder, {} positions and {} elites came along", self.positions, self.elites)?;
            }
        }
        self.sources.iter().try_for_each(|source| writeln!(formatter, "  {source}"))?;
        for StateReport { state, actions } in &self.states {
            let changed: Vec<&Entry> = actions.iter().filter(|action| action.fate != Fate::Reused).collect();
            match &state.fate {
                Fate::New | Fate::Dropped => writeln!(formatter, "  {state}, with all its actions")?,
                Fate::Reused if changed.is_empty() => {}
                Fate::Reused | Fate::Renamed { .. } => {
                    writeln!(formatter, "  {state}")?;
                    changed.iter().try_for_each(|action| writeln!(formatter, "    {action}"))?;
                }
            }
        }
        let tasks = self.tasks.iter().filter(|task| task.fate != Fate::Reused);
        tasks.into_iter().try_for_each(|task| writeln!(formatter, "  task {task}"))
    }
}

impl fmt::Display for SourceReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, space, reused, trials, elites, data, policy, dropped } = self;
        let policy = if *policy { "; its policy is taken over" } else { "" };
        write!(
            formatter,
            "source `{}` (`{}`): knows {reused} states and actions; of {trials} trials {elites} are tried first and {data} are \
             data{policy}",
            printable(name),
            printable(space)
        )?;
        dropped.map_or(Ok(()), |dropped| write!(formatter, "; {dropped}"))
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { after, correlation } = self;
        write!(
            formatter,
            "dropped after {after} trials, since what it predicts does not go with what is earned (rank correlation \
             {correlation:.2})"
        )
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = printable(&self.name);
        match &self.fate {
            Fate::Reused => write!(formatter, "`{name}`"),
            Fate::Renamed { from } => write!(formatter, "`{name}`: renamed from `{}`", printable(from)),
            Fate::New => write!(formatter, "`{name}`: new"),
            Fate::Dropped => write!(formatter, "`{name}`: dropped"),
        }
    }
}

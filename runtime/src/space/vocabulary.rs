//! The states and actions of a universe as text, each with its row in the embedding tables.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::node::{Actions, Domain, Kind};
use super::relation::Number;

/// The row of a state in every table that has one row a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateRow(pub(crate) u32);

/// The row of a (state, action) pair in every table that has one row a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionRow(pub(crate) u32);

impl StateRow {
    /// The row as an index.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl ActionRow {
    /// What is no action of any state: one that a decision elsewhere took, and that there is none of here.
    pub(crate) const GONE: Self = Self(u32::MAX);

    /// The row as an index.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A name now, and what it was in earlier versions of the type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Names {
    /// The name.
    pub name: String,
    /// Earlier names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

impl Names {
    pub(crate) fn new(name: &str, aliases: &[&str]) -> Self {
        Self { name: name.to_owned(), aliases: aliases.iter().map(|&alias| alias.to_owned()).collect() }
    }

    /// All names with the same end.
    pub(crate) fn with(&self, suffix: &str) -> Self {
        let extend = |name: &String| format!("{name}{suffix}");
        Self { name: extend(&self.name), aliases: self.aliases.iter().map(extend).collect() }
    }

    /// The names of a state that its type has to itself where these names stand.
    pub(crate) fn own(&self, local: &str, name: &str, aliases: &[&str]) -> Self {
        let mut names = self.with(local);
        // What the field was called before, behind the type's name of today.
        let owner = &name[..name.len() - local.len()];
        let earlier = aliases.iter().filter_map(|alias| alias.strip_prefix(owner));
        names
            .aliases
            .extend(earlier.filter(|local| local.starts_with('.')).map(|local| format!("{}{local}", self.name)));
        names
    }

    /// The names that a part of the tree gives to what is below.
    pub(crate) fn named(&self, own: bool, local: Option<&str>, name: &str, aliases: &[&str]) -> Self {
        match local {
            Some(local) if own => self.own(local, name, aliases),
            _ => Self::new(name, aliases),
        }
    }

    fn learn(&mut self, other: &Self) {
        for alias in &other.aliases {
            if !self.aliases.contains(alias) {
                self.aliases.push(alias.clone());
            }
        }
    }
}

/// One decision point: its name, and its actions by label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The name, such as `Dense.units`.
    pub names: Names,
    /// What the labels stand for.
    pub kind: Kind,
    /// The labels of all its actions, of all spaces that use the state.
    pub labels: Vec<Names>,
    /// By position: the place of each label's number in ascending order; none where the labels are not numbers.
    order: Option<Vec<u32>>,
    /// By position: the numbers of labels that are none themselves, such as the names of constants.
    values: BTreeMap<usize, String>,
    first: u32,
}

impl State {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.names.name
    }

    /// The rows of its actions; they follow each other.
    #[must_use]
    pub fn rows(&self) -> Range<usize> {
        let first = self.first as usize;
        first..first + self.labels.len()
    }

    /// By position among the labels: the place in ascending order; none where the actions have no order.
    pub(crate) fn order(&self) -> Option<&[u32]> {
        self.order.as_deref()
    }

    /// The number that one of its actions stands for, where its label is another text: the name of a constant.
    pub(crate) fn value(&self, row: ActionRow) -> Option<&str> {
        self.values.get(&(row.index() - self.first as usize)).map(String::as_str)
    }

    /// The label of one of its actions.
    pub(crate) fn label(&self, row: ActionRow) -> &str {
        &self.labels[row.index() - self.first as usize].name
    }
}

/// All states of a universe, and all their actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    states: Vec<State>,
}

impl Vocabulary {
    /// That of states and labels of which each has a name of its own.
    pub(crate) fn listed(states: impl Iterator<Item = (Names, Kind, Vec<Names>)>) -> Self {
        let mut end = 0;
        let state = |(names, kind, labels): (Names, Kind, Vec<Names>)| {
            let first = end;
            end += labels.len() as u32;
            State { names, kind, labels, order: None, values: BTreeMap::new(), first }
        };
        Self { states: states.map(state).collect() }
    }

    /// The states in row order.
    #[must_use]
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// The state of a row.
    #[must_use]
    pub fn state(&self, row: StateRow) -> &State {
        &self.states[row.index()]
    }

    /// The name of a state and the label of one of its actions.
    pub(crate) fn names(&self, state: StateRow, action: ActionRow) -> (String, String) {
        let state = self.state(state);
        (state.name().to_owned(), state.label(action).to_owned())
    }

    /// The number of (state, action) pairs.
    #[must_use]
    pub fn actions(&self) -> usize {
        self.states.last().map_or(0, |state| state.rows().end)
    }

    /// The name and label of each (state, action) pair, in row order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.states.iter().flat_map(|state| state.labels.iter().map(|label| (state.name(), label.name.as_str())))
    }
}

/// Collects the states of a walk; rows of actions are known only once all labels are.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    states: Vec<State>,
    rows: HashMap<String, StateRow>,
    /// By state and by position: the numbers that labels stand for.
    numbers: Vec<Vec<Option<Number>>>,
}

/// A label, and the number that it stands for, if any.
pub(crate) type Label = (Names, Option<Number>);

impl Collector {
    /// Enters a state with the labels it has here; gives its row and, per label, the position in the state.
    pub(crate) fn enter(
        &mut self,
        names: &Names,
        kind: Kind,
        labels: impl IntoIterator<Item = Label>,
    ) -> (StateRow, Vec<u32>) {
        let row = self.rows.get(&names.name).copied().unwrap_or_else(|| self.add(names, kind));
        let (state, numbers) = (&mut self.states[row.index()], &mut self.numbers[row.index()]);
        state.names.learn(names);
        let mut enter = |(label, number): Label| {
            let position = position(&mut state.labels, label);
            numbers.resize(state.labels.len(), None);
            numbers[position as usize] = number;
            position
        };
        let positions = labels.into_iter().map(&mut enter).collect();
        (row, positions)
    }

    fn add(&mut self, names: &Names, kind: Kind) -> StateRow {
        let row = StateRow(self.states.len() as u32);
        self.states.push(State {
            names: names.clone(),
            kind,
            labels: Vec::new(),
            order: None,
            values: BTreeMap::new(),
            first: 0,
        });
        self.numbers.push(Vec::new());
        self.rows.insert(names.name.clone(), row);
        row
    }

    pub(crate) fn finish(mut self) -> Vocabulary {
        let mut first = 0;
        for (state, numbers) in self.states.iter_mut().zip(&self.numbers) {
            state.first = first;
            state.order = order(numbers);
            state.values = values(&state.labels, numbers);
            first += state.labels.len() as u32;
        }
        Vocabulary { states: self.states }
    }
}

/// For each number how many are less; none where one is missing.
fn order(numbers: &[Option<Number>]) -> Option<Vec<u32>> {
    let numbers = numbers.iter().copied().collect::<Option<Vec<Number>>>()?;
    let mut ascending: Vec<usize> = (0..numbers.len()).collect();
    ascending.sort_by(|&a, &b| numbers[a].compare(numbers[b]));
    let mut order = vec![0; numbers.len()];
    ascending.into_iter().enumerate().for_each(|(place, position)| order[position] = place as u32);
    Some(order)
}

/// By position: the numbers of those labels that are no numbers.
fn values(labels: &[Names], numbers: &[Option<Number>]) -> BTreeMap<usize, String> {
    let named = |(position, (label, number)): (usize, (&Names, &Option<Number>))| {
        let is_number = label.name.parse::<f64>().is_ok();
        Some((position, number.filter(|_| !is_number)?.to_text()?))
    };
    labels.iter().zip(numbers).enumerate().filter_map(named).collect()
}

fn position(labels: &mut Vec<Names>, label: Names) -> u32 {
    if let Some(found) = labels.iter().position(|known| known.name == label.name) {
        labels[found].learn(&label);
        return found as u32;
    }
    labels.push(label);
    labels.len() as u32 - 1
}

/// The labels of a plain decision as text.
pub(crate) fn labels(domain: &Domain) -> Vec<String> {
    match domain.actions {
        Actions::Labels(labels) | Actions::Numbers { labels, .. } => {
            labels.iter().map(|&label| label.to_owned()).collect()
        }
        Actions::Range { first, step, count } => (0..count).map(|i| (first + step * i as i128).to_string()).collect(),
    }
}

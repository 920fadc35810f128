//! Which rows of a checkpoint's tables go where in an agent's, by name.

use std::collections::HashMap;

use crate::checkpoint::{Checkpoint, LoadError, Meta, StateMeta, TensorData, TensorFault};
use crate::space::{Names, Vocabulary};
use crate::train::model::Rows;

/// For each row of the agent's tables the row of the checkpoint's that goes there, if any.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matching {
    pub(crate) states: Vec<Option<usize>>,
    pub(crate) actions: Vec<Option<usize>>,
    pub(crate) tasks: Vec<Option<usize>>,
    /// The rows of the checkpoint's tables.
    rows: [usize; 3],
}

/// The names on the side of what is taken over, in row order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lexicon<'a> {
    /// The type of the universe, for people.
    pub(crate) universe: &'a str,
    pub(crate) states: &'a [StateMeta],
    pub(crate) tasks: &'a [Names],
}

impl Meta {
    pub(super) fn lexicon(&self) -> Lexicon<'_> {
        Lexicon { universe: &self.universe, states: &self.states, tasks: &self.tasks }
    }
}

/// The first of each state's action rows, and their number in all.
pub(super) fn first_actions(states: &[StateMeta]) -> (Vec<usize>, usize) {
    let mut end = 0;
    let firsts = states.iter().map(|state| {
        let first = end;
        end += state.actions.len();
        first
    });
    (firsts.collect(), end)
}

impl Matching {
    pub(crate) fn new(vocabulary: &Vocabulary, tasks: &[Names], lexicon: Lexicon<'_>) -> Self {
        let by_name = Index::new(lexicon.states.iter().map(|state| &state.names));
        let (firsts, actions) = first_actions(lexicon.states);
        let mut this = Self {
            states: Vec::new(),
            actions: Vec::new(),
            tasks: Vec::new(),
            rows: [lexicon.states.len(), actions, lexicon.tasks.len()],
        };
        let mut labels_of: HashMap<usize, Index<'_>> = HashMap::new();
        for state in vocabulary.states() {
            // The same name with another kind of action is another state.
            let old = by_name.find(&state.names).filter(|&old| lexicon.states[old].kind == state.kind);
            this.states.push(old);
            let Some(old) = old else {
                this.actions.extend(state.labels.iter().map(|_| None));
                continue;
            };
            let index = || Index::new(lexicon.states[old].actions.iter());
            let (first, labels) = (firsts[old], &*labels_of.entry(old).or_insert_with(index));
            this.actions.extend(state.labels.iter().map(|label| Some(first + labels.find(label)?)));
        }
        let by_name = Index::new(lexicon.tasks.iter());
        this.tasks = tasks.iter().map(|task| by_name.find(task)).collect();
        this
    }

    /// Whether each row has one of its own, and none is left over.
    pub(crate) fn is_whole(&self) -> bool {
        let all = |rows: &[Option<usize>], count: usize| {
            let mut rows: Vec<usize> = rows.iter().flatten().copied().collect();
            let found = rows.len();
            rows.sort_unstable();
            rows.dedup();
            rows.len() == found && found == count
        };
        let tables = [&self.states, &self.actions, &self.tasks];
        tables.iter().zip(self.rows).all(|(rows, count)| rows.len() == count && all(rows, count))
    }

    /// Fills one of the agent's tensors with what the checkpoint has of it; gives the number of rows that were filled.
    fn fill(&self, rows: Rows, shape: &[usize], numbers: &mut [f32], data: &TensorData) -> Result<usize, TensorFault> {
        let (rows, old_rows): (Vec<Option<usize>>, usize) = match rows {
            Rows::States => (self.states.clone(), self.rows[0]),
            Rows::Actions => (self.actions.clone(), self.rows[1]),
            Rows::Tasks => (self.tasks.clone(), self.rows[2]),
            Rows::Places => {
                let known = data.shape.first().copied().unwrap_or(0);
                ((0..shape[0]).map(|row| (row < known).then_some(row)).collect(), known)
            }
            Rows::Fixed => ((0..shape[0]).map(Some).collect(), shape[0]),
        };
        let expected: Vec<usize> = std::iter::once(old_rows).chain(shape[1..].iter().copied()).collect();
        if data.shape != expected || old_rows == 0 {
            return Err(TensorFault::Shape { found: data.shape.clone(), expected });
        }
        let width: usize = shape[1..].iter().product();
        let mut filled = 0;
        for (new, old) in rows.iter().enumerate() {
            if let Some(old) = old {
                numbers[new * width..][..width].copy_from_slice(&data.values[old * width..][..width]);
                filled += 1;
            }
        }
        Ok(filled)
    }

    /// Fills numbers of the rows and shape of one of the agent's tensors from the checkpoint's tensor of a name.
    pub(super) fn fill_from(
        &self,
        checkpoint: &Checkpoint,
        name: &str,
        (rows, shape): (Rows, &[usize]),
        numbers: &mut [f32],
    ) -> Result<usize, LoadError> {
        let data = checkpoint.tensors.get(name).ok_or(TensorFault::Missing);
        let filled = data.and_then(|data| self.fill(rows, shape, numbers, data));
        filled.map_err(|fault| LoadError::Tensor { name: name.to_owned(), fault })
    }
}

/// Rows by name.
struct Index<'a>(HashMap<&'a str, usize>);

impl<'a> Index<'a> {
    fn new(names: impl Iterator<Item = &'a Names>) -> Self {
        Self(names.enumerate().map(|(row, names)| (names.name.as_str(), row)).collect())
    }

    /// The row of a name, or else of one of its earlier names.
    fn find(&self, names: &Names) -> Option<usize> {
        let known = |name: &String| self.0.get(name.as_str()).copied();
        known(&names.name).or_else(|| names.aliases.iter().find_map(known))
    }
}

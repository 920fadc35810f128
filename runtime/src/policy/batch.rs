//! Which tokens go through the encoder together, and which of them each one sees.

use std::borrow::Cow;
use std::ops::Range;

use crate::space::cursor::{Pending, Step};
use crate::space::{ActionRow, StateRow};

/// Rows of the embedding tables that make one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) action: ActionRow,
    pub(crate) state: StateRow,
    pub(crate) task: u32,
    pub(crate) position: u32,
}

/// How past tokens see each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// The paper's: every candidate is a sequence of its own in which each token sees all others. The past is
    /// encoded anew for every candidate.
    Full,
    /// A past token sees its own past only, a candidate the past and itself. The past is encoded once.
    #[default]
    Causal,
}

/// Rows that share their keys.
#[derive(Debug, Clone)]
pub(crate) struct Sequence {
    /// Its rows in the batch.
    pub(crate) rows: Range<usize>,
    /// The rows that are visible to others, in the order of their positions.
    pub(crate) keys: Vec<usize>,
    /// Its outputs, as positions among the batch's outputs.
    pub(crate) outputs: Range<usize>,
}

/// Sequences of tokens for one pass through the encoder.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    attention: Attention,
    pub(crate) tokens: Vec<Token>,
    pub(crate) sequences: Vec<Sequence>,
    /// For each row how many of its sequence's keys it sees.
    pub(crate) visible: Vec<usize>,
    /// The rows whose encoding is asked for, ascending.
    pub(crate) outputs: Vec<usize>,
}

/// The start token and the decisions of one trace, with the actions taken.
#[derive(Debug, Clone)]
pub(crate) struct Path<'a> {
    pub(crate) start: Token,
    pub(crate) steps: Cow<'a, [Step<'a>]>,
}

impl Path<'_> {
    /// The tokens of the actions that were available at a step.
    fn candidates(&self, step: usize) -> impl Iterator<Item = Token> {
        let taken = self.taken(step);
        self.steps[step].actions().map(move |action| Token { action, ..taken })
    }

    fn taken(&self, step: usize) -> Token {
        let (action, state) = (self.steps[step].action(), self.steps[step].decision.state);
        Token { action, state, task: self.start.task, position: step as u32 + 1 }
    }

    fn past(&self, steps: usize) -> impl Iterator<Item = Token> {
        std::iter::once(self.start).chain((0..steps).map(|step| self.taken(step)))
    }
}

impl Batch {
    /// Whether a row sees its own token besides the keys.
    pub(crate) fn own(&self) -> bool {
        self.attention == Attention::Causal
    }

    /// A batch in which every candidate of every step of every path is an output, path by path, step by step.
    pub(crate) fn of_paths(attention: Attention, paths: &[&Path<'_>]) -> Self {
        let mut batch =
            Self { attention, tokens: Vec::new(), sequences: Vec::new(), visible: Vec::new(), outputs: Vec::new() };
        for path in paths {
            match attention {
                Attention::Causal => batch.causal(path),
                Attention::Full => (0..path.steps.len()).for_each(|step| batch.full(path, step)),
            }
        }
        batch
    }

    /// A batch of the candidates of pending decisions, each after its path, with `Full` attention.
    pub(crate) fn of_candidates<'a>(pending: impl Iterator<Item = (Path<'a>, &'a Pending<'a>)>) -> Self {
        let mut batch = Self::of_paths(Attention::Full, &[]);
        for (path, pending) in pending {
            let step = path.steps.len();
            let mut steps = path.steps.into_owned();
            steps.push(pending.clone().step(0));
            batch.full(&Path { start: path.start, steps: Cow::Owned(steps) }, step);
        }
        batch
    }

    /// A batch of the tokens of one whole trace, all of which are outputs.
    pub(crate) fn of_trace(attention: Attention, path: &Path<'_>) -> Self {
        let tokens: Vec<Token> = path.past(path.steps.len()).collect();
        let rows = 0..tokens.len();
        let visible = match attention {
            Attention::Full => vec![tokens.len(); tokens.len()],
            Attention::Causal => rows.clone().collect(),
        };
        let sequence = Sequence { rows: rows.clone(), keys: rows.clone().collect(), outputs: rows.clone() };
        Self { attention, tokens, sequences: vec![sequence], visible, outputs: rows.collect() }
    }

    /// One sequence: the start token, then all candidates of each step; the taken ones are the keys of later steps.
    fn causal(&mut self, path: &Path<'_>) {
        let (first, first_output) = (self.tokens.len(), self.outputs.len());
        self.tokens.push(path.start);
        self.visible.push(0);
        let mut keys = vec![first];
        for (i, step) in path.steps.iter().enumerate() {
            let row = self.tokens.len();
            self.tokens.extend(path.candidates(i));
            self.visible.extend(std::iter::repeat_n(i + 1, step.len()));
            self.outputs.extend(row..self.tokens.len());
            keys.push(row + step.taken);
        }
        let (rows, outputs) = (first..self.tokens.len(), first_output..self.outputs.len());
        self.sequences.push(Sequence { rows, keys, outputs });
    }

    /// One sequence a candidate: the past, then the candidate, which alone is an output.
    fn full(&mut self, path: &Path<'_>, step: usize) {
        for candidate in path.candidates(step) {
            let (first, first_output) = (self.tokens.len(), self.outputs.len());
            self.tokens.extend(path.past(step));
            self.tokens.push(candidate);
            let rows = first..self.tokens.len();
            self.visible.extend(std::iter::repeat_n(rows.len(), rows.len()));
            self.outputs.push(rows.end - 1);
            let keys = rows.clone().collect();
            self.sequences.push(Sequence { rows, keys, outputs: first_output..first_output + 1 });
        }
    }
}

//! The network: embeddings, the recurrence, and the logits of each state's actions.

use rand_pcg::Pcg64;

use super::LstmInput;
use super::cell::{State, step};
use super::parameters::{Embedded, Parameters, Sizes, WIDTH};
use crate::policy::batch::Token;
use crate::policy::kernels::dot;
use crate::policy::real::Real;
use crate::space::cursor::Step;
use crate::space::{ActionRow, Graph, StateRow};

/// The parameters, and where a token's embedding stands among them.
#[derive(Debug, Clone)]
pub(super) struct Network<E> {
    pub(super) parameters: Parameters<E>,
    /// By state: what is taken off an action's row to find its embedding.
    pub(super) offsets: Vec<usize>,
    sizes: Sizes,
}

impl<E: Real> Network<E> {
    pub(super) fn new(graph: &Graph, tasks: usize, input: LstmInput, rng: &mut Pcg64) -> Self {
        let vocabulary = graph.vocabulary();
        let (states, actions) = (vocabulary.states(), vocabulary.actions());
        let (inputs, offsets) = match input {
            LstmInput::PerState => (actions, vec![0; states.len()]),
            LstmInput::Shared => {
                let most = states.iter().map(|state| state.labels.len()).max().unwrap_or(0);
                (most, states.iter().map(|state| state.rows().start).collect())
            }
        };
        let sizes = Sizes { inputs, tasks, states: states.len(), actions };
        Self { parameters: Parameters::random(sizes, rng), offsets, sizes }
    }

    pub(super) fn zero_gradient(&self) -> Parameters<E> {
        Parameters::zeros(self.sizes)
    }

    pub(super) fn embedded(&self, token: Token) -> Embedded {
        let state = token.state.index();
        Embedded { input: token.action.index() - self.offsets[state], task: token.task as usize, state }
    }

    /// The logits of actions after the recurrence has come to an output.
    pub(super) fn logits(&self, output: &[E; WIDTH], actions: impl Iterator<Item = ActionRow>) -> Vec<E> {
        let rows = self.parameters.output.as_chunks::<WIDTH>().0;
        let logit =
            |action: ActionRow| dot(&rows[action.index()], output) + self.parameters.output_bias[action.index()];
        actions.map(logit).collect()
    }

    pub(super) fn advance(&self, state: &mut State<E>, token: Token) {
        step(&self.parameters, state, &self.parameters.embed(self.embedded(token)));
    }
}

pub(super) fn token(start: Token, state: StateRow, action: ActionRow) -> Token {
    Token { action, state, ..start }
}

/// The tokens of a trace, each before the decision that it is the input of.
pub(super) fn inputs<'a>(start: Token, steps: &'a [Step<'a>]) -> impl Iterator<Item = Token> + 'a {
    let taken = steps.iter().map(move |step| token(start, step.decision.state, step.action()));
    std::iter::once(start).chain(taken).take(steps.len())
}

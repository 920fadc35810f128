//! The parameters as plain rows, copied from the tensors after each change: what sampling and the kernels read.

use dfdx::nn::modules::{LayerNorm1D, Linear as DfdxLinear};
use dfdx::prelude::{Cpu, Device, HasShape, Shape, Tensor};

use super::batch::{Batch, Token};
use super::block::Block;
use super::kernels::linear::Linear;
use super::kernels::norm::Norm;
use super::kernels::{EMBEDDING, Row, WIDTH, add, dot, zeros};
use super::network::{DfdxBlock, Network};
use super::real::Real;
use super::self_attention::Queries;
use super::tables::Parameter;
use crate::space::StateRow;

/// All parameters, in the layout of the kernels.
#[derive(Debug, Clone)]
pub(crate) struct Weights<E> {
    pub(crate) actions: Vec<[E; EMBEDDING]>,
    pub(crate) tasks: Vec<[E; EMBEDDING]>,
    pub(crate) states: Vec<[E; EMBEDDING]>,
    pub(crate) positions: Vec<Row<E>>,
    pub(crate) blocks: Vec<Block<E>>,
    pub(crate) output_weight: Vec<Row<E>>,
    pub(crate) output_bias: Vec<E>,
}

impl<E: Real> Weights<E> {
    pub(crate) fn of(network: &Network<E>) -> Self
    where
        Cpu: Device<E>,
    {
        let [actions, tasks, states, positions] = network.tables.embedding();
        let [output_weight, output_bias] = network.tables.output();
        Self {
            actions: table(actions),
            tasks: table(tasks),
            states: table(states),
            positions: table(positions),
            blocks: network.blocks().iter().map(block).collect(),
            output_weight: table(output_weight),
            output_bias: output_bias.values(),
        }
    }

    /// The token's three embeddings side by side plus its position's vector (paper, Section 3).
    #[inline]
    pub(crate) fn embed(&self, token: Token) -> Row<E> {
        let mut row = [E::zero(); WIDTH];
        let ([action, task, state], _) = row.as_chunks_mut::<EMBEDDING>() else { return row };
        *action = self.actions[token.action.index()];
        *task = self.tasks[token.task as usize];
        *state = self.states[token.state.index()];
        add(&mut row, &self.positions[token.position as usize]);
        row
    }

    /// The logit that the state's own map gives to the encoding of a candidate.
    #[inline]
    pub(crate) fn logit(&self, state: StateRow, encoding: &Row<E>) -> E {
        dot(&self.output_weight[state.index()], encoding) + self.output_bias[state.index()]
    }

    /// The logits of a batch's outputs.
    pub(crate) fn logits(&self, batch: &Batch) -> Vec<E> {
        let mut rows: Vec<Row<E>> = batch.tokens.iter().map(|&token| self.embed(token)).collect();
        for (layer, block) in self.blocks.iter().enumerate() {
            (rows, _) = block.forward(rows, batch, Queries::of_layer(layer));
        }
        let outputs = batch.outputs.iter().map(|&row| batch.tokens[row].state);
        outputs.zip(&rows).map(|(state, row)| self.logit(state, row)).collect()
    }
}

/// The tensor as rows of `N` numbers.
pub(crate) fn rows<S: Shape, E: Real, T, const N: usize>(tensor: &Tensor<S, E, Cpu, T>) -> Vec<[E; N]> {
    let mut rows = zeros(tensor.shape().num_elements() / N);
    tensor.copy_into(rows.as_flattened_mut());
    rows
}

fn table<E: Real, const N: usize>(tensor: &dyn Parameter<E>) -> Vec<[E; N]> {
    tensor.values().as_chunks().0.to_vec()
}

fn row<S: Shape, E: Real, const N: usize>(tensor: &Tensor<S, E, Cpu>) -> [E; N] {
    let mut row = [E::zero(); N];
    tensor.copy_into(&mut row);
    row
}

fn linear<E: Real, const I: usize, const O: usize>(linear: &DfdxLinear<I, O, E, Cpu>) -> Linear<E, I, O> {
    Linear::new(rows(&linear.weight), row(&linear.bias))
}

fn norm<E: Real>(norm: &LayerNorm1D<WIDTH, E, Cpu>) -> Norm<E> {
    Norm { gamma: row(&norm.gamma), beta: row(&norm.beta), epsilon: norm.epsilon }
}

fn block<E: Real>(block: &DfdxBlock<E>) -> Block<E> {
    let (widen, _, narrow) = &block.ff.0;
    Block {
        query: linear(&block.self_attn.w_q),
        key: linear(&block.self_attn.w_k),
        value: linear(&block.self_attn.w_v),
        out: linear(&block.self_attn.w_o),
        norm1: norm(&block.norm1),
        widen: linear(widen),
        narrow: linear(narrow),
        norm2: norm(&block.norm2),
    }
}

//! The network on dfdx's tape: three operations of our own, each with its backward pass.

use std::sync::Arc;

use dfdx::nn::modules::{LayerNorm1D, Linear as DfdxLinear};
use dfdx::prelude::{Const, Cpu, Device, Gradients, OwnedTape, PutTape, SplitTape, Tape, Tensor, TensorFromVec};

use super::batch::Batch;
use super::block::BlockGradient;
use super::kernels::linear::LinearGradient;
use super::kernels::norm::NormGradient;
use super::kernels::{EMBEDDING, Row, WIDTH, add, add_scaled, zeros};
use super::network::{DfdxBlock, Network};
use super::real::Real;
use super::self_attention::Queries;
use super::tables::{Error, Parameter};
use super::weights::{Weights, rows};

pub(crate) type TapeOf<E> = OwnedTape<E, Cpu>;
/// Encodings of tokens, `[rows, 24]`.
type Encodings<E, T> = Tensor<(usize, Const<WIDTH>), E, Cpu, T>;
/// Logits of a batch's outputs, `[outputs]`.
pub(crate) type Logits<E, T> = Tensor<(usize,), E, Cpu, T>;

/// The logits of a batch's outputs, with the tape that leads back to every parameter.
pub(crate) fn logits<E: Real>(
    network: &Network<E>,
    weights: &Arc<Weights<E>>,
    batch: &Arc<Batch>,
) -> Logits<E, TapeOf<E>>
where
    Cpu: Device<E>,
{
    let mut encodings = embed(network, weights, batch);
    for (layer, block) in network.blocks().iter().enumerate() {
        encodings = encode(encodings, layer, block, weights, batch);
    }
    output(encodings, network, weights, batch)
}

fn tensor<E: Real, const N: usize>(device: &Cpu, rows: Vec<[E; N]>) -> Tensor<(usize, Const<N>), E, Cpu>
where
    Cpu: Device<E>,
{
    let shape = (rows.len(), Const);
    device.tensor_from_vec(rows.into_flattened(), shape)
}

fn embed<E: Real>(network: &Network<E>, weights: &Weights<E>, batch: &Arc<Batch>) -> Encodings<E, TapeOf<E>>
where
    Cpu: Device<E>,
{
    let embedded = tensor(network.device(), batch.tokens.iter().map(|&token| weights.embed(token)).collect());
    let mut tape = TapeOf::<E>::default();
    let (out, batch, tables) = (embedded.clone(), Arc::clone(batch), network.tables.share());
    tape.add_backward_op(move |gradients| {
        let [actions, tasks, states, positions] = tables.embedding();
        let dout: Vec<Row<E>> = gradient_rows(gradients, &out)?;
        let parts = dout.iter().map(|row| row.as_chunks::<EMBEDDING>().0);
        let tokens = || batch.tokens.iter();
        let part = |i: usize| parts.clone().map(move |parts| &parts[i]);
        scatter(gradients, actions, tokens().map(|t| t.action.index()).zip(part(0)))?;
        scatter(gradients, tasks, tokens().map(|t| t.task as usize).zip(part(1)))?;
        scatter(gradients, states, tokens().map(|t| t.state.index()).zip(part(2)))?;
        scatter(gradients, positions, tokens().map(|t| t.position as usize).zip(&dout))
    });
    embedded.put_tape(tape)
}

fn encode<E: Real>(
    input: Encodings<E, TapeOf<E>>,
    layer: usize,
    block: &DfdxBlock<E>,
    weights: &Arc<Weights<E>>,
    batch: &Arc<Batch>,
) -> Encodings<E, TapeOf<E>>
where
    Cpu: Device<E>,
{
    let (input, mut tape) = input.split_tape();
    let (encoded, saved) = weights.blocks[layer].forward(rows(&input), batch, Queries::of_layer(layer));
    let encoded = tensor(input.device(), encoded);
    let (out, block, weights, batch) = (encoded.clone(), block.clone(), Arc::clone(weights), Arc::clone(batch));
    tape.add_backward_op(move |gradients| {
        let dout = gradient_rows(gradients, &out)?;
        let (dinput, gradient) = weights.blocks[layer].backward(&saved, &batch, dout);
        accumulate(gradients, &input, dinput.as_flattened())?;
        accumulate_block(gradients, &block, &gradient)
    });
    encoded.put_tape(tape)
}

fn output<E: Real>(
    encodings: Encodings<E, TapeOf<E>>,
    network: &Network<E>,
    weights: &Arc<Weights<E>>,
    batch: &Arc<Batch>,
) -> Logits<E, TapeOf<E>>
where
    Cpu: Device<E>,
{
    let (encodings, mut tape) = encodings.split_tape();
    let encoded: Vec<Row<E>> = rows(&encodings);
    let states: Vec<_> = batch.outputs.iter().map(|&row| batch.tokens[row].state).collect();
    let logits: Vec<E> = states.iter().zip(&encoded).map(|(&state, row)| weights.logit(state, row)).collect();
    let shape = (logits.len(),);
    let logits = encodings.device().tensor_from_vec(logits, shape);
    let (out, weights, tables) = (logits.clone(), Arc::clone(weights), network.tables.share());
    tape.add_backward_op(move |gradients| {
        let [weight, bias] = tables.output();
        let dlogits = out.gradient(gradients)?.to_vec();
        let mut dweight: Vec<Row<E>> = zeros(weights.output_weight.len());
        let mut dbias = vec![E::zero(); dweight.len()];
        let mut dencoded: Vec<Row<E>> = zeros(encoded.len());
        for (((state, &d), row), drow) in states.iter().zip(&dlogits).zip(&encoded).zip(&mut dencoded) {
            let state = state.index();
            add_scaled(&mut dweight[state], d, row);
            add_scaled(drow, d, &weights.output_weight[state]);
            dbias[state] += d;
        }
        accumulate(gradients, &encodings, dencoded.as_flattened())?;
        accumulate(gradients, weight, dweight.as_flattened())?;
        accumulate(gradients, bias, &dbias)
    });
    logits.put_tape(tape)
}

fn gradient_rows<E: Real, const N: usize>(
    gradients: &mut Gradients<E, Cpu>,
    tensor: &impl Parameter<E>,
) -> Result<Vec<[E; N]>, Error> {
    Ok(tensor.gradient(gradients)?.as_chunks().0.to_vec())
}

/// Adds to the gradient of a tensor.
pub(crate) fn accumulate<E: Real>(
    gradients: &mut Gradients<E, Cpu>,
    tensor: &dyn Parameter<E>,
    more: &[E],
) -> Result<(), Error> {
    for (sum, &more) in tensor.gradient(gradients)?.iter_mut().zip(more) {
        *sum += more;
    }
    Ok(())
}

/// Adds each part to the row of a table that it came from.
fn scatter<'a, E: Real, const N: usize>(
    gradients: &mut Gradients<E, Cpu>,
    table: &dyn Parameter<E>,
    parts: impl Iterator<Item = (usize, &'a [E; N])>,
) -> Result<(), Error> {
    let rows = table.gradient(gradients)?.as_chunks_mut::<N>().0;
    for (row, part) in parts {
        add(&mut rows[row], part);
    }
    Ok(())
}

fn accumulate_block<E: Real>(
    gradients: &mut Gradients<E, Cpu>,
    block: &DfdxBlock<E>,
    gradient: &BlockGradient<E>,
) -> Result<(), Error> {
    let (widen, _, narrow) = &block.ff.0;
    accumulate_linear(gradients, &block.self_attn.w_q, &gradient.query)?;
    accumulate_linear(gradients, &block.self_attn.w_k, &gradient.key)?;
    accumulate_linear(gradients, &block.self_attn.w_v, &gradient.value)?;
    accumulate_linear(gradients, &block.self_attn.w_o, &gradient.out)?;
    accumulate_norm(gradients, &block.norm1, &gradient.norm1)?;
    accumulate_linear(gradients, widen, &gradient.widen)?;
    accumulate_linear(gradients, narrow, &gradient.narrow)?;
    accumulate_norm(gradients, &block.norm2, &gradient.norm2)
}

fn accumulate_linear<E: Real, const I: usize, const O: usize>(
    gradients: &mut Gradients<E, Cpu>,
    linear: &DfdxLinear<I, O, E, Cpu>,
    gradient: &LinearGradient<E, I, O>,
) -> Result<(), Error> {
    accumulate(gradients, &linear.weight, gradient.weight.as_flattened())?;
    accumulate(gradients, &linear.bias, &gradient.bias)
}

fn accumulate_norm<E: Real>(
    gradients: &mut Gradients<E, Cpu>,
    norm: &LayerNorm1D<WIDTH, E, Cpu>,
    gradient: &NormGradient<E>,
) -> Result<(), Error> {
    accumulate(gradients, &norm.gamma, &gradient.gamma)?;
    accumulate(gradients, &norm.beta, &gradient.beta)
}

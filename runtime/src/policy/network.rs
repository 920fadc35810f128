//! The parameters as dfdx tensors: the tables of a universe and the encoder.

use std::convert::Infallible;

use dfdx::nn::modules::{TransformerEncoder, TransformerEncoderBlock};
use dfdx::prelude::{
    BuildModule, Cpu, Device, RecursiveWalker, Shape, Tensor, TensorCollection, TensorOptions, TensorVisitor,
    ViewTensorMut, ViewTensorName,
};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

use super::kernels::{HIDDEN, WIDTH};
use super::real::Real;
use super::tables::{AnyTables, EMBEDDING_TABLES, OUTPUT_TABLES, Parameter};

/// Layers of the encoder (paper, Section 3).
pub(crate) const LAYERS: usize = 2;

/// One layer of the encoder as dfdx keeps it: one head.
pub(crate) type DfdxBlock<E> = TransformerEncoderBlock<WIDTH, 1, HIDDEN, E, Cpu>;

/// The parameters of an agent.
pub(crate) struct Network<E: Real> {
    pub(crate) tables: Box<dyn AnyTables<E>>,
    encoder: TransformerEncoder<WIDTH, 1, HIDDEN, LAYERS, E, Cpu>,
}

/// Shares its numbers with this one until they change.
impl<E: Real> Clone for Network<E> {
    fn clone(&self) -> Self {
        Self { tables: self.tables.share(), encoder: self.encoder.clone() }
    }
}

impl<E: Real> Network<E>
where
    Cpu: Device<E>,
{
    /// Fresh parameters, drawn from `rng` only: normal with deviation 0.3 for embeddings and positions, 0.1 for
    /// output maps, one over the root of the inputs for linear maps; biases start at zero.
    pub(crate) fn new(tables: Box<dyn AnyTables<E>>, rng: &mut Pcg64) -> Self {
        let mut network = Self { tables, encoder: BuildModule::build(&Cpu::default()) };
        network.visit(&mut |path, tensor| {
            let shape = tensor.shape();
            let (count, fan_in) = (shape.iter().product(), shape.last().copied().unwrap_or(1));
            tensor.put(&match initial(path, fan_in) {
                Initial::Constant(value) => vec![E::real(value); count],
                Initial::Normal(deviation) => {
                    let mut normal = || -> f64 { StandardNormal.sample(rng) };
                    (0..count).map(|_| E::real(deviation * normal())).collect()
                }
            });
        });
        network
    }

    /// Calls `visit(path, tensor)` with every tensor.
    pub(crate) fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut dyn Parameter<E>)) {
        for (path, tensor) in EMBEDDING_TABLES.iter().zip(self.tables.embedding_mut()) {
            visit(path, tensor);
        }
        let mut walker = RecursiveWalker { m: (&mut self.encoder, "encoder".to_owned()), f: &mut Visitor(visit) };
        let Ok(_) = TensorCollection::iter_tensors(&mut walker);
        for (path, tensor) in OUTPUT_TABLES.iter().zip(self.tables.output_mut()) {
            visit(path, tensor);
        }
    }

    pub(crate) fn device(&self) -> &Cpu {
        self.encoder.modules[0].norm1.gamma.device()
    }

    pub(crate) fn blocks(&self) -> &[DfdxBlock<E>] {
        &self.encoder.modules
    }
}

/// Calls a function with every tensor of one of dfdx's modules.
struct Visitor<'v, E: Real>(&'v mut dyn FnMut(&str, &mut dyn Parameter<E>));

impl<E: Real> TensorVisitor<E, Cpu> for Visitor<'_, E>
where
    Cpu: Device<E>,
{
    type Viewer = (ViewTensorMut, ViewTensorName);
    type Err = Infallible;
    type E2 = E;
    type D2 = Cpu;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, E, Cpu>,
        (tensor, path): (&mut Tensor<S, E, Cpu>, String),
    ) -> Result<Option<Tensor<S, E, Cpu>>, Infallible> {
        (self.0)(&path, tensor);
        Ok(None)
    }
}

enum Initial {
    Constant(f64),
    Normal(f64),
}

fn initial(path: &str, fan_in: usize) -> Initial {
    match path {
        "actions" | "tasks" | "states" | "positions" => Initial::Normal(0.3),
        "output.weight" => Initial::Normal(0.1),
        _ if path.ends_with("gamma") => Initial::Constant(1.0),
        _ if path.ends_with("weight") => Initial::Normal(1.0 / (fan_in as f64).sqrt()),
        _ => Initial::Constant(0.0),
    }
}

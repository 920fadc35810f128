//! The parameters: embedding tables, positions, encoder and output maps, as dfdx tensors whose shapes are the sizes
//! of the universe.

use dfdx::nn::modules::{TransformerEncoder, TransformerEncoderBlock};
use dfdx::prelude::{
    BuildModule, Const, Cpu, Device, ModuleVisitor, RecursiveWalker, Shape, Tensor, TensorCollection, TensorOptions,
    TensorVisitor, ViewTensorMut, ViewTensorName,
};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

use super::kernels::{EMBEDDING, HIDDEN, WIDTH};
use super::real::Real;
use super::universe::Universe;

/// Layers of the encoder (paper, Section 3).
pub(crate) const LAYERS: usize = 2;

/// One layer of the encoder as dfdx keeps it: one head.
pub(crate) type DfdxBlock<E> = TransformerEncoderBlock<WIDTH, 1, HIDDEN, E, Cpu>;

/// The parameters of an agent over the universe `U`.
#[derive(Debug)]
pub(crate) struct Network<U: Universe, E: Real> {
    /// `[actions, 8]`
    pub(crate) actions: Tensor<(U::Actions, Const<EMBEDDING>), E, Cpu>,
    /// `[tasks, 8]`
    pub(crate) tasks: Tensor<(U::TaskRows, Const<EMBEDDING>), E, Cpu>,
    /// `[states, 8]`
    pub(crate) states: Tensor<(U::States, Const<EMBEDDING>), E, Cpu>,
    /// `[steps, 24]`
    pub(crate) positions: Tensor<(U::Steps, Const<WIDTH>), E, Cpu>,
    pub(crate) encoder: TransformerEncoder<WIDTH, 1, HIDDEN, LAYERS, E, Cpu>,
    pub(crate) output: OutputMaps<U, E>,
}

/// Each state's own map from an encoding to a logit.
#[derive(Debug)]
pub(crate) struct OutputMaps<U: Universe, E: Real> {
    /// `[states, 24]`
    pub(crate) weight: Tensor<(U::States, Const<WIDTH>), E, Cpu>,
    /// `[states]`
    pub(crate) bias: Tensor<(U::States,), E, Cpu>,
}

// A derive would ask the universe's type to be `Clone`, of which nothing is stored.
impl<U: Universe, E: Real> Clone for Network<U, E> {
    fn clone(&self) -> Self {
        Self {
            actions: self.actions.clone(),
            tasks: self.tasks.clone(),
            states: self.states.clone(),
            positions: self.positions.clone(),
            encoder: self.encoder.clone(),
            output: OutputMaps { weight: self.output.weight.clone(), bias: self.output.bias.clone() },
        }
    }
}

impl<U: Universe, E: Real> TensorCollection<E, Cpu> for Network<U, E>
where
    Cpu: Device<E>,
{
    type To<E2: dfdx::shapes::Dtype, D2: Device<E2>> = ();

    fn iter_tensors<V: ModuleVisitor<Self, E, Cpu>>(visitor: &mut V) -> Result<Option<()>, V::Err> {
        // The encoder's second dtype need not be one of ours, so a visit builds nothing; see `Network::new`.
        visitor.visit_fields(
            (
                Self::tensor("actions", |s| &s.actions, |s| &mut s.actions, TensorOptions::reset_to_zeros()),
                Self::tensor("tasks", |s| &s.tasks, |s| &mut s.tasks, TensorOptions::reset_to_zeros()),
                Self::tensor("states", |s| &s.states, |s| &mut s.states, TensorOptions::reset_to_zeros()),
                Self::tensor("positions", |s| &s.positions, |s| &mut s.positions, TensorOptions::reset_to_zeros()),
                Self::module("encoder", |s| &s.encoder, |s| &mut s.encoder),
                Self::module("output", |s| &s.output, |s| &mut s.output),
            ),
            |_| (),
        )
    }
}

impl<U: Universe, E: Real> TensorCollection<E, Cpu> for OutputMaps<U, E>
where
    Cpu: Device<E>,
{
    type To<E2: dfdx::shapes::Dtype, D2: Device<E2>> = ();

    fn iter_tensors<V: ModuleVisitor<Self, E, Cpu>>(visitor: &mut V) -> Result<Option<()>, V::Err> {
        visitor.visit_fields(
            (
                Self::tensor("weight", |s| &s.weight, |s| &mut s.weight, TensorOptions::reset_to_zeros()),
                Self::tensor("bias", |s| &s.bias, |s| &mut s.bias, TensorOptions::reset_to_zeros()),
            ),
            |_| (),
        )
    }
}

impl<U: Universe, E: Real> Network<U, E>
where
    Cpu: Device<E>,
{
    /// Fresh parameters, drawn from `rng` only: normal with deviation 0.3 for embeddings and positions, 0.1 for
    /// output maps, one over the root of the inputs for linear maps; biases start at zero.
    pub(crate) fn new(rng: &mut Pcg64) -> Self {
        use dfdx::prelude::ZerosTensor;
        let device = Cpu::default();
        let mut network = Self {
            actions: device.zeros(),
            tasks: device.zeros(),
            states: device.zeros(),
            positions: device.zeros(),
            encoder: BuildModule::build(&device),
            output: OutputMaps { weight: device.zeros(), bias: device.zeros() },
        };
        network.visit_mut(&mut Initialise { rng });
        network
    }

    /// Calls a visitor with every tensor and its path.
    pub(crate) fn visit_mut<V>(&mut self, visitor: &mut V)
    where
        V: TensorVisitor<E, Cpu, Viewer = (ViewTensorMut, ViewTensorName), Err = std::convert::Infallible>,
    {
        let mut walker = RecursiveWalker { m: (self, String::new()), f: visitor };
        let Ok(_) = <Self as TensorCollection<E, Cpu>>::iter_tensors(&mut walker);
    }

    pub(crate) fn blocks(&self) -> &[DfdxBlock<E>] {
        &self.encoder.modules
    }
}

/// Draws the initial weights by the name of each tensor.
struct Initialise<'a> {
    rng: &'a mut Pcg64,
}

impl<E: Real> TensorVisitor<E, Cpu> for Initialise<'_>
where
    Cpu: Device<E>,
{
    type Viewer = (ViewTensorMut, ViewTensorName);
    type Err = std::convert::Infallible;
    type E2 = E;
    type D2 = Cpu;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, E, Cpu>,
        (tensor, path): (&mut Tensor<S, E, Cpu>, String),
    ) -> Result<Option<Tensor<S, E, Cpu>>, Self::Err> {
        use dfdx::prelude::HasShape;
        let shape = tensor.shape().concrete();
        let fan_in = shape.as_ref().last().copied().unwrap_or(1);
        let count = tensor.shape().num_elements();
        let values: Vec<E> = match initial(&path, fan_in) {
            Initial::Constant(value) => vec![E::real(value); count],
            Initial::Normal(deviation) => (0..count).map(|_| E::real(deviation * self.normal())).collect(),
        };
        tensor.copy_from(&values);
        Ok(None)
    }
}

impl Initialise<'_> {
    fn normal(&mut self) -> f64 {
        StandardNormal.sample(self.rng)
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

//! The tensors whose shapes are the sizes of a universe.
//!
//! All else sees them as [`Parameter`]s, and so is compiled once and not for each universe.

use dfdx::prelude::{Const, Cpu, Device, Gradients, HasShape, Shape, Tensor, ZerosTensor};

use super::kernels::{EMBEDDING, WIDTH};
use super::real::Real;
use super::universe::Universe;

pub(crate) type Error = <Cpu as dfdx::tensor::HasErr>::Err;

/// A tensor of a network, whatever its shape.
pub(crate) trait Parameter<E: Real> {
    fn shape(&self) -> Vec<usize>;

    /// The numbers in row-major order.
    fn values(&self) -> Vec<E>;

    /// Puts others in their place.
    fn put(&mut self, values: &[E]);

    /// The gradient that has come in for the tensor; zeros where none has.
    fn gradient<'g>(&self, gradients: &'g mut Gradients<E, Cpu>) -> Result<&'g mut [E], Error>;
}

impl<S: Shape, E: Real> Parameter<E> for Tensor<S, E, Cpu> {
    fn shape(&self) -> Vec<usize> {
        HasShape::shape(self).concrete().as_ref().to_vec()
    }

    fn values(&self) -> Vec<E> {
        let mut values = vec![E::zero(); HasShape::shape(self).num_elements()];
        self.copy_into(&mut values);
        values
    }

    fn put(&mut self, values: &[E]) {
        self.copy_from(values);
    }

    fn gradient<'g>(&self, gradients: &'g mut Gradients<E, Cpu>) -> Result<&'g mut [E], Error> {
        Ok(gradients.get_or_alloc_mut(self)?)
    }
}

/// The tables of an agent over the universe `U`.
pub(crate) struct Tables<U: Universe, E: Real> {
    /// `[actions, 8]`
    actions: Tensor<(U::Actions, Const<EMBEDDING>), E, Cpu>,
    /// `[tasks, 8]`
    tasks: Tensor<(U::TaskRows, Const<EMBEDDING>), E, Cpu>,
    /// `[states, 8]`
    states: Tensor<(U::States, Const<EMBEDDING>), E, Cpu>,
    /// `[steps, 24]`
    positions: Tensor<(U::Steps, Const<WIDTH>), E, Cpu>,
    /// `[states, 24]`, each state's own map from an encoding to a logit.
    output_weight: Tensor<(U::States, Const<WIDTH>), E, Cpu>,
    /// `[states]`
    output_bias: Tensor<(U::States,), E, Cpu>,
}

impl<U: Universe, E: Real> Tables<U, E>
where
    Cpu: Device<E>,
{
    pub(crate) fn zeros() -> Self {
        let device = Cpu::default();
        Self {
            actions: device.zeros(),
            tasks: device.zeros(),
            states: device.zeros(),
            positions: device.zeros(),
            output_weight: device.zeros(),
            output_bias: device.zeros(),
        }
    }
}

/// The tables that make tokens, by the order in which [`AnyTables`] gives them.
pub(crate) const EMBEDDING_TABLES: [&str; 4] = ["actions", "tasks", "states", "positions"];
/// The tables that make logits.
pub(crate) const OUTPUT_TABLES: [&str; 2] = ["output.weight", "output.bias"];

/// The tables of whatever universe.
pub(crate) trait AnyTables<E: Real>: Send + Sync {
    /// [`EMBEDDING_TABLES`]
    fn embedding(&self) -> [&dyn Parameter<E>; 4];

    fn embedding_mut(&mut self) -> [&mut dyn Parameter<E>; 4];

    /// [`OUTPUT_TABLES`]
    fn output(&self) -> [&dyn Parameter<E>; 2];

    fn output_mut(&mut self) -> [&mut dyn Parameter<E>; 2];

    /// Tables that share their numbers with these until they change; gradients do not tell them from each other.
    fn share(&self) -> Box<dyn AnyTables<E>>;
}

impl<U: Universe, E: Real> AnyTables<E> for Tables<U, E> {
    fn embedding(&self) -> [&dyn Parameter<E>; 4] {
        [&self.actions, &self.tasks, &self.states, &self.positions]
    }

    fn embedding_mut(&mut self) -> [&mut dyn Parameter<E>; 4] {
        [&mut self.actions, &mut self.tasks, &mut self.states, &mut self.positions]
    }

    fn output(&self) -> [&dyn Parameter<E>; 2] {
        [&self.output_weight, &self.output_bias]
    }

    fn output_mut(&mut self) -> [&mut dyn Parameter<E>; 2] {
        [&mut self.output_weight, &mut self.output_bias]
    }

    fn share(&self) -> Box<dyn AnyTables<E>> {
        Box::new(Self {
            actions: self.actions.clone(),
            tasks: self.tasks.clone(),
            states: self.states.clone(),
            positions: self.positions.clone(),
            output_weight: self.output_weight.clone(),
            output_bias: self.output_bias.clone(),
        })
    }
}

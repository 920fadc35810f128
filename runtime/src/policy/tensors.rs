//! The parameters as plain numbers by path, to be stored and put back.

use dfdx::prelude::{Cpu, HasShape, Shape, Tensor, TensorOptions, TensorVisitor, ViewTensorMut, ViewTensorName};

use super::network::Network;
use super::universe::Universe;
use super::weights::values;

impl<U: Universe> Network<U, f32> {
    /// Calls `edit(path, shape, numbers)` with every tensor, and takes over what it makes of the numbers.
    pub(crate) fn edit(&mut self, edit: impl FnMut(&str, &[usize], &mut [f32])) {
        self.visit_mut(&mut Edit(edit));
    }

    /// Calls `look(path, shape, numbers)` with every tensor.
    pub(crate) fn look(&self, mut look: impl FnMut(&str, &[usize], &[f32])) {
        // Visiting asks for a mutable network; a copy shares its numbers until they change.
        self.clone().edit(|path, shape, numbers| look(path, shape, numbers));
    }
}

struct Edit<F>(F);

impl<F: FnMut(&str, &[usize], &mut [f32])> TensorVisitor<f32, Cpu> for Edit<F> {
    type Viewer = (ViewTensorMut, ViewTensorName);
    type Err = std::convert::Infallible;
    type E2 = f32;
    type D2 = Cpu;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, f32, Cpu>,
        (tensor, path): (&mut Tensor<S, f32, Cpu>, String),
    ) -> Result<Option<Tensor<S, f32, Cpu>>, Self::Err> {
        let before = values(tensor);
        let mut numbers = before.clone();
        let shape = tensor.shape().concrete();
        (self.0)(&path, shape.as_ref(), &mut numbers);
        if numbers.iter().zip(&before).any(|(now, before)| now.to_bits() != before.to_bits()) {
            tensor.copy_from(&numbers);
        }
        Ok(None)
    }
}

//! What is asked of the gradients of a whole network: their sum, and whether all are finite.

use dfdx::prelude::{
    Cpu, Device, Gradients, Shape, Tensor, TensorOptions, TensorVisitor, ViewTensorMut, ViewTensorName,
};

use crate::policy::network::Network;
use crate::policy::real::Real;
use crate::policy::tape::{accumulate, gradients_of};
use crate::policy::universe::Universe;
use crate::policy::weights::values;

impl<U: Universe, E: Real> Network<U, E>
where
    Cpu: Device<E>,
{
    /// Whether the gradients of all parameters are finite.
    pub(crate) fn all_finite(&mut self, gradients: &mut Gradients<E, Cpu>) -> bool {
        let mut check = AllFinite { gradients, finite: true };
        self.visit_mut(&mut check);
        check.finite
    }
}

impl<U: Universe> Network<U, f32> {
    /// The sum of gradients, added up in their order.
    pub(crate) fn sum(&self, gradients: Vec<Gradients<f32, Cpu>>) -> Gradients<f32, Cpu> {
        let mut all = gradients.into_iter();
        let mut sum = all.next().unwrap_or_else(Gradients::leaky);
        if all.len() == 0 {
            return sum;
        }
        // Visiting asks for a mutable network, of which only the identities of the tensors are used.
        let mut network = self.clone();
        for more in all {
            network.visit_mut(&mut Sum { sum: &mut sum, more });
        }
        sum
    }
}

struct Sum<'a> {
    sum: &'a mut Gradients<f32, Cpu>,
    more: Gradients<f32, Cpu>,
}

impl TensorVisitor<f32, Cpu> for Sum<'_> {
    type Viewer = (ViewTensorMut, ViewTensorName);
    type Err = std::convert::Infallible;
    type E2 = f32;
    type D2 = Cpu;

    fn visit<S: Shape>(
        &mut self,
        _: TensorOptions<S, f32, Cpu>,
        (tensor, _): (&mut Tensor<S, f32, Cpu>, String),
    ) -> Result<Option<Tensor<S, f32, Cpu>>, Self::Err> {
        // On the processor dfdx allocates or aborts: there is no error to report.
        gradients_of(&mut self.more, tensor).and_then(|more| accumulate(self.sum, tensor, &values(&more))).ok();
        Ok(None)
    }
}

struct AllFinite<'a, E: Real> {
    gradients: &'a mut Gradients<E, Cpu>,
    finite: bool,
}

impl<E: Real> TensorVisitor<E, Cpu> for AllFinite<'_, E>
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
        (tensor, _): (&mut Tensor<S, E, Cpu>, String),
    ) -> Result<Option<Tensor<S, E, Cpu>>, Self::Err> {
        if let Ok(gradient) = gradients_of(self.gradients, tensor) {
            self.finite &= values(&gradient).iter().all(|g| g.is_finite());
        }
        Ok(None)
    }
}

//! What is asked of the gradients of a whole network: their sum, and whether all are finite.

use dfdx::prelude::{Cpu, Device, Gradients};

use crate::policy::network::Network;
use crate::policy::real::Real;
use crate::policy::tape::accumulate;

impl<E: Real> Network<E>
where
    Cpu: Device<E>,
{
    /// Whether the gradients of all parameters are finite.
    pub(crate) fn all_finite(&mut self, gradients: &mut Gradients<E, Cpu>) -> bool {
        let mut finite = true;
        self.visit(&mut |_, tensor| {
            finite &= tensor.gradient(gradients).is_ok_and(|gradient| gradient.iter().all(|g| g.is_finite()));
        });
        finite
    }

    /// The sum of gradients, added up in their order.
    pub(crate) fn sum(&self, gradients: Vec<Gradients<E, Cpu>>) -> Gradients<E, Cpu> {
        let mut all = gradients.into_iter();
        let mut sum = all.next().unwrap_or_else(Gradients::leaky);
        if all.len() == 0 {
            return sum;
        }
        // Visiting asks for a mutable network, of which only the identities of the tensors are used.
        let mut network = self.clone();
        for mut more in all {
            network.visit(&mut |_, tensor| {
                // On the processor dfdx allocates or aborts: there is no error to report.
                tensor.gradient(&mut more).and_then(|more| accumulate(&mut sum, tensor, more)).ok();
            });
        }
        sum
    }
}

//! The gradients of a whole network, summed.

use dfdx::prelude::{Cpu, Device, Gradients};

use crate::policy::network::Network;
use crate::policy::real::Real;
use crate::policy::tape::accumulate;

impl<E: Real> Network<E>
where
    Cpu: Device<E>,
{
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

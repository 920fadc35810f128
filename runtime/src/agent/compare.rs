//! What one checkpoint would take over from another one, without the types of either.

use super::dictionary::Dictionary;
use super::matching::Matching;
use super::report::Target;
use super::{Share, TransferReport};
use crate::checkpoint::{Checkpoint, MOMENTS, Meta, TensorData};
use crate::space::Vocabulary;

impl Checkpoint {
    /// What a [`transfer`](super::Agent::transfer) from another checkpoint to an agent with the names of this one, earlier
    /// names included, takes over. Of elites those are counted whose decisions all have a counterpart.
    ///
    /// ```
    /// use transfer_nas::prelude::*;
    ///
    /// mod v1 {
    ///     use transfer_nas::prelude::*;
    ///     #[search_space]
    ///     pub struct Config { #[space(choices = [16, 32])] pub width: u32 }
    /// }
    ///
    /// #[search_space]
    /// struct Config { #[space(choices = [16, 32, 64], alias = "width")] units: u32 }
    ///
    /// let old = Agent::<v1::Config>::builder().build()?.checkpoint();
    /// let new = Agent::<Config>::builder().build()?.checkpoint();
    /// assert!(new.compare(&old).to_string().starts_with("reused 5 of 6 states and actions (83 %)"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn compare(&self, source: &Self) -> TransferReport {
        let (vocabulary, meta) = (vocabulary(&self.meta), &source.meta);
        let matching = Matching::new(&vocabulary, &self.meta.tasks, meta.lexicon());
        let dictionary = Dictionary::new(&vocabulary, &meta.states, &matching);
        let elites: Vec<_> = meta.pairs.iter().flat_map(|pair| pair.elites.iter().chain(&pair.carried)).collect();
        let reused = elites.iter().filter(|elite| dictionary.guide(&elite.trace).is_some()).count();
        let positions = self.positions_from(source);
        let target = Target { vocabulary: &vocabulary, tasks: &self.meta.tasks };
        TransferReport::of(target, meta.lexicon(), &matching, (positions, Share { reused, of: elites.len() }))
    }
}

impl Checkpoint {
    /// The positions that a transfer from another checkpoint takes over.
    pub(crate) fn positions_from(&self, source: &Self) -> Share {
        let of = self.positions();
        Share { reused: of.min(source.positions()), of }
    }

    /// Whether another checkpoint is of a network of the same kind, so that its policy can be taken over.
    pub(crate) fn is_of_network_of(&self, other: &Self) -> bool {
        let is_moment = |name: &str| MOMENTS.iter().any(|moment| name.starts_with(moment));
        let own = self.tensors.iter().filter(|(name, _)| !is_moment(name));
        // How many rows there are depends on the type.
        let row = |data: &TensorData| data.shape.get(1..).map(<[usize]>::to_vec);
        own.into_iter().all(|(name, data)| other.tensors.get(name).is_some_and(|other| row(other) == row(data)))
    }
}

/// The names of a checkpoint are distinct.
fn vocabulary(meta: &Meta) -> Vocabulary {
    Vocabulary::listed(meta.states.iter().map(|state| (state.names.clone(), state.kind, state.actions.clone())))
}

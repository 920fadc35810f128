//! Search that takes a step from the best config known, now and then.

use super::context::{Context, Proposal};
use super::erased::Erased;
use super::insight::Insight;
use super::local::Local;
use super::search::Around;
use super::sources::Lessons;
use super::strategy::{Strategy, Taken, by_inner, learns_by_inner};
use crate::agent::{AttentionMap, Importance, ObserveError, TransferReport};
use crate::checkpoint::parcel::{INNER, Parcel};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::Pair;
use crate::space::guide::Guide;
use crate::space::{SampleError, Trace};
use crate::train::{Direction, Outcome};

/// A strategy of whose proposals some are neighbours of the best config so far: see
/// [`Searcher::climbing`](super::Searcher::climbing).
#[derive(Debug, Clone)]
pub struct Climbing<S> {
    strategy: S,
    local: Local,
    share: f64,
}

impl<S> Climbing<S> {
    pub(super) fn new(strategy: S, share: f64, seed: u64) -> Self {
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        Self { strategy, local: Local::new(seed, 0), share }
    }
}

impl<S, T> Around for Climbing<Erased<S, T>> {
    type Inner = S;

    fn inner(&self) -> &S {
        &self.strategy.searcher
    }

    fn into_inner(self) -> S {
        self.strategy.searcher
    }
}

const NAME: &str = "a search that climbs";
const LOCAL: &str = "local";

impl<S: Strategy> Strategy for Climbing<S> {
    by_inner!(strategy);
    learns_by_inner!(strategy);

    fn accept(&mut self, context: &Context, proposal: &Proposal) -> bool {
        self.strategy.accept(context, proposal)
    }

    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        if self.local.happens(self.share) {
            let pair = self.local.draw_pair(context)?;
            if let Some(mut neighbour) = self.local.neighbour(context, pair)? {
                neighbour.log_prob = self.strategy.log_prob(pair, &neighbour.trace);
                return Ok(neighbour);
            }
        }
        self.strategy.propose(context)
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        self.local.admits(outcome)?;
        self.strategy.learn(context, proposal, outcome)?;
        self.local.learn(context, proposal, outcome)
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        let Some(inner) = self.strategy.snapshot(context)? else { return Ok(None) };
        let local = self.local.snapshot(context)?;
        Parcel::new(NAME, &self.share)?.with(INNER, Some(inner)).with(LOCAL, local).to_bytes().map(Some)
    }

    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        let parcel = Parcel::from_bytes(snapshot, NAME)?;
        let (share, mut local) = (parcel.state()?, self.local.clone());
        local.restore(context, parcel.part(LOCAL)?)?;
        let is_restored = self.strategy.restore(context, parcel.part(INNER)?)?;
        (self.local, self.share) = (local, share);
        Ok(is_restored)
    }

    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        let parcel = Parcel::from_bytes(snapshot, NAME)?;
        let mut local = self.local.clone();
        local.adapt(context, parcel.part(LOCAL)?, 0)?;
        let report = self.strategy.adapt(context, parcel.part(INNER)?, starts)?;
        self.local = local;
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use crate::search::{RandomSearch, Searcher};

    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    struct Bits {
        bits: [bool; 10],
    }

    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    struct Wide {
        bits: [bool; 400],
    }

    fn ones(bits: &Bits) -> f64 {
        bits.bits.iter().map(|&bit| f64::from(u8::from(bit))).sum()
    }

    /// Trials until all ten bits are set, at most 2,000.
    fn trials(mut search: impl Searcher<Bits>) -> usize {
        for i in 1..=2000 {
            let trial = search.ask().unwrap();
            let reward = ones(&trial.config);
            search.tell(trial, reward).unwrap();
            if reward > 9.5 {
                return i;
            }
        }
        2000
    }

    /// Seeds 0 to 9. Uniform sampling needs 1,024 trials in the mean; half of them spent on climbing needs some 50.
    #[test]
    fn climbing_finds_what_random_search_does_not() {
        for seed in 0..10 {
            let needed = trials(RandomSearch::new(seed).climbing(0.5, seed));
            assert!(needed <= 200, "seed {seed}: {needed}");
        }
    }

    #[test]
    fn the_share_is_that_of_the_trials_beside_the_best() {
        // The best stays the first. It has 400 neighbours, and a random config is none of them.
        let mut search = RandomSearch::new(1).climbing(0.25, 2).starting_from([Wide { bits: [true; 400] }]);
        let mut beside = 0;
        for _ in 0..=400 {
            let trial = search.ask().unwrap();
            let set = trial.config.bits.iter().filter(|&&bit| bit).count();
            beside += u32::from(set == 399);
            search.tell(trial, set as f64).unwrap();
        }
        // 400 draws of 0.25: 100 ± 4 deviations of 8.7.
        assert!((66..=134).contains(&beside), "{beside}");
    }

    #[test]
    fn no_share_changes_nothing() {
        let mut none = RandomSearch::<Bits>::new(1).climbing(0.0, 2);
        let mut plain = RandomSearch::<Bits>::new(1);
        for _ in 0..20 {
            assert_eq!(none.ask().unwrap().config, plain.ask().unwrap().config);
        }
    }
}

//! Random search.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::SeedableRng;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::context::{Context, Proposal};
use super::firsts::{Firsts, WrittenFirsts};
use super::search::Search;
use super::strategy::Strategy;
use super::written::{Lines, Rows, place, rows};
use crate::agent::observation::check;
use crate::agent::{ObserveError, Share, TransferReport};
use crate::checkpoint::parcel::{Parcel, rng_text};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::{AnyConfig, Pair};
use crate::space::uniform::Uniform;
use crate::space::{Graph, SampleError};
use crate::train::elites::Elites;
use crate::train::{Elite, Outcome, Rewards};

/// Takes each decision uniformly, or by its `prior`, and draws again where a `valid` predicate refuses the config. Where several spaces or tasks are
/// searched, each pair of them is as likely.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::search::RandomSearch;
///
/// #[search_space]
/// struct Config {
///     #[space(range = 1..=8)]
///     layers: u32,
/// }
///
/// let mut search = RandomSearch::<Config>::new(7);
/// assert!((1..=8).contains(&search.sample()?.layers));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type RandomSearch<T> = Search<T, Random>;

/// The strategy of [`RandomSearch`].
#[derive(Debug, Clone)]
pub struct Random {
    over_configs: bool,
    /// How decisions are drawn in a graph; made when that is first met.
    over: Option<(Arc<Graph>, Uniform)>,
    rng: Pcg64,
    firsts: Firsts,
    /// Configs drawn, and those of them that were valid.
    drawn: BTreeMap<Pair, (u64, u64)>,
    /// The best of each pair, for a search over another type to begin with.
    best: BTreeMap<Pair, Elites>,
}

#[derive(Serialize, Deserialize)]
struct State {
    lines: Lines,
    over_configs: bool,
    #[serde(with = "rng_text")]
    rng: Pcg64,
    firsts: WrittenFirsts,
    /// By the place of the pair.
    drawn: Vec<(usize, u64, u64)>,
    /// By the place of the pair.
    best: Vec<(usize, Vec<(Rows, Outcome)>)>,
}

impl<T: AnyConfig> RandomSearch<T> {
    /// A search whose samples depend on the seed only.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::by(Random::new(seed, false))
    }

    /// A search in which each valid config of a space is as likely as any other.
    #[must_use]
    pub fn over_configs(seed: u64) -> Self {
        Self::by(Random::new(seed, true))
    }

    /// A random config.
    pub fn sample(&mut self) -> Result<T, SampleError> {
        let proposal = self.strategy.propose(&self.context)?;
        Ok(self.context.trial(proposal)?.config)
    }
}

impl Random {
    const NAME: &'static str = "random search";

    /// How many of the best are remembered.
    const BEST: usize = 25;

    pub(super) fn new(seed: u64, over_configs: bool) -> Self {
        let rng = Pcg64::seed_from_u64(seed);
        Self { over_configs, over: None, rng, firsts: Firsts::default(), drawn: BTreeMap::new(), best: BTreeMap::new() }
    }

    /// How decisions are drawn in the graph of a context.
    fn uniform(&mut self, context: &Context) -> &Uniform {
        let graph = context.shared_graph();
        let known = self.over.take().filter(|(known, _)| Arc::ptr_eq(known, &graph));
        let make = |graph: &Graph| if self.over_configs { Uniform::over_configs(graph) } else { Uniform::OverTraces };
        &self.over.insert(known.unwrap_or_else(|| (Arc::clone(&graph), make(&graph)))).1
    }
}

impl Strategy for Random {
    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        if let Some(first) = self.firsts.next(context, &mut self.rng)? {
            return Ok(first);
        }
        let pair = context.draw_pair(&mut self.rng)?;
        let mut rng = self.rng.clone();
        let (proposal, drawn) = context.random(pair, self.uniform(context), &mut rng)?;
        self.rng = rng;
        let count = self.drawn.entry(pair).or_default();
        *count = (count.0.saturating_add(u64::from(drawn)), count.1.saturating_add(1));
        Ok(proposal)
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        check(Rewards::Ranks, outcome)?;
        context.graph().follow(proposal.pair.space, &proposal.trace)?;
        if let Some(reward) = outcome.reward() {
            let best = self.best.entry(proposal.pair).or_insert_with(|| Elites::new(Self::BEST));
            best.push(reward, &proposal.trace);
        }
        Ok(())
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        let drawn =
            self.drawn.iter().filter_map(|(pair, (drawn, valid))| Some((place(context, *pair)?, *drawn, *valid)));
        let best = |(pair, best): (&Pair, &Elites)| {
            let written = |elite: &Elite| (rows(context, *pair, &elite.trace), Outcome::Reward(elite.reward));
            Some((place(context, *pair)?, best.best().iter().map(written).collect()))
        };
        let state = State {
            lines: Lines::of(context),
            over_configs: self.over_configs,
            rng: self.rng.clone(),
            firsts: self.firsts.written(context),
            drawn: drawn.collect(),
            best: self.best.iter().filter_map(best).collect(),
        };
        Parcel::new(Self::NAME, &state)?.to_bytes().map(Some)
    }

    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        let state: State = Parcel::from_bytes(snapshot, Self::NAME)?.state()?;
        let reader = state.lines.reader(context);
        reader.check_whole()?;
        let drawn =
            state.drawn.iter().filter_map(|(place, drawn, valid)| Some((reader.pair(*place)?, (*drawn, *valid))));
        let (drawn, firsts) = (drawn.collect(), state.firsts.read(&reader));
        let best = state.best.iter().filter_map(|(place, best)| {
            let pair = reader.pair(*place)?;
            let mut elites = Elites::new(Self::BEST);
            for (rows, outcome) in best {
                elites.push(outcome.reward()?, &reader.trace(pair, rows)?);
            }
            Some((pair, elites))
        });
        let best = best.collect();
        *self = Self { over_configs: state.over_configs, over: None, rng: state.rng, firsts, drawn, best };
        Ok(true)
    }

    /// The best are tried first, with what is new drawn at random.
    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        let state: State = Parcel::from_bytes(snapshot, Self::NAME)?.state()?;
        let reader = state.lines.reader(context);
        let (mut firsts, mut of) = (Firsts::default(), 0);
        for (place, best) in &state.best {
            of += best.len();
            if let Some(pair) = reader.pair(*place) {
                firsts.push_best(pair, best, &reader, starts);
            }
        }
        let report = reader.report(Share { reused: firsts.len(), of });
        self.firsts = firsts;
        Ok(Some(report))
    }

    fn acceptance(&self, pair: Pair) -> Option<f64> {
        let (drawn, valid) = self.drawn.get(&pair).filter(|(drawn, _)| *drawn > 0)?;
        Some(*valid as f64 / *drawn as f64)
    }
}

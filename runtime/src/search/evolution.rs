//! Regularized evolution (Real et al. 2019, "Regularized Evolution for Image Classifier Architecture Search"), and with several
//! objectives the sorting of NSGA-II.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::context::{Context, Proposal};
use super::firsts::{Firsts, WrittenFirsts};
use super::neighbour::{Change, changed};
use super::search::Search;
use super::strategy::Strategy;
use super::written::{Lines, Reader, Rows, place, rows};
use crate::agent::observation::check;
use crate::agent::{ObserveError, Share, TransferReport};
use crate::checkpoint::parcel::{Parcel, rng_text};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::{AnyConfig, Pair};
use crate::space::cursor::Step;
use crate::space::uniform::Uniform;
use crate::space::{Graph, SampleError, Trace};
use crate::train::several::front::{Standing, standings};
use crate::train::{Outcome, Rewards};

/// Keeps the latest trials as its population; each child is a mutation of the best of a few of them drawn at random.
///
/// The first trials are random, until the population is full. A mutation takes one decision otherwise, any that has another
/// action available; decisions below it that no longer come up are dropped, new ones are made uniformly. A child that a
/// `valid` predicate refuses is drawn again. Failed trials are members below all others, pruned ones stand by their last value.
/// Each space and task has a population of its own.
///
/// Of trials with several objectives the population is not the latest: it is what NSGA-II keeps (Deb et al. 2002), sorted by how many
/// fronts are before a trial, and on the same front by how much room is around it. What is last leaves as each child comes, as in its
/// steady-state form (Durillo et al. 2009).
pub type RegularizedEvolution<T> = Search<T, Evolution>;

/// The strategy of [`RegularizedEvolution`].
#[derive(Debug, Clone)]
pub struct Evolution {
    rng: Pcg64,
    firsts: Firsts,
    populations: BTreeMap<Pair, Population>,
    settings: Settings,
    split: Option<fn(&str) -> usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Settings {
    population: usize,
    tournament: usize,
    random_starts: Option<usize>,
}

impl Settings {
    /// What a snapshot says must be something that could be set.
    fn check(self) -> Result<(), LoadError> {
        const MOST: usize = 1 << 24;
        let is_one = (1..=MOST).contains(&self.population) && (1..=MOST).contains(&self.tournament);
        let reason = || format!("evolution cannot have {self:?}");
        is_one.then_some(()).ok_or_else(|| LoadError::Metadata { reason: reason() })
    }
}

/// The latest trials of a pair, or of several objectives the best.
#[derive(Debug, Clone, Default)]
struct Population {
    /// The oldest first.
    members: VecDeque<(Trace, Outcome)>,
    /// Of several objectives, where each member stands.
    standings: Vec<Standing>,
    told: usize,
}

#[derive(Serialize, Deserialize)]
struct State {
    lines: Lines,
    settings: Settings,
    #[serde(with = "rng_text")]
    rng: Pcg64,
    firsts: WrittenFirsts,
    populations: Vec<WrittenPopulation>,
}

impl State {
    fn check(&self) -> Result<(), LoadError> {
        self.settings.check()?;
        let (most, members) = (self.settings.population, self.populations.iter().map(|it| it.members.len()).max());
        match members.filter(|members| *members > most) {
            None => Ok(()),
            Some(members) => {
                let reason = format!("a population of {members} is more than the {most} of the settings");
                Err(LoadError::Metadata { reason })
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
struct WrittenPopulation {
    /// The place of the pair.
    pair: usize,
    told: usize,
    members: Vec<(Rows, Outcome)>,
}

impl<T: AnyConfig> RegularizedEvolution<T> {
    /// A search whose trials depend on the seed and the rewards only.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::by(Evolution::new(seed))
    }

    /// How many of the latest trials are the population; 100 where it is not set, at least 1.
    #[must_use]
    pub fn population(mut self, size: usize) -> Self {
        self.strategy.settings.population = size.max(1);
        self
    }

    /// How many of the population a parent is the best of; 8 where it is not set, at least 1.
    #[must_use]
    pub fn tournament(mut self, size: usize) -> Self {
        self.strategy.settings.tournament = size.max(1);
        self
    }

    /// After how many trials mutation begins; as many as the population where it is not set. With given starting points,
    /// 0 mutates them from the start.
    #[must_use]
    pub fn random_starts(mut self, trials: usize) -> Self {
        self.strategy.settings.random_starts = Some(trials);
        self
    }

    /// Splits the states in groups, by name: a mutation first draws a group, then a decision of it. Without it, all
    /// decisions are as likely.
    #[must_use]
    pub fn split_by(mut self, group: fn(&str) -> usize) -> Self {
        self.strategy.split = Some(group);
        self
    }
}

impl Population {
    /// The best of a few members drawn with replacement, the first of equals.
    fn parent(&self, tournament: usize, rng: &mut Pcg64) -> Option<&Trace> {
        if self.members.is_empty() {
            return None;
        }
        let mut best = rng.random_range(0..self.members.len());
        for _ in 1..tournament {
            let other = rng.random_range(0..self.members.len());
            if self.compare(other, best) == Ordering::Greater {
                best = other;
            }
        }
        Some(&self.members[best].0)
    }

    fn compare(&self, a: usize, b: usize) -> Ordering {
        if let (Some(a), Some(b)) = (self.standings.get(a), self.standings.get(b)) {
            return a.compare(*b);
        }
        match (self.members[a].1.merit(), self.members[b].1.merit()) {
            (Some(a), Some(b)) => a.compare(b),
            _ => Ordering::Equal,
        }
    }

    fn push(&mut self, trace: Trace, outcome: Outcome, size: usize) {
        self.told = self.told.saturating_add(1);
        let are_several = !self.standings.is_empty() || outcome.objectives().is_some();
        self.members.push_back((trace, outcome));
        if are_several {
            self.sort();
        }
        if self.members.len() <= size {
            return;
        }
        // Of equals the oldest leaves.
        let worst = (0..self.standings.len()).min_by(|&a, &b| self.compare(a, b)).unwrap_or(0);
        self.members.remove(worst);
        if are_several {
            self.sort();
        }
    }

    /// Says where each stands, where there are several objectives.
    fn sort(&mut self) {
        let outcomes: Vec<Outcome> = self.members.iter().map(|(_, outcome)| *outcome).collect();
        let are_several = outcomes.iter().any(|outcome| outcome.objectives().is_some());
        self.standings = if are_several { standings(&outcomes) } else { Vec::new() };
    }
}

impl Evolution {
    const NAME: &'static str = "evolution";
    /// The population and the tournament of NAS-Bench-101's authors and of the paper (Section 4.2).
    const SETTINGS: Settings = Settings { population: 100, tournament: 8, random_starts: None };
    const MAX_DRAWS: usize = 10_000;

    fn new(seed: u64) -> Self {
        let rng = Pcg64::seed_from_u64(seed);
        let (firsts, populations) = (Firsts::default(), BTreeMap::new());
        Self { rng, firsts, populations, settings: Self::SETTINGS, split: None }
    }

    fn child(&mut self, context: &Context, pair: Pair) -> Result<Option<Proposal>, SampleError> {
        let Self { rng, populations, settings, split, .. } = self;
        let graph = context.graph();
        let parent = populations.get(&pair).and_then(|population| population.parent(settings.tournament, rng));
        let Some(parent) = parent else { return Ok(None) };
        let steps = graph.follow(pair.space, parent).unwrap_or_default();
        let Some(change) = mutation(graph, &steps, *split, rng) else { return Ok(None) };
        let trace = changed((graph, pair.space), &steps, change, |pending| rng.random_range(0..pending.len()));
        let Some(trace) = trace else { return Ok(None) };
        Ok(context.is_valid(pair, &trace)?.then(|| Proposal::chosen(pair, trace)))
    }

    /// The populations of a snapshot, as far as their members are configs here, and how many of all are.
    fn read(state: &State, reader: &Reader<'_>) -> (BTreeMap<Pair, Population>, Share) {
        let (mut populations, mut share) = (BTreeMap::<Pair, Population>::new(), Share { reused: 0, of: 0 });
        for WrittenPopulation { pair, told, members } in &state.populations {
            share.of += members.len();
            let Some(pair) = reader.pair(*pair) else { continue };
            let member = |(rows, outcome): &(Rows, Outcome)| Some((reader.trace(pair, rows)?, outcome.finite()?));
            let members: VecDeque<_> = members.iter().filter_map(member).collect();
            share.reused += members.len();
            let mut population = Population { members, standings: Vec::new(), told: *told };
            population.sort();
            populations.insert(pair, population);
        }
        (populations, share)
    }
}

/// One decision to be taken otherwise; none where there is nothing else to take.
fn mutation(graph: &Graph, steps: &[Step<'_>], split: Option<fn(&str) -> usize>, rng: &mut Pcg64) -> Option<Change> {
    let mut decisions: Vec<usize> = (0..steps.len()).filter(|&i| steps[i].len() > 1).collect();
    if let Some(split) = split {
        let group = |i: usize| split(graph.vocabulary().state(steps[i].decision.state).name());
        let mut groups: Vec<usize> = decisions.iter().map(|&i| group(i)).collect();
        groups.sort_unstable();
        groups.dedup();
        let drawn = *groups.get(rng.random_range(0..groups.len().max(1)))?;
        decisions.retain(|&i| group(i) == drawn);
    }
    let decision = *decisions.get(rng.random_range(0..decisions.len().max(1)))?;
    let other = rng.random_range(0..steps[decision].len() - 1);
    Some(Change { decision, action: other + usize::from(other >= steps[decision].taken) })
}

impl Strategy for Evolution {
    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        if let Some(first) = self.firsts.next(context, &mut self.rng)? {
            return Ok(first);
        }
        let pair = context.draw_pair(&mut self.rng)?;
        let starts = self.settings.random_starts.unwrap_or(self.settings.population);
        let (told, members) = self.populations.get(&pair).map_or((0, 0), |it| (it.told, it.members.len()));
        let draws = if told >= starts && members > 0 { Self::MAX_DRAWS } else { 0 };
        for _ in 0..draws {
            if let Some(child) = self.child(context, pair)? {
                return Ok(child);
            }
        }
        Ok(context.random(pair, &Uniform::OverTraces, &mut self.rng)?.0)
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        check(Rewards::Ranks, outcome)?;
        context.graph().follow(proposal.pair.space, &proposal.trace)?;
        if let Some(outcome) = outcome.finite() {
            let population = self.populations.entry(proposal.pair).or_default();
            population.push(proposal.trace.clone(), outcome, self.settings.population);
        }
        Ok(())
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        let population = |(pair, population): (&Pair, &Population)| {
            let member = |(trace, outcome): &(Trace, Outcome)| (rows(context, *pair, trace), *outcome);
            let members = population.members.iter().map(member).collect();
            Some(WrittenPopulation { pair: place(context, *pair)?, told: population.told, members })
        };
        let state = State {
            lines: Lines::of(context),
            settings: self.settings,
            rng: self.rng.clone(),
            firsts: self.firsts.written(context),
            populations: self.populations.iter().filter_map(population).collect(),
        };
        Parcel::new(Self::NAME, &state)?.to_bytes().map(Some)
    }

    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        let state: State = Parcel::from_bytes(snapshot, Self::NAME)?.state()?;
        let reader = state.lines.reader(context);
        reader.check_whole()?;
        state.check()?;
        let (populations, firsts) = (Self::read(&state, &reader).0, state.firsts.read(&reader));
        let State { settings, rng, .. } = state;
        *self = Self { rng, firsts, populations, settings, split: self.split };
        Ok(true)
    }

    /// Members that are whole configs here stay members. The best are tried first, with what is new drawn at random.
    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        let state: State = Parcel::from_bytes(snapshot, Self::NAME)?.state()?;
        let reader = state.lines.reader(context);
        let (populations, share) = Self::read(&state, &reader);
        let mut firsts = Firsts::default();
        for WrittenPopulation { pair, members, .. } in &state.populations {
            let Some(pair) = reader.pair(*pair) else { continue };
            firsts.push_best(pair, members, &reader, starts);
        }
        (self.populations, self.firsts) = (populations, firsts);
        Ok(Some(reader.report(share)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Searcher;
    use crate::space::{SearchSpace, encode};

    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    enum Model {
        Deep {
            #[space(len = 1..=3, range = 0..=4)]
            layers: Vec<u8>,
            gated: bool,
        },
        Flat {
            gated: bool,
        },
    }

    fn value(model: &Model) -> f64 {
        match model {
            Model::Deep { layers, gated } => f64::from(layers.iter().sum::<u8>()) + f64::from(u8::from(*gated)),
            Model::Flat { .. } => 0.0,
        }
    }

    #[test]
    fn a_child_differs_from_its_parent_in_one_decision_and_what_hangs_on_it() {
        let graph = Graph::of_space(<Model as SearchSpace>::SPACE);
        let parent = encode(&Model::Deep { layers: vec![3, 1], gated: true }).unwrap();
        let steps = graph.follow(0, &parent).unwrap();
        let child = |decision, action| -> Model {
            let trace = changed((&graph, 0), &steps, Change { decision, action }, |_| 0).unwrap();
            crate::space::decode(&trace).unwrap()
        };
        // The length grows: what was there stays, a layer is filled in.
        assert_eq!(child(1, 2), Model::Deep { layers: vec![3, 1, 0], gated: true });
        assert_eq!(child(1, 0), Model::Deep { layers: vec![3], gated: true });
        assert_eq!(child(2, 4), Model::Deep { layers: vec![4, 1], gated: true });
        assert_eq!(child(0, 1), Model::Flat { gated: false });
        let changes = super::super::neighbour::changes(&steps);
        assert_eq!(changes.len(), 1 + 2 + 4 + 4 + 1);
    }

    /// Seeds 0 to 4: of 5 · 5 · 5 · 2 best-length configs one is best; random search needs some 600 trials for it.
    #[test]
    fn evolution_finds_the_best_config() {
        for seed in 0..5 {
            let mut search = RegularizedEvolution::<Model>::new(seed).population(20).tournament(5);
            let mut best = 0.0f64;
            for _ in 0..300 {
                let trial = search.ask().unwrap();
                let reward = value(&trial.config);
                search.tell(trial, reward).unwrap();
                best = best.max(reward);
            }
            assert!((best - 13.0).abs() < 1e-9, "seed {seed}: {best}");
        }
    }

    #[test]
    fn a_split_draws_each_group_as_often() {
        let graph = Graph::of_space(<Model as SearchSpace>::SPACE);
        let parent = encode(&Model::Deep { layers: vec![3, 1, 2], gated: true }).unwrap();
        let steps = graph.follow(0, &parent).unwrap();
        let mut rng = Pcg64::seed_from_u64(1);
        let gate = |name: &str| usize::from(name.ends_with("gated"));
        let drawn = (0..4000).filter_map(|_| mutation(&graph, &steps, Some(gate), &mut rng));
        let gates = drawn.filter(|change| change.decision == 5).count();
        // 4,000 draws of one half: 2,000 ± 4.5 deviations of 32.
        assert!((1858..=2142).contains(&gates), "{gates}");
    }
}

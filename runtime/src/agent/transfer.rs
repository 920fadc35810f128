//! From one type to another: what matches by name is taken over, the rest starts fresh (paper, Section 3.3).

use std::collections::{HashMap, HashSet};

use super::core::Core;
use super::dictionary::Dictionary;
use super::matching::Matching;
use super::report::Target;
use super::{Agent, AgentBuilder, Share, TransferReport, Trial, once};
use crate::checkpoint::{Checkpoint, LoadError, Meta, Source};
use crate::policy::pair::Pair;
use crate::policy::{Contains, Universe};
use crate::space::guide::Guide;
use crate::space::{Graph, SampleError, SearchSpace, StateRow};
use crate::train::memory::{Carried, Memory};
use crate::train::model::Model;

/// γ at the first sample after a transfer, and the samples over which it falls to zero (paper, Section 3.3).
pub(crate) const EXPLORATION: (f64, u64) = (0.1, 100);

impl<U: Universe> Agent<U> {
    /// An agent over `U` that begins with what another one learned, whatever its type was: a path to a checkpoint, a
    /// [`Checkpoint`] or an agent.
    ///
    /// The encoder is taken over whole, states, actions and tasks by their names or earlier names (`alias`), positions as
    /// far as they go; what is new starts fresh, and so do the optimiser and the baselines. The settings are those of the
    /// source, with γ falling from 0.1 to 0 over the first 100 samples; [`AgentBuilder::transfer`] sets others. The
    /// source's elites come along as [`proposals`](Self::proposals_first).
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
    /// struct Config {
    ///     #[space(choices = [16, 32, 64], alias = "width")]
    ///     units: u32,
    ///     residual: bool,
    /// }
    ///
    /// let old = Agent::<v1::Config>::builder().seed(7).build()?;
    /// let (agent, report) = Agent::<Config>::transfer(&old)?;
    /// assert!(report.to_string().starts_with("reused 5 of 9 states and actions (56 %)"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn transfer(source: impl Source) -> Result<(Self, TransferReport), LoadError> {
        let checkpoint = source.checkpoint()?;
        let settings = checkpoint.meta.settings.clone();
        Self::builder().settings(settings).exploration(EXPLORATION.0, EXPLORATION.1).transfer(&*checkpoint)
    }

    /// Has the agent sample the best `n` elites that came with a [`transfer`](Self::transfer) first, for each space and
    /// task: what they earned elsewhere says nothing certain of what they earn here. Decisions that the source did not
    /// have are made by the policy. Gives how many there are, in all spaces and tasks.
    pub fn proposals_first(&mut self, n: usize) -> usize {
        self.core.proposals_first(n)
    }

    /// The best `n` elites that came with a [`transfer`](Self::transfer), completed by the policy: starting points for
    /// another search, or trials to be told. Those that do not make a valid config of `T` are left out.
    pub fn proposals<T: SearchSpace>(&mut self, n: usize) -> Result<Vec<Trial<T>>, SampleError>
    where
        U: Contains<T>,
    {
        let pair = self.first_pair::<T>();
        let carried = self.core.memories.get(pair).map_or(&[][..], |memory| &memory.carried);
        let guides: Vec<Guide> = carried.iter().take(n).map(|carried| carried.guide.clone()).collect();
        let read = super::sample::valid_config::<T>;
        let completed = guides.iter().map(|guide| self.core.complete(pair, guide, &read));
        completed.filter_map(Result::transpose).collect()
    }
}

impl<U: Universe> AgentBuilder<U> {
    /// An agent with these settings that begins with what another one learned; see [`Agent::transfer`].
    pub fn transfer(self, source: impl Source) -> Result<(Agent<U>, TransferReport), LoadError> {
        let checkpoint = source.checkpoint()?;
        let mut agent = self.with_exploration(EXPLORATION).build()?;
        let report = once::take_over(&mut agent.core, &checkpoint)?;
        Ok((agent, report))
    }
}

impl<M: Model> Core<M> {
    /// Forgets all that was told, and explores as after any transfer where the settings do not say otherwise.
    pub(crate) fn begin_anew(&mut self) {
        let fresh = Memory::new(self.settings.baseline_decay, self.settings.elites);
        self.memories.iter_mut().for_each(|(_, memory)| *memory = fresh.clone());
        self.samples = 0;
        if self.settings.exploration <= 0.0 {
            (self.settings.exploration, self.settings.exploration_samples) = EXPLORATION;
        }
    }

    /// See [`Agent::proposals_first`].
    pub(crate) fn proposals_first(&mut self, n: usize) -> usize {
        let mut count = 0;
        for (_, memory) in self.memories.iter_mut() {
            memory.proposals = memory.carried.iter().take(n).map(|carried| carried.guide.clone()).collect();
            count += memory.proposals.len();
        }
        count
    }

    /// Takes over from the checkpoint what matches.
    pub(crate) fn take_over(&mut self, checkpoint: &Checkpoint) -> Result<TransferReport, LoadError> {
        let (meta, tasks) = (&checkpoint.meta, self.task_names());
        let matching = Matching::new(self.graph.vocabulary(), &tasks, meta.lexicon());
        let reused = self.fill(checkpoint, &matching, false)?;
        let elites = self.carry(meta, &matching);
        let of = self.model.tensors().iter().find(|held| held.path == "positions").map_or(0, |held| held.shape[0]);
        let positions = Share { reused, of };
        let target = Target { vocabulary: self.graph.vocabulary(), tasks: &tasks };
        Ok(TransferReport::of(target, meta.lexicon(), &matching, (positions, elites)))
    }

    /// Takes over the elites as proposals, best first, each once; gives how many of all found a place.
    fn carry(&mut self, meta: &Meta, matching: &Matching) -> Share {
        let dictionary = Dictionary::new(self.graph.vocabulary(), &meta.states, matching);
        let places = Places::new(&self.graph, matching, meta, self.memories.pairs());
        let (mut reused, mut all, mut found) = (0, 0, Vec::new());
        for source in &meta.pairs {
            for elite in source.elites.iter().chain(&source.carried) {
                all += 1;
                let Some(guide) = dictionary.guide(&elite.trace) else { continue };
                let pairs = places.of(&source.space, &source.task, &guide);
                reused += usize::from(!pairs.is_empty());
                found.extend(
                    pairs.into_iter().map(|pair| (pair, Carried { reward: elite.reward, guide: guide.clone() })),
                );
            }
        }
        // The sort is stable: of equals the source's order stays.
        found.sort_by(|(_, a), (_, b)| b.reward.total_cmp(&a.reward));
        let mut known: HashSet<(Pair, Guide)> = HashSet::new();
        for (pair, memory) in self.memories.iter_mut() {
            known.extend(memory.carried.iter().map(|carried| (pair, carried.guide.clone())));
        }
        for (pair, carried) in found {
            if let Some(memory) = self.memories.get_mut(pair)
                && known.insert((pair, carried.guide.clone()))
            {
                memory.carried.push(carried);
            }
        }
        Share { reused, of: all }
    }
}

/// Where the elites of a space and task go.
struct Places<'a> {
    /// The space and the task here, by the source's names.
    spaces: HashMap<&'a str, usize>,
    tasks: HashMap<&'a str, usize>,
    /// The states of each space.
    states: Vec<HashSet<StateRow>>,
    pairs: Vec<Pair>,
}

impl<'a> Places<'a> {
    fn new(graph: &Graph, matching: &Matching, meta: &'a Meta, pairs: Vec<Pair>) -> Self {
        let (mut spaces, mut tasks) = (HashMap::new(), HashMap::new());
        let labels = meta.states.first().map_or(&[][..], |start| &start.actions);
        for (space, root) in graph.spaces().iter().enumerate() {
            // The actions of the start state are the first of all.
            if let Some(label) = matching.actions[root.start.index()].and_then(|old| labels.get(old)) {
                spaces.entry(label.name.as_str()).or_insert(space);
            }
        }
        for (task, old) in matching.tasks.iter().enumerate() {
            if let Some(old) = old.and_then(|old| meta.tasks.get(old)) {
                tasks.entry(old.name.as_str()).or_insert(task);
            }
        }
        let states = (0..graph.spaces().len()).map(|space| graph.states_of(space).into_iter().collect()).collect();
        Self { spaces, tasks, states, pairs }
    }

    /// The pair of the same space and task; where there is no such space, all that have the states; where there is no such
    /// task, all.
    fn of(&self, space: &str, task: &str, guide: &Guide) -> Vec<Pair> {
        let (space, task) = (self.spaces.get(space), self.tasks.get(task));
        let fits = |pair: &&Pair| match space {
            Some(space) => pair.space == *space,
            None => guide.decisions().iter().all(|(state, _)| self.states[pair.space].contains(state)),
        };
        let is_of_task = |pair: &&Pair| task.is_none_or(|task| pair.task == *task);
        self.pairs.iter().filter(fits).filter(is_of_task).copied().collect()
    }
}

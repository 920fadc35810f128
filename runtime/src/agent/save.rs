//! From an agent to a checkpoint and back, exactly.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::core::Core;
use super::dictionary::{Dictionary, write_guide, write_trace};
use super::matching::Matching;
use super::{Agent, Settings, once};
use crate::checkpoint::{
    Checkpoint, LoadError, MOMENTS, Meta, PairMeta, SaveError, Source, StateMeta, TensorData, WrittenElite,
    WrittenTrace,
};
use crate::policy::Universe;
use crate::policy::pair::Pair;
use crate::space::guide::Guide;
use crate::space::{Graph, Names, State, Trace, Vocabulary};
use crate::train::baseline::Baseline;
use crate::train::elites::Elites;
use crate::train::memory::{Carried, Memory};
use crate::train::model::{Model, NamedTensor};
use crate::train::{Elite, Outcome};

impl<U: Universe> Agent<U> {
    /// Writes all that the agent knows to a safetensors file, described in `docs/checkpoint.md`. At any moment the path
    /// holds the file that was there or the new one, whole.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        self.checkpoint().write(path)
    }

    /// Goes on exactly where the agent that was saved stopped: the same weights, moments, baselines, elites, random numbers
    /// and γ, and so the same trials, to the bit.
    ///
    /// The type must have the same states, actions, spaces and tasks, in whatever order; where it has not, the error names
    /// the differences, and [`transfer`](Self::transfer) takes over what matches.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::resume(&Checkpoint::read(path)?)
    }

    /// Goes on exactly where the agent of the checkpoint stopped; see [`load`](Self::load).
    pub fn resume(checkpoint: &Checkpoint) -> Result<Self, LoadError> {
        let Self { core, universe } = Self::new(checkpoint.meta.settings.clone())?;
        Ok(Self { core: once::resumed(core, checkpoint)?, universe })
    }

    /// What the agent knows, by names.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        once::checkpoint(&self.core)
    }
}

impl<U: Universe> Source for Agent<U> {
    fn checkpoint(&self) -> Result<Cow<'_, Checkpoint>, LoadError> {
        Ok(Cow::Owned(Self::checkpoint(self)))
    }
}

impl<M: Model> Core<M> {
    /// As it was when the checkpoint was made, whose names must be these.
    pub(crate) fn resumed(mut self, checkpoint: &Checkpoint) -> Result<Self, LoadError> {
        let meta = &checkpoint.meta;
        let matching = Matching::new(self.graph.vocabulary(), &self.task_names(), meta.lexicon());
        if !matching.is_whole() {
            return Err(other_names(self.universe, self.graph.vocabulary(), &meta.states));
        }
        self.model.configure(&self.settings);
        self.fill(checkpoint, &matching, true)?;
        self.remember(meta, &matching)
            .ok_or_else(|| other_names(self.universe, self.graph.vocabulary(), &meta.states))?;
        (self.rng, self.samples) = (meta.rng.clone(), meta.samples);
        Ok(self)
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        let Self { settings, universe, graph, model, memories, rng, samples, .. } = self;
        let mut tensors = BTreeMap::new();
        for NamedTensor { path, shape, values, moments, .. } in model.tensors() {
            for (name, values) in MOMENTS.iter().zip(moments.into_iter().flatten()) {
                tensors.insert(format!("{name}.{path}"), TensorData { shape: shape.clone(), values });
            }
            tensors.insert(path, TensorData { shape, values });
        }
        let meta = Meta {
            format: Meta::FORMAT,
            checksum: String::new(),
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
            universe: (*universe).to_owned(),
            settings: Settings::clone(settings),
            states: graph.vocabulary().states().iter().map(state_meta).collect(),
            tasks: self.task_names(),
            samples: *samples,
            steps: model.steps().unsigned_abs(),
            rng: rng.clone(),
            pairs: memories.iter().map(|(pair, memory)| self.pair_meta(pair, memory)).collect(),
        };
        Checkpoint { meta, tensors }
    }

    /// Takes over the checkpoint's tensors as far as they match, the optimiser's moments only where asked for; gives the
    /// number of positions taken over.
    pub(super) fn fill(
        &mut self,
        checkpoint: &Checkpoint,
        matching: &Matching,
        moments: bool,
    ) -> Result<usize, LoadError> {
        let mut tensors = self.model.tensors();
        let (mut positions, has_moments) = (0, moments && checkpoint.meta.steps > 0);
        for NamedTensor { path, shape, rows, values, moments } in &mut tensors {
            let filled = matching.fill_from(checkpoint, path, (*rows, shape), values)?;
            positions += if path == "positions" { filled } else { 0 };
            let read = |moment: &str| {
                let mut numbers = vec![0.0; values.len()];
                let name = format!("{moment}.{path}");
                matching.fill_from(checkpoint, &name, (*rows, shape), &mut numbers).map(|_| numbers)
            };
            *moments = if has_moments { Some([read(MOMENTS[0])?, read(MOMENTS[1])?]) } else { None };
        }
        let steps = if moments { i32::try_from(checkpoint.meta.steps).unwrap_or(i32::MAX) } else { 0 };
        self.model.put(tensors, steps);
        Ok(positions)
    }

    /// The names of the tasks, in row order.
    pub(super) fn task_names(&self) -> Vec<Names> {
        self.tasks.iter().map(crate::policy::TaskName::names).collect()
    }

    fn pair_meta(&self, pair: Pair, memory: &Memory) -> PairMeta {
        let (graph, vocabulary) = (&self.graph, self.graph.vocabulary());
        let elite = |(reward, trace)| WrittenElite { reward, trace };
        let elites = memory.elites.best().iter();
        let elites = elites.map(|best| elite((best.reward, write_trace(graph, pair.space, &best.trace))));
        let front = |(trace, outcome): &(Trace, Outcome)| (write_trace(graph, pair.space, trace), *outcome);
        let carried = memory.carried.iter();
        let carried = carried.map(|carried| elite((carried.reward, write_guide(vocabulary, &carried.guide))));
        PairMeta {
            space: space_name(graph, pair.space).to_owned(),
            task: self.tasks[pair.task].name.to_owned(),
            baseline: memory.baseline.parts(),
            drawn: memory.drawn,
            accepted: memory.accepted,
            elites: elites.collect(),
            front: memory.archive.trials().iter().map(front).collect(),
            latest: memory.window.outcomes().collect(),
            carried: carried.collect(),
            proposals: memory.proposals.iter().map(|guide| write_guide(vocabulary, guide)).collect(),
        }
    }

    /// Takes over what was remembered of each pair; none where something of it has no place here.
    fn remember(&mut self, meta: &Meta, matching: &Matching) -> Option<()> {
        let dictionary = Dictionary::new(self.graph.vocabulary(), &meta.states, matching);
        let guide = |trace: &WrittenTrace| dictionary.guide(trace);
        let written = meta.pairs.iter().map(|written| ((written.space.as_str(), written.task.as_str()), written));
        let written: HashMap<(&str, &str), &PairMeta> = written.collect();
        for (pair, memory) in self.memories.iter_mut() {
            let written = written.get(&(space_name(&self.graph, pair.space), self.tasks[pair.task].name))?;
            *memory = Memory::new(self.settings.baseline_decay, self.settings.elites);
            memory.baseline = Baseline::resumed(self.settings.baseline_decay, written.baseline);
            memory.window = written.latest.iter().filter_map(|outcome| outcome.finite()).collect();
            (memory.drawn, memory.accepted) = (written.drawn, written.accepted);
            let elite = |WrittenElite { reward, trace }: &WrittenElite| {
                Some(Elite { reward: *reward, trace: guide(trace)?.trace(&self.graph, pair.space)? })
            };
            let elites = written.elites.iter().map(elite).collect::<Option<_>>()?;
            memory.elites = Elites::restored(self.settings.elites, elites);
            let front = |(written, outcome): &(WrittenTrace, Outcome)| {
                Some((guide(written)?.trace(&self.graph, pair.space)?, outcome.finite()?))
            };
            memory.archive = written.front.iter().map(front).collect::<Option<_>>()?;
            let carried =
                |WrittenElite { reward, trace }: &WrittenElite| Some(Carried { reward: *reward, guide: guide(trace)? });
            memory.carried = written.carried.iter().map(carried).collect::<Option<_>>()?;
            memory.proposals = written.proposals.iter().map(guide).collect::<Option<Vec<Guide>>>()?.into();
        }
        Some(())
    }
}

fn space_name(graph: &Graph, space: usize) -> &str {
    let start = graph.vocabulary().state(crate::space::StateRow(0));
    start.label(graph.spaces()[space].start)
}

pub(crate) fn state_meta(state: &State) -> StateMeta {
    StateMeta { names: state.names.clone(), kind: state.kind, actions: state.labels.clone() }
}

/// The first names that only one side has.
pub(crate) fn other_names(universe: &'static str, vocabulary: &Vocabulary, old: &[StateMeta]) -> LoadError {
    const SHOWN: usize = 5;
    let new = vocabulary.states().iter().map(|state| (state.name(), &*state.labels));
    let old = old.iter().map(|state| (&*state.names.name, &*state.actions));
    let pairs = |(state, labels)| labels_of(state, labels);
    let (new, old): (Vec<_>, Vec<_>) = (new.flat_map(pairs).collect(), old.flat_map(pairs).collect());
    let mut found = only(&new, &old, "new");
    found.extend(only(&old, &new, "gone"));
    let rest = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    if rest > 0 {
        found.push(format!("and {rest} more"));
    }
    if found.is_empty() {
        found.push("the tasks, the kinds of actions or the restrictions differ".to_owned());
    }
    LoadError::OtherNames { universe, differences: found.join(", ") }
}

/// The name of a state with each of its labels.
fn labels_of<'a>(state: &'a str, labels: &'a [Names]) -> impl Iterator<Item = (&'a str, &'a str)> {
    labels.iter().map(move |label| (state, label.name.as_str()))
}

/// Those that are only here.
fn only(here: &[(&str, &str)], there: &[(&str, &str)], side: &str) -> Vec<String> {
    let there: HashSet<&(&str, &str)> = there.iter().collect();
    let here = here.iter().filter(|pair| !there.contains(pair));
    here.map(|(state, label)| format!("`{state}` = `{label}` is {side}")).collect()
}

//! What every learning agent does, whatever its network: sampling with redraws, memory of each pair, learning.

use std::borrow::Cow;
use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::{BuildError, ConfigError, Observation, ObserveError, Settings, Trial, observation};
use crate::policy::batch::Path;
use crate::policy::pair::Pair;
use crate::policy::sampler::{Source, start};
use crate::policy::walker::Draw;
use crate::policy::{TaskName, Tasks, Universe};
use crate::space::cursor::Step;
use crate::space::guide::Guide;
use crate::space::{DecodeError, Graph, SampleError, Trace};
use crate::threads;
use crate::train::Rewards;
use crate::train::elites::Pushed;
use crate::train::lesson::Lesson;
use crate::train::memory::{Held, Memories, Memory};
use crate::train::model::Model;
use crate::train::outcome::{Merit, Outcome};

/// An agent but for its universe: what a config is made of is given to it by traces. What is written for
/// `Core<Transformer>` is compiled once, what is written for `Agent<U>` with each universe anew.
#[derive(Debug, Clone)]
pub(crate) struct Core<M> {
    pub(crate) settings: Settings,
    /// The type of the universe.
    pub(crate) universe: &'static str,
    pub(crate) graph: Arc<Graph>,
    pub(crate) tasks: &'static [TaskName],
    pub(crate) model: M,
    pub(crate) memories: Memories,
    pub(crate) rng: Pcg64,
    /// Samples of the policy so far, for the schedule of γ.
    pub(crate) samples: u64,
}

/// Reads the config of a trace; none where a `valid` predicate refuses it.
pub(crate) trait Read<T>: Fn(&Trace) -> Result<Option<T>, DecodeError> + Sync {}

impl<T, F: Fn(&Trace) -> Result<Option<T>, DecodeError> + Sync> Read<T> for F {}

impl<M: Model> Core<M> {
    /// A core over a universe, whose network is made with the generator that will sample.
    pub(crate) fn new<U: Universe>(
        settings: Settings,
        model: impl FnOnce(&Graph, &mut Pcg64) -> Result<M, BuildError>,
    ) -> Result<Self, BuildError> {
        settings.check()?;
        let graph = Graph::new(U::START);
        let mut rng = Pcg64::seed_from_u64(settings.seed);
        let model = model(&graph, &mut rng)?;
        if graph.spaces().is_empty() || graph.spaces().len() != U::TASKS_OF.len() {
            return Err(BuildError::NoSpace { universe: std::any::type_name::<U>() });
        }
        let memories = Memories::new::<U>(&Memory::new(settings.baseline_decay, settings.elites));
        let universe = std::any::type_name::<U>();
        Ok(Self {
            settings,
            universe,
            graph: Arc::new(graph),
            tasks: U::Tasks::NAMES,
            model,
            memories,
            rng,
            samples: 0,
        })
    }

    /// The share of drawn configs of some pairs that were valid; none before the first.
    pub(crate) fn acceptance_of(&self, pairs: &[Pair]) -> Option<f64> {
        let of_pairs = pairs.iter().filter_map(|pair| self.memories.get(*pair));
        let add = |(drawn, accepted), memory: &Memory| (drawn + memory.drawn, accepted + memory.accepted);
        let (drawn, accepted) = of_pairs.fold((0, 0), add);
        (drawn > 0).then(|| accepted as f64 / drawn as f64)
    }

    /// A pair of a space, drawn uniformly from those that are valid.
    pub(crate) fn draw_pair(&mut self, space: usize) -> Pair {
        let pairs = self.memories.of_space(space);
        self.draw_one(&pairs).unwrap_or(Pair { space, task: 0 })
    }

    /// Any valid pair, drawn uniformly.
    pub(crate) fn draw_any_pair(&mut self) -> Pair {
        let pairs = self.memories.pairs();
        self.draw_one(&pairs).unwrap_or(Pair { space: 0, task: 0 })
    }

    fn draw_one(&mut self, pairs: &[Pair]) -> Option<Pair> {
        match pairs {
            [] => None,
            [only] => Some(*only),
            several => Some(several[self.rng.random_range(0..several.len())]),
        }
    }

    /// The pair of a space and a task by position.
    pub(crate) fn pair<T>(&self, space: usize, task: usize) -> Result<Pair, SampleError> {
        let pair = Pair { space, task };
        match self.memories.get(pair) {
            Some(_) => Ok(pair),
            None => Err(SampleError::NotJudged {
                space: std::any::type_name::<T>(),
                task: self.tasks.get(task).map_or("", |task| task.name).to_owned(),
            }),
        }
    }

    /// The pair that a trial of a space belongs to.
    pub(crate) fn pair_of(&self, space: usize, task: &str) -> Result<Pair, ObserveError> {
        let is_called = |name: &TaskName| name.name == task || name.aliases.contains(&task);
        let found = self.tasks.iter().position(is_called).map(|task| Pair { space, task });
        found
            .filter(|pair| self.memories.get(*pair).is_some())
            .ok_or_else(|| ObserveError::Task { task: task.to_owned() })
    }

    /// Samples a config of a pair: first what was carried over, if that was asked for, then from the policy.
    pub(crate) fn sample<T>(&mut self, pair: Pair, read: impl Read<T>) -> Result<Trial<T>, SampleError> {
        while let Some(guide) = self.memories.get_mut(pair).and_then(|memory| memory.proposals.pop_front()) {
            if let Some(trial) = self.complete(pair, &guide, &read)? {
                return Ok(trial);
            }
        }
        let gamma = self.settings.gamma(self.samples);
        for drawn in 1..=self.settings.max_draws {
            let draws = self.model.sample(&self.graph, pair, &mut [Source::free(gamma, &mut self.rng)]);
            if let Some(trial) = self.read(pair, draws.into_iter().next().flatten(), &read)? {
                self.count(pair, drawn);
                return Ok(trial);
            }
        }
        Err(no_valid_config::<T>(self.settings.max_draws))
    }

    /// Lets the policy fill in what a guide leaves open; none where that does not make a valid config.
    pub(crate) fn complete<T>(
        &mut self,
        pair: Pair,
        guide: &Guide,
        read: &impl Read<T>,
    ) -> Result<Option<Trial<T>>, SampleError> {
        const DRAWS: usize = 100;
        for _ in 0..DRAWS {
            let source = Source { gamma: 0.0, rng: &mut self.rng, guide: Some(guide.clone()) };
            let draws = self.model.sample(&self.graph, pair, &mut [source]);
            if let Some(trial) = self.read(pair, draws.into_iter().next().flatten(), read)? {
                return Ok(Some(trial));
            }
        }
        Ok(None)
    }

    /// Samples several configs at once, each with random numbers of its own.
    pub(crate) fn sample_many<T: Send>(
        &mut self,
        pairs: &[Pair],
        read: impl Read<T>,
    ) -> Result<Vec<Trial<T>>, SampleError> {
        let mut rngs: Vec<Pcg64> = pairs.iter().map(|_| Pcg64::from_rng(&mut self.rng)).collect();
        let mut sources: Vec<(usize, Pair, &mut Pcg64)> =
            rngs.iter_mut().zip(pairs).enumerate().map(|(i, (rng, pair))| (i, *pair, rng)).collect();
        // Those of one pair are drawn in step with each other.
        sources.sort_by_key(|(i, pair, _)| (*pair, *i));
        let size = pairs.len().div_ceil(rayon::current_num_threads()).clamp(1, IN_STEP);
        let of_one_pair = sources.chunk_by_mut(|(_, a, _), (_, b, _)| a == b);
        let groups: Vec<_> = of_one_pair.flat_map(|group| group.chunks_mut(size)).collect();
        let drawn = threads::on_all(groups, |group| self.draw_all(group, &read));
        let drawn = drawn.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut drawn: Vec<(usize, Trial<T>, u32)> = drawn.into_iter().flatten().collect();
        drawn.sort_by_key(|(i, ..)| *i);
        let counted = |(i, trial, draws): (usize, Trial<T>, u32)| {
            self.count(pairs[i], draws);
            trial
        };
        Ok(drawn.into_iter().map(counted).collect())
    }

    /// A valid trial for each source, all of one pair, with the number of draws that it took.
    fn draw_all<T>(
        &self,
        sources: &mut [(usize, Pair, &mut Pcg64)],
        read: &impl Read<T>,
    ) -> Result<Vec<(usize, Trial<T>, u32)>, SampleError> {
        let mut trials = Vec::with_capacity(sources.len());
        let mut missing: Vec<&mut (usize, Pair, &mut Pcg64)> = sources.iter_mut().collect();
        for drawn in 1..=self.settings.max_draws {
            let Some(&&mut (_, pair, _)) = missing.first() else { return Ok(trials) };
            let gamma = |i: usize| self.settings.gamma(self.samples + i as u64);
            let mut again: Vec<Source<'_>> =
                missing.iter_mut().map(|(i, _, rng)| Source::free(gamma(*i), rng)).collect();
            let draws = self.model.sample(&self.graph, pair, &mut again);
            let mut refused = Vec::new();
            for (source, draw) in missing.into_iter().zip(draws) {
                match self.read(pair, draw, read)? {
                    Some(trial) => trials.push((source.0, trial, drawn)),
                    None => refused.push(source),
                }
            }
            missing = refused;
        }
        if missing.is_empty() { Ok(trials) } else { Err(no_valid_config::<T>(self.settings.max_draws)) }
    }

    fn read<T>(&self, pair: Pair, draw: Option<Draw>, read: &impl Read<T>) -> Result<Option<Trial<T>>, SampleError> {
        let Some(Draw { trace, log_prob }) = draw else { return Ok(None) };
        let task = Cow::Borrowed(self.tasks[pair.task].name);
        Ok(read(&trace)?.map(|config| Trial { config, trace, log_prob, task }))
    }

    fn count(&mut self, pair: Pair, drawn: u32) {
        self.samples += 1;
        if let Some(memory) = self.memories.get_mut(pair) {
            memory.drawn += u64::from(drawn);
            memory.accepted += 1;
        }
    }

    /// A trial of a given config.
    pub(crate) fn trial<T>(&self, pair: Pair, config: T, trace: Trace) -> Result<Trial<T>, ConfigError> {
        let log_prob = self.log_prob(pair, &trace)?;
        Ok(Trial { config, trace, log_prob, task: Cow::Borrowed(self.tasks[pair.task].name) })
    }

    pub(crate) fn log_prob(&self, pair: Pair, trace: &Trace) -> Result<f64, ConfigError> {
        let steps = self.graph.follow(pair.space, trace)?;
        Ok(self.model.log_probs(&self.graph, pair, &steps).iter().sum())
    }

    /// Learns from trials of one pair in one step; on an error nothing has changed. Gives nothing where there is nothing to learn:
    /// of trials that were handed back, and, where rewards are taken as they are, of those that failed or were pruned.
    pub(crate) fn learn(&mut self, pair: Pair, told: &[(&Trace, Outcome)]) -> Result<Vec<Observation>, ObserveError> {
        let rewards = self.settings.rewards;
        told.iter().try_for_each(|(_, outcome)| observation::check(rewards, *outcome))?;
        let Self { settings, graph, model, memories, rng, .. } = self;
        let Some(memory) = memories.get_mut(pair) else { return Ok(Vec::new()) };
        let traces = told.iter().map(|(trace, _)| graph.follow(pair.space, trace));
        let traces = traces.collect::<Result<Vec<_>, _>>()?;
        let teaches = |merit: &Merit| rewards == Rewards::Ranks || merit.reward().is_some();
        let known = |outcome: &Outcome| outcome.plain().finite().filter(|it| it.merit().as_ref().is_some_and(teaches));
        let told = told.iter().zip(traces);
        let told = told.filter_map(|((trace, outcome), steps)| Some((((*trace), known(outcome)?), steps)));
        let (told, traces): (Vec<(&Trace, Outcome)>, Vec<_>) = told.unzip();
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let (window, archive) = (memory.window.clone(), memory.archive.clone());
        let pushed: Vec<Pushed> = memory.remember(rewards, &told);
        let mut drawing = rng.clone();
        let outcomes: Vec<Outcome> = told.iter().map(|(_, outcome)| *outcome).collect();
        let view = memory.view(&outcomes, settings.elites, &mut drawing);
        let (held, imitated) = view.draw_elites(rewards, &mut drawing);
        let lessons = lessons(settings, graph, pair, &traces, &held, &imitated);
        let Some(entropies) = model.learn(settings.learning_rate, &lessons) else {
            pushed.into_iter().rev().for_each(|pushed| memory.elites.undo(pushed));
            (memory.window, memory.archive) = (window, archive);
            return Err(ObserveError::Diverged);
        };
        for held in &held {
            memory.baseline.update(held.reward);
        }
        *rng = drawing;
        Ok(held.into_iter().zip(entropies).map(|(held, entropy)| Observation::new(held, entropy)).collect())
    }
}

/// How many configs are sampled in step with each other at most; it does not change what is sampled.
const IN_STEP: usize = 64;

fn no_valid_config<T>(draws: u32) -> SampleError {
    SampleError::NoValidConfig { space: std::any::type_name::<T>(), draws }
}

/// The trials' own lessons, then those of the elites; each weight divided by the number of trials.
fn lessons<'a>(
    settings: &Settings,
    graph: &'a Graph,
    pair: Pair,
    traces: &'a [Vec<Step<'a>>],
    held: &[Held],
    imitated: &[(Trace, f64)],
) -> Vec<Lesson<'a>> {
    let (start, trials) = (start(graph, pair), traces.len() as f64);
    let lesson = |steps: Cow<'a, [Step<'a>]>, likelihood, entropy| Lesson {
        path: Path { start, steps },
        likelihood: likelihood / trials,
        entropy: entropy / trials,
    };
    let own = traces.iter().zip(held);
    let own = own.map(|(steps, held)| lesson(Cow::Borrowed(steps), held.reward - held.baseline, settings.entropy));
    // An elite's trace led through the space when it was told.
    let elites = imitated.iter().filter_map(|(trace, times)| {
        let steps = graph.follow(pair.space, trace).ok()?;
        Some(lesson(Cow::Owned(steps), settings.imitation * times, 0.0))
    });
    own.chain(elites).collect()
}

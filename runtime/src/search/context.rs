//! What a strategy must know of the configs that it searches, without their type.

use std::sync::Arc;

use rand::Rng;

use crate::agent::{ConfigError, ObserveError, Trial};
use crate::policy::{AnyConfig, Pair, Root, Serves, TaskName};
use crate::space::uniform::Uniform;
use crate::space::{DecodeError, Graph, Names, SampleError, Trace};
use crate::train::Direction;

/// The spaces, tasks and predicates behind a type of configs: all that a [`Strategy`](super::Strategy) knows of it.
#[derive(Debug, Clone)]
pub struct Context {
    pub(super) graph: Arc<Graph>,
    tasks: &'static [TaskName],
    /// The pairs that are searched.
    pairs: Vec<Pair>,
    type_name: &'static str,
    /// Whether a config says by itself which space it is of.
    is_joint: bool,
    is_valid: fn(usize, &Trace) -> Result<bool, DecodeError>,
    /// Which rewards are better in the words of the user; a strategy maximises what it is told.
    direction: Direction,
    /// Whether the best are to be evaluated again now.
    confirms: bool,
    /// Whether it is that of an agent's universe, whose strategy can serve no other.
    is_of_agent: bool,
}

/// A config by its decisions, for a strategy to be told of.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub(crate) pair: Pair,
    pub(crate) trace: Trace,
    /// `Σ log π`; 0 where no policy sampled it.
    pub(crate) log_prob: f64,
    /// Which part of the strategy it came from, in words; none where there are no parts.
    pub(crate) origin: Option<&'static str>,
}

impl Context {
    /// All spaces and tasks of a type of configs.
    #[must_use]
    pub fn of<T: AnyConfig>() -> Self {
        let Root { node, tasks_of, tasks } = T::ROOT;
        let graph = if tasks_of.is_some() { Graph::new(node) } else { Graph::of_space(node) };
        let of_space = |(space, only): (usize, Option<&'static [usize]>)| {
            let tasks = only.map_or_else(|| (0..tasks.len()).collect(), <[usize]>::to_vec);
            tasks.into_iter().map(move |task| Pair { space, task }).collect::<Vec<_>>()
        };
        let pairs = match tasks_of {
            None => vec![Pair { space: 0, task: 0 }],
            Some(tasks_of) => tasks_of.iter().copied().enumerate().flat_map(of_space).collect(),
        };
        Self::new::<T>(Arc::new(graph), tasks, pairs, tasks_of.is_some())
    }

    /// Those that an agent's universe has for a type of configs: all of its pairs, or those of one space.
    pub(super) fn served<T: AnyConfig, U: Serves<T>>(graph: &Arc<Graph>, pairs: Vec<Pair>) -> Self {
        let is_served = |pair: &Pair| <U as Serves<T>>::SPACE.is_none_or(|space| pair.space == space);
        let Root { tasks, .. } = Root::universe::<U>();
        let pairs = pairs.into_iter().filter(is_served).collect();
        let this = Self::new::<T>(Arc::clone(graph), tasks, pairs, <U as Serves<T>>::SPACE.is_none());
        Self { is_of_agent: true, ..this }
    }

    fn new<T: AnyConfig>(graph: Arc<Graph>, tasks: &'static [TaskName], pairs: Vec<Pair>, is_joint: bool) -> Self {
        let type_name = std::any::type_name::<T>();
        Self {
            graph,
            tasks,
            pairs,
            type_name,
            is_joint,
            is_valid: is_valid::<T>,
            direction: Direction::Maximize,
            confirms: false,
            is_of_agent: false,
        }
    }

    /// One in which all of several searches can be made; none where two agents serve different pairs.
    pub(super) fn common(all: &[Self]) -> Option<Self> {
        let mut agents = all.iter().filter(|context| context.is_of_agent);
        let common = agents.next().or(all.first())?;
        let minimises = all.iter().any(|context| context.direction == Direction::Minimize);
        let direction = if minimises { Direction::Minimize } else { Direction::Maximize };
        agents.all(|other| other.pairs == common.pairs).then(|| common.clone().towards(direction))
    }

    /// The same where other rewards are better.
    pub(crate) fn towards(self, direction: Direction) -> Self {
        Self { direction, ..self }
    }

    /// The same where the best are to be evaluated again, or not.
    pub(crate) fn confirming(self, confirms: bool) -> Self {
        Self { confirms, ..self }
    }

    /// Whether the best are to be evaluated again now.
    pub(super) fn confirms(&self) -> bool {
        self.confirms
    }

    /// Which rewards are better.
    pub(crate) fn direction(&self) -> Direction {
        self.direction
    }

    /// The same for one task.
    pub(crate) fn on(mut self, task: &str) -> Result<Self, SampleError> {
        let place = self.task_place(task);
        self.pairs.retain(|pair| Some(pair.task) == place);
        if self.pairs.is_empty() {
            return Err(SampleError::NotJudged { space: self.type_name, task: task.to_owned() });
        }
        Ok(self)
    }

    /// The same but for some pairs; none where no pair is left.
    pub(super) fn without(&self, pairs: &std::collections::BTreeSet<Pair>) -> Option<Self> {
        let mut this = self.clone();
        this.pairs.retain(|pair| !pairs.contains(pair));
        (!this.pairs.is_empty()).then_some(this)
    }

    /// The pairs that are searched, by space and then by task.
    pub(crate) fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    pub(crate) fn shared_graph(&self) -> Arc<Graph> {
        Arc::clone(&self.graph)
    }

    pub(crate) fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Whether a config may be of one of several spaces.
    pub(crate) fn is_joint(&self) -> bool {
        self.is_joint
    }

    /// The name of a pair's task.
    pub(crate) fn task(&self, pair: Pair) -> &'static str {
        self.tasks.get(pair.task).map_or("", |task| task.name)
    }

    /// How many tasks there are.
    pub(super) fn task_count(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn task_names(&self) -> Vec<Names> {
        self.tasks.iter().map(TaskName::names).collect()
    }

    /// The name of a pair's space; nothing where there is only one.
    pub(crate) fn space(&self, pair: Pair) -> &str {
        if !self.is_joint {
            return "";
        }
        let start = self.graph.vocabulary().state(crate::space::StateRow(0));
        start.label(self.graph.spaces()[pair.space].start)
    }

    fn task_place(&self, task: &str) -> Option<usize> {
        self.tasks.iter().position(|known| known.name == task || known.aliases.contains(&task))
    }

    /// The pair of a space, and of a task by name.
    pub(crate) fn pair(&self, space: usize, task: &str) -> Option<Pair> {
        let task = self.task_place(task)?;
        self.pairs.iter().copied().find(|pair| *pair == Pair { space, task })
    }

    /// Whether a trace makes a config that the `valid` predicates admit.
    pub(crate) fn is_valid(&self, pair: Pair, trace: &Trace) -> Result<bool, DecodeError> {
        (self.is_valid)(pair.space, trace)
    }

    /// One of the pairs, each as likely.
    pub(super) fn draw_pair(&self, rng: &mut impl Rng) -> Result<Pair, SampleError> {
        use rand::RngExt;
        match self.pairs.as_slice() {
            [] => Err(SampleError::NotJudged { space: self.type_name, task: "that it is searched for".to_owned() }),
            [only] => Ok(*only),
            several => Ok(several[rng.random_range(0..several.len())]),
        }
    }

    /// A random config of a pair, and how often one was drawn for it.
    pub(super) fn random(
        &self,
        pair: Pair,
        over: &Uniform,
        rng: &mut impl Rng,
    ) -> Result<(Proposal, u32), SampleError> {
        for drawn in 1..=MAX_DRAWS {
            let Some(trace) = over.trace(&self.graph, pair.space, rng) else { continue };
            if self.is_valid(pair, &trace)? {
                return Ok((Proposal::chosen(pair, trace), drawn));
            }
        }
        Err(self.no_valid_config(MAX_DRAWS))
    }

    fn no_valid_config(&self, draws: u32) -> SampleError {
        SampleError::NoValidConfig { space: self.type_name, draws }
    }

    /// The proposal as a trial with its config.
    pub(crate) fn trial<T: AnyConfig>(&self, proposal: Proposal) -> Result<Trial<T>, SampleError> {
        let Proposal { pair, trace, log_prob, .. } = proposal;
        let config = T::decode_any(pair.space, &trace)?;
        Ok(Trial { config, trace, log_prob, task: self.task(pair).into() })
    }

    /// The proposal that a trial was, in these spaces.
    pub(crate) fn proposal<T: AnyConfig>(&self, trial: Trial<T>) -> Result<Proposal, ObserveError> {
        let space = self.space_of(&trial.config)?;
        let pair = self.pair(space, &trial.task).ok_or_else(|| ObserveError::Task { task: trial.task.to_string() })?;
        self.graph.follow(space, &trial.trace)?;
        Ok(Proposal { log_prob: trial.log_prob, ..Proposal::chosen(pair, trial.trace) })
    }

    fn space_of<T: AnyConfig>(&self, config: &T) -> Result<usize, crate::space::EncodeError> {
        match self.pairs.first() {
            Some(pair) if !self.is_joint => Ok(pair.space),
            _ => Ok(config.encode_any()?.0),
        }
    }

    /// A given config, for the first task of its space.
    pub(crate) fn given<T: AnyConfig>(&self, config: &T) -> Result<Proposal, ConfigError> {
        if !config.is_valid_any() {
            return Err(ConfigError::Invalid { space: self.type_name });
        }
        let (_, trace) = config.encode_any()?;
        let space = self.space_of(config)?;
        self.graph.follow(space, &trace)?;
        let pair = self.pairs.iter().copied().find(|pair| pair.space == space);
        let not_judged = || SampleError::NotJudged { space: self.type_name, task: "any of those searched".to_owned() };
        Ok(Proposal::chosen(pair.ok_or_else(|| ConfigError::Task(not_judged()))?, trace))
    }
}

/// How often a config is drawn again before a search gives up.
const MAX_DRAWS: u32 = 10_000;

fn is_valid<T: AnyConfig>(space: usize, trace: &Trace) -> Result<bool, DecodeError> {
    Ok(T::decode_any(space, trace)?.is_valid_any())
}

impl Proposal {
    /// One that no policy sampled.
    pub(super) fn chosen(pair: Pair, trace: Trace) -> Self {
        Self { pair, trace, log_prob: 0.0, origin: None }
    }

    /// The same from a part of a strategy.
    pub(super) fn by(self, origin: &'static str) -> Self {
        Self { origin: Some(origin), ..self }
    }
}

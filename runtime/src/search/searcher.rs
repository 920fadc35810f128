//! What all ways to search have in common, for the configs of one type.

use super::climbing::Climbing;
use super::confirming::{Again, Confirming};
use super::context::Context;
use super::erased::Erased;
use super::insight::Insight;
use super::key::{ByKey, ByTrace, TellsApart};
use super::learning::LearningFrom;
use super::search::{Search, by_strategy};
use super::sources::Sources;
use super::starting::StartingFrom;
use super::strategy::Strategy;
use super::unique::{Unique, UniqueBy};
use crate::agent::{AttentionMap, ConfigError, Importance, ObserveError, TransferReport, Trial};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::AnyConfig;
use crate::space::SampleError;
use crate::train::Outcome;

/// A way to search a space: it is asked for configs, and told what they earned.
///
/// Several trials may be pending; they may be told in any order, or never. One of your own needs [`ask`](Self::ask) and
/// [`tell`](Self::tell); the crate's are [strategies](Strategy) behind a typed front.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::search::{RandomSearch, Searcher};
///
/// #[search_space]
/// struct Config {
///     #[space(range = 1..=8)]
///     layers: u32,
/// }
///
/// fn best(mut searcher: impl Searcher<Config>, trials: u32) -> Result<u32, Box<dyn std::error::Error>> {
///     let mut best = 0;
///     for _ in 0..trials {
///         let trial = searcher.ask()?;
///         let layers = trial.config.layers;
///         searcher.tell(trial, f64::from(layers))?;
///         best = best.max(layers);
///     }
///     Ok(best)
/// }
///
/// let agent = Agent::<Config>::builder().seed(1).build()?;
/// assert_eq!(best(agent.unique(), 8)?, 8);
/// assert_eq!(best(RandomSearch::new(1).starting_from([Config { layers: 8 }]), 1)?, 8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Searcher<T: AnyConfig> {
    /// A config to evaluate.
    fn ask(&mut self) -> Result<Trial<T>, SampleError>;

    /// What a config earned: a finite number. A searcher maximises it; the crate's own minimise it where they were made so
    /// (`minimize`). On an error the searcher is as it was.
    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError>;

    /// However a config ended. Where a searcher of your own does not say otherwise, it learns from rewards only. The values of
    /// [`Scores`](crate::search::Scores) are greater where they are better, whatever the direction of a search: of what is minimised tell the
    /// negative.
    fn tell_outcome(&mut self, trial: Trial<T>, outcome: Outcome) -> Result<(), ObserveError> {
        outcome.reward().map_or(Ok(()), |reward| self.tell(trial, reward))
    }

    /// A trial of a config that came from elsewhere, to be told.
    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
        let context = self.context();
        let proposal = context.given(&config)?;
        let log_prob = self.strategy().map_or(0.0, |strategy| strategy.log_prob(proposal.pair, &proposal.trace));
        Ok(Trial { config, trace: proposal.trace, log_prob, task: context.task(proposal.pair).into() })
    }

    /// All that the search knows, as bytes with which [`restore`](Self::restore) goes on just where this one stands. None where
    /// there is no such form: then all happens again in a study that is gone on with.
    fn snapshot(&self) -> Result<Option<Vec<u8>>, SaveError> {
        self.strategy().map_or(Ok(None), |strategy| strategy.snapshot(&self.context()))
    }

    /// Becomes the search of which this is a snapshot. False where snapshots are not of use to it.
    fn restore(&mut self, snapshot: &[u8]) -> Result<bool, LoadError> {
        let context = self.context();
        self.strategy_mut().map_or(Ok(false), |strategy| strategy.restore(&context, snapshot))
    }

    /// Takes over, by names, what a search over another type knew, and proposes the best `starts` configs of that first, as far as
    /// their decisions are ones here. None where snapshots are not of use to it.
    fn adapt(&mut self, snapshot: &[u8], starts: usize) -> Result<Option<TransferReport>, LoadError> {
        let context = self.context();
        self.strategy_mut().map_or(Ok(None), |strategy| strategy.adapt(&context, snapshot, starts))
    }

    /// What the policy makes of each state now; nothing where there is no policy. Where several spaces or tasks are
    /// searched, for the first of them.
    fn importance(&self) -> Vec<Importance> {
        let pair = self.context().pairs().first().copied();
        self.strategy().zip(pair).map_or_else(Vec::new, |(strategy, pair)| strategy.importance(pair))
    }

    /// What a model of rewards knows of the states, where there is one ([`BayesianSearch`](super::BayesianSearch) has), once some
    /// trials were told. Where several spaces or tasks are searched, for the first of them.
    fn insight(&self) -> Option<Insight> {
        let context = self.context();
        let pair = context.pairs().first().copied()?;
        Some(self.strategy()?.insight(&context, pair)?.told_towards(context.direction()))
    }

    /// Who attends to whom along the decisions that make a config, where there is attention.
    fn attention(&self, config: &T) -> Option<AttentionMap> {
        let proposal = self.context().given(config).ok()?;
        self.strategy()?.attention(proposal.pair, &proposal.trace)
    }

    /// The share of drawn configs that were valid, where that is known.
    fn acceptance(&self) -> Option<f64> {
        let pair = self.context().pairs().first().copied()?;
        self.strategy()?.acceptance(pair)
    }

    /// What the strategy behind this knows of the configs.
    #[doc(hidden)]
    fn context(&self) -> Context {
        Context::of::<T>()
    }

    /// The strategy behind this; none behind a searcher of a user.
    #[doc(hidden)]
    fn strategy(&self) -> Option<&dyn Strategy> {
        None
    }

    #[doc(hidden)]
    fn strategy_mut(&mut self) -> Option<&mut dyn Strategy> {
        None
    }

    /// The same search without repeats: no config is proposed twice, and [`SampleError::Exhausted`] means that all of them were
    /// tried.
    fn unique(self) -> Search<T, Unique<Erased<Self, T>>>
    where
        Self: Sized,
    {
        around(self, |strategy| Unique::new(strategy, ByTrace))
    }

    /// The same search without repeats, of configs that a key tells apart. Where the space is too large to be tried as a whole,
    /// and nothing with a new key is found, that is [`SampleError::NothingNew`].
    fn unique_by<K, F>(self, key: F) -> UniqueBy<Self, T, K, F>
    where
        Self: Sized,
        K: TellsApart,
        F: FnMut(&T) -> K,
    {
        around(self, |strategy| Unique::new(strategy, ByKey::new(key)))
    }

    /// The same search with these configs first, in their order. One that is not in the space is passed over.
    fn starting_from(self, configs: impl IntoIterator<Item = T>) -> Search<T, StartingFrom<Erased<Self, T>>>
    where
        Self: Sized,
    {
        let context = self.context();
        let first = configs.into_iter().filter_map(|config| context.given(&config).ok()).collect();
        around(self, |strategy| StartingFrom::new(strategy, first))
    }

    /// The same search, which begins with what others learned, of other types, spaces and tasks: their best configs are tried first,
    /// their trials are data of a model of rewards, and their policy is an agent's. What misleads is noticed within 20 trials and
    /// dropped. Here nothing must have been told yet. A study does this with [`learn_from`](crate::study::StudyBuilder::learn_from).
    fn learning_from(self, sources: &Sources) -> Result<Search<T, LearningFrom<Erased<Self, T>>>, LoadError>
    where
        Self: Sized,
    {
        let mut search = around(self, LearningFrom::new);
        let lessons = sources.lessons(&search.context);
        search.strategy.learn_from(&search.context, &lessons)?;
        Ok(search)
    }

    /// What came along from other searches, where some were [learned from](Self::learning_from).
    fn transferred(&self) -> Option<&TransferReport> {
        self.strategy()?.transferred()
    }

    /// The same search, which evaluates its best configs again in the end: after so many proposals the `finalists` best, `times`
    /// times each, in turn. Of noisy rewards the highest one is luck; [`confirmed`](Search::confirmed) is the config that holds.
    /// A study does this with [`confirm`](crate::study::StudyBuilder::confirm).
    ///
    /// ```
    /// use transfer_nas::prelude::*;
    /// use transfer_nas::search::{BayesianSearch, Searcher};
    ///
    /// #[search_space]
    /// struct Config { #[space(range = 1..=8)] layers: u32 }
    ///
    /// let mut search = BayesianSearch::<Config>::new(7).confirming(2, 3, 6);
    /// for i in 0..12u32 {
    ///     let trial = search.ask()?;
    ///     let noise = f64::from(i % 3) - 1.0;
    ///     let reward = f64::from(trial.config.layers) + noise;
    ///     search.tell(trial, reward)?;
    /// }
    /// assert_eq!(search.confirmed().map(|best| best.count), Some(4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn confirming(self, finalists: u32, times: u32, after: u64) -> Search<T, Confirming<Erased<Self, T>>>
    where
        Self: Sized,
    {
        let again = Again { finalists, times, after: Some(after), ..Again::default() };
        around(self, |strategy| Confirming::new(strategy, again))
    }

    /// The same search, of whose trials a share, from 0 to 1, are neighbours of the best config so far: one decision is taken
    /// otherwise, as [`LocalSearch`](super::LocalSearch) does. The search learns from these trials like from its own.
    ///
    /// With [`unique`](Self::unique) around it, an agent whose policy has settled does not draw the same config over
    /// and over: a neighbour that was not tried comes up first.
    fn climbing(self, share: f64, seed: u64) -> Search<T, Climbing<Erased<Self, T>>>
    where
        Self: Sized,
    {
        around(self, |strategy| Climbing::new(strategy, share, seed))
    }
}

macro_rules! forward {
    ($($pointer:ty)*) => {$(
        impl<T: AnyConfig, S: Searcher<T> + ?Sized> Searcher<T> for $pointer {
            fn ask(&mut self) -> Result<Trial<T>, SampleError> {
                (**self).ask()
            }

            fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
                (**self).tell(trial, reward)
            }

            fn tell_outcome(&mut self, trial: Trial<T>, outcome: Outcome) -> Result<(), ObserveError> {
                (**self).tell_outcome(trial, outcome)
            }

            fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
                (**self).trial(config)
            }

            fn snapshot(&self) -> Result<Option<Vec<u8>>, SaveError> {
                (**self).snapshot()
            }

            fn restore(&mut self, snapshot: &[u8]) -> Result<bool, LoadError> {
                (**self).restore(snapshot)
            }

            fn adapt(&mut self, snapshot: &[u8], starts: usize) -> Result<Option<TransferReport>, LoadError> {
                (**self).adapt(snapshot, starts)
            }

            fn importance(&self) -> Vec<Importance> {
                (**self).importance()
            }

            fn insight(&self) -> Option<Insight> {
                (**self).insight()
            }

            fn attention(&self, config: &T) -> Option<AttentionMap> {
                (**self).attention(config)
            }

            fn transferred(&self) -> Option<&TransferReport> {
                (**self).transferred()
            }

            fn acceptance(&self) -> Option<f64> {
                (**self).acceptance()
            }

            fn context(&self) -> Context {
                (**self).context()
            }

            fn strategy(&self) -> Option<&dyn Strategy> {
                (**self).strategy()
            }

            fn strategy_mut(&mut self) -> Option<&mut dyn Strategy> {
                (**self).strategy_mut()
            }
        }
    )*};
}

forward! { Box<S> &mut S }

/// The search by what is put around a searcher.
pub(super) fn around<T: AnyConfig, I: Searcher<T>, S: Strategy>(
    inner: I,
    wrap: impl FnOnce(Erased<I, T>) -> S,
) -> Search<T, S> {
    let context = inner.context();
    Search::within(context, wrap(Erased::new(inner)))
}

impl<T: AnyConfig, S: Strategy> Searcher<T> for Search<T, S> {
    by_strategy!(T, this, &this.strategy, &mut this.strategy);

    fn context(&self) -> Context {
        self.context.clone()
    }
}

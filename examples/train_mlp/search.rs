//! The ways to search that the command line has.

use clap::ValueEnum;
use transfer_nas::prelude::*;
use transfer_nas::search::{BayesianSearch, RandomSearch, Searcher};
use transfer_nas::study::{Chosen, StudyBuilder};
use transfer_nas::{Serves, Universe};

use super::job::{self, Job};
use super::recipe::Trainable;
use super::{Arguments, Error};

/// What proposes configs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Search {
    /// A Gaussian process: what a study searches with where nothing is chosen.
    Bayesian,
    /// The Transformer agent.
    Agent,
    /// Uniform configs.
    Random,
}

pub(crate) type AnySearcher<T> = Box<dyn Searcher<T>>;

impl Search {
    pub(crate) const ALL: [Self; 3] = [Self::Bayesian, Self::Agent, Self::Random];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bayesian => "bayesian",
            Self::Agent => "agent",
            Self::Random => "random",
        }
    }

    fn searcher<T: Trainable + Universe + Serves<T>>(self, seed: u64) -> Result<AnySearcher<T>, Error> {
        Ok(match self {
            Self::Bayesian => Box::new(BayesianSearch::new(seed)),
            Self::Agent => Box::new(Agent::<T>::builder().seed(seed).build()?),
            Self::Random => Box::new(RandomSearch::new(seed)),
        })
    }

    /// A study of this name that searches so, with a job's seed.
    pub(crate) fn study<T: Trainable + Universe + Serves<T>>(
        self,
        arguments: &Arguments,
        name: &str,
        job: &Job,
    ) -> Result<StudyBuilder<Chosen<AnySearcher<T>>>, Error> {
        Ok(job::study(arguments, name)?.searcher(self.searcher(job.seed)?))
    }
}

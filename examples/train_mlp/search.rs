//! The ways to search that the command line has.

use transfer_nas::prelude::*;
use transfer_nas::search::{BayesianSearch, RandomSearch, Searcher};
use transfer_nas::study::{Chosen, StudyBuilder};
use transfer_nas::{Serves, Universe};

use super::arguments::{Arguments, Search};
use super::error::Error;
use super::job::{self, Job};
use super::recipe::Trainable;

pub(crate) type AnySearcher<T> = Box<dyn Searcher<T>>;

impl Search {
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

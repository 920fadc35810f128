//! Learning from the reward of a trial.

use super::{Agent, Observation, ObserveError, Trial, once};
use crate::policy::{AnyConfig, Contains, Universe};
use crate::space::{SearchSpace, Trace};
use crate::train::Outcome;

impl<U: Universe> Agent<U> {
    fn maximised(&self, outcome: Outcome) -> Outcome {
        outcome.maximised(self.core.settings.direction)
    }

    /// Learns from the reward of a trial: one step of Adam up
    /// `(R − b) Σ log π(a) + λ_PQT Σ log π(ã) + λ_ENT · mean entropy`, where `ã` is an elite of the same space and task
    /// drawn uniformly, left out where it is not above `b` (paper, equations 1 to 3). `R` is the normal score of the reward's
    /// rank, or the reward itself: see [`Rewards`](crate::agent::Rewards).
    ///
    /// On an error the agent is as it was.
    #[allow(clippy::needless_pass_by_value)] // The trial is consumed so that it cannot be told twice.
    pub fn observe<T: SearchSpace>(&mut self, trial: Trial<T>, reward: f64) -> Result<Observation, ObserveError>
    where
        U: Contains<T>,
    {
        let pair = self.core.pair_of(U::SPACE_INDEX, &trial.task)?;
        let told = [(&trial.trace, self.maximised(reward.into()))];
        Ok(once::learn(&mut self.core, pair, &told)?[0])
    }

    /// Learns from a trial however it ended. None where that teaches nothing: see [`Rewards`](crate::agent::Rewards).
    ///
    /// On an error the agent is as it was.
    #[allow(clippy::needless_pass_by_value)] // The trial is consumed so that it cannot be told twice.
    pub fn observe_outcome<T: SearchSpace>(
        &mut self,
        trial: Trial<T>,
        outcome: Outcome,
    ) -> Result<Option<Observation>, ObserveError>
    where
        U: Contains<T>,
    {
        let pair = self.core.pair_of(U::SPACE_INDEX, &trial.task)?;
        let told = [(&trial.trace, self.maximised(outcome))];
        Ok(once::learn(&mut self.core, pair, &told)?.pop())
    }

    /// Learns from the reward of a trial of any space, as [`sample_any`](Self::sample_any) gives it.
    ///
    /// On an error the agent is as it was.
    #[allow(clippy::needless_pass_by_value)] // The trial is consumed so that it cannot be told twice.
    pub fn observe_any(&mut self, trial: Trial<U>, reward: f64) -> Result<Observation, ObserveError>
    where
        U: AnyConfig,
    {
        let (space, _) = trial.config.encode_any()?;
        let pair = self.core.pair_of(space, &trial.task)?;
        let told = [(&trial.trace, self.maximised(reward.into()))];
        Ok(once::learn(&mut self.core, pair, &told)?[0])
    }

    /// Learns from several trials of one space and task in one step of Adam, up the mean of their objectives: for many
    /// workers, whose trials end together. The baseline is the one before all of them (of the
    /// very first ones, their mean); each trial draws an elite of its own.
    ///
    /// The gradient is summed on all cores, in an order that does not depend on their number. On an error the agent is as
    /// it was.
    #[allow(clippy::needless_pass_by_value)] // The trials are consumed so that they cannot be told twice.
    pub fn observe_many<T: SearchSpace>(
        &mut self,
        trials: Vec<(Trial<T>, f64)>,
    ) -> Result<Vec<Observation>, ObserveError>
    where
        U: Contains<T>,
    {
        let Some(((first, _), rest)) = trials.split_first() else { return Ok(Vec::new()) };
        if rest.iter().any(|(trial, _)| trial.task != first.task) {
            return Err(ObserveError::SeveralTasks);
        }
        let pair = self.core.pair_of(U::SPACE_INDEX, &first.task)?;
        let told = trials.iter().map(|(trial, reward)| (&trial.trace, self.maximised(Outcome::Reward(*reward))));
        let told: Vec<(&Trace, Outcome)> = told.collect();
        once::learn(&mut self.core, pair, &told)
    }
}

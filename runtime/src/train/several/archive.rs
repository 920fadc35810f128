//! The trials on the front: what an agent imitates where there are several objectives.

use super::front::{dominates, last};
use super::scalar::Weights;
use crate::space::Trace;
use crate::train::elites::Elite;
use crate::train::outcome::Outcome;

/// The trials that no other one dominates, the oldest first; of too many those with the most room around them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Archive(Vec<(Trace, Outcome)>);

impl Archive {
    /// How many are remembered.
    const CAPACITY: usize = 100;

    /// Takes in a trial of several objectives, unless it is dominated; of other trials nothing.
    pub(crate) fn push(&mut self, trace: &Trace, outcome: Outcome) {
        let Some(values) = outcome.values().filter(|values| values.len() > 1) else { return };
        let other = |other: &Outcome| other.values().unwrap_or_default().to_vec();
        if self.0.first().is_some_and(|(_, first)| other(first).len() != values.len()) {
            return;
        }
        // What is measured again takes the place of what was measured before.
        let is_beaten = |(known, of): &(Trace, Outcome)| known != trace && dominates(&other(of), values);
        if self.0.iter().any(is_beaten) {
            return self.0.retain(|(known, _)| known != trace);
        }
        self.0.retain(|(known, of)| known != trace && !dominates(values, &other(of)));
        self.0.push((trace.clone(), outcome));
        if self.0.len() > Self::CAPACITY {
            let outcomes: Vec<Outcome> = self.0.iter().map(|(_, outcome)| *outcome).collect();
            self.0.remove(last(&outcomes));
        }
    }

    /// The oldest first.
    pub(crate) fn trials(&self) -> &[(Trace, Outcome)] {
        &self.0
    }

    /// The best by some weights, best first, with what these make of them among all.
    pub(crate) fn elites(&self, weights: &Weights, window: &[Outcome], count: usize) -> Vec<Elite> {
        let mut all: Vec<Outcome> = self.0.iter().map(|(_, outcome)| *outcome).collect();
        all.extend(window);
        let scalarized = self.0.iter().zip(weights.see(&all));
        let mut elites: Vec<Elite> = scalarized
            .filter_map(|((trace, _), scalarized)| Some(Elite { reward: scalarized.reward()?, trace: trace.clone() }))
            .collect();
        elites.sort_by(|a, b| b.reward.total_cmp(&a.reward));
        elites.truncate(count);
        elites
    }
}

impl FromIterator<(Trace, Outcome)> for Archive {
    fn from_iter<I: IntoIterator<Item = (Trace, Outcome)>>(trials: I) -> Self {
        let mut archive = Self::default();
        trials.into_iter().for_each(|(trace, outcome)| archive.push(&trace, outcome));
        archive
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Scores;

    fn scores(values: &[f64]) -> Outcome {
        Outcome::Scores(Scores::new(values).unwrap())
    }

    fn traces(archive: &Archive) -> Vec<u32> {
        archive.trials().iter().map(|(trace, _)| trace.indices()[0]).collect()
    }

    #[test]
    fn it_holds_the_front_and_the_newer_of_a_config() {
        let mut archive = Archive::default();
        let told = [(0, [0.5, 0.5]), (1, [0.9, 0.1]), (2, [0.4, 0.5]), (3, [0.5, 0.6]), (1, [0.8, 0.2])];
        for (index, values) in told {
            archive.push(&Trace(vec![index]), scores(&values));
        }
        archive.push(&Trace(vec![9]), Outcome::Reward(7.0));
        archive.push(&Trace(vec![9]), Outcome::Scores(Scores::new(&[9.0, 9.0]).unwrap().exceeding(1.0)));
        // 0 is dominated by 3, and 2 by 0.
        assert_eq!(traces(&archive), [3, 1]);
    }

    #[test]
    fn of_too_many_the_most_crowded_leaves() {
        let archive: Archive = (0..150u32).map(|i| (Trace(vec![i]), scores(&[f64::from(i), -f64::from(i)]))).collect();
        let remaining = traces(&archive);
        assert!(remaining.len() == 100 && remaining.contains(&0) && remaining.contains(&149), "{remaining:?}");
    }

    #[test]
    fn weights_choose_the_elites() {
        let archive: Archive = (0..10u32).map(|i| (Trace(vec![i]), scores(&[f64::from(i), -f64::from(i)]))).collect();
        let best = |weights: Weights| archive.elites(&weights, &[], 3)[0].trace.indices()[0];
        let middle = best(Weights::alike(2));
        assert!((4..=5).contains(&middle), "{middle}");
    }
}

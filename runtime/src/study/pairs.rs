//! The best trial of each space and task that a study searches.

use super::store::{Phase, TrialRecord};
use super::study_view::StudyView;
use crate::space::START;

/// How the trials of one space on one task did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PairBest {
    /// The space, where the study searches several.
    pub space: Option<String>,
    /// The task.
    pub task: String,
    /// How many of the pair's trials have a reward.
    pub done: u64,
    /// The number and the reward of the best of them, the earliest of equals.
    pub best: Option<(u64, f64)>,
}

impl StudyView {
    /// The best trial of each pair of a space and a task, in the order in which the trials first have them.
    #[must_use]
    pub fn best_by_pair(&self) -> Vec<PairBest> {
        let mut pairs: Vec<PairBest> = Vec::new();
        for trial in &self.trials {
            let (space, task) = (space(trial), &trial.task);
            let is_same = |pair: &PairBest| pair.space.as_deref() == space && pair.task == *task;
            let place = pairs.iter().position(is_same).unwrap_or_else(|| {
                pairs.push(PairBest { space: space.map(str::to_owned), task: task.clone(), done: 0, best: None });
                pairs.len() - 1
            });
            self.count(&mut pairs[place], trial);
        }
        pairs
    }

    fn count(&self, pair: &mut PairBest, trial: &TrialRecord) {
        let Some(reward) = trial.reward.filter(|_| trial.phase == Phase::Done) else { return };
        pair.done += 1;
        if pair.best.is_none_or(|(_, best)| self.study.direction.is_better(reward, best)) {
            pair.best = Some((trial.number, reward));
        }
    }
}

/// The space of a trial in a study of several: what its first decision chose.
fn space(trial: &TrialRecord) -> Option<&str> {
    trial.decisions.first().filter(|(state, _)| state == START).map(|(_, label)| label.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::export::tests::study;
    use super::*;
    use crate::study::Direction;

    fn trial(number: u64, space: Option<&str>, task: &str, reward: Option<f64>) -> TrialRecord {
        let start = space.map(|space| (START.to_owned(), space.to_owned()));
        let phase = if reward.is_some() { Phase::Done } else { Phase::Failed };
        let decisions = start.into_iter().chain([("Net.width".to_owned(), "16".to_owned())]).collect();
        TrialRecord { number, phase, decisions, task: task.to_owned(), reward, ..study().trials[0].clone() }
    }

    fn pair(space: Option<&str>, task: &str, done: u64, best: Option<(u64, f64)>) -> PairBest {
        PairBest { space: space.map(str::to_owned), task: task.to_owned(), done, best }
    }

    #[test]
    fn each_pair_has_its_best_by_the_direction() {
        let (cell, net) = (Some("Cell"), Some("Net"));
        let mut study = study();
        study.trials = vec![
            trial(0, net, "mnist", None),
            trial(1, cell, "mnist", Some(0.5)),
            trial(2, net, "mnist", Some(2.0)),
            trial(3, net, "svhn", Some(-1e6)),
            trial(4, net, "mnist", Some(3.0)),
            trial(5, net, "mnist", Some(3.0)),
            trial(6, net, "mnist", Some(2.0)),
            trial(7, cell, "svhn", None),
        ];
        let others = [pair(cell, "mnist", 1, Some((1, 0.5))), pair(net, "svhn", 1, Some((3, -1e6)))];
        let [first, second] = others;
        for (direction, best) in [(Direction::Maximize, (4, 3.0)), (Direction::Minimize, (2, 2.0))] {
            study.study.direction = direction;
            let expected =
                [pair(net, "mnist", 4, Some(best)), first.clone(), second.clone(), pair(cell, "svhn", 0, None)];
            assert_eq!(study.best_by_pair(), expected);
        }
        assert_eq!(study.best().unwrap().number, 3);
    }

    #[test]
    fn a_study_of_one_space_has_one_pair() {
        assert_eq!(study().best_by_pair(), [pair(None, "default", 2, Some((1, 2.0)))]);
    }
}

//! Trials that a person asked for, beside those that the search proposed.

use super::chosen::ranked;
use super::number::short;
use super::story::{Row, Story};

/// The trials that were enqueued, where the search proposed others.
pub(super) fn of(story: &Story) -> impl Iterator<Item = &Row> {
    let are_apart = story.trials.iter().any(|trial| !trial.is_enqueued);
    story.trials.iter().filter(move |trial| are_apart && trial.is_enqueued)
}

/// What is said of the best of them beside the best of all.
pub(super) fn beside(story: &Story, best: u64) -> String {
    match of(story).count() {
        0 => String::new(),
        _ if of(story).any(|trial| trial.number == best) => ", which was enqueued".to_owned(),
        count => match ranked(&story.trials, story.direction).into_iter().find(|(trial, _)| trial.is_enqueued) {
            None => String::new(),
            Some((trial, reward)) if count == 1 => {
                format!("; trial {}, which was enqueued, has {}", trial.number, short(reward))
            }
            Some((trial, reward)) => {
                format!("; of those that were enqueued the best, trial {}, has {}", trial.number, short(reward))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::story::{BestConfig, Outcome};
    use crate::page::tests::{of_class, read, row, text};
    use crate::train::Direction;

    fn story(trials: &[(f64, bool)]) -> Story {
        let trial = |(number, &(reward, is_enqueued)): (usize, &(f64, bool))| {
            let outcome = if reward.is_nan() { Outcome::Failed(String::new()) } else { Outcome::Reward(reward) };
            Row { is_enqueued, ..row(number as u64, outcome, &[]) }
        };
        Story {
            trials: trials.iter().enumerate().map(trial).collect(),
            direction: Direction::Minimize,
            ..Story::default()
        }
    }

    #[test]
    fn the_best_of_what_was_enqueued_stands_beside_the_best() {
        let of = |trials: &[(f64, bool)], best| beside(&story(trials), best);
        assert_eq!(of(&[(129.0, true), (18.25, false)], 1), "; trial 0, which was enqueued, has 129");
        assert_eq!(
            of(&[(129.0, true), (18.25, false), (40.0, true)], 1),
            "; of those that were enqueued the best, trial 2, has 40"
        );
        assert_eq!(of(&[(1.0, true), (18.25, false)], 0), ", which was enqueued");
    }

    #[test]
    fn the_page_rings_them_and_says_what_the_best_has() {
        let best = Some(BestConfig { number: 1, reward: 18.25, code: "O3".to_owned() });
        let rings = |story: &Story| {
            read(story, |page| {
                (of_class(page, "enqueued").count(), text(page).contains("trial 0, which was enqueued, has 129:"))
            })
        };
        // One of them is in the key.
        let marked = Story { best: best.clone(), ..story(&[(129.0, true), (18.25, false)]) };
        assert_eq!(rings(&marked), (2, true));
        let plain = Story { best, ..story(&[(129.0, false), (18.25, false)]) };
        assert_eq!(rings(&plain), (0, false));
    }

    #[test]
    fn nothing_is_said_where_there_is_nothing_to_tell_apart() {
        assert_eq!(beside(&story(&[(1.0, false), (2.0, false)]), 0), "");
        assert_eq!(beside(&story(&[(1.0, true), (2.0, true)]), 0), "");
        assert_eq!(beside(&story(&[(f64::NAN, true), (2.0, false)]), 1), "");
    }
}

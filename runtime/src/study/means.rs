//! Configs that were evaluated several times.

use std::collections::HashMap;

use super::{Direction, TrialRow};

/// What a config earned in the mean.
pub(super) struct Mean<T> {
    pub(super) config: Option<T>,
    pub(super) reward: f64,
    pub(super) trials: usize,
}

/// The best mean of all configs by task, the earliest of equals.
pub(super) fn best<T>(rows: Vec<TrialRow<T>>, direction: Direction) -> Option<Mean<T>> {
    let mut places: HashMap<(Vec<(String, String)>, String), usize> = HashMap::new();
    let mut means: Vec<Mean<T>> = Vec::new();
    for row in rows {
        let (Some(reward), true) = (row.reward, row.phase == super::Phase::Done) else { continue };
        let place = *places.entry((row.decisions, row.task)).or_insert_with(|| {
            means.push(Mean { config: row.config, reward: 0.0, trials: 0 });
            means.len() - 1
        });
        let mean = &mut means[place];
        mean.trials += 1;
        mean.reward += (reward - mean.reward) / mean.trials as f64;
    }
    let known = means.into_iter().filter(|mean| mean.config.is_some());
    known.reduce(|best, mean| if direction.is_better(mean.reward, best.reward) { mean } else { best })
}

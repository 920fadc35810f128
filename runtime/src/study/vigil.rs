//! What a run notices of itself.

use std::collections::VecDeque;

use super::store::Phase;
use super::warnings::{ENOUGH, WINDOW, too_many_lost, unmoved};
use crate::agent::Importance;

/// The latest endings, and what was said of them. Each warning is given once.
#[derive(Debug, Clone, Default)]
pub(super) struct Vigil {
    latest: VecDeque<Phase>,
    lost: bool,
    moved: bool,
}

impl Vigil {
    pub(super) fn note(&mut self, phase: Phase) {
        if self.latest.len() == WINDOW {
            self.latest.pop_front();
        }
        self.latest.push_back(phase);
    }

    /// What there is to be said now; the policy is asked for once it should have moved.
    pub(super) fn warnings(&mut self, done: u64, policy: impl FnOnce() -> Vec<Importance>) -> Vec<String> {
        let mut warnings = Vec::new();
        let count = |phase: Phase| self.latest.iter().filter(|known| **known == phase).count();
        let lost = too_many_lost(count(Phase::Pruned), count(Phase::Failed), self.latest.len());
        if let (false, Some(warning)) = (self.lost, lost) {
            self.lost = true;
            warnings.push(warning);
        }
        if !self.moved && done >= ENOUGH {
            self.moved = true;
            warnings.extend(unmoved(done, &policy()));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_wrong_is_said_once() {
        let mut vigil = Vigil::default();
        for _ in 0..50 {
            vigil.note(Phase::Failed);
        }
        assert_eq!(vigil.warnings(0, Vec::new).len(), 1);
        vigil.note(Phase::Failed);
        assert_eq!(vigil.warnings(0, Vec::new), [] as [String; 0]);
    }

    #[test]
    fn the_policy_is_checked_once_after_a_hundred_rewards() {
        let (mut vigil, mut checks) = (Vigil::default(), 0);
        for done in [99, 100, 101, 200] {
            vigil.warnings(done, || {
                checks += 1;
                Vec::new()
            });
        }
        assert_eq!(checks, 1);
    }
}

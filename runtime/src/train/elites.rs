//! The best trials so far, the priority queue of priority queue training (Abolafia et al. 2018).

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::space::Trace;

/// One of the best trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Elite {
    /// What it earned.
    pub reward: f64,
    /// How it was made.
    pub trace: Trace,
}

/// The best `capacity` trials, best first; one a trace, with its best reward, and a tie keeps the incumbent.
#[derive(Debug, Clone)]
pub(crate) struct Elites {
    capacity: usize,
    best: Vec<Elite>,
    traces: HashSet<Trace>,
}

/// What a push changed, so that it can be undone.
#[derive(Debug)]
pub(crate) struct Pushed {
    position: Option<usize>,
    /// What made room: the last one, or the same trace with a lower reward; and where it stood.
    removed: Option<(usize, Elite)>,
}

impl Elites {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, best: Vec::new(), traces: HashSet::new() }
    }

    /// What pushing all of these in their order leaves, without the room that this takes.
    pub(crate) fn restored(capacity: usize, mut all: Vec<Elite>) -> Self {
        // The sort is stable: of equals the earlier one stays first.
        all.sort_by(|a, b| b.reward.partial_cmp(&a.reward).unwrap_or(Ordering::Equal));
        let mut traces = HashSet::new();
        all.retain(|elite| traces.len() < capacity && traces.insert(elite.trace.clone()));
        Self { capacity, best: all, traces }
    }

    /// Best first.
    pub(crate) fn best(&self) -> &[Elite] {
        &self.best
    }

    pub(crate) fn push(&mut self, reward: f64, trace: &Trace) -> Pushed {
        let replaces = match self.traces.contains(trace) {
            true => self.best.iter().position(|elite| elite.trace == *trace),
            false if self.best.len() == self.capacity => Some(self.capacity - 1),
            false => None,
        };
        if replaces.is_some_and(|i| reward <= self.best[i].reward) {
            return Pushed { position: None, removed: None };
        }
        let removed = replaces.map(|i| (i, self.remove(i)));
        let position = self.best.partition_point(|elite| elite.reward >= reward);
        self.insert(position, Elite { reward, trace: trace.clone() });
        Pushed { position: Some(position), removed }
    }

    pub(crate) fn undo(&mut self, pushed: Pushed) {
        if let Some(position) = pushed.position {
            self.remove(position);
        }
        if let Some((position, elite)) = pushed.removed {
            self.insert(position, elite);
        }
    }

    fn insert(&mut self, position: usize, elite: Elite) {
        self.traces.insert(elite.trace.clone());
        self.best.insert(position, elite);
    }

    fn remove(&mut self, position: usize) -> Elite {
        let elite = self.best.remove(position);
        self.traces.remove(&elite.trace);
        elite
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(index: u32) -> Trace {
        Trace(vec![index])
    }

    fn rewards(elites: &Elites) -> Vec<(f64, u32)> {
        elites.best().iter().map(|elite| (elite.reward, elite.trace.indices()[0])).collect()
    }

    #[test]
    fn the_best_stay_and_a_tie_keeps_the_incumbent() {
        let mut elites = Elites::new(2);
        for (reward, index) in [(0.5, 0), (0.7, 1), (0.5, 2), (0.7, 3), (0.9, 1)] {
            elites.push(reward, &trace(index));
        }
        // 2 ties with the incumbent 0 and stays out; 3 is better than 0; 1 is told again, and better.
        assert_eq!(rewards(&elites), [(0.9, 1), (0.7, 3)]);
    }

    #[test]
    fn restored_are_those_that_would_have_been_pushed() {
        let mut numbers = 1u64..;
        let mut next = |below: u64| {
            let number = numbers.next().unwrap_or_default().wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (number ^ (number >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40 & (below - 1)
        };
        for _ in 0..500 {
            let capacity = 1 + next(8) as usize;
            let mut pushed = Elites::new(capacity);
            let all = (0..next(32)).map(|_| Elite { reward: next(8) as f64 - 4.0, trace: trace(next(16) as u32) });
            let all: Vec<Elite> = all.collect();
            for elite in &all {
                pushed.push(elite.reward, &elite.trace);
            }
            let restored = Elites::restored(capacity, all.clone());
            assert_eq!((restored.best(), &restored.traces), (pushed.best(), &pushed.traces), "{capacity} of {all:?}");
        }
    }

    #[test]
    fn a_push_can_be_undone() {
        let mut elites = Elites::new(2);
        elites.push(0.5, &trace(0));
        elites.push(0.7, &trace(1));
        let before = rewards(&elites);
        let pushed = elites.push(0.6, &trace(2));
        assert_eq!(rewards(&elites), [(0.7, 1), (0.6, 2)]);
        elites.undo(pushed);
        assert_eq!(rewards(&elites), before);
        let pushed = elites.push(0.1, &trace(3));
        elites.undo(pushed);
        assert_eq!(rewards(&elites), before);
        let pushed = elites.push(0.9, &trace(0));
        assert_eq!(rewards(&elites), [(0.9, 0), (0.7, 1)]);
        elites.undo(pushed);
        assert_eq!(rewards(&elites), before);
        elites.push(0.6, &trace(2));
        assert_eq!(rewards(&elites), [(0.7, 1), (0.6, 2)]);
    }
}

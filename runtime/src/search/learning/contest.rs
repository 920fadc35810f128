//! The best configs of other searches against a strategy's own.

use std::collections::{BTreeSet, VecDeque};

use crate::space::Trace;
use crate::train::outcome::Merit;

/// What is left to be tried of the best configs elsewhere, of one pair, and how those that were compare with others.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Contest {
    /// With the group that each is of.
    pub(super) queue: VecDeque<(usize, Trace)>,
    /// Those that were proposed.
    pub(super) given: Vec<Trace>,
    /// How many others were proposed meanwhile.
    pub(super) own: u64,
    /// What was told, of both kinds.
    pub(super) elites: Vec<Merit>,
    pub(super) others: Vec<Merit>,
    /// In how many comparisons of one of each kind the other one was better; one half where they were alike.
    pub(super) wins: f64,
}

/// What is to be proposed next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Elite,
    /// One of the strategy, to compare with.
    Own,
    /// The contest is over.
    Nothing,
}

/// One of the strategy's own is tried after the first of the best elsewhere, and after each further two.
const OF_ELITES: usize = 2;
/// So many of its own are tried before the others are given up.
const OWN: usize = 2;
/// They are losing where others are better in more than this share of all comparisons.
const LOSING: f64 = 0.5;

impl Contest {
    pub(super) fn new(queue: Vec<(usize, Trace)>) -> Self {
        Self { queue: queue.into(), ..Self::default() }
    }

    pub(super) fn queue(&self) -> impl Iterator<Item = (usize, &Trace)> {
        self.queue.iter().map(|(group, trace)| (*group, trace))
    }

    /// How many were proposed.
    pub(super) fn given(&self) -> usize {
        self.given.len()
    }

    pub(super) fn wish(&self) -> Wish {
        match (self.is_losing(), self.others.len()) {
            _ if self.queue.is_empty() => Wish::Nothing,
            (true, OWN..) => Wish::Nothing,
            (true, _) => Wish::Own,
            (false, _) if self.given.len().div_ceil(OF_ELITES) > self.own as usize => Wish::Own,
            (false, _) => Wish::Elite,
        }
    }

    /// The next of the best elsewhere.
    pub(super) fn take(&mut self) -> Option<Trace> {
        let (_, trace) = self.queue.pop_front()?;
        self.given.push(trace.clone());
        Some(trace)
    }

    /// The last one taken was not wanted.
    pub(super) fn take_back(&mut self) {
        self.given.pop();
    }

    /// Notes a proposal of the strategy's own. One that is among the best elsewhere, too, is one of them.
    pub(super) fn note_own(&mut self, trace: &Trace) {
        match self.queue.iter().position(|(_, queued)| queued == trace) {
            Some(place) => self.given.extend(self.queue.remove(place).map(|(_, trace)| trace)),
            None => self.own = self.own.saturating_add(1),
        }
    }

    /// A config was proposed that will not be evaluated.
    pub(super) fn passed_over(&mut self, trace: &Trace) {
        if !self.given.contains(trace) {
            self.own = self.own.saturating_sub(1);
        }
    }

    /// How a trial ended.
    pub(super) fn note(&mut self, trace: &Trace, merit: Merit) {
        let better = |other: &Merit, elite: &Merit| 0.5 + 0.5 * f64::from(other.compare(*elite) as i8);
        if self.given.contains(trace) {
            self.wins += self.others.iter().map(|other| better(other, &merit)).sum::<f64>();
            self.elites.push(merit);
        } else {
            self.wins += self.elites.iter().map(|elite| better(&merit, elite)).sum::<f64>();
            self.others.push(merit);
        }
    }

    pub(super) fn drop_groups(&mut self, dropped: &BTreeSet<usize>) {
        self.queue.retain(|(group, _)| !dropped.contains(group));
        for (group, _) in &mut self.queue {
            *group -= dropped.range(..*group).count();
        }
    }

    fn is_losing(&self) -> bool {
        // Of no comparisons none is lost.
        self.wins > LOSING * (self.elites.len() * self.others.len()) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Outcome;

    fn contest(rewards: &[(bool, f64)]) -> Contest {
        let mut contest = Contest::new((0..10).map(|i| (0, Trace(vec![i]))).collect());
        for (i, (is_elite, reward)) in rewards.iter().enumerate() {
            let merit = Outcome::Reward(*reward).merit().unwrap();
            if *is_elite {
                assert_eq!(contest.wish(), Wish::Elite, "{rewards:?} at {i}");
                let trace = contest.take().unwrap();
                contest.note(&trace, merit);
            } else {
                assert_eq!(contest.wish(), Wish::Own, "{rewards:?} at {i}");
                let own = Trace(vec![100 + i as u32]);
                contest.note_own(&own);
                contest.note(&own, merit);
            }
        }
        contest
    }

    #[test]
    fn good_ones_go_on_with_some_to_compare_with() {
        let mut good = contest(&[(true, 0.9), (false, 0.5), (true, 0.8), (true, 0.7), (false, 0.6), (true, 0.7)]);
        assert_eq!(good.wish(), Wish::Elite);
        good.queue.clear();
        assert_eq!(good.wish(), Wish::Nothing);
    }

    #[test]
    fn bad_ones_are_given_up_after_two_comparisons() {
        let bad = contest(&[(true, 0.1), (false, 0.5), (false, 0.4)]);
        assert_eq!(bad.wish(), Wish::Nothing);
        // One that is better and one that is not: nothing is sure.
        let even = contest(&[(true, 0.3), (false, 0.5), (false, 0.2), (true, 0.4), (true, 0.1)]);
        assert_eq!(even.wish(), Wish::Nothing);
    }

    #[test]
    fn what_the_strategy_proposes_itself_is_one_of_them_all_the_same() {
        let mut contest = contest(&[(true, 0.9)]);
        assert_eq!(contest.wish(), Wish::Own);
        contest.note_own(&Trace(vec![5]));
        contest.note(&Trace(vec![5]), Outcome::Reward(0.8).merit().unwrap());
        assert_eq!((contest.elites.len(), contest.others.len(), contest.queue.len()), (2, 0, 8));
        assert_eq!(contest.wish(), Wish::Own);
    }

    #[test]
    fn what_is_pending_says_nothing_yet() {
        let mut contest = contest(&[]);
        let wishes = (0..9).map(|_| {
            let wish = contest.wish();
            match wish {
                Wish::Elite => _ = contest.take(),
                _ => contest.note_own(&Trace(vec![100])),
            }
            wish == Wish::Elite
        });
        assert_eq!(wishes.collect::<Vec<_>>(), [true, false, true, true, false, true, true, false, true]);
    }

    #[test]
    fn groups_that_are_gone_leave_their_numbers_to_the_next() {
        let mut contest = Contest::new((0..6).map(|i| (i % 3, Trace(vec![i as u32]))).collect());
        contest.drop_groups(&BTreeSet::from([1]));
        assert_eq!(
            contest.queue().map(|(group, trace)| (group, trace.0[0])).collect::<Vec<_>>(),
            [(0, 0), (1, 2), (0, 3), (1, 5)]
        );
    }
}

//! How many proposals are ready for other workers.

/// What a worker knows of the demand for trials.
#[derive(Debug, Default)]
pub(super) struct Demand {
    /// How many trials this worker last said that it wants.
    wished: usize,
    /// How many proposals were ready after the last turn, and how many of these were taken here since.
    ready: u64,
    taken: u64,
    /// How many others take between two turns, in the moving mean.
    flow: f64,
}

/// How much the latest turn counts in the mean.
const LATEST: f64 = 0.3;
/// How many times the mean is ready.
const AHEAD: f64 = 1.5;
/// More than this is never ready.
const MOST: u64 = 1000;

impl Demand {
    /// Whether others do not know yet how many trials this worker wants.
    pub(super) fn is_news(&self, want: usize) -> bool {
        self.wished != want
    }

    pub(super) fn said(&mut self, want: usize) {
        self.wished = want;
    }

    /// Notes trials that were ready and that this worker took.
    pub(super) fn claimed(&mut self, count: usize) {
        self.taken += count as u64;
    }

    /// How many proposals are to be ready, where others say that they want so many, and so many are left of the last turn.
    pub(super) fn target(&mut self, wanted: u64, left: u64) -> u64 {
        let by_others = self.ready.saturating_sub(self.taken).saturating_sub(left);
        self.flow += LATEST * (by_others as f64 - self.flow);
        let ahead = (AHEAD * self.flow).floor();
        #[allow(clippy::cast_sign_loss)] // A mean of counts.
        let ahead = if self.flow < 0.5 { 0 } else { ahead as u64 };
        wanted.saturating_add(ahead).min(MOST)
    }

    /// Notes how many proposals are ready after a turn.
    pub(super) fn ready(&mut self, ready: u64) {
        (self.ready, self.taken) = (ready, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_take_is_ready_and_less_when_they_take_less() {
        let mut demand = Demand::default();
        assert_eq!(demand.target(3, 0), 3);
        let mut ready = 3;
        for _ in 0..20 {
            demand.ready(ready);
            // All that was ready was taken by others, who want one more.
            ready = demand.target(1, 0);
        }
        assert!(ready > 30, "{ready}: it grows while all is taken at once");
        for _ in 0..40 {
            demand.ready(ready);
            demand.target(0, ready);
        }
        assert_eq!(demand.target(0, ready), 0);
    }

    #[test]
    fn what_this_worker_takes_itself_is_no_demand() {
        let mut demand = Demand::default();
        for _ in 0..20 {
            demand.ready(4);
            demand.claimed(4);
            assert_eq!(demand.target(0, 0), 0);
        }
    }
}

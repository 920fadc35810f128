//! When to give a trial up early.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The values that one trial reported, by step.
pub type Curve = BTreeMap<u64, f64>;

/// Decides by the values that trials report whether one is worth going on with. Greater values are better.
pub trait Pruner: Send + Sync {
    /// Whether to give up a trial that has reported these values, the last one just now, beside those of all other trials.
    fn prunes(&self, own: &Curve, others: &[&Curve]) -> bool;

    /// The same as data, for workers that do not know the study's type: programs, and whoever asks over HTTP. Where there is none, as with
    /// a pruner of your own, these are not told to give trials up, unless it is this process that runs or serves them.
    fn rule(&self) -> Option<PrunerRule> {
        None
    }
}

/// A pruner as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PrunerRule {
    /// By the median of the others.
    Median(MedianPruner),
    /// All but the best share at steps that grow by a factor.
    Halving(SuccessiveHalving),
}

impl PrunerRule {
    /// The pruner itself.
    #[must_use]
    pub fn pruner(&self) -> &dyn Pruner {
        match self {
            Self::Median(pruner) => pruner,
            Self::Halving(pruner) => pruner,
        }
    }
}

impl<P: Pruner + ?Sized> Pruner for Box<P> {
    fn prunes(&self, own: &Curve, others: &[&Curve]) -> bool {
        (**self).prunes(own, others)
    }

    fn rule(&self) -> Option<PrunerRule> {
        (**self).rule()
    }
}

/// None gives nothing up.
impl<P: Pruner> Pruner for Option<P> {
    fn prunes(&self, own: &Curve, others: &[&Curve]) -> bool {
        self.as_ref().is_some_and(|pruner| pruner.prunes(own, others))
    }

    fn rule(&self) -> Option<PrunerRule> {
        self.as_ref().and_then(Pruner::rule)
    }
}

/// Gives a trial up whose best value so far is below the median of what the others had at that step (Golovin et al. 2017,
/// "Google Vizier", Section 3.2.2, by values rather than running means). A trial that reports often is held against the median often,
/// among others that were good enough to come so far: [`interval`](Self::interval) makes it less strict.
///
/// ```
/// use transfer_nas::study::{MedianPruner, Pruner};
///
/// let pruner = MedianPruner::new().startup(2);
/// let good = [(1, 0.6), (2, 0.8)].into();
/// let fair = [(1, 0.5), (2, 0.6)].into();
/// assert!(pruner.prunes(&[(1, 0.4)].into(), &[&good, &fair]));
/// assert!(!pruner.prunes(&[(1, 0.55)].into(), &[&good, &fair]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedianPruner {
    startup: usize,
    warmup: u64,
    interval: usize,
}

impl MedianPruner {
    /// Compares with at least 5 other trials, from the first step on.
    #[must_use]
    pub fn new() -> Self {
        Self { startup: 5, warmup: 0, interval: 1 }
    }

    /// With how many other trials that came as far a trial must compare, at least.
    #[must_use]
    pub fn startup(mut self, trials: usize) -> Self {
        self.startup = trials;
        self
    }

    /// Decides at every n-th report of a trial only.
    #[must_use]
    pub fn interval(mut self, reports: usize) -> Self {
        self.interval = reports.max(1);
        self
    }

    /// The steps before this one do not decide anything.
    #[must_use]
    pub fn warmup(mut self, steps: u64) -> Self {
        self.warmup = steps;
        self
    }
}

impl Default for MedianPruner {
    fn default() -> Self {
        Self::new()
    }
}

impl Pruner for MedianPruner {
    fn prunes(&self, own: &Curve, others: &[&Curve]) -> bool {
        let Some((&step, _)) = own.last_key_value() else { return false };
        // The latest value up to this step, of trials that came as far.
        let value = |curve: &&Curve| {
            curve.range(step..).next()?;
            curve.range(..=step).next_back().map(|(_, value)| *value)
        };
        let mut values: Vec<f64> = others.iter().filter_map(value).collect();
        let is_due = own.len().is_multiple_of(self.interval);
        if !is_due || step < self.warmup || values.len() < self.startup.max(1) {
            return false;
        }
        values.sort_by(f64::total_cmp);
        let best = own.values().copied().fold(f64::NEG_INFINITY, f64::max);
        best < median(&values)
    }

    fn rule(&self) -> Option<PrunerRule> {
        Some(PrunerRule::Median(self.clone()))
    }
}

/// Of values in order, at least one.
fn median(values: &[f64]) -> f64 {
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

/// Gives up, at steps that grow by a factor, all but the best of the trials that came there (asynchronous successive halving,
/// Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning").
///
/// ```
/// use transfer_nas::study::{Pruner, SuccessiveHalving};
///
/// // Of the trials that come to steps 10, 40, 160 .. the best quarter goes on.
/// let pruner = SuccessiveHalving::new(10, 4);
/// let others: Vec<_> = (1..8).map(|i| [(10, f64::from(i))].into()).collect();
/// let others: Vec<_> = others.iter().collect();
/// assert!(pruner.prunes(&[(10, 5.5)].into(), &others));
/// assert!(!pruner.prunes(&[(10, 6.5)].into(), &others));
/// assert!(!pruner.prunes(&[(9, 0.0)].into(), &others));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuccessiveHalving {
    first: u64,
    factor: u64,
}

impl SuccessiveHalving {
    /// Decides at the steps `first`, `first · factor`, `first · factor²` ..; of those that came there one in `factor` goes
    /// on. Both are at least 1 and 2.
    #[must_use]
    pub fn new(first: u64, factor: u64) -> Self {
        Self { first: first.max(1), factor: factor.max(2) }
    }

    /// The last deciding step that is not after this one.
    fn rung(&self, step: u64) -> Option<u64> {
        let rungs = std::iter::successors(Some(self.first), |rung| rung.checked_mul(self.factor));
        rungs.take_while(|rung| *rung <= step).last()
    }
}

impl Pruner for SuccessiveHalving {
    fn prunes(&self, own: &Curve, others: &[&Curve]) -> bool {
        let Some((&step, &value)) = own.last_key_value() else { return false };
        let Some(rung) = self.rung(step) else { return false };
        // Only the first value at or after a deciding step decides.
        if own.range(rung..step).next().is_some() {
            return false;
        }
        let at_rung = others.iter().filter_map(|curve| curve.range(rung..).next().map(|(_, value)| *value));
        let values: Vec<f64> = at_rung.collect();
        let better = values.iter().filter(|other| **other > value).count();
        let going_on = ((values.len() + 1) / self.factor as usize).max(1);
        better >= going_on
    }

    fn rule(&self) -> Option<PrunerRule> {
        Some(PrunerRule::Halving(self.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[(u64, f64)]) -> Curve {
        values.iter().copied().collect()
    }

    #[test]
    fn the_median_is_of_those_that_came_as_far() {
        let others = [curve(&[(1, 1.0), (3, 9.0)]), curve(&[(1, 2.0)]), curve(&[(2, 3.0), (4, 4.0)])];
        let others: Vec<&Curve> = others.iter().collect();
        let pruner = MedianPruner::new().startup(2);
        // At step 3, two came as far, with 9 and 3: the median is 6.
        assert!(pruner.prunes(&curve(&[(3, 5.9)]), &others));
        assert!(!pruner.prunes(&curve(&[(3, 6.0)]), &others));
        // The best value so far counts.
        assert!(!pruner.prunes(&curve(&[(1, 7.0), (3, 0.0)]), &others));
        assert!(!pruner.clone().startup(3).prunes(&curve(&[(3, 0.0)]), &others));
        assert!(!pruner.clone().warmup(4).prunes(&curve(&[(3, 0.0)]), &others));
        assert!(!pruner.prunes(&Curve::new(), &others));
        // With an interval of 2, the first and the third report decide nothing.
        let seldom = pruner.clone().interval(2);
        assert!(!seldom.prunes(&curve(&[(3, 0.0)]), &others));
        assert!(seldom.prunes(&curve(&[(1, 0.0), (3, 0.0)]), &others));
        assert!(!seldom.prunes(&curve(&[(1, 0.0), (2, 0.0), (3, 0.0)]), &others));
        // Optional and boxed ones are pruners.
        let boxed: Box<dyn Pruner> = Box::new(pruner.clone());
        assert!(Some(boxed).prunes(&curve(&[(3, 5.9)]), &others));
        assert!(!None::<MedianPruner>.prunes(&curve(&[(3, 5.9)]), &others));
    }

    #[test]
    fn halving_decides_once_a_rung() {
        let others: Vec<Curve> = (0..8).map(|i| curve(&[(2, f64::from(i)), (4, f64::from(i))])).collect();
        let others: Vec<&Curve> = others.iter().collect();
        let pruner = SuccessiveHalving::new(2, 2);
        assert!(pruner.prunes(&curve(&[(2, 3.5)]), &others), "4 of 9 are better, and 4 go on");
        assert!(!pruner.prunes(&curve(&[(2, 4.5)]), &others));
        assert!(!pruner.prunes(&curve(&[(2, 4.5), (3, 0.0)]), &others), "between rungs nothing is decided");
        assert!(pruner.prunes(&curve(&[(2, 4.5), (3, 0.0), (4, 0.0)]), &others));
        assert!(!pruner.prunes(&curve(&[(2, 0.0)]), &[]), "the first one goes on");
    }
}

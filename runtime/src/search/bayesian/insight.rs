//! What the model knows of the states.

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use rand_pcg::Pcg64;

use super::super::context::Context;
use super::super::insight::{Insight, Slice, StateInsight};
use super::fit::Fitted;
use super::model::{Belief, Model};
use super::points::Points;
use super::posterior::{Believed, Config, Predicted};
use super::sites::{Row, decided};
use super::targets::{Targets, View};
use crate::policy::Pair;
use crate::space::uniform::Uniform;
use crate::space::{ActionRow, StateRow};

/// Random configs whose predicted rewards are taken apart.
const CONFIGS: usize = 512;

/// A model that is asked for what it predicts.
struct Probe<'a> {
    context: &'a Context,
    pair: Pair,
    points: &'a Points,
    model: Model,
    weights: Vec<f64>,
    believed: Believed,
    scale: Targets,
}

/// What is known of a pair; nothing before there is something to predict from.
pub(super) fn insight(
    context: &Context,
    pair: Pair,
    points: &Points,
    model: Model,
    fitted: &Fitted,
) -> Option<Insight> {
    let mut probe = Probe::new(context, pair, points, model, fitted)?;
    let rows = probe.random();
    let predicted = probe.predict(&rows);
    let shares = shares(&probe, &rows, &predicted);
    let mut slices = probe.slices();
    let vocabulary = context.graph().vocabulary();
    let state = |(state, (share, decided)): (usize, (f64, f64))| StateInsight {
        state: vocabulary.states()[state].name().to_owned(),
        weight: probe.weights[state],
        share,
        decided,
        slice: slices.remove(&state).unwrap_or_default(),
    };
    Some(Insight { states: shares.into_iter().map(state).collect() })
}

impl<'a> Probe<'a> {
    fn new(context: &'a Context, pair: Pair, points: &'a Points, mut model: Model, fitted: &Fitted) -> Option<Self> {
        let (targets, mut scales) = model.targets(Belief::Learned, points, fitted, View::Plain);
        let scale = scales.remove(&pair).filter(|scale| scale.values.len() > 1)?;
        let (weights, believed) = model.believe(Belief::Learned, points, fitted, &targets);
        Some(Self { context, pair, points, model, weights, believed, scale })
    }

    /// Random configs.
    fn random(&mut self) -> Vec<Row> {
        let mut rng = Pcg64::seed_from_u64(0);
        let mut row = || {
            let trace = Uniform::OverTraces.trace(self.context.graph(), self.pair.space, &mut rng)?;
            self.model.sites.row(self.context, self.pair, &trace)
        };
        (0..CONFIGS).filter_map(|_| row()).collect()
    }

    /// What configs are predicted to earn.
    fn predict(&self, rows: &[Row]) -> Vec<Predicted> {
        let configs: Vec<Config<'_>> = rows.iter().map(Config::Whole).collect();
        let posterior = self.model.posterior(Belief::Learned);
        posterior.predict(&self.believed, &configs, self.model.scale(&self.weights))
    }

    /// For each state that the best config decides: what it is predicted to earn with each action there.
    fn slices(&mut self) -> BTreeMap<usize, Vec<Slice>> {
        let ranked = self.points.ranked(self.pair);
        let best = ranked.first().map(|&place| &self.points.told[place]).filter(|it| it.scalarized.reward().is_some());
        let Some(best) = best else { return BTreeMap::new() };
        let (mut rows, mut places) = (Vec::new(), Vec::new());
        let first = best.row.len() - decided(&best.row).len();
        let graph = self.context.graph();
        for (at, step) in graph.follow(self.pair.space, &best.trace).unwrap_or_default().iter().enumerate() {
            let state = step.decision.state;
            let begin = graph.vocabulary().state(state).rows().start;
            for action in step.actions() {
                let mut row = best.row.clone();
                row[first + at].action = (action.index() - begin) as u32;
                rows.push(row);
                places.push((state, action, action == step.action()));
            }
        }
        self.labelled(&places, self.predict(&rows))
    }

    /// By state; of several decisions of one state the first.
    fn labelled(
        &self,
        places: &[(StateRow, ActionRow, bool)],
        predicted: Vec<Predicted>,
    ) -> BTreeMap<usize, Vec<Slice>> {
        let mut slices: BTreeMap<usize, Vec<Slice>> = BTreeMap::new();
        for (&(state, action, is_best), Predicted { mean, deviation }) in places.iter().zip(predicted) {
            let slice = slices.entry(state.index()).or_default();
            let label = self.context.graph().vocabulary().state(state).label(action).to_owned();
            if slice.iter().all(|known| known.label != label) {
                let (mean, deviation) =
                    (self.scale.mean + self.scale.deviation * mean, self.scale.deviation * deviation);
                slice.push(Slice { label, mean, deviation, is_best });
            }
        }
        slices
    }
}

/// Actions of an ordered state are put together in so many groups.
const GROUPS: u32 = 16;

/// For each state that was decided: its share of the variance, and of the configs.
fn shares(probe: &Probe<'_>, rows: &[Row], predicted: &[Predicted]) -> BTreeMap<usize, (f64, f64)> {
    let sites = &probe.model.sites;
    let states: BTreeSet<usize> = rows.iter().flat_map(decided).map(|entry| sites.state(entry.site)).collect();
    let share = |state: usize| {
        let mut groups: BTreeMap<Option<u32>, Vec<f64>> = BTreeMap::new();
        for (row, Predicted { mean, .. }) in rows.iter().zip(predicted) {
            let first = decided(row).iter().find(|entry| sites.state(entry.site) == state);
            let group = first.map(|entry| probe.group(state, entry.action));
            groups.entry(group).or_default().push(*mean);
        }
        let absent = groups.get(&None).map_or(0, Vec::len);
        (between(&groups.into_values().collect::<Vec<_>>()), 1.0 - absent as f64 / rows.len() as f64)
    };
    states.into_iter().map(|state| (state, share(state))).collect()
}

impl Probe<'_> {
    fn group(&self, state: usize, action: u32) -> u32 {
        let domain = &self.model.domains[state];
        domain.place(action).map_or(action, |place| place * GROUPS.min(domain.count() as u32) / domain.count() as u32)
    }
}

/// The share of the variance that is between groups, less what would be there by chance (ω²).
fn between(groups: &[Vec<f64>]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let squares = |values: &[f64], mean: f64| values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    let all: Vec<f64> = groups.concat();
    let total = squares(&all, mean(&all));
    let within: f64 = groups.iter().map(|group| squares(group, mean(group))).sum();
    let (degrees, left) = (groups.len().saturating_sub(1), all.len().saturating_sub(groups.len()));
    if left == 0 || total <= 0.0 {
        return 0.0;
    }
    let chance = within / left as f64;
    ((total - within - degrees as f64 * chance) / (total + chance)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn a_share_is_what_groups_explain_beyond_chance() {
        assert!((between(&[vec![1.0; 50], vec![2.0; 50]]) - 1.0).abs() < 1e-12);
        // Groups of one say nothing, nor do groups that are all alike.
        assert!(between(&(0..100).map(|i| vec![f64::from(i % 7)]).collect::<Vec<_>>()) < 1e-12);
        let alike: Vec<Vec<f64>> =
            (0..10).map(|g| (0..20).map(|i| f64::from((i * 7 + g * 3) % 20)).collect()).collect();
        assert!(between(&alike) < 0.05);
    }
}

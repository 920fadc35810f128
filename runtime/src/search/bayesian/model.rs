//! What is derived from the remembered trials: sites, domains, and the two beliefs.

use std::collections::HashMap;
use std::sync::Arc;

use rand::SeedableRng;
use rand_pcg::Pcg64;

use super::super::context::Context;
use super::columns::Scale;
use super::domain::Domain;
use super::fit::{Data, Fitted, fit};
use super::points::Points;
use super::posterior::{Alike, Believed, Posterior};
use super::sites::{Row, Sites};
use super::targets::{Targets, View, moments};
use crate::policy::Pair;
use crate::space::Graph;
use crate::space::uniform::Uniform;

/// Everything that can be made again from the points.
#[derive(Debug, Clone)]
pub(super) struct Model {
    graph: Arc<Graph>,
    pub(super) sites: Sites,
    pub(super) domains: Vec<Domain>,
    /// `ln (2 / A)` where configs have `A` decisions in the mean.
    pub(super) prior: f64,
    /// With the weights that were learned.
    learned: Basis,
    /// With all weights alike.
    plain: Basis,
}

/// A posterior, and how many of its rows are of other searches, told and pending.
#[derive(Debug, Clone, Default)]
struct Basis {
    posterior: Posterior,
    taught: usize,
    told: usize,
    pending: usize,
    /// How similar each config that was told is to those of other searches.
    near: Vec<Alike>,
}

/// Which belief is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belief {
    Learned,
    Plain,
}

/// More sites than this are forgotten, with those among them that no config has any more.
const SITES: usize = 1 << 16;
/// `η` of the plain model.
const PLAIN_NOISE: f64 = 0.01;
/// The most configs that weights are fitted to: so many of the best, and so many of the others.
const FITTED: usize = 60;
/// Where configs of other searches stand beside them: at least so many of these.
const FITTED_TAUGHT: usize = 40;
/// The scale of the targets is halfway between that of other searches and its own after so many trials.
const HALFWAY: f64 = 20.0;

impl Model {
    /// Beside so many groups of trials of other searches.
    pub(super) fn new(context: &Context, groups: usize) -> Self {
        let sites = Sites::new(context, groups > 0);
        let (learned, plain) = (Basis::default(), Basis::default());
        let prior = (2.0 / decisions(context).max(1.0)).ln();
        Self { graph: context.shared_graph(), sites, domains: Domain::all(context, groups), prior, learned, plain }
    }

    /// Whether it is one of the context's graph.
    pub(super) fn is_of(&self, context: &Context) -> bool {
        Arc::ptr_eq(&self.graph, &context.shared_graph()) && self.sites.len() <= SITES
    }

    /// A told config changed, or is not held any more: all is made anew.
    pub(super) fn forget(&mut self) {
        (self.learned, self.plain) = (Basis::default(), Basis::default());
    }

    /// Which are pending has changed.
    pub(super) fn forget_pending(&mut self) {
        self.learned.forget_pending();
        self.plain.forget_pending();
    }

    /// What is believed before anything was fitted.
    pub(super) fn unfitted(&self) -> Fitted {
        Fitted::prior(self.domains.len(), self.prior)
    }

    /// Fits the weights, to the best points and a sample of the others.
    pub(super) fn fit(&mut self, points: &Points, start: &Fitted, steps: i32) -> Fitted {
        let chosen = chosen(points);
        let outputs = points.outputs();
        let targets: Vec<Vec<f64>> = if outputs.is_empty() {
            vec![self.targets(Belief::Learned, points, start, View::Plain).0]
        } else {
            outputs.into_iter().map(|output| points.targets_of(output, View::Plain).0).collect()
        };
        // What they rest on has the weights of before.
        self.forget();
        let taught = spread(points.taught.len(), (2 * FITTED).saturating_sub(chosen.len()).max(FITTED_TAUGHT));
        let first = points.taught.len();
        let (mut rows, mut places, mut noises) = (Vec::new(), Vec::new(), Vec::new());
        for place in taught {
            rows.push(&points.taught.points[place].row);
            places.push(place);
            noises.push(1.0);
        }
        for place in chosen {
            rows.push(&points.told[place].row);
            places.push(first + place);
            noises.push(points.told[place].noise());
        }
        let of_places = |targets: Vec<f64>| places.iter().map(|&place| targets[place]).collect();
        let rewards: Vec<Vec<f64>> = targets.into_iter().map(of_places).collect();
        let scale = Scale { sites: &self.sites, domains: &self.domains, weights: &[] };
        fit(&Data::new(&rows, &rewards, &noises, scale), scale, self.prior, start, steps)
    }

    /// The weights and the noise of a belief.
    fn weights(&self, belief: Belief, fitted: &Fitted) -> (Vec<f64>, f64) {
        match belief {
            Belief::Learned => (fitted.weights(), fitted.noise.exp()),
            Belief::Plain => (vec![self.prior.exp(); self.domains.len()], PLAIN_NOISE),
        }
    }

    /// Has a belief know all points.
    fn catch_up(&mut self, belief: Belief, points: &Points, (weights, noise): (&[f64], f64)) {
        let scale = Scale { sites: &self.sites, domains: &self.domains, weights };
        match belief {
            Belief::Learned => self.learned.catch_up(points, noise, scale),
            Belief::Plain => self.plain.catch_up(points, noise, scale),
        }
    }

    /// What a belief makes of all points, where these are their targets; and its weights.
    pub(super) fn believe(
        &mut self,
        belief: Belief,
        points: &Points,
        fitted: &Fitted,
        targets: &[f64],
    ) -> (Vec<f64>, Believed) {
        let (weights, noise) = self.weights(belief, fitted);
        self.catch_up(belief, points, (&weights, noise));
        let believed = self.posterior(belief).believe(targets);
        (weights, believed)
    }

    /// What a belief is fitted to: of other searches each group on its own scale, then what was told; and the scale of each pair. As
    /// long as little was told, its mean and deviation are what the other searches predict of the same configs.
    pub(super) fn targets(
        &mut self,
        belief: Belief,
        points: &Points,
        fitted: &Fitted,
        view: View,
    ) -> (Vec<f64>, HashMap<Pair, Targets>) {
        let (mut told, mut scales) = points.targets(view);
        if points.taught.is_empty() {
            return (told, scales);
        }
        let (weights, noise) = self.weights(belief, fitted);
        self.catch_up(belief, points, (&weights, noise));
        let (basis, mut targets) = (self.basis(belief), points.taught.targets(view));
        let believed = basis.posterior.believe(&targets);
        // As if the configs that were told were of the other searches.
        let times = weights.last().map_or(1.0, |weight| weight.exp());
        for (pair, scale) in &mut scales {
            let places: Vec<usize> = points.of(*pair).collect();
            if places.is_empty() || !points.taught.is_of(*pair) {
                continue;
            }
            let predicted: Vec<f64> = places.iter().map(|&place| believed.mean_at(&basis.near[place], times)).collect();
            let ((mean, deviation), share) = (moments(&predicted), HALFWAY / (places.len() as f64 + HALFWAY));
            *scale = scale.clone().moved(share * mean, 1.0 - share + share * deviation);
            places.iter().zip(&scale.values).for_each(|(&place, &value)| told[place] = value);
        }
        targets.append(&mut told);
        (targets, scales)
    }

    fn basis(&self, belief: Belief) -> &Basis {
        match belief {
            Belief::Learned => &self.learned,
            Belief::Plain => &self.plain,
        }
    }

    /// The targets of further configs as one draw from the learned belief has them, each by a standard normal number.
    pub(super) fn draw(
        &mut self,
        (weights, believed): &(Vec<f64>, Believed),
        targets: &[f64],
        drawn: &[(Row, f64)],
    ) -> Vec<f64> {
        self.learned.forget_pending();
        let scale = Scale { sites: &self.sites, domains: &self.domains, weights };
        self.learned.posterior.draw(believed, targets, drawn, scale)
    }

    /// What a belief rests on.
    pub(super) fn posterior(&self, belief: Belief) -> &Posterior {
        &self.basis(belief).posterior
    }

    pub(super) fn scale<'a>(&'a self, weights: &'a [f64]) -> Scale<'a> {
        Scale { sites: &self.sites, domains: &self.domains, weights }
    }
}

impl Basis {
    fn forget_pending(&mut self) {
        self.posterior.truncate(self.taught + self.told);
        self.pending = 0;
    }

    fn catch_up(&mut self, points: &Points, noise: f64, scale: Scale<'_>) {
        if self.taught < points.taught.len() {
            self.posterior.extend(points.taught.points.iter().map(|point| (&point.row, noise)), scale);
            self.taught = points.taught.len();
        }
        if self.told < points.told.len() {
            self.forget_pending();
            let new = points.told[self.told..].iter();
            let near = self.posterior.extend(new.map(|point| (&point.row, noise * point.noise())), scale);
            self.told = points.told.len();
            let taught = self.taught;
            self.near.extend(near.into_iter().map(|mut alike| {
                alike.truncate(taught);
                alike
            }));
        }
        let new = points.pending[self.pending..].iter();
        self.posterior.extend(new.map(|waiting| (&waiting.row, noise)), scale);
        self.pending = points.pending.len();
    }
}

/// So many places of so many, evenly.
fn spread(of: usize, most: usize) -> impl Iterator<Item = usize> {
    let count = of.min(most);
    (0..count).map(move |i| i * of / count)
}

/// The best of all pairs, and of the others those with the least lots.
fn chosen(points: &Points) -> Vec<usize> {
    let share = (FITTED / points.progress.len().max(1)).max(1);
    let mut chosen = Vec::new();
    for &pair in points.progress.keys() {
        let ranked = points.ranked(pair);
        let (best, rest) = ranked.split_at(share.min(ranked.len()));
        let mut rest = rest.to_vec();
        rest.sort_by_key(|&place| points.told[place].lot);
        chosen.extend(best.iter().chain(rest.iter().take(share)));
    }
    chosen.sort_unstable();
    chosen
}

/// How many decisions a random config has in the mean.
fn decisions(context: &Context) -> f64 {
    const CONFIGS: usize = 50;
    let (mut rng, mut all, mut count) = (Pcg64::seed_from_u64(0), 0, 0);
    for _ in 0..CONFIGS {
        for pair in context.pairs() {
            let trace = Uniform::OverTraces.trace(context.graph(), pair.space, &mut rng);
            all += trace.as_ref().map_or(0, crate::space::Trace::len);
            count += usize::from(trace.is_some());
        }
    }
    all as f64 / f64::from(count.max(1) as u32)
}

//! What the trials of one other search say of configs here.

use super::super::context::Context;
use super::super::sources::Group;
use super::fit::FIRST_STEPS as STEPS;
use super::model::{Belief, Model};
use super::points::Points;
use super::posterior::{Believed, Config};
use super::targets::View;
use super::taught::Taught;
use crate::policy::Pair;
use crate::space::Trace;

/// What one group alone predicts of configs here.
#[derive(Debug, Clone)]
pub(in crate::search) struct Expectation {
    pair: Pair,
    model: Model,
    weights: Vec<f64>,
    believed: Believed,
}

impl Expectation {
    /// By a model that is fitted to so many of its trials.
    pub(in crate::search) fn new(context: &Context, group: &Group, most: usize) -> Self {
        let (mut model, mut points) = (Model::new(context, 1), Points::default());
        points.taught = Taught::with(std::slice::from_ref(group), most);
        points.taught.place(context, &mut model.sites);
        let unfitted = model.unfitted();
        let fitted = model.fit(&points, &unfitted, STEPS);
        let (targets, _) = model.targets(Belief::Learned, &points, &fitted, View::Plain);
        let (weights, believed) = model.believe(Belief::Learned, &points, &fitted, &targets);
        Self { pair: group.pair, model, weights, believed }
    }

    /// The target of a config, of which only the order means something; none of one of another pair.
    pub(in crate::search) fn predict(&mut self, context: &Context, pair: Pair, trace: &Trace) -> Option<f64> {
        let row = self.model.sites.row(context, pair, trace).filter(|_| pair == self.pair)?;
        let scale = self.model.scale(&self.weights);
        let predicted = self.model.posterior(Belief::Learned).predict(&self.believed, &[Config::Whole(&row)], scale);
        predicted.first().map(|predicted| predicted.mean)
    }
}

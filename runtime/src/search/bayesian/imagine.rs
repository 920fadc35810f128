//! What the model says of configs that nobody evaluated, for others to learn from.

use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

use super::super::context::Context;
use super::Bayesian;
use super::model::{Belief, Model};
use super::posterior::{Believed, Config};
use super::sites::Row;
use super::targets::{Targets, View};
use crate::policy::Pair;
use crate::space::Trace;
use crate::train::Outcome;
use crate::train::several::scalar::Weights;

/// What is believed of a pair.
struct Asked {
    belief: (Vec<f64>, Believed),
    targets: Vec<f64>,
    scale: Targets,
}

impl Bayesian {
    /// The reward that is predicted for a config; none before there is something to predict from.
    pub(in crate::search) fn predicted(&mut self, context: &Context, pair: Pair, trace: &Trace) -> Option<f64> {
        self.points.see_alike();
        self.asked(context, pair, |model, asked| {
            let row = model.sites.row(context, pair, trace)?;
            let (weights, believed) = &asked.belief;
            let posterior = model.posterior(Belief::Learned);
            let predicted = posterior.predict(believed, &[Config::Whole(&row)], model.scale(weights)).pop()?;
            Some(asked.scale.mean + asked.scale.deviation * predicted.mean)
        })
    }

    /// An outcome as [`predicted`](Self::predicted) is to be compared with it: one number of several objectives.
    pub(in crate::search) fn scalarized_alike(&self, pair: Pair, outcome: Outcome) -> Outcome {
        let Some(objectives) = outcome.objectives() else { return outcome };
        let told = self.points.of(pair).map(|place| self.points.told[place].outcome);
        let all: Vec<Outcome> = told.chain([outcome]).collect();
        Weights::alike(objectives).see(&all).pop().unwrap_or(outcome)
    }

    /// Targets of configs, no two of them alike, as one draw from the posterior has them (Thompson sampling): only their order means
    /// something. None before there is something to draw from.
    pub(in crate::search) fn imagined(
        &mut self,
        context: &Context,
        pair: Pair,
        traces: &[Trace],
        rng: &mut Pcg64,
    ) -> Option<Vec<f64>> {
        self.points.see_anew(&mut self.rng);
        self.asked(context, pair, |model, asked| {
            let rows = traces.iter().map(|trace| model.sites.row(context, pair, trace));
            let rows: Vec<Row> = rows.collect::<Option<_>>()?;
            let drawn: Vec<(Row, f64)> = rows.into_iter().map(|row| (row, StandardNormal.sample(rng))).collect();
            Some(model.draw(&asked.belief, &asked.targets, &drawn))
        })
    }

    fn asked<R>(
        &mut self,
        context: &Context,
        pair: Pair,
        ask: impl FnOnce(&mut Model, &Asked) -> Option<R>,
    ) -> Option<R> {
        let mut model = self.take_model(context);
        self.fit_where_due(&mut model);
        let fitted = self.fitted.get_or_insert_with(|| model.unfitted());
        let (targets, mut scales) = model.targets(Belief::Learned, &self.points, fitted, View::Plain);
        let scale = scales.remove(&pair).filter(|scale| scale.values.len() > 1);
        let answer = scale.and_then(|scale| {
            let belief = model.believe(Belief::Learned, &self.points, fitted, &targets);
            ask(&mut model, &Asked { belief, targets, scale })
        });
        self.model = Some(model);
        answer
    }
}

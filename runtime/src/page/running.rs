//! The trials that somebody has: who, since when, and what they reported so far.

use std::collections::HashMap;

use super::chosen::best_first;
use super::curves::{finite, thinned};
use super::markup::Markup;
use super::moment::span;
use super::number::{count, short};
use super::region;
use super::spark::Spark;
use super::story::{Curve, Row, Story};
use super::table::decisions;

/// So many are listed.
const MOST: usize = 100;
/// So many points of a curve are drawn.
const POINTS: usize = 60;
const HEADINGS: [&str; 6] = ["Trial", "Running for", "Worker", "Reported last", "So far", "Decisions"];

pub(super) fn are_there(story: &Story) -> bool {
    story.trials.iter().any(Row::is_running)
}

pub(super) fn write(page: &mut Markup, story: &Story) {
    let mut running: Vec<&Row> = story.trials.iter().filter(|trial| trial.is_running()).collect();
    let of = running.len();
    running.sort_by_key(|trial| trial.number);
    running.truncate(MOST);
    let curves: HashMap<u64, &Curve> = story.curves.iter().map(|curve| (curve.trial, curve)).collect();
    let form = Form::of(story, &running, &curves);
    if form.best.is_some() {
        page.element(
            "p",
            &[],
            "All drawings have the same scales; the dashed line is the best trial that has ended, for comparison.",
        );
    }
    region::table(page, "Running trials", |page| {
        page.within("thead", &[], |page| form.headings(page));
        page.within("tbody", &[], |page| running.iter().for_each(|trial| form.row(page, trial, &curves)));
    });
    if of > MOST {
        page.element("p", &[("class", &"note")], format_args!("Of {of} running trials, the first {MOST} are listed."));
    }
}

/// What all rows have in common.
struct Form {
    /// None where no running trial has reported a value.
    spark: Option<Spark>,
    /// The curve of the best trial that has ended.
    best: Option<Vec<(f64, f64)>>,
}

impl Form {
    fn of(story: &Story, running: &[&Row], curves: &HashMap<u64, &Curve>) -> Self {
        let points = |trial: &Row| curves.get(&trial.number).map(|curve| finite(curve)).unwrap_or_default();
        let own: Vec<(f64, f64)> = running.iter().flat_map(|trial| points(trial)).collect();
        if own.is_empty() {
            return Self { spark: None, best: None };
        }
        let best = best_first(story).first().map(|(trial, _)| points(trial));
        let best = best.filter(|points| !points.is_empty()).map(|points| thinned(&points, POINTS));
        let all = own.iter().chain(best.iter().flatten()).copied();
        Self { spark: Spark::of(story.direction, all), best }
    }

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        let has_curves = self.spark.is_some();
        HEADINGS.into_iter().filter(move |heading| has_curves || !["Reported last", "So far"].contains(heading))
    }

    fn headings(&self, page: &mut Markup) {
        page.within("tr", &[], |page| {
            self.columns().for_each(|heading| page.element("th", &[("scope", &"col")], heading));
        });
    }

    fn row(&self, page: &mut Markup, trial: &Row, curves: &HashMap<u64, &Curve>) {
        page.within("tr", &[("data-key", &format_args!("running-{}", trial.number))], |page| {
            page.element("td", &[], number(trial));
            page.within("td", &[], |page| trial.since.iter().for_each(|since| span(page, since)));
            page.element("td", &[("class", &"worker")], trial.worker.as_deref().unwrap_or_default());
            if let Some(spark) = &self.spark {
                let curve = curves.get(&trial.number);
                page.element("td", &[], curve.map_or_else(|| "nothing yet".to_owned(), |curve| last(curve)));
                page.within("td", &[], |page| curve.iter().for_each(|curve| self.draw(page, spark, trial, curve)));
            }
            page.within("td", &[("class", &"long")], |page| decisions(page, trial));
        });
    }

    fn draw(&self, page: &mut Markup, spark: &Spark, trial: &Row, curve: &Curve) {
        let points = thinned(&finite(curve), POINTS);
        if !points.is_empty() {
            let title = format!("The values of trial {} so far: {}", trial.number, count(curve.points.len(), "value"));
            spark.draw(page, &title, &points, self.best.as_deref());
        }
    }
}

/// With the attempt, where it is not the first.
fn number(trial: &Row) -> String {
    if trial.retries == 0 {
        return trial.number.to_string();
    }
    format!("{}, attempt {}", trial.number, trial.retries + 1)
}

fn last(curve: &Curve) -> String {
    let last = |(step, value): &(u64, f64)| format!("{} at step {step}", short(*value));
    curve.points.last().map(last).unwrap_or_default()
}

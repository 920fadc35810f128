//! What a model of rewards makes of each state.

use super::bar::{amount, bar, share};
use super::markup::Markup;
use super::number::{count, percent};
use super::region;
use super::slices;
use super::story::Story;
use crate::search::StateInsight;

/// More states are folded away.
const OPEN: usize = 20;
/// What is decided in a larger share of the configs is decided in all.
const ALL: f64 = 0.995;

pub(super) fn is_there(story: &Story) -> bool {
    story.model.as_ref().is_some_and(|model| !model.states.is_empty())
}

pub(super) fn write(page: &mut Markup, story: &Story) {
    let states = ranked(story);
    let form = Form::of(&states);
    page.element("p", &[], INTRODUCTION);
    if story.objectives.len() > 1 {
        page.element("p", &[], SEVERAL);
    }
    if form.has_conditional {
        page.element("p", &[("class", &"note")], CONDITIONAL);
    }
    let (open, folded) = states.split_at(OPEN.min(states.len()));
    form.table(page, open);
    if !folded.is_empty() {
        page.within("details", &[], |page| {
            page.element("summary", &[], count(folded.len(), "more state"));
            form.table(page, folded);
        });
    }
    slices::write(page, &states, story);
}

const INTRODUCTION: &str = "The strategy has a model that predicts the reward of a config. The share of a state is how much of \
    the variance of predicted rewards over random configs it explains by itself. The weight says how \
    different two configs are to the model that differ in that state alone; at 0 they are the same. Both are what the model believes, not measurements.";
const SEVERAL: &str = "Of the objectives the model sees one number here, in which each counts as much: how far a config is from the best \
    in all of them, by ranks. 0 is the best, and what is below is worse.";
const CONDITIONAL: &str =
    "Some states are decided in a part of all configs only; their share includes whether they are.";

/// The states, those with the largest share first.
fn ranked(story: &Story) -> Vec<&StateInsight> {
    let mut states: Vec<&StateInsight> = story.model.iter().flat_map(|model| &model.states).collect();
    let rank = |state: &StateInsight| (amount(state.share), amount(state.weight));
    states.sort_by(|a, b| {
        let (a, b) = (rank(a), rank(b));
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    states
}

/// What the open and the folded table have in common.
struct Form {
    /// The largest share and weight.
    most: (f64, f64),
    has_conditional: bool,
}

impl Form {
    fn of(states: &[&StateInsight]) -> Self {
        Self {
            most: states.iter().fold((0.0, 0.0), |(share, weight): (f64, f64), state| {
                (share.max(amount(state.share)), weight.max(amount(state.weight)))
            }),
            has_conditional: states.iter().any(|state| state.decided < ALL),
        }
    }

    fn table(&self, page: &mut Markup, states: &[&StateInsight]) {
        let headings = ["State", "Share", "Weight", "Decided in"];
        let headings = &headings[..if self.has_conditional { 4 } else { 3 }];
        region::table(page, "What the model makes of each state", |page| {
            page.within("thead", &[], |page| {
                page.within("tr", &[], |page| {
                    for heading in headings {
                        page.element("th", &[("scope", &"col")], heading);
                    }
                });
            });
            page.within("tbody", &[], |page| states.iter().for_each(|state| self.row(page, state)));
        });
    }

    fn row(&self, page: &mut Markup, state: &StateInsight) {
        page.within("tr", &[], |page| {
            page.within("td", &[("class", &"name")], |page| page.path(&state.state));
            page.within("td", &[], |page| {
                bar(page, "bar", share(state.share, self.most.0), percent(amount(state.share)));
            });
            page.within("td", &[], |page| {
                let weight = format!("{:.2}", amount(state.weight));
                bar(page, "bar open", share(state.weight, self.most.1), weight);
            });
            if self.has_conditional {
                page.element("td", &[], decided(state.decided));
            }
        });
    }
}

/// Nothing where all configs decide it.
fn decided(share: f64) -> String {
    if share < ALL { percent(amount(share)) } else { String::new() }
}

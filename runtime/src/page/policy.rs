//! How far the policy has moved in each state.

use super::bar::{amount, bar, share};
use super::markup::Markup;
use super::number::{count, percent};
use super::region;
use super::story::Story;
use crate::agent::Importance;

/// More states are folded away.
const OPEN: usize = 25;

pub(super) fn write(page: &mut Markup, story: &Story) {
    if story.policy.is_empty() {
        return page.element("p", &[], "There is no policy to show.");
    }
    page.element("p", &[], INTRODUCTION);
    let mut policy: Vec<&Importance> = story.policy.iter().collect();
    policy.sort_by(|a, b| amount(b.shift).total_cmp(&amount(a.shift)));
    let most = policy.first().map_or(0.0, |first| amount(first.shift));
    let (open, folded) = policy.split_at(OPEN.min(policy.len()));
    table(page, open, most);
    if !folded.is_empty() {
        page.within("details", &[], |page| {
            page.element("summary", &[], count(folded.len(), "more state"));
            table(page, folded, most);
        });
    }
}

const INTRODUCTION: &str = "The shift of a state is the divergence of the policy now from the uniform policy that it began \
    with: how much of its sampling there it has learned. The entropy is what it still leaves open.";

fn table(page: &mut Markup, policy: &[&Importance], most: f64) {
    region::table(page, "What the policy has learned of each state", |page| {
        page.within("thead", &[], |page| {
            page.within("tr", &[], |page| {
                for heading in ["State", "Shift (nats)", "Entropy (nats)", "Most likely action"] {
                    page.element("th", &[("scope", &"col")], heading);
                }
            });
        });
        page.within("tbody", &[], |page| policy.iter().for_each(|state| row(page, state, most)));
    });
}

fn row(page: &mut Markup, importance: &Importance, most: f64) {
    let Importance { state, entropy, uniform, shift, actions } = importance;
    page.within("tr", &[], |page| {
        page.within("td", &[("class", &"name")], |page| page.path(state));
        page.within("td", &[], |page| bar(page, "bar", share(*shift, most), nats(*shift)));
        page.within("td", &[], |page| {
            let words = format_args!("{} of {}", nats(*entropy), nats(*uniform)).to_string();
            bar(page, "bar open", share(*entropy, *uniform), words);
        });
        page.within("td", &[("title", &listed(actions))], |page| likely(page, actions));
    });
}

pub(super) fn likely(page: &mut Markup, actions: &[(String, f64)]) {
    let likely = actions.iter().reduce(|best, action| if action.1 > best.1 { action } else { best });
    let Some((label, probability)) = likely else { return page.words("–") };
    page.element("code", &[], label);
    page.words(format_args!(" ({})", percent(*probability)));
}

/// The actions with their probabilities, the likeliest first.
fn listed(actions: &[(String, f64)]) -> String {
    const ENOUGH: usize = 12;
    let mut actions: Vec<&(String, f64)> = actions.iter().collect();
    actions.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut lines: Vec<String> =
        actions.iter().take(ENOUGH).map(|(label, probability)| format!("{label}: {}", percent(*probability))).collect();
    if actions.len() > ENOUGH {
        lines.push(format!("and {} more", actions.len() - ENOUGH));
    }
    lines.join("\n")
}

pub(super) fn nats(nats: f64) -> String {
    // Rounding leaves entropies of certain policies just below zero.
    if nats.is_finite() { format!("{:.2}", if nats.abs() < 0.005 { 0.0 } else { nats }) } else { "–".to_owned() }
}

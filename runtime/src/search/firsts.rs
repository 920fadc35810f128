//! Configs that a strategy proposes before its own, by decisions that need not be all.

use std::cmp::Ordering;
use std::collections::{HashSet, VecDeque};

use rand::RngExt;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::context::{Context, Proposal};
use super::written::{Reader, Rows, guide_rows, place};
use crate::policy::Pair;
use crate::space::guide::{Advice, Guide};
use crate::space::{DecodeError, Trace};
use crate::train::Outcome;
use crate::train::outcome::Merit;
use crate::train::several::front;

/// Decisions that are to be taken first; what they leave open is drawn at random.
#[derive(Debug, Clone, Default)]
pub(super) struct Firsts(VecDeque<(Pair, Guide)>);

/// The same as a snapshot has them: the place of the pair, and rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct WrittenFirsts(Vec<(usize, Rows)>);

impl Firsts {
    pub(super) fn push(&mut self, pair: Pair, guide: Guide) {
        self.0.push_back((pair, guide));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn append(&mut self, other: Self) {
        other.0.into_iter().for_each(|(pair, guide)| self.push(pair, guide));
    }

    /// The best of written trials, failures left out, as far as all their decisions have counterparts.
    pub(super) fn push_best(&mut self, pair: Pair, trials: &[(Rows, Outcome)], reader: &Reader<'_>, count: usize) {
        let with_values: Vec<&(Rows, Outcome)> =
            trials.iter().filter(|(_, outcome)| outcome.values().is_some()).collect();
        let outcomes: Vec<Outcome> = with_values.iter().map(|(_, outcome)| *outcome).collect();
        let mut known: HashSet<(Pair, Guide)> = self.0.iter().cloned().collect();
        let best =
            best_first(&outcomes).into_iter().filter_map(|place| Some((pair, reader.guide(&with_values[place].0)?)));
        let best: Vec<(Pair, Guide)> = best.filter(|first| known.insert(first.clone())).take(count).collect();
        self.0.extend(best);
    }

    /// The next of them that makes a valid config of a pair that is searched.
    pub(super) fn next(&mut self, context: &Context, rng: &mut Pcg64) -> Result<Option<Proposal>, DecodeError> {
        const DRAWS: usize = 100;
        let is_searched = |(pair, _): &(Pair, Guide)| context.pairs().contains(pair);
        while let Some((pair, guide)) = self.0.iter().position(is_searched).and_then(|place| self.0.remove(place)) {
            for _ in 0..DRAWS {
                let Some(trace) = complete(context, pair, guide.clone(), rng) else { continue };
                if context.is_valid(pair, &trace)? {
                    return Ok(Some(Proposal::chosen(pair, trace)));
                }
            }
        }
        Ok(None)
    }

    pub(super) fn written(&self, context: &Context) -> WrittenFirsts {
        let written = |(pair, guide): &(Pair, Guide)| Some((place(context, *pair)?, guide_rows(guide)));
        WrittenFirsts(self.0.iter().filter_map(written).collect())
    }
}

/// The places of outcomes, the best first; of equals the earlier one. Of several objectives those of the front are first.
fn best_first(outcomes: &[Outcome]) -> Vec<usize> {
    if outcomes.iter().any(|outcome| outcome.objectives().is_some()) {
        return front::best_first(outcomes);
    }
    let mut order: Vec<usize> = (0..outcomes.len()).collect();
    let merits: Vec<Option<Merit>> = outcomes.iter().map(|outcome| outcome.merit()).collect();
    order.sort_by(|&a, &b| match (merits[a], merits[b]) {
        (Some(a), Some(b)) => b.compare(a),
        _ => Ordering::Equal,
    });
    order
}

impl WrittenFirsts {
    /// Those of them that have a place here.
    pub(super) fn read(&self, reader: &Reader<'_>) -> Firsts {
        let mut firsts = Firsts::default();
        for (place, rows) in &self.0 {
            if let (Some(pair), Some(guide)) = (reader.pair(*place), reader.guide(rows)) {
                firsts.push(pair, guide);
            }
        }
        firsts
    }
}

/// Takes the guide's decisions, and draws the others; none where the guide has decisions that do not come up.
pub(super) fn complete(context: &Context, pair: Pair, mut guide: Guide, rng: &mut Pcg64) -> Option<Trace> {
    let mut cursor = context.graph().walk(pair.space);
    while let Some(pending) = cursor.pending() {
        let taken = match guide.advise(&pending) {
            Advice::Take(taken) => taken,
            Advice::Open if pending.len() > 0 => rng.random_range(0..pending.len()),
            Advice::Open | Advice::Unavailable => return None,
        };
        cursor.choose(&pending.step(taken));
    }
    guide.is_followed().then(|| cursor.into_trace())
}

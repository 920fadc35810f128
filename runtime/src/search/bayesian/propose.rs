//! What is proposed next.

use std::collections::HashSet;

use rand::RngExt;
use rand_pcg::Pcg64;

use super::super::context::Context;
use super::super::tried::Tried;
use super::aim::Aim;
use super::candidates::{Breeder, Candidate};
use super::fit::Fitted;
use super::model::{Belief, Model};
use super::origin::Origin;
use super::points::{Base, Output, Point, Points};
use super::posterior::{Alike, Believed, Config, LANES, Predicted};
use super::sites::Row;
use super::targets::View;
use crate::policy::Pair;
use crate::space::DecodeError;

/// How many trials of a pair are random.
const STARTS: usize = 10;
/// Neighbours of so many configs are candidates, and how many of each.
const NEIGHBOURHOODS: usize = 5;
const NEIGHBOURS: usize = 30;
/// Candidates that are changed elites, of two parents, and random.
const OF_ELITES: usize = 60;
const OF_PARENTS: usize = 30;
const RANDOM: usize = 30;
/// Neighbours of the best candidate.
const REFINED: usize = 60;
/// After how many trials without anything better a stall begins, over how many it grows, and the most that is done about it.
const STALL: (f64, f64, f64) = (10.0, 100.0, 0.5);
/// Of how many of the best a neighbour is tried in a stall.
const LOCAL: usize = 20;

/// What a proposal is made with.
pub(super) struct Turn<'a> {
    pub(super) context: &'a Context,
    pub(super) pair: Pair,
    pub(super) points: &'a Points,
    pub(super) model: &'a mut Model,
    pub(super) fitted: &'a Fitted,
    pub(super) tried: &'a mut Tried,
    pub(super) rng: &'a mut Pcg64,
}

/// What follows from the rewards as one belief and one view have them.
struct Judge {
    belief: Belief,
    /// For each of what is predicted.
    believed: Vec<Believed>,
    weights: Vec<f64>,
    aim: Aim,
}

/// Candidates, each with the place of the config that it is a neighbour of, if it is; and these configs.
struct Bred {
    candidates: Vec<(Candidate, usize)>,
    bases: Vec<Row>,
}

struct Scored {
    score: f64,
    candidate: Candidate,
}

impl Turn<'_> {
    /// Whether a pair has so few trials that further ones are random.
    pub(super) fn is_start(points: &Points, pair: Pair) -> bool {
        points.begun(pair) < STARTS || points.of(pair).count() < 2
    }

    /// What is to be proposed, the best last; nothing where no config was found that is new.
    pub(super) fn candidates(&mut self) -> Result<Vec<Candidate>, DecodeError> {
        if Self::is_start(self.points, self.pair) {
            return self.breeder(HashSet::new()).start();
        }
        let stalled = self.points.progress.get(&self.pair).map_or(0, |progress| progress.stalled) as f64;
        if self.rng.random::<f64>() < ((stalled - STALL.0) / STALL.1).clamp(0.0, STALL.2) {
            let found = self.out_of_stall()?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        self.ranked(Belief::Learned)
    }

    fn out_of_stall(&mut self) -> Result<Vec<Candidate>, DecodeError> {
        let (points, ranked) = (self.points, self.points.ranked(self.pair));
        let kind = self.rng.random_range(0..3);
        let mut breeder = self.breeder(HashSet::new());
        let found = match kind {
            0 => breeder.local(points, &ranked, LOCAL)?,
            1 => breeder.redraw(points, &ranked)?,
            _ => return self.ranked(Belief::Plain),
        };
        Ok(found.into_iter().collect())
    }

    fn breeder(&mut self, visited: HashSet<u128>) -> Breeder<'_> {
        let Self { context, pair, tried, rng, .. } = self;
        let Model { sites, domains, .. } = &mut *self.model;
        Breeder { context, pair: *pair, sites, domains, tried, rng, visited }
    }

    /// Candidates by what they are expected to improve, the best last.
    fn ranked(&mut self, belief: Belief) -> Result<Vec<Candidate>, DecodeError> {
        let view = if self.rng.random::<bool>() { View::Plain } else { View::Upper };
        let (judge, good) = self.judge(belief, view);
        let (bred, visited) = self.breed(&good)?;
        let mut scored = self.score(&judge, bred, f64::NEG_INFINITY);
        let best = scored.iter().reduce(|best, other| if other.score > best.score { other } else { best });
        if let Some(best) = best {
            let Candidate { trace, row, key, .. } = best.candidate.clone();
            let base = Base { trace: &trace, row: &row, key };
            let (refined, score) = (self.breeder(visited).neighbours(base, REFINED, Origin::Refined)?, best.score);
            let candidates = refined.into_iter().map(|candidate| (candidate, 0)).collect();
            scored.extend(self.score(&judge, Bred { candidates, bases: vec![row] }, score));
        }
        // The sort is stable: of equals the later one is proposed.
        scored.sort_by(|a, b| a.score.total_cmp(&b.score));
        let origin = |origin| if belief == Belief::Plain { Origin::StallPlain } else { origin };
        let named = |candidate: Candidate| Candidate { origin: origin(candidate.origin), ..candidate };
        Ok(scored.into_iter().map(|scored| named(scored.candidate)).collect())
    }

    /// How candidates are judged, and the places of the pair's configs of the highest mean.
    fn judge(&mut self, belief: Belief, view: View) -> (Judge, Vec<usize>) {
        let outputs = self.points.outputs();
        let are_several = outputs.contains(&Output::Objective(1));
        // Of several objectives half of the proposals go by one number of each trial, the others at each objective.
        let sees_one = outputs.is_empty() || (are_several && self.knows_within() && self.rng.random::<bool>());
        if !sees_one {
            let view = if are_several { View::Scores } else { view };
            return self.judge_several(belief, view, &outputs);
        }
        let (targets, _) = self.model.targets(belief, self.points, self.fitted, view);
        let (weights, believed) = self.model.believe(belief, self.points, self.fitted, &targets);
        let smoothed = self.model.posterior(belief).smoothed(&believed, &targets);
        let first = self.points.taught.len();
        let (means, targets) = (&smoothed[first..], &targets[first..]);
        let mut good: Vec<usize> = self.points.of(self.pair).collect();
        good.sort_by(|&a, &b| means[b].total_cmp(&means[a]));
        let of_pair = || self.points.of(self.pair).map(|place| (&self.points.told[place], targets[place]));
        let has_reward = |(point, _): &(&Point, f64)| point.scalarized.reward().is_some();
        let most = |most: f64, (_, target): (&Point, f64)| most.max(target);
        let bar = of_pair().filter(has_reward).fold(f64::NEG_INFINITY, most);
        let bar = if bar.is_finite() { bar } else { of_pair().fold(f64::NEG_INFINITY, most) };
        (Judge { belief, believed: vec![believed], weights, aim: Aim::best(bar) }, good)
    }

    /// Whether something of the pair keeps its limits.
    fn knows_within(&self) -> bool {
        self.points.of(self.pair).any(|place| self.points.told[place].outcome.values().is_some())
    }

    /// The same where more than one number of each config is predicted.
    fn judge_several(&mut self, belief: Belief, view: View, outputs: &[Output]) -> (Judge, Vec<usize>) {
        let (mut believed, mut weights, mut targets, mut limit) = (Vec::new(), Vec::new(), Vec::new(), None);
        for &output in outputs {
            let (of_output, scales) = self.points.targets_of(output, view);
            if output == Output::Limits {
                limit = scales.get(&self.pair).map(|scale| -scale.mean / scale.deviation);
            }
            let (by_state, belief) = self.model.believe(belief, self.points, self.fitted, &of_output);
            weights = by_state;
            believed.push(belief);
            targets.push(of_output);
        }
        let objectives = outputs.iter().filter(|output| matches!(output, Output::Objective(_))).count();
        let values = |place: usize| targets[..objectives].iter().map(|targets| targets[place]).collect::<Vec<f64>>();
        let is_within = |place: &usize| self.points.told[*place].outcome.values().is_some();
        let within: Vec<Vec<f64>> = self.points.of(self.pair).filter(is_within).map(values).collect();
        let aim = Aim::several(&within, objectives, limit, self.rng);
        (Judge { belief, believed, weights, aim }, self.points.ranked(self.pair))
    }

    /// Candidates, and the keys of all that were made.
    fn breed(&mut self, good: &[usize]) -> Result<(Bred, HashSet<u128>), DecodeError> {
        let (points, ranked) = (self.points, self.points.ranked(self.pair));
        let mut breeder = self.breeder(HashSet::new());
        let (mut candidates, mut bases, mut allowed) = (Vec::new(), Vec::new(), 0);
        for &place in good.iter().take(NEIGHBOURHOODS) {
            allowed += NEIGHBOURS;
            let point = &points.told[place];
            let found = breeder.neighbours(point.base(), allowed - candidates.len(), Origin::Neighbour)?;
            candidates.extend(found.into_iter().map(|candidate| (candidate, bases.len())));
            bases.push(point.row.clone());
        }
        let mut others = breeder.of_elites(points, &ranked, OF_ELITES)?;
        others.extend(breeder.of_parents(points, &ranked, OF_PARENTS)?);
        others.extend(breeder.random(RANDOM, Origin::Random)?);
        candidates.extend(others.into_iter().map(|candidate| (candidate, 0)));
        Ok((Bred { candidates, bases }, breeder.visited))
    }

    /// Scores candidates. Those that cannot be better than what is known have a score that is at least theirs, and at most the best; with several
    /// objectives those that are not likely to be.
    fn score(&self, judge: &Judge, Bred { candidates, bases }: Bred, best: f64) -> Vec<Scored> {
        let posterior = self.model.posterior(judge.belief);
        let configs: Vec<Config<'_>> = candidates.iter().map(|(candidate, base)| candidate.config(*base)).collect();
        let alike = posterior.alike(&configs, &bases, self.model.scale(&judge.weights));
        let bound = |alike| judge.believed.iter().map(|believed| posterior.bound(believed, alike)).collect();
        let bounds: Vec<Vec<Predicted>> = alike.iter().map(bound).collect();
        let mut scores: Vec<f64> = bounds.iter().map(|bounds| judge.aim.bound(bounds)).collect();
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let mut best = best;
        for places in order.chunks(LANES) {
            if places.first().is_none_or(|&first| scores[first] < best) {
                break;
            }
            let alike: Vec<&Alike> = places.iter().map(|&place| &alike[place]).collect();
            for (&place, explained) in places.iter().zip(posterior.explained(&alike)) {
                let exact = bounds[place].iter().zip(&judge.believed);
                let exact: Vec<Predicted> = exact.map(|(bound, believed)| believed.exact(*bound, explained)).collect();
                scores[place] = judge.aim.score(&exact);
                best = best.max(scores[place]);
            }
        }
        let all = scores.into_iter().zip(candidates);
        all.map(|(score, (candidate, _))| Scored { score: score.min(best), candidate }).collect()
    }
}

//! The parts of the search against what they stand for.

use std::collections::HashSet;

use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

use super::candidates::Breeder;
use super::columns::Scale;
use super::domain::Domain;
use super::fit::{Data, Fitted, objective, slope};
use super::model::Model;
use super::origin::Origin;
use super::points::Base;
use super::posterior::{Config, Posterior};
use super::sites::{Row, Sites};
use super::*;
use crate::search::Searcher;
use crate::space::uniform::Uniform;
use crate::space::{Trace, encode};

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
enum Net {
    Conv {
        #[space(choices = [64, 16, 32])]
        width: u32,
        #[space(len = 1..=3)]
        gates: Vec<bool>,
        #[space(range = 1..=4)]
        low: u8,
        #[space(range = 1..=4, ge = low)]
        high: u8,
        head: Head,
    },
    Dense {
        head: Head,
        #[space(choices = ["a", "b", "c"])]
        kind: String,
    },
}

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Head {
    #[space(range = 1..=40)]
    units: u32,
    bias: bool,
}

fn context() -> Context {
    Context::of::<Net>()
}

fn pair(context: &Context) -> Pair {
    context.pairs()[0]
}

/// Random configs.
fn rows(context: &Context, sites: &mut Sites, count: usize, seed: u64) -> Vec<(Trace, Row)> {
    let mut rng = Pcg64::seed_from_u64(seed);
    let mut config = || {
        let trace = Uniform::OverTraces.trace(context.graph(), 0, &mut rng)?;
        let row = sites.row(context, pair(context), &trace)?;
        Some((trace, row))
    };
    let mut found: Vec<(Trace, Row)> = Vec::new();
    while found.len() < count {
        found.extend(config().filter(|(trace, _)| found.iter().all(|(known, _)| known != trace)));
    }
    found
}

fn random_weights(count: usize, seed: u64) -> Vec<f64> {
    let mut rng = Pcg64::seed_from_u64(seed);
    (0..count).map(|_| rng.random_range(0.02..1.0)).collect()
}

/// The distance of two rows by its definition.
fn distance(a: &Row, b: &Row, scale: Scale<'_>) -> f64 {
    let action = |row: &Row, site: u32| row.iter().find(|entry| entry.site == site).map(|entry| entry.action);
    let at = |site: u32| {
        let state = scale.sites.state(site);
        let domain = &scale.domains[state];
        let distance = match (action(a, site), action(b, site)) {
            (None, None) => 0.0,
            (Some(a), Some(b)) => domain.between(a, b),
            _ => domain.beside_none(),
        };
        scale.weights[state] * distance
    };
    (0..scale.sites.len() as u32).map(at).sum()
}

/// Solves `a x = b` by Gaussian elimination.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for i in 0..n {
        for k in i + 1..n {
            let by = a[k][i] / a[i][i];
            let row = a[i].clone();
            a[k].iter_mut().zip(&row).for_each(|(x, y)| *x -= by * y);
            b[k] -= by * b[i];
        }
    }
    for i in (0..n).rev() {
        b[i] = (b[i] - (i + 1..n).map(|k| a[i][k] * b[k]).sum::<f64>()) / a[i][i];
    }
    b
}

/// The dense formulas of a Gaussian process with a constant mean, over 40 configs of which 5 are pending.
#[test]
fn the_posterior_is_that_of_the_formulas() {
    let (context, noise) = (context(), 0.05);
    let (mut sites, domains) = (Sites::new(&context, false), Domain::all(&context, 0));
    let all = rows(&context, &mut sites, 60, 1);
    let weights = random_weights(domains.len(), 2);
    let scale = Scale { sites: &sites, domains: &domains, weights: &weights };
    let mut rng = Pcg64::seed_from_u64(3);
    let rewards: Vec<f64> = (0..40).map(|_| rng.random_range(-1.0..1.0)).collect();
    let mut posterior = Posterior::default();
    posterior.extend(all[..45].iter().map(|(_, row)| (row, noise)), scale);
    let believed = posterior.believe(&rewards);
    let configs: Vec<Config<'_>> = all[45..].iter().map(|(_, row)| Config::Whole(row)).collect();
    let predicted = posterior.predict(&believed, &configs, scale);

    let alike = |i: usize, j: usize| (-distance(&all[i].1, &all[j].1, scale)).exp();
    let matrix = |n: usize| -> Vec<Vec<f64>> {
        (0..n).map(|i| (0..n).map(|j| alike(i, j) + if i == j { noise } else { 0.0 }).collect()).collect()
    };
    let inverse_ones = solve(matrix(40), vec![1.0; 40]);
    let mean = inverse_ones.iter().zip(&rewards).map(|(a, y)| a * y).sum::<f64>() / inverse_ones.iter().sum::<f64>();
    let residuals: Vec<f64> = rewards.iter().map(|y| y - mean).collect();
    let alpha = solve(matrix(40), residuals.clone());
    let squares: f64 = alpha.iter().zip(&residuals).map(|(a, r)| a * r).sum();
    let variance = (squares + 2.0) / 42.0;
    for (k, predicted) in predicted.iter().enumerate() {
        let to: Vec<f64> = (0..45).map(|i| alike(i, 45 + k)).collect();
        let expected = mean + alpha.iter().zip(&to).map(|(a, r)| a * r).sum::<f64>();
        let explained: f64 = solve(matrix(45), to.clone()).iter().zip(&to).map(|(a, r)| a * r).sum();
        let deviation = (variance * (1.0 - explained)).sqrt();
        assert!((predicted.mean - expected).abs() < 1e-4, "{k}: {predicted:?} {expected}");
        assert!((predicted.deviation - deviation).abs() < 1e-3, "{k}: {predicted:?} {deviation}");
        let bound = posterior.bound(&believed, &posterior.alike(&configs, &[], scale)[k]);
        assert!(bound.deviation >= predicted.deviation - 1e-6);
    }
    for (reward, smoothed) in rewards.iter().zip(posterior.smoothed(&believed, &rewards)) {
        assert!((reward - smoothed).abs() < 1.0);
    }
}

#[test]
fn one_by_one_is_the_same_to_the_bit_as_at_once() {
    let context = context();
    let (mut sites, domains) = (Sites::new(&context, false), Domain::all(&context, 0));
    let all = rows(&context, &mut sites, 31, 4);
    let weights = random_weights(domains.len(), 5);
    let scale = Scale { sites: &sites, domains: &domains, weights: &weights };
    let of = |rows: &[(Trace, Row)], posterior: &mut Posterior| {
        posterior.extend(rows.iter().map(|(_, row)| (row, 0.01)), scale);
    };
    let (mut at_once, mut one_by_one) = (Posterior::default(), Posterior::default());
    of(&all[..30], &mut at_once);
    for i in 0..30 {
        // Something that was pending meanwhile leaves nothing behind.
        of(&all[30..], &mut one_by_one);
        one_by_one.truncate(i);
        of(&all[i..=i], &mut one_by_one);
    }
    let rewards: Vec<f64> = (0..30).map(f64::from).collect();
    let configs = [Config::Whole(&all[30].1)];
    let predict = |posterior: &Posterior| posterior.predict(&posterior.believe(&rewards), &configs, scale);
    assert_eq!(predict(&at_once), predict(&one_by_one));
}

/// 20,000 draws, seed 12: means and deviations within 4 % of a deviation, about 5 standard errors, and so are covariances.
#[test]
fn draws_have_the_means_and_covariances_of_the_posterior() {
    const DRAWS: usize = 20_000;
    let context = context();
    let (mut sites, domains) = (Sites::new(&context, false), Domain::all(&context, 0));
    let all = rows(&context, &mut sites, 34, 10);
    let (weights, noise) = (random_weights(domains.len(), 11), 0.05);
    let scale = Scale { sites: &sites, domains: &domains, weights: &weights };
    let mut rng = Pcg64::seed_from_u64(12);
    let rewards: Vec<f64> = (0..30).map(|_| rng.random_range(-1.0..1.0)).collect();
    let mut posterior = Posterior::default();
    posterior.extend(all[..30].iter().map(|(_, row)| (row, noise)), scale);
    let believed = posterior.believe(&rewards);
    let configs: Vec<Config<'_>> = all[30..].iter().map(|(_, row)| Config::Whole(row)).collect();
    let predicted = posterior.predict(&believed, &configs, scale);

    let mut draw = || {
        let drawn = all[30..].iter().map(|(_, row)| (row.clone(), StandardNormal.sample(&mut rng)));
        posterior.draw(&believed, &rewards, &drawn.collect::<Vec<_>>(), scale)
    };
    let draws: Vec<Vec<f64>> = (0..DRAWS).map(|_| draw()).collect();
    assert_eq!(posterior.predict(&believed, &configs, scale), predicted, "drawing leaves nothing behind");

    let standardised = |draw: &[f64], i: usize| (draw[i] - predicted[i].mean) / predicted[i].deviation;
    let mean = |of: &dyn Fn(&[f64]) -> f64| draws.iter().map(|draw| of(draw)).sum::<f64>() / DRAWS as f64;
    let alike = |i: usize, j: usize| (-distance(&all[i].1, &all[j].1, scale)).exp();
    let matrix: Vec<Vec<f64>> =
        (0..30).map(|i| (0..30).map(|j| alike(i, j) + if i == j { noise } else { 0.0 }).collect()).collect();
    let left = |i: usize, j: usize| {
        let [to, other]: [Vec<f64>; 2] = [i, j].map(|k| (0..30).map(|row| alike(row, 30 + k)).collect());
        alike(30 + i, 30 + j) - solve(matrix.clone(), to).iter().zip(&other).map(|(a, r)| a * r).sum::<f64>()
    };
    for i in 0..4 {
        assert!(mean(&|draw| standardised(draw, i)).abs() < 0.04, "{i}");
        for j in 0..=i {
            let expected = left(i, j) / (left(i, i) * left(j, j)).sqrt();
            let found = mean(&|draw| standardised(draw, i) * standardised(draw, j));
            assert!((found - expected).abs() < 0.04, "{i} {j}: {found} {expected}");
        }
    }
}

/// Central differences of the objective, over 25 configs.
#[test]
fn the_slope_of_the_fit_is_that_of_its_objective() {
    let context = context();
    let mut model = Model::new(&context, 0);
    let all = rows(&context, &mut model.sites, 25, 6);
    let rows: Vec<&Row> = all.iter().map(|(_, row)| row).collect();
    let mut rng = Pcg64::seed_from_u64(7);
    let mut rewards = || (0..25).map(|_| rng.random_range(-2.0..2.0)).collect();
    // Of two numbers that are predicted.
    let rewards: [Vec<f64>; 2] = [rewards(), rewards()];
    let noises: Vec<f64> = (0..25).map(|i| if i % 3 == 0 { 0.5 } else { 1.0 }).collect();
    let scale = Scale { sites: &model.sites, domains: &model.domains, weights: &[] };
    let data = Data::new(&rows, &rewards, &noises, scale);
    let weights = random_weights(model.domains.len(), 8).into_iter().map(f64::ln).collect();
    let fitted = Fitted { weights, noise: -2.0 };
    let slope = slope(&data, scale, model.prior, &fitted);
    let step = 1e-2;
    let moved = |by: f64, place: usize| {
        let mut moved = fitted.clone();
        match data.states().get(place) {
            Some(&state) => moved.weights[state] += by,
            None => moved.noise += by,
        }
        objective(&data, scale, model.prior, &moved)
    };
    for (place, slope) in slope.iter().enumerate() {
        let expected = (moved(step, place) - moved(-step, place)) / (2.0 * step);
        assert!((slope - expected).abs() < 2e-3 * expected.abs().max(1.0), "{place}: {slope} {expected}");
    }
}

#[test]
fn a_row_makes_its_trace_again_and_numbers_know_their_order() {
    let context = context();
    let (mut sites, domains) = (Sites::new(&context, false), Domain::all(&context, 0));
    let count = context.graph().vocabulary().states().len();
    let order = |name: &str| {
        let place = (0..count).find(|&row| context.graph().vocabulary().states()[row].name() == name).unwrap();
        (0..domains[place].count() as u32).map(|action| domains[place].place(action)).collect::<Vec<_>>()
    };
    assert_eq!(order("Net.Conv.width"), [Some(2), Some(0), Some(1)]);
    assert_eq!(order("Net.Dense.kind"), [None, None, None]);
    assert_eq!(order("Head.bias"), [None, None]);
    let head = |net: &Net| {
        let trace = encode(net).unwrap();
        let row = sites.row(&context, pair(&context), &trace).unwrap();
        row.iter().map(|entry| entry.site).collect::<Vec<_>>()
    };
    let mut head = head;
    let of = |units| Head { units, bias: true };
    let conv = Net::Conv { width: 16, gates: vec![true], low: 1, high: 2, head: of(3) };
    let long = Net::Conv { width: 16, gates: vec![true, false], low: 1, high: 2, head: of(3) };
    let (conv, long, dense) = (head(&conv), head(&long), head(&Net::Dense { head: of(9), kind: "a".to_owned() }));
    // The head is the same part of both branches, and of lists of any length.
    assert_eq!(conv[conv.len() - 2..], dense[1..3]);
    assert_eq!(conv[conv.len() - 2..], long[long.len() - 2..]);
}

/// Of 200 configs: each neighbour differs as its change says, is a config, and is known by its own key.
#[test]
fn neighbours_are_what_they_say() {
    let context = context();
    let pair = pair(&context);
    let mut model = Model::new(&context, 0);
    let all = rows(&context, &mut model.sites, 200, 9);
    let (mut tried, mut rng) = (Tried::default(), Pcg64::seed_from_u64(10));
    let (mut alone, mut others) = (0, 0);
    for (trace, row) in &all {
        let key = tried.key(&context, pair, trace);
        let mut other_tried = tried.clone();
        let mut breeder = Breeder {
            context: &context,
            pair,
            sites: &mut model.sites,
            domains: &model.domains,
            tried: &mut tried,
            rng: &mut rng,
            visited: HashSet::default(),
        };
        for found in breeder.neighbours(Base { trace, row, key }, 50, Origin::Neighbour).unwrap() {
            assert_ne!(found.trace, *trace);
            assert_eq!(found.key, other_tried.key(&context, pair, &found.trace));
            assert_eq!(Some(&found.row), breeder.sites.row(&context, pair, &found.trace).as_ref());
            match found.change {
                Some((from, to)) => {
                    let differing: Vec<_> = row.iter().zip(&found.row).filter(|(a, b)| a != b).collect();
                    assert_eq!(differing, [(&from, &to)]);
                    alone += 1;
                }
                None => others += 1,
            }
        }
    }
    assert!(alone > 1000 && others > 300, "{alone} {others}");
}

/// Seeds 0 to 4, 60 trials: the two states that matter are found out.
#[test]
fn what_matters_has_the_largest_weights_and_shares() {
    #[crate::search_space]
    #[derive(Debug)]
    struct Flags {
        flags: [bool; 10],
        #[space(range = 1..=9)]
        size: u32,
    }
    for seed in 0..5 {
        let mut search = BayesianSearch::<Flags>::new(seed);
        for _ in 0..60 {
            let trial = search.ask().unwrap();
            let reward = 3.0 * f64::from(u8::from(trial.config.flags[4])) - (f64::from(trial.config.size) - 3.0).abs();
            search.tell(trial, reward).unwrap();
        }
        let insight = search.insight().unwrap();
        let mut by_weight = insight.states.clone();
        by_weight.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        let names: Vec<&str> = by_weight[..2].iter().map(|it| it.state.as_str()).collect();
        assert!(names.contains(&"Flags.flags[4]") && names.contains(&"Flags.size"), "seed {seed}: {by_weight:?}");
        let share = |name: &str| insight.states.iter().find(|it| it.state == name).unwrap().share;
        // The rest is what both do together: the model knows little of configs far from the best.
        assert!(share("Flags.flags[4]") > 0.1 && share("Flags.size") > 0.1, "seed {seed}: {insight:?}");
        assert!((0..10).filter(|i| *i != 4).all(|i| share(&format!("Flags.flags[{i}]")) < 0.05), "seed {seed}");
        let size = insight.states.iter().find(|it| it.state == "Flags.size").unwrap();
        let best = size.slice.iter().max_by(|a, b| a.mean.total_cmp(&b.mean)).unwrap();
        assert_eq!((best.label.as_str(), size.slice.len()), ("3", 9), "seed {seed}");
        assert!((best.mean - 3.0).abs() < 0.5 && best.is_best, "seed {seed}: {best:?}");
    }
}

/// Seeds 0 to 4: a rename keeps its weight, what is new has the mean of all.
#[test]
fn weights_go_with_their_names() {
    mod later {
        #[crate::search_space(name = "Flags")]
        #[derive(Debug)]
        pub(super) struct Changed {
            #[space(range = 1..=9, alias = "Flags.size")]
            pub(super) width: u32,
            pub(super) extra: bool,
            pub(super) first: bool,
        }
    }
    #[crate::search_space]
    #[derive(Debug)]
    struct Flags {
        first: bool,
        second: bool,
        #[space(range = 1..=9)]
        size: u32,
    }
    let weight = |search: &Bayesian, context: &Context, name: &str| {
        let states = context.graph().vocabulary().states();
        let row = states.iter().position(|state| state.name() == name).unwrap();
        search.fitted.as_ref().unwrap().weights[row]
    };
    for seed in 0..5 {
        let mut search = BayesianSearch::<Flags>::new(seed);
        for _ in 0..30 {
            let trial = search.ask().unwrap();
            let reward = f64::from(trial.config.size) + f64::from(u8::from(trial.config.first));
            search.tell(trial, reward).unwrap();
        }
        let mut next = BayesianSearch::<later::Changed>::new(seed);
        let report = next.adapt(&search.snapshot().unwrap().unwrap(), 4).unwrap().unwrap();
        let before = |name| weight(search.inner_strategy(), &search.context(), name);
        let after = |name| weight(next.inner_strategy(), &next.context(), name);
        assert_eq!(after("Flags.width").to_bits(), before("Flags.size").to_bits());
        assert_eq!(after("Flags.first").to_bits(), before("Flags.first").to_bits());
        assert!(report.to_string().contains("extra"), "{report}");
        let _ = next.ask().map(|trial| (trial.config.width, trial.config.extra, trial.config.first)).unwrap();
    }
}

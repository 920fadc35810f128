//! What is believed of values and variants before anything is known.

use std::collections::BTreeMap;

use transfer_nas::prelude::*;
use transfer_nas::search::RandomSearch;

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Net {
    #[space(choices = [1, 2, 3], prior = [6, 3, 1])]
    layers: u8,
    #[space(range = 2..=3, prior = [0.25, 0.75], ge = layers)]
    after: u8,
    #[space(prior = [9, 1])]
    bias: bool,
    #[space(len = 1..=2, choices = ["a", "b"], prior = [4, 1])]
    names: Vec<String>,
    act: Act,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
enum Act {
    #[space(weight = 7)]
    Relu,
    Tanh,
    #[space(skip)]
    Custom,
    #[space(weight = 2.0)]
    Leaky {
        deep: bool,
    },
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Plain {
    #[space(choices = [1, 2, 3], prior = [6, 3, 1])]
    layers: u8,
    #[space(prior = [9, 1])]
    bias: bool,
    act: Act,
}

/// The share of each value in many draws.
fn shares<K: Ord>(draws: usize, mut draw: impl FnMut() -> K) -> BTreeMap<K, f64> {
    let mut shares = BTreeMap::new();
    (0..draws).for_each(|_| *shares.entry(draw()).or_default() += 1.0 / draws as f64);
    shares
}

/// Four standard errors of a share of one half.
fn margin(draws: usize) -> f64 {
    2.0 / (draws as f64).sqrt()
}

#[test]
fn random_search_draws_by_weight() {
    let mut search = RandomSearch::<Plain>::new(5);
    let layers = shares(20_000, || search.sample().unwrap().layers);
    let mut search = RandomSearch::<Plain>::new(6);
    let bias = shares(20_000, || search.sample().unwrap().bias);
    let mut search = RandomSearch::<Plain>::new(7);
    let relu = shares(20_000, || search.sample().unwrap().act == Act::Relu);
    for (found, expected) in
        [(layers[&1], 0.6), (layers[&2], 0.3), (layers[&3], 0.1), (bias[&false], 0.9), (relu[&true], 0.7)]
    {
        assert!((found - expected).abs() < margin(20_000), "{found} {expected}");
    }
}

#[test]
fn policies_begin_with_the_prior_and_learn_from_it() {
    // The maps of a fresh agent are random: the mean over seeds 0 to 199.
    let relu = |prior: bool| {
        let of = |seed| -> f64 {
            let agent = Agent::<Plain>::builder().seed(seed).build().unwrap();
            let is_meant = |config: &Plain| if prior { config.act == Act::Relu } else { config.layers == 1 };
            Plain::enumerate().filter(is_meant).map(|config| agent.log_prob(&config).unwrap().exp()).sum()
        };
        (0..200).map(of).sum::<f64>() / 200.0
    };
    assert!((relu(true) - 0.7).abs() < 0.04, "{}", relu(true));
    assert!((relu(false) - 0.6).abs() < 0.04, "{}", relu(false));

    let mut agent = Agent::<Plain>::builder().seed(1).build().unwrap();
    for _ in 0..1_500 {
        let trial = agent.sample::<Plain>().unwrap();
        let reward = f64::from(trial.config.layers);
        agent.observe(trial, reward).unwrap();
    }
    let three: f64 = Plain::enumerate()
        .filter(|config| config.layers == 3)
        .map(|config| agent.log_prob(&config).unwrap().exp())
        .sum();
    assert!(three > 0.5, "{three}: what the prior makes unlikely is found, too");
}

#[test]
fn a_prior_changes_neither_values_nor_names() {
    assert_eq!(Plain::enumerate().count(), 3 * 2 * 4);
    let configs: Vec<Net> = Net::enumerate().collect();
    assert_eq!(Net::space().cardinality(), configs.len().into());
    assert!(configs.iter().all(|net| net.after >= net.layers));
    let custom = Plain { layers: 1, bias: true, act: Act::Custom };
    assert!(transfer_nas::space::encode(&custom).unwrap_err().to_string().contains("Custom"));
}

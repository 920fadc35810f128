//! Items that are taken once: which of them (`subset`), and in which order (`permutation`).

use std::collections::{BTreeMap, BTreeSet};

use transfer_nas::agent::Fate;
use transfer_nas::prelude::*;
use transfer_nas::search::{BayesianSearch, LocalSearch, RandomSearch, RegularizedEvolution, Searcher};
use transfer_nas::space::{UniformSampler, decode, encode};

/// For `n` items: any subset, those of one to three items, and orders in a list and in an array.
macro_rules! items {
    ($module:ident, $n:literal, $most:literal, [$($item:literal),*]) => {
        mod $module {
            use transfer_nas::prelude::*;

            #[search_space]
            #[derive(Debug, Clone, PartialEq)]
            pub(super) struct Any { #[space(subset = [$($item),*])] pub(super) items: Vec<u8> }

            #[search_space]
            #[derive(Debug, Clone, PartialEq)]
            pub(super) struct Some { #[space(subset = [$($item),*], len = 1..=$most)] pub(super) items: Vec<u8> }

            #[search_space]
            #[derive(Debug, Clone, PartialEq)]
            pub(super) struct Order { #[space(permutation = [$($item),*])] pub(super) items: Vec<u8> }

            #[search_space]
            #[derive(Debug, Clone, PartialEq)]
            pub(super) struct Places { #[space(permutation = [$($item),*])] pub(super) items: [u8; $n] }

            #[test]
            fn counts_are_the_combinatorial_ones() {
                super::check($n, $most, |any: &Any| &any.items, |some: &Some| &some.items, |order: &Order| &order.items);
                assert_eq!(super::configs::<Places>(), super::factorial($n));
            }
        }
    };
}

items!(one, 1, 1, [1]);
items!(two, 2, 2, [1, 2]);
items!(three, 3, 3, [1, 2, 3]);
items!(four, 4, 3, [1, 2, 3, 4]);
items!(five, 5, 3, [1, 2, 3, 4, 5]);
items!(six, 6, 3, [1, 2, 3, 4, 5, 6]);
items!(seven, 7, 3, [1, 2, 3, 4, 5, 6, 7]);

fn factorial(n: usize) -> usize {
    (1..=n).product()
}

fn binomial(n: usize, k: usize) -> usize {
    factorial(n) / factorial(k) / factorial(n - k)
}

/// The number of configs: as the space says, as they are listed, and each of them comes back.
fn configs<T: SearchSpace + PartialEq + std::fmt::Debug>() -> usize {
    let configs: Vec<T> = T::enumerate().collect();
    let traces: BTreeSet<_> = configs.iter().map(|config| encode(config).unwrap()).collect();
    for config in &configs {
        assert_eq!(decode::<T>(&encode(config).unwrap()).unwrap(), *config);
    }
    assert_eq!((T::space().cardinality(), traces.len()), (configs.len().into(), configs.len()));
    configs.len()
}

fn check<A, S, O>(n: usize, most: usize, any: fn(&A) -> &Vec<u8>, some: fn(&S) -> &Vec<u8>, order: fn(&O) -> &Vec<u8>)
where
    A: SearchSpace + PartialEq + std::fmt::Debug,
    S: SearchSpace + PartialEq + std::fmt::Debug,
    O: SearchSpace + PartialEq + std::fmt::Debug,
{
    assert_eq!(configs::<A>(), 1 << n);
    assert_eq!(configs::<S>(), (1..=most).map(|k| binomial(n, k)).sum::<usize>());
    assert_eq!(configs::<O>(), factorial(n));
    let is_set = |items: &[u8]| items.windows(2).all(|pair| pair[0] < pair[1]);
    assert!(A::enumerate().all(|config| is_set(any(&config))));
    assert!(S::enumerate().all(|config| is_set(some(&config)) && (1..=most).contains(&some(&config).len())));
    let orders: BTreeSet<Vec<u8>> = O::enumerate().map(|config| order(&config).clone()).collect();
    assert_eq!(orders.len(), factorial(n));
}

/// Pearson's statistic against the uniform distribution over `cells` cells.
fn chi_squared(counts: &BTreeMap<Vec<u8>, u32>, cells: usize) -> f64 {
    let total: u32 = counts.values().sum();
    let expected = f64::from(total) / cells as f64;
    let missing = (cells - counts.len()) as f64 * expected;
    missing + counts.values().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum::<f64>()
}

/// The statistic is below this in all but one of 10,000 cases (Wilson and Hilferty).
fn critical(cells: usize) -> f64 {
    let freedom = (cells - 1) as f64;
    let spread = 2.0 / (9.0 * freedom);
    freedom * (1.0 - spread + 3.719 * spread.sqrt()).powi(3)
}

fn frequencies(draws: usize, mut draw: impl FnMut() -> Vec<u8>) -> BTreeMap<Vec<u8>, u32> {
    let mut counts = BTreeMap::new();
    (0..draws).for_each(|_| *counts.entry(draw()).or_default() += 1);
    counts
}

#[test]
fn random_search_draws_sets_and_orders_uniformly() {
    for seed in 1..=3 {
        let mut search = RandomSearch::<seven::Some>::new(seed);
        let counts = frequencies(20_000, || search.sample().unwrap().items);
        assert!(chi_squared(&counts, 63) < critical(63), "seed {seed}");

        let mut search = RandomSearch::<five::Order>::new(seed);
        let counts = frequencies(20_000, || search.sample().unwrap().items);
        assert!(chi_squared(&counts, 120) < critical(120), "seed {seed}");
    }
}

#[test]
fn no_draw_is_wasted_where_configs_are_drawn_uniformly() {
    use transfer_nas::rand::SeedableRng;
    let mut rng = rand_pcg::Pcg64::seed_from_u64(4);
    let mut sampler = UniformSampler::<seven::Order>::over_configs();
    let counts = frequencies(30_000, || sampler.sample(&mut rng).unwrap().items);
    assert!(chi_squared(&counts, 5_040) < critical(5_040));
    assert_eq!(sampler.acceptance(), Some(1.0));
}

/// An untrained policy's maps are random, so that each agent has preferences of its own; over many there is none but a small one
/// for what is forced less often.
#[test]
fn untrained_policies_prefer_no_set() {
    let mut seed = 0;
    let counts = frequencies(1_500, || {
        seed += 1;
        let mut agent = Agent::<four::Some>::builder().seed(seed).build().unwrap();
        agent.sample::<four::Some>().unwrap().config.items
    });
    assert!(chi_squared(&counts, 14) < critical(14), "{counts:?}");
}

#[test]
fn a_policy_s_probabilities_of_all_sets_add_up_to_one() {
    let mut agent = Agent::<four::Some>::builder().seed(3).build().unwrap();
    for _ in 0..20 {
        let trial = agent.sample::<four::Some>().unwrap();
        let reward = trial.config.items.len() as f64;
        agent.observe(trial, reward).unwrap();
    }
    let all: f64 = four::Some::enumerate().map(|config| agent.log_prob(&config).unwrap().exp()).sum();
    assert!((all - 1.0).abs() < 1e-5, "{all}");
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Augment {
    #[space(subset = ["flip", "crop", "mixup"], len = 1..=2)]
    ops: Vec<String>,
    #[space(permutation = [Step::Scale, Step::Blur, Step::Cut])]
    order: [Step; 3],
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Scale,
    Blur,
    Cut,
}

#[test]
fn a_set_encodes_in_any_order_and_nothing_else_does() {
    let augment = |ops: &[&str], order| Augment { ops: ops.iter().map(|&op| op.to_owned()).collect(), order };
    let order = [Step::Cut, Step::Scale, Step::Blur];
    let trace = encode(&augment(&["mixup", "flip"], order)).unwrap();
    assert_eq!(decode::<Augment>(&trace).unwrap(), augment(&["flip", "mixup"], order));
    let error = |ops: &[&str], order| encode(&augment(ops, order)).unwrap_err().to_string();
    let expected = "1 to 2 of flip, crop, mixup, each once";
    for ops in [&["flip", "flip"][..], &[], &["flip", "crop", "mixup"], &["rotate"]] {
        assert!(error(ops, order).contains(expected), "{}", error(ops, order));
    }
    assert!(error(&["flip"], [Step::Cut; 3]).contains("Scale, Blur, Cut, each once"));
}

#[test]
fn every_search_tries_all_and_then_says_so() {
    let total = (3 + 3) * 6;
    let tried = |mut search: Box<dyn FnMut() -> Option<Augment>>| std::iter::from_fn(&mut search).count();
    macro_rules! all {
        ($search:expr) => {{
            let mut search = $search.unique();
            tried(Box::new(move || {
                let trial = search.ask().ok()?;
                let config = trial.config.clone();
                search.tell(trial, config.ops.len() as f64).unwrap();
                Some(config)
            }))
        }};
    }
    assert_eq!(all!(RandomSearch::<Augment>::new(1)), total);
    assert_eq!(all!(RegularizedEvolution::<Augment>::new(1)), total);
    assert_eq!(all!(LocalSearch::<Augment>::new(1)), total);
    assert_eq!(all!(BayesianSearch::<Augment>::new(1)), total);
    assert_eq!(all!(Agent::<Augment>::builder().seed(1).build().unwrap()), total);
}

mod later {
    use transfer_nas::prelude::*;

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(super) struct Augment {
        #[space(subset = ["flip", "rotate", "crop", "mixup"], len = 1..=2)]
        pub(super) ops: Vec<String>,
        #[space(permutation = [super::Step::Scale, super::Step::Blur, super::Step::Cut])]
        order: [super::Step; 3],
    }
}

#[test]
fn what_is_known_of_items_stays_where_one_is_added() {
    let mut agent = Agent::<Augment>::builder().seed(2).build().unwrap();
    for _ in 0..300 {
        let trial = agent.sample::<Augment>().unwrap();
        let reward = f64::from(u8::from(trial.config.ops == ["crop"]));
        agent.observe(trial, reward).unwrap();
    }
    let (agent, report) = Agent::<later::Augment>::transfer(&agent).unwrap();
    let of = |fate: &Fate| -> Vec<String> {
        report.states.iter().filter(|state| state.state.fate == *fate).map(|state| state.state.name.clone()).collect()
    };
    assert_eq!(of(&Fate::New), ["Augment.ops[rotate]"]);
    assert!(of(&Fate::Dropped).is_empty());
    let share = |ops: &[&str]| -> f64 {
        let has = |augment: &later::Augment| augment.ops == ops;
        later::Augment::enumerate().filter(has).map(|config| agent.log_prob(&config).unwrap().exp()).sum()
    };
    let (crop, flip) = (share(&["crop"]), share(&["flip"]));
    assert!(crop > 2.0 * flip, "{crop} {flip}");
}

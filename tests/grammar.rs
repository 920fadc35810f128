//! Every key of the grammar: what it means, that values survive the round trip, and that masks hold.

#[path = "grammar/containing.rs"]
mod containing;
mod support;

use std::collections::HashSet;
use std::marker::PhantomData;

use proptest::prelude::*;
use transfer_nas::prelude::*;
use transfer_nas::search::RandomSearch;
use transfer_nas::space::{Graph, decode, encode, longest};
use transfer_nas::{SearchSpace, Universe};

const WIDE: u32 = 256;

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Activation {
    Relu,
    #[space(alias = "HyperbolicTangent")]
    Tanh,
    Gelu,
    #[space(skip)]
    Custom,
}

#[search_space(max_depth = 3)]
#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Leaf(bool),
    Node {
        left: Box<Tree>,
        right: Option<Box<Tree>>,
        #[space(len = 0..=2)]
        more: Vec<Tree>,
    },
}

/// Forty lines with every key.
#[search_space(name = "Everything", alias = "Old", valid = Zoo::is_good, prune = Zoo::is_hopeless)]
#[derive(Debug, Clone, PartialEq)]
struct Zoo {
    #[space(choices = [16, 32, WIDE], labels = ["narrow", "normal", "wide"], alias = "size")]
    width: u32,
    #[space(range = -4..=4, step = 4)]
    shift: i64,
    #[space(range = 0.0..=1.0, bins = 3)]
    dropout: f32,
    #[space(range = 0.0001..=0.1, bins = 4, log)]
    rate: f64,
    #[space(range = 1..=1000, bins = 4, log)]
    epochs: u64,
    #[space(pow2 = 16..=64)]
    batch: usize,
    #[space(pow2 = 8..=64, le = batch)]
    micro_batch: usize,
    #[space(range = 0..=7)]
    first: u8,
    #[space(range = 1..=2)]
    third: u8,
    #[space(range = 1..=9, gt = first, ne = third, ge = first)]
    second: u8,
    #[space(range = 0..=9, lt = second, le = second)]
    last: u8,
    #[space(choices = ["same", "valid"], state = "padding")]
    padding: [String; 2],
    #[space(only(Relu, Tanh))]
    inner: Activation,
    #[space(except(Relu))]
    outer: Option<Activation>,
    #[space(tied, choices = [1, 3])]
    kernels: [u8; 3],
    #[space(indices = [0, 5], state = "edge")]
    edges: [bool; 2],
    #[space(len = 1..=2)]
    trees: Vec<Tree>,
    tuple: (bool, Box<Activation>),
    #[space(skip)]
    cache: Vec<u8>,
    #[space(skip = 7)]
    device: usize,
    marker: PhantomData<str>,
}

impl Zoo {
    fn is_good(&self) -> bool {
        self.width != 16 || !self.tuple.0
    }

    /// Two edges are one too many; undecided ones stand at `false`.
    fn is_hopeless(&self, _decided: usize) -> bool {
        self.edges == [true, true]
    }
}

fn depth(tree: &Tree) -> usize {
    let children = match tree {
        Tree::Leaf(_) => vec![],
        Tree::Node { left, right, more } => {
            std::iter::once(&**left).chain(right.as_deref()).chain(more).map(depth).collect()
        }
    };
    1 + children.into_iter().max().unwrap_or(0)
}

fn keeps_its_masks(zoo: &Zoo) {
    assert!(zoo.micro_batch <= zoo.batch);
    assert!(zoo.second > zoo.first && zoo.second != zoo.third && zoo.last < zoo.second);
    assert!(matches!(zoo.inner, Activation::Relu | Activation::Tanh));
    assert!(matches!(zoo.outer, None | Some(Activation::Tanh | Activation::Gelu)));
    assert_ne!(zoo.edges, [true, true]);
    assert!(zoo.trees.iter().all(|tree| depth(tree) <= 3));
    assert!(zoo.is_good());
    assert_eq!((zoo.device, zoo.cache.len()), (7, 0));
}

/// Seed 3, 100,000 configs.
#[test]
fn a_type_with_every_key_survives_the_round_trip() {
    let mut search = RandomSearch::<Zoo>::new(3);
    let (mut depths, mut widths) = (HashSet::new(), HashSet::new());
    for _ in 0..100_000 {
        let zoo = search.sample().unwrap();
        keeps_its_masks(&zoo);
        let trace = encode(&zoo).unwrap();
        assert!(trace.len() <= longest(Zoo::SPACE));
        assert_eq!(decode::<Zoo>(&trace).unwrap(), zoo);
        depths.extend(zoo.trees.iter().map(depth));
        widths.insert(zoo.width);
    }
    assert_eq!(depths, HashSet::from([1, 2, 3]));
    assert_eq!(widths, HashSet::from([16, 32, WIDE]));
}

proptest! {
    /// Any seed of the random search, not only the ones of the other tests.
    #[test]
    fn any_config_survives_the_round_trip(seed: u64) {
        let zoo = RandomSearch::<Zoo>::new(seed).sample().unwrap();
        let trace = encode(&zoo).unwrap();
        prop_assert_eq!(decode::<Zoo>(&trace).unwrap(), zoo);
    }
}

#[test]
fn an_agent_keeps_the_masks_too() {
    for attention in [Attention::Causal, Attention::Full] {
        let mut agent = Agent::<Zoo>::builder().seed(5).attention(attention).build().unwrap();
        for i in 0..60 {
            let trial = agent.sample::<Zoo>().unwrap();
            keeps_its_masks(&trial.config);
            let log_prob = agent.log_prob(&trial.config).unwrap();
            assert!((trial.log_prob() - log_prob).abs() < 1e-3, "{attention:?}");
            agent.observe(trial, f64::from(i % 5)).unwrap();
        }
    }
}

/// `a < b`, `c != a`, no two gates: small enough to list.
#[search_space(prune = |masked: &Masked, _| masked.gates == [true, true])]
#[derive(Debug, Clone, PartialEq)]
struct Masked {
    #[space(range = 1..=3)]
    a: u8,
    #[space(range = 1..=4, gt = a)]
    b: u8,
    #[space(choices = [1, 3], ne = a)]
    c: u8,
    gates: [bool; 2],
    #[space(except(Gelu))]
    activation: Activation,
}

#[test]
fn the_probabilities_of_all_unmasked_configs_sum_to_one() {
    let flags = [false, true];
    let mut configs = Vec::new();
    for (a, b) in (1..=3).flat_map(|a| (a + 1..=4).map(move |b| (a, b))) {
        for c in [1, 3].into_iter().filter(|&c| c != a) {
            for gates in flags.into_iter().flat_map(|x| flags.map(|y| [x, y])).filter(|gates| *gates != [true, true]) {
                configs.extend([Activation::Relu, Activation::Tanh].map(|activation| Masked {
                    a,
                    b,
                    c,
                    gates,
                    activation,
                }));
            }
        }
    }
    for attention in [Attention::Causal, Attention::Full] {
        let mut agent = Agent::<Masked>::builder().seed(1).attention(attention).build().unwrap();
        for _ in 0..30 {
            let trial = agent.sample::<Masked>().unwrap();
            let reward = f64::from(trial.config.b);
            agent.observe(trial, reward).unwrap();
        }
        let sum: f64 = configs.iter().map(|config| agent.log_prob(config).unwrap().exp()).sum();
        assert!((sum - 1.0).abs() < 1e-5, "{attention:?}: {sum}");
    }
}

#[test]
fn a_masked_value_is_refused_by_name() {
    let good = Masked { a: 1, b: 2, c: 3, gates: [false, true], activation: Activation::Relu };
    let agent = Agent::<Masked>::builder().build().unwrap();
    assert!(agent.log_prob(&good).is_ok());
    let message = |config: Masked| agent.log_prob(&config).unwrap_err().to_string();
    assert_eq!(
        message(Masked { b: 1, ..good.clone() }),
        "`Masked.b` is 1, which is not in its domain: greater than `a`"
    );
    assert_eq!(
        message(Masked { a: 3, b: 4, ..good.clone() }),
        "`Masked.c` is 3, which is not in its domain: other than `a`"
    );
    assert_eq!(
        message(Masked { activation: Activation::Gelu, ..good.clone() }),
        "`Masked.activation` is Gelu, which is not in its domain: Relu, Tanh"
    );
    assert_eq!(
        message(Masked { gates: [true, true], ..good }),
        "the config is not in its space: decision 4, `Masked.gates[1]`, cannot be `true` here: a restriction, a comparison with an earlier number, a prune predicate or the depth excludes it"
    );
    let leaf = || Box::new(Tree::Leaf(true));
    let deeper = |tree| Box::new(Tree::Node { left: tree, right: None, more: vec![] });
    assert!(encode(&Activation::Custom).is_err());
    assert!(encode(&*deeper(deeper(leaf()))).is_ok());
    let too_deep = encode(&*deeper(deeper(deeper(leaf())))).unwrap_err().to_string();
    assert_eq!(too_deep, "`Tree` is nested 4 deep, which is not in its domain: a depth of at most 3");
}

fn states<U: Universe>() -> Vec<(String, Vec<String>, Vec<String>)> {
    let graph = Graph::new(U::START);
    let labels = |state: &transfer_nas::space::State| state.labels.iter().map(|label| label.name.clone()).collect();
    let states = graph.vocabulary().states().iter();
    states.map(|state| (state.name().to_owned(), state.names.aliases.clone(), labels(state))).collect()
}

#[test]
fn names_aliases_and_labels_are_those_written() {
    let states = states::<Zoo>();
    let find = |name: &str| states.iter().find(|(state, ..)| state == name).unwrap_or_else(|| panic!("{name}"));
    let labels = |name: &str| find(name).2.join(" ");
    assert_eq!(labels("Everything.width"), "narrow normal wide");
    assert_eq!(find("Everything.width").1, ["Old.width", "Everything.size", "Old.size"]);
    assert_eq!(labels("Everything.shift"), "-4 0 4");
    assert_eq!(labels("Everything.dropout"), "0 0.5 1");
    assert_eq!(labels("Everything.rate"), "0.0001 0.001 0.01 0.1");
    assert_eq!(labels("Everything.epochs"), "1 10 100 1000");
    assert_eq!(labels("Everything.batch"), "16 32 64");
    assert_eq!(labels("padding[1]"), "same valid");
    assert_eq!(labels("Everything.kernels"), "1 3");
    assert_eq!(labels("edge[0]") + &labels("edge[5]"), "false truefalse true");
    // All three uses together: `only`, `except`, and the whole enum.
    assert_eq!(labels("Activation"), "Relu Tanh Gelu");
    assert_eq!(labels("Tree"), "Leaf Node");
    assert_eq!(labels("Tree.Node.more.len"), "0 1 2");
    assert!(states.iter().all(|(name, ..)| !name.contains("cache") && !name.contains("device")));
}

#[test]
fn the_sizes_known_to_the_compiler_are_those_of_the_graph() {
    support::sizes_agree::<Zoo>();
    support::sizes_agree::<Tree>();
    support::sizes_agree::<Masked>();
    support::sizes_agree::<Alone>();
    support::sizes_agree::<Rooted>();
    support::sizes_agree::<Between>();
    // One leaf takes two decisions. At depth 2 a node has up to four leaves: itself, left, right and whether, the length
    // of more, and two more.
    assert_eq!(longest(Tree::SPACE), {
        let node = |child: usize| 1 + child + (1 + child) + (1 + 2 * child);
        node(node(2))
    });
}

#[test]
fn counting_listing_and_drawing_agree() {
    // a < b: 6 pairs; c differs from a: 2 of 3 pairs of values on average.
    let configs: Vec<Masked> = Masked::enumerate().collect();
    // The predicate leaves three of the four pairs of gates, which counting does not ask.
    assert_eq!(Masked::space().cardinality(), (configs.len() / 3 * 4).into());
    let distinct: HashSet<String> = configs.iter().map(|config| format!("{config:?}")).collect();
    assert_eq!(distinct.len(), configs.len());

    // 60,000 draws, seed 5: each of the configs is expected so often, and 4.5 deviations are allowed.
    let mut search = RandomSearch::<Masked>::over_configs(5);
    let mut counts = std::collections::HashMap::new();
    for _ in 0..60_000 {
        *counts.entry(format!("{:?}", search.sample().unwrap())).or_insert(0u32) += 1;
    }
    assert_eq!(counts.len(), configs.len());
    let expected = 60_000.0 / configs.len() as f64;
    assert!(counts.values().all(|&count| (f64::from(count) - expected).abs() < 4.5 * expected.sqrt()), "{counts:?}");
}

#[test]
fn the_cardinality_of_a_recursive_type_is_exact() {
    // Leaves: 2. A node at the next depth: left, an option of right, and none to two more.
    let node = |below: u64| below * (1 + below) * (1 + below + below * below);
    let (one, two) = (2, 2 + node(2));
    let three = 2 + node(two);
    assert_eq!(one, 2);
    assert_eq!(Tree::space().cardinality(), three.into());
    assert_eq!(Masked::space().longest_trace(), 6);
}

/// Long ranges stay within the compiler's patience.
#[search_space]
#[derive(Debug)]
struct Long {
    #[space(range = 0..=4_000)]
    low: u32,
    #[space(range = 1..=4_001, gt = low)]
    high: u32,
}

#[test]
fn long_ranges_are_compared_and_counted() {
    assert_eq!(Long::space().cardinality(), (4_001u64 * 4_002 / 2).into());
    let long = Long::sample_uniform(&mut rand::rng()).unwrap();
    assert!(long.low < long.high);
}

/// At depth 1 nothing contains itself, though the states of what could are counted.
#[search_space(max_depth = 1)]
#[derive(Debug, PartialEq)]
struct Alone {
    #[space(len = 0..=3)]
    children: Vec<(bool, Box<Alone>)>,
    #[space(choices = [1, 2])]
    weight: u8,
}

/// A restriction is for the outermost value.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Rooted {
    #[space(only(Node))]
    tree: Tree,
}

/// Restricted numbers on both sides of a comparison.
#[search_space]
#[derive(Debug)]
struct Between {
    #[space(range = 1..=4, except(1))]
    r#yield: u8,
    #[space(range = 1..=4, only(1, 2), lt = r#yield, ne = r#yield)]
    low: u8,
    #[space(range = 0..=18446744073709551615, bins = 3)]
    wide: u64,
}

#[test]
fn restrictions_and_depths_meet() {
    let alone = [1, 2].map(|weight| Alone { children: vec![], weight });
    assert_eq!(Alone::enumerate().collect::<Vec<_>>(), alone);
    let agent = Agent::<Alone>::builder().build().unwrap();
    assert!((agent.log_prob(&alone[0]).unwrap().exp() + agent.log_prob(&alone[1]).unwrap().exp() - 1.0).abs() < 1e-5);

    let mut rooted = Agent::<Rooted>::builder().seed(2).build().unwrap();
    let mut leaves_inside = 0;
    for _ in 0..100 {
        let trial = rooted.sample::<Rooted>().unwrap();
        let Tree::Node { left, .. } = &trial.config.tree else { panic!("only a node") };
        leaves_inside += u32::from(matches!(**left, Tree::Leaf(_)));
        assert!(rooted.log_prob(&trial.config).is_ok());
    }
    assert!(leaves_inside > 0);
    assert_eq!(Rooted::space().cardinality(), Tree::space().cardinality() - 2u8);

    let wide = || Between::enumerate().map(|between| between.wide).collect::<HashSet<_>>();
    assert_eq!(wide(), HashSet::from([0, 1 << 63, u64::MAX]));
    // (2, 1), (3, 1), (3, 2), (4, 1), (4, 2)
    assert_eq!(Between::space().cardinality(), (5u8 * 3).into());
    assert_eq!(Between::enumerate().count(), 15);
    assert!(Between::enumerate().all(|between| between.low < between.r#yield));
}

#[test]
fn a_type_with_every_key_prints_its_tree() {
    let tree = Zoo::space().to_string();
    for line in [
        "Everything.width: narrow | normal | wide",
        "Everything.rate: 0.0001 | 0.001 | 0.01 | 0.1",
        "Everything.micro_batch: 8 | 16 | 32 | 64, at most Everything.batch",
        "× 3 (tied)",
        "(i = 0, 5)",
        "Activation: Relu | Tanh",
        "nested at most 3 deep",
        "pruned",
    ] {
        assert!(tree.contains(line), "{line}\n{tree}");
    }
}

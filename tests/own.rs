//! States of their own: where a nested type stands, and two types of one name that say what they share.

use std::collections::BTreeSet;

use transfer_nas::prelude::*;
use transfer_nas::space::{decode, encode};

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Conv {
    #[space(choices = [1, 2, 3, 5], alias = "size")]
    kernel: u8,
    act: Act,
    gates: [Act; 2],
    #[space(choices = [0.1, 0.2], state = "rate")]
    rate: f32,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
enum Act {
    Relu,
    Leaky {
        #[space(choices = [0.5, 0.25])]
        slope: f32,
    },
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Net {
    stem: Conv,
    #[space(own, len = 1..=2, alias = "blocks")]
    layers: Vec<Conv>,
    #[space(own)]
    head: Option<Conv>,
}

fn names<T: SearchSpace>() -> Vec<String> {
    T::space().states().iter().map(|state| state.name().to_owned()).collect()
}

#[test]
fn states_are_named_after_the_place() {
    let shared = ["Conv.kernel", "Act", "Act.Leaky.slope", "rate"];
    let of = |place: &str| {
        let local = [
            "kernel",
            "act",
            "act.Leaky.slope",
            "gates[0]",
            "gates[0].Leaky.slope",
            "gates[1]",
            "gates[1].Leaky.slope",
        ];
        local.map(|local| format!("{place}.{local}")).to_vec()
    };
    let own = [of("Net.layers[0]"), of("Net.layers[1]"), vec!["Net.head".to_owned()], of("Net.head.some")].concat();
    let expected: Vec<String> =
        shared.iter().map(|&name| name.to_owned()).chain(["Net.layers.len".to_owned()]).chain(own).collect();
    assert_eq!(names::<Net>(), expected);
    let state =
        Net::space().states().iter().find(|state| state.name() == "Net.layers[1].kernel").unwrap().names.clone();
    assert_eq!(state.aliases, ["Net.blocks[1].kernel", "Net.layers[1].size"]);
}

#[test]
fn the_sizes_known_to_the_compiler_are_those_of_the_graph() {
    let graph = transfer_nas::space::Graph::new(<Net as transfer_nas::Universe>::START);
    let sizes = [graph.vocabulary().states().len(), graph.vocabulary().actions()];
    assert_eq!(transfer_nas::policy::sizes::<Net>()[..2], sizes);
    assert!(Agent::<Net>::builder().build().is_ok());
}

#[test]
fn configs_are_the_same_as_without() {
    let mut rng = transfer_nas::rand::rng();
    for _ in 0..100 {
        let net = Net::sample_uniform(&mut rng).unwrap();
        assert_eq!(decode::<Net>(&encode(&net).unwrap()).unwrap(), net);
    }
    assert_eq!(Net::space().cardinality(), Shared::space().cardinality());
    assert!(Net::space().to_string().contains("Net.layers[i].kernel: 1 | 2 | 3 | 5"), "{}", Net::space());
}

#[search_space]
#[derive(Debug)]
struct Shared {
    stem: Conv,
    #[space(len = 1..=2)]
    layers: Vec<Conv>,
    head: Option<Conv>,
}

mod first {
    #[transfer_nas::search_space]
    pub(crate) struct Block {
        #[space(choices = [16, 32])]
        pub(crate) width: u32,
    }
}

mod second {
    #[transfer_nas::search_space(shared)]
    pub(crate) struct Block {
        #[space(choices = [32, 64])]
        pub(crate) width: u32,
    }
}

#[search_space]
struct Meeting {
    first: first::Block,
    second: second::Block,
}

#[test]
fn types_of_one_name_share_where_one_says_so() {
    let widths: BTreeSet<u32> = Meeting::enumerate().flat_map(|both| [both.first.width, both.second.width]).collect();
    assert_eq!((names::<Meeting>(), widths.len()), (vec!["Block.width".to_owned()], 3));
}

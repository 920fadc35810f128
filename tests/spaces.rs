//! Values and traces of every kind of type: encoding is the inverse of decoding, and names are what they should be.

mod support;

use std::fmt::Debug;

use serde::{Deserialize, Serialize};
use transfer_nas::prelude::*;
use transfer_nas::search::RandomSearch;
use transfer_nas::space::{Graph, State, decode, encode, longest};
use transfer_nas::{SearchSpace, Universe};

const WIDE: u32 = 256;

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Activation {
    Relu,
    Tanh,
    #[space(skip)]
    Custom,
}

#[search_space]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Dense {
    #[space(choices = [16, 32, WIDE])]
    units: u32,
    activation: Activation,
}

#[search_space]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Pair(bool, #[space(range = -2..=2)] i8);

#[search_space]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Nothing;

#[search_space]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Model {
    Cnn {
        #[space(range = 1..=7, step = 2)]
        kernel: u8,
        #[space(len = 0..=3)]
        blocks: Vec<Dense>,
        #[space(choices = [0.1, 0.5])]
        dropout: Option<f32>,
        head: Box<Dense>,
    },
    Mlp(Dense, Pair),
    Linear,
}

#[search_space(name = "Everything")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Zoo {
    model: Model,
    edges: [[bool; 2]; 2],
    #[space(choices = ["same", "valid"])]
    padding: String,
    #[space(choices = [Activation::Relu, Activation::Tanh], state = "activations")]
    activations: [Activation; 2],
    #[space(len = 1..=2, choices = [8, 16])]
    widths: Vec<u16>,
    #[space(range = 0..=1)]
    both: (u8, Option<u8>),
    #[allow(clippy::option_option)] // A zoo has everything.
    maybe: Option<Option<bool>>,
    nothing: Nothing,
    unit: (),
    #[space(skip = "fixed".to_owned())]
    note: String,
}

/// A generic type is a part of a universe.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Net<B> {
    #[space(len = 1..=2)]
    blocks: Vec<B>,
    deep: bool,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct DenseNet {
    net: Net<Dense>,
}

fn round_trips<T: SearchSpace + PartialEq + Debug>(count: usize) {
    let mut search = RandomSearch::<T>::new(11);
    for _ in 0..count {
        let config = search.sample().unwrap();
        let trace = encode(&config).unwrap();
        assert!(trace.len() <= longest(T::SPACE));
        assert_eq!(decode::<T>(&trace).unwrap(), config);
    }
}

#[test]
fn encoding_is_the_inverse_of_decoding() {
    round_trips::<Zoo>(20_000);
    round_trips::<Model>(5_000);
    round_trips::<DenseNet>(1_000);
    round_trips::<Nothing>(10);
    assert_eq!(Nothing::enumerate().collect::<Vec<_>>(), [Nothing]);
}

fn states<U: Universe>() -> Vec<(String, Vec<String>)> {
    let graph = Graph::new(U::START);
    let labels = |state: &State| state.labels.iter().map(|label| label.name.clone()).collect();
    graph.vocabulary().states().iter().map(|state| (state.name().to_owned(), labels(state))).collect()
}

#[test]
fn states_bear_the_names_of_their_types_and_fields() {
    let names: Vec<String> = states::<Zoo>().into_iter().map(|(name, _)| name).collect();
    let expected = [
        "start",
        "Model",
        "Model.Cnn.kernel",
        "Model.Cnn.blocks.len",
        "Dense.units",
        "Activation",
        "Model.Cnn.dropout",
        "Model.Cnn.dropout.some",
        "Pair.0",
        "Pair.1",
        "Everything.edges[0][0]",
        "Everything.edges[0][1]",
        "Everything.edges[1][0]",
        "Everything.edges[1][1]",
        "Everything.padding",
        "activations[0]",
        "activations[1]",
        "Everything.widths.len",
        "Everything.widths[0]",
        "Everything.widths[1]",
        "Everything.both.0",
        "Everything.both.1",
        "Everything.both.1.some",
        "Everything.maybe",
        "Everything.maybe.some",
        "Everything.maybe.some.some",
    ];
    assert_eq!(names, expected);
}

#[test]
fn actions_bear_the_labels_of_their_values() {
    let states = states::<Zoo>();
    let labels = |name: &str| states.iter().find(|(state, _)| state == name).unwrap().1.join(" ");
    assert_eq!(labels("start"), "Everything");
    assert_eq!(labels("Model"), "Cnn Mlp Linear");
    assert_eq!(labels("Model.Cnn.kernel"), "1 3 5 7");
    assert_eq!(labels("Model.Cnn.blocks.len"), "0 1 2 3");
    assert_eq!(labels("Dense.units"), "16 32 WIDE");
    assert_eq!(labels("Activation"), "Relu Tanh");
    assert_eq!(labels("Model.Cnn.dropout"), "none some");
    assert_eq!(labels("Model.Cnn.dropout.some"), "0.1 0.5");
    assert_eq!(labels("Pair.0"), "false true");
    assert_eq!(labels("Pair.1"), "-2 -1 0 1 2");
}

#[test]
fn the_sizes_known_to_the_compiler_are_those_of_the_graph() {
    support::sizes_agree::<Zoo>();
    support::sizes_agree::<Model>();
    support::sizes_agree::<DenseNet>();
    support::sizes_agree::<Nothing>();
}

#[test]
fn a_value_outside_its_domain_is_named() {
    let message = |error: transfer_nas::space::EncodeError| error.to_string();
    let dense = |units, activation| encode(&Dense { units, activation });
    assert_eq!(
        dense(17, Activation::Relu).map_err(message),
        Err("`Dense.units` is 17, which is not in its domain: 16, 32, WIDE".into())
    );
    assert_eq!(
        dense(16, Activation::Custom).map_err(message),
        Err("`Activation` is Custom, which is not in its domain: the variants that are not skipped".into())
    );
    assert_eq!(
        encode(&Pair(true, 3)).map_err(message),
        Err("`Pair.1` is 3, which is not in its domain: -2..=2".into())
    );
    let cnn = Model::Cnn {
        kernel: 2,
        blocks: vec![],
        dropout: None,
        head: Box::new(Dense { units: 16, activation: Activation::Relu }),
    };
    assert_eq!(
        encode(&cnn).map_err(message),
        Err("`Model.Cnn.kernel` is 2, which is not in its domain: 1..=7 in steps of 2".into())
    );
}

#[test]
fn a_trial_is_written_by_names_and_read_back() {
    let mut agent = Agent::<Model>::builder().seed(5).build().unwrap();
    for _ in 0..50 {
        let trial = agent.sample::<Model>().unwrap();
        let text = serde_json::to_string(&trial).unwrap();
        let back: Trial<Model> = serde_json::from_str(&text).unwrap();
        assert_eq!(back, trial);
    }
    let trial = agent.trial(Model::Mlp(Dense { units: WIDE, activation: Activation::Tanh }, Pair(true, -1))).unwrap();
    let value = serde_json::to_value(&trial).unwrap();
    let expected =
        r#"[["Model","Mlp"],["Dense.units","WIDE"],["Activation","Tanh"],["Pair.0","true"],["Pair.1","-1"]]"#;
    assert_eq!(value["trace"].to_string(), expected);

    let garble = |from: &str, to: &str| {
        let text = value.to_string().replace(from, to);
        serde_json::from_str::<Trial<Model>>(&text).unwrap_err().to_string()
    };
    let message = garble("\"WIDE\"", "\"32\"");
    assert!(message.contains("it has `Dense.units` = `32`, the config `Dense.units` = `WIDE`"), "{message}");
    let message = garble(",[\"Pair.1\",\"-1\"]", "");
    assert!(message.contains("it has nothing more, the config `Pair.1` = `-1`"), "{message}");
    assert!(garble("\"units\":256", "\"units\":17").contains("`Dense.units` is 17"));
}

/// Bounds that a const parameter names, and fewer numbers than a range has.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct UpTo<const N: u32> {
    #[space(range = 1..=N)]
    depth: u32,
    #[space(len = 1..=2, range = 1..=3, only(1, 3))]
    kernels: Vec<u8>,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct UpToThree(UpTo<3>);

#[test]
fn a_range_takes_const_parameters_and_restrictions() {
    round_trips::<UpToThree>(100);
    let depths = states::<UpToThree>().into_iter().find(|(name, _)| name == "UpTo.depth").unwrap().1;
    assert_eq!(depths, ["1", "2", "3"]);
}

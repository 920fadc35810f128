//! What `choices` lists: values of any type that can be compared, each of which decodes and encodes.

use std::collections::HashMap;
use std::fmt::Debug;
use std::num::{NonZero, NonZeroU32};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use transfer_nas::prelude::*;
use transfer_nas::space::{decode, encode};

/// Every config comes back, each trace is another one, and the labels are those given.
fn check<T: SearchSpace + Debug + PartialEq>(labels: &[&str]) {
    let configs: Vec<T> = T::enumerate().collect();
    assert_eq!(T::space().cardinality(), configs.len().into());
    let mut traces: Vec<_> = configs.iter().map(|config| encode(config).unwrap()).collect();
    for (config, trace) in configs.iter().zip(&traces) {
        assert_eq!(decode::<T>(trace).unwrap(), *config);
    }
    traces.sort();
    traces.dedup();
    assert_eq!(traces.len(), configs.len());
    let states = T::space().states().clone();
    let found: Vec<&str> = states.iter().flat_map(|state| &state.labels).map(|label| label.name.as_str()).collect();
    assert_eq!(found, labels);
}

#[derive(Debug, Clone, PartialEq)]
struct Width(u32);

#[search_space]
#[derive(Debug, PartialEq)]
struct Whole {
    #[space(choices = [None, Some(5)])]
    patience: Option<u32>,
    #[space(choices = [(0.9, 0.99), (0.9, 0.999)])]
    betas: (f64, f64),
    #[space(choices = [[1, 2], [3, 4]])]
    pair: [u8; 2],
    #[space(choices = [vec![1], vec![2, 3]])]
    list: Vec<u8>,
    #[space(choices = [Width(1), Width(2)])]
    width: Width,
}

#[test]
fn containers_are_listed_whole() {
    check::<Whole>(&[
        "None",
        "Some(5)",
        "(0.9,0.99)",
        "(0.9,0.999)",
        "[1,2]",
        "[3,4]",
        "vec![1]",
        "vec![2,3]",
        "Width(1)",
        "Width(2)",
    ]);
}

#[search_space]
#[derive(Debug, PartialEq)]
struct Inside {
    #[space(choices = [1, 2])]
    option: Option<u32>,
    #[space(choices = [[1, 2], [3, 4]])]
    pairs: [[u8; 2]; 2],
    #[space(choices = [0.5, 1.0])]
    shared: Arc<f64>,
    #[space(range = 1..=2)]
    counted: Rc<Option<u8>>,
    flag: Arc<bool>,
}

#[test]
fn other_choices_are_of_what_a_container_holds() {
    check::<Inside>(&[
        "none", "some", "1", "2", "[1,2]", "[3,4]", "[1,2]", "[3,4]", "0.5", "1", "none", "some", "1", "2", "false",
        "true",
    ]);
}

#[search_space]
#[derive(Debug, PartialEq)]
struct Library {
    #[space(choices = ["a.bin", "b.bin"])]
    path: PathBuf,
    #[space(choices = ["relu", "tanh"])]
    activation: Arc<str>,
    #[space(choices = ["x"])]
    boxed: Box<str>,
    #[space(choices = [1, 2])]
    workers: NonZeroU32,
    #[space(choices = [-1, 0x7f])]
    shift: NonZero<i8>,
    #[space(choices = [Duration::from_secs(1), Duration::ZERO], labels = ["one", "none"])]
    pause: Duration,
    #[space(choices = [HashMap::from([("a".to_owned(), 1)]), HashMap::new()], labels = ["a", "empty"])]
    map: HashMap<String, u32>,
}

#[test]
fn types_of_the_standard_library_are_listed() {
    check::<Library>(&["a.bin", "b.bin", "relu", "tanh", "x", "1", "2", "-1", "127", "one", "none", "a", "empty"]);
}

#[search_space]
#[derive(Debug, PartialEq)]
struct Generic<T: Default + PartialEq + From<u8>> {
    #[space(choices = [T::default(), T::from(7)])]
    value: T,
}

#[search_space]
#[derive(Debug, PartialEq)]
struct Concrete {
    of_u32: Generic<u32>,
}

#[test]
fn type_parameters_are_listed_by_what_their_bounds_make() {
    check::<Concrete>(&["T::default()", "T::from(7)"]);
}

type Rate = f64;

#[search_space(valid = Self::is_useful)]
#[derive(Debug, PartialEq)]
struct Named {
    #[space(choices = [Self::LOW, Self::HIGH])]
    momentum: f32,
    #[space(range = 1..=Self::MOST)]
    layers: u32,
    #[space(range = 1e-4..=1e-2, bins = 3, log)]
    rate: Rate,
    #[space(range = 1e-300..=1e300, bins = 3, log)]
    wide: f64,
    #[space(skip = Self::DEVICE)]
    device: usize,
}

impl Named {
    const LOW: f32 = 0.1;
    const HIGH: f32 = 0.9;
    const MOST: u32 = 3;
    const DEVICE: usize = 2;

    fn is_useful(&self) -> bool {
        self.layers != 2 && self.device == 2
    }
}

#[test]
fn values_may_be_constants_of_the_type_itself_and_bounds_as_wide_as_the_type() {
    let configs: Vec<Named> = Named::enumerate().collect();
    assert_eq!(configs.len(), 2 * 2 * 3 * 3);
    let mut wide: Vec<f64> = configs.iter().map(|config| config.wide).collect();
    wide.dedup();
    assert_eq!(wide[..3], [1e-300, 1.0, 1e300]);
    for config in configs {
        assert_eq!(decode::<Named>(&encode(&config).unwrap()).unwrap(), config);
    }
    let rate = Named::space().states()[2].clone();
    assert_eq!(rate.kind, transfer_nas::space::Kind::Float);
}

macro_rules! layer {
    ($name:ident, $low:literal, $high:expr, $text:expr, $lengths:expr, $ty:ty) => {
        #[search_space(name = $text)]
        #[derive(Debug, PartialEq)]
        struct $name {
            #[space(range = $low..=$high)]
            units: $ty,
            #[space(choices = [$text, "other"])]
            activation: String,
            #[space(len = $lengths, choices = [-$low, $low])]
            list: Vec<i8>,
        }
    };
}

layer!(Fragments, 1, 3, "Layer", 1..=2, u32);

#[test]
fn fragments_of_macros_stand_for_what_they_are() {
    check::<Fragments>(&["1", "2", "3", "Layer", "other", "1", "2", "-1", "1", "-1", "1"]);
    assert_eq!(Fragments::space().states()[0].name(), "Layer.units");
}

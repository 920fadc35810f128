//! States and actions are known by their names, not by their positions.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use transfer_nas::prelude::*;

/// The same names in another order: two versions of a type, as its owner might shuffle it.
mod first {
    use super::{Deserialize, SearchSpace, Serialize, search_space};

    #[search_space]
    #[derive(Serialize, Deserialize)]
    pub(super) enum Kind {
        Cnn {
            #[space(choices = [16, 32, 64])]
            filters: u32,
            deep: bool,
        },
        Mlp,
    }

    #[search_space]
    #[derive(Serialize, Deserialize)]
    pub(super) struct Model {
        kind: Kind,
        #[space(choices = ["a", "b"])]
        text: String,
        gates: [bool; 2],
    }

    pub(super) fn space() -> transfer_nas::space::Space {
        let _ = (Kind::SPACE, Model::SPACE);
        Model::space()
    }
}

mod shuffled {
    use super::{Deserialize, Serialize, search_space};

    #[search_space]
    #[derive(Serialize, Deserialize)]
    pub(super) struct Model {
        gates: [bool; 2],
        #[space(choices = ["b", "a"])]
        text: String,
        kind: Kind,
    }

    #[search_space]
    #[derive(Serialize, Deserialize)]
    pub(super) enum Kind {
        Mlp,
        Cnn {
            deep: bool,
            #[space(choices = [64, 16, 32])]
            filters: u32,
        },
    }
}

mod renamed {
    use super::search_space;

    #[search_space]
    pub(super) struct Model {
        gates: [bool; 2],
        #[space(choices = ["a", "c"])]
        text: String,
        kind: super::shuffled::Kind,
    }
}

#[test]
fn nothing_is_known_by_its_position() {
    let identities = |space: transfer_nas::space::Space| {
        let states = space.states();
        let pairs = states.iter().flat_map(|s| s.labels.iter().map(|l| (s.name().to_owned(), l.name.clone())));
        pairs.collect::<HashSet<_>>()
    };
    let (first, shuffled, renamed) = (first::space(), shuffled::Model::space(), renamed::Model::space());
    assert_eq!(first.fingerprint(), shuffled.fingerprint());
    assert_eq!(identities(first), identities(shuffled));
    assert_ne!(first.fingerprint(), renamed.fingerprint());
    let names =
        |space: transfer_nas::space::Space| space.states().iter().map(|s| s.name().to_owned()).collect::<Vec<_>>();
    assert_ne!(names(first), names(shuffled));
}

/// A trial written by one version of a type is read by the other, although every index in its trace differs.
#[test]
fn a_trial_survives_the_shuffling_of_its_type() {
    let mut old = Agent::<first::Model>::builder().seed(8).build().unwrap();
    let mut new = Agent::<shuffled::Model>::builder().build().unwrap();
    for i in 0..50 {
        let written = serde_json::to_value(old.sample::<first::Model>().unwrap()).unwrap();
        let read: Trial<shuffled::Model> = serde_json::from_value(written.clone()).unwrap();
        let again = serde_json::to_value(&read).unwrap();
        assert_eq!(again["config"], written["config"]);
        let sorted = |value: &serde_json::Value| {
            let mut pairs: Vec<String> = value["trace"].as_array().unwrap().iter().map(ToString::to_string).collect();
            pairs.sort();
            pairs
        };
        assert_eq!(sorted(&again), sorted(&written));
        new.observe(read, f64::from(i % 3)).unwrap();
    }
}

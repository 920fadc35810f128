//! A checkpoint of the build without the feature goes on in the build with it, and the other way.

use tempfile::TempDir;
use transfer_nas::agent::{Entry, Fate, StateReport, TransferReport};
use transfer_nas::prelude::*;

/// The states that came to this, and the actions that did where their state did not, behind a colon.
fn names(report: &TransferReport, fate: &Fate) -> Vec<String> {
    let of = |StateReport { state, actions, .. }: &StateReport| {
        if state.fate == *fate {
            return vec![state.name.clone()];
        }
        let actions = actions.iter().filter(|action| action.fate == *fate);
        actions.map(|action: &Entry| format!("{}: {}", state.name, action.name)).collect()
    };
    report.states.iter().flat_map(of).collect()
}

/// What only the build with the feature has, in the order of its decisions.
const GATED: [&str; 9] = [
    "Training.streams",
    "Training.batch: 1024",
    "Layer: Fused",
    "Dense.units",
    "Dense.skips",
    "Dense.skips.some.len",
    "Dense.skips.some[0]",
    "Dense.skips.some[1]",
    "Activation",
];

#[test]
fn a_checkpoint_comes_to_the_build_with_the_feature() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("without.safetensors");
    let mut agent = Agent::<gated::Training>::builder().seed(3).build().unwrap();
    let best = gated::Training { width: 32, batch: 16, layer: gated::Layer::Plain };
    let trial = agent.trial(best).unwrap();
    agent.observe(trial, 1.0).unwrap();
    agent.save(&path).unwrap();

    assert!(Agent::<gated_gpu::Training>::load(&path).is_err(), "what has other states does not simply go on");
    let (mut agent, report) = Agent::<gated_gpu::Training>::transfer(&path).unwrap();
    assert_eq!(names(&report, &Fate::New), [&GATED[..], &["Activation.Leaky.slope"]].concat());
    assert_eq!(names(&report, &Fate::Dropped), ["Layer.Tuned.slope"]);
    let reused = ["start", "Training.width", "Training.batch", "Layer", "Layer.Tuned.bias"];
    assert_eq!(names(&report, &Fate::Reused), reused);

    // The best config comes along, and is completed where it did not decide.
    agent.proposals_first(1);
    let config = agent.sample::<gated_gpu::Training>().unwrap().config;
    assert_eq!((config.width, config.batch, config.layer), (32, 16, gated_gpu::Layer::Plain));
    assert!((1..=4).contains(&config.streams));
}

#[test]
fn a_checkpoint_comes_back_to_the_build_without_it() {
    let agent = Agent::<gated_gpu::Training>::builder().seed(3).build().unwrap();
    let (agent, report) = Agent::<gated::Training>::transfer(&agent).unwrap();
    assert_eq!(names(&report, &Fate::New), ["Layer.Tuned.slope"]);
    let mut dropped = names(&report, &Fate::Dropped);
    let mut gated = [&GATED[..], &["Activation.Leaky.slope"]].concat();
    dropped.sort_unstable();
    gated.sort_unstable();
    assert_eq!(dropped, gated);
    assert_eq!(agent.settings().seed, 3);
}

#[test]
fn each_build_has_what_its_feature_leaves() {
    assert_eq!(gated::Training::space().cardinality(), (2u32 * 2 * (1 + 4)).into());
    let fused = shared_space_count();
    assert_eq!(gated_gpu::Training::space().cardinality(), (2 * 4 * 3 * (1 + fused + 2)).into());
}

/// Units, skips, activation.
fn shared_space_count() -> u32 {
    3 * (1 + 1 + 3 + 9) * (1 + 2)
}

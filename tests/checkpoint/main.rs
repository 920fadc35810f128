//! A checkpoint is the agent: it goes on where it stopped, under whatever order of names, and no file breaks the reader.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;
use transfer_nas::agent::ObserveError;
use transfer_nas::checkpoint::{Checkpoint, LoadError, SaveError, TensorFault};
use transfer_nas::prelude::*;

mod hostile;
mod lists;
mod metadata;

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Dense {
    #[space(choices = [16, 32, 64])]
    units: u32,
    bias: bool,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Cnn {
    #[space(len = 1..=3, range = 1..=5, step = 2)]
    kernels: Vec<u8>,
    head: Dense,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Mlp {
    body: Option<Dense>,
    head: Dense,
}

#[tasks]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Data {
    Digits,
    Letters,
}

#[joint_space(tasks = Data)]
#[derive(Debug, Clone, PartialEq)]
enum Models {
    Cnn(Cnn),
    #[space(tasks(Letters))]
    Mlp(Mlp),
}

/// The same, with everything in another order.
mod shuffled {
    use transfer_nas::prelude::*;

    #[search_space]
    pub(crate) struct Dense {
        bias: bool,
        #[space(choices = [64, 16, 32])]
        units: u32,
    }

    #[search_space]
    pub(crate) struct Cnn {
        head: Dense,
        #[space(len = 1..=3, range = 1..=5, step = 2)]
        kernels: Vec<u8>,
    }

    #[search_space]
    pub(crate) struct Mlp {
        body: Option<Dense>,
        head: Dense,
    }

    #[tasks]
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub(crate) enum Data {
        Letters,
        Digits,
    }

    #[joint_space(tasks = Data)]
    pub(crate) enum Models {
        #[space(tasks(Letters))]
        Mlp(Mlp),
        Cnn(Cnn),
    }
}

fn reward(models: &Models) -> f64 {
    match models {
        Models::Cnn(cnn) => f64::from(cnn.kernels.iter().map(|&k| u32::from(k)).sum::<u32>()) / 15.0,
        Models::Mlp(mlp) => f64::from(mlp.head.units) / 64.0 - f64::from(u8::from(mlp.body.is_some())) / 2.0,
    }
}

/// What some trials were, to the bit.
fn trials(agent: &mut Agent<Models>, count: usize) -> Vec<(String, String, u64, u64)> {
    let one = |agent: &mut Agent<Models>| {
        let trial = agent.sample_any().unwrap();
        let (config, task, log_prob) =
            (format!("{:?}", trial.config), trial.task().to_owned(), trial.log_prob().to_bits());
        let reward = reward(&trial.config);
        let observation = agent.observe_any(trial, reward).unwrap();
        (config, task, log_prob, observation.entropy.to_bits())
    };
    (0..count).map(|_| one(agent)).collect()
}

fn trained() -> Agent<Models> {
    let mut agent = Agent::<Models>::builder().seed(5).elites(8).exploration(0.2, 90).build().unwrap();
    trials(&mut agent, 60);
    agent
}

#[test]
fn an_agent_goes_on_where_it_stopped_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.safetensors");
    let mut agent = trained();
    agent.save(&path).unwrap();
    let mut resumed = Agent::<Models>::load(&path).unwrap();
    assert_eq!(resumed.checkpoint(), agent.checkpoint());
    assert_eq!(trials(&mut resumed, 100), trials(&mut agent, 100));
    assert_eq!(resumed.checkpoint().to_bytes().unwrap(), agent.checkpoint().to_bytes().unwrap());
}

#[test]
fn an_agent_is_resumed_before_its_first_trial_too() {
    let mut agent = Agent::<Models>::builder().seed(5).build().unwrap();
    let mut resumed = Agent::<Models>::resume(&agent.checkpoint()).unwrap();
    assert_eq!(trials(&mut resumed, 20), trials(&mut agent, 20));
}

#[test]
fn nothing_in_a_checkpoint_is_known_by_its_position() {
    let agent = trained();
    let resumed = Agent::<shuffled::Models>::resume(&agent.checkpoint()).unwrap();
    let rows = |names: Vec<(String, String)>, rows: &[[f32; 8]]| -> HashMap<(String, String), [f32; 8]> {
        names.into_iter().zip(rows.iter().copied()).collect()
    };
    let names = |names: &[(&str, &str)]| names.iter().map(|(s, l)| ((*s).to_owned(), (*l).to_owned())).collect();
    let (old, new) = (agent.embeddings(), resumed.embeddings());
    assert_ne!(old.actions.names(), new.actions.names());
    assert_eq!(
        rows(names(old.actions.names()), old.actions.rows()),
        rows(names(new.actions.names()), new.actions.rows())
    );
    let elites = |checkpoint: &Checkpoint| {
        let bytes = checkpoint.to_bytes().unwrap();
        let mut elites: Vec<String> = Vec::new();
        for pair in metadata::metadata(&bytes)["pairs"].as_array().unwrap() {
            for elite in pair["elites"].as_array().unwrap() {
                let mut trace: Vec<String> = elite["trace"].as_array().unwrap().iter().map(Value::to_string).collect();
                trace.sort();
                elites.push(format!("{} {} {} {trace:?}", pair["space"], pair["task"], elite["reward"]));
            }
        }
        elites.sort();
        elites
    };
    assert_eq!(elites(&agent.checkpoint()), elites(&resumed.checkpoint()));
}

#[test]
fn another_type_is_refused_and_the_differences_are_named() {
    let error = Agent::<Cnn>::resume(&trained().checkpoint()).unwrap_err();
    let expected = "the checkpoint is of other names than `checkpoint::Cnn`: `start` = `Mlp` is gone, `Mlp.body` = `none` is gone, \
        `Mlp.body` = `some` is gone; `Agent::transfer` takes over what matches";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn saving_replaces_the_file_or_leaves_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.safetensors");
    fs::write(&path, "something else").unwrap();
    trained().save(&path).unwrap();
    assert!(Agent::<Models>::load(&path).is_ok());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    let nowhere = folder.path().join("missing").join("agent.safetensors");
    let error = trained().save(&nowhere).unwrap_err().to_string();
    assert!(error.starts_with("the checkpoint `") && error.contains("could not be written"), "{error}");
}

#[test]
fn saving_onto_a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = trained().save(folder.path()).unwrap_err();
    assert!(matches!(error, SaveError::NotAFile { found: "a folder", .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

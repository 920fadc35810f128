//! What a transfer takes over, and what it leaves: rows by name, elites by their decisions.

use std::collections::HashMap;

use transfer_nas::agent::{Fate, StateReport};
use transfer_nas::checkpoint::Checkpoint;
use transfer_nas::prelude::*;

mod old {
    use transfer_nas::prelude::*;

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Net {
        #[space(choices = [16, 32])]
        pub(crate) width: u32,
        #[space(choices = ["relu", "tanh"])]
        pub(crate) activation: &'static str,
        pub(crate) gone: bool,
    }
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Net {
    residual: bool,
    #[space(choices = [16, 64])]
    width: u32,
    /// The name of old, but numbers now.
    #[space(choices = [1, 2])]
    activation: u32,
}

fn told(rewards: &[(u32, &'static str, bool, f64)]) -> Agent<old::Net> {
    let mut agent = Agent::<old::Net>::builder().seed(4).build().unwrap();
    for &(width, activation, gone, reward) in rewards {
        let trial = agent.trial(old::Net { width, activation, gone }).unwrap();
        agent.observe(trial, reward).unwrap();
    }
    agent
}

fn fates(report: &transfer_nas::agent::TransferReport) -> HashMap<String, (Fate, Vec<(String, Fate)>)> {
    let of = |StateReport { state, actions, .. }: &StateReport| {
        let actions = actions.iter().map(|action| (action.name.clone(), action.fate.clone())).collect();
        (state.name.clone(), (state.fate.clone(), actions))
    };
    report.states.iter().map(of).collect()
}

#[test]
fn rows_go_where_their_names_are() {
    let agent = told(&[(16, "relu", true, 1.0), (32, "tanh", false, 2.0)]);
    let (new, report) = Agent::<Net>::transfer(&agent).unwrap();
    let fates = fates(&report);
    assert_eq!(fates["start"].0, Fate::Reused);
    let width = &fates["Net.width"];
    assert_eq!(width.0, Fate::Reused);
    let named = |name: &str, fate| (name.to_owned(), fate);
    assert_eq!(width.1, [named("16", Fate::Reused), named("64", Fate::New), named("32", Fate::Dropped)]);
    assert_eq!(fates["Net.residual"].0, Fate::New);
    assert_eq!(fates["Net.gone"].0, Fate::Dropped);
    // One name, another kind of action: a state of its own. The report has both, the new one first.
    let both: Vec<&Fate> =
        report.states.iter().filter(|s| s.state.name == "Net.activation").map(|s| &s.state.fate).collect();
    assert_eq!(both, [&Fate::New, &Fate::Dropped]);
    assert_eq!((report.positions.reused, report.positions.of), (4, 4));

    let (old_rows, new_rows) = (agent.embeddings(), new.embeddings());
    let row = ("Net.width", "16");
    assert_eq!(old_rows.actions.get(&row), new_rows.actions.get(&row));
    assert_eq!(old_rows.states.get(&"Net.width"), new_rows.states.get(&"Net.width"));
    assert_ne!(old_rows.states.get(&"Net.activation"), new_rows.states.get(&"Net.activation"));
}

#[test]
fn mixing_is_on_and_the_rest_of_the_settings_are_the_source_s() {
    let source = Agent::<old::Net>::builder().seed(9).learning_rate(1e-3).elites(7).build().unwrap();
    let (agent, _) = Agent::<Net>::transfer(&source).unwrap();
    let settings = agent.settings();
    assert_eq!((settings.seed, settings.elites, settings.exploration_samples), (9, 7, 100));
    assert!((settings.exploration - 0.1).abs() < 1e-12 && (settings.learning_rate - 1e-3).abs() < 1e-12);
    let (agent, _) = Agent::<Net>::builder().exploration(0.0, 0).transfer(&source).unwrap();
    assert!(agent.settings().exploration.abs() < 1e-12);
    assert!(agent.best::<Net>().is_none(), "nothing has been evaluated yet");
}

mod grown {
    use transfer_nas::prelude::*;

    /// All of old is still there; one field is new, one choice is gone.
    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Net {
        #[space(range = 0..=9)]
        pub(crate) extra: u32,
        pub(crate) gone: bool,
        #[space(choices = ["relu"])]
        pub(crate) activation: &'static str,
        #[space(choices = [16, 32])]
        pub(crate) width: u32,
    }
}

#[test]
fn elites_come_along_best_first_and_are_sampled_first() {
    let agent = told(&[
        (16, "relu", true, 1.0),
        (32, "tanh", false, 9.0), // the best, but its activation has no counterpart
        (32, "relu", false, 3.0),
        (16, "relu", false, 2.0),
    ]);
    let (mut new, report) = Agent::<grown::Net>::transfer(&agent).unwrap();
    assert_eq!((report.elites.reused, report.elites.of), (3, 4));
    assert_eq!(new.proposals_first(2), 2);
    let saved = new.checkpoint();
    let first = new.sample::<grown::Net>().unwrap();
    let resumed = Agent::<grown::Net>::resume(&saved).unwrap().sample::<grown::Net>().unwrap();
    assert_eq!(first, resumed, "proposals are part of a checkpoint");
    let second = new.sample::<grown::Net>().unwrap();
    let known = |trial: &Trial<grown::Net>| (trial.config.width, trial.config.gone);
    assert_eq!((known(&first), known(&second)), ((32, false), (16, false)));
    let all = new.proposals::<grown::Net>(10).unwrap();
    assert_eq!(all.iter().map(known).collect::<Vec<_>>(), [(32, false), (16, false), (16, true)]);
}

#[test]
fn what_an_elite_leaves_open_the_policy_decides() {
    let agent = told(&[(16, "relu", true, 1.0)]);
    let (mut new, _) = Agent::<grown::Net>::transfer(&agent).unwrap();
    let mut found = std::collections::HashSet::new();
    for _ in 0..100 {
        let [trial] = &new.proposals::<grown::Net>(1).unwrap()[..] else { panic!("one elite") };
        assert_eq!((trial.config.width, trial.config.gone), (16, true));
        let expected = new.log_prob(&trial.config).unwrap();
        assert!((trial.log_prob() - expected).abs() < 1e-4);
        found.insert(trial.config.extra);
    }
    assert!(found.len() >= 5, "{found:?}");
}

#[tasks]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Before {
    Digits,
    Letters,
}

#[tasks]
#[derive(Debug, Clone, Copy, PartialEq)]
enum After {
    #[space(alias = "Letters")]
    Latin,
    Greek,
}

#[joint_space(tasks = Before)]
enum Source {
    Net(old::Net),
}

mod second {
    use transfer_nas::prelude::*;

    /// Two states of the source under another space.
    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Half {
        #[space(choices = [16, 32], state = "Net.width")]
        pub(crate) width: u32,
    }
}

#[joint_space(tasks = After)]
enum Target {
    Net(grown::Net),
    Half(second::Half),
}

#[test]
fn elites_go_to_their_own_space_and_task() {
    let mut agent = Agent::<Source>::builder().seed(2).build().unwrap();
    for (task, reward) in [(Before::Digits, 1.0), (Before::Letters, 2.0)] {
        let config = old::Net { width: 16, activation: "relu", gone: task == Before::Digits };
        let trial = agent.on(task).trial(config).unwrap();
        agent.observe(trial, reward).unwrap();
    }
    let (mut new, report) = Agent::<Target>::transfer(&agent).unwrap();
    let fate = |name: &str| report.tasks.iter().find(|task| task.name == name).map(|task| task.fate.clone());
    assert_eq!(fate("Latin"), Some(Fate::Renamed { from: "Letters".to_owned() }));
    assert_eq!((fate("Greek"), fate("Digits")), (Some(Fate::New), Some(Fate::Dropped)));
    // The elite of `Letters` goes to `Latin`; that of `Digits`, a task that is gone, to both.
    assert_eq!(new.proposals_first(10), 3);
    let first = new.on(After::Latin).sample::<grown::Net>().unwrap();
    assert!(!first.config.gone);
    let first = new.on(After::Greek).sample::<grown::Net>().unwrap();
    assert!(first.config.gone);
}

#[test]
fn a_source_is_a_path_a_checkpoint_or_an_agent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.safetensors");
    let agent = told(&[(16, "relu", true, 1.0)]);
    agent.save(&path).unwrap();
    let checkpoint = Checkpoint::read(&path).unwrap();
    assert_eq!(checkpoint.states().nth(1).unwrap(), ("Net.width", vec!["16", "32"]));
    let reports = [
        Agent::<Net>::transfer(&path).unwrap().1,
        Agent::<Net>::transfer(path.to_str().unwrap()).unwrap().1,
        Agent::<Net>::transfer(&checkpoint).unwrap().1,
        Agent::<Net>::transfer(&agent).unwrap().1,
    ];
    assert!(reports.iter().all(|report| *report == reports[0]));
    let error = Agent::<Net>::transfer("no/such/file").unwrap_err().to_string();
    assert!(error.starts_with("the checkpoint `no/such/file` could not be read"), "{error}");
}

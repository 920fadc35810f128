//! Several spaces and tasks under one agent: what is merged, what stays apart, what is drawn.

use std::collections::HashMap;

use transfer_nas::Universe;
use transfer_nas::agent::{ObserveError, Rewards, SampleError};
use transfer_nas::prelude::*;

#[search_space]
#[derive(Debug, Clone, PartialEq)]
enum Layer {
    Conv,
    Pool,
    Dense,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Cnn {
    #[space(only(Conv, Pool))]
    first: Layer,
    deep: bool,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Mlp {
    #[space(except(Pool))]
    first: Layer,
    #[space(range = 1..=3)]
    layers: u32,
}

#[tasks]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Data {
    Digits,
    Letters,
    Words,
}

#[joint_space(tasks = Data)]
#[derive(Debug, Clone, PartialEq)]
enum Models {
    Cnn(Cnn),
    #[space(tasks(Data::Letters, Words))]
    Mlp(Mlp),
}

fn agent() -> Agent<Models> {
    Agent::builder().seed(11).build().unwrap()
}

#[test]
fn states_merge_by_name_and_each_space_keeps_its_own_actions() {
    let agent = agent();
    let names: Vec<(&str, usize)> =
        agent.graph().vocabulary().states().iter().map(|state| (state.name(), state.labels.len())).collect();
    // The shared state has the union: Conv and Pool of one space, Conv and Dense of the other.
    assert_eq!(names, [("start", 2), ("Layer", 3), ("Cnn.deep", 2), ("Mlp.layers", 3)]);
    assert_eq!(transfer_nas::policy::sizes::<Models>(), [4, 10, 3]);
    assert_eq!(Models::TASKS_OF, [None, Some(&[1, 2][..])]);
}

#[test]
fn what_a_space_leaves_out_is_never_sampled() {
    let mut agent = agent();
    for i in 0..300 {
        let trial = agent.sample::<Cnn>().unwrap();
        assert_ne!(trial.config.first, Layer::Dense);
        agent.observe(trial, f64::from(i % 3)).unwrap();
        let trial = agent.sample::<Mlp>().unwrap();
        assert_ne!(trial.config.first, Layer::Pool);
        agent.observe(trial, f64::from(i % 5)).unwrap();
    }
}

/// Seed 11, 6,000 draws of five pairs: 1,200 ± 4.5 deviations of 31 each. A sound draw fails once in 30,000 seeds.
#[test]
fn pairs_are_drawn_uniformly_and_no_other_ones() {
    let mut agent = agent();
    let mut counts: HashMap<(bool, String), u32> = HashMap::new();
    for _ in 0..6000 {
        let trial = agent.sample_any().unwrap();
        let is_cnn = matches!(trial.config, Models::Cnn(_));
        *counts.entry((is_cnn, trial.task().to_owned())).or_default() += 1;
    }
    assert_eq!(counts.len(), 5, "{counts:?}");
    assert!(!counts.contains_key(&(false, "Digits".to_owned())));
    assert!(counts.values().all(|count| (1060..=1340).contains(count)), "{counts:?}");
}

#[test]
fn a_space_is_not_sampled_for_a_task_that_it_is_not_judged_on() {
    let mut agent = agent();
    let error = agent.on(Data::Digits).sample::<Mlp>().unwrap_err();
    assert!(matches!(&error, SampleError::NotJudged { task, .. } if task == "Digits"));
    assert_eq!(
        error.to_string(),
        "`joint::Mlp` is not judged on the task `Digits`; sample another space on it, or add it to the space's `tasks` in the \
        joint space"
    );
    for _ in 0..50 {
        assert_ne!(agent.sample::<Mlp>().unwrap().task(), "Digits");
        assert_eq!(agent.on(Data::Words).sample::<Mlp>().unwrap().task(), "Words");
    }
    let many = agent.on(Data::Letters).sample_many::<Mlp>(5).unwrap();
    assert!(many.iter().all(|trial| trial.task() == "Letters"));
}

#[test]
fn baselines_and_elites_are_those_of_the_pair() {
    let mut agent = Agent::<Models>::builder().seed(7).rewards(Rewards::Raw).build().unwrap();
    let mut tell = |task, reward| {
        let trial = agent.on(task).sample::<Cnn>().unwrap();
        agent.observe(trial, reward).unwrap()
    };
    assert!((tell(Data::Digits, 5.0).baseline - 5.0).abs() < 1e-12);
    assert!((tell(Data::Letters, 1.0).baseline - 1.0).abs() < 1e-12, "another task has a baseline of its own");
    assert!((tell(Data::Digits, 0.0).baseline - 5.0).abs() < 1e-12);
    // The elite of 5.0 is of another task: nothing above the baseline of 1 can be imitated here.
    for _ in 0..20 {
        assert_eq!(tell(Data::Letters, 0.0).imitated.filter(|&reward| reward > 1.0), None);
    }
    let best = |agent: &mut Agent<Models>, task| agent.on(task).best::<Cnn>().map(|best| best.reward);
    assert_eq!(best(&mut agent, Data::Digits), Some(5.0));
    assert_eq!(best(&mut agent, Data::Letters), Some(1.0));
    assert_eq!(best(&mut agent, Data::Words), None);
    assert!((agent.best::<Cnn>().unwrap().reward - 5.0).abs() < 1e-12);
    assert!(agent.best::<Mlp>().is_none());
}

#[test]
fn a_trial_keeps_its_task_when_it_is_written_down() {
    use serde::{Deserialize, Serialize};

    #[search_space]
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Small {
        deep: bool,
    }

    #[joint_space(tasks = Data)]
    enum Only {
        Small(Small),
    }

    let mut agent = Agent::<Only>::builder().seed(1).build().unwrap();
    let trial = agent.on(Data::Words).sample::<Small>().unwrap();
    let text = serde_json::to_string(&trial).unwrap();
    assert!(text.contains(r#""task":"Words""#), "{text}");
    let read: Trial<Small> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, trial);
    agent.observe(read, 1.0).unwrap();
    assert!(agent.on(Data::Words).best::<Small>().is_some());

    let foreign: Trial<Small> = serde_json::from_str(&text.replace("Words", "Poems")).unwrap();
    let error = agent.observe(foreign, 1.0).unwrap_err();
    assert!(matches!(&error, ObserveError::Task { task } if task == "Poems"), "{error}");
}

#[test]
fn trials_of_several_tasks_are_not_told_as_one() {
    let mut agent = agent();
    let trials = [Data::Digits, Data::Letters].map(|task| (agent.on(task).sample::<Cnn>().unwrap(), 1.0));
    assert_eq!(agent.observe_many(Vec::from(trials)), Err(ObserveError::SeveralTasks));
}

/// The probability of `Conv` in an `Mlp`.
fn conv(agent: &Agent<Models>) -> f64 {
    (1..=3).map(|layers| agent.log_prob(&Mlp { first: Layer::Conv, layers }).unwrap().exp()).sum()
}

/// Seeds 0 to 9: what is learned of a shared state in one space is known in the other. After 300 trials of `Cnn` in which
/// only `Conv` pays, `Conv` is likelier in an `Mlp`, of which the agent knows none, by 0.2 on the mean of seeds.
#[test]
fn what_one_space_learns_another_knows() {
    let gains: Vec<f64> = (0..10)
        .map(|seed| {
            let mut agent = Agent::<Models>::builder().seed(seed).build().unwrap();
            let before = conv(&agent);
            for _ in 0..300 {
                let trial = agent.on(Data::Letters).sample::<Cnn>().unwrap();
                let reward = f64::from(u8::from(trial.config.first == Layer::Conv));
                agent.observe(trial, reward).unwrap();
            }
            conv(&agent) - before
        })
        .collect();
    let mean = gains.iter().sum::<f64>() / 10.0;
    assert!(mean > 0.2, "{mean:.3}: {gains:.2?}");
}

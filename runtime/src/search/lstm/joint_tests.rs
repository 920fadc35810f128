//! A universe of two spaces that share a state, judged on two tasks.

use super::tests::{INPUTS, check_gradient};
use super::*;
use crate::agent::{ObserveError, Trial};
use crate::search::Searcher;
use crate::space::Graph;

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
enum Layer {
    Conv,
    Pool,
    Dense,
}

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Cnn {
    #[space(only(Conv, Pool))]
    first: Layer,
    deep: bool,
}

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Mlp {
    #[space(except(Pool))]
    first: Layer,
    #[space(range = 1..=3)]
    layers: u32,
}

#[crate::tasks]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Data {
    Digits,
    Letters,
}

#[crate::joint_space(tasks = Data)]
#[derive(Debug, Clone, PartialEq)]
enum Models {
    Cnn(Cnn),
    Mlp(Mlp),
}

#[test]
fn gradients_reach_the_rows_of_each_space_and_task() {
    let cnn = encode(&Cnn { first: Layer::Pool, deep: true }).unwrap();
    let mlp = encode(&Mlp { first: Layer::Dense, layers: 2 }).unwrap();
    let told = [(Pair { space: 0, task: 1 }, cnn), (Pair { space: 1, task: 0 }, mlp)];
    for input in INPUTS {
        check_gradient(&Graph::new(Models::START), 2, input, &told);
    }
}

/// What is good on one task is bad on the other, which the policy can only tell from the task's embedding.
fn reward(task: &str, deep: bool) -> f64 {
    f64::from(u8::from(deep == (task == "Letters")))
}

fn probability<T: SearchSpace>(agent: &LstmAgent<Models>, pair: Pair, wanted: impl Fn(&T) -> bool) -> f64 {
    let log_prob = |config: &T| agent.core.log_prob(pair, &encode(config).unwrap()).unwrap();
    T::enumerate().filter(|config| wanted(config)).map(|config| log_prob(&config).exp()).sum()
}

/// Seeds 0 to 2. A good `Cnn` has probability 1/2 at first; after 800 trials of each space it must have 0.9 on both tasks.
#[test]
fn each_space_is_learned_on_each_task() {
    for (input, seed) in INPUTS.into_iter().flat_map(|input| (0..3).map(move |seed| (input, seed))) {
        let mut agent = LstmAgent::<Models>::builder().seed(seed).input(input).build().unwrap();
        for _ in 0..800 {
            let trial: Trial<Cnn> = agent.ask().unwrap();
            assert_ne!(trial.config.first, Layer::Dense);
            let earned = reward(trial.task(), trial.config.deep);
            agent.tell(trial, earned).unwrap();
            let trial: Trial<Mlp> = agent.ask().unwrap();
            assert_ne!(trial.config.first, Layer::Pool);
            let earned = reward(trial.task(), trial.config.layers > 1);
            agent.tell(trial, earned).unwrap();
        }
        for (task, name) in [(0, "Digits"), (1, "Letters")] {
            let [cnn, mlp] = [0, 1].map(|space| Pair { space, task });
            let sums = [probability::<Cnn>(&agent, cnn, |_| true), probability::<Mlp>(&agent, mlp, |_| true)];
            assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-6), "{sums:?}");
            let good = probability(&agent, cnn, |config: &Cnn| reward(name, config.deep) > 0.5);
            assert!(good >= 0.9, "{input:?}, seed {seed}, {name}: {good}");
        }
    }
}

#[test]
fn a_task_that_is_none_of_the_universe_s_is_refused() {
    let mut agent = LstmAgent::<Models>::builder().build().unwrap();
    let mut trial: Trial<Cnn> = agent.ask().unwrap();
    trial.task = "Sounds".into();
    assert!(matches!(agent.tell(trial, 1.0), Err(ObserveError::Task { .. })));
}

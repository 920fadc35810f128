//! Studies over several spaces and tasks, over one space of them, and over one task.

use transfer_nas::agent::SampleError;
use transfer_nas::prelude::*;
use transfer_nas::search::{
    DreamingAgent, Dreams, LocalSearch, LstmAgent, Mixture, RandomSearch, RegularizedEvolution, Searcher,
};
use transfer_nas::study::{Chosen, PairBest, Running, Study, StudyBuilder, StudyError};

#[tasks]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Data {
    Digits,
    Letters,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Cnn {
    #[space(range = 1..=6)]
    layers: u32,
    #[space(choices = [16, 32, 64])]
    width: u32,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Mlp {
    #[space(range = 1..=4)]
    layers: u32,
    bias: bool,
}

#[joint_space(tasks = Data)]
#[derive(Debug, Clone, PartialEq)]
enum Models {
    Cnn(Cnn),
    #[space(tasks(Letters))]
    Mlp(Mlp),
}

fn agent() -> Agent<Models> {
    Agent::builder().seed(7).build().unwrap()
}

/// Letters earn ten times what digits do, so that the best over all says nothing of digits.
fn reward(trial: &Running<Models>) -> f64 {
    let scale = if trial.task() == "Letters" { 10.0 } else { 1.0 };
    scale
        * match trial.config() {
            Models::Cnn(cnn) => f64::from(cnn.layers) + f64::from(cnn.width) / 64.0,
            Models::Mlp(mlp) => f64::from(mlp.layers) + f64::from(u8::from(mlp.bias)),
        }
}

fn quiet<S>(searcher: S) -> StudyBuilder<Chosen<S>> {
    Study::in_memory().quiet().ctrl_c(false).searcher(searcher)
}

fn of<'a>(pairs: &'a [PairBest], space: &str, task: &str) -> &'a PairBest {
    pairs.iter().find(|pair| pair.space.as_deref() == Some(space) && pair.task == task).unwrap()
}

type Any<T> = Box<dyn Searcher<T>>;

/// 18 configs of a CNN on two tasks, 8 of an MLP on one: all 44 are found by every strategy, each pair with its own best.
#[test]
fn a_joint_space_is_searched_as_a_whole() {
    let mixture: [(f64, Any<Models>); 2] =
        [(1.0, Box::new(agent())), (1.0, Box::new(LocalSearch::<Models>::new(1).starts(0)))];
    let all: Vec<(&str, Any<Models>)> = vec![
        ("agent", Box::new(agent())),
        ("agent that dreams", Box::new(DreamingAgent::new(agent(), Dreams::new()).unwrap())),
        ("lstm", Box::new(LstmAgent::<Models>::builder().seed(7).build().unwrap())),
        ("random", Box::new(RandomSearch::<Models>::new(7))),
        ("evolution", Box::new(RegularizedEvolution::<Models>::new(7).population(10))),
        ("local", Box::new(LocalSearch::<Models>::new(7))),
        ("climbing", Box::new(agent().climbing(0.5, 1))),
        ("mixture", Box::new(Mixture::of(7, mixture))),
    ];
    for (name, searcher) in all {
        let study = quiet(searcher).trials(100).run_trials(reward).unwrap();
        let summary = study.summary().unwrap();
        assert_eq!((summary.done, summary.ending), (44, transfer_nas::study::Ending::Exhausted), "{name}");
        assert_eq!(study.best().unwrap().unwrap().config, Models::Cnn(Cnn { layers: 6, width: 64 }), "{name}");
        let pairs = study.best_by_pair().unwrap();
        assert_eq!(pairs.len(), 3, "{name}");
        for (space, task, done, best) in
            [("Cnn", "Digits", 18, 7.0), ("Cnn", "Letters", 18, 70.0), ("Mlp", "Letters", 8, 50.0)]
        {
            let pair = of(&pairs, space, task);
            assert_eq!(pair.done, done, "{name}");
            assert!((pair.best.unwrap().1 - best).abs() < 1e-9, "{name}: {pair:?}");
        }
    }
}

#[test]
fn a_joint_study_is_written_down_read_and_shown_by_pair() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let open = || Study::open(&file).unwrap().quiet().ctrl_c(false).agent(agent());
    let mut study = open().trials(20).run_trials(reward).unwrap();
    study.enqueue(Models::Mlp(Mlp { layers: 4, bias: true })).unwrap();
    drop(study);
    let mut study = open().trials(30).run_trials(reward).unwrap();
    let rows = study.trials().unwrap();
    assert_eq!(rows.len(), 30);
    assert_eq!(rows[20].config, Some(Models::Mlp(Mlp { layers: 4, bias: true })));
    for row in &rows {
        let (state, space) = &row.decisions[0];
        assert_eq!(state, "start");
        assert_eq!(space == "Cnn", matches!(row.config, Some(Models::Cnn(_))));
    }
    let report = folder.path().join("report.html");
    study.report(&report).unwrap();
    let html = std::fs::read_to_string(report).unwrap();
    assert!(html.contains("Best by space and task"), "the report has the best of each pair");
    assert!(study.checkpoint().unwrap().unwrap().pairs().all(|pair| pair.elites > 0));
}

#[test]
fn one_space_of_a_joint_agent_is_searched_on_its_tasks() {
    let found = std::sync::Arc::new(std::sync::Mutex::new(std::collections::BTreeSet::new()));
    let tasks = std::sync::Arc::clone(&found);
    let study = quiet(agent()).trials(100).run_trials(move |trial: &Running<Cnn>| {
        tasks.lock().unwrap().insert(trial.task().to_owned());
        f64::from(trial.layers)
    });
    let study = study.unwrap();
    assert_eq!(study.summary().unwrap().done, 36);
    assert_eq!(found.lock().unwrap().iter().collect::<Vec<_>>(), ["Digits", "Letters"]);
    assert!(study.trials().unwrap().iter().all(|row| row.config.is_some() && row.decisions[0].0 != "start"));
}

#[test]
fn one_task_is_searched_alone() {
    let study = quiet(agent()).on(Data::Letters).trials(100).run_trials(reward).unwrap();
    assert_eq!(study.summary().unwrap().done, 26);
    let pairs = study.best_by_pair().unwrap();
    assert!(pairs.iter().all(|pair| pair.task == "Letters") && pairs.len() == 2, "{pairs:?}");
    let study = quiet(agent()).on(Data::Digits).trials(100).run(|cnn: &Cnn| f64::from(cnn.layers)).unwrap();
    assert_eq!(study.summary().unwrap().done, 18);
    let refused = quiet(agent()).on(Data::Digits).build::<Mlp>().err().unwrap();
    assert!(
        matches!(&refused, StudyError::Sample(SampleError::NotJudged { task, .. }) if task == "Digits"),
        "{refused}"
    );
}

/// The agent's view of a task is a searcher, too.
#[test]
fn a_view_of_one_task_is_a_searcher() {
    let mut agent = agent();
    let mut view = agent.on(Data::Letters).unique();
    for _ in 0..8 {
        let trial: Trial<Mlp> = Searcher::<Mlp>::ask(&mut view).unwrap();
        assert_eq!(trial.task(), "Letters");
        view.tell(trial, 1.0).unwrap();
    }
    assert!(view.ask().is_err());
    drop(view);
    assert!(agent.on(Data::Letters).best::<Mlp>().is_some());
}

#[test]
fn what_is_to_be_minimised_is_shown_as_it_was_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let open = || Study::open(&file).unwrap().quiet().ctrl_c(false);
    let low = RandomSearch::<Cnn>::new(3);
    let study = open().searcher(low).minimize().trials(18).run(|cnn: &Cnn| f64::from(cnn.layers * cnn.width));
    let study = study.unwrap();
    let best = study.best().unwrap().unwrap();
    assert_eq!(best.config, Cnn { layers: 1, width: 16 });
    assert!((best.reward - 16.0).abs() < 1e-12);
    assert_eq!(study.summary().unwrap().best.unwrap().1.to_bits(), 16f64.to_bits());
    assert!(study.to_json().unwrap().contains("\"minimize\""));
    // An agent that minimises says it for its study; the other way round is refused.
    let high = open().searcher(RandomSearch::<Cnn>::new(3)).build::<Cnn>();
    assert!(high.is_ok(), "nothing said is what was said before");
    let low = Agent::<Cnn>::builder().minimize().build().unwrap();
    let study = Study::in_memory().quiet().agent(low).trials(18).run(|cnn: &Cnn| f64::from(cnn.layers)).unwrap();
    assert!((study.best().unwrap().unwrap().reward - 1.0).abs() < 1e-12);
    let made = Study::open(folder.path().join("up.db")).unwrap().quiet().searcher(RandomSearch::<Cnn>::new(1));
    made.trials(1).run(|_: &Cnn| 1.0).unwrap();
    let turned = Study::open(folder.path().join("up.db")).unwrap().searcher(RandomSearch::<Cnn>::new(1)).minimize();
    let refused = turned.build::<Cnn>().err().unwrap().to_string();
    assert_eq!(
        refused,
        "the study `study` is to maximize its reward; open it the same way, or take another study name"
    );
}

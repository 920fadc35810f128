//! What every study learns from every other one: which trials come along, and in what order, what else does, and that what came along
//! stays what it is when the study is opened again.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use transfer_nas::agent::{ObserveError, SampleError, TransferReport};
use transfer_nas::policy::AnyConfig;
use transfer_nas::prelude::*;
use transfer_nas::search::{
    BayesianSearch, DreamingAgent, Dreams, LocalSearch, LstmAgent, LstmInput, Mixture, RandomSearch,
    RegularizedEvolution, Searcher,
};
use transfer_nas::study::{Chosen, MemoryStore, Store, Study, StudyBuilder, StudyView, TransferSource, TrialRow};

mod old {
    use transfer_nas::prelude::*;

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Config {
        #[space(range = 1..=20)]
        pub(crate) width: u32,
        pub(crate) layer: Layer,
        #[space(range = 0..=9)]
        pub(crate) rate: u32,
    }

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Layer {
        Dense,
        Conv {
            #[space(choices = [1, 3, 5])]
            kernel: u32,
        },
    }
}

/// The same in another order and with another name, without some of the actions.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Config {
    #[space(range = 0..=9)]
    rate: u32,
    #[space(range = 1..=18, alias = "width")]
    units: u32,
    layer: Layer,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
enum Layer {
    Conv {
        #[space(choices = [5, 3])]
        kernel: u32,
    },
    Dense,
}

/// The same with something new.
#[search_space(name = "Config")]
#[derive(Debug, Clone, PartialEq)]
struct Wider {
    layer: Layer,
    residual: bool,
    #[space(range = 1..=18, alias = "width")]
    units: u32,
    #[space(range = 0..=9)]
    rate: u32,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Tree {
    #[space(range = 1..=9)]
    depth: u32,
}

#[joint_space]
#[derive(Debug, Clone, PartialEq)]
enum Models {
    Tree(Tree),
    Config(Config),
}

/// A searcher of a user's own, which has no snapshots.
struct Plain<T: AnyConfig>(RandomSearch<T>);

impl<T: AnyConfig> Searcher<T> for Plain<T> {
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        self.0.ask()
    }

    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        self.0.tell(trial, reward)
    }
}

type Any<T> = Box<dyn Searcher<T>>;

/// All strategies over any space, by name.
macro_rules! strategies {
    ($config:ty, $seed:expr) => {{
        let seed = $seed;
        let agent = || Agent::<$config>::builder().seed(seed).build().unwrap();
        let lstm = |input| LstmAgent::<$config>::builder().seed(seed).input(input).build().unwrap();
        let bayesian = || BayesianSearch::<$config>::new(seed);
        let mixture: [(f64, Any<$config>); 2] = [(2.0, Box::new(bayesian())), (1.0, Box::new(agent()))];
        let all: Vec<(&'static str, Any<$config>)> = vec![
            ("agent", Box::new(agent())),
            ("dreaming", Box::new(DreamingAgent::new(agent(), Dreams::new()).unwrap())),
            ("lstm", Box::new(lstm(LstmInput::PerState))),
            ("shared lstm", Box::new(lstm(LstmInput::Shared))),
            ("random", Box::new(RandomSearch::<$config>::new(seed))),
            ("local", Box::new(LocalSearch::<$config>::new(seed))),
            ("evolution", Box::new(RegularizedEvolution::<$config>::new(seed))),
            ("bayesian", Box::new(bayesian())),
            ("mixture", Box::new(Mixture::of(seed, mixture))),
            ("plain", Box::new(Plain(RandomSearch::<$config>::new(seed)))),
        ];
        all
    }};
}

/// The network of a strategy's policy.
fn network(strategy: &str) -> Option<&str> {
    match strategy {
        "agent" | "dreaming" | "mixture" => Some("transformer"),
        "lstm" | "shared lstm" => Some(strategy),
        _ => None,
    }
}

/// Whether a strategy has the default search's model of rewards.
fn has_model(strategy: &str) -> bool {
    matches!(strategy, "bayesian" | "dreaming" | "mixture")
}

/// By state and label.
type Decisions = Vec<(String, String)>;

/// What a config is worth, by the names of any of the types.
fn worth(decisions: &[(String, String)]) -> f64 {
    let number = |label: &str| label.parse::<f64>().unwrap();
    let of = |(state, label): &(String, String)| match state.as_str() {
        "Config.width" | "Config.units" => -(number(label) - 14.0).abs(),
        "Config.rate" => -(number(label) - 6.0).abs(),
        "Layer.Conv.kernel" => -2.0 * (number(label) - 3.0).abs(),
        "Layer" if label == "Dense" => -8.0,
        "Tree.depth" => number(label),
        _ => 0.0,
    };
    decisions.iter().map(of).sum()
}

/// What an old config is worth.
fn worth_of_old(config: &old::Config) -> f64 {
    let layer = match config.layer {
        old::Layer::Dense => -8.0,
        old::Layer::Conv { kernel } => -2.0 * (f64::from(kernel) - 3.0).abs(),
    };
    layer - (f64::from(config.width) - 14.0).abs() - (f64::from(config.rate) - 6.0).abs()
}

/// Decisions of the old type that there are in the new ones, by their names there.
fn known(decisions: &[(String, String)]) -> Decisions {
    let is_there = |(state, label): &&(String, String)| match state.as_str() {
        "Config.width" => !["19", "20"].contains(&label.as_str()),
        "Layer.Conv.kernel" => label != "1",
        _ => true,
    };
    let renamed = |(state, label): &(String, String)| (state.replace("width", "units"), label.clone());
    decisions.iter().filter(is_there).map(renamed).collect()
}

/// What is known in the new types of the decisions of an old trial.
#[derive(Debug)]
struct Lesson {
    decisions: Decisions,
    is_open: bool,
}

impl Lesson {
    fn new(all: &[(String, String)]) -> Self {
        let decisions = known(all);
        Self { is_open: decisions.len() < all.len(), decisions }
    }

    fn is_of<T>(&self, row: &TrialRow<T>) -> bool {
        self.decisions.iter().all(|decision| row.decisions.contains(decision))
    }
}

/// An old study: what searched it, and its decisions and rewards.
struct Source {
    name: &'static str,
    trials: Vec<(Decisions, f64)>,
}

impl Source {
    /// Its trials, the best first; of equals the earlier one.
    fn best(&self) -> Vec<Lesson> {
        let mut trials: Vec<_> = self.trials.iter().collect();
        trials.sort_by(|a, b| b.1.total_cmp(&a.1));
        trials.into_iter().map(|(decisions, _)| Lesson::new(decisions)).collect()
    }
}

const TRIALS: usize = 30;

fn old_study<S: Searcher<old::Config>>(
    builder: StudyBuilder<Chosen<S>>,
    trials: usize,
    reward: fn(&old::Config) -> f64,
) -> Vec<(Decisions, f64)> {
    let study = builder.quiet().ctrl_c(false).trials(trials as u64).run(reward).unwrap();
    study.trials().unwrap().into_iter().map(|row| (row.decisions, row.reward.unwrap())).collect()
}

/// A study of each strategy over the old type, and a long one of which more is known.
static OLD: LazyLock<(Arc<dyn Store>, Vec<Source>)> = LazyLock::new(|| {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let study = |(name, searcher): (&'static str, Any<old::Config>)| {
        let builder = Study::in_store(store.clone()).name(name).searcher(searcher);
        Source { name, trials: old_study(builder, TRIALS, worth_of_old) }
    };
    let sources = strategies!(old::Config, 1).into_iter().map(study).collect();
    let long = Study::in_store(store.clone()).name("long").searcher(RandomSearch::<old::Config>::new(9));
    old_study(long, 120, worth_of_old);
    let opposed = Study::in_store(store.clone()).name("opposed").searcher(RandomSearch::<old::Config>::new(10));
    old_study(opposed, 120, |config| -worth_of_old(config));
    (store, sources)
});

/// What trials of the study that came from elsewhere are said to be.
const ORIGIN: &str = "one of the best elsewhere";

fn is_from_elsewhere<T>(row: &TrialRow<T>) -> bool {
    row.origin.as_deref() == Some(ORIGIN)
}

/// Asks and tells, where what came from elsewhere earns more than all else; gives the trials.
fn go_on<T: AnyConfig, S: Searcher<T>>(study: &mut Study<T, S>, trials: usize, sign: f64) -> Vec<TrialRow<T>> {
    for _ in 0..trials {
        let Some(running) = study.ask().unwrap() else { break };
        let rows = study.trials().unwrap();
        let row = &rows[running.number() as usize];
        let bonus = if is_from_elsewhere(row) { 1000.0 } else { 0.0 };
        study.tell(running, sign * (bonus + worth(&row.decisions))).unwrap();
    }
    study.trials().unwrap()
}

/// The trials that came from elsewhere are the best of these, in this order, as far as their decisions are known. Missing are those that the
/// searcher found by itself, and those that came to be the same as others by what was left open of them.
fn assert_best_first<T>(rows: &[TrialRow<T>], best: &[Lesson], count: usize, at: &str) {
    let (tried, own): (Vec<_>, Vec<_>) = rows.iter().partition(|row| is_from_elsewhere(row));
    let is_one_of = |rows: &[&TrialRow<T>], lesson: &Lesson| rows.iter().any(|row| lesson.is_of(row));
    let decisions: HashSet<_> = tried.iter().map(|row| &row.decisions).collect();
    assert_eq!(decisions.len(), tried.len(), "{at}: distinct");
    let (mut place, mut found) = (0, 0);
    for lesson in best {
        if place == tried.len() && place + found >= count {
            break;
        }
        match tried.get(place) {
            Some(row) if lesson.is_of(row) => place += 1,
            _ if is_one_of(&own, lesson) => found += 1,
            _ => assert!(lesson.is_open, "{at}: {lesson:?} is left out for number {place}"),
        }
    }
    assert_eq!(place, tried.len(), "{at}: all of them are of the best");
    let missing = count - place;
    assert!(missing <= found && missing <= 1, "{at}: {missing} are missing, and {found} were found by the searcher");
}

/// Has a study learn from another one: what is reported comes along, and nothing else.
fn learns<T: AnyConfig>(source: &Source, (name, searcher): (&str, Any<T>), count: usize) {
    let at = format!("{name} learns from {}", source.name);
    let study = Study::in_store(OLD.0.clone()).name(format!("{count}: {at}")).quiet().searcher(searcher);
    let mut study = study.learn_from([TransferSource::here(source.name)]).build::<T>().unwrap();
    let report = study.transfer().unwrap().unwrap();
    let [of] = &report.sources[..] else { panic!("{at}: {report}") };
    assert_eq!((report.elites.reused, report.elites.of), (count, TRIALS), "{at}");
    assert_eq!((of.name.as_str(), of.elites, of.trials), (source.name, count, TRIALS), "{at}");
    let is_taken_over = network(name).is_some() && network(name) == network(source.name);
    assert_eq!(of.policy, is_taken_over, "{at}: its policy");
    assert_eq!(of.data > 0, has_model(name), "{at}: its data");
    assert!(of.data <= TRIALS && of.dropped.is_none(), "{at}");
    // One of its own is tried after the first, and after each two further ones.
    let rows = go_on(&mut study, count + count.div_ceil(2), 1.0);
    assert_best_first(&rows, &source.best(), count, &at);
    assert_eq!(study.transfer().unwrap().unwrap(), report, "{at}");
}

#[test]
fn ten_come_along_where_nothing_is_new() {
    for source in &OLD.1 {
        strategies!(Config, 2).into_iter().for_each(|target| learns(source, target, 10));
    }
}

#[test]
fn three_come_along_where_something_is_new() {
    for source in &OLD.1 {
        strategies!(Wider, 2).into_iter().for_each(|target| learns(source, target, 3));
    }
}

fn opened<S: Searcher<Config>>(name: &str, searcher: S) -> StudyBuilder<Chosen<S>> {
    Study::in_store(OLD.0.clone()).name(name).quiet().deterministic().searcher(searcher)
}

/// Asks and tells, where a config earns what it is worth.
fn earn<T: AnyConfig, S: Searcher<T>>(study: &mut Study<T, S>, trials: usize) {
    for _ in 0..trials {
        let running = study.ask().unwrap().unwrap();
        let decisions = study.trials().unwrap().swap_remove(running.number() as usize).decisions;
        study.tell(running, worth(&decisions)).unwrap();
    }
}

#[test]
fn a_source_that_was_dropped_stays_dropped() {
    for ((name, searcher), (_, other)) in strategies!(Config, 3).into_iter().zip(strategies!(Config, 3)) {
        let at = format!("{name} is misled");
        let mut study = opened(&at, searcher).learn_from([TransferSource::here("opposed")]).build::<Config>().unwrap();
        earn(&mut study, 20);
        study.leave().unwrap();
        let report = study.transfer().unwrap().unwrap();
        // The configs of others are queued for a searcher without snapshots, and that is all.
        assert_eq!(report.sources[0].dropped.is_some(), name != "plain", "{name}: {report}");
        if let Some(dropped) = report.sources[0].dropped {
            assert!((10..=20).contains(&dropped.after) && dropped.correlation < 0.3, "{name}: {report}");
        }
        drop(study);
        let mut again = opened(&at, other).build::<Config>().unwrap();
        assert_eq!(again.transfer().unwrap().unwrap(), report, "{name}");
        earn(&mut again, 5);
        assert_eq!(again.transfer().unwrap().unwrap(), report, "{name}");
    }
}

/// Opened again after each of these trials, with one that is out or without.
const TURNS: [usize; 7] = [1, 2, 3, 6, 10, 12, 17];

#[test]
fn a_study_that_is_opened_again_goes_on_to_the_same_trials() {
    // The second one is dropped on the way.
    let sources = || [TransferSource::here("long"), TransferSource::here("opposed"), TransferSource::here("agent")];
    let searcher = |place: usize| strategies!(Config, 4).swap_remove(place);
    for (place, (name, undisturbed)) in strategies!(Config, 4).into_iter().enumerate() {
        let builder = opened(&format!("{name} goes on"), undisturbed).learn_from(sources());
        let mut undisturbed = builder.build::<Config>().unwrap();
        earn(&mut undisturbed, 25);
        let disturbed = format!("{name} is disturbed");
        let open = || opened(&disturbed, searcher(place).1).learn_from(sources()).build::<Config>().unwrap();
        let (mut study, mut done) = (open(), 0);
        for (turn, until) in TURNS.into_iter().enumerate() {
            earn(&mut study, until - done);
            done = until;
            let out = (turn % 2 == 1).then(|| study.ask().unwrap().unwrap());
            drop((out, study));
            study = open();
        }
        earn(&mut study, 25 - done);
        let trials = |study: &Study<Config, Any<Config>>| -> Vec<_> {
            let rows = study.trials().unwrap();
            rows.into_iter().map(|row| (row.number, row.config.unwrap(), row.origin, row.reward)).collect()
        };
        let (expected, found) = (trials(&undisturbed), trials(&study));
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(found, expected, "{name}");
        }
        let report = study.transfer().unwrap().unwrap();
        assert_eq!(undisturbed.transfer().unwrap().unwrap(), report, "{name}");
        assert_eq!(report.sources[1].dropped.is_some(), name != "plain", "{name}: {report}");
    }
}

#[test]
fn rewards_count_by_the_direction_of_their_study() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let study = |name: &str| Study::in_store(store.clone()).name(name).quiet();
    let random = || RandomSearch::<old::Config>::new(5);
    let losses = study("losses").searcher(random()).minimize();
    let losses = Source { name: "losses", trials: old_study(losses, TRIALS, |config| -worth_of_old(config)) };
    let rewards = study("rewards").searcher(random());
    let rewards = Source { name: "rewards", trials: old_study(rewards, TRIALS, worth_of_old) };
    let negated = losses.trials.iter().map(|(decisions, loss)| (decisions.clone(), -loss)).collect();
    let losses = Source { trials: negated, ..losses };
    for (place, (name, _)) in strategies!(Config, 2).iter().enumerate() {
        let searcher = || strategies!(Config, 2).swap_remove(place).1;
        let mut high = study(&format!("high {name}")).searcher(searcher()).learn_from([TransferSource::here("losses")]);
        let mut low = study(&format!("low {name}")).searcher(searcher()).learn_from([TransferSource::here("rewards")]);
        (high, low) = (high.deterministic(), low.minimize().deterministic());
        let (mut high, mut low) = (high.build::<Config>().unwrap(), low.build::<Config>().unwrap());
        assert_best_first(&go_on(&mut high, 15, 1.0), &losses.best(), 10, &format!("losses for {name}"));
        assert_best_first(&go_on(&mut low, 15, -1.0), &rewards.best(), 10, &format!("rewards for {name}"));
    }
}

#[test]
fn a_joint_study_teaches_one_of_its_spaces() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let study = |name: &str| Study::in_store(store.clone()).name(name).quiet().ctrl_c(false);
    for (name, searcher) in strategies!(Models, 6) {
        let mut joint = study(name).searcher(searcher).build::<Models>().unwrap();
        let rows = go_on(&mut joint, 60, 1.0);
        joint.leave().unwrap();
        let mut configs: Vec<_> = rows.iter().filter(|row| matches!(row.config, Some(Models::Config(_)))).collect();
        configs.sort_by(|a, b| b.reward.unwrap().total_cmp(&a.reward.unwrap()));
        let best: Vec<Lesson> = configs.iter().map(|row| Lesson::new(&row.decisions[1..])).collect();
        let count = best.len().min(10);
        assert!(count > 2, "{name} tried {count} configs");
        for (other, searcher) in strategies!(Config, 2) {
            let at = format!("{other} learns from joint {name}");
            let single = study(&at).searcher(searcher).learn_from([TransferSource::here(name)]);
            let mut single = single.build::<Config>().unwrap();
            let report = single.transfer().unwrap().unwrap();
            assert_eq!((report.elites.reused, report.elites.of), (count, rows.len()), "{at}: {report}");
            assert_eq!(report.sources[0].data > 0, has_model(other), "{at}");
            if name == "random" {
                assert_best_first(&go_on(&mut single, 15, 1.0), &best, count, &at);
            }
        }
    }
}

#[test]
fn a_single_space_teaches_its_place_in_a_joint_one() {
    for source in &OLD.1[..5] {
        for (name, searcher) in strategies!(Models, 2) {
            let at = format!("joint {name} learns from {}", source.name);
            let joint = Study::in_store(OLD.0.clone()).name(&at).quiet().searcher(searcher);
            let mut joint = joint.learn_from([TransferSource::here(source.name)]).build::<Models>().unwrap();
            let report = joint.transfer().unwrap().unwrap();
            assert_eq!((report.elites.reused, report.sources[0].trials), (10, TRIALS), "{at}: {report}");
            assert_eq!(report.sources[0].data > 0, has_model(name), "{at}");
            if source.name == "random" {
                // Many of what the others propose are of the other space.
                let rows = go_on(&mut joint, 60, 1.0);
                assert_best_first(&rows, &source.best(), 10, &at);
                let of_space = |row: &TrialRow<Models>| matches!(row.config, Some(Models::Config(_)));
                assert!(rows.iter().filter(|row| is_from_elsewhere(row)).all(of_space), "{at}");
            }
        }
    }
}

#[test]
fn as_many_are_tried_as_are_asked_for() {
    for (starts, expected) in [(0, 0), (1, 1), (4, 4), (25, 25), (100, TRIALS)] {
        for (place, (name, _)) in strategies!(Config, 2).iter().enumerate() {
            let source = [TransferSource::here("random")];
            let study = opened(&format!("{starts} starts of {name}"), strategies!(Config, 2).swap_remove(place).1);
            let study = study.learn_from(source.clone()).starts(starts).build::<Config>().unwrap();
            let report = study.transfer().unwrap().unwrap();
            assert!(report.elites.reused <= expected && report.elites.reused + 2 >= expected, "{name}: {report}");
            let queued = study.trials().unwrap().len();
            assert_eq!(queued, if *name == "plain" { report.elites.reused } else { 0 }, "{name}");
            let wider = Study::in_store(OLD.0.clone()).name(format!("{starts} wider starts of {name}")).quiet();
            let wider = wider.searcher(strategies!(Wider, 2).swap_remove(place).1).learn_from(source).starts(starts);
            let report = wider.build::<Wider>().unwrap().transfer().unwrap().unwrap();
            assert!(report.elites.reused <= expected && report.elites.reused + 2 >= expected, "{name}: {report}");
        }
    }
}

/// What a source is called, and how many of its trials are tried first.
fn names(report: &TransferReport, folder: &Path) -> Vec<(String, usize)> {
    let shown = |name: &str| name.replace(&format!("{}/", folder.display()), "");
    report.sources.iter().map(|source| (shown(&source.name), source.elites)).collect()
}

fn pairs(expected: &[(&str, usize)]) -> Vec<(String, usize)> {
    expected.iter().map(|&(name, elites)| (name.to_owned(), elites)).collect()
}

/// Of a file come all studies, also one that is called as the one that learns; and of its own file all others.
#[test]
fn files_are_sources_by_their_paths() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).into_os_string().into_string().unwrap();
    for (name, seed) in [("cnn", 1), ("small", 2), ("large", 3)] {
        let study = Study::open(at("old.db")).unwrap().name(name).searcher(RandomSearch::<old::Config>::new(seed));
        old_study(study, 20, worth_of_old);
    }
    let mut agent = Agent::<old::Config>::builder().seed(1).build().unwrap();
    for _ in 0..20 {
        let trial = agent.sample::<old::Config>().unwrap();
        let reward = worth_of_old(&trial.config);
        agent.observe(trial, reward).unwrap();
    }
    agent.save(at("agent.safetensors")).unwrap();
    let open = |file: &str| Study::open(at(file)).unwrap().name("cnn").quiet();
    let all = open("new.db").learn_from([at("old.db")]).build::<Config>().unwrap();
    let report = all.transfer().unwrap().unwrap();
    assert_eq!(names(&report, folder.path()), pairs(&[("old.db, cnn", 4), ("old.db, small", 3), ("old.db, large", 3)]));
    let here = Study::open(at("old.db")).unwrap().name("new").quiet().learn_from([at("old.db")]);
    let report = here.build::<Config>().unwrap().transfer().unwrap().unwrap();
    assert_eq!(names(&report, folder.path()), pairs(&[("old.db, cnn", 4), ("old.db, small", 3), ("old.db, large", 3)]));
    let mixed = open("other.db").agent(Agent::<Config>::builder().build().unwrap());
    let mixed = mixed.learn_from([at("agent.safetensors"), at("new.db")]).build::<Config>().unwrap();
    let report = mixed.transfer().unwrap().unwrap();
    assert_eq!(names(&report, folder.path()), pairs(&[("agent.safetensors", 10), ("new.db, cnn", 0)]));
    assert!(report.sources[0].policy && report.positions.of > 0);
    for missing in ["missing.safetensors", "missing.db"] {
        let error = open("third.db").learn_from([at("agent.safetensors"), at(missing)]).build::<Config>().err();
        let text = error.unwrap_or_else(|| panic!("{missing} is not there")).to_string();
        assert!(text.contains(&at(missing)), "{text}");
        assert!(!folder.path().join(missing).exists());
    }
    let error =
        open("third.db").learn_from([TransferSource::study(at("old.db"), "vit")]).build::<Config>().err().unwrap();
    assert!(error.to_string().contains("no study `vit` in the store; it has `cnn`, `small`, `large`"), "{error}");
    // Nothing was made.
    assert!(StudyView::names(&*transfer_nas::study::location::open(at("third.db")).unwrap()).unwrap().is_empty());
}

/// In files, with `warm_start_from`; and what is said beforehand, without the types, is what comes of it.
#[test]
fn a_study_in_a_file_learns_from_one_in_another() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let source = Study::open(at("old.db")).unwrap().name("source").searcher(RandomSearch::<old::Config>::new(1));
    let source = Source { name: "source", trials: old_study(source, TRIALS, worth_of_old) };
    let open = || Study::open(at("new.db")).unwrap().quiet().deterministic();
    let mut study = open().warm_start_from(at("old.db"), "source").unwrap().build::<Config>().unwrap();
    let report = study.transfer().unwrap().unwrap();
    assert_eq!((report.elites.reused, report.sources[0].data, report.sources[0].policy), (10, TRIALS, false));
    go_on(&mut study, 7, 1.0);
    drop(study);
    let mut study = open().warm_start_from(at("old.db"), "source").unwrap().build::<Config>().unwrap();
    assert_best_first(&go_on(&mut study, 8, 1.0), &source.best(), 10, "opened again");
    assert_eq!(study.transfer().unwrap().unwrap(), report);
    let joint = || Study::open(at("joint.db")).unwrap().quiet();
    let sources = [TransferSource::studies(at("old.db")), TransferSource::studies(at("new.db"))];
    let made = joint().learn_from(sources.clone()).build::<Models>().unwrap().transfer().unwrap().unwrap();
    assert_eq!(StudyView::preview_transfer(at("joint.db"), "study", &sources).unwrap(), made);
    let previewed: BTreeSet<usize> = made.sources.iter().map(|source| source.elites).collect();
    assert_eq!(previewed, BTreeSet::from([5]), "both in turns: {made}");
    let error = open().warm_start_from(at("missing.db"), "source").err().unwrap();
    assert!(error.to_string().contains("missing.db"), "{error}");
}

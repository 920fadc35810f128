//! What comes along from other searches, what of it is tried and believed, and how it is taken back.

use crate::agent::Agent;
use crate::search::{
    BayesianSearch, DreamingAgent, Dreams, Lessons, LocalSearch, Outcome, RandomSearch, RegularizedEvolution, Searcher,
    Sources,
};

mod old {
    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(super) struct Config {
        #[space(range = 1..=20)]
        pub(super) width: u32,
        pub(super) layer: Layer,
        #[space(range = 0..=9)]
        pub(super) rate: u32,
    }

    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(super) enum Layer {
        Dense,
        Conv {
            #[space(choices = [1, 3, 5])]
            kernel: u32,
        },
    }
}

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Config {
    #[space(range = 0..=9)]
    rate: u32,
    #[space(range = 1..=20, alias = "width")]
    units: u32,
    layer: Layer,
}

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
enum Layer {
    Conv {
        #[space(choices = [5, 3, 1])]
        kernel: u32,
    },
    Dense,
}

/// The same with something that could not be decided before.
#[crate::search_space(name = "Config")]
#[derive(Debug, Clone, PartialEq)]
struct Wider {
    #[space(range = 1..=20, alias = "width")]
    units: u32,
    layer: Layer,
    #[space(range = 0..=9)]
    rate: u32,
    residual: bool,
}

fn worth(width: u32, kernel: u32, rate: u32) -> f64 {
    -(f64::from(width) - 14.0).abs() - 2.0 * f64::from(kernel.abs_diff(3)) - (f64::from(rate) - 6.0).abs()
}

fn of_old(config: &old::Config) -> f64 {
    let kernel = if let old::Layer::Conv { kernel } = config.layer { kernel } else { 7 };
    worth(config.width, kernel, config.rate)
}

fn of_new(config: &Config) -> f64 {
    let kernel = if let Layer::Conv { kernel } = config.layer { kernel } else { 7 };
    worth(config.units, kernel, config.rate)
}

/// Trials of a random search over the old type, each earning what is made of its worth.
fn trials(seed: u64, earned: impl Fn(f64) -> f64) -> Vec<(old::Config, f64)> {
    let mut search = RandomSearch::<old::Config>::new(seed).unique();
    let mut trial = || {
        let trial = search.ask().unwrap();
        let reward = earned(of_old(&trial.config));
        (trial.config, reward)
    };
    (0..200).map(|_| trial()).collect()
}

fn sources(earned: impl Fn(f64) -> f64) -> Sources {
    Sources::new().trials("old", trials(1, earned)).unwrap()
}

fn run(search: &mut dyn Searcher<Config>, count: usize) -> Vec<(Config, f64)> {
    let mut trial = || {
        let trial = search.ask().unwrap();
        let (config, reward) = (trial.config.clone(), of_new(&trial.config));
        search.tell(trial, reward).unwrap();
        (config, reward)
    };
    (0..count).map(|_| trial()).collect()
}

fn all(seed: u64) -> Vec<(&'static str, Box<dyn Searcher<Config>>)> {
    let agent = || Agent::<Config>::builder().seed(seed).build().unwrap();
    vec![
        ("bayesian", Box::new(BayesianSearch::new(seed))),
        ("random", Box::new(RandomSearch::new(seed))),
        ("local", Box::new(LocalSearch::new(seed))),
        ("evolution", Box::new(RegularizedEvolution::new(seed))),
        ("agent", Box::new(agent())),
        ("dreaming", Box::new(DreamingAgent::new(agent(), Dreams::new()).unwrap())),
    ]
}

#[test]
fn the_ten_best_are_tried_first_with_some_to_compare_with() {
    let mut best = trials(1, |worth| worth);
    best.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (name, search) in all(3) {
        let mut search = search.learning_from(&sources(|worth| worth)).unwrap();
        let tried = run(&mut search, 15);
        let is_elite = |(config, _): &&(Config, f64)| {
            best[..10].iter().any(|(old, _)| {
                old.width == config.units
                    && old.rate == config.rate
                    && of_old(old).to_bits() == of_new(config).to_bits()
            })
        };
        assert!(tried.iter().filter(is_elite).count() >= 10, "{name}: {tried:?}");
        assert_eq!(tried[0].1.to_bits(), best[0].1.to_bits(), "{name}");
        let report = search.transferred().unwrap();
        assert_eq!((report.elites.reused, report.elites.of), (10, 200), "{name}");
        assert_eq!(report.sources[0].data > 0, matches!(name, "bayesian" | "dreaming"), "{name}");
    }
}

#[test]
fn three_are_tried_where_something_is_new() {
    let mut search = BayesianSearch::<Wider>::new(3).learning_from(&sources(|worth| worth)).unwrap();
    assert_eq!(search.transferred().unwrap().elites.reused, 3);
    let text = search.transferred().unwrap().to_string();
    assert!(text.contains("`Config.residual`: new, with all its actions"), "{text}");
    assert!(text.contains("of 200 trials 3 are tried first and 100 are data"), "{text}");
    for _ in 0..30 {
        let trial = search.ask().unwrap();
        search.tell(trial, 0.0).unwrap();
    }
}

/// Rewards of another scale, and failures, are the same lesson.
#[test]
fn only_ranks_count() {
    let best = |sources: &Sources| {
        let mut search = RandomSearch::<Config>::new(3).learning_from(sources).unwrap();
        run(&mut search, 15)
    };
    let scaled = sources(|worth| 1e6 * worth + 5.0);
    assert_eq!(best(&sources(|worth| worth)), best(&scaled));
    let failing = trials(1, |worth| worth).into_iter().map(|(config, reward)| {
        let outcome = if config.rate == 6 { Outcome::FAILED } else { Outcome::Reward(reward) };
        (config, outcome)
    });
    let failing = Sources::new().outcomes("old", failing).unwrap();
    let tried = best(&failing);
    assert!([0, 2, 3].iter().all(|&i| tried[i].0.rate != 6), "{tried:?}");
}

/// In turns over the sources, whatever their scales.
#[test]
fn sources_take_turns() {
    let sources = sources(|worth| worth).trials("large", trials(2, |worth| 1e9 + worth)).unwrap();
    let search = RandomSearch::<Config>::new(3).learning_from(&sources).unwrap();
    let report = search.transferred().unwrap();
    assert_eq!(report.sources.iter().map(|source| source.elites).collect::<Vec<_>>(), [5, 5]);
}

#[test]
fn a_source_that_is_opposed_is_dropped_and_forgotten() {
    for (name, search) in all(3) {
        let mut search = search.learning_from(&sources(|worth| -worth)).unwrap();
        let tried = run(&mut search, 20);
        let report = search.transferred().unwrap();
        let dropped = report.sources[0].dropped.unwrap_or_else(|| panic!("{name}: {report}"));
        assert!(dropped.after <= 20 && dropped.correlation < 0.0, "{name}: {report}");
        assert!(report.to_string().contains("dropped after"), "{report}");
        // One of the worst was tried, and no more.
        let worst = tried.iter().filter(|(_, reward)| *reward <= -20.0).count();
        assert!(name == "random" || worst <= 6, "{name}: {tried:?}");
    }
}

/// One of two sources misleads: the other one stays.
#[test]
fn only_what_misleads_is_dropped() {
    let sources = sources(|worth| worth).trials("opposed", trials(2, |worth| -worth)).unwrap();
    let mut search = BayesianSearch::<Config>::new(3).learning_from(&sources).unwrap();
    run(&mut search, 20);
    let dropped: Vec<bool> = search.transferred().unwrap().sources.iter().map(|it| it.dropped.is_some()).collect();
    assert_eq!(dropped, [false, true]);
}

/// At any moment: among the first, in probation, after a source was dropped, and later.
#[test]
fn a_snapshot_goes_on_to_the_bit() {
    let sources = || {
        let agent = Agent::<old::Config>::builder().seed(1).build().unwrap();
        let sources = sources(|worth| worth).trials("opposed", trials(2, |worth| -worth)).unwrap();
        sources.checkpoint("agent", &agent).unwrap()
    };
    for count in [0, 1, 2, 3, 5, 9, 10, 11, 15, 19, 20, 21, 30] {
        for ((name, search), (_, other)) in all(3).into_iter().zip(all(4)) {
            let mut search = search.learning_from(&sources()).unwrap();
            let mut other = other.learning_from(&Sources::new()).unwrap();
            run(&mut search, count);
            let out = search.ask().unwrap();
            let snapshot = search.snapshot().unwrap().unwrap();
            assert!(other.restore(&snapshot).unwrap(), "{name}");
            assert_eq!(other.snapshot().unwrap().unwrap(), snapshot, "{name} after {count}");
            assert_eq!(other.transferred(), search.transferred(), "{name} after {count}");
            drop(out);
            assert_eq!(run(&mut search, 15), run(&mut other, 15), "{name} after {count}");
        }
    }
}

/// Nothing to learn from is nothing: the same trials, and, once it is known, the same snapshots.
#[test]
fn no_sources_change_nothing() {
    for ((name, mut plain), (_, around)) in all(3).into_iter().zip(all(3)) {
        let mut around = crate::search::searcher::around(around, super::LearningFrom::new);
        assert_eq!(run(&mut plain, 40), run(&mut around, 40), "{name}");
        assert_eq!(plain.snapshot().unwrap(), around.snapshot().unwrap(), "{name}");
    }
}

/// What an agent learned comes along, and goes again where its trials mislead.
#[test]
fn a_policy_comes_along_and_is_taken_back() {
    let mut old = Agent::<old::Config>::builder().seed(1).build().unwrap();
    for _ in 0..300 {
        let trial = old.sample::<old::Config>().unwrap();
        let reward = -of_old(&trial.config);
        old.observe(trial, reward).unwrap();
    }
    let sources = Sources::new().checkpoint("opposed", &old).unwrap();
    let fresh = || Agent::<Config>::builder().seed(2).build().unwrap();
    let mut agent = Searcher::<Config>::learning_from(fresh(), &sources).unwrap();
    assert!(agent.transferred().unwrap().sources[0].policy);
    let probe = Config { rate: 6, units: 14, layer: Layer::Conv { kernel: 3 } };
    let log_prob = |agent: &dyn Searcher<Config>| agent.trial(probe.clone()).unwrap().log_prob();
    let (begins, as_fresh) = (log_prob(&agent), log_prob(&fresh()));
    assert!((begins - as_fresh).abs() > 1e-3, "a policy was taken over: {begins} {as_fresh}");
    run(&mut agent, 20);
    let report = agent.transferred().unwrap().clone();
    assert!(report.sources[0].dropped.is_some(), "{report}");
    assert!(log_prob(&agent) > begins);
}

/// Also where the search inside tells configs apart by a key of the user's, of which the best elsewhere have few.
#[test]
fn a_key_of_the_user_holds_for_the_best_elsewhere() {
    let by_rate = BayesianSearch::<Config>::new(3).unique_by(|config: &Config| config.rate);
    let mut search = by_rate.learning_from(&sources(|worth| worth)).unwrap();
    let tried = run(&mut search, 10);
    let rates: std::collections::BTreeSet<u32> = tried.iter().map(|(config, _)| config.rate).collect();
    assert_eq!(rates.len(), 10, "{tried:?}");
}

#[test]
fn lessons_of_nothing_are_nothing() {
    let context = crate::search::Context::of::<Config>();
    let Lessons { groups, policies, .. } = Sources::new().lessons(&context);
    assert!(groups.is_empty() && policies.is_empty());
    let mut search = BayesianSearch::<Config>::new(3).learning_from(&Sources::new()).unwrap();
    run(&mut search, 25);
}

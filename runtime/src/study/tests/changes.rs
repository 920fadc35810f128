//! Types that change between two runs of a study.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::stores;
use crate::agent::{Agent, TransferReport};
use crate::search::RandomSearch;
use crate::study::{Phase, Store, Study, StudyError};

mod v1 {
    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(super) struct Config {
        #[space(choices = [16, 32])]
        pub(super) width: u32,
        #[space(choices = [0.1, 0.5])]
        pub(super) rate: f64,
    }
}

mod renamed {
    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(super) struct Config {
        #[space(choices = [16, 32], alias = "width")]
        pub(super) units: u32,
        #[space(choices = [0.1, 0.5])]
        pub(super) rate: f64,
    }
}

mod v2 {
    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(super) struct Config {
        #[space(choices = [16, 32, 64])]
        pub(super) width: u32,
        #[space(choices = [0.5])]
        pub(super) rate: f64,
        pub(super) residual: bool,
    }
}

mod before {
    #[crate::search_space]
    #[derive(Debug, Clone)]
    pub(super) struct Net {
        #[space(choices = [4, 16])]
        pub(super) size: u32,
        pub(super) activation: Activation,
    }

    #[crate::search_space]
    #[derive(Debug, Clone)]
    pub(super) enum Activation {
        Silu,
        Tanh,
    }
}

/// Also with a new decision, so that the configs of before are none of now.
mod after {
    #[crate::search_space]
    #[derive(Debug, Clone)]
    pub(super) struct Net {
        #[space(choices = [8, 16], alias = "size")]
        pub(super) width: u32,
        pub(super) activation: Activation,
        pub(super) residual: bool,
    }

    #[crate::search_space]
    #[derive(Debug, Clone)]
    pub(super) enum Activation {
        #[space(alias = "Silu")]
        Swish,
        Relu,
    }
}

#[test]
fn the_page_tells_what_was_dropped_and_what_was_renamed() {
    for (store, _folder) in stores() {
        let quiet = || Study::in_store(Arc::clone(&store)).quiet().ctrl_c(false).repeats(true);
        let search = RandomSearch::<before::Net>::new(3);
        let old = quiet().searcher(search).trials(30).run(|net: &before::Net| f64::from(net.size)).unwrap();
        drop(old);
        let search = RandomSearch::<after::Net>::new(3);
        let new = quiet().searcher(search).adapt().trials(60).run(|net: &after::Net| f64::from(net.width)).unwrap();
        let story = new.view().unwrap().story();
        let names: Vec<&str> = story.states.iter().map(|axis| &*axis.name).collect();
        assert_eq!(names, ["Net.width", "Activation", "Net.residual"]);
        let taken = |name: &str| {
            let of = |(known, action): &(String, String)| (known == name).then(|| action.clone());
            story.trials.iter().flat_map(|row| row.decisions.iter().filter_map(of)).collect::<BTreeSet<_>>()
        };
        assert_eq!(taken("Net.width"), ["16", "4 (dropped)", "8"].map(str::to_owned).into());
        let activations = ["Relu", "Silu (now Swish)", "Swish", "Tanh (dropped)"];
        assert_eq!(taken("Activation"), activations.map(str::to_owned).into());
        let page = new.view().unwrap().to_html();
        let choices = &page[page.find("id=\"choices\"").unwrap()..];
        let places = [">4 (dropped)</text>", ">8</text>", ">16</text>"].map(|label| choices.find(label).unwrap());
        assert!(places.is_sorted(), "{places:?}");
    }
}

fn first(store: &Arc<dyn Store>) -> Study<v1::Config, Agent<v1::Config>> {
    let agent = Agent::<v1::Config>::builder().seed(1).build().unwrap();
    let study = Study::in_store(Arc::clone(store)).quiet().ctrl_c(false).agent(agent).repeats(true).trials(30);
    study.run(|config: &v1::Config| f64::from(config.width) * config.rate).unwrap()
}

fn changed() -> Agent<v2::Config> {
    Agent::builder().seed(1).build().unwrap()
}

#[test]
fn a_changed_type_is_refused_with_what_changed() {
    for (store, _folder) in stores() {
        first(&store);
        let study = Study::in_store(Arc::clone(&store)).agent(changed()).build::<v2::Config>();
        let Err(StudyError::OtherSpace { study, differences }) = study else { panic!("it must be refused") };
        assert_eq!(study, "study");
        assert_eq!(
            differences,
            ["`Config.width` = `64` is new", "`Config.rate` = `0.1` is gone", "`Config.residual` is new",]
        );
        // Nothing was touched: the study goes on as it was.
        assert_eq!(first(&store).summary().unwrap().done, 30);
    }
}

#[test]
fn a_changed_type_goes_on_by_names_where_that_is_asked_for() {
    for (store, _folder) in stores() {
        let old = first(&store);
        let study =
            Study::in_store(Arc::clone(&store)).quiet().ctrl_c(false).agent(changed()).adapt().repeats(true).trials(40);
        let mut study = study.run(|config: &v2::Config| f64::from(config.width)).unwrap();
        assert_eq!(study.changes().len(), 3);
        let rows = study.trials().unwrap();
        assert_eq!(rows.len(), 40);
        assert!(rows[..30].iter().all(|row| row.config.is_none()), "they have no `residual`");
        assert!(rows[30..].iter().all(|row| row.config.is_some() && row.phase == Phase::Done));
        let report: TransferReport = study.transfer().unwrap().unwrap();
        assert!(report.to_string().starts_with("reused"), "{report}");
        assert!(study.searcher().unwrap().best::<v2::Config>().is_some());
        // Who still has the old type is told so, and writes nothing.
        let mut old = old;
        let stale = old.ask().unwrap_err();
        assert!(matches!(stale, StudyError::Adapted { .. }), "{stale}");
    }
}

#[test]
fn new_names_with_aliases_are_no_change() {
    for (store, _folder) in stores() {
        let old = first(&store);
        let agent = Agent::<renamed::Config>::builder().seed(1).build().unwrap();
        let study = Study::in_store(Arc::clone(&store)).quiet().ctrl_c(false).agent(agent).repeats(true).trials(35);
        let mut study = study.run(|config: &renamed::Config| f64::from(config.units)).unwrap();
        assert_eq!(study.changes(), ["`Config.width` is `Config.units` now"]);
        let rows = study.trials().unwrap();
        assert!(rows.iter().all(|row| row.config.is_some()));
        // One column, under the new name.
        for export in [study.to_csv(), study.to_optuna_journal()].map(Result::unwrap) {
            assert!(export.contains("Config.units") && !export.contains("Config.width"), "{export}");
        }
        let saved = old.checkpoint().unwrap().unwrap();
        let now = study.searcher().unwrap().checkpoint();
        assert!(saved.states().count() == now.states().count());
        assert!(study.searcher().unwrap().best::<renamed::Config>().unwrap().reward >= 16.0);
    }
}

#[test]
fn a_study_begins_with_what_an_older_one_learned() {
    for (store, _folder) in stores() {
        first(&store);
        let fresh = || Study::in_store(Arc::clone(&store)).quiet().ctrl_c(false).trials(5);
        let warm = fresh().name("second").agent(changed()).warm_start(Arc::clone(&store), "study");
        let warm = warm.run(|config: &v2::Config| f64::from(config.width)).unwrap();
        assert!(warm.transfer().unwrap().unwrap().states.len() >= 3);
        // The best configs are tried first, with what is new decided by the agent.
        let rows = warm.trials().unwrap();
        assert_eq!(rows.len(), 5);
        let first = rows[0].config.as_ref().unwrap();
        assert_eq!((first.width, first.rate.to_bits()), (32, 0.5f64.to_bits()));
        // A search without a memory of its own begins with the best configs.
        let random = RandomSearch::<v1::Config>::new(1);
        let third = fresh().name("third").searcher(random).warm_start(Arc::clone(&store), "study");
        let third = third.abandon_after(Duration::from_secs(5)).run(|config: &v1::Config| config.rate).unwrap();
        let rows = third.trials().unwrap();
        assert_eq!(rows[0].config, Some(v1::Config { width: 32, rate: 0.5 }));
        let unknown = fresh().name("fourth").agent(changed()).warm_start(Arc::clone(&store), "studdy");
        let error = unknown.build::<v2::Config>().err().unwrap().to_string();
        assert_eq!(error, "there is no study `studdy` in the store; it has `study`, `second`, `third`");
    }
}

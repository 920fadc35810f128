//! What the searcher says of its proposals and of the states, as it is saved and shown.

use std::sync::Arc;

use super::{Model, quiet, stores, value};
use crate::search::{BayesianSearch, Insight, Searcher};
use crate::study::{ByDefault, Store, Study, StudyBuilder};

/// A study with a searcher that has parts and a model.
fn modelled(store: &Arc<dyn Store>) -> StudyBuilder<ByDefault> {
    Study::in_store(Arc::clone(store)).quiet().ctrl_c(false).seed(7)
}

#[test]
fn a_proposal_is_recorded_with_its_origin() {
    for (store, _folder) in stores() {
        let mut study = modelled(&store).trials(25).build::<Model>().unwrap();
        study.enqueue(Model::Flat { rate: 0.5 }).unwrap();
        study.run(value).unwrap();
        let rows = study.trials().unwrap();
        assert_eq!(rows[0].origin, None);
        assert_eq!(rows[1].origin.as_deref(), Some("random start"));
        assert!(rows[1..].iter().all(|row| row.origin.is_some()), "{rows:?}");
        assert!(rows.iter().any(|row| row.origin.as_ref().is_some_and(|origin| origin.starts_with("model: "))));
        let html = study.view().unwrap().to_html();
        assert!(html.contains("Proposed by") && html.contains("random start"));
        // An agent has no parts.
        let study = quiet(&store).name("agent").trials(3).run(value).unwrap();
        assert!(study.trials().unwrap().iter().all(|row| row.origin.is_none()));
        assert!(!study.view().unwrap().to_html().contains("Proposed by"));
    }
}

/// Far from zero, so that a wrong sign shows.
fn far(model: &Model) -> f64 {
    100.0 + value(model)
}

#[derive(serde::Deserialize)]
struct Recorded {
    model: Option<Insight>,
}

fn recorded(store: &Arc<dyn Store>, name: &str) -> Insight {
    let record = store.read(|ledger| Ok(ledger.study(name)?)).unwrap().unwrap();
    serde_json::from_str::<Recorded>(&record.insight.unwrap()).unwrap().model.unwrap()
}

/// What the model predicts of the best config, by state.
fn means(insight: &Insight) -> Vec<f64> {
    let best = insight.states.iter().flat_map(|state| &state.slice).filter(|slice| slice.is_best);
    best.map(|slice| slice.mean).collect()
}

#[test]
fn a_model_is_shown_with_rewards_as_they_were_told() {
    for (store, _folder) in stores() {
        for (builder, best) in
            [(modelled(&store).name("high"), 113.0), (modelled(&store).name("low").minimize(), 100.0)]
        {
            let mut study = builder.trials(40).run(far).unwrap();
            let folder = tempfile::tempdir().unwrap();
            study.report(folder.path().join("report.html")).unwrap();
            let name = study.name().to_owned();
            let means = means(&recorded(&store, &name));
            assert!(!means.is_empty() && means.iter().all(|mean| (mean - best).abs() < 3.0), "{name}: {means:?}");
            let html = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
            assert!(html.contains("What matters") && html.contains("The predicted reward by Model"), "{name}");
            assert!(!html.contains("There is no policy") && !html.contains("the agent started fresh"), "{name}");
        }
    }
}

#[test]
fn a_search_that_minimises_predicts_rewards_as_they_were_told() {
    let mut search = BayesianSearch::<Model>::new(7).minimize();
    for _ in 0..30 {
        let trial = search.ask().unwrap();
        let reward = far(&trial.config);
        search.tell(trial, reward).unwrap();
    }
    let means = means(&search.insight().unwrap());
    assert!(!means.is_empty() && means.iter().all(|mean| (90.0..110.0).contains(mean)), "{means:?}");
}

/// The default with three seeds: the same trials whatever the number of workers.
#[test]
fn a_deterministic_study_by_the_default_does_not_depend_on_its_workers() {
    let decisions = |seed, workers| {
        let study = Study::in_memory().quiet().ctrl_c(false).seed(seed).workers(workers).trials(40);
        let study = study.deterministic().run(value).unwrap();
        study.trials().unwrap().into_iter().map(|row| (row.decisions, row.origin)).collect::<Vec<_>>()
    };
    for seed in 0..3 {
        assert_eq!(decisions(seed, 1), decisions(seed, 4), "seed {seed}");
    }
}

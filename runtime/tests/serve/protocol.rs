//! Asking, reporting, noting and telling, as the interface has it.

use serde_json::json;
use transfer_nas::study::{Direction, Objective, Objectives, Phase, Study};

use crate::service::Service;
use crate::{Config, owner, queue};

#[test]
fn a_trial_is_asked_for_reported_on_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let mut owner = owner(&file, "a study");
    queue(&mut owner, 7..=7);
    let service = Service::start(&file, &[], None);
    let mut client = service.client();
    let path = "/api/v1/studies/a%20study";

    let asked = client.done(&format!("{path}/ask"), &json!({"worker": "w"}));
    let config = json!({"number": 7, "residual": false});
    let values = json!({"Config.number": 7, "Config.residual": false});
    let trial =
        json!({"study": "a study", "trial": 0, "attempt": 1, "task": "default", "config": config, "values": values});
    assert_eq!(asked, json!({"trial": trial, "ending": null}));

    let said = json!({"worker": "w", "attempt": 1, "step": 1, "value": 0.5});
    let standing = client.done(&format!("{path}/trials/0/report"), &said);
    assert_eq!(standing, json!({"prune": false, "current": true}));
    let note = json!({"worker": "w", "attempt": 1, "key": "seconds", "value": {"gpu": [1, null]}});
    assert_eq!(client.done(&format!("{path}/trials/0/note"), &note), json!({}));
    let held = json!({"worker": "w", "held": [{"trial": 0, "attempt": 1}]});
    assert_eq!(client.done(&format!("{path}/heartbeat"), &held), json!({"lost": [], "abandon_after": 30.0}));

    let tell = json!({"worker": "w", "attempt": 1, "outcome": {"reward": 0.75}});
    assert_eq!(client.done(&format!("{path}/trials/0/tell"), &tell), json!({"kept": "counts"}));
    assert_eq!(client.done(&format!("{path}/trials/0/tell"), &tell), json!({"kept": "again"}));
    let study = client.get(path).json();
    let state = json!({"name": "a study", "direction": "maximize", "trials": 1, "done": 1, "failed": 0, "pruned": 0,
        "queued": 0, "running": 0, "best": {"trial": 0, "reward": 0.75}, "ending": null});
    assert_eq!(study, state);
    assert_eq!(client.get("/api/v1/studies").json(), json!({"studies": [state]}));
    let best = owner.best().unwrap().unwrap();
    assert_eq!((best.config.number, best.reward), (7, 0.75));
}

#[test]
fn errors_are_sentences_in_json_with_fitting_statuses() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    queue(&mut owner(&file, "study"), 1..=2);
    let service = Service::start(&file, &[], None);
    let mut client = service.client();
    let path = "/api/v1/studies/study";
    let tell = json!({"worker": "w", "attempt": 1, "outcome": {"reward": 1.0}});
    let mut status = |path: &str, body: &serde_json::Value| {
        let answer = client.post(path, body);
        assert!(answer.error().len() > 20, "{answer:?}");
        answer.status
    };
    assert_eq!(status("/api/v1/studies/other/ask", &json!({"worker": "w"})), 404);
    assert_eq!(status("/api/v1/studies/a%00b/ask", &json!({"worker": "w"})), 404);
    assert_eq!(status("/api/v1/studies/%ff/ask", &json!({"worker": "w"})), 400);
    for body in [
        json!({}),
        json!({"worker": ""}),
        json!({"worker": "a\nb"}),
        json!({"worker": "w".repeat(201)}),
        json!([]),
        json!({"worker": "w", "wait": 61}),
        json!({"worker": "w", "wait": -1}),
        json!({"worker": "w", "weight": 1}),
    ] {
        assert_eq!(status(&format!("{path}/ask"), &body), 400, "{body}");
    }
    assert_eq!(status(&format!("{path}/trials/0/tell"), &tell), 404, "it was not handed out");
    assert_eq!(status(&format!("{path}/trials/99/tell"), &tell), 404);
    assert_eq!(status(&format!("{path}/trials/18446744073709551615/tell"), &tell), 404);
    assert_eq!(status(&format!("{path}/trials/x/tell"), &tell), 404);
    for outcome in [json!({}), json!({"reward": 1.0, "pruned": true}), json!({"severity": 1.0}), json!({"lost": true})]
    {
        let body = json!({"worker": "w", "attempt": 1, "outcome": outcome});
        assert_eq!(status(&format!("{path}/trials/0/tell"), &body), 400, "{outcome}");
    }
    let report = json!({"worker": "w", "attempt": 1, "step": u64::MAX, "value": 1.0});
    assert_eq!(status(&format!("{path}/trials/0/report"), &report), 400);
    let report = json!({"worker": "w", "attempt": 1, "step": 1});
    assert_eq!(status(&format!("{path}/trials/0/report"), &report), 400, "a value that is missing is not null");
    assert_eq!(status("/api/v1/nothing", &json!({})), 404);
    assert_eq!(status("/api/v1/studies", &json!({})), 405);
    assert_eq!(client.get(&format!("{path}/ask")).status, 405);
    assert_eq!(client.get("/api/v1/studies/other").status, 404);
}

#[test]
fn all_outcomes_are_recorded_as_they_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let mut owner = owner(&file, "study");
    queue(&mut owner, 1..=7);
    let service = Service::start(&file, &[], None);
    let mut client = service.client();
    let path = "/api/v1/studies/study";
    let mut told = |outcome: serde_json::Value, retries: Option<u32>| {
        let trial = client.done(&format!("{path}/ask"), &json!({"worker": "w"}))["trial"].clone();
        let (number, attempt) = (trial["trial"].clone(), trial["attempt"].clone());
        let report = json!({"worker": "w", "attempt": attempt, "step": 3, "value": null});
        client.done(&format!("{path}/trials/{number}/report"), &report);
        let mut tell = json!({"worker": "w", "attempt": attempt, "outcome": outcome});
        if let Some(retries) = retries {
            tell["retries"] = json!(retries);
        }
        let settled = client.done(&format!("{path}/trials/{number}/tell"), &tell);
        assert_eq!(settled, json!({"kept": "counts"}));
        (number.as_u64().unwrap(), attempt.as_u64().unwrap())
    };
    assert_eq!(told(json!({"reward": 0.5}), None), (0, 1));
    assert_eq!(told(json!({"failed": "out of memory", "severity": 1.5}), None), (1, 1));
    assert_eq!(told(json!({"pruned": true}), None), (2, 1));
    assert_eq!(told(json!({"reward": null}), None), (3, 1));
    assert_eq!(told(json!({"cancelled": true}), None), (4, 1));
    assert_eq!(told(json!({"failed": "once"}), Some(2)), (4, 2));
    assert_eq!(told(json!({"failed": "twice"}), Some(2)), (4, 3));
    assert_eq!(told(json!({"reward": 0.25}), Some(2)), (4, 4));
    let view = owner.view().unwrap();
    let shown: Vec<_> = view
        .trials
        .iter()
        .map(|trial| (trial.phase.word(), trial.reward, trial.error.as_deref(), trial.severity))
        .collect();
    assert_eq!(shown[0], ("done", Some(0.5), None, None));
    assert_eq!(shown[1], ("failed", None, Some("out of memory"), Some(1.5)));
    assert_eq!(shown[2], ("pruned", Some(f64::NEG_INFINITY), None, None));
    assert_eq!((shown[3].0, shown[3].1), ("failed", None));
    assert_eq!((shown[4].0, shown[4].1), ("done", Some(0.25)));
    assert_eq!((shown[5].0, shown[6].0), ("queued", "queued"));
    let study = client.get(path).json();
    assert_eq!(
        (study["queued"].clone(), study["failed"].clone(), study["trials"].clone()),
        (json!(2), json!(2), json!(7))
    );
}

/// What a config is worth and what it costs.
struct Score;

impl Objectives for Score {
    const OBJECTIVES: &'static [Objective] =
        &[Objective::maximize("accuracy"), Objective::new("params", Direction::Minimize, Some("millions"))];

    fn values(&self) -> Vec<f64> {
        vec![0.0; 2]
    }

    fn from_values(values: &[f64]) -> Option<Self> {
        (values.len() == 2).then_some(Self)
    }
}

#[test]
fn several_objectives_and_limits_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let builder = Study::open(&file).unwrap().name("study").seed(1).quiet().objectives::<Score>();
    let mut owner = builder.build::<Config>().unwrap();
    queue(&mut owner, 1..=4);
    let service = Service::start(&file, &[], None);
    let mut client = service.client();
    let path = "/api/v1/studies/study";
    let objectives = json!([{"name": "accuracy", "direction": "maximize"},
        {"name": "params", "direction": "minimize", "unit": "millions"}]);
    for trial in 0..4 {
        let asked = client.done(&format!("{path}/ask"), &json!({"worker": format!("w{trial}")}));
        assert_eq!(asked["trial"]["objectives"], objectives);
    }
    let latency = |value: f64| json!([{"name": "latency_ms", "value": value, "at_most": 10.0}]);
    for (trial, outcome) in [
        json!({"values": {"params": 3.0, "accuracy": 0.5}, "constraints": latency(9.0)}),
        json!({"values": {"params": 1.0, "accuracy": 0.9}, "constraints": latency(12.0)}),
        json!({"values": {"params": null, "accuracy": 0.9}}),
    ]
    .iter()
    .enumerate()
    {
        let tell = json!({"worker": format!("w{trial}"), "attempt": 1, "outcome": outcome});
        assert_eq!(client.done(&format!("{path}/trials/{trial}/tell"), &tell), json!({"kept": "counts"}));
    }
    let mut refused = |outcome: serde_json::Value| {
        let answer =
            client.post(&format!("{path}/trials/3/tell"), &json!({"worker": "w3", "attempt": 1, "outcome": outcome}));
        assert_eq!(answer.status, 400, "{answer:?}");
        answer.error()
    };
    let error = refused(json!({"reward": 1.0, "constraints": [{"name": "ms", "value": 1.0}]}));
    assert!(error.contains("the constraint `ms`: it has no limit"), "{error}");
    assert!(refused(json!({"values": {"accuracy": 1.0}, "reward": 1.0})).contains("say one of `reward`, `values`"));
    let rows = owner.trials().unwrap();
    assert_eq!((rows[0].reward, &rows[0].values[..]), (Some(0.5), &[0.5, 3.0][..]));
    assert_eq!((rows[1].phase, rows[1].reward, &rows[1].values[..]), (Phase::Done, None, &[0.9, 1.0][..]));
    assert!(rows[2].error.as_ref().unwrap().starts_with("the objective `params` is NaN"), "{:?}", rows[2].error);
    let state = client.get(path).json();
    assert_eq!((&state["best"], &state["objectives"]), (&json!({"trial": 0, "reward": 0.5}), &objectives));
    assert_eq!(owner.front().unwrap().len(), 1);
}

//! Asking, reporting, noting and telling, as the interface has it.

use serde_json::json;

use crate::service::Service;
use crate::{owner, queue};

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
    let trial = json!({"study": "a study", "trial": 0, "attempt": 1, "task": "default", "config": config, "values": values});
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

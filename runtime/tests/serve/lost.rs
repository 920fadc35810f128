//! Answers that do not arrive, and clients that are gone: no trial is lost, none is told twice.

use std::net::Shutdown;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use transfer_nas::study::Study;

use crate::client::Client;
use crate::service::Service;
use crate::{Config, owner, queue};

const PATH: &str = "/api/v1/studies/study";

fn number(asked: &Value) -> Option<u64> {
    asked["trial"]["trial"].as_u64()
}

/// Sends something and closes the connection before the answer can be read.
fn send_and_go(service: &Service, path: &str, body: &Value) {
    let mut client = service.client();
    client.send("POST", path, "content-type: application/json\r\n", body.to_string().as_bytes());
    let _ = client.get_ref().shutdown(Shutdown::Both);
}

#[test]
fn a_trial_whose_answer_was_lost_is_given_again_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let mut owner = owner(&file, "study");
    queue(&mut owner, 1..=40);
    let service = Service::start(&file, &[], None);
    let (ask, mut client) = (format!("{PATH}/ask"), service.client());
    for round in 0..40 {
        let worker = format!("w{round}");
        send_and_go(&service, &ask, &json!({"worker": worker, "wait": 1}));
        // Some time, so that the request is lost at different points.
        std::thread::sleep(Duration::from_millis(round % 4));
        // The request that was lost may come after this one, and take its place.
        let mut ask_once = || client.done(&ask, &json!({"worker": worker, "wait": 5}));
        let asked = std::iter::repeat_with(&mut ask_once).find(|asked| number(asked).is_some()).unwrap();
        let trial = &asked["trial"];
        let tell = json!({"worker": worker, "attempt": trial["attempt"], "outcome": {"reward": 0.5}});
        let path = format!("{PATH}/trials/{}/tell", trial["trial"]);
        send_and_go(&service, &path, &tell);
        std::thread::sleep(Duration::from_millis(round % 3));
        let settled = client.done(&path, &tell)["kept"].clone();
        assert!(settled == "counts" || settled == "again", "{settled}");
    }
    let view = owner.view().unwrap();
    assert!(view.trials.iter().all(|trial| trial.reward == Some(0.5)), "{:?}", view.trials);
    assert_eq!((view.study.done, client.get(PATH).json()["running"].clone()), (40, json!(0)));
}

#[test]
fn a_worker_that_knows_what_it_has_gets_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    queue(&mut owner(&file, "study"), 1..=3);
    let service = Service::start(&file, &[], None);
    let (ask, mut client) = (format!("{PATH}/ask"), service.client());
    assert_eq!(number(&client.done(&ask, &json!({"worker": "w"}))), Some(0));
    assert_eq!(number(&client.done(&ask, &json!({"worker": "w"}))), Some(0), "it does not know of it");
    let held = json!([{"trial": 0, "attempt": 1}]);
    assert_eq!(number(&client.done(&ask, &json!({"worker": "w", "held": held}))), Some(1));
    assert_eq!(number(&client.done(&ask, &json!({"worker": "v"}))), Some(2));
    assert_eq!(client.done(&ask, &json!({"worker": "x"})), json!({"trial": null, "ending": null}));
}

#[test]
fn who_waits_is_served_in_order_and_who_is_gone_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let mut owner = owner(&file, "study");
    let service = Service::start(&file, &[], None);
    let ask = format!("{PATH}/ask");
    let mut waiting: Vec<_> = (0..12).map(|_| service.client()).collect();
    for (place, client) in waiting.iter_mut().enumerate() {
        let body = json!({"worker": format!("w{place}"), "wait": 30}).to_string();
        client.send("POST", &ask, "content-type: application/json\r\n", body.as_bytes());
        std::thread::sleep(Duration::from_millis(20));
    }
    // Every third one leaves.
    for gone in [0, 3, 6, 9] {
        waiting[gone].get_ref().shutdown(Shutdown::Both).unwrap();
    }
    std::thread::sleep(Duration::from_millis(300));
    let there: Vec<usize> = (0..12).filter(|place| place % 3 != 0).collect();
    for (count, place) in there.iter().enumerate() {
        queue(&mut owner, 1 + count as u32..=1 + count as u32);
        let asked = waiting[*place].answer().unwrap().json();
        assert_eq!(number(&asked), Some(count as u64), "{place}");
    }
    let study = service.client().get(PATH).json();
    assert_eq!((study["queued"].clone(), study["running"].clone()), (json!(0), json!(8)));
}

#[test]
fn an_ask_takes_the_place_of_an_earlier_one_of_its_worker() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let mut owner = owner(&file, "study");
    let service = Service::start(&file, &[], None);
    let (ask, mut first, mut second) = (format!("{PATH}/ask"), service.client(), service.client());
    let body = json!({"worker": "w", "wait": 30}).to_string();
    for client in [&mut first, &mut second] {
        client.send("POST", &ask, "content-type: application/json\r\n", body.as_bytes());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(number(&first.answer().unwrap().json()), None);
    queue(&mut owner, 1..=1);
    assert_eq!(number(&second.answer().unwrap().json()), Some(0));
}

#[test]
fn the_trials_of_a_client_that_is_gone_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let patience = Duration::from_secs(2);
    let study = Study::open(&file).unwrap().name("study").abandon_after(patience).quiet();
    let mut owner = study.build::<Config>().unwrap();
    queue(&mut owner, 1..=2);
    owner.leave().unwrap();
    drop(owner);
    let service = Service::start(&file, &[], None);
    let (ask, mut client) = (format!("{PATH}/ask"), service.client());
    assert_eq!(number(&client.done(&ask, &json!({"worker": "dead"}))), Some(0));
    assert_eq!(number(&client.done(&ask, &json!({"worker": "alive"}))), Some(1));
    let (begin, held) = (Instant::now(), json!([{"trial": 1, "attempt": 1}]));
    let mut waiting = Client::connect(service.address);
    let body = json!({"worker": "new", "wait": 30}).to_string();
    waiting.send("POST", &ask, "content-type: application/json\r\n", body.as_bytes());
    waiting.get_ref().set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let asked = loop {
        let heard = client.done(&format!("{PATH}/heartbeat"), &json!({"worker": "alive", "held": held}));
        assert_eq!(heard, json!({"lost": [], "abandon_after": 2.0}));
        assert!(begin.elapsed() < Duration::from_secs(20), "the trial does not come back");
        if let Some(asked) = waiting.answer() {
            break asked.json();
        }
    };
    assert_eq!((number(&asked), &asked["trial"]["attempt"]), (Some(0), &json!(2)));
    assert!(begin.elapsed() >= patience, "{:?}", begin.elapsed());
    // The one that was thought dead hears of it, and what it tells counts beside.
    let held = json!([{"trial": 0, "attempt": 1}]);
    let heard = client.done(&format!("{PATH}/heartbeat"), &json!({"worker": "dead", "held": held}));
    assert_eq!(heard["lost"], held);
    let report = json!({"worker": "dead", "attempt": 1, "step": 1, "value": 1.0});
    assert_eq!(client.done(&format!("{PATH}/trials/0/report"), &report)["current"], json!(false));
    let tell = |worker: &str, attempt: u32| json!({"worker": worker, "attempt": attempt, "outcome": {"reward": 0.5}});
    assert_eq!(client.done(&format!("{PATH}/trials/0/tell"), &tell("dead", 1))["kept"], "counts");
    assert_eq!(client.done(&format!("{PATH}/trials/0/tell"), &tell("new", 2))["kept"], "beside");
}

//! A worker and a service in one process, and what may go wrong between them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::search::BayesianSearch;
use crate::study::{Serving, Study};

#[crate::search_space(crate = crate)]
#[derive(Debug)]
struct Config {
    #[space(range = 1..=1000)]
    number: u32,
}

type Owner = Study<Config, BayesianSearch<Config>>;

fn owner(trials: u32) -> Owner {
    let mut owner = Study::in_memory().name("a/study").abandon_after(Duration::from_secs(5)).build::<Config>().unwrap();
    for number in 1..=trials {
        owner.enqueue(Config { number }).unwrap();
    }
    owner
}

fn source(address: SocketAddr) -> HttpSource {
    HttpSource::open(&format!("http://{address}/"), HttpOptions::default()).unwrap()
}

fn trials(claimed: Claimed) -> Vec<u64> {
    match claimed {
        Claimed::Trials(trials) => trials.iter().map(|trial| trial.trial).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_worker_claims_reports_and_tells_over_http() {
    let owner = owner(3);
    let serving = owner.serve("127.0.0.1:0").unwrap();
    let source = source(serving.address());
    assert_eq!(source.study(), "a/study", "the only one");
    assert_eq!(trials(source.claim(2, Duration::ZERO).unwrap()), [0, 1]);
    let standing = source.report(0, 1, 1, f64::NAN).unwrap();
    assert_eq!(standing, Standing { prunes: false, is_current: true });
    source.note(0, 1, "seconds", &serde_json::json!([1.5, null])).unwrap();
    assert_eq!(source.tell(0, 1, &Outcome::Reward(0.5), &[]).unwrap(), Settled::Counts);
    assert_eq!(source.tell(0, 1, &Outcome::Reward(0.5), &[]).unwrap(), Settled::Again);
    let long = "é".repeat(100_000);
    assert_eq!(source.tell(1, 1, &Outcome::Failed(long), &[]).unwrap(), Settled::Counts);
    let error = source.tell(2, 1, &Outcome::Reward(0.5), &[]).unwrap_err();
    assert!(matches!(error, StudyError::Service { status: Some(404), .. }), "{error}");
    assert_eq!(trials(source.claim(5, Duration::ZERO).unwrap()), [2]);
    assert_eq!(source.claim(1, Duration::from_millis(100)).unwrap(), Claimed::Nothing);
    // What it has goes back.
    drop(source);
    let view = owner.view().unwrap();
    assert_eq!(view.trials[0].reward, Some(0.5));
    assert_eq!(view.trials[1].error.as_ref().unwrap().len(), TEXT);
    assert_eq!((view.trials[2].phase.word(), view.attempts.len()), ("queued", 1));
}

#[test]
fn a_worker_keeps_what_it_has_as_long_as_it_lives() {
    let owner = Study::in_memory().abandon_after(Duration::from_millis(500)).build::<Config>();
    let mut owner = owner.unwrap();
    owner.enqueue(Config { number: 1 }).unwrap();
    let serving = owner.serve("127.0.0.1:0").unwrap();
    let source = source(serving.address());
    assert_eq!(trials(source.claim(1, Duration::from_secs(5)).unwrap()), [0]);
    std::thread::sleep(Duration::from_secs(2));
    assert!(source.report(0, 1, 1, 0.5).unwrap().is_current);
    assert_eq!(source.tell(0, 1, &Outcome::Reward(0.5), &[]).unwrap(), Settled::Counts);
}

#[test]
fn a_study_that_runs_makes_what_its_workers_ask_for() {
    let study = Study::in_memory().trials(20).seed(3).build::<Config>().unwrap();
    let serving = study.serve("127.0.0.1:0").unwrap();
    let address = serving.address();
    let worker = std::thread::spawn(move || {
        let (source, mut count) = (source(address), 0);
        while let Claimed::Trials(trials) = source.claim(1, Duration::from_secs(2)).unwrap() {
            for trial in trials {
                let reward = trial.config["number"].as_f64().unwrap();
                source.tell(trial.trial, trial.attempt, &Outcome::Reward(reward), &[]).unwrap();
                count += 1;
            }
        }
        count
    });
    let mut study = study;
    while let Some(trial) = study.ask().unwrap() {
        std::thread::sleep(Duration::from_millis(30));
        let reward = f64::from(trial.number);
        study.tell(trial, reward).unwrap();
    }
    let count = worker.join().unwrap();
    assert!(count > 0, "the worker got some");
    assert_eq!(study.view().unwrap().study.done, 20);
}

/// Passes bytes on; cuts some connections before the answer, or after a part of it.
fn cutting_proxy(to: SocketAddr, cuts: &Arc<AtomicUsize>, stop: &Arc<AtomicBool>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (cuts, stop) = (Arc::clone(cuts), Arc::clone(stop));
    std::thread::spawn(move || {
        for (number, client) in listener.incoming().enumerate() {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let (client, cuts) = (client.unwrap(), Arc::clone(&cuts));
            std::thread::spawn(move || pass(client, to, number, &cuts));
        }
    });
    address
}

/// One exchange a connection.
fn pass(mut client: TcpStream, to: SocketAddr, number: usize, cuts: &AtomicUsize) {
    let Ok(mut server) = TcpStream::connect(to) else { return };
    let mut buffer = vec![0; 65_536];
    client.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    server.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    while let Ok(count) = client.read(&mut buffer)
        && count > 0
    {
        server.write_all(&buffer[..count]).unwrap();
        if buffer[..count].ends_with(b"}") {
            break;
        }
    }
    if number % 3 == 1 {
        cuts.fetch_add(1, Ordering::Relaxed);
        return;
    }
    let count = server.read(&mut buffer).unwrap_or(0);
    let part = if number % 3 == 2 { count / 2 } else { count };
    cuts.fetch_add(usize::from(part < count), Ordering::Relaxed);
    let _ = client.write_all(&buffer[..part]);
}

#[test]
fn answers_that_are_lost_are_asked_for_again() {
    let owner = owner(15);
    let serving: Serving = owner.serve("127.0.0.1:0").unwrap();
    let (cuts, stop) = (Arc::default(), Arc::default());
    let source = source(cutting_proxy(serving.address(), &cuts, &stop));
    for expected in 0..15 {
        let Claimed::Trials(claimed) = source.claim(1, Duration::from_secs(3)).unwrap() else { panic!("no trial") };
        // One whose answer was lost before it was sent was handed back, and comes in another attempt.
        assert_eq!((claimed.len(), claimed[0].trial), (1, expected));
        let settled = source.tell(expected, claimed[0].attempt, &Outcome::Reward(0.5), &[]).unwrap();
        assert!(matches!(settled, Settled::Counts | Settled::Again), "{settled:?}");
    }
    stop.store(true, Ordering::Relaxed);
    assert!(cuts.load(Ordering::Relaxed) > 20, "{cuts:?}");
    assert_eq!(owner.view().unwrap().study.done, 15);
}

#[test]
fn what_a_service_refuses_is_said_in_its_words() {
    let owner = owner(1);
    let serving = owner.server().listen("127.0.0.1:0").token("secret").start().unwrap();
    let open = |options| HttpSource::open(&serving.url(), options).map(drop).unwrap_err().to_string();
    let with = |token: &str| HttpOptions { token: Some(token.to_owned()), ..HttpOptions::default() };
    let said = open(with("wrong"));
    assert!(said.contains(&serving.url()) && said.contains("asks for its token") && !said.contains("wrong"), "{said}");
    let said = open(HttpOptions { study: Some("other".to_owned()), ..with("secret") });
    assert!(said.contains("there is no study `other`"), "{said}");
    HttpSource::open(&serving.url(), with("secret")).map(drop).unwrap();
    let error = HttpSource::open("localhost:8080", HttpOptions::default()).map(drop).unwrap_err();
    assert!(error.to_string().contains("http://host:8080"), "{error}");
}

#[test]
fn a_service_that_is_gone_is_waited_for_and_then_given_up() {
    let owner = owner(1);
    let serving = owner.serve("127.0.0.1:0").unwrap();
    let options = HttpOptions { patience: Some(Duration::from_secs(1)), ..HttpOptions::default() };
    let source = HttpSource::open(&serving.url(), options).unwrap();
    assert_eq!(trials(source.claim(1, Duration::ZERO).unwrap()), [0]);
    let address = serving.address();
    serving.stop();
    let begin = Instant::now();
    let error = source.tell(0, 1, &Outcome::Reward(0.5), &[]).unwrap_err();
    assert!(error.is_transient() && error.to_string().contains("times in"), "{error}");
    assert!(begin.elapsed() >= Duration::from_secs(1) && begin.elapsed() < Duration::from_secs(4));
    // It is there again.
    let serving = owner.serve(address.to_string()).unwrap();
    assert_eq!(source.tell(0, 1, &Outcome::Reward(0.5), &[]).unwrap(), Settled::Counts);
    drop(serving);
}

#[test]
fn connections_are_encrypted_by_a_certificate_that_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&cert, certified.cert.pem()).unwrap();
    std::fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let owner = owner(2);
    let serving = owner.server().listen("127.0.0.1:0").tls(&cert, &key).token("secret").start().unwrap();
    assert!(serving.url().starts_with("https://127.0.0.1:"));
    let options = HttpOptions { token: Some("secret".to_owned()), ..HttpOptions::default() };
    let trusting = HttpOptions { authorities: Some(cert.clone()), ..options.clone() };
    let source = HttpSource::open(&serving.url(), trusting).unwrap();
    assert_eq!(trials(source.claim(1, Duration::ZERO).unwrap()), [0]);
    assert_eq!(source.tell(0, 1, &Outcome::Reward(0.5), &[]).unwrap(), Settled::Counts);
    let error = owner.server().listen("127.0.0.1:0").tls(&key, &key).start().map(drop).unwrap_err();
    assert!(error.to_string().contains("key.pem"), "{error}");
}

//! Clients that mean no good, or do not know better.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use serde_json::json;

use crate::client::Client;
use crate::service::Service;
use crate::{owner, queue};

fn service(folder: &Path, token: Option<&str>) -> Service {
    let file = folder.join("runs.db");
    queue(&mut owner(&file, "study"), 1..=3);
    Service::start(&file, &[], token)
}

fn answers(address: SocketAddr, token: Option<&str>) {
    let mut client = Client::connect(address);
    if let Some(token) = token {
        client.headers = format!("host: localhost\r\nauthorization: Bearer {token}\r\n");
    }
    let begin = Instant::now();
    assert_eq!(client.get("/api/v1/studies/study").status, 200);
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

/// How long a connection stays that sends so slowly.
fn lasts(service: &Service, head: &[u8], byte: &[u8]) -> (Duration, Vec<u8>) {
    let (mut client, begin) = (service.client(), Instant::now());
    client.raw(head).unwrap();
    client.get_ref().set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let mut said = Vec::new();
    loop {
        assert!(begin.elapsed() < Duration::from_secs(30), "it is still open");
        let mut buffer = [0; 1024];
        let mut stream: &TcpStream = client.get_ref();
        match stream.read(&mut buffer) {
            Ok(0) => return (begin.elapsed(), said),
            Ok(count) => said.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return (begin.elapsed(), said),
        }
        let _ = client.raw(byte);
    }
}

#[test]
fn who_sends_slowly_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(folder.path(), None);
    let head = b"POST /api/v1/studies/study/ask HTTP/1.1\r\nhost: localhost\r\n";
    let (lasted, _) = lasts(&service, head, b"a");
    assert!(lasted > Duration::from_secs(8) && lasted < Duration::from_secs(15), "{lasted:?}");
    let body = [&head[..], b"content-type: application/json\r\ncontent-length: 1000\r\n\r\n{"].concat();
    let (lasted, said) = lasts(&service, &body, b" ");
    assert!(lasted > Duration::from_secs(8) && lasted < Duration::from_secs(15), "{lasted:?}");
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.1 408") && said.contains("\"error\""), "{said}");
    answers(service.address, None);
}

#[test]
fn what_is_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(folder.path(), None);
    let (mut client, path) = (service.client(), "/api/v1/studies/study/ask");
    let body = json!({"worker": "w", "held": []}).to_string();
    let padded = |size: usize| format!("{body}{}", " ".repeat(size - body.len()));
    client.send("POST", path, "content-type: application/json\r\n", padded(64 * 1024).as_bytes());
    assert_eq!(client.answer().unwrap().status, 200);
    let mut client = service.client();
    client.send("POST", path, "content-type: application/json\r\n", padded(64 * 1024 + 1).as_bytes());
    let answer = client.answer().unwrap();
    assert_eq!((answer.status, answer.error().contains("65536 bytes")), (413, true));
    // Without its length.
    let mut client = service.client();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(65_536));
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    client.raw(format!("{head}{chunk}1\r\nx\r\n").as_bytes()).unwrap();
    assert_eq!(client.answer().unwrap().status, 413);
    // A head.
    let mut client = service.client();
    let _ = client.raw(format!("GET / HTTP/1.1\r\nhost: localhost\r\na: {}\r\n\r\n", "b".repeat(100_000)).as_bytes());
    assert!(client.answer().is_none_or(|answer| answer.status == 431));
    let mut client = service.client();
    let _ = client.raw(format!("GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "a: b\r\n".repeat(1000)).as_bytes());
    assert!(client.answer().is_none_or(|answer| answer.status == 431));
    answers(service.address, None);
}

#[test]
fn deep_json_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let service = service(folder.path(), None);
    let mut client = service.client();
    let trial = client.done("/api/v1/studies/study/ask", &json!({"worker": "w"}));
    assert_eq!(trial["trial"]["trial"], json!(0));
    for bomb in ["[".repeat(60_000), "{\"a\":".repeat(10_000), format!("{}{}", "[".repeat(30_000), "]".repeat(30_000))]
    {
        let body = format!("{{\"worker\":\"w\",\"attempt\":1,\"key\":\"k\",\"value\":{bomb}}}");
        client.send(
            "POST",
            "/api/v1/studies/study/trials/0/note",
            "content-type: application/json\r\n",
            body.as_bytes(),
        );
        let answer = client.answer().unwrap();
        assert_eq!(answer.status, 400);
        assert!(answer.error().len() < 300);
    }
    answers(service.address, None);
}

#[test]
fn connections_beyond_the_limit_are_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let owner = owner(&file, "study");
    let serving = owner.server().listen("127.0.0.1:0").connections(3).start().unwrap();
    let mut clients: Vec<_> = (0..3).map(|_| Client::connect(serving.address())).collect();
    for client in &mut clients {
        assert_eq!(client.get("/api/v1/studies").status, 200);
    }
    let mut one_more = Client::connect(serving.address());
    let answer = one_more.answer().unwrap();
    assert_eq!((answer.status, answer.error().contains("as many connections")), (503, true));
    drop(clients);
    std::thread::sleep(Duration::from_millis(200));
    answers(serving.address(), None);
}

/// A request that is understood, to be changed.
struct Seed {
    line: String,
    body: Vec<u8>,
}

fn seeds() -> Vec<Seed> {
    let post = |path: &str, body: serde_json::Value| Seed {
        line: format!("POST /api/v1/studies/study{path}"),
        body: body.to_string().into_bytes(),
    };
    let get = |path: &str| Seed { line: format!("GET {path}"), body: Vec::new() };
    let held = json!([{"trial": 0, "attempt": 1}]);
    vec![
        post("/ask", json!({"worker": "w", "wait": 0.01, "held": held})),
        post("/ask", json!({"worker": "v"})),
        post("/trials/0/report", json!({"worker": "w", "attempt": 1, "step": 3, "value": 0.5})),
        post("/trials/0/tell", json!({"worker": "w", "attempt": 1, "outcome": {"cancelled": true}})),
        post(
            "/trials/1/tell",
            json!({"worker": "w", "attempt": 1, "outcome": {"failed": "x", "severity": 1.5}, "retries": 9}),
        ),
        post("/trials/0/note", json!({"worker": "w", "attempt": 1, "key": "k", "value": {"a": [1, null, "x"]}})),
        post("/heartbeat", json!({"worker": "w", "held": []})),
        get("/api/v1/studies"),
        get("/api/v1/studies/study"),
        get("/api/v1/openapi.json"),
        get("/live.js"),
        get("/?token=x"),
    ]
}

/// Some bytes are changed, taken out, doubled, replaced by special ones, or cut off.
fn mutate(random: &mut Pcg64, bytes: &mut Vec<u8>) {
    const WORDS: [&[u8]; 10] = [
        b"-1",
        b"1e999",
        b"null",
        b"\"\\u0000\"",
        b"[[[[",
        b"18446744073709551616",
        b"\r\n\r\n",
        b"%00",
        b"{}",
        b"\xff",
    ];
    for _ in 0..random.random_range(0..4) {
        if bytes.is_empty() {
            return;
        }
        let place = random.random_range(0..bytes.len());
        let end = (place + random.random_range(1..16)).min(bytes.len());
        match random.random_range(0..6) {
            0 => bytes[place] = random.random(),
            1 => drop(bytes.drain(place..end)),
            2 => {
                let part = bytes[place..end].to_vec();
                drop(bytes.splice(place..place, part));
            }
            3 | 4 => drop(bytes.splice(place..end, WORDS[random.random_range(0..WORDS.len())].to_vec())),
            _ => bytes.truncate(place),
        }
    }
}

/// How long an answer may take: some outcomes among these are written to a disk that others write to, too.
const LIMIT: Duration = Duration::from_secs(5);

/// What is sent; and how long its answer may take, where it is a whole request.
struct Request {
    bytes: Vec<u8>,
    limit: Option<Duration>,
}

/// A changed request: mostly its path and its body, with the length that it has; now and then any of its bytes.
fn request(random: &mut Pcg64, seeds: &[Seed]) -> Request {
    let Seed { line, body } = &seeds[random.random_range(0..seeds.len())];
    let (mut line, mut body) = (line.clone().into_bytes(), body.clone());
    mutate(random, &mut body);
    // What is asked to wait may do so.
    let said: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let wait = said["wait"].as_f64().unwrap_or_default().clamp(0.0, 60.0);
    let mut limit = Some(LIMIT + Duration::from_secs_f64(wait));
    let head = "host: localhost\r\ncontent-type: application/json\r\n";
    let head = format!(" HTTP/1.1\r\n{head}content-length: {}\r\n\r\n", body.len());
    if random.random_range(0..3) == 0 {
        mutate(random, &mut line);
        limit = None;
    }
    let mut bytes = [line, head.into_bytes(), body].concat();
    if random.random_range(0..10) == 0 {
        mutate(random, &mut bytes);
        limit = None;
    }
    Request { bytes, limit }
}

/// Sends many changed requests. How many were answered, how many of these with success, and after how long at most.
fn bombard(service: &Service, count: u32, seed: u64, allows: impl Fn(u16) -> bool) -> (u32, u32, Duration) {
    let (mut random, seeds) = (Pcg64::seed_from_u64(seed), seeds());
    let (mut answered, mut successes, mut slowest, mut reused) = (0, 0, Duration::ZERO, None);
    for _ in 0..count {
        let Request { bytes, limit } = request(&mut random, &seeds);
        let mut client = reused.take().unwrap_or_else(|| service.client());
        // What lacks its end is not answered yet.
        client.get_ref().set_read_timeout(Some(limit.unwrap_or(Duration::from_millis(50)))).unwrap();
        let (begin, shown) = (Instant::now(), || String::from_utf8_lossy(&bytes).into_owned());
        let answer = client.raw(&bytes).ok().and_then(|()| client.answer());
        let took = begin.elapsed();
        assert!(
            answer.is_some() || limit.is_none(),
            "no answer within {limit:?} but an end after {took:?}: {}",
            shown()
        );
        let Some(answer) = answer else { continue };
        (answered, slowest) = (answered + 1, slowest.max(took));
        successes += u32::from((200..300).contains(&answer.status));
        assert!(answer.body.len() < 64 * 1024, "{}: {}", answer.body.len(), shown());
        assert!(answer.status < 500 && allows(answer.status), "{}: {}", answer.status, shown());
        if answer.status >= 400 && !answer.body.is_empty() {
            answer.error();
        }
        // Where it was not a whole request, bytes of it may be taken for another one.
        if answer.header("connection") != Some("close") && limit.is_some() && random.random_range(0..50) != 0 {
            reused = Some(client);
        }
    }
    (answered, successes, slowest)
}

/// How many requests there are: `TRANSFER_NAS_REQUESTS`, or 5,000.
fn count() -> u32 {
    std::env::var("TRANSFER_NAS_REQUESTS").ok().and_then(|count| count.parse().ok()).unwrap_or(5000)
}

#[test]
fn changed_requests_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = service(folder.path(), None);
    let (answered, successes, slowest) = bombard(&service, count(), 1, |_| true);
    println!(
        "of {} changed requests {answered} were answered, {successes} with success, in {slowest:?} at most",
        count()
    );
    assert!(answered > count() / 2 && successes > count() / 20, "{answered} {successes}");
    answers(service.address, None);
    service.signal("TERM");
    let (status, said, _) = service.end();
    assert!(status.success() && !said.contains("panicked"), "{status}: {said}");
}

#[test]
fn changed_requests_without_the_token_get_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = service(folder.path(), Some("the token"));
    let (answered, successes, _) = bombard(&service, count(), 2, |status| status >= 400);
    assert!(answered > count() / 2 && successes == 0, "{answered} {successes}");
    answers(service.address, Some("the token"));
    service.signal("TERM");
    let (status, said, _) = service.end();
    assert!(status.success() && !said.contains("panicked"), "{status}: {said}");
}

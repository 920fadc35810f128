//! Who may ask, and how.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::service::Service;
use crate::{owner, queue};

fn file(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("runs.db");
    queue(&mut owner(&file, "study"), 1..=1);
    file
}

#[test]
fn without_a_token_only_names_of_this_machine_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&file(folder.path()), &[], None);
    let mut client = service.client();
    for host in ["localhost:8080", "127.0.0.1", "[::1]:1"] {
        client.headers = format!("host: {host}\r\n");
        assert_eq!(client.get("/api/v1/studies").status, 200, "{host}");
    }
    for host in ["example.org", "localhost.example.org:80", "10.0.0.1", ""] {
        client.headers = format!("host: {host}\r\n");
        let answer = client.get("/api/v1/studies");
        assert_eq!(answer.status, 421, "{host}");
        assert!(answer.error().contains("localhost"));
    }
    client.headers = String::new();
    assert_eq!(client.get("/").status, 421);
}

#[test]
fn only_json_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&file(folder.path()), &[], None);
    let mut client = service.client();
    for kind in ["", "content-type: text/plain\r\n", "content-type: application/x-www-form-urlencoded\r\n"] {
        client.send("POST", "/api/v1/studies/study/ask", kind, b"{\"worker\":\"w\"}");
        let answer = client.answer().unwrap();
        assert_eq!((answer.status, answer.error().contains("application/json")), (415, true), "{kind}");
    }
    client.send(
        "POST",
        "/api/v1/studies/study/ask",
        "content-type: application/json; charset=utf-8\r\n",
        b"{\"worker\":\"w\"}",
    );
    assert_eq!(client.answer().unwrap().status, 200);
}

#[test]
fn the_token_is_asked_for_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&file(folder.path()), &[], Some("a secret/1"));
    let mut client = service.client();
    let paths = [
        "/",
        "/studies/study",
        "/studies/study/events",
        "/live.js",
        "/api/v1/studies",
        "/api/v1/openapi.json",
        "/nothing",
        "/?token=wrong",
        "/api/v1/studies?token=a%20secret/1",
    ];
    for path in paths {
        let answer = client.get(path);
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")), "{path}");
        assert!(answer.error().contains("Authorization"));
    }
    for wrong in ["Bearer a secret/", "Bearer a secret/12", "Basic a secret/1", "Bearer", ""] {
        client.headers = format!("host: example.org\r\nauthorization: {wrong}\r\n");
        assert_eq!(client.get("/api/v1/studies").status, 401, "{wrong}");
        assert_eq!(client.post("/api/v1/studies/study/ask", &json!({"worker": "w"})).status, 401, "{wrong}");
    }
    client.headers = "host: example.org\r\nauthorization: Bearer a secret/1\r\n".to_owned();
    assert_eq!(client.get("/api/v1/studies").status, 200);
}

#[test]
fn a_browser_shows_the_token_once() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&file(folder.path()), &[], Some("a secret/1"));
    let mut client = service.client();
    let answer = client.get("/studies/study?token=a%20secret%2F1&x=1");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/studies/study?x=1")));
    let set = answer.header("set-cookie").unwrap().to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && !set.contains("Secure"), "{set}");
    let cookie = set.split(';').next().unwrap();
    assert!(!cookie.contains("secret"), "{cookie}");
    client.headers = format!("host: example.org\r\ncookie: other=1; {cookie}\r\n");
    let page = client.get("/studies/study");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cache-control", "no-store")]
    {
        assert_eq!(page.header(name), Some(value));
    }
    client.headers = format!("host: example.org\r\ncookie: {cookie}0\r\n");
    assert_eq!(client.get("/").status, 401);
}

#[test]
fn where_others_can_reach_it_there_must_be_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(folder.path());
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_transfer-nas"));
        command.arg("serve").arg(&file).args(arguments).env_remove("TRANSFER_NAS_TOKEN");
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(&["--listen", "0.0.0.0:0"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("--token-file") && said.contains("TRANSFER_NAS_TOKEN"), "{said}");
    let empty = folder.path().join("empty");
    std::fs::write(&empty, "\n").unwrap();
    assert!(run(&["--token-file", empty.to_str().unwrap()]).1.contains("the token is empty"));
    assert!(run(&["--token-file", "/nowhere"]).1.contains("/nowhere"));
    assert!(run(&["--study", "other"]).1.contains("there is no study `other`"));
    assert!(run(&["--listen", "nonsense"]).1.contains("cannot listen on `nonsense`"));
    assert_eq!(run(&["--cert", "cert.pem"]).0, Some(2));
}

#[test]
fn a_token_that_goes_over_the_network_as_it_is_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(folder.path());
    let token = folder.path().join("token");
    std::fs::File::create(&token).unwrap().write_all(b"of a file\n").unwrap();
    let arguments = ["--listen", "0.0.0.0:0", "--token-file", token.to_str().unwrap()];
    let mut service = Service::start_at(&file, &arguments, None);
    service.address.set_ip([127, 0, 0, 1].into());
    let mut client = service.client();
    client.headers = "host: example.org\r\nauthorization: bearer of a file\r\n".to_owned();
    assert_eq!(client.get("/api/v1/studies").status, 200);
    service.signal("TERM");
    let (status, said, _) = service.end();
    assert!(status.success() && said.contains("WARN the token and all else goes over the network as it is"), "{said}");
}

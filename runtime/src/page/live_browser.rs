//! A browser shows the live page, and a script in it does what readers do. Where there is no Chromium the test says so and passes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use super::live;
use super::live::{Live, SCRIPT};
use super::live_tests::served;
use super::screenshot::browser;
use super::story::{Failure, Finalist, Story};
use super::synthetic::{moment, study};

const POLICY: &str =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:";

/// A service that shows one page after the other.
struct Service {
    /// Which of the pages is shown.
    version: AtomicUsize,
    is_lost: AtomicBool,
    pages: Vec<String>,
    result: Sender<String>,
}

/// As it was, later, when it has ended, and of another study of the same name.
fn pages() -> Vec<String> {
    let before = study(300);
    let finalist = Finalist { number: 3, mean: 0.5, deviation: 0.1, range: (0.4, 0.6), count: 5 };
    let failure = Failure { trial: 299, attempt: 1, text: "another\n".repeat(30), when: Some(moment(1)) };
    let mut later = Story { workers: Vec::new(), finalists: vec![finalist], ..study(301) };
    later.failures.insert(0, failure);
    later.failures.retain(|failure| failure.trial <= 299);
    let later_on = |read: &str| Live { read: read.to_owned(), ..served() };
    let other = Story { title: "another".to_owned(), ..study(5) };
    let pages = [
        live(&before, &later_on("at first")),
        live(&later, &later_on("later")),
        live(&later, &Live { ending: Some("complete".to_owned()), ..later_on("in the end") }),
        live(&other, &Live { identity: "2-9".to_owned(), ..later_on("at first") }),
    ];
    let with_test = |page: String| page.replace("</head>", "<script src=\"/test.js\" defer=\"\"></script></head>");
    pages.map(with_test).into()
}

impl Service {
    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let (mut line, mut length) = (String::new(), 0);
        reader.read_line(&mut line)?;
        for header in reader.by_ref().lines() {
            let header = header?.to_ascii_lowercase();
            if let Some(number) = header.strip_prefix("content-length:") {
                length = number.trim().parse().unwrap_or(0);
            }
            if header.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let is_lost = self.is_lost.load(Ordering::SeqCst);
        match line.split(' ').nth(1).unwrap_or_default() {
            "/studies/a%20study/events" if is_lost => respond(&mut stream, "503 Service Unavailable", "text/plain", ""),
            "/studies/a%20study/events" => self.events(&mut stream),
            "/studies/a%20study" => {
                respond(&mut stream, "200 OK", "text/html", &self.pages[self.version.load(Ordering::SeqCst)])
            }
            "/live.js" => respond(&mut stream, "200 OK", "text/javascript", SCRIPT),
            "/test.js" => respond(&mut stream, "200 OK", "text/javascript", include_str!("live_browser.js")),
            path => self.command(&mut stream, path, &body),
        }
    }

    fn command(&self, stream: &mut TcpStream, path: &str, body: &[u8]) -> std::io::Result<()> {
        match path {
            "/next" => self.version.store(1, Ordering::SeqCst),
            "/ended" => self.version.store(2, Ordering::SeqCst),
            "/replaced" => self.version.store(3, Ordering::SeqCst),
            "/lost" => self.is_lost.store(true, Ordering::SeqCst),
            "/found" => self.is_lost.store(false, Ordering::SeqCst),
            "/result" => _ = self.result.send(String::from_utf8_lossy(body).into_owned()),
            _ => return respond(stream, "404 Not Found", "text/plain", ""),
        }
        respond(stream, "200 OK", "text/plain", "")
    }

    /// One event for each page, as long as the connection is not lost.
    fn events(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")?;
        let mut said = usize::MAX;
        while !self.is_lost.load(Ordering::SeqCst) {
            let version = self.version.load(Ordering::SeqCst);
            if version != said {
                write!(stream, "event: changed\ndata: {version}\n\n")?;
                said = version;
            }
            std::thread::sleep(Duration::from_millis(20));
            write!(stream, ": there\n\n")?;
        }
        Ok(())
    }
}

fn respond(stream: &mut TcpStream, status: &str, kind: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {length}\r\n\
         Content-Security-Policy: {POLICY}\r\nConnection: close\r\n\r\n{body}"
    )
}

#[test]
fn what_readers_did_stays_when_the_page_changes() {
    let directory = tempfile::tempdir().unwrap();
    let Some(mut browser) = browser(directory.path()) else {
        return crate::skip::skipped("there is no `chromium` on the PATH");
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (result, results) = channel();
    let service = Arc::new(Service { version: 0.into(), is_lost: false.into(), pages: pages(), result });
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let service = Arc::clone(&service);
            std::thread::spawn(move || service.answer(stream));
        }
    });
    // It stays open as long as it is not ended.
    browser.args(["--window-size=600,900", "--remote-debugging-port=0"]);
    let mut browser = browser.arg(format!("http://{address}/studies/a%20study")).spawn().unwrap();
    let result = results.recv_timeout(Duration::from_mins(2));
    browser.kill().unwrap();
    browser.wait().unwrap();
    let checks: BTreeMap<String, bool> = serde_json::from_str(&result.expect("the browser says nothing")).unwrap();
    assert!(checks.len() >= 17, "{checks:#?}");
    assert!(checks.values().all(|holds| *holds), "{checks:#?}");
}

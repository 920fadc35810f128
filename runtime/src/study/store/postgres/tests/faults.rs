//! What goes wrong on the way to the database: what may pass, and what somebody has to put right.

use std::io::Write;
use std::time::{Duration, Instant};

use super::fake::{first_message, say_error, serve};
use super::server::{Database, ask, connect};
use crate::study::StoreError;
use crate::study::store::postgres::PostgresStore;

fn error(address: &str) -> StoreError {
    let error = PostgresStore::open(address).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    error
}

/// The error of a database behind whose door somebody says an error of a code.
fn error_of(code: &'static str) -> StoreError {
    let port = serve(move |mut stream| {
        first_message(&mut stream);
        say_error(&mut stream, code, "no way in");
    });
    error(&format!("postgres://u:secret@127.0.0.1:{port}/db"))
}

#[test]
fn what_may_pass_is_tried_again() {
    for code in ["57P01", "57P02", "57P03", "53300", "53200", "08006", "08P01", "25P03", "57014", "40003"] {
        let error = error_of(code);
        assert!(matches!(&error, StoreError::Unreachable { reason, .. } if reason == "no way in"), "{code}: {error}");
        assert!(error.is_transient() && error.to_string().starts_with("`postgres://u@127.0.0.1:"), "{error}");
    }
    for code in ["40001", "40P01", "55P03"] {
        assert!(matches!(error_of(code), StoreError::Conflict { .. }), "{code}");
    }
    assert!(matches!(error_of("53100"), StoreError::Full { .. }));
}

#[test]
fn what_does_not_pass_says_what_to_do() {
    for (code, advice) in [
        ("28P01", "PGPASSWORD"),
        ("28000", "pg_hba.conf"),
        ("3D000", "createdb"),
        ("42501", "grant the user CREATE"),
        ("42P01", "open the store again"),
        ("XX000", "no way in"),
    ] {
        let error = error_of(code);
        assert!(matches!(&error, StoreError::Database { .. }) && !error.is_transient(), "{code}: {error}");
        assert!(error.to_string().contains("no way in") && error.to_string().contains(advice), "{error}");
    }
    assert!(matches!(error_of("25006"), StoreError::ReadOnly { .. }));
}

#[test]
fn a_missing_password_is_asked_for() {
    // An `R` with a 3 asks for a password.
    let port = serve(|mut stream| {
        first_message(&mut stream);
        stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]).unwrap();
    });
    let error = error(&format!("postgres://u@127.0.0.1:{port}/db?passfile=/no/such/file"));
    assert!(error.to_string().contains("password missing; give one"), "{error}");
    assert!(!error.is_transient());
}

#[test]
fn a_server_that_is_not_there_or_does_not_answer_is_unreachable() {
    let silent = serve(|stream| {
        std::thread::sleep(Duration::from_secs(20));
        drop(stream);
    });
    let hung_up = serve(drop);
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for port in [silent, hung_up, gone] {
        let begin = Instant::now();
        let error = error(&format!("postgres://u:secret@127.0.0.1:{port}/db?connect_timeout=1"));
        assert!(matches!(&error, StoreError::Unreachable { .. }), "{error}");
        assert!(begin.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let Some(database) = Database::make() else { return };
    let connection = connect(&database.address()).unwrap();
    assert_eq!(ask(&connection, "SELECT 1"), "1");
    let answer = connection.batch_within(Duration::from_millis(50), "SELECT pg_sleep(3)".to_owned());
    assert!(matches!(answer, Err(StoreError::Unreachable { .. })), "{:?}", answer.err());
    assert!(!connection.is_usable());
}

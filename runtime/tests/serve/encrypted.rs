//! Encrypted connections.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;

use crate::client::Client;
use crate::service::Service;
use crate::{owner, queue};

#[test]
fn an_encrypted_service_has_the_certificate_that_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    queue(&mut owner(&file, "study"), 1..=1);
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    std::fs::write(&cert, certified.cert.pem()).unwrap();
    std::fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
    let service = Service::start(&file, &["--cert", &cert, "--key", &key], Some("secret"));

    // One that does not encrypt is cut off in time, and holds nobody up.
    let mut plain = TcpStream::connect(service.address).unwrap();
    plain.write_all(b"G").unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certified.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let connect = || {
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TcpStream::connect(service.address).unwrap();
        Client::new(StreamOwned::new(ClientConnection::new(Arc::clone(&config), name).unwrap(), stream))
    };
    let mut client = connect();
    client.headers += "authorization: Bearer secret\r\n";
    let asked = client.done("/api/v1/studies/study/ask", &json!({"worker": "w"}));
    assert_eq!(asked["trial"]["trial"], json!(0));
    let answer = connect().get("/?token=secret");
    assert!(answer.status == 303 && answer.header("set-cookie").unwrap().ends_with("; Secure"), "{answer:?}");

    let (begin, mut buffer) = (Instant::now(), [0; 64]);
    plain.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    while std::io::Read::read(&mut plain, &mut buffer).unwrap_or(0) > 0 {}
    assert!(begin.elapsed() < Duration::from_secs(15));
}

//! Encrypted connections: whose certificate is taken for what.

use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::fake::{first_message, say_error, serve};
use super::server::{address_with, ask, connect};
use crate::study::StoreError;
use crate::study::store::postgres::PostgresStore;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str, folder: &Path) -> (Authority, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let path = folder.join(format!("{name}.pem"));
    std::fs::write(&path, authority.pem()).unwrap();
    (authority, path.to_str().unwrap().to_owned())
}

/// What a server has that is called `localhost`.
fn config(authority: &Authority) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap())
}

/// Takes on TLS, and says that it is starting up: whoever reads that trusts it.
fn greet(mut stream: TcpStream, config: &Arc<ServerConfig>) {
    use std::io::Write;
    first_message(&mut stream);
    stream.write_all(b"S").unwrap();
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), stream);
    if stream.conn.complete_io(&mut stream.sock).is_ok() {
        first_message(&mut stream);
        say_error(&mut stream, "57P03", "the database system is starting up");
    }
}

#[test]
fn a_certificate_is_checked_as_far_as_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, root) = authority("ours", folder.path());
    let (_, other) = authority("other", folder.path());
    let config = config(&ours);
    let port = serve(move |stream| greet(stream, &config));
    let error = |host: &str, parameters: &str| {
        PostgresStore::open(&format!("postgres://u:secret@{host}:{port}/db?{parameters}")).unwrap_err()
    };
    for (host, parameters) in [
        ("localhost", format!("sslmode=verify-full&sslrootcert={root}")),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={root}")),
        ("127.0.0.1", format!("sslmode=require&sslrootcert={root}")),
        ("127.0.0.1", "sslmode=require".to_owned()),
    ] {
        let error = error(host, &parameters);
        assert!(error.to_string().contains("starting up") && error.is_transient(), "{host} {parameters}: {error}");
    }
    for (host, parameters) in [
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={root}")),
        ("localhost", format!("sslmode=verify-full&sslrootcert={other}")),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={other}")),
        ("localhost", format!("sslmode=require&sslrootcert={other}")),
        ("localhost", "sslmode=verify-full&sslrootcert=system".to_owned()),
    ] {
        let error = error(host, &parameters);
        assert!(matches!(error, StoreError::Database { .. }) && !error.is_transient(), "{host} {parameters}: {error}");
        assert!(error.to_string().contains("sslrootcert"), "{error}");
    }
}

#[test]
fn a_server_without_tls_is_refused_where_that_is_asked_for() {
    let port = serve(|mut stream| {
        use std::io::Write;
        first_message(&mut stream);
        stream.write_all(b"N").unwrap();
    });
    let error = PostgresStore::open(&format!("postgres://u:secret@localhost:{port}/db?sslmode=require")).unwrap_err();
    assert!(error.to_string().contains("does not support TLS; have the server offer it") && !error.is_transient());
}

/// The server for tests, where it has TLS.
#[test]
fn a_real_connection_is_encrypted() {
    let Some(_database) = super::Database::make() else { return };
    match connect(&address_with("sslmode=require")) {
        Ok(connection) => {
            assert_eq!(ask(&connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), "t");
        }
        Err(error) => assert!(error.to_string().contains("does not support TLS"), "{error}"),
    }
}

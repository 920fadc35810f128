//! Encrypted connections: how much of the server's certificate is checked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What is asked of a connection, as libpq names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Nothing: it is not encrypted.
    Disable,
    /// It is encrypted, whoever the server is.
    Require,
    /// The server's certificate comes from an authority that is trusted.
    VerifyCa,
    /// That, and the certificate is one for the host.
    VerifyFull,
}

impl Mode {
    pub(super) fn read(word: &str) -> Result<Self, String> {
        match word {
            "disable" => Ok(Self::Disable),
            "require" => Ok(Self::Require),
            "verify-ca" => Ok(Self::VerifyCa),
            "verify-full" => Ok(Self::VerifyFull),
            "prefer" | "allow" => Err(format!(
                "`sslmode` cannot be `{word}` here; give `require` for a server that has TLS and `disable` for one that has not, or `verify-full` to be certain which server it is"
            )),
            _ => Err("`sslmode` must be one of `disable`, `require`, `verify-ca`, `verify-full`".to_owned()),
        }
    }
}

/// What connects that way. The authorities are those of a file, those of `~/.postgresql/root.crt` where that is there, or those that
/// the system trusts.
pub(super) fn connector(mode: Mode, root: Option<&str>, home: Option<&Path>) -> Result<MakeRustlsConnect, String> {
    let provider = Arc::new(ring::default_provider());
    let roots = || roots(root, home).map(Arc::new);
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| format!("no TLS: {error}"))?;
    // As libpq has it: where authorities are named, they are asked.
    let mode = if mode == Mode::Require && root.is_some() { Mode::VerifyCa } else { mode };
    let config = match mode {
        Mode::VerifyFull => builder.with_root_certificates(roots()?).with_no_client_auth(),
        Mode::VerifyCa => unnamed(builder, Unnamed { roots: Some(roots()?), provider }),
        Mode::Require | Mode::Disable => unnamed(builder, Unnamed { roots: None, provider }),
    };
    Ok(MakeRustlsConnect::new(config))
}

type Builder = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;

fn unnamed(builder: Builder, verifier: Unnamed) -> ClientConfig {
    builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
}

fn roots(root: Option<&str>, home: Option<&Path>) -> Result<RootCertStore, String> {
    let usual = home.map(|home| home.join(".postgresql/root.crt")).filter(|path| path.exists());
    let file = match root {
        Some("system") => None,
        Some(path) => Some(PathBuf::from(path)),
        None => usual,
    };
    let certificates = match &file {
        Some(path) => of_file(path)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut roots = RootCertStore::empty();
    let (known, _) = roots.add_parsable_certificates(certificates);
    if known > 0 {
        return Ok(roots);
    }
    let place = file.map_or_else(|| "the system".to_owned(), |path| format!("`{}`", path.display()));
    Err(format!("{place} has no certificates of authorities; give a file of them with `sslrootcert`"))
}

fn of_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    read.map_err(|error| format!("the certificates in `{}` cannot be read: {error}", path.display()))
}

/// Takes a server for what it is without checking its name; without authorities, whoever it is.
#[derive(Debug)]
struct Unnamed {
    roots: Option<Arc<RootCertStore>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Unnamed {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(roots) = &self.roots {
            let certificate = ParsedCertificate::try_from(end_entity)?;
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&certificate, roots, intermediates, now, algorithms)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

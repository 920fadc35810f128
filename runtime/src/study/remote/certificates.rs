//! Whose certificates are trusted.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::tls::Certificate;

/// The authorities that the system trusts (or, where it is set, those of `SSL_CERT_FILE`), and those of a file.
pub(super) fn roots(file: Option<&Path>) -> Result<Vec<Certificate<'static>>, String> {
    let mut roots = rustls_native_certs::load_native_certs().certs;
    if let Some(file) = file {
        let unreadable = |error| format!("the certificates in `{}` cannot be read: {error}", file.display());
        let own = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        roots.extend(own.map_err(unreadable)?);
    }
    if roots.is_empty() {
        return Err("the system trusts no authority; name a file with certificates".to_owned());
    }
    Ok(roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect())
}

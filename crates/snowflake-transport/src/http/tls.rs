//! Whom to trust: the operating system's root certificates, and the ones given.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::error::{BoxError, Error, Repr};

/// A configuration with ring, TLS 1.2 and 1.3, and no client certificate.
pub(super) fn config(extra_roots: Option<&[u8]>) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    let loaded = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(loaded.certs);
    for certificate in extra_roots.map(parse).transpose()?.into_iter().flatten() {
        roots.add(certificate).map_err(|error| unusable(error.into()))?;
    }
    if roots.is_empty() {
        let cause = loaded.errors.into_iter().next();
        let source = cause.map_or_else(|| "no certificate store was found".into(), BoxError::from);
        return Err(Repr::NoRoots { source }.into());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.into()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn parse(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(error.into()))?;
    if certificates.is_empty() {
        let reason = "the root certificates given hold no PEM certificate";
        return Err(Repr::InvalidRequest { reason }.into());
    }
    Ok(certificates)
}

fn unusable(source: BoxError) -> Error {
    Repr::Unsendable { reason: "the root certificates given cannot be used", source }.into()
}

#[cfg(test)]
mod tests {
    use super::config;
    use crate::error::ErrorKind;

    #[test]
    fn given_roots_must_be_certificates() {
        for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let error = config(Some(pem.as_bytes())).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{pem}");
        }
    }
}

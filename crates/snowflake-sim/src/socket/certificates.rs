//! Certificates made for one test: one that is good, and one for each way to be bad.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use snafu::ResultExt as _;

use super::error::{Error, MintSnafu};

/// An authority of its own, which nobody trusts unless told to, and the certificates that it signs.
///
/// ```
/// use snowflake_sim::socket::{CertificateKind, Certificates};
/// use snowflake_transport::{HttpTransport, TransportOptions};
///
/// let certificates = Certificates::new()?;
/// let trusting = TransportOptions::default().with_root_certificates(certificates.authority());
/// let transport = HttpTransport::new(trusting)?;
/// let expired = certificates.mint(CertificateKind::Expired)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Certificates {
    authority: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate with its key and the certificates between it and the authority.
pub struct Certificate {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
}

/// What is right or wrong with a certificate. But for [`CertificateKind::OtherHost`] all are for
/// `localhost` and `127.0.0.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateKind {
    /// Nothing is wrong.
    Good,
    /// It is for `other.example.com`.
    OtherHost,
    /// Nobody signed it but itself.
    SelfSigned,
    /// It was valid until the year 2001.
    Expired,
    /// It will be valid in the year 4000.
    NotYetValid,
    /// It is for clients, not for servers.
    WrongUse,
    /// Its signer may sign for `example.com` only.
    NameConstraint,
    /// So many others stand between it and the authority; more than a handful is too many.
    LongChain(u8),
}

type Signer = CertifiedIssuer<'static, KeyPair>;

impl Certificates {
    /// A new authority.
    ///
    /// # Errors
    ///
    /// `Certificate` if none can be made.
    pub fn new() -> Result<Self, Error> {
        let key = KeyPair::generate().context(MintSnafu)?;
        let authority = CertifiedIssuer::self_signed(signer("authority"), key).context(MintSnafu)?;
        Ok(Self { authority })
    }

    /// The authority's certificate in PEM, for those that shall trust it.
    pub fn authority(&self) -> String {
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        let text = STANDARD.encode(self.authority.der());
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = more;
        }
        pem + "-----END CERTIFICATE-----\n"
    }

    /// Makes a certificate.
    ///
    /// # Errors
    ///
    /// `Certificate` if it cannot be made.
    pub fn mint(&self, kind: CertificateKind) -> Result<Certificate, Error> {
        Ok(self.signed(kind).context(MintSnafu)?)
    }

    fn signed(&self, kind: CertificateKind) -> Result<Certificate, rcgen::Error> {
        let params = server(kind)?;
        let key = KeyPair::generate()?;
        if kind == CertificateKind::SelfSigned {
            return Ok(Certificate::new(&params.self_signed(&key)?, &[], &key));
        }
        let between = self.between(kind)?;
        let issuer: &Issuer<'_, KeyPair> = between.last().map_or(&self.authority, |signer| signer);
        Ok(Certificate::new(&params.signed_by(&key, issuer)?, &between, &key))
    }

    /// The certificates between the authority and one of this kind, the authority's side first.
    fn between(&self, kind: CertificateKind) -> Result<Vec<Signer>, rcgen::Error> {
        let count = match kind {
            CertificateKind::LongChain(count) => count,
            CertificateKind::NameConstraint => 1,
            _ => 0,
        };
        let mut signers: Vec<Signer> = Vec::new();
        for number in 0..count {
            let mut params = signer(&format!("signer {number}"));
            if kind == CertificateKind::NameConstraint {
                let permitted_subtrees = vec![GeneralSubtree::DnsName("example.com".into())];
                params.name_constraints =
                    Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
            }
            let above: &Issuer<'_, KeyPair> = signers.last().map_or(&self.authority, |signer| signer);
            signers.push(CertifiedIssuer::signed_by(params, KeyPair::generate()?, above)?);
        }
        Ok(signers)
    }
}

fn signer(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, format!("snowflake-sim {name}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn server(kind: CertificateKind) -> Result<CertificateParams, rcgen::Error> {
    let hosts = match kind {
        CertificateKind::OtherHost => vec!["other.example.com".to_owned()],
        _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
    };
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, "snowflake-sim server");
    params.extended_key_usages = vec![match kind {
        CertificateKind::WrongUse => ExtendedKeyUsagePurpose::ClientAuth,
        _ => ExtendedKeyUsagePurpose::ServerAuth,
    }];
    match kind {
        CertificateKind::Expired => params.not_after = date_time_ymd(2001, 1, 1),
        CertificateKind::NotYetValid => params.not_before = date_time_ymd(4000, 1, 1),
        _ => {}
    }
    Ok(params)
}

impl Certificate {
    fn new(certificate: &rcgen::Certificate, between: &[Signer], key: &KeyPair) -> Self {
        let between = between.iter().rev().map(|signer| signer.der().clone());
        let chain = std::iter::once(certificate.der().clone()).chain(between).collect();
        Self { chain, key: PrivatePkcs8KeyDer::from(key.serialize_der()).into() }
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("chain", &self.chain.len()).finish_non_exhaustive()
    }
}

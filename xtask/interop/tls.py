"""A forward proxy that ends TLS, for drivers that talk to no storage but by https and by names of their own making.

The names lead nowhere: nothing asks for their addresses, because a client names the host to the proxy, and the proxy
passes the requests inside on as they are, to a server of this machine. The certificates are made anew by each run.
"""

import datetime
import pathlib
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from relay import Handler, Listener


class Tunnel(Handler):
    """CONNECT, TLS inside, and plain HTTP to the port that `port_behind` gives."""

    context = None
    port_behind = None
    inside = False

    def do_CONNECT(self):
        self.send_response_only(200)
        self.end_headers()
        self.wfile.flush()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self.inside, self.close_connection = True, False

    def answer(self):
        if not self.inside:
            self.read_body()
            return self.reply(400, body=b"only CONNECT")
        self.pass_on(type(self).port_behind(), self.path, self.forwarded_headers())


class TlsProxy:
    """The proxy, with certificates for the given names, until the block ends."""

    def __init__(self, names, port_behind):
        self.folder = tempfile.TemporaryDirectory(prefix="interop-tls-")
        self.authority = pathlib.Path(self.folder.name, "authority.pem")
        chain = pathlib.Path(self.folder.name, "server.pem")
        make_certificates(names, self.authority, chain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        self.listener = Listener(Tunnel, context=context, port_behind=staticmethod(port_behind))
        self.port = self.listener.port

    def __enter__(self):
        self.listener.__enter__()
        return self

    def __exit__(self, *_):
        self.listener.__exit__()
        self.folder.cleanup()


def make_certificates(names, authority_file, chain_file):
    """Writes the certificate of a new authority, and one of a server together with its key."""
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = name_of("Interop test authority")
    authority = certificate(authority_name, authority_name, authority_key.public_key())
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    authority = authority.add_extension(usage(signs_certificates=True), critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = authority.add_extension(identifier, critical=False).sign(authority_key, hashes.SHA256())
    server = certificate(name_of("Interop test storage"), authority_name, server_key.public_key())
    server = server.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    server = server.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    server = server.add_extension(usage(signs_certificates=False), critical=True)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    server = server.add_extension(issuer, critical=False).sign(authority_key, hashes.SHA256())
    private = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = serialization.Encoding.PEM
    authority_file.write_bytes(authority.public_bytes(pem))
    chain_file.write_bytes(server.public_bytes(pem) + private)


def name_of(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def certificate(subject, issuer, key):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=1))


def usage(signs_certificates):
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )

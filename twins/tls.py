"""TLS for twins that stand in another container: an authority of their own and a certificate for their name."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY, KEYED = "twins-ca.pem", "twins-tls.pem"
_LIVES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority that exists for some twins only; its key is kept by nobody after it has signed."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def born(cls, now: datetime) -> Self:
        """A new authority, good for 30 days."""
        key, name = ec.generate_private_key(ec.SECP256R1()), _name("leadbridge twins")
        built = (
            _dated(name, name, key, now, now + _LIVES)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_others=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(built, key)

    @property
    def pem(self) -> bytes:
        """The public certificate, for LEADBRIDGE_CA_FILE."""
        return self.certificate.public_bytes(Encoding.PEM)

    def server(self, host: str, now: datetime, lives: timedelta = _LIVES) -> bytes:
        """A key and certificate (PEM) for *host*, a name or an address; ends after *lives*, which may be past."""
        key = ec.generate_private_key(ec.SECP256R1())
        began = min(now, now + lives) - timedelta(hours=1)
        built = (
            _dated(_name(host), self.certificate.subject, key, began, now + lives)
            .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_others=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return secret + built.public_bytes(Encoding.PEM)


def secured(folder: Path, host: str, now: datetime) -> ssl.SSLContext:
    """TLS for *host* from a new authority whose certificate is written to *folder* (`AUTHORITY`)."""
    authority = Authority.born(now)
    (folder / AUTHORITY).write_bytes(authority.pem)
    keyed = folder / KEYED
    keyed.touch(mode=0o600)
    keyed.chmod(0o600)
    keyed.write_bytes(authority.server(host, now))
    try:
        return context(keyed)
    finally:
        keyed.unlink()


def context(keyed: Path) -> ssl.SSLContext:
    """A server's side of TLS 1.2 or newer with the key and certificate in one file."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(keyed)
    return made


def _dated(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _usage(*, signs_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_others, key_cert_sign=signs_others, crl_sign=signs_others,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)

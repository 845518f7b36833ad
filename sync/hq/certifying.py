"""A chain's own authority, and headquarters' certificate by it: made and renewed by `granary hq certify`.

The authority stays; registers know it from enrolment. Knows nothing of who serves.
"""

import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pos_app.domain.errors import Breakdown, Refusal
from sync.protocol.authority import fingerprint

FOLDER: Final = "tls"
AUTHORITY_DAYS: Final = 7300
MOST_DAYS: Final = 825
OWN_NAMES: Final = ("localhost", "127.0.0.1", "::1")
"""Always in: who sits at headquarters' own machine asks by one of them."""
_BEFORE: Final = timedelta(days=1)
"""Valid from yesterday: the clock of a register may be behind."""


@dataclass(frozen=True, slots=True)
class Tls:
    """What headquarters shows on the line: the files of its certificate and key; ``authority`` is the certificate (PEM)
    of the chain's own authority, empty where another vouches for it.
    """

    certificate: Path
    key: Path
    authority: str = ""

    @property
    def fingerprint(self) -> str:
        """Give the fingerprint of the chain's own authority, empty without one."""
        return fingerprint(self.authority) if self.authority else ""


def find_tls(folder: Path, certificate: Path | None = None, key: Path | None = None) -> Tls | None:
    """Take the certificate that was named, or the one made in headquarters' folder, or none.

    Raises ``Refusal`` with ``tls_half`` or ``tls_unusable``.
    """
    if (certificate is None) != (key is None):
        raise Refusal("tls_half")
    made = folder / FOLDER
    tls = None
    if certificate is not None and key is not None:
        tls = Tls(certificate, key)
    elif (made / "server.pem").exists():
        tls = _made(made)
    if tls is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.certificate, tls.key)
        except (OSError, ssl.SSLError) as error:
            raise Refusal("tls_unusable", file=str(tls.certificate), reason=str(error)) from error
    return tls


def certify(folder: Path, names: Sequence[str], *, days: int, now: datetime) -> Tls:
    """Make headquarters' certificate for these names, and the chain's authority where there is none yet.

    Raises ``Refusal`` with ``tls_days``, ``tls_name`` or ``tls_unusable``, ``Breakdown("hq_folder")``.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Refusal("tls_days", most=MOST_DAYS)
    shown = [_general_name(name) for name in dict.fromkeys((*names, *OWN_NAMES))]
    made = folder / FOLDER
    try:
        made.mkdir(parents=True, exist_ok=True)
        if not (made / "authority.pem").exists():
            _make_authority(made, now)
        _make_certificate(made, shown, days=days, now=now)
    except OSError as error:
        raise Breakdown("hq_folder", folder=str(made), reason=error.strerror) from error
    except ValueError as error:
        raise Refusal("tls_unusable", file=str(made / "authority.pem"), reason=str(error)) from error
    return _made(made)


def own_authority(folder: Path) -> str:
    """Give the certificate of the authority that was made in headquarters' folder, empty when there is none."""
    file = folder / FOLDER / "authority.pem"
    return file.read_text(encoding="ascii") if file.exists() else ""


def _made(folder: Path) -> Tls:
    return Tls(folder / "server.pem", folder / "server.key", (folder / "authority.pem").read_text(encoding="ascii"))


def _make_authority(folder: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Granary chain authority")
    made = (
        _begun((name, name), key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    _keep_key(folder / "authority.key", key)
    (folder / "authority.pem").write_bytes(made.public_bytes(Encoding.PEM))


def _make_certificate(folder: Path, shown: list[x509.GeneralName], *, days: int, now: datetime) -> None:
    authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    signer = load_pem_private_key((folder / "authority.key").read_bytes(), None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise ValueError("the authority's key is not ours")  # noqa: TRY004 — the file's content, not a caller's type
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        _begun((_name("Granary headquarters"), authority.subject), key.public_key(), now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(shown), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, SHA256())
    )
    _keep_key(folder / "server.key", key)
    (folder / "server.pem").write_bytes(made.public_bytes(Encoding.PEM))


def _begun(
    names: tuple[x509.Name, x509.Name], key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    """Begin a certificate for the first name, by the second."""
    subject, issuer = names
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + timedelta(days=days))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        pass
    try:
        return x509.DNSName(text)
    except ValueError as error:
        raise Refusal("tls_name", name=text) from error


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _keep_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # Made with its rights, not given them afterwards: no moment at which others could read it.
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)

"""What every module of the corpus shares: a test PKI, signing in two ways, and the recorder of the manifest.

Two signers on purpose. `sign` is pyHanko: an independent, well-behaved producer. `seal` is ours: it fills /ByteRange and
/Contents of any bytes over any ranges, so a malformed structure can carry a cryptographically correct signature.
"""

import dataclasses
import datetime
import functools
import hashlib
import io
import json
import logging
import pathlib
import re
import secrets
import traceback

from asn1crypto import algos, cms, core, keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from rawpdf import (  # noqa: F401 - offered to the other modules
    Doc,
    Pdf,
    Update,
    array,
    changed,
    dictionary,
    elements,
    entries,
    number_of,
    ref,
    stream,
    text,
    value_end,
)

logging.disable(logging.CRITICAL)

START, END = datetime.datetime(2026, 1, 1), datetime.datetime(2036, 1, 1)
CLAIMED = b"(D:20260915103000-03'00')"


# --- PKI -----------------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Signer:
    """A key, its certificate and what leads to the root."""

    key: object
    certificate: x509.Certificate
    chain: tuple

    @functools.cached_property
    def asn1(self):
        return [
            asn1_x509.Certificate.load(c.public_bytes(serialization.Encoding.DER))
            for c in (self.certificate, *self.chain)
        ]

    @functools.cached_property
    def pyhanko(self):
        der = self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        store = SimpleCertificateStore()
        store.register_multiple(self.asn1[1:])
        return signers.SimpleSigner(
            signing_cert=self.asn1[0], signing_key=keys.PrivateKeyInfo.load(der), cert_registry=store
        )


def _certificate(name, key, issuer=None, issuer_key=None, *, ca=None):
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "PKI de teste do corpus"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    authority = (issuer_key or key).public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca is not None, ca if ca is not None and ca >= 0 else None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=ca is None,
                content_commitment=ca is None,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=ca is not None,
                crl_sign=ca is not None,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority), critical=False)
    )
    return builder.sign(issuer_key or key, hashes.SHA256())


class Pki:
    """Root, one intermediate, and leaves: the office (EC), its deputy (RSA), and someone who forges with a valid certificate
    of the same house, the worst case for every later revision. And a stranger, whom nobody vouches for."""

    def __init__(self):
        def curve():
            return ec.generate_private_key(ec.SECP256R1())

        root_key, middle_key = curve(), curve()
        self.root = _certificate("Raiz de teste", root_key, ca=-1)
        self.middle = _certificate("Intermediaria de teste", middle_key, self.root, root_key, ca=0)

        def leaf(name, key):
            return Signer(key, _certificate(name, key, self.middle, middle_key), (self.middle, self.root))

        self.ec = leaf("Tabeliã Fictícia de Exemplo", curve())
        self.rsa = leaf(
            "Escrevente Fictício de Exemplo", rsa.generate_private_key(public_exponent=65537, key_size=2048)
        )
        self.other = leaf("Outro Signatário de Exemplo", curve())
        alone = curve()
        self.stranger = Signer(alone, _certificate("Desconhecido de Exemplo", alone), ())


@functools.cache
def pki():
    return Pki()


# --- CMS and raw signing ---------------------------------------------------------------------------------------------------


def cms_over(digest, signer=None, *, cades=True, signing_time=False):
    """A detached SignedData over a SHA-256 digest."""
    signer = signer or pki().ec
    certificate = signer.asn1[0]
    attributes = [("content_type", ["data"]), ("message_digest", [digest])]
    if signing_time:
        now = datetime.datetime(2026, 9, 15, 13, 30, tzinfo=datetime.timezone.utc)
        attributes.append(("signing_time", [cms.Time({"utc_time": core.UTCTime(now)})]))
    if cades:
        identity = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate.dump()).digest()})
        attributes.append(("signing_certificate_v2", [tsp.SigningCertificateV2({"certs": [identity]})]))
    signed = cms.CMSAttributes([cms.CMSAttribute({"type": t, "values": v}) for t, v in attributes])
    message = signed.dump()
    if isinstance(signer.key, rsa.RSAPrivateKey):
        value = signer.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        algorithm = {"algorithm": "rsassa_pkcs1v15"}
    else:
        value = signer.key.sign(message, ec.ECDSA(hashes.SHA256()))
        algorithm = {"algorithm": "sha256_ecdsa"}
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    return cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [sha256],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": [cms.CertificateChoices("certificate", c) for c in signer.asn1],
                    "signer_infos": [
                        cms.SignerInfo(
                            {
                                "version": "v1",
                                "sid": cms.SignerIdentifier(
                                    {
                                        "issuer_and_serial_number": {
                                            "issuer": certificate.issuer,
                                            "serial_number": certificate.serial_number,
                                        }
                                    }
                                ),
                                "digest_algorithm": sha256,
                                "signed_attrs": signed,
                                "signature_algorithm": cms.SignedDigestAlgorithm(algorithm),
                                "signature": value,
                            }
                        )
                    ],
                }
            ),
        }
    ).dump()


ROOM = 4096  # bytes of DER that a raw signature reserves
RANGE = b"[0 ********** ********** **********]"


def signature_dictionary(
    *,
    subfilter=b"/ETSI.CAdES.detached",
    room=ROOM,
    contents=None,
    byte_range=RANGE,
    extra=b"",
    kind=b"/Sig",
    head=b"/Filter /Adobe.PPKLite",
):
    """A signature dictionary with empty places; `seal` fills them."""
    sub = b" /SubFilter " + subfilter if subfilter else b""
    contents = b"<" + b"0" * (2 * room) + b">" if contents is None else contents
    return b"<< /Type %s %s%s /M %s %s /ByteRange %s /Contents %s >>" % (
        kind,
        head,
        sub,
        CLAIMED,
        extra,
        byte_range,
        contents,
    )


def gap(data, at=None):
    """Span of the last /Contents that still is empty (`<000…>`), or of the one after `at`."""
    found = [m for m in re.finditer(rb"/Contents\s*(<0{64,}>)", data) if at is None or m.start() >= at]
    match = found[0] if at is not None else found[-1]
    return match.span(1)


def seal(
    data, signer=None, *, span=None, ranges=None, cades=True, signing_time=False, wrap=None, upper=True, cover=None
):
    """Fills the one open signature. `ranges`: other (start, length) pairs to write and sign; `cover`: other pairs to digest
    than those written; `wrap`: bytes of the whole gap made from the CMS; `span`: where the gap is."""
    start, end = span or gap(data)
    ranges = ranges or [(0, start), (end, len(data) - end)]
    written = b"[" + b" ".join(b"%d %d" % pair for pair in ranges)
    if RANGE in data:
        assert len(written) + 1 <= len(RANGE) or len(ranges) != 2
        data = data.replace(RANGE, written.ljust(len(RANGE) - 1) + b"]", 1)
        moved = len(written) + 1 - len(RANGE)
        assert moved <= 0, "the placeholder must be wide enough"
    digest = hashlib.sha256(b"".join(data[a : a + n] for a, n in (cover or ranges))).digest()
    der = cms_over(digest, signer, cades=cades, signing_time=signing_time)
    room = end - start
    if wrap:
        filled = wrap(der, room)
    else:
        digits = der.hex().upper() if upper else der.hex()
        filled = b"<" + digits.encode().ljust(room - 2, b"0") + b">"
    assert len(filled) == room, (len(filled), room)
    return data[:start] + filled + data[end:]


def widget(page, value=None, name=b"(Assinatura1)", rect=b"[0 0 0 0]", extra=b"/F 132"):
    """A signature field merged with its widget."""
    return b"<< /Type /Annot /Subtype /Widget /FT /Sig /T %s /Rect %s /P %s %s%s >>" % (
        name,
        rect,
        ref(page),
        extra,
        b" /V " + value if value else b"",
    )


def docmdp(p, indirect=None):
    """The /Reference entry of a certification."""
    parameters = indirect or b"<< /Type /TransformParams /P %d /V /1.2 >>" % p
    return b"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams %s >>]" % parameters


def open_signature(
    update,
    *,
    name=b"(Assinatura1)",
    page=None,
    rect=b"[0 0 0 0]",
    appearance=None,
    certify=None,
    extra=b"",
    field_extra=b"/F 132",
    **how,
):
    """Adds field, widget and empty signature dictionary to an update; returns their numbers."""
    page = update.pdf.pages()[0] if page is None else page
    if certify:
        extra += b" " + docmdp(certify)
    value = update.new(signature_dictionary(extra=extra, **how))
    look = update.new(
        stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 0 0]") if appearance is None else appearance
    )
    field = update.new(widget(page, ref(value), name, rect, field_extra + b" /AP << /N %s >>" % ref(look)))
    update.append_to(page, "Annots", ref(field))
    update.add_field(field)
    if certify:
        update.edit(update.pdf.root, Perms=b"<< /DocMDP %s >>" % ref(value))
    return value, field, look


def sign_raw(
    data,
    signer=None,
    *,
    kind=None,
    eol=b"\n",
    cades=True,
    signing_time=False,
    after=b"\n",
    prepare=None,
    pack=False,
    upper=True,
    **how,
):
    """Signs as another producer would: an update of our own. `prepare(update)` adds what else the revision changes."""
    update = Update(data, kind, eol)
    if prepare:
        prepare(update)
    how.setdefault("subfilter", b"/ETSI.CAdES.detached" if cades else b"/adbe.pkcs7.detached")
    open_signature(update, **how)
    return seal(update.finish(after=after, pack=pack), signer, cades=cades, signing_time=signing_time, upper=upper)


# --- pyHanko ------------------------------------------------------------------------------------------------------------------


def sign(
    data,
    field="Assinatura1",
    signer=None,
    *,
    adbe=False,
    certify=None,
    box=None,
    page=0,
    lock=None,
    password=None,
    existing=False,
    strict=True,
    size=None,
    reason=None,
    name=None,
    stamp=None,
):
    """Signs with pyHanko. `certify`: DocMDP level; `lock`: (action, names) for FieldMDP; `box`: visible."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=strict)
    if password is not None:
        writer.encrypt(password)
    specification = None
    if not existing:
        locked = fields.FieldMDPSpec(fields.FieldMDPAction[lock[0].upper()], list(lock[1])) if lock else None
        specification = fields.SigFieldSpec(field, on_page=page, box=box, field_mdp_spec=locked)
    metadata = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        reason=reason,
        name=name,
        subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED if adbe else fields.SigSeedSubFilter.PADES,
        certify=certify is not None,
        docmdp_permissions=fields.MDPPerm(certify) if certify else fields.MDPPerm.FILL_FORMS,
    )
    tool = signers.PdfSigner(
        metadata, signer=(signer or pki().ec).pyhanko, stamp_style=stamp, new_field_spec=specification
    )
    return tool.sign_pdf(writer, bytes_reserved=size).getvalue()


# --- the recorder ----------------------------------------------------------------------------------------------------------


class Corpus:
    """Writes files and remembers what each must be called."""

    def __init__(self, out, only=None):
        self.out, self.only = pathlib.Path(out), only
        self.files, self.failures, self._counts = [], [], {}
        (self.out / "files").mkdir(parents=True, exist_ok=True)
        (self.out / "pki").mkdir(exist_ok=True)
        self.add_root("root", pki().root)

    def add_root(self, name, certificate):
        """Writes a trust anchor (a `cryptography` certificate, or PEM/DER bytes); returns its path for `trust`."""
        pem = certificate if isinstance(certificate, bytes) else certificate.public_bytes(serialization.Encoding.PEM)
        (self.out / "pki" / f"{name}.pem").write_bytes(pem)
        return f"pki/{name}.pem"

    def add(self, cls, variant, data, *, kind, expect, note, at=None, revocation="if-present", trust="pki/root.pem"):
        if isinstance(expect, str):
            expect = expect.split()
        assert not (kind == "forgery" and "valid" in expect), f"{cls} {variant}: a forgery is never valid"
        count = self._counts[cls, variant] = self._counts.get((cls, variant), 0) + 1
        name = f"files/{cls}-{variant}-{count}.pdf"
        (self.out / name).write_bytes(data)
        self.files.append(
            {
                "file": name,
                "class": cls,
                "kind": kind,
                "expect": expect,
                "trust": trust,
                "at": at,
                "revocation": revocation,
                "note": note,
            }
        )

    def finish(self):
        (self.out / "manifest.json").write_text(
            json.dumps({"files": self.files}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


class Variants:
    """A table of generators: `@variant("I1", "content", "invalid")` above a function that returns bytes, or yields bytes or
    (bytes, note). Without a note of its own a file is described by the first line of the docstring."""

    def __init__(self, kind):
        self.kind, self.table = kind, []

    def __call__(self, cls, name, expect, kind=None):
        def register(function):
            self.table.append((cls, name, expect, kind or self.kind, function))
            return function

        return register

    def build(self, corpus):
        for cls, name, expect, kind, function in self.table:
            if corpus.only and corpus.only != cls:
                continue
            note = " ".join((function.__doc__ or name).strip().split("\n\n")[0].split())
            try:
                made = function()
                for item in [made] if isinstance(made, bytes) else made:
                    data, own = item if isinstance(item, tuple) else (item, "")
                    corpus.add(cls, name, data, kind=kind, expect=expect, note=f"{note} [{own}]" if own else note)
            except Exception:  # one broken generator must not cost the others
                corpus.failures.append(f"{cls}-{name}:\n{traceback.format_exc()}")


def random_bytes(count):
    return secrets.token_bytes(count)

"""Certificates, revocation lists, OCSP answers, time stamps and CMS, written byte by byte.

Libraries repair or refuse what an attack needs, so every structure is put together from DER pieces and every piece can be
replaced. The keys alone come from `cryptography`; they last for one run and protect nothing.

Times are fixed: certificates start in 2025, documents are signed on `SIGNED`, files are judged at `JUDGED` unless said
otherwise. All names are invented.
"""

import base64
import functools
import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, utils

import rawpdf


def moment(text):
    """`2026-06-01` or `2026-06-01T12:00`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


SIGNED = moment("2026-06-01T12:00")
JUDGED = "2026-06-10T12:00:00Z"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# --- DER ----------------------------------------------------------------------------------------------------------------

def tlv(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def seq(*parts):
    return tlv(0x30, *parts)


def set_of(*parts, ordered=True):
    return tlv(0x31, *(sorted(parts) if ordered else parts))


def ctx(number, *parts):
    return tlv(0xA0 | number, *parts)


def ctx_plain(number, content):
    return tlv(0x80 | number, content)


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def enumerated(value):
    return tlv(10, bytes([value]))


def octets(content):
    return tlv(4, content)


def bits(content, unused=0):
    return tlv(3, bytes([unused]) + content)


def boolean(value):
    return tlv(1, b"\xff" if value else b"\0")


NULL = b"\5\0"


def utf8(text):
    return tlv(12, text.encode())


def printable(text):
    return tlv(19, text.encode("ascii"))


def ia5(text):
    return tlv(22, text.encode("ascii"))


def generalized(when):
    return tlv(24, when.strftime("%Y%m%d%H%M%SZ").encode())


def time(when):
    return tlv(23, when.strftime("%y%m%d%H%M%SZ").encode()) if when.year < 2050 else generalized(when)


@functools.cache
def oid(dotted):
    first, second, *rest = (int(x) for x in dotted.split("."))
    out = bytearray()
    for arc in [first * 40 + second, *rest]:
        groups = [arc & 127]
        while arc := arc >> 7:
            groups.append(arc & 127 | 128)
        out += bytes(reversed(groups))
    return tlv(6, bytes(out))


def unwrap(der):
    """Content octets of one element, and what follows it."""
    size, at = der[1], 2
    if size & 0x80:
        at += size & 0x7F
        size = int.from_bytes(der[2:at], "big")
    return der[at:at + size], der[at + size:]


def children(der):
    """Elements directly inside one constructed element."""
    content, found = unwrap(der)[0], []
    while content:
        rest = unwrap(content)[1]
        found.append(content[:len(content) - len(rest)])
        content = rest
    return found


def flipped(data, at=-1):
    """The same bytes with one bit turned."""
    out = bytearray(data)
    out[at] ^= 1
    return bytes(out)


def indefinite(der, opaque=(), cut=False):
    """The same value in BER: indefinite lengths down to the elements in `opaque` (what is signed as DER), and with `cut`
    octet strings in two pieces."""
    tag, content = der[0], unwrap(der)[0]
    if cut and tag == 4 and len(content) > 8:
        half = len(content) // 2
        return b"\x24\x80" + octets(content[:half]) + octets(content[half:]) + b"\0\0"
    if not tag & 0x20 or der in opaque:
        return der
    return bytes([tag, 0x80]) + b"".join(indefinite(x, opaque, cut) for x in children(der)) + b"\0\0"


# --- algorithms -----------------------------------------------------------------------------------------------------------

HASHES = {
    "md5": "1.2.840.113549.2.5", "sha1": "1.3.14.3.2.26", "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3",
    "sha3_256": "2.16.840.1.101.3.4.2.8", "sha3_512": "2.16.840.1.101.3.4.2.10", "shake256": "2.16.840.1.101.3.4.2.12",
}
RSA_WITH = {"md5": 4, "sha1": 5, "sha224": 14, "sha256": 11, "sha384": 12, "sha512": 13}
ECDSA_WITH = {"sha1": "1.2.840.10045.4.1", "sha224": "1.2.840.10045.4.3.1", "sha256": "1.2.840.10045.4.3.2",
              "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}
RSA_ENCRYPTION, RSA_PSS, MGF1 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8"


def digest(name, data):
    return hashlib.shake_256(data).digest(64) if name == "shake256" else hashlib.new(name, data).digest()


def algorithm(dotted, parameters=b""):
    return seq(oid(dotted), parameters)


def hash_algorithm(name, parameters=b""):
    return algorithm(HASHES[name], parameters)


CURVES = {"p224": ec.SECP224R1, "p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1, "k256": ec.SECP256K1,
          "bp256": ec.BrainpoolP256R1, "bp384": ec.BrainpoolP384R1, "bp512": ec.BrainpoolP512R1}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class RsaKey:
    """An RSA key with its numbers in reach: paddings are made by hand. Any number of primes."""
    primes: tuple
    e: int = 65537
    n: int = 0

    @staticmethod
    def generate(bits, e=65537):
        if bits == 8192:  # four primes: as good for a verifier, ten times faster to make
            while True:
                n = 1
                primes = RsaKey.generate(4096).primes + RsaKey.generate(4096).primes
                for prime in primes:
                    n *= prime
                if n.bit_length() == 8192:
                    return RsaKey(primes, e, n)
        numbers = rsa.generate_private_key(public_exponent=65537 if e not in (3, 65537) else e,
            key_size=bits).private_numbers()
        return RsaKey((numbers.p, numbers.q), e, numbers.p * numbers.q)

    @property
    def size(self):
        return (self.n.bit_length() + 7) // 8

    @property
    def spki(self):
        return seq(algorithm(RSA_ENCRYPTION, NULL), bits(seq(integer(self.n), integer(self.e))))

    def power(self, message):
        """message^d mod n, by the Chinese remainder theorem."""
        result, modulus = 0, 1
        for prime in self.primes:
            part = pow(message, pow(self.e, -1, prime - 1), prime)
            result += modulus * ((part - result) * pow(modulus, -1, prime) % prime)
            modulus *= prime
        return result

    def sign_padded(self, padded):
        return self.power(int.from_bytes(padded, "big")).to_bytes(self.size, "big")


@dataclass(frozen=True)
class OtherKey:
    """A key of an elliptic curve."""
    private: object

    @property
    def spki(self):
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.DER, form)


@functools.cache
def key(label):
    """The key of that label in this run: `rsa2048`, `p256:tsa`, `ed25519`; what follows a colon only tells keys apart."""
    kind = label.split(":")[0]
    if kind.startswith("rsa"):
        size, _, exponent = kind[3:].partition("e")
        return RsaKey.generate(int(size), int(exponent or 65537))
    if kind == "ed25519":
        return OtherKey(ed25519.Ed25519PrivateKey.generate())
    if kind == "ed448":
        return OtherKey(ed448.Ed448PrivateKey.generate())
    return OtherKey(ec.generate_private_key(CURVES[kind]()))


def subject_key_id(spki):
    """SHA-1 of the public key's bits (RFC 5280, method 1)."""
    return hashlib.sha1(unwrap(children(spki)[1])[0][1:]).digest()


@dataclass(frozen=True)
class Scheme:
    """How something is signed: its hash, the AlgorithmIdentifier that says so, and what really happens."""
    hash: str
    algorithm: bytes
    sign: object  # (key, data) -> signature


def digest_info(name, data, parameters=NULL):
    return seq(hash_algorithm(name, parameters), octets(digest(name, data)))


def pkcs1_padded(size, info):
    return b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info


def pkcs1(name="sha256", *, as_rsa_encryption=False, parameters=NULL, padded=None, declared=None):
    """PKCS#1 v1.5. `padded(size, data)` makes another encoded message; `declared` names another hash."""
    dotted = RSA_ENCRYPTION if as_rsa_encryption else f"1.2.840.113549.1.1.{RSA_WITH[declared or name]}"

    def sign(key, data):
        return key.sign_padded(padded(key.size, data) if padded else pkcs1_padded(key.size, digest_info(name, data)))

    return Scheme(name, algorithm(dotted, parameters), sign)


def mgf1(name, seed, size):
    out = b""
    for counter in range(size // len(digest(name, b"")) + 1):
        out += digest(name, seed + counter.to_bytes(4, "big"))
    return out[:size]


def pss_padded(bit_length, name, data, mgf, salt_length, trailer=0xBC):
    size = (bit_length + 7) // 8
    salt = secrets.token_bytes(salt_length)
    hashed = digest(name, bytes(8) + digest(name, data) + salt)
    block = bytes(size - salt_length - len(hashed) - 2) + b"\1" + salt
    masked = bytearray(a ^ b for a, b in zip(block, mgf1(mgf, hashed, len(block))))
    masked[0] &= 0xFF >> (8 * size - bit_length)
    return bytes(masked) + hashed + bytes([trailer])


def pss_parameters(name="sha256", mgf=None, salt=None, trailer=None, inner=NULL):
    salt = len(digest(name, b"")) if salt is None else salt
    return seq(ctx(0, hash_algorithm(name, inner)), ctx(1, algorithm(MGF1, hash_algorithm(mgf or name, inner))),
               ctx(2, integer(salt)), ctx(3, integer(trailer)) if trailer is not None else b"")


def pss(name="sha256", *, mgf=None, salt=None, parameters=None, inner=NULL, trailer=0xBC):
    """RSASSA-PSS; `parameters` declares something else than what is done."""
    length = len(digest(name, b"")) if salt is None else salt

    def sign(key, data):
        return key.sign_padded(pss_padded(key.n.bit_length() - 1, name, data, mgf or name, length, trailer).rjust(key.size,
            b"\0"))

    declared = pss_parameters(name, mgf, length, inner=inner) if parameters is None else parameters
    return Scheme(name, algorithm(RSA_PSS, declared), sign)


def ecdsa(name="sha256", *, parameters=b"", change=None, dotted=None):
    """ECDSA; `change(r, s)` gives the value that is sent."""
    def sign(key, data):
        algorithm_of = utils.Prehashed({"sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384":
                                        hashes.SHA384, "sha512": hashes.SHA512}[name]())
        value = key.private.sign(digest(name, data), ec.ECDSA(algorithm_of))
        return change(*utils.decode_dss_signature(value)) if change else value

    return Scheme(name, algorithm(dotted or ECDSA_WITH[name], parameters), sign)


def eddsa(name="sha512", dotted="1.3.101.112", change=None):
    """Ed25519 as RFC 8419 has it (SHA-512 for the document); Ed448 with SHAKE256."""
    def sign(key, data):
        value = key.private.sign(data)
        return change(value) if change else value

    return Scheme(name, algorithm(dotted), sign)


def usual(key):
    """The scheme one expects of a key."""
    if isinstance(key, RsaKey):
        return pkcs1()
    if isinstance(key.private, ed25519.Ed25519PrivateKey):
        return eddsa()
    if isinstance(key.private, ed448.Ed448PrivateKey):
        return eddsa("shake256", "1.3.101.113")
    return ecdsa({256: "sha256", 384: "sha384"}.get(key.private.curve.key_size,
        "sha512" if key.private.curve.key_size > 384 else "sha256"))


# --- certificates -------------------------------------------------------------------------------------------------------------

def dn(cn, o="Oficio de Exemplo", ou=None, c="BR", string=utf8):
    parts = [("2.5.4.6", printable(c)), ("2.5.4.10", string(o)), ("2.5.4.11", string(ou) if ou else None),
        ("2.5.4.3", string(cn))]
    return seq(*(set_of(seq(oid(kind), value)) for kind, value in parts if value))


def extension(dotted, value, critical=False):
    return seq(oid(dotted), boolean(True) if critical else b"", octets(value))


USAGES = ("digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign",
    "cRLSign")
PURPOSES = {"timeStamping": "1.3.6.1.5.5.7.3.8", "OCSPSigning": "1.3.6.1.5.5.7.3.9", "emailProtection": "1.3.6.1.5.5.7.3.4",
            "clientAuth": "1.3.6.1.5.5.7.3.2", "serverAuth": "1.3.6.1.5.5.7.3.1", "any": "2.5.29.37.0"}


def key_usage(*names, critical=True):
    value = sum(0x80 >> USAGES.index(name) for name in names)
    unused = (value & -value).bit_length() - 1 if value else 0
    return extension("2.5.29.15", bits(bytes([value]), unused), critical)


def extended_usage(*names, critical=False):
    return extension("2.5.29.37", seq(*(oid(PURPOSES[n]) for n in names)), critical)


def basic_constraints(ca, length=None, critical=True):
    return extension("2.5.29.19", seq(boolean(True) if ca else b"", integer(length) if length is not None else b""),
        critical)


def crl_points(*urls):
    return extension("2.5.29.31", seq(*(seq(ctx(0, ctx(0, ctx_plain(6, url.encode())))) for url in urls)))


def authority_access(issuers=(), ocsp=()):
    places = [("1.3.6.1.5.5.7.48.2", u) for u in issuers] + [("1.3.6.1.5.5.7.48.1", u) for u in ocsp]
    return extension("1.3.6.1.5.5.7.1.1", seq(*(seq(oid(k), ctx_plain(6, u.encode())) for k, u in places)))


OCSP_NOCHECK = extension("1.3.6.1.5.5.7.48.1.5", NULL)


@dataclass
class Entity:
    """Somebody with a name, a key and a certificate."""
    name: bytes
    key: object
    cert: bytes
    serial: int
    issuer_name: bytes
    start: datetime
    end: datetime
    key_id: bytes = b""

    @property
    def spki(self):
        return children(children(self.cert)[0])[6]

    def issue(self, cn, label="p256", *, ca=False, **twists):
        return issue(self, cn, label, ca=ca, **twists)


def issue(issuer, cn, label="p256", *, ca=False, start=moment("2025-01-01"), end=None, serial=None, name=None,
    extensions=None,
          scheme=None, signing_key=None, issuer_name=None, public=None, version=2, change=None, key_id=None):
    """A certificate; without an issuer, one signed by itself.

    `extensions` overrides the usual ones by name (`None` leaves one out, new names add one); `public` is another
    SubjectPublicKeyInfo; `change` turns the finished certificate into another one.
    """
    own = key(label) if isinstance(label, str) else label
    name = name or dn(cn)
    end = end or moment("2038-01-01" if ca else "2029-01-01")
    serial = int.from_bytes(secrets.token_bytes(9), "big") | 1 << 70 if serial is None else serial
    signer_key = signing_key or (issuer.key if issuer else own)
    public = public or own.spki
    key_id = subject_key_id(public) if key_id is None else key_id
    kept = {
        "aki": extension("2.5.29.35", seq(ctx_plain(0, issuer.key_id))) if issuer else None,
        "ski": extension("2.5.29.14", octets(key_id)),
        "bc": basic_constraints(True) if ca else None,
        "ku": key_usage("keyCertSign", "cRLSign") if ca else key_usage("digitalSignature", "nonRepudiation"),
        "cdp": crl_points("http://lcr.exemplo.invalid/ac.crl") if issuer else None,
        "aia": authority_access(["http://ac.exemplo.invalid/ac.cer"], ["http://ocsp.exemplo.invalid/"]) if issuer else None,
        **(extensions or {}),
    }
    values = [value for value in kept.values() if value]
    scheme = scheme or usual(signer_key)
    issuer_name = issuer_name or (issuer.name if issuer else name)
    body = seq(ctx(0, integer(version)) if version else b"", integer(serial), scheme.algorithm, issuer_name,
               seq(time(start), time(end)), name, public, ctx(3, seq(*values)) if values and version else b"")
    cert = seq(body, scheme.algorithm, bits(scheme.sign(signer_key, body)))
    return Entity(name, own, change(cert) if change else cert, serial, issuer_name, start, end, key_id)


def pem(*entities):
    certs = [e.cert if isinstance(e, Entity) else e for e in entities]
    return b"".join(b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(c) + b"-----END CERTIFICATE-----\n" for c in certs)


# --- revocation ------------------------------------------------------------------------------------------------------------------

REASONS = {"keyCompromise": 1, "cACompromise": 2, "superseded": 4, "cessationOfOperation": 5, "certificateHold": 6,
           "removeFromCRL": 8}


def crl(issuer, revoked=(), this=SIGNED + HOUR, until=None, *, days=30, signing_key=None, name=None, scheme=None, extra=(),
        number=1, next_update=True, change=None, entry_extra=b""):
    """A revocation list; `revoked` holds (serial, when, reason or None)."""
    until = until or this + days * DAY
    rows = []
    for serial, when, reason in revoked:
        more = (extension("2.5.29.21", enumerated(REASONS[reason])) if reason else b"") + entry_extra
        rows.append(seq(integer(serial), time(when), seq(more) if more else b""))
    own = signing_key or issuer.key
    scheme = scheme or usual(own)
    extensions = [extension("2.5.29.35", seq(ctx_plain(0, issuer.key_id))), extension("2.5.29.20", integer(number)), *extra]
    body = seq(integer(1), scheme.algorithm, name or issuer.name, time(this), time(until) if next_update else b"",
               seq(*rows) if rows else b"", ctx(0, seq(*extensions)))
    whole = seq(body, scheme.algorithm, bits(scheme.sign(own, body)))
    return change(whole) if change else whole


def ocsp(subject, issuer, status="good", this=SIGNED + HOUR, until=None, *, produced=None, responder=None, certs=None,
    by_name=False,
         scheme=None, signing_key=None, change=None, outer=0, before=b"", after=b"", **single):
    """An OCSP answer about one certificate, or more with `before` and `after`. Without a responder the CA answers itself."""
    who = responder or issuer
    who_id = ctx(1, who.name) if by_name else ctx(2, octets(subject_key_id(who.spki)))
    told = before + ocsp_single(subject, issuer, status, this, until, **single) + after
    body = seq(who_id, generalized(produced or this), seq(told))
    own = signing_key or who.key
    scheme = scheme or usual(own)
    sent = [responder.cert] if certs is None and responder else certs or []
    basic = seq(body, scheme.algorithm, bits(scheme.sign(own, body)), ctx(0, seq(*sent)) if sent else b"")
    if outer:
        return seq(enumerated(outer))
    whole = seq(enumerated(0), ctx(0, seq(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))))
    return change(whole) if change else whole


def ocsp_single(subject, issuer, status="good", this=SIGNED + HOUR, until=None, *, serial=None, hash="sha1",
    issuer_key_hash=None, extra=()):
    """What an OCSP answer says of one certificate; `status` is good, unknown or (when, reason or None)."""
    until = until or this + DAY
    if status == "good":
        told = ctx_plain(0, b"")
    elif status == "unknown":
        told = ctx_plain(2, b"")
    else:
        when, reason = status
        told = ctx(1, generalized(when), ctx(0, enumerated(REASONS[reason])) if reason else b"")
    key_bits = unwrap(children(issuer.spki)[1])[0][1:]
    identity = seq(hash_algorithm(hash, NULL), octets(digest(hash, issuer.name)),
        octets(issuer_key_hash or digest(hash, key_bits)),
                   integer(subject.serial if serial is None else serial))
    return seq(identity, told, generalized(this), ctx(0, generalized(until)) if until != "none" else b"",
               ctx(1, seq(*extra)) if extra else b"")


# --- CMS -------------------------------------------------------------------------------------------------------------------------

ID_DATA, ID_SIGNED_DATA, ID_TST_INFO = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
ESS_V1, ESS_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
SIGNATURE_TIMESTAMP, CONTENT_TIMESTAMP = "1.2.840.113549.1.9.16.2.14", "1.2.840.113549.1.9.16.2.20"
REVOCATION_ARCHIVAL, ALGORITHM_PROTECTION = "1.2.840.113583.1.1.8", "1.2.840.113549.1.9.52"


def attribute(dotted, *values):
    return seq(oid(dotted), set_of(*values))


def issuer_serial(issuer_name, serial):
    return seq(seq(ctx(4, issuer_name)), integer(serial))


def ess_entry(entity, name="sha256", *, version=2, explicit=False, parameters=b"", hashed=None, named=None):
    """One ESSCertID; `hashed` replaces the hash, `named` is an IssuerSerial (`True`: the right one)."""
    named = issuer_serial(entity.issuer_name, entity.serial) if named is True else named or b""
    say = hash_algorithm(name, parameters) if version == 2 and (explicit or name != "sha256") else b""
    return seq(say, octets(digest(name if version == 2 else "sha1", entity.cert) if hashed is None else hashed), named)


def ess(entity, name="sha256", *, entries=None, policies=b"", version=2, **options):
    entries = entries or [ess_entry(entity, name, version=version, **options)]
    return attribute(ESS_V2 if version == 2 else ESS_V1, seq(seq(*entries), policies))


def protection(hash_name, signature_algorithm):
    """CMSAlgorithmProtection (RFC 6211)."""
    return attribute(ALGORITHM_PROTECTION, seq(hash_algorithm(hash_name), tlv(0xA1, unwrap(signature_algorithm)[0])))


def revocation_archival(crls=(), ocsps=()):
    return attribute(REVOCATION_ARCHIVAL, seq(ctx(0, seq(*crls)) if crls else b"", ctx(1, seq(*ocsps)) if ocsps else b""))


def usual_attributes(signer, content, name, content_type=ID_DATA):
    return [attribute(CONTENT_TYPE, oid(content_type)), attribute(MESSAGE_DIGEST, octets(digest(name, content))),
        ess(signer)]


def by_serial(entity):
    return seq(entity.issuer_name, integer(entity.serial))


def by_key_id(entity, key_id=None):
    return ctx_plain(0, key_id or entity.key_id)


def signer_info(content, signer, *, scheme=None, content_type=ID_DATA, attributes=usual_attributes, hash=None,
    parameters=b"",
                sid=None, version=None, ordered=True, signed_form=None, unsigned=None, signing_key=None, signature=None,
                    tail=b""):
    """A SignerInfo. `attributes(signer, content, hash, content_type)` gives the signed ones (None: there are none),
    `hash` the digestAlgorithm, `signed_form(attributes)` what the key really signs, `unsigned(signature)` the rest."""
    scheme = scheme or usual(signer.key)
    hash = hash or scheme.hash
    sid = sid or by_serial(signer)
    listed = attributes(signer, content, scheme.hash, content_type) if attributes else None
    sent = content if listed is None else set_of(*listed, ordered=ordered)
    value = scheme.sign(signing_key or signer.key, sent if listed is None or not signed_form else signed_form(listed))
    value = signature(value) if signature else value
    added = unsigned(value) if unsigned else []
    return seq(integer((1 if sid[0] == 0x30 else 3) if version is None else version), sid, hash_algorithm(hash, parameters),
               b"" if listed is None else b"\xa0" + sent[1:], scheme.algorithm, octets(value),
               ctx(1, *sorted(added)) if added else b"", tail)


def signed_data(content, signer, *, certs=(), infos=None, content_type=ID_DATA, embedded=None, crls=(), algorithms=None,
    version=None,
                tail=b"", outer=ID_SIGNED_DATA, certs_ordered=False, **info):
    """A ContentInfo with SignedData; `certs` are those embedded, `embedded` the content octets (None: detached)."""
    info.setdefault("content_type", content_type)
    infos = [signer_info(content, signer, **info)] if infos is None else infos
    algorithms = [hash_algorithm(info.get("hash") or (info.get("scheme") or usual(signer.key)).hash)] if algorithms is None else algorithms
    certs = [c.cert if isinstance(c, Entity) else c for c in certs]
    number = version if version is not None else 3 if content_type != ID_DATA or any(children(i)[0] == integer(3) for i in infos) else 1
    return seq(oid(outer), ctx(0, seq(
        integer(number), set_of(*algorithms),
            seq(oid(content_type), ctx(0, octets(embedded)) if embedded is not None else b""),
        ctx(0, *(sorted(certs) if certs_ordered else certs)) if certs else b"", ctx(1, *crls) if crls else b"",
        set_of(*infos), tail)))


# --- time stamps --------------------------------------------------------------------------------------------------------------------

def token(tsa, stamped, when, *, name="sha256", imprint=None, certs=None, policy="1.3.6.1.4.1.55555.1", info=None, say=None,
    **cms):
    """A TimeStampToken over `stamped`; `imprint` replaces the hash, `say` the name of the hash, `info` the whole TSTInfo."""
    body = info or seq(integer(1), oid(policy), seq(hash_algorithm(say or name, NULL),
        octets(digest(name, stamped) if imprint is None else imprint)),
                       integer(int.from_bytes(secrets.token_bytes(8), "big") | 1), generalized(when))
    return signed_data(body, tsa, **{"content_type": ID_TST_INFO, "embedded": body,
        "certs": [tsa] if certs is None else certs, **cms})


def stamped(tsa, when, **options):
    """For `unsigned=`: a signature-time-stamp by that authority."""
    return lambda signature: [attribute(SIGNATURE_TIMESTAMP, token(tsa, signature, when, **options))]


# --- PDF ------------------------------------------------------------------------------------------------------------------------------

@functools.cache
def certidao(holder="Ana Exemplo dos Santos", version=b"1.7"):
    """A small invented certidão."""
    doc = rawpdf.Doc()
    root, pages, page, content, font = (doc.reserve() for _ in range(5))
    lines = ["CERTIDAO DE NASCIMENTO", f"Nome: {holder}", "Livro A-000, folha 000, termo 0000000",
             "Documento inventado para testes; nao tem valor."]
    shown = b"BT /F1 12 Tf 72 760 Td 18 TL " + b" ".join(rawpdf.text(x) + b" Tj T*" for x in lines) + b" ET"
    doc.add(b"<< /Type /Catalog /Pages %s >>" % rawpdf.ref(pages), root)
    doc.add(b"<< /Type /Pages /Kids [%s] /Count 1 >>" % rawpdf.ref(page), pages)
    doc.add(b"<< /Type /Page /Parent %s /MediaBox [0 0 595 842] /Resources << /Font << /F1 %s >> >> /Contents %s >>"
            % (rawpdf.ref(pages), rawpdf.ref(font), rawpdf.ref(content)), page)
    doc.add(rawpdf.stream(shown), content)
    doc.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>", font)
    doc.root = root
    return doc.write(version=version)


def sign(pdf, make, *, subfilter="ETSI.CAdES.detached", filter="Adobe.PPKLite", kind=b"/Sig", certify=None, when=SIGNED,
    room=None,
         margin=32, entries=None, change=None, tail=b"", look=True):
    """Appends a revision with an invisible signature field; `make(covered)` gives what goes into /Contents.

    `look`: the widget has an empty appearance; `tail` follows the value inside /Contents; `change(update)` may edit further objects of the same revision.
    """
    room = room or len(make(b"")) + len(tail) + margin
    update = rawpdf.Update(pdf)
    root, page = update.pdf.root, update.pdf.pages()[0]
    count = len(update.pdf.fields()) + 1
    value = {"Type": kind, "Filter": b"/" + filter.encode(), "SubFilter": b"/" + subfilter.encode(),
             "M": when.strftime("(D:%Y%m%d%H%M%S+00'00')").encode() if kind == b"/Sig" and subfilter != "ETSI.RFC3161" else None,
             "ByteRange": b"[0 ********** ********** **********]", "Contents": b"<" + b"0" * 2 * room + b">",
                 **(entries or {})}
    if certify:
        parameters = update.new(b"<< /Type /TransformParams /P %d /V /1.2 >>" % certify)
        value["Reference"] = b"[<< /Type /SigRef /TransformMethod /DocMDP /TransformParams %s >>]" % rawpdf.ref(parameters)
    holder = update.new(rawpdf.dictionary(value))
    appearance = b""
    if look:
        empty = update.new(rawpdf.stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 0 0]"))
        appearance = b"/AP << /N %s >> " % rawpdf.ref(empty)
    widget = update.new(b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Assinatura%d) /V %s /P %s /Rect [0 0 0 0] /F 132 %s>>"
                        % (count, rawpdf.ref(holder), rawpdf.ref(page), appearance))
    update.append_to(page, "Annots", rawpdf.ref(widget)).add_field(widget)
    if certify:
        update.edit(root, Perms=b"<< /DocMDP %s >>" % rawpdf.ref(holder))
    if change:
        change(update)
    return filled(update.finish(), lambda covered: make(covered) + tail)


def filled(prepared, make):
    """Puts ByteRange and Contents in the newest placeholder."""
    at = prepared.rindex(b"[0 ********** ********** **********]")
    start = prepared.index(b"/Contents <0", at) + len(b"/Contents ")
    end = prepared.index(b">", start) + 1
    width = len(b"[0 ********** ********** **********]")
    ranges = (b"[0 %d %d %d]" % (start, end, len(prepared) - end)).ljust(width)
    data = prepared[:at] + ranges + prepared[at + width:]
    value = make(data[:start] + data[end:]).hex().encode()
    assert len(value) <= end - start - 2, "no room"
    return data[:start + 1] + value.ljust(end - start - 2, b"0") + data[end - 1:]


def timestamp_document(pdf, tsa, when, *, kind=b"/DocTimeStamp", change=None, look=False, **options):
    """Appends a DocTimeStamp."""
    return sign(pdf, lambda covered: token(tsa, covered, when, **options), subfilter="ETSI.RFC3161", kind=kind,
        change=change, look=look)


def contents(pdf, which=-1, trimmed=False):
    """The decoded /Contents of a signature, with its zero padding or without."""
    read = rawpdf.Pdf(pdf)
    value = bytes.fromhex(read.dict(read.signature(which))["Contents"][1:-1].decode())
    return value[:len(value) - len(unwrap(value)[1])] if trimmed else value


@dataclass
class Evidence:
    """What goes into a DSS."""
    certs: list = field(default_factory=list)
    crls: list = field(default_factory=list)
    ocsps: list = field(default_factory=list)

    def __add__(self, other):
        return Evidence(self.certs + other.certs, self.crls + other.crls, self.ocsps + other.ocsps)

    def but(self, **keys):
        return replace(self, **keys)


def add_dss(pdf, evidence, *, vri=None, vri_of=(-1,), vri_extra="", keep=True, change=None, vri_key=None,
            compress=False, direct=False):
    """Appends a revision that makes or extends /DSS. `vri`: None, `padded`, `trimmed` (what its key is the hash of);
    `keep=False` forgets what an older DSS held; `direct` writes the dictionary into the catalog."""
    update = rawpdf.Update(pdf)
    root = update.pdf.root
    old = update.pdf.dict(root).get("DSS")
    holder = rawpdf.number_of(old) if old else None
    known = update.pdf.dict(holder) if holder and keep else {}
    made, lists = {}, {"Certs": [], "CRLs": [], "OCSPs": []}
    for name, values in (("Certs", evidence.certs), ("CRLs", evidence.crls), ("OCSPs", evidence.ocsps)):
        for value in values:
            value = value.cert if isinstance(value, Entity) else value
            if value not in made:
                made[value] = rawpdf.ref(update.new(rawpdf.stream(value, compress=compress)))
                lists[name].append(made[value])
    body = {name: rawpdf.array(*(rawpdf.elements(known[name]) if name in known else []), *values)
            for name, values in lists.items() if values or name in known}
    if vri:
        inside = rawpdf.entries(known["VRI"]) if "VRI" in known else {}
        names = {"Cert": lists["Certs"], "CRL": lists["CRLs"], "OCSP": lists["OCSPs"]}
        entry = rawpdf.dictionary({k: rawpdf.array(*v) for k, v in names.items() if v})[:-2] + vri_extra.encode() + b" >>"
        for which in vri_of:
            inside[vri_key or hashlib.sha1(contents(pdf, which,
                vri == "trimmed")).hexdigest().upper()] = rawpdf.ref(update.new(entry))
        body["VRI"] = rawpdf.dictionary(inside)
    elif "VRI" in known:
        body["VRI"] = known["VRI"]
    written = b"<< /Type /DSS" + rawpdf.dictionary(body)[2:]
    if direct:
        update.edit(root, DSS=written)
    elif holder:
        update.put(holder, written)
    else:
        update.edit(root, DSS=rawpdf.ref(update.new(written)))
    if change:
        change(update)
    return update.finish()


# --- the usual people --------------------------------------------------------------------------------------------------------------------

@functools.cache
def people(kind="rsa2048"):
    """Root, issuing CA, signer, time-stamping authority and OCSP responder that most files use."""
    root = issue(None, "Raiz de Exemplo", f"{kind}:root", ca=True, start=moment("2020-01-01"), end=moment("2045-01-01"))
    ca = root.issue("AC de Exemplo", f"{kind}:ca", ca=True, start=moment("2020-01-01"))
    signer = ca.issue("Ana Exemplo dos Santos", f"{kind}:signer")
    return People(root, ca, signer, authority(root, label=f"{kind}:tsa"), responder(ca, label=f"{kind}:ocsp"))


def authority(issuer, cn="ACT de Exemplo", label="p256:tsa", *, start=moment("2024-01-01"), end=moment("2032-01-01"),
    **extensions):
    """A time-stamping authority; extensions by name override the right ones."""
    return issue(issuer, cn, label, start=start, end=end, extensions={
        "ku": key_usage("digitalSignature"), "eku": extended_usage("timeStamping", critical=True), **extensions})


def responder(issuer, cn="OCSP de Exemplo", label="p256:ocsp", *, start=moment("2025-01-01"), end=None, **extensions):
    """A delegated OCSP responder."""
    return issue(issuer, cn, label, start=start, end=end, extensions={
        "ku": key_usage("digitalSignature"), "eku": extended_usage("OCSPSigning"), "nocheck": OCSP_NOCHECK, "cdp": None,
            "aia": None, **extensions})


@dataclass(frozen=True)
class People:
    root: Entity
    ca: Entity
    signer: Entity
    tsa: Entity
    responder: Entity

    @property
    def trust(self):
        return pem(self.root)

    @property
    def chain(self):
        return [self.signer, self.ca]


# --- the table of files -------------------------------------------------------------------------------------------------------------------

class Cases:
    """Rows of the corpus: each is made when it is added, and one that fails does not cost the others."""

    def __init__(self, corpus):
        self.corpus, self.roots = corpus, {}

    def __call__(self, cls, variant, kind, expect, why, make, *, trust=None, at=JUDGED, revocation="if-present"):
        """`make()` gives the file; `revocation` may be several rules, each with a row of its own, as `expect` then is."""
        if self.corpus.only and self.corpus.only != cls:
            return
        try:
            data = make()
            trust = self.root(trust or people().trust)
            for rule, verdicts in ((revocation, expect),) if isinstance(revocation, str) else zip(revocation, expect,
                strict=True):
                name = variant if isinstance(revocation, str) else f"{variant}-{rule}"
                self.corpus.add(cls, name, data, kind=kind, expect=verdicts, note=" ".join(why.split()), at=at,
                    revocation=rule,
                                trust=trust)
        except Exception:
            import traceback
            self.corpus.failures.append(f"{cls}-{variant}:\n{traceback.format_exc()}")

    def root(self, anchors):
        if anchors not in self.roots:
            self.roots[anchors] = self.corpus.add_root(f"trust-{hashlib.sha256(anchors).hexdigest()[:12]}", anchors)
        return self.roots[anchors]


def main(build):
    """`python <module>.py FOLDER` writes that module's files and a manifest of their own."""
    import collections
    import sys

    from common import Corpus
    corpus = Corpus(sys.argv[1] if len(sys.argv) > 1 else "corpus-out", *sys.argv[2:3])
    build(corpus)
    corpus.finish()
    for (cls, kind), count in sorted(collections.Counter((f["class"], f["kind"]) for f in corpus.files).items()):
        print(cls, kind, count)
    for failure in corpus.failures:
        print(failure)

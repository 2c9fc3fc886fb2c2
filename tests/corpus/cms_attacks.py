"""Signatures whose CMS is wrong (K1) or whose cryptography is weak (K2), and the many right ones a verifier must read.

The PDF around them is always sound: one signed revision, an exact ByteRange, zero padding. Who attacks may hold a valid
certificate of the same house; what only breaks a rule of form is called a forgery too, for a verifier must not let it pass.
"""

import functools
import secrets

from pki_common import (
    ALGORITHM_PROTECTION, CONTENT_TIMESTAMP, CONTENT_TYPE, Cases, ESS_V2, ID_DATA, ID_SIGNED_DATA, ID_TST_INFO,
    MESSAGE_DIGEST, NULL, P256_ORDER, RSA_ENCRYPTION, RSA_PSS, SIGNED, SIGNING_TIME, Scheme, algorithm, attribute,
    basic_constraints, bits, boolean, by_key_id, by_serial, certidao, children, contents, crl, crl_points, ctx,
    ctx_plain, digest, digest_info, dn, ecdsa, eddsa, ess, ess_entry, extended_usage, extension, flipped,
    hash_algorithm, ia5, indefinite, integer, issue, issuer_serial, key, key_usage, main, moment, octets, oid, pem,
    people, pkcs1, pkcs1_padded, printable, protection, pss, pss_parameters, seq, set_of, sign, signed_data,
    signer_info, stamped, subject_key_id, time, timedelta, tlv, token, unwrap, usual_attributes, utf8)

FAIL, DOUBT = "invalid indeterminate", "indeterminate invalid"
GOOD, MOSTLY = "valid", "valid indeterminate"
ADBE = dict(subfilter="adbe.pkcs7.detached")


def signed(signer=None, *, certs=None, pdf=None, subfilter="ETSI.CAdES.detached", filter="Adobe.PPKLite", tail=b"",
    margin=32,
           entries=None, reshape=None, content=None, **cms):
    """A certidão with one signature; `reshape` changes the finished CMS, `content(covered)` what is digested."""
    signer = signer or people().signer
    certs = [signer, people().ca] if certs is None else certs

    def make(covered):
        value = signed_data(content(covered) if content else covered, signer, certs=certs, **cms)
        return reshape(value) if reshape else value

    return sign(pdf or certidao(), make, subfilter=subfilter, filter=filter, tail=tail, margin=margin, entries=entries)


def attributes(change):
    """For `attributes=`: the usual ones, changed by `change([content-type, message-digest, ess], signer, content)`."""
    return lambda signer, content, name, kind: change(usual_attributes(signer, content, name, kind), signer, content)


def bare(signer, content, name, kind):
    """Attributes as adbe.pkcs7.detached often has them: no ESS, a claimed time."""
    return usual_attributes(signer, content, name, kind)[:2] + [attribute(SIGNING_TIME, time(SIGNED))]


@functools.cache
def leaf(label, cn="Bruno Exemplo Lima", **twists):
    return people().ca.issue(cn, label, **twists)


@functools.cache
def other_signer():
    return leaf("rsa2048:other", "Carla Exemplo Reis")


@functools.cache
def stranger():
    """Somebody nobody vouches for."""
    return issue(None, "Davi Estranho", "p256:stranger", key_id=b"\1" * 20)


def replaced(der, *path_and_new):
    """`replaced(der, 1, 0, new)` puts `new` in place of the first child of the second child."""
    *path, new = path_and_new
    if not path:
        return new
    parts = children(der)
    parts[path[0]] = replaced(parts[path[0]], *path[1:], new)
    return tlv(der[0], *parts)


SIGNED_DATA = (1, 0)  # where SignedData lies in a ContentInfo


def k1_signers(case):
    me, you, ca = people().signer, other_signer(), people().ca
    rows = [
        ("two-signers", "Two good SignerInfos of two people; PAdES allows one.",
         lambda c: signed_data(c, me, certs=[me, you, ca], infos=[signer_info(c, me), signer_info(c, you)])),
        ("two-signers-second-broken", "A second SignerInfo with a broken signature.",
         lambda c: signed_data(c, me, certs=[me, you, ca], infos=[signer_info(c, me),
             signer_info(c, you, signature=flipped)])),
        ("two-signers-first-broken", "The first SignerInfo is broken, the second good.",
         lambda c: signed_data(c, me, certs=[me, you, ca], infos=[signer_info(c, you, signature=flipped),
             signer_info(c, me)])),
        ("two-signers-same", "The same SignerInfo twice.",
         lambda c: signed_data(c, me, certs=[me, ca], infos=[signer_info(c, me)] * 2)),
        ("two-signers-foreign-content", "A second SignerInfo, good over other bytes.",
         lambda c: signed_data(c, me, certs=[me, you, ca], infos=[signer_info(c, me), signer_info(b"other bytes", you)])),
        ("no-signer", "Certificates only, no SignerInfo.", lambda c: signed_data(c, me, certs=[me, ca], infos=[])),
        ("empty-signed-data", "No SignerInfo, no certificates, no algorithms.",
         lambda c: signed_data(c, me, infos=[], algorithms=[])),
    ]
    for variant, why, make in rows:
        case("K1", variant, "forgery", FAIL, why, lambda: sign(certidao(), make))


def k1_content(case):
    """Embedded content: a verifier that checks the CMS alone says yes to what it carries."""
    me = people().signer
    other = b"Documento que ninguem ve."
    rows = [
        ("embedded-other-content", "eContent is another document, and all of the CMS is about it.",
         lambda: signed(content=lambda c: other, embedded=other)),
        ("embedded-other-adbe", "The same in adbe.pkcs7.detached.",
         lambda: signed(content=lambda c: other, embedded=other, attributes=bare, **ADBE)),
        ("embedded-same-digest",
            "eContent is the SHA-256 of the bytes, as adbe.pkcs7.sha1 would have it, in a detached signature.",
         lambda: sign(certidao(), lambda c: signed_data(digest("sha256", c), me, certs=people().chain,
             embedded=digest("sha256", c)))),
        ("embedded-right-content", "eContent repeats the right bytes: not detached.",
         lambda: sign(certidao(), lambda c: signed_data(c, me, certs=people().chain, embedded=c), margin=2048)),
        ("embedded-empty", "eContent is there and empty; the signature is good over the document.",
            lambda: signed(embedded=b"")),
        ("embedded-empty-only", "eContent is empty, and that emptiness is what is signed.",
         lambda: signed(content=lambda c: b"", embedded=b"")),
        ("no-attributes", "ETSI.CAdES.detached without signed attributes.", lambda: signed(attributes=None)),
        ("empty-attributes", "An empty set of signed attributes, signed.", lambda: signed(attributes=lambda *_: [])),
    ]
    for variant, why, make in rows:
        case("K1", variant, "forgery", FAIL, why, make)


def k1_attributes(case):
    """Signed attributes that are missing, doubled, of the wrong kind or not what was signed."""
    wrong = attribute(MESSAGE_DIGEST, octets(bytes(32)))
    foreign = ess(stranger())
    rows = [
        ("no-message-digest", "", lambda a, s, c: [a[0], a[2]]),
        ("no-content-type", "", lambda a, s, c: a[1:]),
        ("two-message-digests-right-first", "A second, wrong message-digest attribute.",
            lambda a, s, c: [a[0], a[1], wrong, a[2]]),
        ("two-message-digests-equal", "message-digest twice, both right.", lambda a, s, c: [a[0], a[1], a[1], a[2]]),
        ("message-digest-two-values", "One attribute with a right and a wrong value.",
         lambda a, s, c: [a[0], attribute(MESSAGE_DIGEST, octets(digest("sha256", c)), octets(bytes(32))), a[2]]),
        ("message-digest-no-value", "", lambda a, s, c: [a[0], attribute(MESSAGE_DIGEST), a[2]]),
        ("message-digest-wrong", "The attributes are well signed; the digest is of other bytes.",
            lambda a, s, c: [a[0], wrong, a[2]]),
        ("message-digest-cut", "Only the first 16 octets of the digest.",
         lambda a, s, c: [a[0], attribute(MESSAGE_DIGEST, octets(digest("sha256", c)[:16])), a[2]]),
        ("message-digest-empty", "An octet string of no octets.",
            lambda a, s, c: [a[0], attribute(MESSAGE_DIGEST, octets(b"")), a[2]]),
        ("message-digest-long", "The digest, and more after it in the same string.",
         lambda a, s, c: [a[0], attribute(MESSAGE_DIGEST, octets(digest("sha256", c) + b"more")), a[2]]),
        ("message-digest-bit-string", "BIT STRING in place of OCTET STRING.",
         lambda a, s, c: [a[0], attribute(MESSAGE_DIGEST, bits(digest("sha256", c))), a[2]]),
        ("two-content-types", "", lambda a, s, c: [a[0], attribute(CONTENT_TYPE, oid(ID_TST_INFO)), *a[1:]]),
        ("content-type-signed-data", "content-type says SignedData, eContentType data.",
         lambda a, s, c: [attribute(CONTENT_TYPE, oid(ID_SIGNED_DATA)), *a[1:]]),
        ("content-type-null", "", lambda a, s, c: [attribute(CONTENT_TYPE, NULL), *a[1:]]),
        ("no-ess", "ETSI.CAdES.detached without signing-certificate-v2.", lambda a, s, c: a[:2]),
        ("ess-wrong-hash", "", lambda a, s, c: [*a[:2], ess(s, hashed=bytes(32))]),
        ("ess-of-another", "Names somebody else's certificate.", lambda a, s, c: [*a[:2], foreign]),
        ("ess-another-first", "Two entries; the first, which counts, names another certificate.",
         lambda a, s, c: [*a[:2], ess(s, entries=[ess_entry(stranger()), ess_entry(s)])]),
        ("ess-wrong-serial", "Right hash, wrong serial in issuerSerial.",
         lambda a, s, c: [*a[:2], ess(s, named=issuer_serial(s.issuer_name, s.serial + 1))]),
        ("ess-wrong-issuer", "Right hash, wrong issuer in issuerSerial.",
         lambda a, s, c: [*a[:2], ess(s, named=issuer_serial(dn("Outra AC"), s.serial))]),
        ("ess-empty", "No entry.", lambda a, s, c: [*a[:2], attribute(ESS_V2, seq(seq()))]),
        ("ess-no-value", "", lambda a, s, c: [*a[:2], attribute(ESS_V2)]),
        ("ess-garbage", "", lambda a, s, c: [*a[:2], attribute(ESS_V2, octets(b"garbage"))]),
        ("ess-cut-hash", "Only 16 octets of the hash.", lambda a, s, c: [*a[:2], ess(s,
            hashed=digest("sha256", s.cert)[:16])]),
        ("ess-says-sha512", "Says SHA-512, carries the SHA-256.",
            lambda a, s, c: [*a[:2], ess(s, "sha512", hashed=digest("sha256", s.cert))]),
        ("ess-md5", "The certificate is named by its MD5 only.", lambda a, s, c: [*a[:2], ess(s, "md5")]),
        ("ess-twice", "Two attributes; the second names another certificate.", lambda a, s, c: [*a, foreign]),
        ("ess-v1-wrong-hash", "", lambda a, s, c: [*a[:2], ess(s, version=1, hashed=bytes(20))]),
        ("ess-v1-wrong-serial", "", lambda a, s, c: [*a[:2], ess(s, version=1, named=issuer_serial(s.issuer_name,
            s.serial + 1))]),
        ("ess-v1-good-v2-wrong", "", lambda a, s, c: [*a[:2], ess(s, version=1), foreign]),
        ("ess-v1-wrong-v2-good", "", lambda a, s, c: [*a, ess(stranger(), version=1)]),
        ("protection-wrong-hash", "CMSAlgorithmProtection names SHA-512.",
         lambda a, s, c: [*a, protection("sha512", pkcs1().algorithm)]),
        ("protection-wrong-signature", "CMSAlgorithmProtection names sha1WithRSA.",
         lambda a, s, c: [*a, protection("sha256", pkcs1("sha1").algorithm)]),
        ("protection-twice", "A right and a wrong CMSAlgorithmProtection.",
         lambda a, s, c: [*a, protection("sha256", pkcs1().algorithm), protection("sha1", pkcs1("sha1").algorithm)]),
        ("protection-garbage", "", lambda a, s, c: [*a, attribute(ALGORITHM_PROTECTION, NULL)]),
        ("policy-wrong-hash", "AD-RB v1.3 with a hash that is not the policy's.", lambda a, s, c: [*a, policy(bytes(32))]),
    ]
    for variant, why, change in rows:
        doubt = DOUBT if variant.startswith(("no-ess", "ess-md5")) else FAIL
        case("K1", variant, "forgery", doubt, why or variant.replace("-", " "),
             lambda: signed(attributes=attributes(change)))
    kinds = [("content-type-other", dict(content_type=ID_TST_INFO, attributes=attributes(
                  lambda a, s, c: [attribute(CONTENT_TYPE, oid(ID_DATA)), *a[1:]])),
                      "eContentType is TSTInfo, content-type data."),
             ("both-types-tst", dict(content_type=ID_TST_INFO), "Both say TSTInfo: a signature made for something else."),
             ("adbe-ess-wrong", dict(attributes=attributes(lambda a, s, c: [*a[:2], foreign]), **ADBE),
              "adbe.pkcs7.detached whose ESS names another certificate."),
             ("attribute-added", dict(reshape=lambda v: replaced(
                 v, *SIGNED_DATA, -1, 0, 3, tlv(0xA0, *children(children(signer_of(v))[3]),
                     attribute(SIGNING_TIME, time(SIGNED))))),
              "A signing-time put among the signed attributes afterwards."),
             ("digest-replaced", dict(signed_form=lambda listed: set_of(
                 listed[0], attribute(MESSAGE_DIGEST, octets(digest("sha256", b"an older document"))), listed[2])),
              "The message-digest was replaced after signing."),
             ("signed-with-tag-a0", dict(signed_form=lambda listed: ctx(0, *sorted(listed))),
                 "The key signed the [0] tag instead of SET."),
             ("attributes-moved-unsigned", dict(
                 attributes=attributes(lambda a, s, c: a[:1]),
                 unsigned=lambda v: [attribute(MESSAGE_DIGEST, octets(bytes(32))), ess(people().signer)]),
              "message-digest and ESS stand among the unsigned attributes.")]
    for variant, how, why in kinds:
        case("K1", variant, "forgery", FAIL, why, lambda: signed(**how))


def signer_of(cms):
    """The first SignerInfo."""
    return children(children(children(children(cms)[1])[0])[-1])[0]


def k1_values(case):
    """The value of the signature, the algorithms around it, and bytes where none belong."""
    me = people().signer
    rows = [
        ("bit-flipped", dict(signature=flipped), "One bit of the signature value."),
        ("first-bit-flipped", dict(signature=lambda v: flipped(v, 5)), "One bit near its start."),
        ("signature-empty", dict(signature=lambda v: b""), "An empty signature value."),
        ("signature-zero", dict(signature=lambda v: bytes(len(v))), "All zeros."),
        ("signature-one", dict(signature=lambda v: bytes(len(v) - 1) + b"\1"), "The number one."),
        ("signature-cut", dict(signature=lambda v: v[:-1]), "The last octet is gone."),
        ("signature-long", dict(signature=lambda v: v + b"\0"), "One octet too many."),
        ("other-key", dict(signing_key=key("rsa2048:other")), "Made with another key than the certificate's."),
        ("digest-algorithm-other", dict(hash="sha512"), "digestAlgorithm says SHA-512, message-digest is SHA-256."),
        ("digest-algorithm-sha1", dict(hash="sha1"), "digestAlgorithm says SHA-1, message-digest is SHA-256."),
        ("signature-hash-other", dict(attributes=lambda s, c, n, k: usual_attributes(s, c, "sha256", k), hash="sha256",
            scheme=pkcs1("sha512")),
         "Document digested with SHA-256, attributes signed with SHA-512: consistent, but the hashes disagree."),
        ("signature-hash-sha1", dict(attributes=lambda s, c, n, k: usual_attributes(s, c, "sha256", k), hash="sha256",
            scheme=pkcs1("sha1")),
         "Document digested with SHA-256, attributes signed with SHA-1."),
        ("document-hash-sha1", dict(attributes=lambda s, c, n, k: usual_attributes(s, c, "sha1", k), hash="sha1",
            scheme=pkcs1("sha256")),
         "Document digested with SHA-1, attributes signed with SHA-256."),
        ("digest-algorithm-unknown", dict(reshape=lambda v: replaced(v, *SIGNED_DATA, -1, 0, 2, algorithm("1.2.3.4.5"))),
         "An unknown digestAlgorithm."),
        ("tail-after", dict(tail=b"hidden"), "Bytes after the CMS, before the padding."),
        ("tail-second-cms", dict(tail=signed_data(b"x", me, certs=people().chain)), "A second CMS after the first."),
        ("tail-in-content-info", dict(reshape=lambda v: seq(*children(v), octets(b"hidden"))),
            "An element more in ContentInfo."),
        ("tail-in-explicit", dict(reshape=lambda v: replaced(v, 1, ctx(0, children(children(v)[1])[0], octets(b"hidden")))),
         "An element more beside SignedData."),
        ("tail-in-signed-data", dict(reshape=lambda v: replaced(v, *SIGNED_DATA, seq(*children(children(children(v)[1])[0]),
            octets(b"hidden")))),
         "An element more in SignedData."),
        ("tail-in-signer-info", dict(reshape=lambda v: replaced(v, *SIGNED_DATA, -1, 0,
            seq(*children(signer_of(v)), octets(b"hidden")))),
         "An element more in SignerInfo."),
        ("wrong-outer-type", dict(outer="1.2.840.113549.1.7.3"), "ContentInfo says EnvelopedData."),
        ("outer-type-data", dict(outer=ID_DATA), "ContentInfo says data."),
        ("signed-data-bare", dict(reshape=lambda v: children(children(v)[1])[0]), "SignedData without its ContentInfo."),
        ("token-as-signature", dict(content_type=ID_TST_INFO, attributes=usual_attributes),
            "eContentType TSTInfo in a signature field."),
    ]
    for variant, how, why in rows:
        case("K1", variant, "forgery", FAIL, why, lambda: signed(**how))

    def cut(value):
        return value[:len(value) * 2 // 3]

    case("K1", "cut", "forgery", FAIL, "The CMS ends early; zeros follow.", lambda: signed(reshape=cut))
    case("K1", "length-too-long", "forgery", FAIL, "The outer length reaches beyond the CMS, into the padding.",
         lambda: signed(reshape=lambda v: v[:2] + (int.from_bytes(v[2:4], "big") + 8).to_bytes(2, "big") + v[4:]))
    case("K1", "length-too-short", "forgery", FAIL, "The outer length ends before the CMS does.",
         lambda: signed(reshape=lambda v: v[:2] + (int.from_bytes(v[2:4], "big") - 1).to_bytes(2, "big") + v[4:]))
    case("K1", "no-cms", "forgery", FAIL, "An octet string in place of a CMS.",
         lambda: sign(certidao(), lambda c: octets(digest("sha256", c))))
    case("K1", "unsigned-extra", "genuine", MOSTLY, "An unknown unsigned attribute: nobody signs it, it proves nothing.",
         lambda: signed(unsigned=lambda v: [attribute("1.3.6.1.4.1.55555.9", octets(b"added by anyone"))]))


def k1_bits(case):
    """One bit turned at many places of what the signature protects."""
    def turned(where, place):
        def reshape(value):
            info = children(signer_of(value))
            return replaced(value, *SIGNED_DATA, -1, 0, where, flipped(info[where], len(info[where]) * place // 12))
        return reshape

    for where, name in ((3, "attributes"), (5, "value")):
        for place in range(1, 12):
            case("K1", f"bit-in-{name}", "forgery", FAIL, f"A bit of the {name}, {place}/12 of the way.",
                 lambda: signed(reshape=turned(where, place)))


def k1_transplants(case):
    """A whole signature taken from another document."""
    other = signed(pdf=certidao("Eva Exemplo dos Santos"))
    same_place = certidao("Ana Exemplo dos Santos")
    taken = contents(other, trimmed=True)
    case("K1", "transplant", "forgery", FAIL, "The CMS of a document of equal length, in its own place.",
         lambda: sign(same_place, lambda c: taken))
    case("K1", "transplant-digest-fixed", "forgery", FAIL, "The same, with message-digest set to the new document's.",
         lambda: sign(same_place, lambda c: taken.replace(digest_in(taken), digest("sha256", c))))
    case("K1", "transplant-adbe", "forgery", FAIL, "From ETSI.CAdES.detached to adbe.pkcs7.detached.",
         lambda: sign(same_place, lambda c: taken, **ADBE))
    case("K1", "transplant-value", "forgery", FAIL, "Only the signature value comes from elsewhere.",
         lambda: signed(signature=lambda v: unwrap(children(signer_of(taken))[5])[0]))
    case("K1", "transplant-token", "forgery", FAIL, "A time-stamp token in the place of a signature.",
         lambda: sign(certidao(), lambda c: token(people().tsa, c, SIGNED)))
    case("K1", "wrapped-signature", "forgery", FAIL,
         "The signer's own signature over attributes of a former CMS, presented as if over content.",
         lambda: signed(attributes=None, signature=lambda v: unwrap(children(signer_of(taken))[5])[0], **ADBE))


def digest_in(cms):
    for found in children(children(signer_of(cms))[3]):
        if children(found)[0] == oid(MESSAGE_DIGEST):
            return unwrap(children(children(found)[1])[0])[0]


def k1_certificates(case):
    """Which certificate a signature belongs to."""
    me, ca, root = people().signer, people().ca, people().root
    impostor = issue(None, "AC de Exemplo", "p256:impostor", ca=True)
    same_key = impostor.issue("Outra Pessoa Qualquer", me.key)
    same_number = impostor.issue("Ana Exemplo dos Santos", "p256:twin", serial=me.serial, issuer_name=ca.name)
    by_same_ca = ca.issue("Fulano Trocado de Exemplo", me.key)
    twin_id = leaf("p256:twin-id", "Gemeo de Exemplo", key_id=me.key_id)
    rows = [
        ("swapped-same-key", "forgery", DOUBT,
            "Another certificate of the same key, from an unknown CA; SID follows it, ESS does not.",
         dict(certs=[same_key, impostor], sid=by_serial(same_key))),
        ("swapped-same-key-same-ca", "forgery", DOUBT,
            "Another name for the same key, certified by the trusted CA; ESS tells.",
         dict(certs=[by_same_ca, ca], sid=by_serial(by_same_ca))),
        ("swapped-same-key-sid-kept", "forgery", DOUBT,
            "Another certificate of the same key; the SID still names the first, which is not there.",
         dict(certs=[by_same_ca, ca])),
        ("swapped-same-number", "forgery", DOUBT,
            "A certificate with the signer's issuer and serial but another key, alone.",
         dict(certs=[same_number, ca])),
        ("swapped-both", "forgery", DOUBT,
            "Signed by an impostor with the signer's issuer and serial; the right certificate is there too.",
         dict(signer=same_number, certs=[me, same_number, ca])),
        ("sid-unknown", "forgery", DOUBT, "The SID names a certificate that is not there.",
         dict(sid=seq(ca.name, integer(me.serial + 1)))),
        ("sid-wrong-issuer", "forgery", DOUBT, "The SID names another issuer.",
            dict(sid=seq(root.name, integer(me.serial)))),
        ("sid-key-id-unknown", "forgery", DOUBT, "The SID is a key identifier that fits nothing.",
            dict(sid=by_key_id(me, b"\7" * 20))),
        ("sid-key-id-empty", "forgery", DOUBT, "The SID is an empty key identifier.", dict(sid=ctx_plain(0, b""))),
        ("sid-of-another", "forgery", FAIL, "The SID names somebody else, whose certificate is there.",
         dict(certs=[me, other_signer(), ca], sid=by_serial(other_signer()))),
        ("no-certificates", "forgery", DOUBT, "No certificate at all.", dict(certs=[])),
        ("issuer-only", "forgery", DOUBT, "The CA's certificate, but not the signer's.", dict(certs=[ca])),
        ("foreign-first", "genuine", GOOD, "A foreign certificate stands first; the SID decides.",
            dict(certs=[other_signer(), me, ca])),
        ("stranger-first", "genuine", GOOD, "A self-signed stranger stands first.", dict(certs=[stranger(), me, ca])),
        ("issuer-first", "genuine", GOOD, "Certificates from the root down.", dict(certs=[root, ca, me])),
        ("twin-number-first", "genuine", MOSTLY,
            "A certificate with equal issuer and serial but another key stands first; ESS tells which.",
         dict(certs=[same_number, me, ca])),
        ("twin-key-id-first", "genuine", MOSTLY, "Signer named by key identifier, which two certificates carry.",
         dict(certs=[twin_id, me, ca], sid=by_key_id(me))),
        ("same-certificate-twice", "genuine", GOOD, "The signer's certificate is embedded twice.",
            dict(certs=[me, me, ca, ca])),
    ]
    for variant, kind, expect, why, how in rows:
        how = dict(how)
        signer = how.pop("signer", me)
        case("K1", variant, kind, expect, why, lambda: signed(signer, **how))


def weak_chain(*, root="rsa2048:wroot", ca="rsa2048:wca", signer="rsa2048:wleaf", root_scheme=None, ca_scheme=None,
    leaf_scheme=None):
    """Root, CA and signer of their own; a scheme is how that certificate is signed."""
    top = issue(None, "Raiz Fraca de Exemplo", root, ca=True, scheme=root_scheme)
    middle = top.issue("AC Fraca de Exemplo", ca, ca=True, scheme=ca_scheme)
    end = middle.issue("Helio Exemplo Prado", signer, scheme=leaf_scheme)
    return top, middle, end


def by_chain(chain, **how):
    top, middle, end = chain
    return signed(end, certs=[end, middle], **how)


def k2_hashes_and_sizes(case):
    """What the table of algorithms no longer accepts without proof of an earlier time."""
    for name in ("md5", "sha1"):
        case("K2", f"{name}-rsa", "forgery", DOUBT, f"Digest and signature with {name}.", lambda: signed(scheme=pkcs1(name)))
        case("K2", f"{name}-rsa-adbe", "forgery", DOUBT, f"The same in adbe.pkcs7.detached.",
             lambda: signed(scheme=pkcs1(name), attributes=bare, **ADBE))
        case("K2", f"{name}-as-rsa-encryption", "forgery", DOUBT, f"{name}, but signatureAlgorithm only says rsaEncryption.",
             lambda: signed(scheme=pkcs1(name, as_rsa_encryption=True)))
        for place in ("leaf", "ca"):
            chain = weak_chain(**{f"{place}_scheme": pkcs1(name)})
            case("K2", f"{name}-{place}-certificate", "forgery", DOUBT, f"The {place} certificate is signed with {name}.",
                 lambda: by_chain(chain), trust=pem(chain[0]))
    case("K2", "sha1-ecdsa", "forgery", DOUBT, "ECDSA with SHA-1.", lambda: signed(leaf("p256:a"), scheme=ecdsa("sha1")))
    case("K2", "sha1-pss", "forgery", DOUBT, "RSASSA-PSS with SHA-1 throughout.", lambda: signed(scheme=pss("sha1")))
    for place, size in (("signer", 1024), ("signer", 1536), ("ca", 1024), ("root", 1024)):
        chain = weak_chain(**{place: f"rsa{size}"})
        case("K2", f"rsa{size}-{place}", "forgery", DOUBT, f"RSA of {size} bits: {place}.", lambda: by_chain(chain),
             trust=pem(chain[0]))
    case("K2", "rsa1024-pss", "forgery", DOUBT, "RSA of 1024 bits, PSS.", lambda: signed(leaf("rsa1024"), scheme=pss()))
    case("K2", "p224", "forgery", DOUBT, "ECDSA on a curve of 224 bits.", lambda: signed(leaf("p224")))
    chain = weak_chain(root_scheme=pkcs1("sha1"))
    case("K2", "sha1-root-certificate", "genuine", GOOD,
         "The anchor's own signature is SHA-1; anchors are trusted, not verified.",
         lambda: by_chain(chain), trust=pem(chain[0]))
    case("K2", "sha224", "genuine", MOSTLY, "SHA-224, in the table until 2029.", lambda: signed(scheme=pkcs1("sha224")))


def k2_rsa(case):
    """Encoded messages and keys that forgive, and verifiers that should not."""
    size = key("rsa2048:signer").size
    sha256_info = functools.partial(digest_info, "sha256")
    paddings = [
        ("pkcs1-no-digest-info", "The bare hash, padded.", lambda size, d: pkcs1_padded(size, digest("sha256", d))),
        ("pkcs1-other-hash-named", "DigestInfo names SHA-1 before a SHA-256 value.",
         lambda size, d: pkcs1_padded(size, seq(hash_algorithm("sha1", NULL), octets(digest("sha256", d))))),
        ("pkcs1-other-hash", "DigestInfo of SHA-512 under sha256WithRSA.",
            lambda size, d: pkcs1_padded(size, digest_info("sha512", d))),
        ("pkcs1-block-two", "Block type 02.", lambda size, d: b"\0\2" + pkcs1_padded(size, sha256_info(d))[2:]),
        ("pkcs1-block-zero", "Block type 00.",
            lambda size, d: (b"\0\0" + b"\0" * size)[:size - len(sha256_info(d))] + sha256_info(d)),
        ("pkcs1-garbage-after", "Eight FF, then DigestInfo, then garbage.",
         lambda size, d: (b"\0\1" + b"\xff" * 8 + b"\0" + sha256_info(d)).ljust(size, b"\x5a")),
        ("pkcs1-garbage-in-info", "Garbage after the hash, inside DigestInfo.",
         lambda size, d: pkcs1_padded(size, seq(*children(sha256_info(d)), octets(b"garbage" * 9)))),
        ("pkcs1-garbage-in-parameters", "Garbage in the parameters of the hash.",
         lambda size, d: pkcs1_padded(size, digest_info("sha256", d, octets(b"garbage" * 15)))),
        ("pkcs1-padding-not-ff", "One padding octet is not FF.",
         lambda size, d: (lambda p: p[:10] + b"\xfe" + p[11:])(pkcs1_padded(size, sha256_info(d)))),
        ("pkcs1-no-separator", "No zero octet before DigestInfo.",
         lambda size, d: b"\0\1" + b"\xff" * (size - 2 - len(sha256_info(d))) + sha256_info(d)),
        ("pkcs1-ber-length", "DigestInfo with a long-form length.",
         lambda size, d: pkcs1_padded(size, b"\x30\x81" + sha256_info(d)[1:])),
    ]
    for variant, why, padded in paddings:
        case("K2", variant, "forgery", FAIL, why, lambda: signed(scheme=pkcs1(padded=padded)))
    case("K2", "rsa-value-plus-modulus", "forgery", FAIL, "The signature plus the modulus: equal modulo n, out of range.",
         lambda: signed(signature=lambda v: (lambda x: x.to_bytes((x.bit_length() + 7) // 8, "big"))(
             int.from_bytes(v, "big") + key("rsa2048:signer").n)))
    case("K2", "rsa-says-other-hash", "forgery", FAIL, "Says sha512WithRSA, is SHA-256.",
         lambda: signed(scheme=pkcs1("sha256", declared="sha512")))
    case("K2", "pss-called-pkcs1", "forgery", FAIL, "A PSS value under sha256WithRSA.",
         lambda: signed(scheme=Scheme("sha256", pkcs1().algorithm, pss().sign)))
    case("K2", "pkcs1-called-pss", "forgery", FAIL, "A PKCS#1 value under RSASSA-PSS.",
         lambda: signed(scheme=Scheme("sha256", pss().algorithm, pkcs1().sign)))
    case("K2", "rsa-unknown-algorithm", "forgery", DOUBT, "An unknown signatureAlgorithm.",
         lambda: signed(scheme=Scheme("sha256", algorithm("1.3.6.1.4.1.55555.7"), pkcs1().sign)))

    modulus = key("rsa2048:evil").n
    one = leaf("rsa2048:evil", "Expoente Um", public=seq(algorithm(RSA_ENCRYPTION, NULL),
        bits(seq(integer(modulus), integer(1)))))
    unpowered = Scheme("sha256", pkcs1().algorithm, lambda k, d: pkcs1_padded(size, sha256_info(d)))
    case("K2", "rsa-exponent-one", "forgery", FAIL, "Public exponent 1: the padded hash is its own signature.",
         lambda: signed(one, scheme=unpowered))
    huge = leaf("rsa2048:evil", "Expoente Enorme", public=seq(algorithm(RSA_ENCRYPTION, NULL),
        bits(seq(integer(modulus), integer(modulus - 2)))))
    case("K2", "rsa-exponent-huge", "hostile", DOUBT, "A public exponent as long as the modulus.", lambda: signed(huge))
    even = leaf("rsa2048:evil", "Modulo Par", public=seq(algorithm(RSA_ENCRYPTION, NULL),
        bits(seq(integer(modulus + 1), integer(65537)))))
    case("K2", "rsa-even-modulus", "hostile", FAIL, "An even modulus.", lambda: signed(even))
    negative = leaf("rsa2048:evil", "Modulo Negativo", public=seq(algorithm(RSA_ENCRYPTION, NULL),
        bits(seq(integer(-modulus), integer(65537)))))
    case("K2", "rsa-negative-modulus", "hostile", FAIL, "A negative modulus.", lambda: signed(negative))
    zero = leaf("rsa2048:evil", "Modulo Zero", public=seq(algorithm(RSA_ENCRYPTION, NULL),
        bits(seq(integer(0), integer(3)))))
    case("K2", "rsa-zero-modulus", "hostile", FAIL, "Modulus zero.", lambda: signed(zero))
    giant = int.from_bytes(secrets.token_bytes(8192), "big") | 1 << 65535 | 1
    big = leaf("rsa2048:evil", "Modulo Gigante", public=seq(algorithm(RSA_ENCRYPTION, NULL),
        bits(seq(integer(giant), integer(65537)))))
    case("K2", "rsa-65536", "hostile", DOUBT, "A modulus of 65536 bits: too costly to believe.",
         lambda: signed(big, signature=lambda v: v.rjust(8192, b"\0")))

    def cube_root(value):
        low, high = 0, 1 << (value.bit_length() // 3 + 2)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if middle ** 3 < value else (low, middle)
        return low

    def forged(k, data):
        prefix = b"\0\1" + b"\xff" * 8 + b"\0" + sha256_info(data)
        root = cube_root(int.from_bytes(prefix.ljust(k.size, b"\0"), "big"))
        assert (root ** 3).to_bytes(k.size, "big").startswith(prefix)
        return root.to_bytes(k.size, "big")

    three = leaf("rsa3072e3", "Expoente Tres")
    case("K2", "rsa-exponent-three-forged", "forgery", FAIL,
         "Made without the private key: a cube root whose cube begins like a padded hash.",
         lambda: signed(three, scheme=Scheme("sha256", pkcs1().algorithm, forged)))
    case("K2", "rsa-exponent-three", "genuine", MOSTLY,
         "Public exponent 3, properly signed: old, within PKCS#1.", lambda: signed(three))


def k2_pss(case):
    """Parameters of RSASSA-PSS."""
    def declared(parameters, **real):
        return pss(parameters=parameters, **real)

    rows = [
        ("pss-salt-declared-20", FAIL, "Says salt 20, uses 32.", declared(pss_parameters(salt=20))),
        ("pss-salt-used-20", FAIL, "Says salt 32, uses 20.", declared(pss_parameters(), salt=20)),
        ("pss-salt-used-0", FAIL, "Says salt 32, uses none.", declared(pss_parameters(), salt=0)),
        ("pss-salt-negative", FAIL, "A negative salt length.", declared(pss_parameters(salt=-1))),
        ("pss-salt-too-long", FAIL, "A salt longer than the key.", declared(pss_parameters(salt=100000))),
        ("pss-mgf-sha1", DOUBT, "MGF1 with SHA-1, really.", pss(mgf="sha1")),
        ("pss-mgf-sha1-declared", FAIL, "Says MGF1 with SHA-1, uses SHA-256.", declared(pss_parameters(mgf="sha1"))),
        ("pss-mgf-sha1-used", FAIL, "Says MGF1 with SHA-256, uses SHA-1.", declared(pss_parameters(), mgf="sha1")),
        ("pss-trailer-two", FAIL, "trailerField 2.", declared(pss_parameters(trailer=2))),
        ("pss-trailer-octet", FAIL, "The last octet is CC, not BC.", pss(trailer=0xCC)),
        ("pss-hash-sha512-declared", FAIL, "Says SHA-512, uses SHA-256.", declared(pss_parameters("sha512"))),
        ("pss-defaults", DOUBT, "Empty parameters: SHA-1 by default, and really so.", pss("sha1", parameters=seq())),
        ("pss-defaults-lie", FAIL, "Empty parameters, but SHA-256 used.", declared(seq())),
        ("pss-no-parameters", FAIL, "No parameters at all.", declared(b"")),
        ("pss-null-parameters", FAIL, "NULL for parameters.", declared(NULL)),
        ("pss-unknown-mgf", FAIL, "An unknown mask generation function.",
         declared(seq(ctx(0, hash_algorithm("sha256", NULL)), ctx(1, algorithm("1.2.3.4")), ctx(2, integer(32))))),
        ("pss-parameters-tail", FAIL, "A further element in the parameters.",
         declared(seq(*children(pss_parameters()), octets(b"more")))),
    ]
    for variant, expect, why, scheme in rows:
        case("K2", variant, "forgery", expect, why, lambda: signed(scheme=scheme))
    case("K2", "pss-hash-not-digest", "forgery", FAIL, "PSS with SHA-512 while the document is digested with SHA-256.",
         lambda: signed(scheme=pss("sha512"), hash="sha256",
             attributes=lambda s, c, n, k: usual_attributes(s, c, "sha256", k)))
    only = key("rsa2048:psskey")
    restricted = leaf("rsa2048:psskey", "Chave PSS SHA-512",
        public=seq(algorithm(RSA_PSS, pss_parameters("sha512")), bits(seq(integer(only.n), integer(only.e)))))
    case("K2", "pss-key-restricted", "forgery", FAIL, "The certificate allows PSS with SHA-512 only; signed with SHA-256.",
         lambda: signed(restricted, scheme=pss()))
    case("K2", "pss-key-pkcs1", "forgery", FAIL, "The certificate allows PSS only; signed with PKCS#1.",
         lambda: signed(restricted, scheme=pkcs1()))


def k2_ecdsa(case):
    """Values outside the range in which ECDSA means anything."""
    n, zero = P256_ORDER, integer(0)

    def pair(r, s):
        return seq(integer(r), integer(s))

    rows = [
        ("ecdsa-r-zero", "r = 0.", lambda r, s: pair(0, s)), ("ecdsa-s-zero", "s = 0.", lambda r, s: pair(r, 0)),
        ("ecdsa-both-zero", "r = s = 0.", lambda r, s: pair(0, 0)),
            ("ecdsa-both-one", "r = s = 1.", lambda r, s: pair(1, 1)),
        ("ecdsa-r-order", "r = n.", lambda r, s: pair(n, s)), ("ecdsa-s-order", "s = n.", lambda r, s: pair(r, n)),
        ("ecdsa-both-order", "r = s = n.", lambda r, s: pair(n, n)),
        ("ecdsa-r-plus-order", "r + n: equal modulo n, out of range.", lambda r, s: pair(r + n, s)),
        ("ecdsa-s-plus-order", "s + n.", lambda r, s: pair(r, s + n)),
        ("ecdsa-r-negative", "-r.", lambda r, s: pair(-r, s)), ("ecdsa-s-negative", "-s.", lambda r, s: pair(r, -s)),
        ("ecdsa-r-minus-order", "r - n: negative, equal modulo n.", lambda r, s: pair(r - n, s)),
        ("ecdsa-huge", "Integers of 2000 octets.", lambda r, s: pair(r + (n << 16000), s)),
        ("ecdsa-tail", "An element after s.", lambda r, s: seq(integer(r), integer(s), zero)),
        ("ecdsa-bytes-after", "Bytes after the sequence.", lambda r, s: pair(r, s) + b"\0\0"),
        ("ecdsa-only-r", "No s.", lambda r, s: seq(integer(r))), ("ecdsa-empty", "An empty sequence.", lambda r, s: seq()),
        ("ecdsa-plain", "r and s side by side, under ecdsa-with-SHA256.",
            lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big")),
        ("ecdsa-swapped", "s, then r.", lambda r, s: pair(s, r)), ("ecdsa-octets", "Octet strings for integers.",
                                                                   lambda r, s: seq(octets(r.to_bytes(32, "big")),
                                                                       octets(s.to_bytes(32, "big")))),
    ]
    me = leaf("p256:a")
    for variant, why, change in rows:
        case("K2", variant, "forgery", FAIL, why, lambda: signed(me, scheme=ecdsa(change=change),
             margin=2100 if "huge" in variant else 64))
    case("K2", "ecdsa-other-s", "genuine", GOOD, "(r, n - s) is a signature too: ECDSA is malleable by design.",
         lambda: signed(me, scheme=ecdsa(change=lambda r, s: pair(r, n - s))))
    case("K2", "ecdsa-oid-rsa-key", "forgery", FAIL, "ecdsa-with-SHA256 under an RSA certificate.",
         lambda: signed(scheme=Scheme("sha256", ecdsa().algorithm, pkcs1().sign)))
    case("K2", "rsa-oid-ec-key", "forgery", FAIL, "sha256WithRSA under an EC certificate.",
         lambda: signed(me, scheme=Scheme("sha256", pkcs1().algorithm, ecdsa().sign)))

    curve = algorithm("1.2.840.10045.2.1", oid("1.2.840.10045.3.1.7"))
    points = [("point-infinity", "The point at infinity as public key.", b"\0"),
              ("point-off-curve", "A public key that is not on the curve.", b"\4" + b"\1" * 64),
              ("point-short", "A point of 63 octets.", b"\4" + b"\1" * 62)]
    for variant, why, point in points:
        holder = leaf("p256:a", f"Ponto {variant}", public=seq(curve, bits(point)))
        case("K2", f"ecdsa-{variant}", "forgery", FAIL, why, lambda: signed(holder))
    unknown = leaf("p256:a", "Curva Desconhecida", public=seq(algorithm("1.2.840.10045.2.1", oid("1.2.3.4.5")),
        children(me.spki)[1]))
    case("K2", "ecdsa-unknown-curve", "forgery", DOUBT, "A curve nobody knows.", lambda: signed(unknown))
    case("K2", "k256", "genuine", "indeterminate valid", "secp256k1, which the table of algorithms does not name.",
         lambda: signed(leaf("k256")))

    for variant, explicit in (("curveball", True), ("curveball-named", False)):
        root = issue(None, "Raiz de Curva", "p256:curve-root", ca=True)
        case("K2", f"ecdsa-{variant}", "forgery", DOUBT,
             "An embedded root with the anchor's name and public point, but a generator for which the attacker knows the private key."
             if explicit else "The same, with the anchor's real certificate embedded beside the false one.",
             lambda: curveball(root, explicit), trust=pem(root))


def curveball(root, alone):
    """A root whose generator is the anchor's public point: the private key for it is 1, and k = 1 needs no arithmetic."""
    point = unwrap(children(root.spki)[1])[0][1:]
    x = int.from_bytes(point[1:33], "big")
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    field = seq(oid("1.2.840.10045.1.1"), integer(p))
    parameters = seq(integer(1), field, seq(octets((p - 3).to_bytes(32, "big")), octets(b.to_bytes(32, "big"))),
        octets(point),
                     integer(P256_ORDER), integer(1))
    public = seq(algorithm("1.2.840.10045.2.1", parameters), bits(point))

    def sign_with_one(_, data):
        r = x % P256_ORDER
        return seq(integer(r), integer((int.from_bytes(digest("sha256", data), "big") + r) % P256_ORDER))

    scheme = Scheme("sha256", ecdsa().algorithm, sign_with_one)
    false_root = issue(None, "Raiz de Curva", root.key, ca=True, public=public, scheme=scheme, serial=root.serial,
        name=root.name)
    end = issue(false_root, "Signatario de Curva", "p256:curve-leaf", scheme=scheme)
    return signed(end, certs=[end, false_root] if alone else [end, root, false_root])


def k2_eddsa(case):
    order = 2**252 + 27742317777372353535851937790883648493
    me = leaf("ed25519")
    rows = [("ed25519-flipped", FAIL, "One bit.", eddsa(change=flipped)),
            ("ed25519-zero", FAIL, "All zeros.", eddsa(change=lambda v: bytes(64))),
            ("ed25519-short", FAIL, "63 octets.", eddsa(change=lambda v: v[:-1])),
            ("ed25519-s-plus-order", FAIL, "S + L: out of range.",
             eddsa(change=lambda v: v[:32] + (int.from_bytes(v[32:], "little") + order).to_bytes(32, "little"))),
            ("ed25519-other-oid", FAIL, "Called Ed448.", eddsa(dotted="1.3.101.113")),
            ("ed25519-sha256", FAIL, "Document digested with SHA-256; RFC 8419 asks for SHA-512 with signed attributes.",
                eddsa("sha256")),
            ("ed25519-prehashed", FAIL, "The hash of the attributes was signed, not the attributes.",
             Scheme("sha512", algorithm("1.3.101.112"), lambda k, d: k.private.sign(digest("sha512", d))))]
    for variant, expect, why, scheme in rows:
        case("K2", variant, "forgery", expect, why, lambda: signed(me, scheme=scheme))
    neutral = (1).to_bytes(32, "little")
    small = leaf("ed25519", "Ordem Pequena", public=seq(algorithm("1.3.101.112"), bits(neutral)))
    case("K2", "ed25519-small-order", "forgery", FAIL,
         "The neutral element as public key: one signature fits every message.",
         lambda: signed(small, scheme=eddsa(change=lambda v: neutral + bytes(32))))


def policy(hashed, dotted="2.16.76.1.7.1.11.1.3", uri="http://politicas.icpbrasil.gov.br/PA_PAdES_AD_RB_v1_3.der"):
    """signature-policy-identifier with an spuri qualifier."""
    qualifier = seq(seq(oid("1.2.840.113549.1.9.16.5.1"), ia5(uri)))
    return attribute("1.2.840.113549.1.9.16.2.15", seq(oid(dotted), seq(hash_algorithm("sha256"), octets(hashed)),
        qualifier))


AD_RB = bytes.fromhex("23e4be4b9b362172e4ebb0e72b86a133ece5aad843d8651c6e38a0ba3f08fc60")
AD_RB_FILE = bytes.fromhex("23da544aef71f7a75dc85fa6e17a83875741e4baef41ec178258a5c86ace54dd")


def genuine_shapes(case):
    """Ways in which real producers write a good CMS."""
    me, ca, root = people().signer, people().ca, people().root
    shuffled = dict(attributes=attributes(lambda a, s, c: sorted(a, reverse=True)), ordered=False)

    def in_ber(cut):
        return lambda value: indefinite(value, (me.cert, ca.cert, children(signer_of(value))[3]), cut)

    def in_ber_outside(value):
        return indefinite(value, set(children(children(children(value)[1])[0])[1:]))

    broken = seq(octets(b"no certificate"), NULL, NULL)
    half = seq(*children(me.cert)[:1])
    old = ca.issue("Certificado Antigo", "p256:old", serial=-5)
    with_default = root.issue("AC de Exemplo com DEFAULT", "rsa2048:ca", ca=True,
                              extensions={"ku": extension("2.5.29.15", bits(b"\x06", 1), True),
                                  "ski": seq(oid("2.5.29.14"), boolean(False), octets(
                                  octets(subject_key_id(key("rsa2048:ca").spki))))})
    by_default = with_default.issue("Iara Exemplo Alves", "rsa2048:signer")
    zero = ca.issue("Joao Exemplo Serie Zero", "rsa2048:signer", serial=0)
    rows = [
        ("ber-indefinite", GOOD, "Indefinite lengths down to the SignerInfo.",
            dict(reshape=in_ber(False), attributes=bare, margin=64, **ADBE)),
        ("ber-outside", GOOD, "Indefinite lengths only around SignedData.",
            dict(reshape=in_ber_outside, attributes=bare, **ADBE)),
        ("ber-constructed", GOOD, "And octet strings in two pieces.",
            dict(reshape=in_ber(True), attributes=bare, margin=64, **ADBE)),
        ("adbe", GOOD, "adbe.pkcs7.detached with signing-time and without ESS.", dict(attributes=bare, **ADBE)),
        ("adbe-ess", GOOD, "adbe.pkcs7.detached with ESS v2.", dict(**ADBE)),
        ("adbe-minimal", GOOD, "adbe.pkcs7.detached with content-type and message-digest only.",
         dict(attributes=attributes(lambda a, s, c: a[:2]), **ADBE)),
        ("adbe-no-attributes", MOSTLY,
            "adbe.pkcs7.detached without signed attributes: the key signed the document's digest.",
         dict(attributes=None, **ADBE)),
        ("adbe-policy", MOSTLY, "A CAdES policy in adbe.pkcs7.detached, as some Brazilian signers write it.",
         dict(attributes=attributes(lambda a, s, c: [*a, policy(bytes(range(32)), "2.16.76.1.7.1.1.2.3")]), **ADBE)),
        ("cades", GOOD, "ETSI.CAdES.detached as it should be.", {}),
        ("cades-signing-time", MOSTLY, "With signing-time, which ISO tolerates and the baseline profile does not.",
         dict(attributes=attributes(lambda a, s, c: [*a, attribute(SIGNING_TIME, time(SIGNED))]))),
        ("cades-generalized-time", MOSTLY, "signing-time as GeneralizedTime, in adbe.pkcs7.detached.",
         dict(attributes=attributes(lambda a, s, c: [*a, attribute(SIGNING_TIME, tlv(24, b"20260601120000Z"))]), **ADBE)),
        ("pbad", GOOD, "PBAD.PAdES with its own filter.", dict(subfilter="PBAD.PAdES", filter="PBAD_PAdES")),
        ("pbad-policy", MOSTLY,
            "PBAD.PAdES with AD-RB v1.3 and the policy's own hash; the anchor is not one the policy lists.",
         dict(subfilter="PBAD.PAdES", filter="PBAD_PAdES", attributes=attributes(lambda a, s, c: [*a, policy(AD_RB)]))),
        ("key-id", GOOD, "Signer named by key identifier.", dict(sid=by_key_id(me))),
        ("key-id-version-1", MOSTLY, "The same, with SignerInfo version 1.",
            dict(sid=by_key_id(me), version=3, reshape=lambda v: replaced(
            v, *SIGNED_DATA, -1, 0, 0, integer(1)))),
        ("disorder-as-sent", MOSTLY, "Attributes not in DER order; the signature is over them as they stand.",
            dict(**shuffled)),
        ("disorder-sorted", MOSTLY, "Attributes not in DER order; the signature is over the DER order, as RFC 5652 asks.",
         dict(signed_form=lambda listed: set_of(*listed), **shuffled)),
        ("ess-v1", MOSTLY, "ESS v1 only: SHA-1 names the certificate.",
            dict(attributes=attributes(lambda a, s, c: [*a[:2], ess(s, version=1)]))),
        ("ess-v1-and-v2", GOOD, "Both, both right.", dict(attributes=attributes(lambda a, s, c: [*a, ess(s, version=1)]))),
        ("ess-issuer-serial", GOOD, "ESS v2 with issuerSerial.",
            dict(attributes=attributes(lambda a, s, c: [*a[:2], ess(s, named=True)]))),
        ("ess-sha512", GOOD, "ESS v2 with SHA-512.", dict(attributes=attributes(lambda a, s, c: [*a[:2],
            ess(s, "sha512")]))),
        ("ess-explicit-default", GOOD, "ESS v2 that writes SHA-256, the DEFAULT.",
         dict(attributes=attributes(lambda a, s, c: [*a[:2], ess(s, explicit=True)]))),
        ("ess-explicit-null", GOOD, "And its parameters NULL.",
         dict(attributes=attributes(lambda a, s, c: [*a[:2], ess(s, explicit=True, parameters=NULL)]))),
        ("ess-whole-chain", GOOD, "ESS v2 lists the signer, then the CAs.",
         dict(attributes=attributes(lambda a, s, c: [*a[:2],
             ess(s, entries=[ess_entry(s), ess_entry(ca), ess_entry(root)])]))),
        ("ess-policies", MOSTLY, "ESS v2 with policies.", dict(attributes=attributes(
            lambda a, s, c: [*a[:2], ess(s, policies=seq(seq(oid("1.3.6.1.4.1.55555.2"))))]))),
        ("protection", GOOD, "CMSAlgorithmProtection, right.",
            dict(attributes=attributes(lambda a, s, c: [*a, protection("sha256", pkcs1().algorithm)]))),
        ("commitment", GOOD, "commitment-type-indication: proof of approval.", dict(attributes=attributes(
            lambda a, s, c: [*a, attribute("1.2.840.113549.1.9.16.2.16", seq(oid("1.2.840.113549.1.9.16.6.5")))]))),
        ("unknown-attribute", GOOD, "A signed attribute that nobody knows.", dict(attributes=attributes(
            lambda a, s, c: [*a, attribute("1.3.6.1.4.1.55555.3", octets(b"house mark"))]))),
        ("content-time-stamp", MOSTLY, "A content-time-stamp before signing.", dict(attributes=attributes(
            lambda a, s, c: [*a, content_stamp(c)]))),
        ("parameters-null", GOOD, "digestAlgorithm with NULL.", dict(parameters=NULL)),
        ("algorithms-empty", MOSTLY, "digestAlgorithms is an empty set.", dict(algorithms=[])),
        ("algorithms-more", GOOD, "digestAlgorithms names others too.",
            dict(algorithms=[hash_algorithm("sha1"), hash_algorithm("sha256")])),
        ("version-3", MOSTLY, "SignedData version 3 without need.", dict(version=3)),
        ("root-embedded", GOOD, "The root is embedded too.", dict(certs=[me, ca, root])),
        ("more-certificates", GOOD, "Twenty other certificates.",
            dict(certs=[*(leaf(f"p256:{i}", f"Outro {i}") for i in range(20)), me, ca])),
        ("certificates-sorted", GOOD, "Certificates in DER order.", dict(certs_ordered=True)),
        ("malformed-certificate", MOSTLY, "One element among the certificates is none.", dict(certs=[me, broken, ca])),
        ("half-certificate", MOSTLY, "One certificate lacks its signature.", dict(certs=[half, me, ca])),
        ("attribute-certificate", MOSTLY, "An attribute certificate [2] among the certificates.",
            dict(certs=[me, ca, tlv(0xA2, integer(1), NULL)])),
        ("other-certificate", MOSTLY, "A certificate of another format [3].",
            dict(certs=[me, ca, tlv(0xA3, oid("1.2.3.4"), NULL)])),
        ("odd-serial-beside", MOSTLY, "An extra certificate with a negative serial number.", dict(certs=[me, ca, old])),
        ("revocation-lists", GOOD, "CRLs in the field for them.", dict(crls=[crl(ca), crl(root)])),
        ("time-stamped", GOOD, "With a signature-time-stamp.",
            dict(unsigned=stamped(people().tsa, SIGNED + timedelta(minutes=1)))),
        ("no-padding", MOSTLY, "Not one octet of padding.", dict(margin=0)),
        ("much-padding", GOOD, "16 KiB of padding.", dict(margin=16384)),
    ]
    for variant, expect, why, how in rows:
        case("CMS", variant, "genuine", expect, why, lambda: signed(**how))
    case("CMS", "encoded-default", "genuine", MOSTLY,
         "A CA certificate that encodes critical FALSE, a DEFAULT, as some real ones do.",
         lambda: signed(by_default, certs=[by_default, with_default]))
    case("CMS", "serial-zero", "genuine", MOSTLY, "A signer with serial number zero.", lambda: signed(zero))
    case("CMS", "signing-time-pbad", "forgery", FAIL, "A policy of ICP-Brasil and signing-time, which that policy forbids.",
         lambda: signed(subfilter="PBAD.PAdES", filter="PBAD_PAdES", attributes=attributes(
             lambda a, s, c: [*a, policy(AD_RB), attribute(SIGNING_TIME, time(SIGNED))])))
    case("CMS", "policy-file-hash", "forgery", FAIL,
         "A policy of ICP-Brasil with the hash of its file in place of the policy's own.",
         lambda: signed(subfilter="PBAD.PAdES", filter="PBAD_PAdES",
             attributes=attributes(lambda a, s, c: [*a, policy(AD_RB_FILE)])))

    def sha1_kind(content, embedded):
        return lambda: sign(certidao(), lambda c: signed_data(content(c), me, certs=people().chain, scheme=pkcs1("sha1"),
            embedded=embedded(c),
                                                              attributes=None), subfilter="adbe.pkcs7.sha1")

    def sha1(c):
        return digest("sha1", c)

    case("CMS", "adbe-sha1", "genuine", "indeterminate",
         "adbe.pkcs7.sha1: eContent is the SHA-1 of the document. Holds, but too weak.",
         sha1_kind(sha1, sha1))
    case("CMS", "adbe-sha1-sha256", "genuine", "indeterminate",
         "adbe.pkcs7.sha1 whose CMS uses SHA-256: the document's digest is SHA-1 all the same.",
         lambda: sign(certidao(), lambda c: signed_data(sha1(c), me, certs=people().chain, embedded=sha1(c),
             attributes=bare), subfilter="adbe.pkcs7.sha1"))
    case("CMS", "adbe-sha1-other", "forgery", FAIL, "adbe.pkcs7.sha1 that carries another document's SHA-1.",
         sha1_kind(lambda c: sha1(b"other"), lambda c: sha1(b"other")))
    case("CMS", "adbe-sha1-long", "forgery", FAIL, "adbe.pkcs7.sha1 with more than a digest in eContent.",
         sha1_kind(lambda c: sha1(c) + b"more", lambda c: sha1(c) + b"more"))
    case("CMS", "adbe-x509", "genuine", "indeterminate invalid",
         "adbe.x509.rsa_sha1: no CMS at all, SHA-1, the certificate in /Cert.",
         lambda: sign(certidao(), lambda c: octets(pkcs1("sha1").sign(me.key, c)), subfilter="adbe.x509.rsa_sha1",
                      entries={"Cert": b"<" + me.cert.hex().encode() + b">"}))


def person(kind):
    """subjectAltName as ICP-Brasil has it, all zeros; `kind` encodes the values."""
    fields = [("2.16.76.1.3.1", "0" * 45), ("2.16.76.1.3.5", "0" * 19), ("2.16.76.1.3.6", "0" * 12)]
    return extension("2.5.29.17", seq(*(ctx(0, oid(dotted), ctx(0, kind(value))) for dotted, value in fields),
        ctx_plain(1, b"a@exemplo.invalid")))


def genuine_certificates(case):
    """Shapes of certificates that live chains have."""
    usage = key_usage("digitalSignature", "nonRepudiation", "keyEncipherment")
    purposes = extended_usage("clientAuth", "emailProtection")
    two = crl_points("http://lcr.exemplo.invalid/1.crl", "http://lcr2.exemplo.invalid/1.crl")
    a3 = extension("2.5.29.32", seq(seq(oid("2.16.76.1.2.3.9999"), seq(seq(oid("1.3.6.1.5.5.7.2.1"),
        ia5("http://dpc.exemplo.invalid/dpc.pdf"))))))
    alike = {"ku": usage, "eku": purposes, "cdp": two, "cp": a3}
    parts = [("2.5.4.6", printable("BR")), ("2.5.4.10", utf8("ICP-Exemplo")), ("2.5.4.3", utf8("Luis Exemplo:00000000000"))]
    several = seq(*(set_of(seq(oid(k), v)) for k, v in parts[:2]),
        set_of(seq(oid("2.5.4.3"), utf8("Luis")), seq(oid("2.5.4.5"), printable("1"))))
    rows = [
        ("person-octets", GOOD, "Like an ICP-Brasil A3 leaf; otherName as OCTET STRING.",
            dict(extensions={**alike, "san": person(lambda v: octets(v.encode()))})),
        ("person-printable", GOOD, "The same with PrintableString.", dict(extensions={**alike, "san": person(printable)})),
        ("person-utf8", GOOD, "The same with UTF8String.", dict(extensions={**alike, "san": person(utf8)})),
        ("person-no-eku", GOOD, "No extended key usage.", dict(extensions={**alike, "eku": None})),
        ("leaf-says-not-ca", GOOD, "basicConstraints that say no CA.", dict(extensions={"bc": basic_constraints(False)})),
        ("leaf-says-not-ca-explicitly", MOSTLY, "basicConstraints with cA FALSE written out.",
         dict(extensions={"bc": extension("2.5.29.19", seq(boolean(False)), True)})),
        ("name-several-values", MOSTLY, "A name part with several values.", dict(name=several)),
        ("name-empty", MOSTLY, "An empty subject.", dict(name=seq(), extensions={"san": person(printable)})),
        ("name-latin", MOSTLY, "A name in TeletexString, Latin-1.",
            dict(name=seq(set_of(seq(oid("2.5.4.3"), tlv(20, "João Exemplo".encode("latin-1"))))))),
        ("name-bmp", MOSTLY, "A name in BMPString.", dict(name=seq(set_of(seq(oid("2.5.4.3"),
            tlv(30, "João Exemplo".encode("utf-16-be"))))))),
        ("name-accents", GOOD, "A name with accents in UTF-8.", dict(name=dn("Conceição Exemplo Araújo"))),
        ("serial-long", GOOD, "A serial number of twenty octets.", dict(serial=int.from_bytes(b"\x7f" * 20, "big"))),
        ("serial-one", GOOD, "Serial number 1.", dict(serial=1)),
        ("far-end", MOSTLY, "Valid beyond 2050, so GeneralizedTime.", dict(end=moment("2051-01-01"))),
        ("short-key-id", GOOD, "A key identifier of eight octets.", dict(key_id=b"\7" * 8)),
    ]
    for variant, expect, why, how in rows:
        case("CMS", variant, "genuine", expect, why, lambda: signed(leaf_of("Luis Exemplo Rocha", **how)))
    seal = dict(extensions={"eku": extended_usage("serverAuth")})
    case("CMS", "only-server", "genuine", "valid indeterminate invalid",
         "Extended key usage serverAuth alone: readers differ.",
         lambda: signed(leaf_of("servidor.exemplo.invalid", **seal)))


def leaf_of(cn, **twists):
    return people().ca.issue(cn, "rsa2048:signer", **twists)


def content_stamp(content):
    return attribute(CONTENT_TIMESTAMP, token(people().tsa, content, SIGNED - timedelta(minutes=1)))


def genuine_algorithms(case):
    """Each algorithm a certificate of today may carry."""
    for size in (2048, 3072, 4096):
        for name in ("sha256", "sha384", "sha512"):
            label = f"rsa{size}" + (":signer" if size == 2048 else "")
            case("ALG", f"rsa{size}-{name}", "genuine", GOOD, "PKCS#1 v1.5.",
                 lambda: signed(leaf(label), scheme=pkcs1(name)))
            case("ALG", f"rsa{size}-{name}-as-rsa-encryption", "genuine", GOOD, "signatureAlgorithm rsaEncryption.",
                 lambda: signed(leaf(label), scheme=pkcs1(name, as_rsa_encryption=True), attributes=bare, **ADBE))
            case("ALG", f"rsa{size}-{name}-pss", "genuine", GOOD, "RSASSA-PSS, hash parameters NULL.",
                 lambda: signed(leaf(label), scheme=pss(name)))
            case("ALG", f"rsa{size}-{name}-pss-absent", "genuine", GOOD, "RSASSA-PSS, hash parameters absent.",
                 lambda: signed(leaf(label), scheme=pss(name, inner=b"")))
    case("ALG", "rsa8192", "genuine", GOOD, "RSA of 8192 bits.", lambda: signed(leaf("rsa8192")))
    case("ALG", "rsa8192-pss", "genuine", GOOD, "RSA of 8192 bits, PSS.",
         lambda: signed(leaf("rsa8192"), scheme=pss("sha512")))
    case("ALG", "rsa2048-no-null", "genuine", MOSTLY, "sha256WithRSA without its NULL parameters.",
         lambda: signed(scheme=pkcs1(parameters=b"")))
    case("ALG", "pss-salt-20", "genuine", MOSTLY, "PSS with a salt of 20 octets, declared and used.",
         lambda: signed(scheme=pss(salt=20)))
    case("ALG", "pss-salt-0", "genuine", MOSTLY, "PSS without salt, declared and used.", lambda: signed(scheme=pss(salt=0)))
    case("ALG", "pss-salt-longest", "genuine", MOSTLY, "PSS with the longest salt.",
         lambda: signed(scheme=pss(salt=256 - 34)))
    case("ALG", "pss-trailer-default", "genuine", MOSTLY, "PSS that writes trailerField 1, the DEFAULT.",
         lambda: signed(scheme=pss(parameters=pss_parameters(trailer=1))))
    case("ALG", "pss-mgf-sha512", "genuine", MOSTLY, "PSS with SHA-256 and MGF1 over SHA-512: lawful, unusual.",
         lambda: signed(scheme=pss(mgf="sha512")))
    own = key("rsa2048:psskey")
    numbers = bits(seq(integer(own.n), integer(own.e)))
    for variant, parameters in (("free", b""), ("sha256", pss_parameters())):
        case("ALG", f"pss-key-{variant}", "genuine", MOSTLY, "The certificate's key is for RSASSA-PSS only.",
             lambda: signed(leaf("rsa2048:psskey", f"Chave PSS {variant}",
                 public=seq(algorithm(RSA_PSS, parameters), numbers)), scheme=pss()))
    case("ALG", "pss-certificates", "genuine", GOOD, "The certificates themselves are signed with PSS.",
         lambda: by_chain(PSS_CHAIN()),
         trust=pem(PSS_CHAIN()[0]))
    fitting = {"p256": ("sha256", "sha384", "sha512"), "p384": ("sha384", "sha256", "sha512"),
        "p521": ("sha512", "sha256", "sha384"),
               "bp256": ("sha256", "sha512"), "bp384": ("sha384", "sha256"), "bp512": ("sha512", "sha384")}
    for label, names in fitting.items():
        for name in names:
            case("ALG", f"{label}-{name}", "genuine", GOOD if not label.startswith("bp") else MOSTLY, "ECDSA.",
                 lambda: signed(leaf(label), scheme=ecdsa(name)))
        chain = weak_chain(root=f"{label}:root", ca=f"{label}:ca", signer=label)
        case("ALG", f"{label}-chain", "genuine", GOOD if not label.startswith("bp") else MOSTLY,
             "A whole chain on that curve.",
             lambda: by_chain(chain), trust=pem(chain[0]))
    case("ALG", "p256-null", "genuine", MOSTLY, "ecdsa-with-SHA256 with NULL parameters.",
         lambda: signed(leaf("p256"), scheme=ecdsa(parameters=NULL)))
    case("ALG", "p256-key-oid", "genuine", MOSTLY,
         "signatureAlgorithm id-ecPublicKey; the hash comes from digestAlgorithm. Seen in the wild.",
         lambda: signed(leaf("p256"), scheme=ecdsa(dotted="1.2.840.10045.2.1")))
    case("ALG", "p256-plain", "genuine", MOSTLY, "PLAIN-ECDSA (BSI TR-03111): r and s side by side.",
         lambda: signed(leaf("p256"), scheme=ecdsa(
        dotted="0.4.0.127.0.7.1.1.4.1.3", change=lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big"))))
    case("ALG", "ed25519", "genuine", MOSTLY, "Ed25519 with SHA-512 (RFC 8419).", lambda: signed(leaf("ed25519")))
    case("ALG", "ed25519-adbe", "genuine", MOSTLY, "Ed25519 in adbe.pkcs7.detached.",
         lambda: signed(leaf("ed25519"), attributes=bare, **ADBE))
    chain = weak_chain(root="ed25519:root", ca="ed25519:ca", signer="ed25519")
    case("ALG", "ed25519-chain", "genuine", MOSTLY, "A whole chain on Ed25519.", lambda: by_chain(chain),
         trust=pem(chain[0]))
    case("ALG", "ed448", "genuine", "indeterminate valid", "Ed448 with SHAKE256.", lambda: signed(leaf("ed448")))
    case("ALG", "sha3-256", "genuine", "indeterminate valid",
         "The document digested with SHA3-256, id-rsassa-pkcs1-v1-5-with-sha3-256.",
         lambda: signed(scheme=Scheme("sha3_256", algorithm("2.16.840.1.101.3.4.3.14", NULL),
                                      lambda k, d: k.sign_padded(pkcs1_padded(k.size, digest_info("sha3_256", d))))))


@functools.cache
def PSS_CHAIN():
    return weak_chain(root_scheme=pss(), ca_scheme=pss(), leaf_scheme=pss("sha384"))


def build(corpus):
    case = Cases(corpus)
    for part in (k1_signers, k1_content, k1_attributes, k1_values, k1_bits, k1_transplants, k1_certificates,
        k2_hashes_and_sizes, k2_rsa, k2_pss,
                 k2_ecdsa, k2_eddsa, genuine_shapes, genuine_certificates,
                 genuine_algorithms):
        part(case)


if __name__ == "__main__":
    main(build)

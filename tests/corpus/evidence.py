"""Time stamps (K3), certification paths and revocation (K4), impostor CAs (K5), long-term files (LT, DSS) and addresses that
must not be fetched (Z2).

Time line of most files: certificates from 2025; signed on 2026-06-01 at 12:00; time stamp five minutes later; revocation data
one hour later, fresh for 30 days (lists) or one day (OCSP); judged on 2026-06-10. The *short* signer's certificate ends on
2026-08-01, and files of hers are judged on 2026-09-01, when only a time stamp can save them.
"""

import functools
import io

import rawpdf
from cms_attacks import ADBE, DOUBT, FAIL, GOOD, MOSTLY, attributes, leaf, signed
from pki_common import (
    CONTENT_TIMESTAMP, Cases, DAY, Evidence, HOUR, ID_DATA, JUDGED, MESSAGE_DIGEST, NULL, SIGNATURE_TIMESTAMP,
    SIGNED, add_dss, attribute, authority, authority_access, basic_constraints, boolean, certidao, contents,
    crl, crl_points, ctx, ctx_plain, digest, dn, ess, extended_usage, extension, flipped, generalized,
    hash_algorithm, integer, issue, key, key_usage, main, moment, ocsp, ocsp_single, octets, oid, pem, people, pkcs1,
        printable,
    responder, revocation_archival, seq, set_of, sign, signed_data, stamped, time, timedelta, timestamp_document,
    tlv, token, utf8)

STAMPED = SIGNED + timedelta(minutes=5)
KNOWN = SIGNED + HOUR
LATER = "2026-09-01T12:00:00Z"
BEFORE = SIGNED - DAY
BOTH = ("required", "if-present")


@functools.cache
def short():
    """A signer whose certificate ends soon."""
    return people().ca.issue("Nair Exemplo Breve", "rsa2048:signer", end=moment("2026-08-01"))


def lists(who=None, *, signer=None, tsa=None, this=KNOWN, revoked=(), ca_revoked=(), **how):
    """Evidence by revocation lists: of the CA for the signer, of the root for CA and TSA."""
    who = who or people()
    return Evidence([signer or who.signer, who.ca, tsa or who.tsa],
        [crl(who.ca, revoked, this, **how), crl(who.root, ca_revoked, this)])


def answers(who=None, *, signer=None, this=KNOWN, status="good", only=False, **how):
    """Evidence by OCSP for the signer, of a delegated responder; the root has a list, or with `only` answers too."""
    who = who or people()
    how.setdefault("responder", who.responder)
    rest = [ocsp(who.ca, who.root, this=this), ocsp(who.tsa, who.root, this=this)] if only else []
    return Evidence([signer or who.signer, who.ca, who.tsa], [] if only else [crl(who.root, this=min(this, KNOWN))],
                    [ocsp(signer or who.signer, who.ca, status, this, **how), *rest])


def bt(signer=None, *, when=STAMPED, tsa=None, who=None, **how):
    """A signature with a time stamp."""
    who = who or people()
    signer = signer or who.signer
    how.setdefault("certs", [signer, who.ca])
    return signed(signer, unsigned=stamped(tsa or who.tsa, when), **how)


def bb(signer=None, **how):
    return signed(signer or people().signer, **how)


# --- K3: time stamps ------------------------------------------------------------------------------------------------------------

def attached(make):
    """For `unsigned=`: the token `make(signature)` gives."""
    return lambda value: [attribute(SIGNATURE_TIMESTAMP, make(value))]


def k3_tokens(case):
    """The signer's certificate has expired: without a good time stamp nothing shows that the signature is older."""
    who, tsa = people(), people().tsa
    t = STAMPED

    def by(authority_, **how):
        return lambda v: token(authority_, v, t, **how)

    impostor_root = issue(None, "Raiz de Exemplo", "p256:impostor", ca=True)
    unknown_root = issue(None, "Raiz Desconhecida", "p256:unknown", ca=True)
    weak = weak_authority()
    with_eku = functools.partial(authority, who.root)
    rows = [
        ("token-of-another", "A token made for another signature.", lambda v: token(tsa, b"another signature", t)),
        ("imprint-zero", "The imprint is all zeros.", by(tsa, imprint=bytes(32))),
        ("imprint-of-octet-string", "The imprint is of the DER octet string, not of its content.",
            lambda v: token(tsa, octets(v), t)),
        ("imprint-says-sha512", "The imprint is SHA-256 and says SHA-512.", by(tsa, say="sha512")),
        ("imprint-cut", "Half an imprint.", lambda v: token(tsa, v, t, imprint=digest("sha256", v)[:16])),
        ("imprint-empty", "An empty imprint.", by(tsa, imprint=b"")),
        ("imprint-sha1", "The imprint is SHA-1.", by(tsa, name="sha1")),
        ("imprint-md5", "The imprint is MD5.", by(tsa, name="md5")),
        ("tsa-no-eku", "The authority has no extended key usage.", by(with_eku("Sem EKU", eku=None))),
        ("tsa-eku-not-critical", "timeStamping, but not critical.",
            by(with_eku("EKU nao critico", eku=extended_usage("timeStamping")))),
        ("tsa-eku-more", "timeStamping beside another purpose.",
         by(with_eku("EKU a mais", eku=extended_usage("timeStamping", "emailProtection", critical=True)))),
        ("tsa-eku-any", "Only anyExtendedKeyUsage.", by(with_eku("EKU qualquer", eku=extended_usage("any", critical=True)))),
        ("tsa-eku-other", "Only clientAuth.", by(with_eku("EKU outro", eku=extended_usage("clientAuth", critical=True)))),
        ("tsa-key-usage", "Key usage keyEncipherment only.", by(with_eku("KU errado", ku=key_usage("keyEncipherment")))),
        ("tsa-is-signer", "The signer stamps herself.", by(short())),
        ("tsa-expired", "The authority's certificate had ended when it stamped.",
         by(authority(who.root, "ACT vencida", end=moment("2026-01-01")))),
        ("tsa-not-yet", "The authority's certificate began after it stamped.",
         by(authority(who.root, "ACT futura", start=moment("2026-07-01")))),
        ("tsa-self-signed", "A self-signed authority.", by(authority(None, "ACT propria"))),
        ("tsa-unknown-root", "An authority under an unknown root.",
         by(authority(unknown_root, "ACT estranha"), certs=[authority(unknown_root, "ACT estranha"), unknown_root])),
        ("tsa-of-signer", "The signer, no CA, has issued the authority's certificate.",
         by(authority(short(), "ACT da signataria"), certs=[authority(short(), "ACT da signataria"), short(), who.ca])),
        ("tsa-rsa1024", "The authority's key has 1024 bits.", by(weak)),
        ("token-flipped", "A bit of the token's signature.", by(tsa, signature=flipped)),
        ("token-other-key", "Signed by another key than the authority's.", by(tsa, signing_key=key("rsa2048:other"))),
        ("token-digest-wrong", "message-digest is not of the TSTInfo.",
         by(tsa, attributes=attributes(lambda a, s, c: [a[0], attribute(MESSAGE_DIGEST, octets(bytes(32))), a[2]]))),
        ("token-no-attributes", "No signed attributes.", by(tsa, attributes=None)),
        ("token-no-ess", "Nothing names the authority's certificate.",
            by(tsa, attributes=attributes(lambda a, s, c: a[:2]))),
        ("token-ess-wrong", "ESS names another certificate.",
            by(tsa, attributes=attributes(lambda a, s, c: [*a[:2], ess(who.signer)]))),
        ("token-type-data", "eContentType is data.", by(tsa, content_type=ID_DATA)),
        ("token-detached", "TSTInfo is missing.", by(tsa, embedded=None)),
        ("token-sha1", "The token is signed with SHA-1.", by(tsa, scheme=pkcs1("sha1"))),
        ("token-md5", "The token is signed with MD5.", by(tsa, scheme=pkcs1("md5"))),
        ("token-info-garbage", "TSTInfo is no TSTInfo.", by(tsa, info=seq(integer(1), octets(b"garbage")))),
        ("token-info-tail", "Bytes after TSTInfo.", lambda v: token(tsa, v, t, info=tst_info(v, t) + b"\0\0more")),
        ("token-version-2", "TSTInfo version 2.", lambda v: token(tsa, v, t, info=tst_info(v, t, version=2))),
        ("token-critical-extension", "TSTInfo with an unknown critical extension.",
         lambda v: token(tsa, v, t, info=tst_info(v, t, more=tlv(0xA1, extension("1.2.3.4", NULL, True))))),
        ("token-garbage", "An octet string in place of the token.", lambda v: octets(b"garbage")),
        ("token-of-document", "The document's CMS in place of a token.",
            lambda v: signed_data(v, who.signer, certs=who.chain)),
        ("token-too-late", "Stamped after the signer's certificate had ended.",
            lambda v: token(tsa, v, moment("2026-08-15"))),
        ("token-future", "Stamped later than now.", lambda v: token(tsa, v, moment("2026-12-01"))),
        ("token-altered-time", "The time was set back after stamping.",
            lambda v: token(tsa, v, moment("2026-08-15")).replace(
            b"20260815000000Z", b"20260601120500Z")),
    ]
    for variant, why, make in rows:
        case("K3", variant, "forgery", DOUBT, why, lambda: signed(short(), unsigned=attached(make)), at=LATER)
    impostor = authority(impostor_root)
    case("K3", "tsa-impostor-root", "forgery", DOUBT, "An authority under a root named like the anchor.",
         lambda: signed(short(), unsigned=attached(by(impostor, certs=[impostor, impostor_root]))), at=LATER)
    case("K3", "tsa-impostor-root-embedded-anchor", "forgery", DOUBT, "The same, with the real anchor in the token too.",
         lambda: signed(short(), unsigned=attached(by(impostor, certs=[impostor, impostor_root, who.root]))), at=LATER)
    case("K3", "token-two-values", "forgery", DOUBT, "One attribute with two bad tokens.",
         lambda: signed(short(), unsigned=lambda v: [
        attribute(SIGNATURE_TIMESTAMP, token(tsa, b"x", t), token(tsa, b"y", t))]), at=LATER)
    case("K3", "attribute-empty", "forgery", DOUBT, "The attribute has no value.",
         lambda: signed(short(), unsigned=lambda v: [attribute(SIGNATURE_TIMESTAMP)]), at=LATER)
    case("K3", "token-among-signed", "forgery", DOUBT,
         "A token over the document stands among the signed attributes as a signature-time-stamp.",
         lambda: signed(short(), attributes=attributes(lambda a, s, c: [*a, attribute(SIGNATURE_TIMESTAMP,
             token(tsa, c, t))])), at=LATER)
    case("K3", "imprint-of-document", "forgery", DOUBT, "The imprint is of the document.",
         lambda: sign(certidao(), lambda c: signed_data(c, short(), certs=[short(), who.ca], unsigned=lambda v: [
             attribute(SIGNATURE_TIMESTAMP, token(tsa, c, t))])), at=LATER)
    case("K3", "tsa-revoked", "forgery", [DOUBT, DOUBT], "The authority's certificate had been revoked before it stamped.",
         lambda: add_dss(bt(short()), lists(signer=short(), ca_revoked=[(tsa.serial, BEFORE, "keyCompromise")])), at=LATER,
             revocation=BOTH)
    case("K3", "before-certificate", "forgery", FAIL, "Stamped before the signer's certificate began.",
         lambda: bt(people().ca.issue("Otto Exemplo Cedo", "rsa2048:signer", start=SIGNED + HOUR)))


@functools.cache
def weak_authority():
    return authority(people().root, "ACT fraca", "rsa1024")


def tst_info(data, when, *, version=1, more=b"", time=None):
    """A TSTInfo, for what `token` does not write."""
    return seq(integer(version), oid("1.3.6.1.4.1.55555.1"), seq(hash_algorithm("sha256"), octets(digest("sha256", data))),
        integer(77),
               time or generalized(when), more)


def k3_document_stamps(case):
    """DocTimeStamps that stamp something else, and stamps out of order."""
    who, tsa = people(), people().tsa
    mine = functools.partial(bb, short())
    unknown = authority(None, "ACT propria")
    later = KNOWN + HOUR
    rows = [
        ("document-imprint-zero", "The DocTimeStamp's imprint is of nothing.",
            lambda: timestamp_document(mine(), tsa, later, imprint=bytes(32))),
        ("document-flipped", "A bit of the DocTimeStamp's signature.",
            lambda: timestamp_document(mine(), tsa, later, signature=flipped)),
        ("document-untrusted", "A DocTimeStamp by an unknown authority.",
            lambda: timestamp_document(mine(), unknown, later)),
        ("document-no-eku", "A DocTimeStamp by an authority without EKU.",
         lambda: timestamp_document(mine(), authority(who.root, "Sem EKU", eku=None), later)),
        ("document-first-range", "The imprint is of the first range alone.", lambda: sign(
            mine(), lambda c: token(tsa, c[:c.rfind(b"/Contents ")], later), subfilter="ETSI.RFC3161",
                kind=b"/DocTimeStamp")),
        ("document-older-revision", "The imprint is of the file as it was before this revision.", lambda: (lambda data: sign(
            data, lambda c: token(tsa, data, later), subfilter="ETSI.RFC3161", kind=b"/DocTimeStamp"))(mine())),
        ("document-signature", "A signature, not a token, in an ETSI.RFC3161 dictionary.", lambda: sign(
            mine(), lambda c: signed_data(c, who.signer, certs=who.chain), subfilter="ETSI.RFC3161", kind=b"/DocTimeStamp")),
        ("document-transplant", "The DocTimeStamp of another file.", lambda: (lambda value: sign(
            mine(), lambda c: value, subfilter="ETSI.RFC3161",
                kind=b"/DocTimeStamp"))(contents(timestamp_document(bb(), tsa, later), trimmed=True))),
        ("document-too-late", "A DocTimeStamp after the signer's certificate had ended.",
         lambda: timestamp_document(mine(), tsa, moment("2026-08-20"))),
    ]
    for variant, why, make in rows:
        case("K3", variant, "forgery", DOUBT, why, make, at=LATER)
    case("K3", "document-broken-beside-good", "forgery", FAIL,
         "The signature is good and current; the DocTimeStamp after it is broken.",
         lambda: timestamp_document(bb(), tsa, later, imprint=bytes(32)))

    def content_stamp(when):
        return attributes(lambda a, s, c: [*a, attribute(CONTENT_TIMESTAMP, token(tsa, c, when))])

    case("K3", "order-content-after-signature", "forgery", DOUBT, "The content was stamped a day after the signature.",
         lambda: bt(attributes=content_stamp(STAMPED + DAY)))
    case("K3", "order-document-before-signature", "forgery", DOUBT,
         "The document stamp, which covers the signature stamp, is a day older.",
         lambda: timestamp_document(bt(), tsa, STAMPED - DAY))
    case("K3", "content-stamp-wrong", "genuine", "indeterminate valid",
         "A content-time-stamp of other content, signed so by the signer; it proves nothing.",
         lambda: bb(attributes=attributes(lambda a, s, c: [*a,
             attribute(CONTENT_TIMESTAMP, token(tsa, b"other", SIGNED - HOUR))])))


def k3_genuine(case):
    """Tokens that are unusual and good, and bad ones that nothing depends on."""
    who, tsa, t = people(), people().tsa, STAMPED
    middle = who.root.issue("AC do Tempo de Exemplo", "p256:tsa-ca", ca=True)
    under = authority(middle, "ACT subordinada")
    curve = authority(who.root, "ACT em curva", "p256:tsa")
    fraction = tlv(24, b"20260601120500.25Z")
    rows = [
        ("plain", GOOD, "As it should be.", attached(lambda v: token(tsa, v, t))),
        ("sha512", GOOD, "Imprint and token with SHA-512.", attached(lambda v: token(tsa, v, t, name="sha512",
            scheme=pkcs1("sha512")))),
        ("curve", GOOD, "An authority with an EC key.", attached(lambda v: token(curve, v, t))),
        ("subordinate", GOOD, "An authority under a CA of its own.",
            attached(lambda v: token(under, v, t, certs=[under, middle]))),
        ("ess-v1", MOSTLY, "ESS v1, as RFC 3161 had it.", attached(lambda v: token(
            tsa, v, t, attributes=attributes(lambda a, s, c: [*a[:2], ess(s, version=1)])))),
        ("fraction", GOOD, "A time with fractions of a second.",
            attached(lambda v: token(tsa, v, t, info=tst_info(v, t, time=fraction)))),
        ("full-info", GOOD, "Accuracy, ordering, nonce and name of the authority.",
            attached(lambda v: token(tsa, v, t, info=tst_info(
            v, t, more=seq(integer(1), ctx_plain(0, b"\1\xf4")) + boolean(True) + integer(2**63) + ctx(0,
                ctx(4, tsa.name)))))),
        ("signing-time", GOOD, "With signing-time among the token's attributes.", attached(lambda v: token(
            tsa, v, t, attributes=attributes(lambda a, s, c: [*a,
                attribute("1.2.840.113549.1.9.5", tlv(23, b"260601120500Z"))])))),
        ("two-tokens", GOOD, "Two good tokens.", lambda v: [attribute(SIGNATURE_TIMESTAMP, token(tsa, v, t)),
                                                          attribute(SIGNATURE_TIMESTAMP, token(curve, v, t + HOUR))]),
        ("bad-and-good", MOSTLY, "A bad token and a good one.",
            lambda v: [attribute(SIGNATURE_TIMESTAMP, token(tsa, b"x", t)),
                                                                         attribute(SIGNATURE_TIMESTAMP,
                                                                             token(curve, v, t))]),
        ("certificate-outside", MOSTLY, "The token carries no certificate; the signature's CMS does.",
         attached(lambda v: token(tsa, v, t, certs=[]))),
    ]
    for variant, expect, why, unsigned in rows:
        case("K3", f"good-{variant}", "genuine", expect, f"{why} The signer's certificate has ended since.",
             lambda: signed(short(), certs=[short(), who.ca, tsa] if variant == "certificate-outside" else None,
                 unsigned=unsigned), at=LATER)
    case("K3", "good-certificate-in-dss", "genuine", MOSTLY, "The token carries no certificate; the DSS does.",
         lambda: add_dss(
        signed(short(), unsigned=attached(lambda v: token(tsa, v, t, certs=[]))), lists(signer=short())), at=LATER)
    case("K3", "good-document-stamp", "genuine", GOOD, "A DocTimeStamp instead of a signature stamp.",
         lambda: timestamp_document(bb(short()), tsa, KNOWN), at=LATER)
    for variant, why, make in (
            ("of-another", "made for another signature", lambda v: token(tsa, b"another", t)),
            ("untrusted", "by an unknown authority", lambda v: token(authority(None, "ACT propria"), v, t)),
            ("garbage", "that is none", lambda v: octets(b"garbage"))):
        case("K3", f"unneeded-{variant}", "genuine", MOSTLY,
             f"A token {why} on a signature that is good today: unsigned, anyone may add "
             "it, and EN 319 102-1 goes on without it.", lambda: signed(unsigned=attached(make)))


# --- K4: paths -------------------------------------------------------------------------------------------------------------------

NO_POLICY = seq(ctx_plain(0, b"\0"))


def policies(*dotted):
    return extension("2.5.29.32", seq(*(seq(oid(d)) for d in dotted)))


def permitted(*names, excluded=()):
    trees = (ctx(0, *(seq(n) for n in names)) if names else b"") + (ctx(1, *(seq(n) for n in excluded)) if excluded else b"")
    return extension("2.5.29.30", seq(trees), True)


def directory(cn=None, o="Oficio de Exemplo"):
    parts = [("2.5.4.6", printable("BR")), ("2.5.4.10", utf8(o))] + ([("2.5.4.3", utf8(cn))] if cn else [])
    return ctx(4, seq(*(set_of(seq(oid(k), v)) for k, v in parts)))


def mail(address):
    return extension("2.5.29.17", seq(ctx_plain(1, address.encode())))


def k4_paths(case):
    """Chains with one thing wrong, and the same thing right."""
    root = people().root

    def ca(cn="AC de Prova", label="p256:path-ca", issuer=root, **twists):
        return issuer.issue(cn, label, ca=True, **twists)

    def end(issuer, cn="Rui Exemplo Torto", label="p256:path-leaf", **twists):
        return issuer.issue(cn, label, **twists)

    def path(case_kind, variant, expect, why, *chain, at=JUDGED, trust=None, **how):
        case("K4", variant, case_kind, expect, why, lambda: signed(chain[0], certs=list(chain), **how), at=at, trust=trust)

    good = ca()
    strict = ca("AC Curta", extensions={"bc": basic_constraints(True, 0)})
    under = ca("AC de Baixo", "p256:path-ca2", strict)
    two = ca("AC Dois", extensions={"bc": basic_constraints(True, 1)})
    deep = ca("AC Mais Funda", "p256:path-ca3", ca("AC Funda", "p256:path-ca2", two))
    rows = [("path-length", [end(under), under, strict], "pathLenConstraint 0, and a CA below."),
            ("path-length-two", [end(deep), deep, ca("AC Funda", "p256:path-ca2", two), two],
                "pathLenConstraint 1, and two CAs below.")]
    for variant, ext, why in (
            ("no-basic-constraints", {"bc": None}, "The issuer has no basicConstraints."),
            ("not-ca", {"bc": basic_constraints(False)}, "The issuer's basicConstraints say no CA."),
            ("ca-no-cert-sign", {"ku": key_usage("digitalSignature", "cRLSign")},
                "The issuer's key usage lacks keyCertSign."),
            ("ca-critical-unknown", {"x": extension("1.3.6.1.4.1.55555.8", NULL, True)},
                "An unknown critical extension in the issuer."),
            ("name-permitted", {"nc": permitted(directory(o="Outro Oficio"))}, "Names outside the permitted subtree."),
            ("name-excluded", {"nc": permitted(excluded=[directory()])}, "Names inside an excluded subtree."),
            ("policy-required", {"pc": extension("2.5.29.36", NO_POLICY, True)}, "requireExplicitPolicy 0, and no policy."),
            ("malformed-basic-constraints", {"bc": extension("2.5.29.19", octets(b"x"), True)},
                "basicConstraints that are none."),
            ("duplicate-basic-constraints", {"bc": basic_constraints(True) + basic_constraints(False)},
                "basicConstraints twice, yes and no.")):
        issuer = ca(f"AC {variant}", extensions=ext)
        rows.append((variant, [end(issuer), issuer], why))
    old = ca("AC Versao 1", version=0)
    rows.append(("ca-version-1", [end(old), old], "The issuer is a version 1 certificate."))
    constrained = ca("AC de Correio", extensions={"nc": permitted(ctx_plain(1, b"exemplo.org"))})
    rows.append(("name-mail", [end(constrained, extensions={"san": mail("rui@outro.example")}), constrained],
        "An address outside the permitted domain."))
    demanding = ca("AC Exigente", extensions={"pc": extension("2.5.29.36", NO_POLICY, True), "cp": policies("1.2.3.1")})
    rows.append(("policy-other", [end(demanding, extensions={"cp": policies("1.2.3.2")}), demanding],
        "A policy that the issuer does not have."))
    no_any = ca("AC Sem Any", extensions={"pc": extension("2.5.29.36", NO_POLICY, True), "cp": policies("1.2.3.1"),
                                          "ia": extension("2.5.29.54", integer(0), True)})
    rows.append(("policy-any-inhibited", [end(no_any, extensions={"cp": policies("2.5.29.32.0")}), no_any],
        "anyPolicy where it is inhibited."))
    clerk = end(good, "Escrevente que Emite", "p256:clerk")
    rows.append(("leaf-issues", [issue(clerk, "Emitido por Escrevente", "p256:path-leaf"), clerk, good],
        "A leaf has issued a certificate."))
    for variant, ext, why in (
            ("leaf-key-usage", {"ku": key_usage("keyEncipherment")}, "Key usage keyEncipherment only."),
            ("leaf-key-usage-ca", {"ku": key_usage("keyCertSign", "cRLSign")}, "Key usage of a CA only."),
            ("leaf-critical-unknown", {"x": extension("1.3.6.1.4.1.55555.8", NULL, True)},
                "An unknown critical extension in the signer's certificate."),
            ("leaf-malformed-extension", {"ku": extension("2.5.29.15", octets(b"x"), True)}, "A key usage that is none.")):
        rows.append((variant, [end(good, extensions=ext), good], why))
    look_alike = issue(None, "AC de Prova", "p256:look-alike", ca=True)
    rows.append(("look-alike-issuer", [end(look_alike), good],
        "Signed by a CA of equal name and other key; the real one is embedded."))
    copied = issue(root, "AC de Prova", "p256:look-alike", ca=True, signing_key=key("p256:look-alike"), serial=good.serial,
        key_id=good.key_id)
    rows.append(("look-alike-copied", [end(copied), copied],
        "Name, serial number and key identifier of the real CA; signed by itself."))
    rows.append(("broken-leaf", [end(good, change=flipped), good], "A bit of the signer's certificate signature."))
    broken = ca("AC Quebrada", change=flipped)
    rows.append(("broken-ca", [end(broken), broken], "A bit of the issuer's certificate signature."))
    renamed = end(good, change=lambda c: c.replace(b"Rui Exemplo Torto", b"Rei Exemplo Certo"))
    rows.append(("renamed-leaf", [renamed, good], "The name in the certificate was changed after it was issued."))
    rows.append(("missing-issuer", [end(good)], "The issuer's certificate is nowhere."))
    second = ca("AC Outro", "p256:loop2")
    loop1 = issue(second, "AC Um", "p256:loop1", ca=True)
    loop2 = issue(loop1, "AC Outro", "p256:loop2", ca=True)
    rows.append(("loop", [end(loop1), loop1, loop2], "Two CAs certify each other, and nobody else does."))
    for variant, chain, why in rows:
        path("forgery", variant, DOUBT, why, *chain)

    past = ca("AC Vencida", end=moment("2026-05-01"))
    path("forgery", "ca-expired", DOUBT, "The issuer's certificate has ended.", end(past), past)
    young = ca("AC Futura", start=moment("2026-07-01"))
    path("forgery", "ca-not-yet", DOUBT, "The issuer's certificate has not begun.", end(young), young)
    path("forgery", "expired", "indeterminate", "The signer's certificate has ended; no time stamp (OUT_OF_BOUNDS_NO_POE).",
        short(), people().ca, at=LATER)
    path("forgery", "not-yet", FAIL, "The signer's certificate has not begun (NOT_YET_VALID).",
        end(good, start=moment("2026-07-01")), good)
    path("forgery", "reversed-validity", DOUBT, "notAfter before notBefore.",
        end(good, start=moment("2027-01-01"), end=moment("2025-01-01")), good)
    case("K4", "expired-stamped", "genuine", GOOD, "The same signer with a time stamp before the end; no revocation data.",
         lambda: bt(short()), at=LATER)
    case("K4", "expired-stamped-evidence", "genuine", [GOOD, GOOD],
         "The same, with revocation data from before the end, and a fresh list for the time stamp.",
         lambda: add_dss(bt(short()), lists(signer=short()) + Evidence([], [crl(root, this=moment("2026-08-20"))])),
             at=LATER, revocation=BOTH)
    case("K4", "expired-stamped-old-evidence", "genuine", [MOSTLY, MOSTLY],
         "The same; the time-stamping authority's list has aged.",
         lambda: add_dss(bt(short()), lists(signer=short())), at=LATER, revocation=BOTH)

    right = ca("AC Um Nivel", extensions={"bc": basic_constraints(True, 0)})
    path("genuine", "path-length-kept", GOOD, "pathLenConstraint 0, and a leaf below.", end(right), right)
    inside = ca("AC Com Nomes", extensions={"nc": permitted(directory(), ctx_plain(1, b"exemplo.org"))})
    path("genuine", "name-kept", MOSTLY, "Name constraints that are kept.",
        end(inside, extensions={"san": mail("rui@exemplo.org")}), inside)
    agreed = ca("AC De Acordo", extensions={"pc": extension("2.5.29.36", NO_POLICY, True),
        "cp": policies("1.2.3.1", "1.2.3.2")})
    path("genuine", "policy-kept", MOSTLY, "An explicit policy is required and there.",
        end(agreed, extensions={"cp": policies("1.2.3.2")}), agreed)
    path("genuine", "unknown-extension", GOOD, "An unknown extension, not critical.",
        end(good, extensions={"x": extension("1.3.6.1.4.1.55555.8", NULL)}), good)
    path("genuine", "only-digital-signature", GOOD, "Key usage digitalSignature only, as gov.br has it.",
        end(good, extensions={"ku": key_usage("digitalSignature")}), good)
    path("genuine", "only-non-repudiation", GOOD, "Key usage nonRepudiation only.",
        end(good, extensions={"ku": key_usage("nonRepudiation")}), good)
    path("genuine", "no-key-usage", MOSTLY, "No key usage at all.", end(good, extensions={"ku": None}), good)
    path("genuine", "no-key-ids", GOOD, "No key identifiers anywhere.",
         end(ca("AC Sem Ids", extensions={"aki": None, "ski": None}), extensions={"aki": None, "ski": None}),
             ca("AC Sem Ids", extensions={"aki": None, "ski": None}))
    twin = issue(None, "AC de Prova", "p256:look-alike", ca=True)
    path("genuine", "look-alike-beside", GOOD, "A CA of equal name and other key is embedded before the right one.",
        end(good), twin, good)
    spelled = end(good, issuer_name=dn("AC de Prova", string=printable))
    path("genuine", "name-other-string-type", MOSTLY, "The issuer's name in another string type: equal under RFC 5280.",
        spelled, good)
    cross = issue(issue(None, "Outra Raiz", "p256:cross", ca=True), "Raiz de Exemplo", "rsa2048:root", ca=True)
    path("genuine", "cross-certificate", GOOD, "The anchor's cross-certificate from an unknown root is embedded too.",
        end(good), good, cross)
    ended = issue(None, "Raiz Encerrada", "p256:ended", ca=True, end=moment("2026-05-01"), start=moment("2016-01-01"))
    path("genuine", "anchor-expired", MOSTLY,
        "The anchor's own certificate has ended; whoever trusts the file trusts the key.",
         end(ended, end=moment("2028-01-01")), trust=pem(ended))
    case("K4", "long-chain", "genuine", MOSTLY, "Nine CAs.",
         lambda: (lambda chain: signed(chain[-1], certs=chain[::-1]))(long_chain(9)))
    case("K4", "mesh", "hostile", DOUBT,
         "Ten levels of four equal CAs each, all signatures good, to an unknown root: a million paths.",
         lambda: signed(mesh(10, 4)[0], certs=mesh(10, 4)))


def long_chain(count):
    chain = [people().root.issue("AC 0", "p256:long0", ca=True)]
    for level in range(1, count):
        chain.append(chain[-1].issue(f"AC {level}", f"p256:long{level}", ca=True))
    return [*chain, chain[-1].issue("Fim da Cadeia", "p256:path-leaf")]


@functools.cache
def mesh(levels, width):
    """A leaf and `levels` × `width` CAs; at each level all have one name and one key."""
    plain = {"aki": None, "ski": None}
    above, found = issue(None, "Raiz da Malha", "p256:mesh", ca=True, extensions=plain), []
    for level in range(levels):
        row = [above.issue(f"AC da Malha {level}", f"p256:mesh{level}", ca=True, extensions=plain) for _ in range(width)]
        found, above = row + found, row[0]
    return [above.issue("Signatario da Malha", "p256:path-leaf", extensions=plain), *found]


# --- K4: revocation ------------------------------------------------------------------------------------------------------------------

def k4_revoked(case):
    """Who was revoked, when, and what proves that the signature is older."""
    who = people()
    me, ca, root = who.signer, who.ca, who.root

    def row(variant, kind, expect, why, make, **how):
        case("K4", variant, kind, expect, why, make, revocation=BOTH, **how)

    def with_lists(when, reason="superseded", this=None, **how):
        return lists(revoked=[(me.serial, when, reason)], this=this or max(KNOWN, when + HOUR), **how)

    def with_answers(when, reason="superseded", this=None):
        return answers(status=(when, reason), this=this or max(KNOWN, when + HOUR))

    after = STAMPED + DAY
    for name, evidence in (("crl", with_lists), ("ocsp", with_answers)):
        row(f"revoked-before-{name}", "forgery", [DOUBT, DOUBT], "Revoked the day before; no time stamp.",
            lambda: add_dss(bb(), evidence(BEFORE)))
        row(f"revoked-before-stamped-{name}", "forgery", [DOUBT, DOUBT], "Revoked the day before the time stamp.",
            lambda: add_dss(bt(), evidence(BEFORE)))
        row(f"revoked-after-{name}", "forgery", ["indeterminate"] * 2,
            "Revoked the day after the claimed time; no time stamp (REVOKED_NO_POE).",
            lambda: add_dss(bb(), evidence(after)))
        row(f"revoked-after-stamped-{name}", "genuine", [GOOD, GOOD],
            "Revoked the day after the time stamp: the signature stands.",
            lambda: add_dss(bt(), evidence(after)))
        row(f"revoked-same-second-{name}", "forgery", [DOUBT, DOUBT], "Revoked in the very second of the time stamp.",
            lambda: add_dss(bt(), evidence(STAMPED)))
        row(f"compromised-after-stamped-{name}", "genuine", [MOSTLY, MOSTLY],
            "Key compromised the day after the time stamp.",
            lambda: add_dss(bt(), evidence(after, "keyCompromise")))
        row(f"on-hold-{name}", "forgery", [DOUBT, DOUBT], "On hold since the day before.",
            lambda: add_dss(bb(), evidence(BEFORE, "certificateHold")))
        row(f"on-hold-stamped-{name}", "forgery", [DOUBT, DOUBT], "On hold since the day before the time stamp.",
            lambda: add_dss(bt(), evidence(BEFORE, "certificateHold")))
    proven = dict(attributes=attributes(lambda a, s, c: [*a,
        attribute(CONTENT_TIMESTAMP, token(who.tsa, c, SIGNED - HOUR))]))
    row("revoked-before-content-stamp", "forgery", [FAIL, FAIL],
        "Revoked before the content was stamped: proof that signing came later (REVOKED).",
        lambda: add_dss(bt(**proven), with_lists(BEFORE)))
    row("revoked-archival", "forgery", [DOUBT, DOUBT], "The signature itself carries the list that names its signer.",
        lambda: signed(
        attributes=attributes(lambda a, s, c: [*a[:2], revocation_archival([crl(ca, [(me.serial, BEFORE, None)],
            SIGNED - HOUR), crl(root)])]), **ADBE))
    row("revoked-in-cms", "forgery", [DOUBT, DOUBT], "The list that names the signer stands in the CMS.",
        lambda: bb(crls=[crl(ca, [(me.serial, BEFORE, None)]), crl(root)]))
    clean, named = crl(ca, this=KNOWN), crl(ca, [(me.serial, BEFORE, None)], KNOWN + HOUR, number=2)
    for variant, order in (("clean-first", [clean, named]), ("clean-last", [named, clean])):
        row(f"revoked-two-lists-{variant}", "forgery", [DOUBT, DOUBT],
            "An older list without the signer beside a newer one that names her.",
            lambda: add_dss(bb(), Evidence(who.chain, [*order, crl(root)])))
    row("revoked-two-dates", "forgery", [DOUBT, DOUBT],
        "An answer says revoked before the time stamp, a list says after it.",
        lambda: add_dss(bt(), Evidence(who.chain, [crl(ca, [(me.serial, after, "superseded")], after + HOUR), crl(root)],
            [ocsp(me, ca, (BEFORE, "keyCompromise"), KNOWN, responder=who.responder)])))
    row("held-then-revoked", "forgery", [DOUBT, DOUBT],
        "On hold before the time stamp, revoked after it.",
        lambda: add_dss(bt(), Evidence(who.chain, [crl(ca, [(me.serial, BEFORE, "certificateHold")], KNOWN),
            crl(ca, [(me.serial, after, "superseded")], after + HOUR, number=2), crl(root)])))
    row("revoked-ocsp-says-good-older", "forgery", [DOUBT, DOUBT],
        "An older good answer beside a newer list that names the signer.",
        lambda: add_dss(bb(), answers() + Evidence([], [crl(ca, [(me.serial, BEFORE, None)], KNOWN + DAY), crl(root)])))
    stranger = issue(None, "OCSP Estranho", "p256:stranger")
    row("revoked-false-answer", "forgery", [DOUBT, DOUBT],
        "The list names the signer; a newer good answer comes from somebody unauthorised.",
        lambda: add_dss(bb(), Evidence(who.chain, [crl(ca, [(me.serial, BEFORE, None)]), crl(root)],
            [ocsp(me, ca, this=KNOWN + DAY, responder=stranger)])))
    row("revoked-false-list", "forgery", [DOUBT, DOUBT],
        "The list names the signer; a newer clean one has a broken signature.",
        lambda: add_dss(bb(), Evidence(who.chain, [crl(ca, [(me.serial, BEFORE, None)]),
            crl(ca, this=KNOWN + DAY, change=flipped), crl(root)])))
    row("ca-revoked-before", "forgery", [DOUBT, DOUBT], "The CA had been revoked before.",
        lambda: add_dss(bt(), lists(ca_revoked=[(ca.serial, BEFORE, "cACompromise")])))
    row("ca-revoked-before-ocsp", "forgery", [DOUBT, DOUBT], "The root answers that the CA had been revoked.",
        lambda: add_dss(bb(), Evidence(
        who.chain, [crl(ca)], [ocsp(ca, root, (BEFORE, "cACompromise"))])))
    row("ca-revoked-after-stamped", "genuine", [MOSTLY, MOSTLY], "The CA was revoked the day after the time stamp.",
        lambda: add_dss(
        bt(), Evidence([me, ca, who.tsa], [crl(ca), crl(root, [(ca.serial, after, "superseded")], after + HOUR)])))
    row("tsa-revoked-after", "genuine", [MOSTLY, MOSTLY],
        "The time-stamping authority was replaced the day after; the signer's certificate is current.",
        lambda: add_dss(bt(), Evidence([me, ca, who.tsa], [crl(ca), crl(root, [(who.tsa.serial, after, "superseded")],
            after + HOUR)])))
    for variant, where in (("first", "before"), ("last", "after")):
        both = {where: ocsp_single(me, ca, (BEFORE, None))}
        row(f"revoked-two-answers-{variant}", "forgery", [DOUBT, DOUBT], "One OCSP response says both good and revoked.",
            lambda: add_dss(bt(), answers(**both)))
        other = {where: ocsp_single(me, ca, serial=me.serial + 1)}
        row(f"revoked-among-good-{variant}", "forgery", [DOUBT, DOUBT],
            "One OCSP response: the signer revoked, another certificate good.",
            lambda: add_dss(bt(), answers(status=(BEFORE, None), **other)))
        row(f"good-among-revoked-{variant}", "genuine", [GOOD, GOOD],
            "One OCSP response: the signer good, another certificate revoked.",
            lambda: add_dss(bt(), answers(**{where: ocsp_single(me, ca, (BEFORE, None), serial=me.serial + 1)})))
    foreign = issue(None, "Outra Raiz", "p256:otherroot", ca=True)
    liar = issue(foreign, "AC de Exemplo", "p256:liar", name=ca.name, extensions={"ku": None})
    row("foreign-list", "forgery", [FAIL, FAIL],
        "The clean list comes from a leaf without key usage, under another anchor, that bears the CA's name.",
        lambda: add_dss(bb(), Evidence([*who.chain, liar], [crl(ca, signing_key=liar.key, this=KNOWN), crl(root)])),
        trust=pem(root, foreign))
    crowd = [(n, BEFORE, None) for n in range(1, 20001)]
    row("revoked-last-of-many", "forgery", [DOUBT, DOUBT], "The signer is the last of twenty thousand entries.",
        lambda: add_dss(bt(), lists(revoked=[*crowd, (me.serial, BEFORE, "keyCompromise")])))
    row("revoked-middle-of-many", "forgery", [DOUBT, DOUBT],
        "The signer is in the middle of twenty thousand entries, unsorted.",
        lambda: add_dss(bt(), lists(revoked=[*crowd[:10000], (me.serial, BEFORE, None), *crowd[10000:]])))
    row("revoked-another", "genuine", [GOOD, GOOD], "The list names others, with reasons.", lambda: add_dss(
        bt(), lists(revoked=[(me.serial + 1, BEFORE, "keyCompromise"), (me.serial - 1, BEFORE, None),
            (5, BEFORE, "certificateHold")])))


def idp(*parts):
    """issuingDistributionPoint."""
    return extension("2.5.29.28", seq(*parts), True)


def k4_evidence(case):
    """Revocation data that is not evidence. Under `required` nothing is valid without good evidence."""
    who = people()
    me, ca, root = who.signer, who.ca, who.root
    other_ca = root.issue("Outra AC", "p256:other-ca", ca=True)
    same_name = issue(None, "AC de Exemplo", "p256:same-name", ca=True)
    no_crl_sign = root.issue("AC Sem LCR", "p256:no-crl-sign", ca=True, extensions={"ku": key_usage("keyCertSign")})
    unable = no_crl_sign.issue("Sofia Exemplo Pires", "p256:path-leaf")
    critical = extension("1.3.6.1.4.1.55555.8", NULL, True)

    bad_lists = [
        ("stale", "Its nextUpdate has passed.", crl(ca, this=SIGNED - 60 * DAY, days=30)),
        ("stale-a-day", "Its nextUpdate passed the day before.",
            crl(ca, this=moment("2026-05-10"), until=moment("2026-06-09T12:00"))),
        ("future", "Issued later than now.", crl(ca, this=moment("2026-06-20"))),
        ("no-next-update", "Without nextUpdate.", crl(ca, next_update=False)),
        ("older-than-certificate", "Older than the certificate it should speak of.",
            crl(ca, this=moment("2024-06-01"), until=moment("2027-01-01"))),
        ("same-name", "Signed by another CA of equal name.", crl(same_name)),
        ("other-ca", "Of another CA.", crl(other_ca)),
        ("other-ca-renamed", "Signed by another CA in the right one's name.", crl(other_ca, name=ca.name)),
        ("other-name", "Signed by the right key in another name.", crl(ca, name=other_ca.name)),
        ("by-signer", "Signed by the signer.", crl(me, name=ca.name)),
        ("by-root", "Signed by the root in the CA's name.", crl(root, name=ca.name)),
        ("flipped", "A bit of its signature.", crl(ca, change=flipped)),
        ("cut", "Its last octets are gone.", crl(ca)[:-20]),
        ("sha1", "Signed with SHA-1.", crl(ca, scheme=pkcs1("sha1"))),
        ("md5", "Signed with MD5.", crl(ca, scheme=pkcs1("md5"))),
        ("critical", "An unknown critical extension.", crl(ca, extra=[critical])),
        ("critical-entry", "An unknown critical extension in an entry.", crl(ca, [(1, BEFORE, None)], entry_extra=critical)),
        ("only-ca", "Only for CA certificates.", crl(ca, extra=[idp(ctx_plain(2, b"\xff"))])),
        ("only-attribute", "Only for attribute certificates.", crl(ca, extra=[idp(ctx_plain(5, b"\xff"))])),
        ("some-reasons", "Only for some reasons.", crl(ca, extra=[idp(tlv(0x83, b"\1\x40"))])),
        ("indirect", "An indirect list of another issuer.", crl(other_ca, extra=[idp(ctx_plain(4, b"\xff"))])),
        ("delta", "A delta list alone.", crl(ca, number=5, extra=[extension("2.5.29.27", integer(4), True)])),
        ("garbage", "No list at all.", seq(octets(b"no list"))),
    ]
    for variant, why, value in bad_lists:
        case("K4", f"crl-{variant}", "forgery", DOUBT, f"The only list for the signer: {why}",
             lambda: add_dss(bb(), Evidence(who.chain + [other_ca], [value, crl(root)])),
             revocation="required")
    case("K4", "crl-no-crl-sign", "forgery", DOUBT, "The CA's key usage lacks cRLSign.", lambda: add_dss(
        signed(unable, certs=[unable, no_crl_sign]), Evidence([], [crl(no_crl_sign), crl(root)])), revocation="required")
    case("K4", "crl-none-for-ca", "forgery", DOUBT, "Evidence for the signer, none for the CA.",
         lambda: add_dss(bb(), Evidence(who.chain, [crl(ca)])),
         revocation="required")
    case("K4", "crl-none-for-signer", "forgery", DOUBT, "Evidence for the CA, none for the signer.",
         lambda: add_dss(bb(), Evidence(who.chain, [crl(root)])),
         revocation="required")
    case("K4", "crl-none", "forgery", DOUBT, "A DSS with certificates only.", lambda: add_dss(bb(), Evidence(who.chain)),
         revocation="required")
    case("K4", "crl-in-vain", "genuine", [DOUBT, "valid indeterminate"],
         "A stale list; where evidence is not required it says nothing.",
         lambda: add_dss(bb(), Evidence(who.chain, [bad_lists[0][2], crl(root)])), revocation=BOTH)

    at_other = responder(other_ca, "OCSP da Outra AC")
    at_root = responder(root, "OCSP da Raiz")
    bad_answers = [
        ("by-signer", "The signer answers for herself.", ocsp(me, ca, responder=me)),
        ("by-signer-with-eku", "The signer, who has OCSPSigning, answers for herself.", None),
        ("by-stranger", "A self-signed stranger answers.", ocsp(me, ca, responder=issue(None, "OCSP Estranho",
            "p256:stranger"))),
        ("by-other-ca", "Another CA's responder answers.", ocsp(me, ca, responder=at_other)),
        ("by-root-responder", "The root's responder answers for a certificate of the CA.", ocsp(me, ca, responder=at_root)),
        ("by-other-leaf", "Another leaf of the CA answers, without OCSPSigning.",
            ocsp(me, ca, responder=leaf("p256:clerk", "Escrevente"))),
        ("eku-any", "The responder has anyExtendedKeyUsage only.",
            ocsp(me, ca, responder=responder(ca, "OCSP Qualquer", eku=extended_usage("any")))),
        ("responder-expired", "The responder's certificate had ended.",
            ocsp(me, ca, responder=responder(ca, "OCSP Vencido", end=moment("2026-01-01")))),
        ("responder-missing", "The responder's certificate is nowhere.",
            ocsp(me, ca, responder=responder(ca, "OCSP Ausente", "p256:absent"), certs=[])),
        ("responder-impostor", "A responder under a CA of equal name.", ocsp(me, ca, responder=responder(same_name))),
        ("other-serial", "About another serial number.", ocsp(me, ca, responder=who.responder, serial=me.serial + 1)),
        ("other-issuer", "About the same serial number of another CA.", ocsp(me, other_ca, responder=who.responder)),
        ("other-key-hash", "issuerKeyHash is wrong.", ocsp(me, ca, responder=who.responder, issuer_key_hash=bytes(20))),
        ("flipped", "A bit of its signature.", ocsp(me, ca, responder=who.responder, signing_key=key("rsa2048:other"))),
        ("unknown", "Status unknown.", ocsp(me, ca, "unknown", responder=who.responder)),
        ("try-later", "The responder says: try later.", ocsp(me, ca, outer=3)),
        ("stale", "Its nextUpdate has passed.", ocsp(me, ca, responder=who.responder, this=SIGNED - 30 * DAY)),
        ("future", "Issued later than now.", ocsp(me, ca, responder=who.responder, this=moment("2026-06-20"))),
        ("no-next-update", "Without nextUpdate.", ocsp(me, ca, responder=who.responder, until="none")),
        ("sha1", "Signed with SHA-1.", ocsp(me, ca, responder=who.responder, scheme=pkcs1("sha1"))),
        ("garbage", "No answer at all.", seq(octets(b"no answer"))),
    ]
    vain = ca.issue("Vania Exemplo Propria", "p256:vain", extensions={"eku": extended_usage("OCSPSigning",
        "emailProtection")})
    for variant, why, value in bad_answers:
        if variant == "no-next-update":
            case("K4", f"ocsp-{variant}", "forgery", DOUBT, f"The only answer for the signer: {why}",
                 lambda: add_dss(bb(), Evidence(who.chain, [crl(root)], [value])), revocation="required")
            continue
        if variant == "by-signer-with-eku":
            case("K4", f"ocsp-{variant}", "forgery", DOUBT, why, lambda: add_dss(
                signed(vain), Evidence([ca], [crl(root)], [ocsp(vain, ca, responder=vain, this=moment("2026-06-10"))])),
                    revocation="required")
            continue
        case("K4", f"ocsp-{variant}", "forgery", DOUBT, f"The only answer for the signer: {why}",
             lambda: add_dss(bt(), Evidence([me, ca, who.tsa, other_ca, root], [crl(root)], [value])), revocation="required")
    unsure = responder(ca, "OCSP Revogado", "p256:unsure", nocheck=None)
    case("K4", "ocsp-responder-revoked", "forgery", [DOUBT, DOUBT],
         "A list names signer and responder; a newer good answer comes "
         "from that very responder.", lambda: add_dss(bb(), Evidence(
             who.chain, [crl(ca, [(unsure.serial, BEFORE - DAY, "keyCompromise"), (me.serial, BEFORE, None)]), crl(root)],
                 [ocsp(me, ca, responder=unsure, this=KNOWN + DAY)])),
         revocation=BOTH)
    case("K4", "ocsp-responder-not-exempt", "forgery", DOUBT,
         "The responder lacks ocsp-nocheck, and nothing tells its own status.", lambda: add_dss(
        bt(), Evidence([me, ca, who.tsa], [crl(root)], [ocsp(me, ca, responder=responder(ca, "OCSP Sem Nocheck",
            nocheck=None))])), revocation="required")
    case("K4", "ocsp-in-vain", "genuine", [DOUBT, "valid indeterminate"],
         "An answer about another certificate; where evidence is not required it says nothing.",
         lambda: add_dss(bt(), Evidence([me, ca, who.tsa], [crl(root)], [ocsp(me, ca, responder=who.responder, serial=7)])),
             revocation=BOTH)

    late = moment("2026-08-15")
    archive = extension("2.5.29.60", generalized(moment("2020-01-01")))
    cutoff = extension("1.3.6.1.5.5.7.48.1.6", generalized(moment("2020-01-01")))
    mine = functools.partial(bt, short())
    after = [
        ("crl-after-expiry", "forgery", DOUBT,
            "A list from after the end of the certificate, which need not name it any more.", [crl(ca, this=late)], []),
        ("crl-after-expiry-kept", "genuine", MOSTLY,
            "The same, but the CA says that it keeps expired certificates (expiredCertsOnCRL).",
                [crl(ca, this=late, extra=[archive])], []),
        ("ocsp-after-expiry", "forgery", DOUBT, "An answer from after the end of the certificate.", [],
            [ocsp(short(), ca, this=late, until=late + 30 * DAY, responder=who.responder)]),
        ("ocsp-after-expiry-kept", "genuine", MOSTLY, "The same with archiveCutoff.", [],
         [ocsp(short(), ca, this=late, until=late + 30 * DAY, responder=who.responder, extra=[cutoff])]),
    ]
    for variant, kind, expect, why, crls, ocsps in after:
        case("K4", variant, kind, expect, why, lambda: add_dss(mine(), Evidence([short(), ca, who.tsa],
             [*crls, crl(root, this=late)], ocsps)),
             at=LATER, revocation="required")


# --- K5: impostors -------------------------------------------------------------------------------------------------------------------------

ICP = dict(o="ICP-Brasil", ou="Instituto Nacional de Tecnologia da Informacao - ITI")


def k5(case):
    """CAs that anyone can make, under names that deserve trust. Never green."""
    who = people()
    names = [
        ("anchor", who.root.name, "the trusted anchor"),
        ("icp-v5", dn("Autoridade Certificadora Raiz Brasileira v5", **ICP), "the ICP-Brasil root v5"),
        ("icp-v12", dn("Autoridade Certificadora Raiz Brasileira v12", **ICP), "the ICP-Brasil root v12"),
        ("icp-v10", dn("Autoridade Certificadora Raiz Brasileira v10", **ICP),
            "an ICP-Brasil root that is not for signatures"),
        ("gov-br", dn("Autoridade Certificadora Raiz do Governo Federal do Brasil v1", o="Gov-Br"), "the gov.br root"),
    ]
    for variant, name, whom in names:
        root = issue(None, "", "p256:impostor", ca=True, name=name)
        middle = root.issue("AC Impostora", "p256:impostor-ca", ca=True)
        end = middle.issue("Zeno Exemplo Falso", "p256:impostor-leaf")
        case("K5", variant, "forgery", DOUBT, f"A root named like {whom}, embedded.",
             lambda: signed(end, certs=[end, middle, root]))
        case("K5", f"{variant}-not-embedded", "forgery", DOUBT, f"A root named like {whom}, not embedded.",
             lambda: signed(end, certs=[end, middle]))
        case("K5", f"{variant}-in-dss", "forgery", [DOUBT, DOUBT],
             f"A root named like {whom}, in the DSS with lists of its own.", lambda: add_dss(
            signed(end, certs=[end]), Evidence([end, middle, root], [crl(middle), crl(root)])), revocation=BOTH)
    real = who.root
    copied = issue(None, "", "p256:impostor", ca=True, name=real.name, serial=real.serial, key_id=real.key_id,
        start=real.start, end=real.end)
    end = copied.issue("Zeno Exemplo Falso", "p256:impostor-leaf")
    case("K5", "anchor-copied", "forgery", DOUBT, "Name, serial number, dates and key identifier of the anchor.",
         lambda: signed(end, certs=[end, copied]))
    case("K5", "anchor-copied-both", "forgery", DOUBT, "The same, with the real anchor embedded too.",
         lambda: signed(end, certs=[end, copied, real]))
    case("K5", "anchor-key-swapped", "forgery", DOUBT, "The anchor's own certificate with another key in it.",
         lambda: (lambda false: signed(
        end, certs=[end, false]))(real.cert.replace(real.spki, copied.spki)))
    alone = issue(None, "Zeno Exemplo Proprio", "p256:impostor-leaf")
    case("K5", "self-signed", "forgery", DOUBT, "A self-signed signer.", lambda: signed(alone, certs=[alone]))
    named = issue(None, "", "p256:impostor-leaf", name=who.signer.name, serial=who.signer.serial)
    case("K5", "self-signed-named", "forgery", DOUBT, "A self-signed signer named like a real one.",
         lambda: signed(named, certs=[named]))
    middle = issue(None, "", "p256:impostor-ca", ca=True, name=who.ca.name, issuer_name=real.name, serial=who.ca.serial,
        key_id=who.ca.key_id)
    end2 = middle.issue("Zeno Exemplo Falso", "p256:impostor-leaf")
    case("K5", "intermediate-copied", "forgery", DOUBT,
         "The intermediate's name, serial number and key identifier; it names the anchor as issuer.",
         lambda: signed(end2, certs=[end2, middle, real]))
    case("K5", "intermediate-beside-real", "forgery", DOUBT, "The same with the real intermediate first.",
         lambda: signed(end2, certs=[who.ca, end2, middle, real]))


# --- long-term files --------------------------------------------------------------------------------------------------------------------------

def long_term(case):
    """B-T to B-LTA as they should be, and without what they need."""
    who = people()
    me, ca, root, tsa = who.signer, who.ca, who.root, who.tsa
    good = [GOOD, GOOD]
    unproven = ["indeterminate", GOOD]

    def row(variant, expect, why, make, **how):
        case("LT", variant, "genuine", expect, why, make, revocation=BOTH, **how)

    row("bb", unproven, "No time stamp, no evidence.", bb)
    row("bt", unproven, "A time stamp, no evidence.", bt)
    case("LT", "bb-ignore", "genuine", GOOD, "No evidence, and none is asked for.", bb, revocation="ignore")
    case("LT", "bt-ignore", "genuine", GOOD, "A time stamp, no evidence, and none is asked for.", bt, revocation="ignore")
    row("bb-crl", good, "No time stamp; fresh lists in a DSS.", lambda: add_dss(bb(), lists()))
    row("bb-ocsp-stale", ["indeterminate", MOSTLY], "No time stamp; an answer that was fresh for one day, nine days ago.",
        lambda: add_dss(bb(), answers()))
    row("bb-ocsp-fresh", good, "No time stamp; an answer of today.",
        lambda: add_dss(bb(), answers(this=moment("2026-06-10T06:00"))))
    row("bt-crls-in-cms", [MOSTLY, GOOD], "A time stamp; the lists stand in the CMS's own field.",
        lambda: bt(crls=[crl(ca), crl(root)]))
    variants = [
        ("crl", {}, lists), ("ocsp", {}, answers), ("both", {}, lambda: lists() + answers()),
        ("ocsp-only", {}, lambda: answers(only=True)),
        ("ocsp-by-ca", {}, lambda: answers(responder=None)), ("ocsp-by-name", {}, lambda: answers(by_name=True)),
        ("ocsp-sha256", {}, lambda: answers(hash="sha256")),
        ("ocsp-responder-checked", {}, lambda: (lambda r: answers(responder=r) + Evidence([r], [crl(ca)]))(responder(ca,
            "OCSP Conferido", nocheck=None))),
        ("ocsp-certs-in-dss", {}, lambda: answers(certs=[]) + Evidence([who.responder])),
        ("vri", dict(vri="padded"), lists), ("vri-ocsp", dict(vri="padded"), answers),
        ("vri-type", dict(vri="padded", vri_extra=" /Type /VRI"), lists), ("vri-trimmed", dict(vri="trimmed"), lists),
        ("vri-time", dict(vri="padded", vri_extra=" /TU (D:20260601130000Z)"), lists),
        ("vri-unknown-key", dict(vri="padded", vri_key="0" * 40), lists),
        ("compressed", dict(compress=True), lists), ("direct", dict(direct=True), lists),
        ("no-certs", {}, lambda: lists().but(certs=[])),
        ("garbage-beside", {}, lambda: lists() + Evidence([b"garbage"], [b"garbage"], [b"garbage"])),
        ("foreign-beside", {}, lambda: lists() + Evidence([issue(None, "Estranha", "p256:stranger", ca=True)],
            [crl(issue(None, "Estranha", "p256:stranger", ca=True))])),
        ("many-entries", {}, lambda: lists(revoked=[(n, BEFORE, None) for n in range(1, 20001)])),
        ("user-certs-only", {}, lambda: lists(extra=[idp(ctx_plain(1, b"\xff"))])),
    ]
    for variant, how, evidence in variants:
        expect = [MOSTLY, MOSTLY] if variant in ("ocsp-only", "garbage-beside", "vri-unknown-key", "direct",
            "user-certs-only") else good
        row(f"blt-{variant}", expect, f"Time stamp and DSS: {variant.replace('-', ' ')}.",
            lambda: add_dss(bt(), evidence(), **how))
    row("blt-no-tsa", [MOSTLY, GOOD], "Evidence for the signer's path, none for the time-stamping authority.",
        lambda: add_dss(signed(unsigned=stamped(tsa2()[0], STAMPED, certs=tsa2())), lists()))
    row("blt-leaf-only", good, "The CMS carries the signer's certificate alone; the DSS has the rest.",
        lambda: add_dss(bt(certs=[me]), lists()))
    row("blt-twice", good, "A second DSS revision adds to the first.",
        lambda: add_dss(add_dss(bt(), lists(), vri="padded"), answers()))
    row("blt-xref-stream", good, "The document has cross-reference streams.", lambda: add_dss(
        bt(pdf=streamed()), lists(), vri="padded"))

    def blta(**how):
        return timestamp_document(add_dss(bt(**how), lists(), vri="padded"), tsa, KNOWN + HOUR)

    row("blta", good, "With a DocTimeStamp.", blta)
    row("blta-typed-sig", good, "The DocTimeStamp's dictionary says /Type /Sig.", lambda: timestamp_document(
        add_dss(bt(), lists()), tsa, KNOWN + HOUR, kind=b"/Sig"))
    row("blta-untyped", [MOSTLY, MOSTLY], "The DocTimeStamp's dictionary has no /Type.",
        lambda: timestamp_document(add_dss(bt(), lists()), tsa, KNOWN + HOUR, kind=None))
    row("blta-appearance", good, "The DocTimeStamp's widget has an empty appearance, as PDF/A asks.",
        lambda: timestamp_document(
        add_dss(bt(), lists()), tsa, KNOWN + HOUR, look=True))
    row("blta-ocsp", good, "OCSP and a DocTimeStamp.", lambda: timestamp_document(add_dss(bt(), answers()), tsa,
        KNOWN + HOUR))
    row("blta-no-signature-stamp", good, "The DocTimeStamp is the only time stamp.",
        lambda: timestamp_document(add_dss(bb(), lists()), tsa, KNOWN + HOUR))
    row("blta-stamp-first", good, "DocTimeStamp, then DSS, then DocTimeStamp.", lambda: timestamp_document(
        add_dss(timestamp_document(bb(), tsa, STAMPED), lists()), tsa, KNOWN + HOUR))
    row("blta-and-dss", good, "A DSS for the DocTimeStamp's authority after it.",
        lambda: add_dss(blta(), Evidence([tsa], [crl(root, this=KNOWN + DAY)])))
    row("blta-short", good, "A signer whose certificate ends soon; everything is covered and fresh.",
        lambda: timestamp_document(add_dss(
        bt(short()), lists(signer=short())), tsa, KNOWN + HOUR), at="2026-06-25T12:00:00Z")
    row("blta-short-later", [MOSTLY, MOSTLY], "The same, judged after the end, when the root's list has aged.",
        lambda: timestamp_document(add_dss(
        bt(short()), lists(signer=short())), tsa, KNOWN + HOUR), at=LATER)

    def second(data):
        you = leaf("rsa2048:other", "Carla Exemplo Reis")
        return sign(data, lambda c: signed_data(c, you, certs=[you, ca], unsigned=stamped(tsa, STAMPED + HOUR)),
            when=SIGNED + HOUR)

    row("two-signatures", good, "Two people sign, then DSS and DocTimeStamp.", lambda: timestamp_document(add_dss(
        second(bt()), lists(this=KNOWN + HOUR), vri="padded", vri_of=(0, 1)), tsa, KNOWN + 2 * HOUR))
    row("two-signatures-dss-between", good, "One signs, DSS, another signs, DSS again.", lambda: add_dss(
        second(add_dss(bt(), lists())), lists(this=KNOWN + HOUR)))
    row("two-signatures-stamp-between", good, "One signs, DSS and DocTimeStamp, another signs.",
        lambda: add_dss(second(blta()), lists(this=KNOWN + 2 * HOUR)))
    for p in (1, 2, 3):
        def certified():
            return sign(certidao(), lambda c: signed_data(c, me, certs=who.chain, unsigned=stamped(tsa, STAMPED)), certify=p)
        row(f"certified-p{p}-dss", good, f"Certified with P={p}, then a DSS, which the norm allows.",
            lambda: add_dss(certified(), lists()))
        row(f"certified-p{p}-blta", good, f"Certified with P={p}, then DSS and DocTimeStamp.",
            lambda: timestamp_document(add_dss(certified(), lists()), tsa, KNOWN + HOUR))
    archived = [("crl", dict(crls=[crl(ca, this=SIGNED - HOUR), crl(root, this=SIGNED - HOUR)])),
                ("ocsp", dict(ocsps=[ocsp(me, ca, this=SIGNED - HOUR, until=SIGNED + 20 * DAY, responder=who.responder),
                    ocsp(ca, root, this=SIGNED - HOUR, until=SIGNED + 20 * DAY)])),
                ("both", dict(crls=[crl(root, this=SIGNED - HOUR)],
                    ocsps=[ocsp(me, ca, this=SIGNED - HOUR, until=SIGNED + 20 * DAY, responder=who.responder)]))]
    for variant, what in archived:
        row(f"archival-{variant}", good, "adbe.pkcs7.detached with its evidence in adbe-revocationInfoArchival.",
            lambda: signed(
            attributes=attributes(lambda a, s, c: [*a[:2], revocation_archival(**what)]), **ADBE))
        row(f"archival-{variant}-stamped", [MOSTLY, GOOD] if variant == "ocsp" else good, "The same with a time stamp.",
            lambda: bt(
            attributes=attributes(lambda a, s, c: [*a[:2], revocation_archival(**what)]), **ADBE))
    row("archival-empty", unproven, "An empty adbe-revocationInfoArchival.", lambda: signed(
        attributes=attributes(lambda a, s, c: [*a[:2], revocation_archival()]), **ADBE))
    row("archival-stale", ["indeterminate", MOSTLY], "Archived answers that were fresh for one day.",
        lambda: signed(attributes=attributes(lambda a, s, c: [
        *a[:2], revocation_archival(ocsps=[ocsp(me, ca, this=SIGNED - HOUR, responder=who.responder),
            ocsp(ca, root, this=SIGNED - HOUR)])]), **ADBE))


@functools.cache
def tsa2():
    """An authority under a CA of its own, which publishes no list, and that CA."""
    above = people().root.issue("AC do Tempo de Exemplo", "p256:tsa-ca", ca=True)
    return authority(above, "ACT subordinada"), above


def streamed():
    """The certidão in another outer form."""
    read = rawpdf.Pdf(certidao())
    doc = rawpdf.Doc()
    for number in sorted(n for n in read.places if n):
        doc.add(read.raw(number), number)
        doc.next = max(doc.next, number + 1)
    doc.root = read.root
    return doc.write("objstm")


def decades(case):
    """Archives that outlive their certificates; on curves, which no table ends yet."""
    who = people("p256")
    second = authority(who.root, "ACT de 2030", "p256:tsa-2030", start=moment("2030-01-01"), end=moment("2040-01-01"))
    third = authority(who.root, "ACT de 2035", "p256:tsa-2035", start=moment("2035-01-01"), end=moment("2044-01-01"))
    trust = who.trust

    def first():
        return timestamp_document(add_dss(bt(who=who), lists(who), vri="padded"), who.tsa, KNOWN + HOUR)

    def fresh(data, authority_, day):
        return add_dss(data, Evidence([authority_], [crl(who.root, this=moment(day))]))

    def renewed():
        return timestamp_document(fresh(first(), who.tsa, "2031-02-01"), second, moment("2031-02-02"))

    def again():
        return timestamp_document(fresh(renewed(), second, "2036-02-01"), third, moment("2036-02-02"))

    def row(variant, expect, why, make, at):
        case("LT", variant, "genuine", expect, why, make, at=at, revocation=BOTH, trust=trust)

    row("curves", [GOOD, GOOD], "B-LTA, all on P-256.", first, JUDGED)
    row("in-2030", [MOSTLY, MOSTLY],
        "B-LTA judged in 2030, after the signer's certificate has ended; no newer evidence for the authority.", first,
            "2030-06-01T12:00:00Z")
    row("in-2030-fresh", [GOOD, GOOD], "The same with a list of 2030.", lambda: fresh(first(), who.tsa, "2030-05-20"),
        "2030-06-01T12:00:00Z")
    row("in-2033-not-renewed", ["indeterminate"] * 2,
        "B-LTA in 2033: the authority's certificate has ended, nobody renewed.", first, "2033-06-01T12:00:00Z")
    row("renewed", [GOOD, GOOD], "Renewed in 2031, judged in 2033.", lambda: fresh(renewed(), second, "2033-05-20"),
        "2033-06-01T12:00:00Z")
    row("renewed-twice", [GOOD, GOOD], "Renewed in 2031 and 2036, judged in 2037.",
        lambda: fresh(again(), third, "2037-05-20"), "2037-06-01T12:00:00Z")
    row("renewed-too-late", ["indeterminate"] * 2, "Renewed in 2033, after the authority's certificate had ended.",
        lambda: fresh(timestamp_document(
        fresh(first(), who.tsa, "2031-02-01"), second, moment("2033-02-02")), second, "2033-05-20"), "2033-06-01T12:00:00Z")


# --- files by pyHanko ---------------------------------------------------------------------------------------------------------------------------

def by_pyhanko(case):
    """The same levels by an independent producer."""
    from asn1crypto import crl as asn1_crl
    from asn1crypto import keys, ocsp as asn1_ocsp, x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.sign.timestamps import DummyTimeStamper
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    who = people()

    def private(own):
        p, q = own.primes
        d = pow(own.e, -1, (p - 1) * (q - 1))
        numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(own.e, own.n))
        return keys.PrivateKeyInfo.load(numbers.private_key().private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))

    def cert(entity):
        return x509.Certificate.load(entity.cert)

    store = SimpleCertificateStore()
    store.register_multiple([cert(who.ca), cert(who.root)])
    stamper = DummyTimeStamper(cert(who.tsa), private(who.tsa.key), store, fixed_dt=STAMPED)

    class Dated(signers.PdfSigner):
        """Signs at our time, not at the clock's."""

        def init_signing_session(self, *args, **kwargs):
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = SIGNED
            return session

    def make(evidence, *, lta=False, stamp=True, adbe=False, certify=False):
        def context():
            return ValidationContext(
                trust_roots=[cert(who.root)], other_certs=[cert(who.ca)], allow_fetching=False, moment=KNOWN + HOUR,
                    revocation_mode="hard-fail",
                crls=[asn1_crl.CertificateList.load(x) for x in evidence.crls],
                    ocsps=[asn1_ocsp.OCSPResponse.load(x) for x in evidence.ocsps])
        kind = fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED if adbe else fields.SigSeedSubFilter.PADES
        metadata = signers.PdfSignatureMetadata(
            field_name="Assinatura1", md_algorithm="sha256", subfilter=kind, embed_validation_info=True,
                validation_context=context(), use_pades_lta=lta,
            certify=certify, docmdp_permissions=fields.MDPPerm.FILL_FORMS)
        signer = signers.SimpleSigner(cert(who.signer), private(who.signer.key), store)
        tool = Dated(metadata, signer, timestamper=stamper if stamp else None)
        return tool.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(certidao()))).getvalue()

    early = dict(this=SIGNED - HOUR)
    rows = [
        ("lt-crl", "B-LT with lists", lambda: make(lists(**early))),
        ("lt-ocsp", "B-LT with OCSP", lambda: make(answers(this=SIGNED - HOUR, until=SIGNED + 20 * DAY) + Evidence([],
            [crl(who.root, this=SIGNED - HOUR)]))),
        ("lta-crl", "B-LTA with lists", lambda: make(lists(**early), lta=True)),
        ("lta-certified", "B-LTA, certified with P=2", lambda: make(lists(**early), lta=True, certify=True)),
        ("adbe-archival", "adbe.pkcs7.detached with adbe-revocationInfoArchival",
            lambda: make(lists(**early), adbe=True, stamp=False)),
        ("adbe-archival-stamped", "the same with a time stamp", lambda: make(lists(**early), adbe=True)),
    ]
    for variant, why, produce in rows:
        case("LT", f"pyhanko-{variant}", "genuine", [GOOD, GOOD], f"Made by pyHanko: {why}.", produce, revocation=BOTH)


# --- attacks on the DSS --------------------------------------------------------------------------------------------------------------------------

def dss_attacks(case):
    """Revisions that take evidence away, exchange it, or change more than evidence."""
    who = people()
    me, ca, root, tsa = who.signer, who.ca, who.root, who.tsa
    page_of = rawpdf.Pdf(certidao()).pages()[0]
    body_of = rawpdf.number_of(rawpdf.Pdf(certidao()).dict(page_of)["Contents"])
    lie = b"BT /F1 12 Tf 72 760 Td (Nome: Outra Pessoa) Tj ET"

    def base(archived=False):
        data = add_dss(bt(), lists(), vri="padded")
        return timestamp_document(data, tsa, KNOWN + HOUR) if archived else data

    def later(data, edit):
        update = rawpdf.Update(data)
        edit(update)
        return update.finish()

    def dss_of(update):
        number = rawpdf.number_of(update.dict(update.pdf.root)["DSS"])
        return number, update.dict(number)

    def first_of(update, name):
        return rawpdf.number_of(rawpdf.elements(dss_of(update)[1][name])[0])

    def vri_of(update):
        return rawpdf.number_of(next(iter(rawpdf.entries(dss_of(update)[1]["VRI"]).values())))

    impostor = issue(None, "AC de Exemplo", "p256:impostor", ca=True)
    edits = [
        ("removed", "/DSS is gone from the catalog.", lambda u: u.edit(u.pdf.root, DSS=None)),
        ("emptied", "The DSS is there and empty.", lambda u: u.put(dss_of(u)[0], b"<< /Type /DSS >>")),
        ("crls-removed", "/CRLs is gone.", lambda u: u.edit(dss_of(u)[0], CRLs=None)),
        ("crl-entry-removed", "One list is gone from the array.",
            lambda u: u.edit(dss_of(u)[0], CRLs=rawpdf.array(*rawpdf.elements(dss_of(u)[1]["CRLs"])[1:]))),
        ("certs-removed", "/Certs is gone.", lambda u: u.edit(dss_of(u)[0], Certs=None)),
        ("vri-removed", "/VRI is gone.", lambda u: u.edit(dss_of(u)[0], VRI=None)),
        ("crl-overwritten", "The object of a list now holds another.",
            lambda u: u.put(first_of(u, "CRLs"), rawpdf.stream(crl(ca, this=KNOWN + HOUR)))),
        ("crl-garbage", "The object of a list now holds garbage.",
            lambda u: u.put(first_of(u, "CRLs"), rawpdf.stream(b"garbage"))),
        ("cert-swapped", "The object of a certificate now holds a look-alike.",
            lambda u: u.put(first_of(u, "Certs"), rawpdf.stream(impostor.cert))),
        ("crl-freed", "The object of a list is freed.", lambda u: u.free(first_of(u, "CRLs"))),
        ("vri-overwritten", "The VRI entry names other data.",
            lambda u: u.put(vri_of(u), b"<< /CRL [%s] >>" % rawpdf.ref(u.new(rawpdf.stream(crl(impostor)))))),
        ("vri-emptied", "The VRI entry names nothing.", lambda u: u.put(vri_of(u), b"<< >>")),
        ("dss-is-page", "/DSS points to the page.", lambda u: u.edit(u.pdf.root, DSS=rawpdf.ref(page_of))),
    ]
    for variant, why, edit in edits:
        for name, archived in (("", False), ("-archived", True)):
            case("DSS", f"{variant}{name}", "forgery", FAIL,
                 f"{why} {'A DocTimeStamp covers the DSS as it was.' if archived else ''}",
                 lambda: later(base(archived), edit))
    hidden = "A DSS revision that also "
    riders = [
        ("rider-content", "rewrites the page's content.", lambda u: u.put(body_of, rawpdf.stream(lie))),
        ("rider-contents", "gives the page another content stream.",
            lambda u: u.edit(page_of, Contents=rawpdf.ref(u.new(rawpdf.stream(lie))))),
        ("rider-annotation", "adds an annotation over the text.", lambda u: u.append_to(page_of, "Annots", rawpdf.ref(u.new(
            b"<< /Type /Annot /Subtype /FreeText /Rect [60 700 500 800] /DA (/F1 12 Tf) /Contents (Outra Pessoa) /F 4 >>")))),
        ("rider-open-action", "adds an /OpenAction.", lambda u: u.edit(u.pdf.root,
            OpenAction=b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>")),
        ("rider-mediabox", "moves the page's box.", lambda u: u.edit(page_of, MediaBox=b"[0 0 595 400]")),
        ("rider-names", "adds a name tree.",
            lambda u: u.edit(u.pdf.root, Names=b"<< /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>")),
        ("rider-form", "takes away the signature's field.", lambda u: u.edit(u.pdf.root,
            AcroForm=b"<< /Fields [] /SigFlags 3 >>")),
    ]
    for variant, why, edit in riders:
        case("DSS", variant, "forgery", FAIL, hidden + why, lambda: add_dss(bt(), lists(), change=edit))
        case("DSS", f"{variant}-stamped", "forgery", FAIL, hidden + why + " A DocTimeStamp covers it.",
             lambda: timestamp_document(add_dss(bt(), lists(), change=edit), tsa, KNOWN + HOUR))
        case("DSS", f"{variant}-in-stamp", "forgery", FAIL, "A DocTimeStamp's own revision that also " + why,
             lambda: timestamp_document(add_dss(bt(), lists()), tsa, KNOWN + HOUR, change=edit))

    def reused(update):
        """The page's content becomes an element of /Certs: reachable as evidence, and shown."""
        holder, body = dss_of(update)
        update.put(body_of, rawpdf.stream(lie))
        update.put(holder, rawpdf.changed(update.raw(holder),
            Certs=rawpdf.array(rawpdf.ref(body_of), *rawpdf.elements(body["Certs"]))))

    case("DSS", "content-as-evidence", "forgery", FAIL, "The page's content stream is rewritten and listed in /Certs.",
         lambda: add_dss(bt(), lists(), change=reused))
    case("DSS", "content-as-evidence-stamped", "forgery", FAIL, "The same under a DocTimeStamp.",
         lambda: timestamp_document(add_dss(bt(), lists(), change=reused), tsa, KNOWN + HOUR))

    def shown(update):
        """The evidence becomes content."""
        certs = rawpdf.elements(dss_of(update)[1]["Certs"])
        update.put(rawpdf.number_of(certs[0]), rawpdf.stream(lie)).edit(page_of, Contents=certs[0])

    case("DSS", "evidence-as-content", "forgery", FAIL, "A stream of /Certs is made the page's content.",
         lambda: add_dss(bt(), lists(), change=shown))

    def visible(update):
        """The time stamp's widget gets an appearance that covers the page."""
        for known, _, body in list(update.objects):
            if b"/FT /Sig" in body:
                look = update.new(rawpdf.stream(b"1 1 1 rg 0 0 595 842 re f",
                    b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]"))
                update.put(known, rawpdf.changed(body, Rect=b"[0 0 595 842]", AP=b"<< /N %s >>" % rawpdf.ref(look)))

    case("DSS", "stamp-covers-page", "forgery", FAIL, "The DocTimeStamp's widget covers the page.",
         lambda: timestamp_document(add_dss(bt(), lists()), tsa, KNOWN + HOUR, change=visible))

    def elsewhere(update):
        """The same, and the widget says that it stands on a large page that is in no page tree."""
        visible(update)
        for known, _, body in list(update.objects):
            if b"/FT /Sig" in body:
                page = update.new(b"<< /Type /Page /MediaBox [0 0 90000 90000] >>")
                update.put(known, rawpdf.changed(body, P=rawpdf.ref(page), F=b"4"))

    for name, before in (("", bb), ("-archived", lambda: add_dss(bt(), lists()))):
        case("DSS", f"stamp-elsewhere{name}", "forgery", FAIL,
             "The DocTimeStamp's widget covers the page, but its /P names another.",
             lambda: timestamp_document(before(), tsa, KNOWN + HOUR, change=elsewhere))
    revoked = lists(revoked=[(me.serial, BEFORE, "keyCompromise")])
    case("DSS", "revocation-forgotten", "forgery", [FAIL, FAIL],
         "A DSS says that the signer was revoked; a later one leaves that list out and brings an older, clean one.",
         lambda: add_dss(add_dss(bt(), revoked), lists(this=SIGNED + timedelta(minutes=10)), keep=False), revocation=BOTH)
    case("DSS", "revocation-overwritten", "forgery", [FAIL, FAIL],
         "The stream of the list that names the signer is overwritten with a clean one.",
         lambda: later(add_dss(bt(), revoked), lambda u: u.put(first_of(u, "CRLs"), rawpdf.stream(crl(ca)))),
             revocation=BOTH)
    case("DSS", "look-alike-added", "forgery", [DOUBT, DOUBT],
         "A DSS brings the look-alike CA that makes a forged signer fit.", lambda: (lambda end: add_dss(
        signed(end, certs=[end]),
            Evidence([end, impostor], [crl(impostor), crl(root)])))(impostor.issue("Zeno Exemplo Falso",
                "p256:impostor-leaf")), revocation=BOTH)
    case("DSS", "not-signed", "unsigned", "unsigned indeterminate invalid", "A DSS and a DocTimeStamp, but no signature.",
         lambda: timestamp_document(
        add_dss(certidao(), lists()), tsa, KNOWN + HOUR))
    case("DSS", "many-streams", "hostile", "valid indeterminate invalid", "Three thousand certificates in the DSS.",
         lambda: add_dss(
        bt(), lists() + Evidence([seq(integer(n), octets(bytes(200))) for n in range(3000)])))
    case("DSS", "huge-list", "hostile", "valid indeterminate invalid", "A list of two hundred thousand entries.",
         lambda: add_dss(bt(), lists(revoked=[(n, BEFORE, None) for n in range(1, 200001)])))
    case("DSS", "bomb", "hostile", "valid indeterminate invalid", "A DSS stream that inflates to 200 MB.", lambda: add_dss(
        bt(), lists() + Evidence([bytes(200_000_000)]), compress=True))
    case("DSS", "loop", "hostile", "invalid indeterminate", "/DSS contains itself.",
         lambda: later(base(), lambda u: u.edit(dss_of(u)[0], VRI=rawpdf.ref(dss_of(u)[0]))))


# --- Z2: addresses -------------------------------------------------------------------------------------------------------------------------------

ADDRESSES = [
    ("loopback", "http://127.0.0.1:9/a"), ("loopback-name", "http://localhost:631/a"), ("loopback-six", "http://[::1]:9/a"),
        ("loopback-hex", "http://0x7f000001/a"),
    ("loopback-number", "http://2130706433/a"), ("any-address", "http://0.0.0.0/a"),
        ("link-local", "http://169.254.169.254/latest/meta-data/"),
    ("private", "http://10.0.0.1/a"), ("private-six", "http://[fd00::1]/a"), ("mapped", "http://[::ffff:127.0.0.1]/a"),
        ("file", "file:///etc/hostname"),
    ("file-host", "file://127.0.0.1/share/a"), ("ldap", "ldap://127.0.0.1/cn=AC?certificateRevocationList"),
        ("ldap-no-host", "ldap:///cn=AC"), ("ftp", "ftp://127.0.0.1/a"),
    ("javascript", "javascript:alert(1)"), ("data", "data:application/pkix-crl;base64,MAA="),
        ("credentials", "http://ac.example@127.0.0.1/a"),
    ("unc", "\\\\127.0.0.1\\share\\a"), ("line-break", "http://ac.example/\r\nHost: 127.0.0.1"),
        ("long", "http://127.0.0.1/" + "a" * 6000), ("empty", ""), ("relative", "../../a"),
]


def z2(case):
    """Addresses in certificates and lists. Offline nothing is fetched: the verdict is that of the rest of the file."""
    who = people()
    for variant, url in ADDRESSES:
        places = {"cdp": crl_points(url, url), "aia": authority_access([url], [url])}
        end = who.ca.issue(f"Endereco {variant}", "rsa2048:signer", extensions=places)
        case("Z2", variant, "hostile", ["indeterminate", GOOD], "CRL, OCSP and issuer addresses: " + repr(url[:60]),
             lambda: signed(end), revocation=BOTH)
    end = who.ca.issue("Endereco com Provas", "rsa2048:signer",
        extensions={"cdp": crl_points("http://127.0.0.1:9/a"), "aia": authority_access([], ["http://127.0.0.1:9/b"])})
    case("Z2", "with-evidence", "hostile", [GOOD, GOOD], "Local addresses, and all evidence in the DSS.",
         lambda: add_dss(bt(end), lists(signer=end)), revocation=BOTH)
    case("Z2", "issuer-elsewhere", "hostile", DOUBT, "The issuer's certificate is only to be had from a local address.",
         lambda: signed(end, certs=[end]))
    case("Z2", "many-addresses", "hostile", MOSTLY, "Five thousand addresses.", lambda: signed(who.ca.issue(
        "Muitos Enderecos", "rsa2048:signer", extensions={"cdp": crl_points(*(f"http://127.0.0.1:{n}/a" for n in range(1,
            5001)))})))
    local = authority(who.root, "ACT Local", aia=authority_access(["http://127.0.0.1:9/a"], ["http://127.0.0.1:9/b"]))
    case("Z2", "time-stamp", "hostile", ["indeterminate", GOOD],
         "Local addresses in the time-stamping authority's certificate.", lambda: bt(tsa=local), revocation=BOTH)
    freshest = extension("2.5.29.46", seq(seq(ctx(0, ctx(0, ctx_plain(6, b"http://127.0.0.1:9/delta"))))))
    case("Z2", "freshest", "hostile", GOOD, "A freshestCRL address in the list.",
         lambda: add_dss(bt(), lists(extra=[freshest])))
    case("Z2", "policy-address", "hostile", MOSTLY, "A signature policy to be had from a local address.", lambda: signed(
        attributes=attributes(lambda a, s, c: [*a, attribute("1.2.840.113549.1.9.16.2.15",
            seq(oid("1.3.6.1.4.1.55555.4"), seq(hash_algorithm("sha256"), octets(bytes(32))), seq(
            seq(oid("1.2.840.113549.1.9.16.5.1"), tlv(22, b"http://127.0.0.1:9/policy.der")))))])))


def build(corpus):
    case = Cases(corpus)
    for part in (k3_tokens, k3_document_stamps, k3_genuine, k4_paths, k4_revoked, k4_evidence, k5, long_term, decades,
        by_pyhanko, dss_attacks, z2):
        try:
            part(case)
        except Exception:  # what a part prepares for all its rows
            import traceback
            corpus.failures.append(f"{part.__name__}:\n{traceback.format_exc()}")


if __name__ == "__main__":
    main(build)

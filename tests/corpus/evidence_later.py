"""Revocations after the signing, and revocations in lists of an odd scope (K3, K4).

And genuine neighbours (LT): somebody really was revoked later, by evidence in order.
"""

from attacks_evidence import AFTER
from cms_attacks import ADBE, DOUBT, FAIL, GOOD, bare
from evidence import BEFORE, KNOWN, STAMPED, bt, idp
from evidence_believed import UNKNOWN, compromised, long_term, table
from pki_common import (
    DAY,
    HOUR,
    Cases,
    Evidence,
    add_dss,
    bits,
    crl,
    ctx,
    ctx_plain,
    dn,
    extension,
    integer,
    key_usage,
    main,
    moment,
    octets,
    ocsp,
    oid,
    people,
    seq,
    set_of,
    time,
    usual,
    utf8,
)

LOST = STAMPED + DAY


def said_later(case):
    """A revocation after the time of the signature says that until then all was well: who says so has to be believed."""
    who = people()
    ca, root, me = who.ca, who.root, who.signer
    told = crl(root, compromised(ca, LOST), LOST + DAY, number=2)
    later = [(me.serial, LOST + 3 * HOUR, "superseded")]
    after = [(me.serial, STAMPED + DAY, "superseded")]
    far = [(me.serial, moment("2035-01-01"), "superseded")]
    rows = [
        ("later-by-a-thief", "The CA's key was lost; whoever has it says that the signer was revoked later.",
            lambda: long_term(told, crl(ca, later, LOST + 4 * HOUR))),
        ("later-by-a-thief-answered", "The same in an answer.",
            lambda: long_term(told, ocsps=[ocsp(me, ca, later[0][1:], this=LOST + 4 * HOUR)])),
        ("later-odd", "The list has a critical extension that nobody knows.",
            lambda: long_term(crl(root), crl(ca, after, STAMPED + 2 * DAY, extra=[UNKNOWN]))),
        ("later-from-the-future", "The list was made years after the judgement.",
            lambda: long_term(crl(root), crl(ca, far, moment("2034-01-01")))),
        ("later-on-hold", "The CA was suspended; what it says afterwards may be anybody's word.",
            lambda: long_term(crl(root, [(ca.serial, LOST, "certificateHold")], LOST + DAY, number=2),
                crl(ca, this=STAMPED + 2 * HOUR))),
    ]
    table(case, "K4", "forgery", DOUBT, rows, revocation="required")
    rows = [
        ("later-in-order", "The signer was superseded a day after the stamp, says a list in order.",
            lambda: long_term(crl(root), crl(ca, after, STAMPED + 2 * DAY))),
        ("later-in-order-answered", "The same in an answer.",
            lambda: long_term(crl(root), ocsps=[ocsp(me, ca, after[0][1:], this=STAMPED + 2 * DAY)])),
    ]
    table(case, "LT", "genuine", GOOD, rows, revocation="required")
    second = ca.issue("AC Segunda", "rsa2048:second-ca", ca=True)
    leaf = second.issue("Forjado Dois", "rsa2048:forged-two")

    def below(*crls):
        signed = bt(leaf, certs=[leaf, second, ca], attributes=bare, **ADBE)
        return add_dss(signed, Evidence([leaf, second, ca, who.tsa], [told, *crls]))

    case("K4", "lost-above", "forgery", DOUBT, "The lost CA calls the one that it made superseded, as if that mended it.",
        lambda: below(crl(ca, [(second.serial, LOST + HOUR, "superseded")], LOST + 2 * HOUR),
            crl(second, this=STAMPED + 2 * HOUR)), revocation="required")


def odd_scopes(case):
    """The issuer's own list names the certificate as revoked; what else it says of itself changes nothing."""
    who = people()
    ca, root, me = who.ca, who.root, who.signer
    gone = compromised(me)
    base = extension("2.5.29.27", integer(1), True)
    elsewhere = ctx(0, ctx(0, ctx_plain(6, b"http://outra.exemplo.invalid/x.crl")))
    lists = {
        "other-point": [idp(elsewhere)],
        "authorities-only": [idp(ctx_plain(2, b"\xff"))],
        "unreadable": [extension("2.5.29.28", seq(ctx_plain(9, b"x")), True)],
        "delta": [base, idp(elsewhere)],
    }
    for name, extra in lists.items():
        odd = crl(ca, gone, KNOWN, extra=extra, number=2)
        case("K3", f"scope-{name}", "forgery", FAIL, "Revoked before signing, in a list of an odd scope.",
            lambda odd=odd: long_term(crl(root), crl(ca, this=KNOWN - HOUR), odd), revocation="required")
    early = [(me.serial, BEFORE, "keyCompromise"), (me.serial, AFTER, "superseded")]
    for name, entries in (("first", early), ("last", early[::-1])):
        case("K3", f"two-entries-{name}", "forgery", FAIL, "Two entries, of which the earlier counts.",
            lambda entries=entries: long_term(crl(root), crl(ca, entries, AFTER + DAY)), revocation="required")


def other_hands(case):
    """A key has several certificates, or a name several keys: what is lost is lost, and not everybody speaks for the CA."""
    who = people()
    ca, root, tsa, me = who.ca, who.root, who.tsa, who.signer
    again = root.issue("AC de Exemplo", "rsa2048:ca", ca=True, name=ca.name)
    told = crl(root, compromised(ca, LOST), LOST + DAY, number=2)
    other = ca.issue("Ana Exemplo dos Santos", "rsa2048:signer")
    forged = ca.issue("Quem Eu Quiser", "rsa2048:whoever")
    victim = ca.issue("Ana Revogada", "rsa2048:victim")
    rival = root.issue("AC Rival", "rsa2048:rival", ca=True, name=dn("AC Rival", o="Outra Empresa"))
    sham = rival.issue("x", "p256:sham", name=ca.name, extensions={"ku": key_usage("cRLSign")})
    hold = crl(ca, [(victim.serial, BEFORE, "certificateHold")], KNOWN)

    def stored(signed, certificates, *crls):
        return add_dss(signed, Evidence([*certificates, tsa], list(crls)))

    rows = [
        ("twin-of-a-lost-ca", "The CA's key was lost, says the root of its first certificate; the path goes over the second.",
            lambda: stored(bt(forged, certs=[forged, again], when=LOST + DAY), [forged, ca, again], told,
                crl(ca, this=LOST + 2 * DAY))),
        ("twin-of-a-lost-key", "The signer's key was lost, says the CA of another certificate of hers.",
            lambda: stored(bt(me, certs=[me, other, ca]), [me, other, ca], crl(ca, compromised(other), KNOWN), crl(root))),
        ("list-by-a-rival", "Another CA gave somebody the CA's name; that one's list says that all is well.",
            lambda: stored(bt(victim), [victim, ca, rival, sham], crl(root), crl(rival), crl(sham))),
        ("hold-lifted-by-a-rival", "The CA suspended the signer; the other one's list no longer has it.",
            lambda: stored(bt(victim), [victim, ca, rival, sham], crl(root), crl(rival),
                crl(sham, this=KNOWN + DAY, number=9), hold)),
        ("line-end-behind", "The list that revokes has a line end behind it.",
            lambda: stored(bt(), [me, ca], crl(ca), crl(root), crl(ca, compromised(me), KNOWN + HOUR, number=2) + b"\n")),
    ]
    table(case, "K4", "forgery", DOUBT, rows, revocation="required")
    new = root.issue("AC de Exemplo", "rsa2048:newca", ca=True, name=ca.name)
    rows = [("list-by-the-new-key", "The CA's second key, certified by the same root, signs its lists.",
        lambda: stored(bt(), [me, ca, new], crl(root), crl(new)))]
    table(case, "LT", "genuine", GOOD, rows, revocation="required")


def much_work(case):
    """Little to read, and much to do: names that unfold, extensions without number, keys that are slow."""
    who = people()
    ca, root, me = who.ca, who.root, who.signer
    long = seq(*(set_of(seq(oid("2.5.4.11"), utf8("\ufdfa" * 40))) for _ in range(60)))
    date = time(BEFORE)
    first = seq(integer(me.serial), date, seq(extension("2.5.29.29", seq(ctx(4, long)), True)))
    scheme = usual(ca.key)

    def unsigned(entries, extensions=b""):
        body = seq(integer(1), scheme.algorithm, ca.name, time(KNOWN), time(KNOWN + 30 * DAY), entries, extensions)
        return seq(body, scheme.algorithm, bits(bytes(256)))

    many = unsigned(seq(first, seq(integer(me.serial), date) * 20_000))
    odd = unsigned(b"", ctx(0, seq(seq(oid("1.2.3"), octets(b"")) * 500_000)))
    for name, bad in (("entries-of-one-long-name", many), ("extensions-without-end", odd)):
        case("Z1", name, "hostile", ["valid", "indeterminate", "invalid"], "A list that nobody signed.",
            lambda bad=bad: add_dss(bt(), Evidence([me, ca], [crl(ca), crl(root), bad]), compress=True),
            revocation="required")


def build(corpus):
    case = Cases(corpus)
    said_later(case)
    odd_scopes(case)
    other_hands(case)
    much_work(case)


if __name__ == "__main__":
    main(build)

"""How much a revocation takes away: who is revoked twice, was on hold, or lost a key that others forge with (K3, K4).

And genuine certificates of a key that an authority had under the same name before (LT). Names, times and the way files
are judged are those of `evidence`.
"""

import itertools

from attacks_evidence import AFTER
from cms_attacks import ADBE, DOUBT, FAIL, GOOD, bare, other_signer
from evidence import BEFORE, BOTH, KNOWN, LATER, STAMPED, attached, bb, bt, lists, short, tst_info
from evidence_believed import compromised, long_term, table
from pki_common import (
    DAY,
    HOUR,
    SIGNED,
    Cases,
    Evidence,
    add_dss,
    certidao,
    crl,
    enumerated,
    extension,
    generalized,
    issue,
    key_usage,
    main,
    moment,
    ocsp,
    people,
    responder,
    timestamp_document,
    tlv,
    token,
)

SUPERSEDED, LOST = ("superseded", AFTER), ("keyCompromise", AFTER)


def stamp_needed(*crls, ocsps=()):
    """The signer's key was lost half a day after the time stamp: without a good stamp the signature may be younger."""
    who = people()
    return long_term(crl(who.ca, compromised(who.signer, STAMPED + 12 * HOUR), AFTER), *crls, ocsps=ocsps)


def told(issuer, entity, *entries):
    """Lists of that issuer with one entry (reason, date) each, the next a day younger than the one before."""
    return [crl(issuer, [(entity.serial, when, reason)], AFTER + HOUR + n * DAY, number=n + 2)
        for n, (reason, when) in enumerate(entries)]


def orders(name, issuer, entity, *entries):
    """(variant, lists): either entry in the older list, and either list first in the file."""
    for pair in itertools.permutations(entries):
        crls = told(issuer, entity, *pair)
        variant = "-".join([name, *(reason for reason, _ in pair)])
        yield variant, crls
        yield f"{variant}-reversed", crls[::-1]


# --- K3, K4: two reasons ----------------------------------------------------------------------------------------------


def revoked_twice(case):
    """One source says that a certificate was superseded, which takes nothing away, another that its key was lost."""
    who = people()
    me, ca, root, tsa = who.signer, who.ca, who.root, who.tsa
    why = "Two lists give two reasons: the authority that stamped was superseded, and its key compromised."
    rows = [(variant, why, lambda crls=crls: stamp_needed(*crls))
        for variant, crls in orders("tsa", root, tsa, SUPERSEDED, LOST)]
    rows.append(("tsa-superseded-compromised-later", "The same; the compromise has a later date.",
        lambda: stamp_needed(*told(root, tsa, SUPERSEDED, ("keyCompromise", AFTER + DAY)))))
    for first, second in itertools.permutations((SUPERSEDED, LOST)):
        entries = [(tsa.serial, when, reason) for reason, when in (first, second)]
        answer = ocsp(tsa, root, first[::-1], AFTER + HOUR, until=AFTER + 30 * DAY)
        rows += [
            (f"tsa-entries-{first[0]}-{second[0]}", "The same, in two entries of one list.",
                lambda entries=entries: stamp_needed(crl(root, entries, AFTER + HOUR))),
            (f"tsa-answer-{first[0]}-list-{second[0]}", "The same; an answer gives one reason, a list the other.",
                lambda answer=answer, second=second: stamp_needed(*told(root, tsa, second), ocsps=[answer])),
        ]
    held = crl(root, [(tsa.serial, BEFORE, "certificateHold")], BEFORE + HOUR)
    retired = told(root, tsa, SUPERSEDED)
    why = "The authority was on hold when it stamped, and was superseded a day later."
    rows += [
        ("tsa-hold-superseded", why, lambda: stamp_needed(held, *retired)),
        ("tsa-hold-superseded-reversed", why, lambda: stamp_needed(*retired, held)),
    ]
    table(case, "K3", "forgery", [DOUBT, DOUBT], rows, revocation=BOTH)

    why = "Two lists give two reasons: the CA was superseded, and its key compromised; its own list may be backdated."
    clean = crl(ca, this=STAMPED + HOUR)
    rows = [(variant, why, lambda crls=crls: long_term(clean, *crls))
        for variant, crls in orders("ca", root, ca, SUPERSEDED, ("cACompromise", AFTER))]
    table(case, "K4", "forgery", [DOUBT, DOUBT], rows, revocation=BOTH)
    why = "The signer was superseded after the time stamp; by another list her key had been compromised before it."
    rows = [(variant, why, lambda crls=crls: long_term(*crls, crl(root)))
        for variant, crls in orders("signer", ca, me, SUPERSEDED, ("keyCompromise", BEFORE))]
    table(case, "K4", "forgery", [FAIL, FAIL], rows, revocation=BOTH)


# --- K4: reasons and dates --------------------------------------------------------------------------------------------


def other_reasons(case):
    """Reasons that do not say that the key was kept, and a date that the entry has beside its own."""
    who = people()
    me, ca, root = who.signer, who.ca, who.root

    def revoked(number):
        reason = extension("2.5.29.21", enumerated(number))
        return crl(root, [(ca.serial, AFTER, None)], AFTER + DAY, number=2, entry_extra=reason)

    rows = [(f"ca-reason-{name}", "The CA was revoked for that reason; its clean list may be backdated.",
        lambda number=number: long_term(crl(ca, this=STAMPED + HOUR), revoked(number)))
        for name, number in (("privilegeWithdrawn", 9), ("aACompromise", 10), ("99", 99))]
    table(case, "K4", "forgery", [DOUBT, DOUBT], rows, revocation=BOTH)
    since = extension("2.5.29.24", generalized(BEFORE))
    case("K4", "invalidity-date-not-critical", "forgery", [FAIL, FAIL],
         "Compromised after the time stamp, with an invalidityDate before it that is not critical.",
         lambda: long_term(crl(ca, compromised(me, AFTER), AFTER + HOUR, entry_extra=since), crl(root)),
         revocation=BOTH)


# --- K4: keys that nobody watches any more, and keys that are lost ----------------------------------------------------


def ended_responders(case):
    """A responder whose certificate ended long ago: nothing shows that its answer is as old as it says."""
    who = people()
    ca, root = who.ca, who.root
    me = other_signer()
    when = moment("2025-02-27")
    old = responder(ca, "OCSP Antigo", "p256:ocsp-old", end=moment("2025-03-01"))
    good = ocsp(me, ca, this=when, until=moment("2030-01-01"), responder=old)
    why = "An answer for years, dated before the end of its responder; the signature has {} time stamp."
    rows = [(f"responder-ended-{variant}", why.format(how),
        lambda make=make: add_dss(make(me), Evidence([me, ca, who.tsa], [crl(root)], [good])))
        for variant, how, make in (("stamped", "a", bt), ("unstamped", "no", bb))]
    table(case, "K4", "forgery", [DOUBT, DOUBT], rows, revocation=BOTH)


def forged_afterwards(case):
    """Whoever has the CA's key backdates certificates; what they have signed was prepared and sealed before."""
    who = people()
    ca, root, tsa = who.ca, who.root, who.tsa
    lost = crl(root, [(ca.serial, AFTER, "cACompromise")], AFTER + DAY, number=2)

    def sealed(value):
        return timestamp_document(value, tsa, KNOWN + HOUR)

    def issuer():
        middle = ca.issue("AC Subordinada Falsa", "p256:forged-ca", ca=True)
        end = middle.issue("Presidente Exemplo", "p256:forged-leaf")
        evidence = Evidence([end, ca, tsa], [crl(middle), crl(ca), crl(root)])
        return add_dss(sealed(add_dss(bt(end, certs=[end]), evidence)), Evidence([middle], [lost]))

    def signer():
        first = SIGNED - HOUR
        evidence = Evidence([ca, tsa], [crl(ca, this=first), crl(root, this=first)])
        value = timestamp_document(add_dss(certidao(), evidence), tsa, first + HOUR / 2)
        end = ca.issue("Bruno Exemplo Lima", "p256:forged-leaf")
        return add_dss(bt(end, pdf=value, attributes=bare, **ADBE), Evidence([], [lost]))

    def witness():
        me = other_signer()
        by = responder(ca, "OCSP Forjado", "p256:forged-ocsp")
        good = ocsp(me, ca, this=KNOWN, until=KNOWN + 30 * DAY, responder=by, certs=[])
        return add_dss(sealed(long_term(crl(root), ocsps=[good], signer=me)), Evidence([by], [lost]))

    rows = [
        ("forged-issuer", "The signer's CA came into the file after the CA above it had been compromised.", issuer),
        ("forged-signer", "Nothing signed names the signer's certificate; its CA has been compromised.", signer),
        ("forged-responder", "The responder came into the file after its CA had been compromised.", witness),
    ]
    table(case, "K4", "forgery", [DOUBT, DOUBT], rows, revocation=BOTH)


# --- K3: a time that is none ------------------------------------------------------------------------------------------


def times(case):
    """The signer's certificate has ended: without a good time stamp nothing shows that the signature is older."""
    who = people()
    long = tlv(24, b"2026060112050099Z")
    case("K3", "token-time-digits", "forgery", DOUBT, "genTime has two digits more than a time.",
         lambda: bb(short(), unsigned=attached(
             lambda v: token(who.tsa, v, STAMPED, info=tst_info(v, STAMPED, time=long)))), at=LATER)


# --- LT: genuine ------------------------------------------------------------------------------------------------------


def former_keys(case):
    """Certificates of a key that root or CA had before under the same name stand beside the right ones."""
    who = people()
    me, ca, root = who.signer, who.ca, who.root

    def beside(other):
        return add_dss(bb(certs=[me, ca, other]), lists())

    def rollover():
        old = issue(None, "Raiz de Exemplo", "rsa2048:root-old", ca=True, start=moment("2010-01-01"))
        return beside(old.issue("Raiz de Exemplo", "rsa2048:root", ca=True, start=root.start))

    def former():
        old = root.issue("AC de Exemplo", "rsa2048:ca-old", ca=True, start=moment("2018-01-01"))
        usage = {"ku": key_usage("keyEncipherment")}
        return beside(old.issue("Ana Exemplo dos Santos", "rsa2048:cipher", extensions=usage))

    rows = [
        ("root-rollover", "The root's new key under its old one, as RFC 4210 has it, is embedded.", rollover),
        ("former-ca-key", "The signer's certificate for ciphers, of the CA's former key, is embedded.", former),
    ]
    table(case, "LT", "genuine", [GOOD, GOOD], rows, revocation=BOTH)


def build(corpus):
    case = Cases(corpus)
    for part_of in (revoked_twice, other_reasons, ended_responders, forged_afterwards, times, former_keys):
        try:
            part_of(case)
        except Exception:  # what a part prepares for all its rows
            import traceback
            corpus.failures.append(f"{part_of.__name__}:\n{traceback.format_exc()}")


if __name__ == "__main__":
    main(build)

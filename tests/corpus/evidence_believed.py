"""Evidence that is believed or not: who signed it, when, and whether that was revoked (K3, K4, Z1).

And its genuine neighbours (LT): rolled keys, renewed CAs, retired authorities, lists without an end, long lists. Names,
times and the way files are judged are those of `evidence`.
"""

import functools
import unicodedata

from attacks_evidence import AFTER, MAY, PLAIN, delta, known
from cms_attacks import DOUBT, FAIL, GOOD, MOSTLY
from evidence import (
    BEFORE,
    BOTH,
    KNOWN,
    LATER,
    STAMPED,
    attached,
    bb,
    bt,
    directory,
    lists,
    mail,
    permitted,
    short,
    tst_info,
)
from pki_common import (
    DAY,
    HOUR,
    NULL,
    SIGNED,
    Cases,
    Evidence,
    add_dss,
    authority,
    basic_constraints,
    bits,
    children,
    crl,
    ctx,
    ctx_plain,
    dn,
    enumerated,
    extended_usage,
    extension,
    generalized,
    integer,
    issue,
    key,
    key_usage,
    main,
    moment,
    ocsp,
    ocsp_single,
    octets,
    oid,
    pem,
    people,
    printable,
    responder,
    seq,
    set_of,
    subject_key_id,
    time,
    timedelta,
    timestamp_document,
    tlv,
    token,
    unwrap,
    usual,
    utf8,
)

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
UNKNOWN = extension("1.3.6.1.4.1.55555.9", NULL, True)
CLEAN = "Everything needed is there, and nobody is revoked"


def long_term(*crls, ocsps=(), more=(), signer=None):
    """A time-stamped signature and its evidence; `more` certificates beside the usual ones."""
    return add_dss(bt(signer) if signer else bt(), known(*crls, ocsps=ocsps, signer=signer) + Evidence(list(more)))


def table(case, cls, kind, expect, rows, **how):
    """Rows of (variant, why, how it is made)."""
    for variant, why, make in rows:
        case(cls, variant, kind, expect, why, make, **how)


def compromised(entity, when=BEFORE):
    return [(entity.serial, when, "keyCompromise")]


@functools.cache
def list_signer():
    """The key with which the CA signs its lists, under a certificate of its own."""
    who = people()
    return who.root.issue(
        "AC de Exemplo", "p256:crl-signer", ca=True, name=who.ca.name, extensions={"ku": key_usage("cRLSign")})


@functools.cache
def recent(start=SIGNED - DAY):
    """A signer whose certificate is younger than the lists of the CA."""
    return people().ca.issue("Rita Exemplo Nova", "rsa2048:signer", start=start)


# --- K4: holds, and evidence that was backdated ----------------------------------------------------------------------------


def holds(case):
    """On hold, lifted, and on hold again before the time stamp."""
    who = people()

    def step(when, reason, this, number):
        entry = [(who.signer.serial, when, reason)]
        how = {"number": number, "days": 60}
        return crl(who.ca, entry, this, **how) if number == 1 else delta(entry, this, **how)

    held = step(SIGNED - 10 * DAY, "certificateHold", SIGNED - 9 * DAY, 1)
    lifted = step(SIGNED - 8 * DAY, "removeFromCRL", SIGNED - 8 * DAY, 5)
    again = step(SIGNED - 2 * DAY, "certificateHold", SIGNED - 2 * DAY + HOUR, 6)
    late = step(STAMPED + HOUR, "removeFromCRL", STAMPED + HOUR, 5)
    case("K4", "hold-again", "forgery", [FAIL, FAIL], "On hold, lifted by a delta, and on hold again by the next.",
         lambda: long_term(held, lifted, again, crl(who.root)), revocation=BOTH)
    case("K4", "hold-again-without-lift", "forgery", [FAIL, FAIL], "The same without the delta that lifts.",
         lambda: long_term(held, again, crl(who.root)), revocation=BOTH)
    ended = crl(who.ca, [(who.signer.serial, SIGNED - 10 * DAY, "certificateHold")], SIGNED - 9 * DAY, days=5)
    rows = [
        ("hold-lifted-by-list", "A hold that a newer, complete list no longer has.",
            lambda: long_term(ended, crl(who.ca, number=9), crl(who.root))),
        ("hold-lifted-after-stamp", "On hold at the time stamp; a delta lifts it later.",
            lambda: long_term(held, late, crl(who.root))),
    ]
    table(case, "LT", "genuine", MOSTLY, rows, revocation="required")


def backdated(case):
    """Whoever has the key of a CA dates evidence before its compromise; nothing proves that it is as old as it says."""
    who = people()
    ca, root = who.ca, who.root
    told = crl(root, compromised(ca, AFTER), AFTER + DAY)
    clean = crl(ca, this=STAMPED + HOUR)

    def step(when, reason, this, number):
        base = [extension("2.5.29.27", integer(1), True)] if number > 1 else []
        return crl(root, [(ca.serial, when, reason)], this, number=number, days=60, extra=base)

    lifted = [step(SIGNED - 10 * DAY, "certificateHold", SIGNED - 9 * DAY, 1),
        step(SIGNED - 5 * DAY, "removeFromCRL", SIGNED - 5 * DAY, 5), step(AFTER, "keyCompromise", AFTER + DAY, 6)]
    rows = [
        ("backdated-list", "A clean list from before the compromise of the CA's key, or dated so.",
            lambda: long_term(clean, told)),
        ("backdated-list-sealed", "The same, under a DocTimeStamp from after the compromise.",
            lambda: timestamp_document(long_term(clean, told), who.tsa, AFTER + 2 * DAY)),
        ("list-after-compromise", "A clean list from after the compromise.",
            lambda: long_term(crl(ca, this=AFTER + HOUR), told)),
        ("list-after-hold-and-compromise", "The CA was on hold, released, and then compromised; the list is younger.",
            lambda: long_term(crl(ca, this=AFTER + DAY), *lifted)),
    ]
    table(case, "K4", "forgery", DOUBT, rows, revocation="required")


def revoked_witnesses(case):
    """Signers of lists and responders who had been revoked when they spoke."""
    who = people()
    ca, root, witness = who.ca, who.root, list_signer()
    clean = crl(witness, name=ca.name)
    far = SIGNED + 60 * DAY
    others = [ocsp(entity, root, until=far) for entity in (ca, who.tsa)]
    gone = ocsp(witness, root, (BEFORE, "keyCompromise"), until=far)
    me, old = recent(), SIGNED - 2 * DAY
    alone = responder(ca, "OCSP Avulso", "p256:ocsp-alone", nocheck=None)
    rows = [
        ("list-signer-revoked-by-list", "The signer of the list had been revoked, as a list of the root says.",
            lambda: long_term(clean, crl(root, compromised(witness)), more=[witness])),
        ("list-signer-revoked-by-answer", "The same, as an answer of the root says.",
            lambda: long_term(clean, ocsps=[*others, gone], more=[witness])),
        ("list-signer-revoked-beside-list", "The same, beside a list of the root that does not say so.",
            lambda: long_term(clean, crl(root), ocsps=[gone], more=[witness])),
        ("responder-revoked-by-list", "The responder, whom one need not check, had been revoked.",
            lambda: long_term(crl(ca, compromised(who.responder, SIGNED - 3 * DAY), old), crl(root), signer=me,
                ocsps=[ocsp(me, ca, responder=who.responder)])),
        ("responder-revoked-by-answer", "A responder whom one must check had been revoked, as the CA answers.",
            lambda: long_term(crl(ca, this=old), crl(root), signer=me,
                ocsps=[ocsp(me, ca, responder=alone), ocsp(alone, ca, (SIGNED - DAY, "keyCompromise"))])),
    ]
    table(case, "K4", "forgery", DOUBT, rows, revocation="required")
    rows = [
        ("list-signer", f"{CLEAN}; the list is by a key for lists only.",
            lambda: long_term(clean, crl(root), more=[witness])),
        ("list-signer-answered", f"{CLEAN}; the root answers for the key of the list.",
            lambda: long_term(clean, ocsps=[*others, ocsp(witness, root, until=far)], more=[witness])),
        ("list-signer-superseded", "The key of the list was superseded five days after it had signed it.",
            lambda: long_term(clean, crl(root, [(witness.serial, KNOWN + 5 * DAY, "superseded")], KNOWN + 6 * DAY),
                more=[witness])),
    ]
    table(case, "LT", "genuine", GOOD, rows, revocation="required")


# --- K4: purposes, anchors, names ------------------------------------------------------------------------------------------


def limited(variant, why, issuers, **leaf):
    """A row: a signature below those issuers, the nearest first."""
    def make():
        end = issuers[0].issue("Bruno Exemplo", "p256:path-leaf", **leaf)
        return bb(end, certs=[end, *issuers])

    return variant, why, make


def purposes(case):
    """What the purposes of issuers and of the signer have in common is nothing that signs documents."""
    def ca(issuer, cn, *names):
        eku = extended_usage(*names, critical=True)
        return issue(issuer, cn, f"p256:{cn}", ca=True, extensions={"eku": eku})

    root = people().root
    web, first = ca(root, "AC Web", "serverAuth"), ca(root, "AC Um", "clientAuth")
    second = ca(first, "AC Dois", "emailProtection")
    rows = [
        limited("eku-other", "The issuer is for servers, the signer for mail.", [web],
            extensions={"eku": extended_usage("emailProtection")}),
        limited("eku-mixed", "The issuer is for servers, the signer for servers and mail.", [web],
            extensions={"eku": extended_usage("serverAuth", "emailProtection")}),
        limited("eku-disjoint", "Two issuers without a common purpose.", [second, first]),
    ]
    table(case, "K4", "forgery", DOUBT, rows)


def part(kind, value):
    return set_of(seq(oid(kind), value))


def office(o, *more):
    """A directory name of that organisation, which is an element."""
    return seq(part("2.5.4.6", printable("BR")), part("2.5.4.10", o), *more)


def anchors(case):
    """The trust anchor's own certificate limits what stands below it."""
    excluded = permitted(excluded=[ctx(4, office(utf8("Oficio de Exemplo")))])
    rows = [
        ("purpose", "It is for servers only.", {"eku": extended_usage("serverAuth", critical=True)}),
        ("name", "It excludes the organisation of the signer.", {"nc": excluded}),
        ("twice", "It has basicConstraints twice, once as no CA.", {"again": basic_constraints(False)}),
        ("critical", "It has an unknown critical extension.", {"x": UNKNOWN}),
    ]
    for variant, why, extensions in rows:
        root = issue(None, "Raiz Limitada", "p256:limited-root", ca=True, name=dn("Raiz Limitada", o="Outro"),
            extensions=extensions)
        table(case, "K4", "forgery", DOUBT, [limited(f"anchor-{variant}", why, [root])], trust=pem(root))


def spellings(case):
    """Names that are within an excluded or outside a permitted subtree, spelled so that a comparison may fail."""
    root, name = people().root, "Ofício de Exemplo"

    def ca(cn, *names, excluded=()):
        extensions = {"nc": permitted(*names, excluded=excluded)}
        return root.issue(cn, f"p256:{cn}", ca=True, name=dn(cn, o="Outro"), extensions=extensions)

    without = ca("AC Sem Oficio", excluded=[directory(o=name)])
    within = ca("AC So Outro", directory(o="Outro"))
    letters = ca("AC Sem Correio", excluded=[ctx_plain(1, b"banco.example")])
    spelled = {"composed": utf8(name), "decomposed": utf8(unicodedata.normalize("NFD", name)),
        "full-width": utf8("\uff2f" + name[1:]), "general": tlv(0x1B, name.encode()), "pieces": tlv(0x2C, utf8(name))}
    rows = [limited(f"name-excluded-{variant}", "The organisation is excluded.", [without],
        name=office(value, part("2.5.4.3", utf8("Bruno Exemplo")))) for variant, value in spelled.items()]
    strange = {"other": dn("Bruno Exemplo", o="Banco"), "no-attribute": seq(set_of(utf8("Bruno Exemplo"))),
        "no-kind": seq(set_of(seq(NULL, utf8("Bruno Exemplo")))),
        "long-kind": seq(set_of(seq(tlv(6, b"\x80\x55\x04\x03"), utf8("Bruno Exemplo"))))}
    rows += [limited(f"name-permitted-{variant}", "The name is outside what is permitted, or is none.", [within],
        name=value) for variant, value in strange.items()]
    international = ctx(0, oid("1.3.6.1.5.5.7.8.9") + ctx(0, utf8("a@banco.example")))
    for variant, san in (("plain", mail("a@banco.example")), ("utf8", extension("2.5.29.17", seq(international)))):
        rows.append(limited(f"mailbox-excluded-{variant}", "A mailbox in an excluded domain.", [letters],
            extensions={"san": san}))
    table(case, "K4", "forgery", DOUBT, rows)

    def brazil(value):
        return seq(part("2.5.4.6", printable("BR")), part("2.5.4.3", value))

    wide = root.issue("", "p256:bmp-ca", ca=True, name=brazil(tlv(0x1E, "AC Brasília".encode("utf-16-be"))))
    table(case, "CMS", "genuine", GOOD, [limited("name-of-issuer-respelled",
        "The issuer's name is a BMPString in its own certificate, and UTF-8 in other letters in the signer's.",
        [wide], issuer_name=brazil(utf8("ac  brasília")))])


# --- K4: crowds, and OCSP --------------------------------------------------------------------------------------------------


def crowds(case):
    """What reveals the revocation stands in a crowd, or somebody adds a crowd to a good file."""
    who = people()
    ca, root = who.ca, who.root
    above = root.issue("AC Acima", "p256:above", ca=True)
    rolled = above.issue("AC de Exemplo", "p256:rolled", ca=True, name=ca.name)
    reveal = crl(rolled, compromised(who.signer), KNOWN + HOUR, name=ca.name)

    def revealing(fakes):
        twins = [issue(None, "AC Acima", "p256:fake-above", ca=True, key_id=above.key_id, extensions=PLAIN)
            for _ in range(fakes)]
        return long_term(crl(ca), reveal, crl(root), more=[rolled, *twins, above])

    rows = [
        ("revealed-by-rolled-key", "A list under the CA's new key names the signer.", lambda: revealing(0)),
        ("crowd-of-issuers", "The same; the issuer of that key stands behind a crowd of one name.",
            lambda: revealing(230)),
    ]
    table(case, "K4", "forgery", FAIL, rows, revocation="required")
    impostor = issue(None, "AC de Exemplo", "p256:fake-ca", ca=True, name=ca.name)

    def crowded(evidence):
        return lambda: add_dss(add_dss(bt(), lists()), evidence)

    rows = [
        ("false-lists-1", f"{CLEAN}; somebody added a list under a false CA.",
            crowded(Evidence([impostor], [crl(impostor)]))),
        ("false-lists-2", f"{CLEAN}; somebody added two lists under a false CA.",
            crowded(Evidence([impostor], [crl(impostor), crl(impostor, number=2)]))),
        ("false-lists-210", f"{CLEAN}; somebody added two hundred lists by no known key.",
            crowded(Evidence([], [crl(ca, signing_key=key("p256:junk"), number=n) for n in range(210)]))),
    ]
    table(case, "LT", "genuine", GOOD, rows, revocation="required")
    case("LT", "false-lists-alone", "genuine", MOSTLY, "The only evidence is two lists under a false CA.",
         lambda: add_dss(bt(), Evidence([impostor], [crl(impostor), crl(impostor, number=2)])))


def answers_odd(case):
    """An answer with an unknown critical extension, and answers of which the last names the signer."""
    who = people()
    me, ca, root, by = who.signer, who.ca, who.root, who.responder

    def with_extension(value):
        body = seq(ctx(2, octets(subject_key_id(by.spki))), generalized(KNOWN), seq(ocsp_single(me, ca)),
            ctx(1, seq(value)))
        scheme = usual(by.key)
        basic = seq(body, scheme.algorithm, bits(scheme.sign(by.key, body)), ctx(0, seq(by.cert)))
        return seq(enumerated(0), ctx(0, seq(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))))

    case("K4", "answer-critical-extension", "forgery", DOUBT, "The answer has an unknown critical extension.",
         lambda: long_term(crl(root), ocsps=[with_extension(UNKNOWN)]), revocation="required")
    for count in (0, 1000):
        def make():
            more = b"".join(ocsp_single(me, ca, serial=10**9 + n) for n in range(count))
            told = ocsp(me, ca, (BEFORE, "keyCompromise"), responder=by, before=more)
            return add_dss(add_dss(bt(), lists()), Evidence(ocsps=[told]), compress=True)

        case("K4", f"answer-behind-{count}", "forgery", [FAIL, FAIL],
             "A list without the signer, and an answer that names her behind many others.", make, revocation=BOTH)


# --- K3: accuracy ----------------------------------------------------------------------------------------------------------


def accuracy(case):
    """A time stamp that may be an hour wrong, and a revocation half an hour later."""
    who = people()
    for hour, kind, expect in ((True, "forgery", DOUBT), (False, "genuine", GOOD)):
        def make():
            more = seq(integer(3600 if hour else 1))
            by = attached(lambda v: token(who.tsa, v, STAMPED, info=tst_info(v, STAMPED, more=more)))
            revoked = compromised(who.signer, STAMPED + 30 * MINUTE)
            return add_dss(bb(unsigned=by, certs=who.chain), known(crl(who.ca, revoked), crl(who.root)))

        case("K3", f"accuracy-{'hour' if hour else 'second'}", kind, expect,
             "The signer was revoked half an hour after the stamp, which may be off by an hour, or by a second.", make,
             revocation="required")


# --- Z1 --------------------------------------------------------------------------------------------------------------------


def longer(der, width):
    """The same element with its length in that many octets."""
    content = unwrap(der)[0]
    return der[:1] + bytes([0x80 | width]) + len(content).to_bytes(width, "big") + content


def pairs(case, bases=90, deltas=150, places=900):
    """Each of many lists, the same one in many encodings, may be the base of each of many deltas."""
    ca = people().ca

    def encodings(n):
        body, scheme, value = children(crl(ca, this=KNOWN + n * HOUR, number=n + 1))
        return [longer(seq(body, scheme, longer(value, inner)), outer) for outer in range(2, 8) for inner in range(2, 8)]

    def make():
        lists = [one for n in range(bases // 36 + 1) for one in encodings(n)][:bases]
        addresses = b"".join(ctx_plain(6, b"http://a%d/" % n) for n in range(places))
        point = extension("2.5.29.28", seq(ctx(0, ctx(0, addresses))), True)
        body, scheme, _ = children(crl(ca, this=KNOWN, extra=[extension("2.5.29.27", integer(1), True), point]))
        false = [seq(body, scheme, bits(n.to_bytes(8, "big"))) for n in range(deltas)]
        return add_dss(bt(), known(*lists, *false, crl(people().root)), compress=True)

    case("Z1", "pairs-of-lists", "hostile", MAY, "Ninety lists and a hundred and fifty deltas, each of which may fit each.",
         make, revocation="required")


# --- LT: genuine -----------------------------------------------------------------------------------------------------------


def renewed(case):
    """The CA has rolled its key, or has a new certificate for the old one."""
    who = people()
    me, ca, root = who.signer, who.ca, who.root
    new = root.issue("AC de Exemplo", "p256:new-ca", ca=True, name=ca.name)
    again = root.issue("AC de Exemplo", "rsa2048:ca", ca=True, name=ca.name, start=SIGNED - HOUR)
    other = issue(None, "Raiz B de Exemplo", "p256:root-b", ca=True, start=moment("2020-01-01"))
    cross = other.issue("AC de Exemplo", "rsa2048:ca", ca=True, name=ca.name, start=SIGNED - HOUR)

    def rolled(count):
        return long_term(*(crl(new, this=KNOWN + n * HOUR, number=n + 1) for n in range(count)), crl(root), more=[new])

    def with_new(*certs):
        return add_dss(bt(certs=[me, again]), Evidence([me, again, *certs, who.tsa],
            [crl(ca, this=SIGNED - DAY), crl(root)]))

    def crossed(this):
        return add_dss(bb(certs=[me, cross]), Evidence([me, cross, ca], [crl(ca, this=this), crl(other, this=SIGNED)]))

    rows = [(f"rolled-key-{n}", f"{CLEAN}; the lists are by the CA's new key.", lambda n=n: rolled(n))
        for n in range(1, 5)]
    rows += [
        ("renewed-ca", "The CA has a second certificate for its key, younger than its list.", with_new),
        ("renewed-ca-both", "The same, and the first certificate is there too.", lambda: with_new(ca)),
    ]
    table(case, "LT", "genuine", GOOD, rows, revocation="required")
    rows = [(f"cross-list-{variant}", "Another root has certified the CA; its list is older, or younger, than that.",
        lambda this=this: crossed(this)) for variant, this in (("before", SIGNED - DAY), ("after", SIGNED + DAY))]
    table(case, "LT", "genuine", GOOD, rows, revocation="required", trust=pem(other))


def retired(case):
    """Time-stamping authorities that ended, or were retired, after they had stamped."""
    who = people()
    ca, root = who.ca, who.root
    first = authority(root, "ACT Primeira", "p256:tsa-first", end=moment("2026-08-01"))
    second = authority(root, "ACT Segunda", "p256:tsa-second")
    when = moment("2026-07-20")
    last = crl(root, this=moment("2026-08-31"))

    def archived(*crls, ocsps=()):
        value = add_dss(bt(short(), tsa=first), Evidence([short(), ca, first, root], [crl(ca), crl(root)]))
        value = timestamp_document(value, first, KNOWN + HOUR)
        value = add_dss(value, Evidence([first, second], list(crls), list(ocsps)))
        return add_dss(timestamp_document(value, second, when), Evidence(crls=[last]))

    fresh = when - 20 * SECOND
    rows = [
        ("archived-list", "Two generations of stamps; a list vouches for the first.",
            lambda: archived(crl(root, this=when - DAY))),
        ("archived-answer", "The same with an answer.", lambda: archived(ocsps=[ocsp(first, root, this=when - HOUR)])),
        ("archived-list-endless", "The same with a list that says no next update.",
            lambda: archived(crl(root, this=fresh, next_update=False))),
        ("archived-answer-endless", "The same with an answer that says no next update.",
            lambda: archived(ocsps=[ocsp(first, root, this=fresh, until="none")])),
        ("archived-retired", "The first authority had ceased its operation before the second stamp.",
            lambda: archived(crl(root, [(first.serial, when - 10 * DAY, "cessationOfOperation")], when - DAY))),
    ]
    table(case, "LT", "genuine", GOOD, rows, at=LATER, revocation="required")
    case("LT", "archived-old-evidence", "genuine", MOSTLY, "Nothing newer than the first stamp vouches for the first.",
         archived, at=LATER, revocation="required")
    for reason in ("cessationOfOperation", "superseded"):
        case("LT", f"tsa-{reason}", "genuine", GOOD, "The authority was retired a day after it had stamped.",
             lambda: long_term(crl(ca), crl(root, [(who.tsa.serial, AFTER, reason)], AFTER + DAY)),
             revocation="required")
    case("LT", "document-stamp-earlier", "genuine", MOSTLY,
         "Two authorities' clocks: the DocTimeStamp is a second older than the stamp it covers.",
         lambda: timestamp_document(bt(), authority(root, "ACT Outra", "p256:tsa-other"), STAMPED - SECOND))


def fresh_evidence(case):
    """Answers and lists without an end, responders of unusual form, certificates younger than the lists."""
    who = people()
    me, ca, root, by = who.signer, who.ca, who.root, who.responder
    checked = responder(ca, "OCSP Verificado", "p256:ocsp-checked", nocheck=None)
    young = responder(ca, "OCSP Recente", "p256:ocsp-young", start=KNOWN - 10 * MINUTE)
    points = extension("2.5.29.31", seq(seq(ctx(0, ctx(0, ctx_plain(6, b"http://lcr.exemplo.invalid/a.crl"))))), True)
    twists = {"key-identifier": {"aki": extension("2.5.29.35", seq(ctx_plain(0, ca.key_id)), True)},
        "encipherment": {"ku": key_usage("digitalSignature", "keyEncipherment")}, "points": {"cdp": points}}

    def answered(*others, by=by, crls=(), **how):
        return long_term(*crls, crl(root), ocsps=[ocsp(me, ca, responder=by, **how), *others])

    late = {"this": KNOWN - 2 * HOUR, "produced": KNOWN, "until": KNOWN + DAY}
    rows = [
        ("answer-endless", "An answer that says no next update.", lambda: answered(until="none")),
        ("answer-endless-before", "The same, from ten seconds before the time stamp.",
            lambda: answered(this=STAMPED - 10 * SECOND, until="none")),
        ("responder-checked-by-list", "A responder without nocheck, and a list of its CA.",
            lambda: answered(by=checked, crls=[crl(ca)])),
        ("responder-checked-by-answer", "A responder without nocheck, for whom the CA answers.",
            lambda: answered(ocsp(checked, ca), by=checked)),
        ("responder-young", "The responder's certificate is younger than what it repeats.",
            lambda: answered(by=young, **late)),
        ("base-and-delta", "A weekly list and its delta of the day.",
            lambda: long_term(crl(ca, this=SIGNED - 5 * DAY, days=7, number=10),
                delta([], SIGNED - HOUR, base=10, number=15, days=2), crl(root))),
    ]
    rows += [(f"responder-{variant}", "A responder's certificate with a critical extension or a second usage.",
        lambda twist=twist: answered(by=responder(ca, "OCSP Raro", "p256:ocsp-rare", **twist)))
        for variant, twist in twists.items()]
    table(case, "LT", "genuine", GOOD, rows, revocation="required")
    odd = crl(ca, [(me.serial + 1, BEFORE, "keyCompromise")], KNOWN + HOUR, number=5, entry_extra=UNKNOWN)
    new = recent(SIGNED - HOUR)
    rows = [
        ("responder-unchecked", "A responder without nocheck, for whom nobody vouches.", lambda: answered(by=checked)),
        ("odd-entry", "The list has an odd entry for somebody else.", lambda: long_term(odd, crl(root))),
        ("odd-entry-and-older", "The same, beside an older list.",
            lambda: long_term(crl(ca, this=SIGNED - DAY), odd, crl(root))),
        ("certificate-younger-than-list", "The signer's certificate is an hour younger than the list.",
            lambda: long_term(crl(ca, this=SIGNED - 2 * HOUR), crl(root), signer=new)),
    ]
    table(case, "LT", "genuine", MOSTLY, rows, revocation="required")


def long_list(size, this, number):
    """A list of that many octets. The same few serial numbers come again and again: it packs well."""
    ca, when = people().ca, time(SIGNED - 300 * DAY)
    why = seq(extension("2.5.29.21", enumerated(5)))
    block = b"".join(seq(integer(1 << 64 | n), when, why) for n in range(256))
    scheme = usual(ca.key)
    extensions = seq(extension("2.5.29.35", seq(ctx_plain(0, ca.key_id))), extension("2.5.29.20", integer(number)))
    body = seq(integer(1), scheme.algorithm, ca.name, time(this), time(this + 30 * DAY),
        seq(block * (size // len(block))), ctx(0, extensions))
    return seq(body, scheme.algorithm, bits(scheme.sign(ca.key, body)))


def long_lists(case):
    """Lists as long as those of great CAs."""
    for count, megabytes in ((1, 7), (2, 7), (1, 13.5), (12, 1)):
        def make():
            values = [long_list(int(megabytes * 2**20), KNOWN + n * HOUR, n + 1) for n in range(count)]
            return add_dss(bt(), known(*values, crl(people().root)), compress=True)

        case("LT", f"long-list-{count}x{megabytes}", "genuine", GOOD,
             f"{CLEAN}; {count} list(s) of {megabytes} megabytes.", make, revocation="required")


def build(corpus):
    case = Cases(corpus)
    for part_of in (holds, backdated, revoked_witnesses, purposes, anchors, spellings, crowds, answers_odd, accuracy, pairs,
        renewed, retired, fresh_evidence, long_lists):
        try:
            part_of(case)
        except Exception:  # what a part prepares for all its rows
            import traceback
            corpus.failures.append(f"{part_of.__name__}:\n{traceback.format_exc()}")


if __name__ == "__main__":
    main(build)

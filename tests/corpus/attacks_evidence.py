"""Evidence that hides a revocation, deltas, odd keys, paths and time stamps, costly evidence (K1 to K4, DSS, Z1, Z2).

And their genuine neighbours. Names, times and the way files are judged are those of `evidence`.
"""

import functools
import secrets

from cms_attacks import (
    ADBE,
    DOUBT,
    FAIL,
    GOOD,
    MOSTLY,
    SIGNED_DATA,
    bare,
    leaf,
    leaf_of,
    replaced,
    signed,
    signer_of,
)
from evidence import (
    BEFORE,
    BOTH,
    KNOWN,
    LATER,
    STAMPED,
    answers,
    attached,
    bb,
    bt,
    directory,
    lists,
    mail,
    mesh,
    permitted,
    short,
    tst_info,
)
from pki_common import (
    DAY,
    HOUR,
    JUDGED,
    NULL,
    RSA_ENCRYPTION,
    RSA_PSS,
    SIGNATURE_TIMESTAMP,
    SIGNED,
    Cases,
    Evidence,
    RsaKey,
    Scheme,
    add_dss,
    algorithm,
    attribute,
    authority,
    authority_access,
    basic_constraints,
    bits,
    certidao,
    children,
    crl,
    ctx,
    ctx_plain,
    dn,
    ecdsa,
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
    pkcs1,
    printable,
    pss,
    pss_parameters,
    responder,
    seq,
    set_of,
    sign,
    signed_data,
    stamped,
    timedelta,
    timestamp_document,
    tlv,
    token,
    unwrap,
    usual,
    utf8,
)
from rawpdf import Update, array, elements, number_of, ref, stream

MAY = "valid indeterminate invalid"
AFTER = STAMPED + DAY
CRITICAL = extension("1.3.6.1.4.1.55555.8", NULL, True)
PLAIN = {"cdp": None, "aia": None}
CA_NAME = "AC de Exemplo"
ONES = seq(integer(1), integer(1))  # r and s of a false signature


def known(*crls, ocsps=(), signer=None):
    """Evidence with the certificates of the usual path."""
    who = people()
    return Evidence([signer or who.signer, who.ca, who.tsa], list(crls), list(ocsps))


def saying(value, scheme=None):
    """A scheme whose signature always has that value."""
    scheme = scheme or pkcs1()
    return Scheme(scheme.hash, scheme.algorithm, lambda key, data: value)


def crowd(count, cn="Estranha {}", label="p256:crowd", **twists):
    """Self-signed CAs of one key, or with `{}` in the label of one each."""
    twists = {"extensions": PLAIN, **twists}
    return [issue(None, cn.format(n), label.format(n), ca=True, **twists) for n in range(count)]


# --- K4: revocations that later evidence hides -----------------------------------------------------------------------------


def dss_of(update):
    """Number and entries of the DSS."""
    number = number_of(update.dict(update.pdf.root)["DSS"])
    return number, update.dict(number)


def first_list_as_certificate(update):
    """The object of the first list is named in /Certs too."""
    number, body = dss_of(update)
    update.edit(number, Certs=array(*elements(body["Certs"]), elements(body["CRLs"])[0]))


def last_certificates_first(update):
    number, body = dss_of(update)
    update.edit(number, Certs=array(*reversed(elements(body["Certs"]))))


def hidden_revocations(case):
    """The signer was revoked before the time stamp, and the file says so; what comes later shall make one forget it."""
    who = people()
    me, ca, root = who.signer, who.ca, who.root
    clean = crl(ca, this=SIGNED - 3 * DAY)
    good = ocsp(me, ca, this=SIGNED - 3 * DAY, until=SIGNED + 20 * DAY)
    named = [(me.serial, BEFORE, "keyCompromise")]

    def revealed():
        return add_dss(bt(), lists(revoked=named))

    def sealed():
        return timestamp_document(revealed(), who.tsa, KNOWN + HOUR)

    def revealed_after():
        return add_dss(bb(), lists(revoked=[(me.serial, AFTER, "keyCompromise")], this=AFTER + DAY))

    def answered():
        told = ocsp(me, ca, (BEFORE, "keyCompromise"), KNOWN, responder=who.responder, certs=[])
        return add_dss(bt(), known(crl(root), ocsps=[told]) + Evidence([who.responder]))

    def false_answers(count=420):
        return [ocsp(me, ca, this=KNOWN, scheme=saying(bytes(252) + n.to_bytes(4, "big"))) for n in range(count)]

    def row(variant, why, make):
        case("K4", f"hidden-{variant}", "forgery", [FAIL, FAIL], why, make, revocation=BOTH)

    many = "A good answer and four hundred false ones, which cost what a verifier is ready to spend."
    for name, before in (("", revealed), ("-sealed", sealed), ("-unstamped", revealed_after)):
        row(f"answers{name}", many,
            lambda: add_dss(before(), Evidence(ocsps=[good, *false_answers()]), compress=True))
        row(f"list-as-certificate{name}", "The list that names the signer is listed as a certificate too.",
            lambda: add_dss(before(), Evidence(crls=[clean]), change=first_list_as_certificate))
    row("older-list", "An older list, without the signer, is added.", lambda: add_dss(revealed(), Evidence(crls=[clean])))
    case("K4", "hidden-certificates", "forgery", FAIL,
         "Two thousand certificates stand before that of the responder who said revoked.",
         lambda: add_dss(answered(), Evidence(crowd(2000), [clean]), compress=True, change=last_certificates_first),
         revocation="required")
    weak = crl(ca, named, scheme=pkcs1("sha1"))
    row("weak-list", "The list that names the signer is signed with SHA-1.",
        lambda: add_dss(add_dss(bt(), known(weak, crl(root))), Evidence(crls=[clean])))
    row("critical-list", "The list that names the signer has an unknown critical extension in its entry.",
        lambda: add_dss(add_dss(bt(), known(crl(ca, named, entry_extra=CRITICAL), crl(root))), Evidence(crls=[clean])))
    twice = [(me.serial, AFTER, "superseded"), *named]
    row("second-entry", "A list names the signer twice; the second entry is older than the time stamp.",
        lambda: add_dss(bt(), known(crl(ca, twice, AFTER + HOUR), crl(root))))
    invalid_since = extension("2.5.29.24", generalized(BEFORE), True)
    dated = crl(ca, [(me.serial, AFTER, "keyCompromise")], AFTER + HOUR, entry_extra=invalid_since)
    row("invalidity-date", "Revoked after the time stamp, with a critical invalidityDate before it.",
        lambda: add_dss(bt(), known(dated, crl(root))))
    long = ca.issue("Serie Longa", "p256:long-serial", serial=0x55667788, change=with_long_serial(ca))
    told = Evidence([], [crl(ca, [(long.serial, BEFORE, "keyCompromise")]), crl(root)])
    for name, how in (("", {}), ("-adbe", dict(attributes=bare, **ADBE))):
        row(f"long-serial{name}", "The serial number of the revoked certificate has needless zeros before it.",
            lambda: add_dss(signed(long, sid=seq(ca.name, children(children(long.cert)[0])[1]), **how), told))


def with_long_serial(issuer):
    """For `change=`: the serial number in more octets than it needs."""
    def change(cert):
        body, scheme, _ = children(cert)
        parts = children(body)
        parts[1] = tlv(2, bytes(3), unwrap(parts[1])[0])
        return seq(seq(*parts), scheme, bits(usual(issuer.key).sign(issuer.key, seq(*parts))))

    return change


def revoked_issuers(case):
    """Evidence that a CA or its key gave when nobody could believe it any more."""
    who = people()
    me, ca, root = who.signer, who.ca, who.root
    told = crl(root, [(ca.serial, AFTER, "cACompromise")], AFTER + DAY)
    when = AFTER + HOUR / 2
    brief = root.issue("AC Curta Vida", "p256:brief-ca", ca=True, end=moment("2026-07-01"))
    long = brief.issue("Longo Exemplo", "p256:path-leaf")
    rows = [
        ("list-by-revoked-ca", "A clean list of a CA whose key had been compromised when it was made.", JUDGED,
            lambda: add_dss(bt(), known(crl(ca, this=when), told))),
        ("answer-by-revoked-ca", "A good answer of a CA whose key had been compromised when it was given.", JUDGED,
            lambda: add_dss(bt(), known(told, ocsps=[ocsp(me, ca, this=when, until=when + 30 * DAY)]))),
        ("list-by-ended-ca", "A clean list from after the end of the CA's certificate.", LATER,
            lambda: add_dss(bt(long, certs=[long, brief]), Evidence([long, brief, who.tsa],
                [crl(brief, this=moment("2026-08-15")), crl(root, this=moment("2026-06-20"), days=100)]))),
    ]
    for variant, why, at, make in rows:
        case("K4", variant, "forgery", DOUBT, why, make, at=at, revocation="required")
    for variant, twist in (("key-usage", dict(ku=key_usage("keyEncipherment"))), ("critical", dict(x=CRITICAL)),
                           ("two-purposes", dict(x=extended_usage("clientAuth")))):
        case("K4", f"ocsp-responder-{variant}", "forgery", DOUBT,
             "The responder may not sign, has an unknown critical extension, or states its purposes twice.",
             lambda: add_dss(bt(), answers(responder=responder(ca, "OCSP Torto", "p256:odd-ocsp", **twist))),
             revocation="required")


def old_lists(case):
    """A signature of 2011 under a CA of 1024 bits: a list in SHA-1 needs a proof of its own that it is that old."""
    when = moment("2011-06-01")
    root = issue(None, "Raiz Antiga", "rsa2048:old-root", ca=True, start=moment("2005-01-01"), end=moment("2040-01-01"))
    ca = root.issue("AC Antiga", "rsa1024:old-ca", ca=True, start=moment("2006-01-01"), end=moment("2030-01-01"))
    me = ca.issue("Antigo Exemplo", "rsa2048:old-leaf", start=moment("2008-01-01"), end=moment("2013-01-01"))
    tsa = authority(root, "ACT Antiga", "rsa3072:old-tsa", start=moment("2009-01-01"))
    fresh = crl(root, this=moment("2026-06-01"))

    def with_list(*revoked):
        value = signed(me, certs=[me, ca], unsigned=stamped(tsa, when, scheme=pss()))
        old = crl(ca, revoked, this=when + HOUR, scheme=pkcs1("sha1"))
        return add_dss(value, Evidence([me, ca, tsa], [old, fresh]))

    case("K4", "weak-list-unproven", "forgery", DOUBT,
         "A clean list in SHA-1, dated 2011, that anybody could make today.", with_list, trust=pem(root), revocation="required")
    case("K4", "weak-list-names", "forgery", [DOUBT, DOUBT], "A list in SHA-1 names the signer.",
         lambda: with_list((me.serial, when - DAY, "keyCompromise")), trust=pem(root), revocation=BOTH)


# --- K4: delta lists -------------------------------------------------------------------------------------------------------


def delta(revoked, this, base=1, **how):
    """A delta list of the CA over its list of that number."""
    how = {"number": 5, **how}
    return crl(people().ca, revoked, this, extra=[extension("2.5.29.27", integer(base), True)], **how)


def deltas(case):
    """Delta lists that shall make one forget, and delta lists that alone tell."""
    who = people()
    me, ca, root = who.signer, who.ca, who.root
    removed = [(me.serial, AFTER, "removeFromCRL")]
    named = [(me.serial, BEFORE, "keyCompromise")]
    held = crl(ca, [(me.serial, BEFORE, "certificateHold")], KNOWN)
    compromised = crl(ca, named, KNOWN)
    clean = crl(ca, this=SIGNED - 10 * DAY)
    later = delta([(me.serial, AFTER, "keyCompromise")], AFTER + HOUR)
    told = delta(named, KNOWN)
    rows = [
        ("removes-compromised", "A delta takes a compromised key, no hold, off the list.",
            compromised, delta(removed, AFTER)),
        ("removes-in-sha1", "The same, signed with SHA-1.",
            compromised, delta(removed, AFTER + HOUR, scheme=pkcs1("sha1"))),
        ("removes-in-future", "The same, from later than now.", compromised, delta(removed, moment("2026-09-10"))),
        ("later-date", "A delta gives a later date of revocation, after the time stamp.", compromised, later),
        ("held-then-revoked", "On hold before the time stamp; a delta gives a revocation after it.", held, later),
        ("alone-tells", "The delta names the signer, its base does not.", clean, told),
        ("newer-forgets", "Two deltas: the older names the signer, the newer does not.",
            clean, told, delta([], KNOWN + HOUR, number=6)),
        ("ended-tells", "The delta that names the signer has ended.",
            clean, delta(named, SIGNED - 12 * HOUR, until=SIGNED - 6 * HOUR)),
        ("other-base-tells", "The delta that names the signer is over a base that is not there.",
            clean, delta(named, KNOWN, base=2)),
    ]
    for variant, why, *values in rows:
        case("K4", f"delta-{variant}", "forgery", [FAIL, FAIL], why,
             lambda: add_dss(bt(), known(*values, crl(root))), revocation=BOTH)
    mine = [(short().serial, BEFORE, "keyCompromise")]
    gone = delta([(short().serial, moment("2026-08-01"), "removeFromCRL")], moment("2026-08-10"))
    case("K4", "delta-removes-ended", "forgery", [FAIL, FAIL],
         "A delta takes the certificate off the list once it has ended; it had been compromised before the time stamp.",
         lambda: add_dss(bt(short()), known(crl(ca, mine, KNOWN, days=90), gone, crl(root, this=moment("2026-08-20")),
             signer=short())), at=LATER, revocation=BOTH)


# --- K1, K2: keys and signatures -------------------------------------------------------------------------------------------


def prime(size):
    """A probable prime with its two highest bits set."""
    while True:
        number = secrets.randbits(size) | 3 << size - 2 | 1
        if number % 65537 != 1 and all(pow(base, number - 1, number) == 1 for base in (2, 3, 5)):
            return number


@functools.cache
def tiny():
    """An RSA key of 512 bits."""
    primes = prime(256), prime(256)
    return RsaKey(primes, 65537, primes[0] * primes[1])


def rsa_numbers(own, zeros=0):
    """The bits of an RSA public key; the modulus with that many zeros before it (none: it is negative)."""
    return bits(seq(tlv(2, bytes(zeros) + own.n.to_bytes(own.size, "big")), integer(own.e)))


def keys(case):
    """Keys that look longer than they are, keys that are bound to something else, and a signature under another tag."""
    ca, small, negative = people().ca, key("rsa1024"), key("rsa2048:negative")
    bound = key("rsa2048:psskey")

    def with_zeros(own, zeros):
        public = seq(algorithm(RSA_ENCRYPTION, NULL), rsa_numbers(own, zeros))
        return ca.issue(f"Modulo com {zeros} Zeros", own, public=public)

    def pss_only(parameters):
        return leaf("rsa2048:psskey", "Chave so PSS", public=seq(algorithm(RSA_PSS, parameters), rsa_numbers(bound, 1)))

    for512, free = pss_only(pss_parameters("sha512")), pss_only(b"")
    padded, minus = "A modulus of 1024 bits with zeros before it", "A modulus without its leading zero is negative"
    rows = [
        ("padded-1024", f"{padded}.", with_zeros(small, 1000), None),
        ("padded-1024-sha224", f"{padded}; the signature in SHA-224.", with_zeros(small, 140), pkcs1("sha224")),
        ("padded-1024-salt-20", f"{padded}; PSS with a salt of 20 octets.", with_zeros(small, 140), pss(salt=20)),
        ("padded-512", "A modulus of 512 bits with a thousand zeros before it.", with_zeros(tiny(), 1100), None),
        ("negative-sha224", f"{minus}; the signature in SHA-224.", with_zeros(negative, 0), pkcs1("sha224")),
        ("negative-salt-20", f"{minus}; PSS with a salt of 20 octets.", with_zeros(negative, 0), pss(salt=20)),
        ("pss-key-pkcs1", "A key for PSS with SHA-512 only signs in PKCS#1 v1.5.", for512, pkcs1("sha224")),
        ("pss-key-sha256", "A key for PSS with SHA-512 only signs with SHA-256.", for512, pss()),
        ("pss-key-salt-20", "The same with a shorter salt.", for512, pss(salt=20)),
    ]
    for variant, why, who, scheme in rows:
        case("K2", f"key-{variant}", "forgery", DOUBT, why, lambda: signed(who, scheme=scheme))
    for variant, who, scheme in (("bound", for512, pss("sha512")), ("free", free, pss())):
        case("ALG", f"pss-key-{variant}-kept", "genuine", GOOD, "A key for PSS only, used as its parameters say.",
             lambda: signed(who, scheme=scheme))

    def retagged(value):
        return replaced(value, *SIGNED_DATA, -1, 0, 5, b"\x84" + children(signer_of(value))[5][1:])

    case("K1", "signature-tag", "forgery", FAIL, "The value of the signature is under a context tag, no octet string.",
         lambda: signed(reshape=retagged))


# --- K4: paths -------------------------------------------------------------------------------------------------------------


def uri(address):
    return extension("2.5.29.17", seq(ctx_plain(6, address)))


def president(o="Banco Central", more=b""):
    """Somebody's name in an organisation that has not issued it."""
    parts = (("2.5.4.6", printable("BR")), ("2.5.4.10", utf8(o)), ("2.5.4.3", utf8("Presidente Exemplo")))
    return seq(*(set_of(seq(oid(kind), value)) for kind, value in parts), more)


LONG_ARC = tlv(6, b"\x69" + b"\xff" * 12 + b"\x7f")


def paths(case):
    """Name constraints written around, issuers who may not issue, purposes that do not fit."""
    root = people().root

    def chain(variant, why, *certs, kind="forgery", expect=DOUBT, trust=None):
        case("K4", variant, kind, expect, why, lambda: signed(certs[0], certs=list(certs)), trust=trust)

    def excluding(*names):
        return root.issue("AC Limitada", "p256:limited", ca=True, extensions={"nc": permitted(excluded=names)})

    bank = excluding(directory(o="Banco Central"))
    for variant, name in (
            ("plain", president()), ("long-arc", president(more=set_of(seq(LONG_ARC, utf8("x"))))),
            ("no-set", president(more=seq(seq(oid("2.5.4.5"), utf8("x"))))),
            ("soft-hyphen", president("Banco\u00ad Central"))):
        chain(f"name-excluded-{variant}", "A name in an excluded subtree, plain or spelled so that a comparison fails.",
              bank.issue("", "p256:path-leaf", name=name), bank)
    post = excluding(ctx_plain(1, b"banco.example"))
    for variant, address in (("plain", "a@banco.example"), ("dot", "a@banco.example.")):
        chain(f"mail-excluded-{variant}", "An address in an excluded domain, without and with the dot of the root.",
              post.issue("Correio Exemplo", "p256:path-leaf", extensions={"san": mail(address)}), post)
    web = excluding(ctx_plain(6, b".banco.example"), ctx_plain(6, b"banco.example"))
    for variant, address in (("plain", b"http://banco.example/x"), ("no-authority", b"http:banco.example/x"),
                             ("dot", b"http://banco.example./x"), ("back-slash", b"http://banco.example\\@x.example/")):
        chain(f"uri-excluded-{variant}", "A URI of an excluded host, in four spellings.",
              web.issue("Sitio Exemplo", "p256:path-leaf", extensions={"san": uri(address)}), web)

    me = people().signer
    below = issue(me, "Zeno Exemplo Falso", "p256:impostor-leaf")
    chain("anchor-is-leaf", "The anchor is no CA, and has issued a certificate.", below, me, trust=pem(me))
    alone = issue(None, "Auto Exemplo", "p256:alone", extensions={"ku": key_usage("digitalSignature")})
    chain("anchor-is-self-signed-leaf", "The same with a self-signed anchor.",
          issue(alone, "Zeno Exemplo Falso", "p256:impostor-leaf"), trust=pem(alone))
    flat = issue(None, "Raiz Sem CA", "p256:flat-root", ca=True, extensions={"bc": basic_constraints(True, 0)})
    middle = flat.issue("AC Demais", "p256:flat-ca", ca=True)
    chain("anchor-path-length", "The anchor's pathLenConstraint is 0, and there is a CA below.",
          middle.issue("Rui Exemplo Torto", "p256:path-leaf"), middle, trust=pem(flat))
    for variant, why, twist in (
            ("ca-server-only", "The issuer is for servers only.", {"eku": extended_usage("serverAuth", critical=True)}),
            ("ca-empty-boolean", "basicConstraints whose BOOLEAN has no octet.",
             {"bc": extension("2.5.29.19", seq(b"\1\0"), True)})):
        odd = root.issue("AC Estranha", "p256:odd-ca", ca=True, extensions=twist)
        chain(variant, why, odd.issue("Rui Exemplo Torto", "p256:path-leaf"), odd)
    centre = extension("2.5.29.37", seq(oid("1.3.6.1.5.2.3.5")), True)
    chain("leaf-kerberos-only", "The signer's certificate is for a Kerberos key centre only.",
          leaf_of("Centro de Chaves", extensions={"eku": centre}), people().ca)
    chain("leaf-client-only", "The signer's certificate is for clientAuth only, as older ones are.",
          leaf_of("Cliente Exemplo", extensions={"eku": extended_usage("clientAuth", critical=True)}), people().ca,
          kind="genuine", expect=MOSTLY)


# --- K3, DSS: time stamps --------------------------------------------------------------------------------------------------


def with_stamp():
    """The certidão with a note that says CANCELADO, and the number of the note."""
    update = Update(certidao())
    look = update.new(stream(b"1 0 0 rg 0 0 220 40 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 220 40]"))
    number = update.new(
        b"<< /Type /Annot /Subtype /Stamp /Rect [300 200 520 240] /F 4 /Contents (CANCELADO) /T (x) /AP << /N %s >> >>"
        % ref(look))
    update.append_to(update.pdf.pages()[0], "Annots", ref(number))
    return update.finish(), number


def taking(number):
    """For `change=`: the annotation becomes the only widget of the new DocTimeStamp."""
    def change(update):
        field = next(known for known, _, body in update.objects if b"/FT /Sig" in body)
        page = update.pdf.pages()[0]
        value = update.dict(field)["V"]
        update.put(field, b"<< /FT /Sig /T (Carimbo) /V %s /Kids [%s] >>" % (value, ref(number)))
        update.put(number, b"<< /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /F 2 >>")
        update.put(page, update.pdf.raw(page))

    return change


def stamps(case):
    """Time stamps that say too little, too much or another name, and one that takes something away."""
    who, t = people(), STAMPED
    me, tsa = who.signer, who.tsa

    def by_info(**info):
        return lambda: signed(short(), unsigned=attached(lambda v: token(tsa, v, t, info=tst_info(v, t, **info))))

    case("K3", "token-time-garbage", "forgery", DOUBT, "genTime is no time.",
         by_info(time=tlv(24, b"20260601120500.\xc3\xa9xxZ")), at=LATER)
    case("K3", "token-inaccurate", "forgery", DOUBT, "An accuracy of twelve years.",
         by_info(more=seq(integer(400_000_000))), at=LATER)
    case("K3", "token-other-name", "genuine", MOSTLY, "TSTInfo names another authority than the one that signed it.",
         by_info(more=ctx(0, ctx(4, dn("Outra ACT Qualquer")))), at=LATER)
    case("K3", "claim-after-stamp", "genuine", MOSTLY, "The claimed time is five days after the time stamp.",
         lambda: sign(certidao(), lambda c: signed_data(c, me, certs=who.chain, unsigned=stamped(tsa, t)),
             when=SIGNED + 5 * DAY))
    for certify in (None, 1, 2):
        def make():
            data, number = with_stamp()
            value = sign(data, lambda c: signed_data(c, me, certs=who.chain, unsigned=stamped(tsa, t)), certify=certify)
            return timestamp_document(value, tsa, KNOWN + HOUR, change=taking(number))

        case("DSS", f"stamp-takes-annotation-{certify or 'approval'}", "forgery", FAIL,
             "A note that was signed becomes the invisible widget of a DocTimeStamp.", make)


# --- Z1, Z2: hostile -------------------------------------------------------------------------------------------------------


def long_name(n):
    """A name of three hundred parts."""
    return seq(*(set_of(seq(oid("2.5.4.11"), utf8(f"Aa{i}"))) for i in range(300)), set_of(seq(oid("2.5.4.3"),
        utf8(f"N{n}"))))


def costly(case):
    """Evidence that costs far more to check than to make. Brainpool P-512 is the slowest curve there is."""
    who = people()
    me, ca = who.signer, who.ca
    twins = functools.partial(crowd, cn="AC Fraca", key_id=b"\7" * 20)
    slow = functools.cache(lambda: twins(60, label="bp512:weak-{}"))
    real = functools.cache(lambda: twins(1, label="bp512:real")[0])

    def row(variant, why, make):
        case("Z1", variant, "hostile", MAY, why, make)

    def under_twins(**how):
        end = real().issue("Fulano Exemplo", "p256:path-leaf")
        return signed(end, certs=[end, *slow()], **how)

    def tokens(value):
        by = authority(real(), "ACT Lenta")
        return [attribute(SIGNATURE_TIMESTAMP, token(by, value, STAMPED + timedelta(seconds=n), certs=[by]))
                for n in range(16)]

    row("slow-issuers", "Sixty issuers of one name on Brainpool P-512, none of them the right one.", under_twins)
    row("slow-issuers-tokens", "The same, and sixteen time stamps of that CA.", lambda: under_twins(unsigned=tokens, margin=512))
    row("slow-certificates", "Sixty certificates on Brainpool P-512 beside the right ones.",
        lambda: signed(certs=[me, ca, *slow()]))

    def third_party():
        liars = [issue(real(), CA_NAME, "p256:liar", ca=True, extensions=PLAIN, key_id=bytes(19) + bytes([n]))
                 for n in range(100)]
        return add_dss(bt(), Evidence([*slow(), *liars], [crl(liars[0], name=ca.name)]), compress=True)

    row("third-party-dss", "A DSS added by somebody: a hundred look-alike CAs under sixty issuers of one name.",
        third_party)

    def answers_of_nobody():
        many = b"".join([ocsp_single(me, ca)] * 999)
        rows = [ocsp(me, ca, responder=issue(None, "OCSP Ausente", f"p256:absent-{n}"), certs=[], before=many,
            scheme=saying(bytes(256))) for n in range(10)]
        return add_dss(bt(), Evidence(crowd(300), [], rows), compress=True)

    row("many-answers", "Ten responses of a thousand answers each, of responders who are not among three hundred.",
        answers_of_nobody)
    row("long-names", "Two hundred CAs with names of three hundred parts, beside a mesh of paths.",
        lambda: add_dss(signed(mesh(10, 4)[0], certs=mesh(10, 4)), Evidence([issue(None, "", "p256:long-names", ca=True,
            extensions=PLAIN, name=long_name(n)) for n in range(200)]), compress=True))


def large(case, size=60 << 20):
    """Streams of the DSS that inflate to the size of the greatest allowed."""
    who = people()
    me, ca = who.signer, who.ca

    def great_list(name, filler, scheme):
        return crl(ca, name=name, scheme=scheme, extra=[extension("1.2.3.4", filler * size)])

    def great_answer(filler):
        fat = issue(None, "Gorda", "p256:fat", extensions={"x": extension("1.2.3.4", filler * size)},
            scheme=saying(ONES, ecdsa()))
        return ocsp(me, ca, responder=who.responder, certs=[fat.cert], scheme=saying(bytes(256)))

    rows = [
        ("great-list", "A list of sixty megabytes, and three hundred CAs of the name of its issuer.", lambda: Evidence(
            crowd(300, CA_NAME, "p256:twin-{}"), [great_list(ca.name, b"\0", saying(ONES, ecdsa()))])),
        ("great-lists", "Two lists of sixty megabytes.", lambda: Evidence(
            crls=[great_list(dn("x"), filler, saying(bytes(256))) for filler in (b"\0", b"\1")])),
        ("great-answers", "Two answers with a certificate of sixty megabytes each.",
            lambda: Evidence(ocsps=[great_answer(filler) for filler in (b"\0", b"\1")])),
        ("great-certificate", "An element of sixty megabytes in place of a certificate.",
            lambda: Evidence([seq(bytes(size))])),
    ]
    for variant, why, evidence in rows:
        case("Z1", variant, "hostile", MAY, why, lambda: add_dss(bt(), evidence(), compress=True))


def odd_names(case):
    """Names that a screen or a terminal would obey, or would not show."""
    for variant, value in (("colours", b"\x1b[2J\x1b[32mAAA\n\r"), ("direction", "\u202eABCDEFGH\u200b".encode())):
        number = extension("2.5.29.17", seq(ctx(0, oid("2.16.76.1.3.3"), ctx(0, octets(value)))))
        case("Z1", f"name-{variant}", "hostile", MAY,
             "The company's number in the certificate is made of control characters.",
             lambda: signed(leaf_of("Luis Exemplo", extensions={"san": number})))
    for character in "\u3164\uffa0\u2800\U0001d173\u180f":
        case("Z1", f"name-invisible-{ord(character):x}", "hostile", MAY,
             "A character that nobody sees is in the signer's name.",
             lambda: signed(leaf_of(f"Ana{character}Exemplo")))


def addresses(case):
    """Addresses in certificates that nobody vouches for. Offline nothing is fetched."""
    def access(name, count):
        return {"aia": authority_access([f"http://127.0.0.1:9/{name}-{n}" for n in range(count)])}

    above = issue(None, "Raiz Desconhecida", "p256:unknown", ca=True)
    end = above.issue("Fulano Exemplo", "p256:path-leaf", extensions=access("l", 20))
    others = [issue(None, f"Zeno Exemplo {n}", "p256:impostor-leaf", extensions=access(n, 8)) for n in range(4)]
    case("Z2", "unknown-issuers", "hostile", DOUBT,
         "Fifty addresses where issuers of unknown certificates may be had.", lambda: signed(end, certs=[end, *others]))


# --- genuine ---------------------------------------------------------------------------------------------------------------


def genuine(case):
    """What other producers write and a verifier must read."""
    me, ca = people().signer, people().ca
    shapes = {"long": lambda content: b"\xa0\x83" + len(content).to_bytes(3, "big") + content,
              "indefinite": lambda content: b"\xa0\x80" + content + b"\0\0"}
    for variant, shape in shapes.items():
        def reshaped(value):
            return replaced(value, *SIGNED_DATA, -1, 0, 3, shape(unwrap(children(signer_of(value))[3])[0]))

        case("CMS", f"ber-attributes-{variant}", "genuine", GOOD,
             "The signed attributes stand in BER, and were signed in DER.",
             lambda: signed(reshape=reshaped, attributes=bare, **ADBE))
    case("CMS", "attribute-certificate", "genuine", GOOD, "An attribute certificate beside the others; version 4.",
         lambda: signed(certs=[me, ca, tlv(0xA2, integer(1), NULL)], version=4))
    for count in (10, 250):
        twins = functools.partial(crowd, count, CA_NAME, "p256:crowd", key_id=ca.key_id)
        case("LT", f"look-alikes-{count}", "genuine", [GOOD, GOOD],
             "Full evidence, and a crowd of certificates with name and key identifier of the CA.",
             lambda: add_dss(bt(), lists() + Evidence(twins()), compress=True), revocation=BOTH)


def build(corpus):
    case = Cases(corpus)
    for part in (hidden_revocations, revoked_issuers, old_lists, deltas, keys, paths, stamps, costly, large, odd_names,
        addresses, genuine):
        try:
            part(case)
        except Exception:  # what a part prepares for all its rows
            import traceback
            corpus.failures.append(f"{part.__name__}:\n{traceback.format_exc()}")


if __name__ == "__main__":
    main(build)

"""The frame of a signature: /ByteRange, /Contents, the gap, and what stands outside of the signed bytes (U, I, S, G, D1)."""

import hashlib
import re

from common import (
    ROOM,
    Update,
    Variants,
    array,
    changed,
    cms_over,
    dictionary,
    entries,
    gap,
    open_signature,
    pki,
    ref,
    seal,
    sign,
    sign_raw,
    signature_dictionary,
    stream,
    widget,
)
from documents import Certidao, base, page_content, show
from edits import content, set_keys, updated
from rawpdf import Pdf, xref_table

variant = Variants("forgery")
INVALID, FAILING = "invalid", "invalid indeterminate"
FORGED = page_content(1, 1).replace(b"100.000,00", b"900.000,00")


def resign(data, *steps, name=b"(Outra)", **how):
    """A revision with these changes, closed by a good signature of somebody else: the worst case for the first signer."""

    def prepare(update):
        for step in steps:
            step(update)

    return sign_raw(data, pki().other, name=name, prepare=prepare, **how)


def range_of(data, which=-1):
    return [int(x) for x in re.findall(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", data)[which]]


def fresh(change, kind="table", signer=None, wrap=None, **options):
    """A file written and signed with a malformed dictionary from the start: only the structure is wrong.

    `change(pairs, ranges)` edits the dictionary when the real ranges are known; the room stays the same.
    """
    certidao = Certidao(**options)
    doc, n = certidao.doc, certidao.numbers
    value = doc.add(signature_dictionary() + b" " * 64)
    field = doc.add(widget(n["page"][0], ref(value)))
    doc.objects[n["root"]] = changed(doc.objects[n["root"]], AcroForm=b"<< /Fields [%s] /SigFlags 3 >>" % ref(field))
    doc.objects[n["page"][0]] = changed(doc.objects[n["page"][0]], Annots=array(ref(field)))
    data = doc.write(kind)
    at = data.index(b"%d 0 obj" % value) + len(b"%d 0 obj\n" % value)
    end = data.index(b"\nendobj", at)
    a, b = gap(data)
    pairs = entries(data[at:end])
    pairs["Contents"] = b"@@"
    change(pairs, (0, a, b, len(data) - b), n)
    body = dictionary(pairs)
    if b"@@" not in body:  # no place for a signature: nothing to sign
        assert len(body) <= end - at
        return data[:at] + body.ljust(end - at) + data[end:]
    head, tail = body.split(b"@@")
    room = b"<" + b"0" * (2 * ROOM) + b">"
    filled = (head + room + tail).ljust(end - at)
    assert len(filled) == end - at, (len(filled), end - at)
    data = data[:at] + filled + data[end:]
    a, b = gap(data)
    return seal(data, signer, span=(a, b), ranges=[(0, a), (b, len(data) - b)], wrap=wrap)


# --- U: missing or unusable signature data ---------------------------------------------------------------------------------


def ranges_text(make):
    """A change of /ByteRange: in place, by a later revision, and from the start."""

    def in_place(name, which=-1):
        data = base(name)[0]
        found = list(re.finditer(rb"/ByteRange\s*\[[^\]]*\]", data))[which]
        new = make(range_of(data, which), Pdf(data).root)
        entry = b"" if new is None else b"/ByteRange " + new
        if len(entry) > len(found[0]):
            return None
        return data[: found.start()] + entry.ljust(len(found[0])) + data[found.end() :], f"in place, {name}"

    def later(name):
        data = base(name)[0]
        pdf = Pdf(data)
        new = make(range_of(data), pdf.root)
        return updated(data, set_keys(pdf.signature(), ByteRange=new)), f"by a later revision, {name}"

    def first(kind, **options):
        def change(pairs, ranges, n):
            new = make(ranges, n["root"])
            if new is None:
                del pairs["ByteRange"]
            else:
                pairs["ByteRange"] = new

        return fresh(change, kind, **options), f"from the start, {kind}"

    tries = [
        in_place("classic"),
        in_place("p2-stream"),
        in_place("two", 0),
        later("two"),
        later("first-stream"),
        first("table"),
        first("objstm", outlines=True),
    ]
    return [t for t in tries if t]


BAD_RANGES = {
    ("U1", "absent"): lambda r, root: None,
    ("U2", "null"): lambda r, root: b"null",
    ("U3", "empty"): lambda r, root: b"[]",
    ("U4", "zeros"): lambda r, root: b"[0 0 0 0]",
    ("U5", "negative"): lambda r, root: b"[0 %d -%d %d]" % (r[1], r[2], r[3]),
    ("U5", "minus-one"): lambda r, root: b"[0 %d %d -1]" % (r[1], r[2]),
    ("U6", "beyond"): lambda r, root: b"[0 %d %d 99999999]" % (r[1], r[2]),
    ("U6", "overflow-32"): lambda r, root: b"[0 %d %d %d]" % (r[1], r[2], r[3] + 2**32),
    ("U6", "overflow-64"): lambda r, root: b"[0 %d %d %d]" % (r[1], r[2], r[3] + 2**64),
    ("U7", "three"): lambda r, root: b"[0 %d %d]" % (r[1], r[2]),
    ("U8", "reals"): lambda r, root: b"[0.0 %d.0 %d.0 %d.0]" % (r[1], r[2], r[3]),
    ("U9", "string"): lambda r, root: b"(0 %d %d %d)" % (r[1], r[2], r[3]),
    ("U10", "indirect"): lambda r, root: ref(root),
}


def _register_ranges():
    for (cls, name), make in BAD_RANGES.items():

        def function(make=make):
            return ranges_text(make)

        function.__doc__ = f"/ByteRange: {name}"
        variant(cls, name, INVALID)(function)


_register_ranges()


@variant("U10", "indirect-array", FAILING)
def range_indirect():
    """/ByteRange is a reference to an array with the right numbers, which stands outside of the signature dictionary"""
    for kind in ("table", "stream", "objstm"):
        update = Update(Certidao().write(kind))
        numbers = update.new(b"[0 ********** ********** **********]")
        open_signature(update, byte_range=ref(numbers))
        yield seal(update.finish()), kind


def bad_contents(new):
    """/Contents replaced: in place, by a later revision, from the start."""

    def in_place(name):
        data = base(name)[0]
        _, a, b, _ = range_of(data)
        keep = new if new is not None else b""
        if new is None:  # the key disappears too
            start = data.rindex(b"/Contents", 0, a)
            return data[:start] + b" " * (b - start) + data[b:], f"in place, {name}"
        return data[:a] + keep.ljust(b - a) + data[b:], f"in place, {name}"

    def later(name):
        data = base(name)[0]
        return updated(data, set_keys(Pdf(data).signature(), Contents=new)), f"by a later revision, {name}"

    def change(pairs, ranges, n):
        pairs["ByteRange"] = b"[%d %d %d %d]" % ranges
        if new is None:
            del pairs["Contents"]
        else:
            pairs["Contents"] = new

    return [
        in_place("classic"),
        in_place("compact"),
        later("p2"),
        later("first"),
        (fresh(change, "objstm", form=True), "from the start"),
    ]


def _register_contents():
    for cls, name, new in (
        ("U14", "absent", None),
        ("U15", "null", b"null"),
        ("U16", "empty", b"<>"),
        ("U17", "zero", b"<00>"),
        ("U17", "zeros", b"<" + b"00" * 2000 + b">"),
        ("U16", "empty-literal", b"()"),
    ):

        def function(new=new):
            return bad_contents(new)

        function.__doc__ = f"/Contents: {name}"
        variant(cls, name, INVALID)(function)


_register_contents()


@variant("U11", "dictionary", FAILING)
def odd_dictionary():
    """The signature is good, its dictionary says odd things about it"""
    cases = [
        ({"SubFilter": None}, "no /SubFilter"),
        ({"SubFilter": b"/Foo.Bar"}, "unknown /SubFilter"),
        ({"SubFilter": b"(ETSI.CAdES)"}, "a string"),
        ({"Filter": b"/Foo"}, "unknown /Filter"),
        ({"Filter": None}, "no /Filter"),
        ({"Type": b"/Foo"}, "wrong /Type"),
        ({"Type": b"/Page"}, "/Type /Page"),
        ({"SubFilter": b"/adbe.x509.rsa_sha1"}, "another format"),
        ({"SubFilter": b"/adbe.pkcs7.sha1"}, "the format that wraps SHA-1"),
        ({"SubFilter": b"/ETSI.RFC3161"}, "a time stamp"),
    ]
    for i, (keys, what) in enumerate(cases):
        yield sign_with_dictionary(keys, ("table", "objstm", "stream")[i % 3]), what


def sign_with_dictionary(keys, kind):
    """Signs with an update whose signature dictionary has other keys."""
    update = Update(Certidao().write(kind))
    value, _, _ = open_signature(update)
    update.put(value, changed(update.raw(value), **keys))
    return seal(update.finish())


@variant("U12", "cms", FAILING)
def broken_cms():
    """/Contents holds something that is no DER SignedData"""

    def hexed(der, room):
        return b"<" + der.hex().encode().ljust(room - 2, b"0") + b">"

    def indefinite(der):
        head = 2 + (der[1] & 127)
        return b"\x30\x80" + der[head:] + b"\0\0"

    cases = [
        (lambda d: d[:-20], "truncated"),
        (lambda d: d[: len(d) // 2], "half"),
        (lambda d: d[:8], "eight bytes"),
        (indefinite, "BER indefinite length"),
        (
            lambda d: d.replace(bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010703"), 1),
            "called enveloped data",
        ),
        (lambda d: pki().ec.asn1[0].dump(), "a certificate"),
        (lambda d: b'{"assinado": true}', "JSON"),
        (lambda d: b"\x30\x84\xff\xff\xff\xff" + d[4:], "length of 4 GiB"),
        (lambda d: b"\x30\x82\x20\x00" + d[4:], "length longer than the value"),
    ]
    for i, (make, what) in enumerate(cases):
        data = Certidao(form=i % 2 == 0).write(("table", "objstm", "stream")[i % 3])
        update = Update(data)
        open_signature(update, certify=2 if i % 4 == 1 else None)
        yield seal(update.finish(), wrap=lambda d, room, make=make: hexed(make(d), room)), what


@variant("U13", "removed", "unsigned invalid indeterminate")
def removed_value():
    """A later revision takes the signature out of its field"""
    for name in ("classic", "compact", "p2", "first"):
        data = base(name)[0]
        field = next(n for n in Pdf(data).fields().values() if Pdf(data).dict(n).get("FT") == b"/Sig")
        yield updated(data, set_keys(field, V=b"null" if name != "p2" else None)), name


# --- I: incremental saving ----------------------------------------------------------------------------------------------------


@variant("I1", "content", INVALID)
def new_content():
    """A later revision replaces the content of a page"""
    for name, page in (
        ("classic", 0),
        ("compact", 0),
        ("pages", 2),
        ("two", 0),
        ("p2", 0),
        ("hybrid", 0),
        ("visible", 0),
        ("p1", 0),
    ):
        data, n = base(name)
        yield updated(data, content(n["content"][page], FORGED)), f"content stream, {name}"
    for name in ("first", "first-stream"):
        data, n = base(name)
        yield (
            updated(data, lambda u: u.edit(n["page"][0], Contents=ref(u.new(stream(FORGED)))), pack=name != "first"),
            f"page names another stream, {name}",
        )
    data, n = base("tagged")
    yield (
        updated(
            data,
            lambda u: u.edit(
                n["page"][1],
                Contents=array(u.dict(n["page"][1])["Contents"], ref(u.new(stream(show(["Há ônus."], y=560))))),
            ),
        ),
        "one stream more",
    )


@variant("I1", "content-signed", INVALID)
def new_content_signed():
    """Content replaced, and the new revision signed by somebody with a good certificate"""
    for name in ("classic", "compact", "p2", "p3", "first", "pages"):
        data, n = base(name)
        yield resign(data, content(n["content"][0], FORGED)), f"same revision, {name}"
    for name in ("form", "first-stream"):
        data, n = base(name)
        yield sign(updated(data, content(n["content"][0], FORGED)), "Outra", pki().other), f"next revision, {name}"


def objects_only(data, n, number, body):
    update = Update(data)
    update.put(number, body)
    return update.finish(xref=False)


@variant("I2", "no-xref", FAILING)
def without_xref():
    """Objects appended without any cross-reference, for readers that search"""
    for name in ("classic", "compact", "first", "p2", "pages"):
        data, n = base(name)
        loose = objects_only(data, n, n["content"][0], stream(FORGED))
        yield loose, f"objects only, {name}"
        yield loose + b"%%EOF\n", f"with %%EOF, {name}"
    data, n = base("classic")
    loose = objects_only(data, n, n["content"][0], stream(FORGED))
    yield (
        loose + b"trailer\n" + dictionary({k: v for k, v in Pdf(data).trailer.items() if k != "Prev"}) + b"\n%%EOF\n",
        "with a trailer",
    )
    yield (
        loose + b"trailer\n" + dictionary({k: v for k, v in Pdf(data).trailer.items()}) + b"\nstartxref\n0\n%%EOF\n",
        "startxref 0",
    )


@variant("I3", "odd-xref", FAILING)
def odd_xref():
    """Objects appended with a cross-reference that does not name them, or is broken"""
    for name in ("classic", "p2", "pages"):
        data, n = base(name)
        trailer = dictionary({**Pdf(data).trailer, "Prev": b"%d" % Pdf(data).startxref})
        loose = objects_only(data, n, n["content"][0], stream(FORGED))
        at = len(loose)
        end = b"startxref\n%d\n%%%%EOF\n"
        yield loose + b"xref\n0 0\ntrailer\n" + trailer + b"\n" + end % at, f"empty table, {name}"
        yield loose + data[data.rindex(b"xref\n", 0, data.rindex(b"startxref")) :], f"tail copied, {name}"
        yield updated(data, content(n["content"][0], FORGED), prev=0), f"/Prev 0, {name}"
        yield updated(data, content(n["content"][0], FORGED), prev=10**9), f"/Prev beyond, {name}"
        yield updated(data, content(n["content"][0], FORGED), extra=b" /Prev 17 "), f"two /Prev, {name}"
        yield updated(data, content(n["content"][0], FORGED), drop=("Prev", "Root")), f"no /Prev, no /Root, {name}"
    data, n = base("compact")
    yield updated(data, content(n["content"][0], FORGED), kind="table"), "a table after streams"
    yield updated(data, content(n["content"][0], FORGED), startxref=12), "startxref into nowhere"
    yield (
        updated(data, content(n["content"][0], FORGED), startxref=Pdf(data).startxref),
        "startxref names the old section",
    )


@variant("I4", "copied-signature", INVALID)
def copied_signature():
    """A later revision changes the page and repeats the signature dictionary, same range and value"""
    for name in ("classic", "compact", "first", "p2"):
        data, n = base(name)
        pdf = Pdf(data)
        number = pdf.signature()
        yield (
            updated(data, content(n["content"][0], FORGED), lambda u: u.put(number, u.raw(number))),
            f"same number, {name}",
        )
        field = next(x for x in pdf.fields().values() if pdf.dict(x).get("FT") == b"/Sig")
        yield (
            updated(data, content(n["content"][0], FORGED), lambda u: u.edit(field, V=ref(u.new(u.raw(number))))),
            f"new number, {name}",
        )
    data, n = base("classic")
    pdf = Pdf(data)
    yield (
        updated(data, content(n["content"][0], FORGED), lambda u: open_copy(u, u.raw(pdf.signature()))),
        "in a second field",
    )


def open_copy(update, value):
    field = update.new(widget(update.pdf.pages()[0], ref(update.new(value)), b"(Copia)"))
    update.add_field(field)
    update.append_to(update.pdf.pages()[0], "Annots", ref(field))


@variant("I5", "tail", FAILING)
def tail():
    """Bytes after the end of the last revision"""
    tails = {
        "comment": b"% conferido\n",
        "NUL": b"\0" * 64,
        "blanks": b" " * 500,
        "second end": b"%%EOF\n",
        "text": b"Valor: R$ 900.000,00\n",
        "startxref": b"startxref\n0\n%%EOF\n",
        "HTML": b"<html><body>Valor</body></html>\n",
        "line ends": b"\n" * 100,
        "end and start": b"startxref\n%d\n%%%%EOF\n",
    }
    names = ("classic", "compact", "first", "p2", "two")
    for i, (what, bytes_) in enumerate(tails.items()):
        data = base(names[i % 5])[0]
        if b"%d" in bytes_:
            bytes_ = bytes_ % Pdf(data).startxref
        yield data + bytes_, f"{what}, {names[i % 5]}"


@variant("I6", "new-root", INVALID)
def new_root():
    """A later trailer names another catalog with other pages"""

    def other_pages(update):
        pdf = update.pdf
        page = pdf.pages()[0]
        node, leaf = update.next, update.next + 1
        new = update.new(b"<< /Type /Pages /Kids [%s] /Count 1 >>" % ref(leaf))
        old = update.dict(page)
        old.update(Parent=ref(new), Contents=ref(leaf + 1))
        old.setdefault("MediaBox", b"[0 0 595 842]")
        old.setdefault("Resources", b"<< /Font << /F1 %s >> >>" % ref(base_font(pdf)))
        update.new(dictionary(old))
        update.new(stream(FORGED))
        return node

    for name in ("classic", "compact", "first", "p2"):
        data = base(name)[0]
        update = Update(data)
        pages = other_pages(update)
        root = update.new(changed(update.pdf.raw(update.pdf.root), Pages=ref(pages)))
        yield update.finish(root=root), f"new number, {name}"
        update = Update(data)
        update.edit(update.pdf.root, Pages=ref(other_pages(update)))
        yield update.finish(), f"catalog redefined, {name}"


@variant("I6", "root-without-form", FAILING + " unsigned")
def root_without_form():
    """A later trailer names another catalog, which knows no form: the signature cannot be found from there"""
    for name in ("pages", "compact", "first"):
        update = Update(base(name)[0])
        root = update.new(changed(update.pdf.raw(update.pdf.root), AcroForm=None, Perms=None))
        yield update.finish(root=root), name


def base_font(pdf):
    return next(n for n in pdf.places if pdf.places[n][0] != "f" and b"/Type /Font" in pdf.raw(n)[:40])


@variant("I7", "startxref-back", "invalid indeterminate unsigned")
def startxref_back():
    """A new end names an older section: later revisions disappear"""

    def back(data, which):
        starts = [int(x) for x in re.findall(rb"startxref\s+(\d+)", data)]
        return data + b"startxref\n%d\n%%%%EOF\n" % starts[which]

    yield back(base("two")[0], -2), "the second signature disappears"
    yield back(base("classic")[0], 0), "to the draft before signing"
    yield back(base("compact")[0], 0), "to the draft, streams"
    data, n = base("form")
    yield back(updated(data, content(n["content"][0], FORGED)), -2), "to the signed revision, with a hidden one between"
    certidao = Certidao()
    draft = certidao.write()
    fixed = updated(draft, content(certidao.numbers["content"][0], page_content(1, 1).replace(b"100.000", b"250.000")))
    yield back(sign(fixed), 0), "the draft had another amount"


# --- S: wrapping ---------------------------------------------------------------------------------------------------------------------


def wrapped(kind="table", literal=False, own_xref=True, signer=None, zone_root=False, name=None):
    """A signature whose gap also holds objects of the attacker. The signature over the ranges is good."""
    certidao = Certidao()
    data = certidao.write(kind) if name is None else base(name)[0]
    n = certidao.numbers if name is None else base(name)[1]
    update = Update(data, "table")
    open_signature(update, room=9000, name=b"(Embrulho)")
    data = update.finish()
    a, b = gap(data)
    start = Pdf(data).startxref
    size = Pdf(data).size
    tail_at = data.rindex(b"startxref\n")

    def wrap(der, room):
        token = (
            (b"(" + re.sub(rb"([\\()])", rb"\\\1", der).replace(b"\r", b"\\r") + b")")
            if literal
            else b"<" + der.hex().encode() + b">"
        )
        token = token.ljust(9000)  # ECDSA values differ in length; what follows must not move
        zone = b" >>\nendobj\n"
        at = a + len(token) + len(zone)
        body = stream(FORGED)
        if zone_root:
            body = changed(Pdf(data).raw(n["page"][0]), Contents=ref(size))
            zone += b"%d 0 obj\n%s\nendobj\n" % (n["page"][0], body)
            second = a + len(token) + len(zone)
            zone += b"%d 0 obj\n%s\nendobj\n" % (size, stream(FORGED))
            places = {n["page"][0]: ("n", at, 0), size: ("n", second, 0)}
        else:
            zone += b"%d 0 obj\n%s\nendobj\n" % (n["content"][0], body)
            places = {n["content"][0]: ("n", at, 0)}
        wrap.xref = a + len(token) + len(zone)
        if own_xref:
            trailer = dictionary({"Size": b"%d" % (size + 1), "Root": ref(Pdf(data).root), "Prev": b"%d" % start})
            zone += xref_table(places) + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % wrap.xref
        return (token + zone).ljust(room)

    # The last startxref is signed, so it has to be right before signing.
    wrap(cms_over(b"\0" * 32, signer), b - a)
    fixed = data[:tail_at] + b"startxref\n%d\n%%%%EOF\n" % (wrap.xref if own_xref else 0)
    return seal(fixed, signer, span=(a, b), wrap=wrap)


@variant("S1", "own-xref", FAILING)
def swa_xref():
    """The second range starts later; between, an object and a cross-reference of the attacker, which the end names"""
    yield wrapped(), "content"
    yield wrapped(signer=pki().rsa, zone_root=True), "page and content, RSA"
    yield wrapped(name="form"), "after a first signature"
    yield wrapped(name="pages", zone_root=True), "page tree, after a first signature"


@variant("S2", "bare-objects", FAILING)
def swa_bare():
    """As S1, but bare objects that only a repairing reader finds"""
    yield wrapped(own_xref=False), "content"
    yield wrapped(own_xref=False, zone_root=True, signer=pki().rsa), "page"
    yield wrapped(own_xref=False, name="p2"), "after a certification"


@variant("S3", "short-token", FAILING)
def swa_literal():
    """/Contents as a literal string; objects and cross-reference in the freed part of the gap"""
    yield wrapped(literal=True), "content"
    yield wrapped(literal=True, zone_root=True, signer=pki().rsa), "page, RSA"
    yield wrapped(literal=True, own_xref=False), "without cross-reference"
    yield wrapped(literal=True, name="form"), "after a first signature"


@variant("S4", "object-stream", FAILING)
def in_object_stream():
    """The signature dictionary lives in an (unfiltered) object stream"""
    for i, kind in enumerate(("objstm", "stream", "objstm")):
        certidao = Certidao(form=i == 2)
        update = Update(certidao.write(kind), "stream")
        value, field, look = open_signature(update, certify=2 if i else None)
        inner = update.raw(value)
        update.objects = [o for o in update.objects if o[0] != value]
        container = update.new(b"")
        head = b"%d 0 " % value
        update.put(container, stream(head + inner, b"/Type /ObjStm /N 1 /First %d" % len(head)))
        yield seal(update.finish(more={value: ("s", container, 0)}), (pki().ec, pki().rsa)[i % 2]), kind


@variant("S5", "shapes", FAILING)
def range_shapes():
    """Other shapes of /ByteRange, each signed correctly over what it says"""

    def shaped(make, kind, certify=None):
        update = Update(Certidao().write(kind))
        open_signature(update, certify=certify)
        data = update.finish()
        a, b = gap(data)
        return seal(data, ranges=make(a, b, len(data)))

    shapes = {
        "three ranges, a hole in the content": lambda a, b, e: [(0, 600), (700, a - 700), (b, e - b)],
        "start is not 0": lambda a, b, e: [(8, a - 8), (b, e - b)],
        "tail uncovered": lambda a, b, e: [(0, a), (b, e - b - 24)],
        "overlap": lambda a, b, e: [(0, a), (a - 100, e - a + 100)],
        "wrong order": lambda a, b, e: [(b, e - b), (0, a)],
        "one range": lambda a, b, e: [(0, a)],
        "only the first range counts": lambda a, b, e: [(0, a), (b, 0)],
        "gap larger than the string": lambda a, b, e: [(0, a - 40), (b, e - b)],
        "gap ends late": lambda a, b, e: [(0, a), (b + 12, e - b - 12)],
        "only the end": lambda a, b, e: [(0, 0), (b, e - b)],
    }
    for i, (what, make) in enumerate(shapes.items()):
        for kind in ("table", "objstm"):
            yield shaped(make, kind, 2 if i % 2 else None), f"{what}, {kind}"


@variant("S6", "shared", FAILING)
def shared_ranges():
    """Two signatures that share or overlap their ranges"""
    for kind in ("table", "objstm"):
        update = Update(Certidao().write(kind))
        open_signature(update, name=b"(A)")
        open_signature(update, name=b"(B)")
        data = update.finish()
        spans = [m.span(1) for m in re.finditer(rb"/Contents\s*(<0{64,}>)", data)]
        (a, b), (c, d) = spans
        written = b"[0 %d %d %d]" % (a, d, len(data) - d)
        data = data.replace(b"[0 ********** ********** **********]", written.ljust(36))
        digest = hashlib.sha256(data[:a] + data[d:]).digest()
        for x, y in spans:
            token = b"<" + cms_over(digest).hex().encode().ljust(y - x - 2, b"0") + b">"
            data = data[:x] + token + data[y:]
        yield data, f"both leave both gaps out, {kind}"
    data = base("classic")[0]
    copy = Pdf(data).raw(Pdf(data).signature())
    yield (
        sign_raw(data, pki().other, name=b"(Outra)", prepare=lambda u: open_copy(u, copy)),
        "a copy of the first, covered by a second",
    )
    yield updated(data, lambda u: open_copy(u, copy)), "a copy of the first alone"
    update = Update(Certidao().write())
    open_signature(update, name=b"(A)")
    open_signature(update, name=b"(B)")
    data = update.finish()
    spans = [m.span(1) for m in re.finditer(rb"/Contents\s*(<0{64,}>)", data)]
    data = seal(data, span=spans[0])
    yield seal(data, pki().rsa, span=spans[1]), "the second covers the first; the first's digest saw the second empty"


# --- G: the gap --------------------------------------------------------------------------------------------------------------------------


def gapped(wrap, kind="table", signer=None, room=ROOM, certify=None, extra=b"", name=None):
    """Signs with a gap filled by `wrap`."""
    update = Update(Certidao().write(kind) if name is None else base(name)[0])
    open_signature(update, room=room, certify=certify, extra=extra, name=b"(Lacuna)")
    return seal(update.finish(), signer, wrap=wrap)


def _hex(der):
    return b"<" + der.hex().encode() + b">"


def _literal(der):
    return b"(" + re.sub(rb"([\\()])", rb"\\\1", der).replace(b"\r", b"\\r") + b")"


@variant("G1", "keys", FAILING)
def gap_keys():
    """Keys in the gap, after a shortened string: nobody signs them"""
    more = {
        "/Reason": b" /Reason (Aprovado) ",
        "/Name": b" /Name (Presidente de Exemplo) ",
        "/M": b" /M (D:20300101000000Z) ",
        "/Reference": b" /Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /P 3 /V /1.2 >> >>] ",
    }
    for i, (what, keys) in enumerate(more.items()):
        token = (_hex, _literal)[i % 2]
        yield gapped(lambda d, room: (token(d) + keys).ljust(room), ("table", "objstm")[i // 2 % 2]), what
        yield (
            gapped(
                lambda d, room: (b" " + token(d) + keys).ljust(room),
                "stream",
                pki().rsa,
                name="form" if i % 2 else None,
            ),
            f"{what}, a blank before",
        )


@variant("G2", "bytes", FAILING)
def gap_bytes():
    """Bytes other than zero after the DER"""
    loads = {
        "text": b"R$ 900.000,00".ljust(200, b"\x20"),
        "noise": hashlib.sha512(b"ruido").digest() * 4,
        "one bit at the end": None,
        "a PDF object": b"9 0 obj << >> endobj",
    }
    for i, (what, load) in enumerate(loads.items()):

        def wrap(der, room):
            total = (room - 2) // 2
            filled = der.ljust(total - 1, b"\0") + b"\1" if load is None else (der + load).ljust(total, b"\0")
            return b"<" + filled.hex().encode() + b">"

        yield gapped(wrap, ("table", "objstm", "stream")[i % 3], certify=2 if i % 2 else None), what

    def two(der, room):
        return b"<" + (der + cms_over(b"\1" * 32, pki().rsa)).hex().encode().ljust(room - 2, b"0") + b">"

    yield gapped(two, room=2 * ROOM), "a second CMS"


@variant("G3", "white", FAILING)
def gap_white():
    """White space, comments or an odd digit in the hexadecimal string"""

    def cut(separator):
        def wrap(der, room):
            digits = der.hex().encode()
            lines = separator.join(digits[i : i + 64] for i in range(0, len(digits), 64))
            return b"<" + lines.ljust(room - 2, b"0") + b">"

        return wrap

    yield gapped(cut(b"\n")), "lines"
    yield gapped(cut(b" \t"), "objstm", pki().rsa), "blanks and tabs"
    yield gapped(cut(b"\0"), "stream"), "NUL"
    yield (
        gapped(lambda d, room: (b"<" + d.hex().encode() + b"% R$ 900.000,00\n").ljust(room - 1, b"0") + b">"),
        "a comment",
    )
    yield gapped(lambda d, room: b"<" + d.hex().encode().ljust(room - 3, b"0") + b"> "), "odd digit, blank after"
    yield gapped(lambda d, room: b" <" + d.hex().encode().ljust(room - 3, b"0") + b">", "objstm"), "blank before"
    yield (
        gapped(lambda d, room: b"<" + d.hex().encode().ljust(room - 12, b"0") + b"   " + b">" + b" " * 7),
        "white space inside and after",
    )


@variant("G4", "double", FAILING)
def gap_double():
    """A second /Contents or /ByteRange, plain or escaped"""

    def doubled(extra, after=b"", kind="table", certify=None):
        update = Update(Certidao().write(kind))
        value, _, _ = open_signature(update, extra=extra, certify=certify)
        if after:
            body = update.raw(value)
            update.put(value, body[:-2] + after + b" >>")
        return seal(update.finish(), span=None)

    empty = b"/Contents <00> "
    yield doubled(empty), "/Contents before"
    yield doubled(b"", b"/Contents <3000>", "objstm"), "/Contents after"
    yield doubled(b"/#43ontents <00> ", kind="stream"), "/#43ontents before"
    yield doubled(b"", b"/Con#74ents <3000>", certify=2), "/Con#74ents after"
    yield doubled(b"/ByteRange [0 1 2 3] ", kind="objstm"), "/ByteRange before"
    yield doubled(b"", b"/ByteRange [0 1 2 3]"), "/ByteRange after"
    yield doubled(b"", b"/Byte#52ange [0 1 2 3]", "stream"), "/Byte#52ange after"
    yield gapped(lambda d, room: (_hex(d) + b" /ByteRange [0 10 20 30] ").ljust(room)), "/ByteRange in the gap"
    yield gapped(lambda d, room: (_hex(d) + b" /Contents <00> ").ljust(room), "objstm"), "/Contents in the gap"


@variant("G5", "oversize", FAILING)
def gap_oversize():
    """A gap far larger than its CMS, carrying data"""
    load = b"R$ 900.000,00 " * 3000
    yield (
        gapped(
            lambda d, room: b"<" + (d + b"\0" * 100 + load).hex().encode().ljust(room - 2, b"0") + b">", room=80_000
        ),
        "text",
    )
    yield (
        gapped(
            lambda d, room: b"<" + (d.ljust(70_000, b"\0") + b"\1" * 64).hex().encode().ljust(room - 2, b"0") + b">",
            "objstm",
            room=90_000,
        ),
        "a few bytes far behind",
    )
    yield gapped(lambda d, room: (_hex(d) + b" % " + load).ljust(room), "stream", pki().rsa, room=100_000), "a comment"


@variant("D1", "override", INVALID)
def override():
    """A later revision redefines what the signature dictionary says"""
    for name, keys in (
        ("classic", {"Reason": b"(Aprovado pelo tabeli\\343o)"}),
        ("compact", {"Name": b"(Presidente de Exemplo)"}),
        ("p2", {"M": b"(D:20300101000000Z)"}),
        ("first", {"Location": b"(Outro lugar)"}),
        ("p3", {"Reference": None}),
        ("two", {"Name": b"(Beltrano)", "Reason": b"(Leu)"}),
    ):
        data = base(name)[0]
        number = Pdf(data).signature()
        yield updated(data, set_keys(number, **keys)), f"{', '.join(keys)}, {name}"
        if name in ("classic", "compact", "p2"):
            yield resign(data, set_keys(number, **keys)), f"{', '.join(keys)}, {name}, signed by another"


@variant("hash", "digest", INVALID)
def digest():
    """Signed bytes changed in place"""
    for name, old, new in (
        ("classic", b"100.000,00", b"900.000,00"),
        ("first", b"FULANA", b"SICRAN"),
        ("form", b"R$ 100.000,00", b"R$ 100.000,99"),
        ("pages", b"/Count 2", b"/Count 1"),
        ("two", b"4.321", b"9.321"),
        ("layers", b"/ON [", b"/OF ["),
    ):
        data = base(name)[0]
        assert old in data
        yield data.replace(old, new, 1), name

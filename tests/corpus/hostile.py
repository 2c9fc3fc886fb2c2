"""Hostile input (Z1): loops, bombs, huge numbers, damage. Whatever the verdict, it comes in bounded time and memory.

`valid` is listed only where the trap lies in bytes that were signed and changes nothing that is shown.
"""

import functools
import random
import re
import zlib

from common import (
    Update,
    Variants,
    array,
    changed,
    cms_over,
    entries,
    open_signature,
    pki,
    ref,
    seal,
    sign_raw,
    stream,
    widget,
)
from documents import Certidao, base, page_content
from edits import annotate, fill, note, updated
from rawpdf import Pdf, object_stream, xref_table

variant = Variants("hostile")
NEVER = "indeterminate invalid unreadable unsigned"
MAY = NEVER + " valid"


def build(corpus):
    variant.build(corpus)


def planted(function, kind="table", signed=True, **options):
    """A certidão whose objects `function(certidao, catalog)` spoils, then signed in its only revision (or not at all)."""
    certidao = Certidao(filler=function, **options)
    return certidao.signed_first(kind) if signed else certidao.write(kind)


# --- loops ------------------------------------------------------------------------------------------------------------------


def _set(number_key, **keys):
    def spoil(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        number = n[number_key] if isinstance(n[number_key], int) else n[number_key][0]
        value = doc.objects[number]
        made = {k: (v(n) if callable(v) else v) for k, v in keys.items()}
        if isinstance(value, dict):
            value.update(made)
        else:
            doc.objects[number] = changed(value, **made)

    return spoil


@variant("Z1", "loop-pages", MAY)
def loop_pages():
    """A loop in the page tree"""
    yield planted(_set("pages", Kids=lambda n: array(ref(n["pages"]), ref(n["page"][0])))), "a node is its own kid"
    yield (
        planted(_set("page", Type=b"/Pages", Kids=lambda n: array(ref(n["pages"])))),
        "a page is a node that has its parent as kid",
    )
    yield planted(_set("pages", Kids=lambda n: ref(n["pages"]))), "/Kids refers to the node"
    yield planted(_set("pages", Parent=lambda n: ref(n["pages"])), signed=False), "/Parent of the root"


@variant("Z1", "loop-parent", MAY)
def loop_parent():
    """Inheritance in a loop"""
    yield planted(_set("page", Parent=lambda n: ref(n["page"][0]))), "a page is its own parent"
    yield planted(_set("field valor", Parent=lambda n: ref(n["field valor"])), form=True), "a field is its own parent"
    yield (
        planted(_set("page", Parent=lambda n: ref(n["page"][0])), "objstm", inherit=True),
        "a page is its own parent and inherits all",
    )


@variant("Z1", "loop-fields", MAY)
def loop_fields():
    """A loop in the field tree"""
    for kind in ("table", "objstm"):
        yield (
            planted(
                _set("field parte", Kids=lambda n: array(ref(n["field parte"]), ref(n["field comprador"]))),
                kind,
                form=True,
                nested=True,
            ),
            f"a field is its own kid, {kind}",
        )
        yield (
            planted(_set("field comprador", Kids=lambda n: array(ref(n["field parte"]))), kind, form=True, nested=True),
            f"grandchild is the grandparent, {kind}",
        )


@variant("Z1", "loop-others", MAY)
def loop_others():
    """Loops in structure tree, outlines, name trees, references"""
    yield (
        planted(_set("document", K=lambda n: array(ref(n["document"]), ref(n["struct"]))), tagged=True),
        "structure tree",
    )
    yield (
        planted(_set("item", Next=lambda n: ref(n["item"]), First=lambda n: ref(n["item"])), outlines=True),
        "outlines",
    )
    yield planted(_set("dests", Kids=lambda n: array(ref(n["dests"]))), outlines=True), "name tree"

    def chain(certidao, catalog):
        doc = certidao.doc
        first, second = doc.reserve(), doc.reserve()
        doc.add(ref(second), first)
        doc.add(ref(first), second)
        catalog["Metadata"] = ref(first)
        catalog["ViewerPreferences"] = ref(first)

    yield planted(chain), "two references name each other"

    def own(certidao, catalog):
        number = certidao.doc.reserve()
        certidao.doc.add(ref(number), number)
        certidao.doc.objects[certidao.numbers["page"][0]]["Rotate"] = ref(number)

    yield planted(own), "an object is a reference to itself"


@variant("Z1", "loop-length", MAY)
def loop_length():
    """/Length in a loop"""

    def own(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        doc.objects[n["content"][0]] = stream(page_content(1, 1), length=ref(n["content"][0]))

    def two(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        other = doc.reserve()
        doc.objects[n["content"][0]] = stream(page_content(1, 1), length=ref(other))
        doc.add(stream(b"1", length=ref(n["content"][0])), other)

    yield planted(own), "its own"
    yield planted(two), "two streams"
    yield planted(own, "stream", signed=False), "its own, not signed"


@variant("Z1", "loop-prev", NEVER)
def loop_prev():
    """/Prev, /XRefStm and /Extends in loops"""
    data = base("classic")[0]
    update = Update(data)
    start = len(update.finish(xref=False))
    yield update.finish(prev=start), "/Prev names its own table"
    first = updated(data)
    second = len(Update(first).finish(xref=False))
    yield (
        Update(first).finish(prev=start).replace(b"/Prev %d" % Pdf(data).startxref, b"/Prev %d" % second),
        "two tables",
    )
    loop = data.replace(b"/Prev", b"/Prez")
    yield updated(loop, prev=start), "the signed section has no /Prev"
    plain = Certidao().write()
    looped = plain[
        : plain.rindex(b"trailer")
    ] + b"trailer\n<< /Size 20 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % ((Pdf(plain).startxref,) * 2)
    yield looped, "only one section"
    yield (
        plain[: plain.rindex(b"trailer")]
        + b"trailer\n<< /Size 20 /Root 1 0 R /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n" % ((Pdf(plain).startxref,) * 2),
        "/XRefStm names the table",
    )
    data = base("compact")[0]
    yield updated(data, prev=len(Update(data).finish(xref=False))), "/Prev of a stream names itself"


@variant("Z1", "loop-extends", NEVER)
def loop_extends():
    """/Extends in a loop, an object stream inside another, inside itself"""
    data, n = base("first-stream")
    page = n["page"][0]
    update = Update(data)
    a, b = update.next, update.next + 1
    update.put(a, object_stream([], b"/Extends %s" % ref(b)))
    update.put(b, object_stream([], b"/Extends %s" % ref(a)))
    yield update.finish(more={page: ("s", a, 0)}), "two streams extend each other"
    update = Update(data)
    a = update.new(object_stream([(page, b"<< /Type /Page >>")]))
    yield update.finish(more={a: ("s", a, 0), page: ("s", a, 0)}), "a stream lies in itself"
    update = Update(data)
    a, b = update.next, update.next + 1
    yield (
        update.finish(more={a: ("s", b, 0), b: ("s", a, 0), page: ("s", a, 0)}, size=b + 3),
        "two streams lie in each other",
    )


def _laughs(doc, leaf, levels=10, width=10, key=b"Kids", head=b"/Type /Pages /Count 1"):
    number = leaf
    for _ in range(levels):
        number = doc.add(b"<< %s /%s [%s] >>" % (head, key, b" ".join([ref(number)] * width)))
    return number


@variant("Z1", "shared-kids", MAY)
def laughs():
    """Trees whose nodes are named ten times by each parent: 10^10 paths"""

    def fields(certidao, catalog):
        doc, n = certidao.doc, certidao.numbers
        leaf = doc.add(b"<< /FT /Sig /T (x) >>")
        top = _laughs(doc, leaf, head=b"/T (a)")
        doc.objects[n["form"]] = changed(doc.objects[n["form"]], Fields=array(ref(top)))

    yield planted(fields, form=True), "fields"
    yield planted(fields, "objstm", form=True), "fields, object stream"
    yield planted(fields, "stream", form=True, signed=False), "fields, not signed"


@variant("Z1", "shared-others", MAY)
def laughs_others():
    """The same in trees that no verdict depends on"""

    def pages(certidao, catalog):
        catalog["Pages"] = ref(_laughs(certidao.doc, certidao.numbers["page"][0]))

    def structure(certidao, catalog):
        doc, n = certidao.doc, certidao.numbers
        catalog["StructTreeRoot"] = ref(_laughs(doc, n["paragraph"][0], key=b"K", head=b"/Type /StructElem /S /P"))

    def names(certidao, catalog):
        catalog["Names"] = b"<< /EmbeddedFiles %s >>" % ref(
            _laughs(certidao.doc, certidao.doc.add(b"<< /Names [] >>"), head=b"")
        )

    def arrays(certidao, catalog):
        number = certidao.doc.add(b"[]")
        for _ in range(25):
            number = certidao.doc.add(array(*[ref(number)] * 4))
        catalog["PieceInfo"] = ref(number)

    yield planted(pages), "pages"
    yield planted(pages, "objstm", signed=False), "pages, not signed"
    yield planted(structure, tagged=True), "structure"
    yield planted(names), "names"
    yield planted(arrays, "stream"), "arrays"
    certidao = Certidao(filler=arrays)
    data = certidao.signed_first()
    yield sign_raw(data, pki().other, name=b"(Outra)"), "arrays, two signatures"


# --- bombs -------------------------------------------------------------------------------------------------------------------------


@functools.cache
def zeros(count):
    """`count` zeros, deflated, without ever holding them."""
    press = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(press.compress(block) for _ in range(count >> 20)) + press.flush()


def lzw_bomb(codes):
    """LZW data that grows: each code names the sequence before and one byte more; restarts before the table is full."""
    out, hold, held = bytearray(), 0, 0
    table, width = 258, 9

    def put(code):
        nonlocal hold, held
        hold, held = hold << width | code, held + width
        while held >= 8:
            held -= 8
            out.append(hold >> held & 255)
            hold &= (1 << held) - 1

    put(256)
    put(0)
    for _ in range(codes):
        put(table)
        table += 1
        if table + 1 >= 1 << width and width < 12:
            width += 1
        if table >= 4094:
            put(256)
            width, table = 9, 258
            put(0)
    put(257)
    if held:
        out.append(hold << 8 - held & 255)
    return bytes(out)


def _content(body):
    def spoil(certidao, catalog):
        certidao.doc.objects[certidao.numbers["content"][0]] = body

    return spoil


@variant("Z1", "bomb-content", MAY)
def bomb_content():
    """Streams that grow enormously when decoded, as content of a page"""
    one = zeros(1 << 30)
    yield planted(_content(stream(one, b"/Filter /FlateDecode"))), "1 GiB of zeros, deflated"
    yield (
        planted(_content(stream(zlib.compress(one, 9), b"/Filter [/FlateDecode /FlateDecode]")), "stream"),
        "deflated twice",
    )
    yield (
        planted(
            _content(
                stream(zlib.compress(zlib.compress(one, 9), 9), b"/Filter [/FlateDecode /FlateDecode /FlateDecode]")
            )
        ),
        "deflated three times",
    )
    yield planted(_content(stream(lzw_bomb(1_000_000), b"/Filter /LZWDecode"))), "LZW, 2 GB"
    yield planted(_content(stream(b"z" * 5_000_000 + b"~>", b"/Filter /ASCII85Decode"))), "ASCII85, 20 MB"
    chain = zlib.compress(b"z" * 100_000_000, 9)
    yield planted(_content(stream(chain, b"/Filter [/FlateDecode /ASCII85Decode]"))), "deflated ASCII85, 400 MB"
    yield planted(_content(stream(b"\x81\0" * 1_000_000 + b"\x80", b"/Filter /RunLengthDecode"))), "run length, 128 MB"
    yield planted(_content(stream(b"x", b"/Filter [%s]" % (b"/ASCIIHexDecode " * 100_000)))), "100 000 filters"
    yield (
        planted(_content(stream(one, b"/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 1000000000 >>"))),
        "predictor with 10^9 columns",
    )


@variant("Z1", "bomb-structure", NEVER)
def bomb_structure():
    """Bombs as object stream or cross-reference"""
    one = zeros(1 << 30)
    data, n = base("first-stream")
    update = Update(data)
    container = update.new(stream(one, b"/Type /ObjStm /N 1 /First 10 /Filter /FlateDecode"))
    yield update.finish(more={n["page"][0]: ("s", container, 0)}), "object stream"
    update = Update(data)
    container = update.new(
        stream(
            zlib.compress(one, 9), b"/Type /ObjStm /N 100000000 /First 900000000 /Filter [/FlateDecode /FlateDecode]"
        )
    )
    yield update.finish(more={n["page"][0]: ("s", container, 0)}), "object stream, twice deflated, 10^8 objects"
    start = len(data)
    size = b"/Size 400000000 /W [1 1 1] /Root 1 0 R /Prev %d" % Pdf(data).startxref
    yield (
        data
        + b"999 0 obj\n"
        + stream(one, b"/Type /XRef /Filter /FlateDecode " + size)
        + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start,
        "cross-reference",
    )
    parts = b" /DecodeParms << /Predictor 12 /Columns 3 >> "
    yield (
        data
        + b"999 0 obj\n"
        + stream(one, b"/Type /XRef /Filter /FlateDecode " + size + parts)
        + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start,
        "cross-reference with predictor",
    )
    many = b"".join(b"%d 0 " % i for i in range(200_000))
    update = Update(data)
    container = update.new(stream(many + b"null", b"/Type /ObjStm /N 200000 /First %d" % len(many), compress=True))
    yield (
        update.finish(more={n["page"][0]: ("s", container, 199_999)}),
        "200 000 objects at one place of an object stream",
    )


@variant("Z1", "harmless", MAY)
def harmless():
    """Enormous, but everything shown is what was signed"""
    data = base("first-stream")[0]
    update = Update(data)
    containers = [
        update.new(stream(zeros(32 << 20), b"/Type /ObjStm /N 1 /First 10 /Filter /FlateDecode")) for _ in range(100)
    ]
    yield (
        update.finish(more={200 + i: ("s", c, 0) for i, c in enumerate(containers)}),
        "100 object streams of 32 MiB that nothing needs",
    )
    data = base("classic")[0]
    yield updated(data, size=2**31 - 1), "/Size 2^31 - 1"
    yield updated(data, size=10**30), "/Size 10^30"
    end = b"trailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (Pdf(data).startxref, len(data))
    yield data + b"xref\n" + b"0 0\n" * 1_000_000 + end, "10^6 empty subsections"
    yield sign_raw(Certidao().write(), room=4_000_000), "8 MB gap of zeros"


# --- huge numbers --------------------------------------------------------------------------------------------------------------------


@variant("Z1", "huge-numbers", NEVER)
def huge_numbers():
    """Numbers beyond all reason in the cross-reference"""
    data = base("classic")[0]
    yield updated(data, prev=2**63), "/Prev 2^63"
    yield updated(data, prev=10**50), "/Prev 10^50"
    yield updated(data, startxref=2**64 - 1), "startxref 2^64 - 1"
    start = len(data)
    end = b"trailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (Pdf(data).startxref, start)
    for head in (b"0 4294967295", b"4294967295 1", b"0 99999999999999999999", b"-5 10", b"2147483647 2147483647"):
        yield data + b"xref\n" + head + b"\n0000000000 65535 f \n" + end, f"section {head.decode()}"
    data = base("compact")[0]
    start = len(data)
    for what, head in (
        ("/W", b"/W [100000000 100000000 100000000] /Size 5"),
        ("/W zero", b"/W [0 0 0] /Size 1000000000"),
        ("/W negative", b"/W [1 -4 2] /Size 5"),
        ("/W long", b"/W [%s] /Size 5" % (b"1 " * 50_000)),
        ("/Index", b"/W [1 4 2] /Size 5 /Index [0 4294967295]"),
        ("/Index negative", b"/W [1 4 2] /Size 5 /Index [-1 2]"),
        ("/Index long", b"/W [0 0 0] /Size 5 /Index [%s]" % (b"0 100000 " * 10_000)),
        ("/W wide", b"/W [1 16 16] /Size 2"),
        ("/Size negative", b"/W [1 4 2] /Size -1"),
    ):
        yield (
            (
                data
                + b"999 0 obj\n"
                + stream(bytes(140), b"/Type /XRef /Root 1 0 R /Prev %d " % Pdf(data).startxref + head)
                + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
            ),
            what,
        )
    data, n = base("first-stream")
    for what, head in (
        ("/N", b"/N 4294967295 /First 10"),
        ("/N negative", b"/N -1 /First 10"),
        ("/First", b"/N 1 /First 4294967295"),
        ("/First negative", b"/N 1 /First -10"),
        ("/N a string", b"/N (1) /First 4"),
    ):
        update = Update(data)
        container = update.new(stream(b"%d 0 << >>" % n["page"][0], b"/Type /ObjStm " + head))
        yield update.finish(more={n["page"][0]: ("s", container, 0)}), what
    data, n = base("pages")
    yield updated(data, lambda u: u.edit(n["pages"], Count=b"9" * 40)), "/Count of 40 digits"
    yield (
        updated(data, lambda u: u.edit(n["page"][0], MediaBox=b"[0 0 1%s 1]" % (b"0" * 100_000))),
        "a number of 100 000 digits",
    )
    yield updated(data, lambda u: u.edit(n["page"][0], Contents=b"99999999999999999999 0 R")), "reference to 10^20"


# --- deep ------------------------------------------------------------------------------------------------------------------------------


@variant("Z1", "deep", MAY)
def deep():
    """Deep nesting"""
    for what, value in (
        ("arrays", b"[" * 100_000 + b"]" * 100_000),
        ("dictionaries", b"<</A" * 50_000 + b" 0" + b">>" * 50_000),
        ("parentheses", b"(" * 100_000 + b")" * 100_000),
        ("mixed", b"[<</A" * 30_000 + b" 0" + b">>]" * 30_000),
    ):
        yield planted(lambda c, catalog: catalog.update(PieceInfo=ref(c.doc.add(value)))), f"{what}, signed"
    yield planted(_content(stream(b"q " * 500_000 + b"[" * 500_000))), "in content"

    def chain(certidao, catalog):
        number = certidao.doc.add(b"null")
        for _ in range(20_000):
            number = certidao.doc.add(ref(number))
        catalog["PieceInfo"] = ref(number)

    yield planted(chain), "20 000 references in a row"

    def pages(certidao, catalog):
        doc, number = certidao.doc, certidao.numbers["page"][0]
        for _ in range(20_000):
            number = doc.add(b"<< /Type /Pages /Count 1 /Kids [%s] >>" % ref(number))
        catalog["Pages"] = ref(number)

    yield planted(pages), "20 000 levels of pages"

    def lengths(certidao, catalog):
        doc = certidao.doc
        number = doc.add(b"1")
        for _ in range(5_000):
            number = doc.add(stream(b"1", length=ref(number)))
        catalog["PieceInfo"] = ref(number)

    yield planted(lengths), "5 000 lengths in a row"


@variant("Z1", "deep-broken", NEVER)
def deep_broken():
    """Deep nesting that never ends"""
    head = b"%PDF-1.7\n1 0 obj\n"
    for what, unit in (
        ("arrays", b"["),
        ("dictionaries", b"<<"),
        ("strings", b"("),
        ("keys", b"<</A"),
        ("hexadecimal", b"<4"),
        ("names", b"/"),
    ):
        yield head + unit * 1_000_000, f"open {what}"
    trailer = b"[" * 200_000
    yield (
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root " + trailer + b" >>\nstartxref\n9\n%%EOF\n",
        "in the trailer",
    )


@variant("Z1", "deep-trees", NEVER)
def deep_trees():
    """Deep field trees"""

    def fields(certidao, catalog):
        doc, n = certidao.doc, certidao.numbers
        number = doc.add(b"<< /FT /Sig /T (x) >>")
        for _ in range(20_000):
            number = doc.add(b"<< /T (a) /Kids [%s] >>" % ref(number))
        doc.objects[n["form"]] = changed(doc.objects[n["form"]], Fields=array(ref(number)))

    yield planted(fields, form=True), "20 000 levels of fields"
    yield planted(fields, "objstm", signed=False, form=True), "20 000 levels of fields, not signed"


# --- many ----------------------------------------------------------------------------------------------------------------------------------


@variant("Z1", "revisions", MAY)
def revisions():
    """Very many empty revisions after signing"""
    for name, count in (("classic", 1_000), ("classic", 10_000), ("first", 100_000)):
        data = bytearray(base(name)[0])
        previous, trailer = Pdf(bytes(data)).startxref, Pdf(bytes(data)).trailer
        fixed = b" ".join(b"/%s %s" % (k.encode(), v) for k, v in trailer.items() if k in ("Root", "Size"))
        for _ in range(count):
            at = len(data)
            data += b"xref\n0 0\ntrailer\n<<%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (fixed, previous, at)
            previous = at
        yield bytes(data), f"{count}, {name}"
    data = base("compact")[0]
    for _ in range(60):
        data = updated(data)
    yield data, "60 cross-reference streams"


@variant("Z1", "sections", NEVER)
def sections():
    """Very many subsections, or entries at one place"""
    data = base("classic")[0]
    start = len(data)
    end = b"trailer\n<< /Size 99 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (Pdf(data).startxref, start)
    yield data + b"xref\n" + b"7 1\n0000000015 00000 n \n" * 200_000 + end, "200 000 times the same entry"
    yield (
        data + b"xref\n100 500000\n" + b"0000000015 00000 n \n" * 500_000 + end,
        "500 000 entries that name one object",
    )


@variant("Z1", "many-fields", MAY)
def many_fields():
    """10^5 fields"""

    def fields(certidao, catalog):
        doc, n = certidao.doc, certidao.numbers
        made = [doc.add(b"<< /FT /Tx /T (f%d) /V (x) >>" % i) for i in range(100_000)]
        doc.objects[n["form"]] = changed(doc.objects[n["form"]], Fields=array(*(ref(f) for f in made)))

    data = planted(fields, form=True)
    yield data, "signed"
    yield sign_raw(data, pki().other, name=b"(Outra)"), "signed twice"
    yield planted(fields, "objstm", form=True), "in one object stream"


@variant("Z1", "many-signatures", NEVER)
def many_signatures():
    """Very many signatures"""

    def with_fields(count, value, certidao, catalog):
        doc = certidao.doc
        made = [doc.add(b"<< /FT /Sig /T (s%d) /V %s >>" % (i, value(i, doc))) for i in range(count)]
        catalog["AcroForm"] = b"<< /SigFlags 3 /Fields %s >>" % array(*(ref(f) for f in made))

    token = cms_over(b"\0" * 32).hex().encode()
    small = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 100 200 300] /Contents <3000> >>"
    holder = []

    def one(i, doc):
        if not i:
            holder[:] = [doc.add(small)]
        return ref(holder[0])

    yield Certidao(filler=lambda c, k: with_fields(100_000, one, c, k)).write(), "10^5 fields with one signature"
    yield (
        Certidao(filler=lambda c, k: with_fields(50_000, lambda i, doc: ref(doc.add(small)), c, k)).write(),
        "50 000 signatures",
    )
    yield (
        Certidao(filler=lambda c, k: with_fields(50_000, lambda i, doc: small, c, k)).write("objstm"),
        "50 000 direct values in an object stream",
    )

    def real(i, doc):
        return ref(
            doc.add(
                b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 %d %d 9000000] /Contents <%s> >>"
                % (1000 + i, 1300 + i, token)
            )
        )

    bulk = dict(bulk=5 * 1024 * 1024)
    yield (
        Certidao(filler=lambda c, k: with_fields(1_500, real, c, k), **bulk).write(),
        "1 500 signatures over 9 MB each, all different",
    )

    # The same signature again and again: each is good by itself.
    certidao = Certidao()
    data = certidao.write()
    update = Update(data)
    value, _, _ = open_signature(update)
    for i in range(2_000):
        field = update.new(widget(certidao.numbers["page"][0], ref(value), b"(s%d)" % i))
        update.add_field(field) if i < 5 else None
    form = entries(update.dict(update.pdf.root)["AcroForm"])
    listed = array(form["Fields"][1:-1], *(ref(value + 3 + i) for i in range(5, 2_000)))
    update.edit(update.pdf.root, AcroForm=b"<< /SigFlags 3 /Fields %s >>" % listed)
    yield seal(update.finish()), "2 000 fields with the same good signature"


@variant("Z1", "many-pages", MAY)
def many_pages():
    """20 000 pages, annotations"""
    yield sign_raw(Certidao(pages=5_000).write("objstm")), "5 000 pages"

    def annotations(certidao, catalog):
        doc, n = certidao.doc, certidao.numbers
        made = [doc.add(b"<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] >>") for _ in range(50_000)]
        doc.objects[n["page"][0]]["Annots"] = array(*(ref(a) for a in made))

    data = planted(annotations)
    yield data, "50 000 annotations"
    yield sign_raw(data, pki().other, name=b"(Outra)"), "50 000 annotations, signed twice"


@variant("Z1", "many-ranges", NEVER)
def many_ranges():
    """/ByteRange and /Contents of extreme size"""
    data = base("classic")[0]
    number = Pdf(data).signature()
    for what, value in (
        ("10^6 numbers", b"[" + b"0 1 " * 500_000 + b"]"),
        ("one number of 10^6 digits", b"[0 1 2 %s]" % (b"9" * 1_000_000)),
    ):
        yield updated(data, lambda u: u.edit(number, ByteRange=value)), what
    yield updated(data, lambda u: u.edit(number, Contents=b"<" + b"30" * 5_000_000 + b">")), "/Contents of 5 MB"
    yield updated(data, lambda u: u.edit(number, Contents=b"<" + b"3080" * 1_000_000 + b">")), "10^6 open BER values"
    yield (
        updated(data, lambda u: u.edit(number, Contents=b"<" + b"2480" * 1_000_000 + b">")),
        "10^6 open constructed strings",
    )


@variant("Z1", "overlap", NEVER)
def overlap():
    """Objects that overlap: every entry points into one long value"""
    for what, unit in (("arrays", b"["), ("strings", b"("), ("objects", b"7 0 obj "), ("dictionaries", b"<</A")):
        out = bytearray(b"%PDF-1.7\n")
        start = len(out)
        out += unit * 60_000
        places = {0: ("f", 0, 65535), 1: ("n", start, 0)}
        places.update({i + 2: ("n", start + i * len(unit), 0) for i in range(50_000)})
        at = len(out)
        out += xref_table(places) + b"trailer\n<< /Size 50002 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % at
        yield bytes(out), what
    out = bytearray(b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n")
    where = []
    for i in range(40_000):
        where.append(len(out))
        out += b"%d 0 obj << /Length 9999999 >> stream\n" % (i + 2)
    places = {0: ("f", 0, 65535), 1: ("n", 9, 0), **{i + 2: ("n", w, 0) for i, w in enumerate(where)}}
    at = len(out)
    out += xref_table(places) + b"trailer\n<< /Size 40002 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % at
    yield bytes(out), "40 000 streams without an end"


@variant("Z1", "search", NEVER)
def search():
    """Patterns that make a search for objects or ends expensive"""
    head, end = b"%PDF-1.7\n", b"\n%%EOF\n"
    for what, unit in (
        ("startxref", b"startxref\n9\n%%EOF\n"),
        ("endless streams", b"1 0 obj<<>>stream\n"),
        ("objects", b"1 0 obj\n"),
        ("headers", b"%PDF-1.7\n"),
        ("trailers", b"trailer<</Root 1 0 R>>\n"),
        ("digits", b"1"),
        ("numbers", b"1 "),
        ("xref", b"xref\n0 1\n"),
        ("comments", b"%"),
        ("blanks", b" "),
        ("NUL", b"\0"),
        ("signatures", b"/Type/Sig/ByteRange[0 1 2 3]/Contents<00>\n"),
        ("ends of streams", b"endstream\n"),
        ("catalogs", b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"),
    ):
        yield head + unit * (2_000_000 // len(unit)) + end, what
    data = base("first")[0]
    yield data + b"1 0 obj<<>>stream\n" * 150_000, "endless streams behind a signed file"
    yield data + b"startxref\n9\n%%EOF\n" * 150_000, "ends behind a signed file"
    yield data + b"\n" * 3_000_000, "line ends behind a signed file"


# --- damage -------------------------------------------------------------------------------------------------------------------------------------


@variant("Z1", "truncated", NEVER)
def truncated():
    """Cut off at many points"""
    for name in ("classic", "compact", "hybrid"):
        data = base(name)[0]
        for step in range(1, 20):
            at = len(data) * step // 20
            yield data[:at], f"{name} at {at}"
        for less in (1, 2, 6, 10, 20):
            yield data[:-less], f"{name} less {less}"


@variant("Z1", "flipped", NEVER)
def flipped():
    """One byte changed outside of the signature value"""
    dice = random.Random(2026)
    for name in ("classic", "compact", "two", "p2", "hybrid", "first-stream"):
        data = base(name)[0]
        values = [m.span() for m in re.finditer(rb"<[0-9a-fA-F]{200,}>", data)]
        for _ in range(15):
            at = dice.randrange(len(data))
            while any(a <= at < b for a, b in values):
                at = dice.randrange(len(data))
            changed_ = bytearray(data)
            changed_[at] ^= 1 << dice.randrange(8)
            yield bytes(changed_), f"{name} at {at}"


@variant("Z1", "no-pdf", "unreadable indeterminate invalid unsigned")
def no_pdf():
    """Not a PDF"""
    dice = random.Random(7)
    samples = {
        "empty": b"",
        "one byte": b"%",
        "header only": b"%PDF-1.7\n",
        "header and end": b"%PDF-1.7\n%%EOF\n",
        "text": b"Certid\xe3o\n" * 50,
        "random": dice.randbytes(100_000),
        "random with a header": b"%PDF-1.7\n" + dice.randbytes(100_000) + b"\nstartxref\n99\n%%EOF\n",
        "PNG": b"\x89PNG\r\n\x1a\n" + dice.randbytes(500),
        "zeros": bytes(1_000_000),
        "HTML": b"<html><body>%PDF-</body></html>",
        "DER": cms_over(b"\0" * 32),
        "gzip": b"\x1f\x8b" + dice.randbytes(200),
        "UTF-16": "%PDF-1.7 certidão".encode("utf-16"),
        "end only": b"startxref\n0\n%%EOF\n",
        "PostScript": b"%!PS-Adobe-3.0\nshowpage\n",
        "FDF": b"%FDF-1.2\n1 0 obj<</FDF<<>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
    }
    for what, data in samples.items():
        yield data, what


@variant("Z1", "wrong-types", NEVER)
def wrong_types():
    """Objects of another type than they should be"""
    values = (b"null", b"7", b"(x)", b"[]", b"<< >>", b"true", b"/Name", b"-1.5", b"999 0 R")
    for key in (b"Pages", b"AcroForm"):
        for value in values:
            yield (
                updated(base("form")[0], lambda u: u.edit(u.pdf.root, **{key.decode(): value})),
                f"/{key.decode()} is {value.decode()}",
            )
    data, n = base("form")
    holder = n["form"]
    for value in values:
        yield updated(data, lambda u: u.edit(holder, Fields=value)), f"/Fields is {value.decode()}"
    for value in (b"null", b"(x)", b"[1 2]", b"<< /Fields 3 >>"):
        yield updated(base("compact")[0], lambda u: u.put(u.pdf.root, value)), f"the catalog is {value.decode()}"


REFERENCES = (
    b"7",
    b"[7]",
    b"[<< >>]",
    b"[<< /TransformMethod /DocMDP >>]",
    b"[<< /TransformMethod /DocMDP /TransformParams 5 >>]",
    b"[<< /TransformMethod /DocMDP /TransformParams << /P 9 >> >>]",
)


def with_reference(value):
    certidao = Certidao(form=True)
    update = Update(certidao.write())
    open_signature(update, extra=b"/Reference " + value)
    return seal(update.finish()), certidao.numbers


@variant("Z1", "odd-reference", MAY)
def odd_reference():
    """/Reference of the signature is malformed; nothing was changed later"""
    for value in REFERENCES:
        yield with_reference(value)[0], value.decode()


@variant("Z1", "odd-reference-changed", NEVER)
def odd_reference_changed():
    """/Reference of the signature is malformed, so nobody knows what it permits; a note was added and a field filled"""
    for value in REFERENCES:
        data, n = with_reference(value)
        yield updated(data, fill(n, "observacao", "Pago"), annotate(note(rect=b"[72 590 300 610]"))), value.decode()

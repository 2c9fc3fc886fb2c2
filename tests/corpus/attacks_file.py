"""The file around the objects: cross-references, generations, streams, polyglots, encryption, files in files (X E Z3)."""

import io
import re
import zipfile
import zlib

from attacks_frame import FORGED, resign
from common import (
    Update,
    Variants,
    array,
    changed,
    dictionary,
    number_of,
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
from documents import Certidao, base, page_content
from edits import content, updated
from genuine import encrypted, qpdf
from rawpdf import Pdf, object_stream, xref_stream_object, xref_table

variant = Variants("forgery")
INVALID, FAILING = "invalid", "invalid indeterminate"


def signing(data, finish, *, steps=(), signer=None, certify=None, kind=None):
    """Signs with an update whose `finish` gets twists: the structure is wrong and the signature covers it."""
    update = Update(data, kind)
    for step in steps:
        step(update)
    open_signature(update, certify=certify, name=b"(Torta)")
    return seal(finish(update), signer)


# --- X1: hybrid files whose two readings differ ----------------------------------------------------------------------------------


def split(data, number, table_body, stream_body, *, sign_it, certify=None, packed=True):
    """An update whose table gives one object `number` and whose /XRefStm another."""
    update = Update(data, "table")
    if sign_it:
        open_signature(update, certify=certify, name=b"(Hibrida)")
    update.put(number, table_body)
    container, xref = update.next, update.next + 1
    between = bytearray()
    probe = len(update.finish(xref=False))
    places = {}
    if packed:
        body = object_stream([(number, stream_body)])
        between += b"%d 0 obj\n%s\nendobj\n" % (container, body)
        places = {number: ("s", container, 0)}
        at_container = probe
    else:
        between += b"%d 0 obj\n%s\nendobj\n" % (number, stream_body)
        places = {number: ("n", probe, 0)}
        at_container = None
    at = probe + len(between)
    stm = xref_stream_object(places, {"Size": b"%d" % (xref + 1), "Root": update.pdf.trailer["Root"]})
    between += b"%d 0 obj\n%s\nendobj\n" % (xref, stm)
    more = {xref: ("n", at, 0)}
    if at_container:
        more[container] = ("n", at_container, 0)
    update.next = xref + 1
    finished = update.finish(between=bytes(between), more=more, extra=b" /XRefStm %d " % at)
    return seal(finished) if sign_it else finished


@variant("X1", "hybrid", FAILING)
def hybrid_split():
    """Table and /XRefStm give different objects"""
    certidao = Certidao(pages=2)
    n = certidao.numbers
    plain = certidao.write()
    page = certidao.doc.objects[n["page"][0]]
    swapped = changed(page, Contents=ref(n["content"][1]))
    yield split(plain, n["page"][0], page, swapped, sign_it=True), "page, signed"
    yield (
        split(plain, n["content"][0], stream(page_content(1, 2)), stream(FORGED), sign_it=True, packed=False),
        "content, signed",
    )
    tree = certidao.doc.objects[n["pages"]]
    yield (
        split(
            plain, n["pages"], tree, changed(tree, Kids=array(ref(n["page"][1])), Count=b"1"), sign_it=True, certify=2
        ),
        "page tree, certified",
    )
    root = certidao.doc.objects[n["root"]]
    signed = sign(plain)
    yield (
        split(signed, n["root"], Pdf(signed).raw(n["root"]), root, sign_it=False),
        "catalog without the form, after signing",
    )
    yield (
        split(
            signed,
            n["page"][0],
            Pdf(signed).raw(n["page"][0]),
            changed(Pdf(signed).raw(n["page"][0]), Rotate=b"180"),
            sign_it=False,
        ),
        "page, after signing",
    )
    data, m = base("hybrid")
    yield (
        updated(data, content(m["content"][0], FORGED), extra=b" /XRefStm %s " % _old_xref_stream(data)),
        "old /XRefStm copied",
    )


def _old_xref_stream(data):
    return re.search(rb"/XRefStm (\d+)", data)[1]


# --- X2: duplicate keys -------------------------------------------------------------------------------------------------------------


@variant("X2", "keys", FAILING + " unsigned")
def duplicate_keys():
    """A key twice in a dictionary: first-wins and last-wins readers differ. Signed like that"""
    for kind in ("table", "stream", "objstm"):
        yield twice_raw(kind, "page", b"Contents", lambda n: ref(n["forged"])), f"page /Contents, {kind}"
        yield twice_raw(kind, "root", b"Pages", lambda n: ref(n["empty"])), f"catalog /Pages, {kind}"
        yield twice_raw(kind, "page", b"Con#74ents", lambda n: ref(n["forged"])), f"page /Con#74ents, {kind}"
    data = base("classic")[0]
    pdf = Pdf(data)
    yield (
        updated(data, lambda u: u.put(pdf.root, pdf.raw(pdf.root)[:-2] + b"/AcroForm << /Fields [] >> >>")),
        "catalog /AcroForm, later",
    )
    yield updated(data, extra=b" /Root %s " % ref(pdf.root)), "trailer /Root, later, equal"
    yield signing(Certidao().write(), lambda u: u.finish(extra=b" /Root 3 0 R ")), "trailer /Root, signed"


def twice_raw(kind, holder, key, second):
    """The plain file has the duplicate; an update that touches neither dictionary cannot sign it, so it is signed first."""

    def planting(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        n["forged"] = doc.add(stream(FORGED))
        n["empty"] = doc.add(b"<< /Type /Pages /Kids [] /Count 0 >>")

    certidao = Certidao(filler=planting)
    doc, n = certidao.doc, certidao.numbers
    value = doc.add(signature_dictionary())
    field = doc.add(widget(n["page"][0], ref(value)))
    doc.objects[n["page"][0]] = changed(doc.objects[n["page"][0]], Annots=array(ref(field)))
    doc.objects[n["root"]] = changed(doc.objects[n["root"]], AcroForm=b"<< /Fields [%s] /SigFlags 3 >>" % ref(field))
    number = n["page"][0] if holder == "page" else n["root"]
    doc.objects[number] = doc.objects[number][:-2] + b"/%s %s >>" % (key, second(n))
    return seal(doc.write(kind))


# --- X3: offsets that only a repairing reader gets right --------------------------------------------------------------------------------------


@variant("X3", "offsets", FAILING)
def wrong_offsets():
    """Offsets in the cross-reference are off; the signature covers them"""
    for shift in (1, 7, 200):
        yield signing(Certidao().write(), lambda u: u.finish(shift=shift)), f"by {shift}, table"
    yield signing(Certidao().write("stream"), lambda u: u.finish(shift=3), signer=pki().rsa), "by 3, stream"
    for kind in ("table", "objstm"):
        data = updated(Certidao().write(kind), lambda u: u.edit(u.pdf.pages()[0], Rotate=b"0"))
        start = Pdf(data).startxref
        yield signing(data, lambda u: u.finish(prev=start + 5)), f"/Prev by 5, {kind}"
        yield signing(data, lambda u: u.finish(prev=start - 40)), f"/Prev by -40, {kind}"
        update = Update(data)
        open_signature(update)
        size = len(update.finish(xref=False))
        yield seal(update.finish(startxref=size + 6)), f"startxref by 6, {kind}"
        update = Update(data)
        open_signature(update)
        yield seal(update.finish(startxref=0)), f"startxref 0, {kind}"
    swapped = Certidao(pages=2)
    n = swapped.numbers
    plain = swapped.write()
    pdf = Pdf(plain)
    yield (
        signing(plain, lambda u: u.finish(more={n["content"][0]: pdf.places[n["content"][1]]})),
        "one entry names another object",
    )
    yield (
        updated(
            base("pages")[0],
            more={base("pages")[1]["content"][0]: Pdf(base("pages")[0]).places[base("pages")[1]["content"][1]]},
        ),
        "one entry names another object, later",
    )


@variant("X3", "white-space", FAILING + " valid", kind="hostile")
def white_space():
    """Offsets name the line end before an object: every reader finds the same one"""
    for kind in ("table", "stream"):
        yield signing(Certidao().write(kind), lambda u: u.finish(shift=-1)), kind


# --- X4, X5: object streams and generations -------------------------------------------------------------------------------------------------------------


@variant("X4", "object-streams", INVALID)
def object_streams():
    """Object streams of later revisions override objects, or hold one twice"""
    for name in ("first-stream", "compact", "tagged", "p2-stream", "form-stream"):
        data, n = base(name)
        yield (
            updated(data, lambda u: u.edit(n["page"][0], Contents=ref(u.new(stream(FORGED)))), pack=True),
            f"page overridden, {name}",
        )
        yield (
            updated(data, lambda u: u.edit(n["page"][0], MediaBox=b"[0 0 595 605]"), pack=True),
            f"box overridden, {name}",
        )

        update = Update(data)
        old = update.pdf.raw(n["page"][0])
        container = update.new(object_stream([(n["page"][0], old), (n["page"][0], changed(old, Rotate=b"180"))]))
        yield update.finish(more={n["page"][0]: ("s", container, 1)}), f"twice in one stream, {name}"


@variant("X4", "broken-streams", FAILING)
def broken_object_streams():
    """Object streams of later revisions that hold an object only by an odd way"""
    for name in ("first-stream", "compact", "tagged", "p2-stream", "form-stream"):
        data, n = base(name)
        page = n["page"][0]
        update = Update(data)
        turned = changed(update.pdf.raw(page), Rotate=b"180")
        inner = update.new(object_stream([(page, turned)]))
        outer = update.new(object_stream([], b"/Extends %s" % ref(inner)))
        yield update.finish(more={page: ("s", outer, 0)}), f"through /Extends, {name}"
        update = Update(data)
        container = update.new(object_stream([(page + 500, update.pdf.raw(page)), (page, turned)]))
        yield update.finish(more={page: ("s", container, 0)}), f"index names another number, {name}"


@variant("X5", "generations", INVALID)
def generations():
    """Freed, reused, hidden by a free entry, or named with another generation"""
    for name in ("classic", "compact", "p2", "pages"):
        data, n = base(name)
        yield updated(data, lambda u: u.free(n["content"][0])), f"content freed, {name}"
        freed = updated(data, lambda u: u.free(n["content"][0]))
        update = Update(freed)
        update.put(n["content"][0], stream(FORGED), 1)
        yield update.finish(), f"reused with generation 1, {name}"
        update = Update(freed)
        update.put(n["content"][0], stream(FORGED), 0)
        yield update.finish(), f"reused with generation 0, {name}"
        update = Update(data)
        update.put(n["content"][0], stream(FORGED), 65535)
        yield update.finish(), f"generation 65535, {name}"
    data, n = base("two")
    yield resign(data, lambda u: u.free(n["link"])), "link freed, signed by another"


@variant("X5", "hidden-signature", FAILING + " unsigned")
def hidden_signature():
    """The signature field itself is freed"""
    for name in ("classic", "compact", "p2", "pages"):
        data = base(name)[0]
        field = next(x for x in Pdf(data).fields().values() if Pdf(data).dict(x).get("FT") == b"/Sig")
        yield updated(data, lambda u: u.free(field)), name


# --- X6: streams ------------------------------------------------------------------------------------------------------------------------------------------


def with_content(body, kind="table"):
    """A file signed in its only revision whose page has this stream as content."""
    certidao = Certidao()
    certidao.doc.objects[certidao.numbers["content"][0]] = body
    return certidao.signed_first(kind)


@variant("X6", "streams", FAILING)
def streams():
    """Streams that two readers decode differently, signed like that"""
    good = page_content(1, 1)
    for kind in ("table", "stream"):
        yield with_content(stream(good, length=b"99999999"), kind), f"/Length beyond the file, {kind}"
        yield with_content(stream(good, length=b"-5"), kind), f"/Length negative, {kind}"
        yield with_content(stream(good, length=b"0"), kind), f"/Length 0, {kind}"
        yield (
            with_content(stream(zlib.compress(good), b"/Filter /FlateDecode /Filter /ASCIIHexDecode"), kind),
            f"two filters by two keys, {kind}",
        )
    data, n = base("classic")
    body = Pdf(data).raw(n["content"][0])
    yield updated(data, lambda u: u.put(n["content"][0], changed(body, Length=b"20"))), "/Length changed, later"
    yield (
        updated(data, lambda u: u.put(n["content"][0], changed(body, Filter=b"/ASCIIHexDecode"))),
        "/Filter added, later",
    )
    for kind, certify in (("table", None), ("stream", 2), ("table", 3)):
        certidao = Certidao()
        n = certidao.numbers
        length = certidao.doc.add(b"%d" % len(good))
        certidao.doc.objects[n["content"][0]] = stream(good, length=ref(length))
        data = certidao.signed_first(kind, certify=certify)
        yield updated(data, lambda u: u.put(length, b"40")), f"indirect /Length changed, later, {kind}, P={certify}"


@variant("X6", "unusual", FAILING + " valid", kind="hostile")
def unusual_streams():
    """Streams that are odd, but that most readers decode in the same way, signed like that"""
    good, bad = page_content(1, 1), FORGED
    both_ = good + b"\nendstream\nendobj\n" + bad
    for kind in ("table", "stream"):
        yield with_content(stream(both_), kind), f"a false endstream within /Length, {kind}"
        yield with_content(stream(both_, length=b"%d" % len(good)), kind), f"more behind /Length, {kind}"
        yield (
            with_content(
                stream(good, b"/Filter /Crypt /DecodeParms << /Type /CryptFilterDecodeParms /Name /Identity >>"), kind
            ),
            f"/Crypt identity, {kind}",
        )
        yield with_content(stream(good, b"/F (outro.txt)"), kind), f"external file, {kind}"
        yield (
            with_content(stream(good.hex().encode() + b">" + bad, b"/Filter [/ASCIIHexDecode /Foo]"), kind),
            f"unknown filter, {kind}",
        )
        yield (
            with_content(stream(zlib.compress(good) + zlib.compress(bad), b"/Filter /FlateDecode"), kind),
            f"two zlib streams, {kind}",
        )
        yield (
            with_content(stream(zlib.compress(good)[:-6] + b"\0\0\0\0\0\0", b"/Filter /FlateDecode"), kind),
            f"wrong check sum, {kind}",
        )


# --- X7: polyglots --------------------------------------------------------------------------------------------------------------------------------------------


def zipped(data):
    """A ZIP that holds the file uncompressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("certidao.pdf", data)
    return out.getvalue()


@variant("X7", "polyglot", FAILING + " unreadable")
def polyglot():
    """Another format around the PDF, or two headers"""
    for name in ("classic", "compact", "p2"):
        data = base(name)[0]
        yield zipped(data), f"inside a ZIP, {name}"
        yield (
            b"<!DOCTYPE html><html><body>Valor: R$ 900.000,00<!--\n" + data + b"--></body></html>\n",
            f"inside HTML, {name}",
        )
        yield b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + data, f"a second header in front, {name}"
    html = b"<html><body>Valor: R$ 900.000,00</body></html><!--\n"
    yield Certidao().signed_first(prefix=html, tail=b"\n--></html>\n"), "HTML around, signed, offsets from the header"
    yield Certidao().signed_first(prefix=b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n"), "two headers, signed"
    yield Certidao().signed_first(prefix=b"x" * 5000), "5 000 bytes in front, signed"
    yield Certidao().signed_first("stream", prefix=b"\n" * 1200), "1 200 line ends in front, signed"
    stub = io.BytesIO()
    with zipfile.ZipFile(stub, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("outro.txt", "Valor: R$ 900.000,00")
    yield base("first")[0] + stub.getvalue(), "a ZIP behind"
    yield b"GIF89a" + base("first")[0], "an image header in front"


# --- X8, X9: decoys, linearised files ------------------------------------------------------------------------------------------------------------------------------


@variant("X8", "decoys", FAILING + " unsigned")
def decoys():
    """Comments and false ends around startxref that readers take differently"""
    for name in ("classic", "compact", "p2"):
        data, n = base(name)
        forged = updated(data, content(n["content"][0], FORGED))
        start = Pdf(forged).startxref
        head = forged[: forged.rindex(b"startxref")]
        old = Pdf(data).startxref
        yield head + b"startxref %% %d\n%d\n%%%%EOF\n" % (start, old), f"number behind a comment, {name}"
        yield head + b"startxref\r\r\n\n %d %%EOF\n" % start, f"odd line ends, {name}"
        yield head + b"%%startxref\n%d\n%%%%EOF\n" % start, f"startxref in a comment, {name}"
        yield head + b"startxref\n%d\n%%%%EOF\nstartxref\n%d\n%%%%EOF\n" % (start, old), f"two ends, {name}"
        yield data + b"%%startxref\n%%%d\n" % start, f"a comment only, {name}"
    for kind in ("table", "stream"):
        update = Update(Certidao().write(kind))
        open_signature(update)
        data = update.finish()
        yield seal(data.replace(b"startxref\n", b"startxref % 9\n")), f"comment inside, signed, {kind}"
        first = Certidao()
        draft = first.write(kind)
        update = Update(updated(draft, content(first.numbers["content"][0], FORGED)))
        open_signature(update)
        yield (
            seal(update.finish(after=b"\nstartxref\n%d\n%%%%EOF\n" % Pdf(draft).startxref)),
            f"two ends, signed, {kind}",
        )


@variant("X9", "linearised", FAILING)
def linearised():
    """First-page and main cross-reference of a linearised file give different objects"""
    certidao = Certidao(pages=3)
    for options in ([], ["--object-streams=generate"]):
        data = sign_raw(qpdf(certidao.write(), "--linearize", *options), pki().rsa if options else None)
        pdf = Pdf(data)
        page = pdf.pages()[0]
        inner = number_of(pdf.dict(page)["Contents"])
        yield updated(data, content(inner, FORGED)), f"later content, {len(options)}"
        yield updated(data, lambda u: u.edit(page, Rotate=b"180")), f"later page, {len(options)}"
    plain = qpdf(certidao.write(), "--linearize")
    pages = Pdf(plain).pages()
    contents = [number_of(Pdf(plain).dict(p)["Contents"]) for p in pages]
    rows = {c: Pdf(plain).offset(c) for c in contents}
    swapped = (
        plain.replace(b"%010d 00000 n" % rows[contents[0]], b"@" * 18)
        .replace(b"%010d 00000 n" % rows[contents[1]], b"%010d 00000 n" % rows[contents[0]])
        .replace(b"@" * 18, b"%010d 00000 n" % rows[contents[1]])
    )
    update = Update(plain)
    open_signature(update)
    yield seal(swapped + update.finish()[len(plain) :]), "entries swapped between the two sections, signed"


def two_sections(number_key, body, ends_at):
    """Our own linearised layout, signed: the first-page section in front and the complete main section behind give one
    object differently. `ends_at`: which one the end of the file names."""
    certidao = Certidao(pages=2)
    doc, n = certidao.doc, certidao.numbers
    number = n[number_key] if isinstance(n[number_key], int) else n[number_key][0]
    value = doc.add(signature_dictionary())
    field = doc.add(widget(n["page"][0], ref(value)))
    doc.objects[n["page"][0]] = changed(doc.objects[n["page"][0]], Annots=array(ref(field)))
    doc.objects[n["root"]] = changed(doc.objects[n["root"]], AcroForm=b"<< /Fields [%s] /SigFlags 3 >>" % ref(field))
    hint, size = doc.next, doc.next + 1
    trailer = {"Size": b"%d" % size, "Root": ref(doc.root)}
    front = main = total = 0
    places, second = {n: ("n", 0, 0) for n in doc.objects}, ("n", 0, 0)
    for _ in range(3):  # sizes are fixed, so offsets settle
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places[hint] = ("n", len(out), 0)
        out += b"%d 0 obj\n<< /Linearized 1 /L %08d /H [%08d 0] /O %d /E %08d /N 2 /T %08d >>\nendobj\n" % (
            hint,
            total,
            front,
            n["page"][0],
            main,
            main,
        )
        front = len(out)
        out += (
            xref_table({0: ("f", 0, 65535), **places}) + b"trailer\n" + dictionary({**trailer, "Prev": b"%08d" % main})
        )
        out += b"\nstartxref\n0\n%%EOF\n"
        for key, item in doc.objects.items():
            places[key] = ("n", len(out), 0)
            out += b"%d 0 obj\n%s\nendobj\n" % (key, item)
        second = ("n", len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body(n))
        main = len(out)
        out += xref_table({0: ("f", 0, 65535), **places, number: second}) + b"trailer\n" + dictionary(trailer)
        out += b"\nstartxref\n%08d\n%%%%EOF\n" % (front if ends_at == "front" else main)
        total = len(out)
    return seal(bytes(out))


@variant("X9", "two-sections", FAILING)
def linearised_split():
    """First-page section in front and complete main section behind disagree; signed like that"""
    for ends_at in ("front", "main"):
        yield two_sections("content", lambda n: stream(FORGED), ends_at), f"content, the end names the {ends_at}"
        yield (
            two_sections(
                "page",
                lambda n: (
                    b"<< /Type /Page /Parent %s /MediaBox [0 0 595 842] /Resources %s /Contents %s >>"
                    % (ref(n["pages"]), ref(n["resources"]), ref(n["content"][1]))
                ),
                ends_at,
            ),
            f"page, the end names the {ends_at}",
        )


# --- E1: encryption ------------------------------------------------------------------------------------------------------------------------------------------------------


@variant("E1", "encryption", FAILING + " unreadable")
def encryption():
    """/Encrypt added, removed or changed after signing"""
    standard = b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <%s> /U <%s> >>" % (b"00" * 32, b"11" * 32)
    for name in ("classic", "compact", "p2"):
        data = base(name)[0]
        update = Update(data)
        number = update.new(standard)
        yield update.finish(extra=b" /Encrypt %s " % ref(number)), f"added, {name}"
        yield updated(data, extra=b" /Encrypt << /Filter /Foo >> "), f"unknown handler added, {name}"
    for bits in ("128", "256"):
        plain = encrypted(Certidao(form=True).write(), "", bits=bits)
        data = sign(plain, password="", strict=False)
        number = number_of(Pdf(data).trailer["Encrypt"])
        body = Pdf(data).raw(number)
        yield updated(data, drop=("Encrypt",)), f"removed, {bits} bits"
        yield updated(data, lambda u: u.put(number, changed(body, P=b"-1"))), f"permissions changed, {bits} bits"
        yield (
            updated(data, lambda u: u.put(number, changed(body, StmF=b"/Identity", StrF=b"/Identity"))),
            f"identity filter, {bits} bits",
        )
        yield (
            updated(data, lambda u: u.put(number, changed(body, EncryptMetadata=b"false"))),
            f"/EncryptMetadata, {bits} bits",
        )
        yield updated(data, lambda u: u.free(number)), f"freed, {bits} bits"


@variant("E1", "wrapper", "unsigned invalid indeterminate")
def wrapper():
    """An unencrypted wrapper whose payload is signed: the outer file has no signature"""
    inner = encrypted(base("first")[0], "segredo")

    def attach(certidao, catalog):
        doc = certidao.doc
        file = doc.add(stream(inner, b"/Type /EmbeddedFile /Subtype /application#2Fpdf"))
        entry = doc.add(
            b"<< /Type /Filespec /F (a.pdf) /AFRelationship /EncryptedPayload /EP << /Type /EncryptedPayload /Subtype /Standard >> "
            b"/EF << /F %s >> >>" % ref(file)
        )
        catalog.update(
            Names=b"<< /EmbeddedFiles << /Names [(a.pdf) %s] >> >>" % ref(entry),
            AF=array(ref(entry)),
            Collection=b"<< /Type /Collection /View /H >>",
        )

    for kind in ("table", "stream", "objstm"):
        yield Certidao(filler=attach).write(kind), kind


# --- Z3: files in files -----------------------------------------------------------------------------------------------------------------------------------------------------


def carrier(load):
    def attach(certidao, catalog):
        doc = certidao.doc
        file = doc.add(stream(load, b"/Type /EmbeddedFile /Subtype /application#2Fpdf"))
        entry = doc.add(b"<< /Type /Filespec /F (anexo.pdf) /EF << /F %s >> >>" % ref(file))
        catalog["Names"] = b"<< /EmbeddedFiles << /Names [(anexo.pdf) %s] >> >>" % ref(entry)

    return Certidao(filler=attach)


@variant("Z3", "inner-signed", "unsigned indeterminate")
def inner_signed():
    """Only the attached PDF is signed: the outer file is not"""
    for name in ("first", "compact", "p2"):
        yield carrier(base(name)[0]).write("stream" if name == "compact" else "table"), name


@variant("Z3", "outer-changed", INVALID)
def outer_changed():
    """The outer file was changed after signing; the attached PDF is signed and good"""
    for name in ("first", "classic", "p2"):
        certidao = carrier(base(name)[0])
        data = sign(certidao.write())
        yield updated(data, content(certidao.numbers["content"][0], FORGED)), name


@variant("Z3", "appended", FAILING)
def appended():
    """A whole signed PDF appended to another file"""
    for first, second in (("classic", "first"), ("compact", "classic"), ("first", "p2")):
        yield base(first)[0] + base(second)[0], f"{second} behind {first}"
    yield Certidao().write() + base("first")[0], "a signed one behind an unsigned one"

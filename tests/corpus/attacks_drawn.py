"""Two readings of one file, numbers written otherwise, values as others read or draw them (C F I R S X Z1).

And their genuine neighbours: cross-references and forms as other programs write them.
"""

import io
import re
import zlib

from pyhanko.pdf_utils.reader import PdfFileReader

from attacks_frame import FORGED
from attacks_holes import FAILING, INVALID, NO_AREA, VALID, alter, picture, show_as
from attacks_roles import form_field, listed, shown_as
from attacks_shown import composite, fonts, prepared, quarter, signing
from common import (
    Pdf,
    Update,
    Variants,
    array,
    changed,
    dictionary,
    entries,
    number_of,
    open_signature,
    pki,
    ref,
    seal,
    sign,
    sign_raw,
    signature_dictionary,
    stream,
    text,
    widget,
)
from documents import Certidao, base, packet, page_content, show, tx, with_font
from edits import annotate, content, fill, metadata, note, set_keys, updated
from genuine import qpdf
from hostile import MAY
from rawpdf import object_stream, xref_stream_object

variant = Variants("forgery")
HONEST = page_content(1, 1)
MORTGAGE = "Imóvel gravado com hipoteca."
LINE = show([MORTGAGE], y=560, size=13)


def build(corpus):
    variant.build(corpus)


# --- X: object streams and cross-references that are read in two ways -------------------------------------------------


def first_revision(doc, held):
    """A file in one revision with a cross-reference stream; `held` says where the objects of object streams are."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {0: ("f", 0, 65535), **held}
    for number, body in doc.objects.items():
        places[number] = ("n", len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    number, start = doc.next, len(out)
    places[number] = ("n", start, 0)
    body = xref_stream_object(places, {"Size": b"%d" % (number + 1), "Root": ref(doc.root)})
    out += b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, body, start)
    return bytes(out)


def with_open_field(certidao):
    """Adds a signature field, whose signature is still to be made."""
    value = certidao.doc.add(signature_dictionary())
    field = certidao.doc.add(widget(certidao.numbers["page"][0], ref(value)))
    listed(certidao, field)
    alter(certidao, certidao.numbers["root"], AcroForm=b"<< /Fields [%s] /SigFlags 3 >>" % ref(field))


def mortgaged():
    """A certidão with a second content stream, and its number."""
    certidao = Certidao()
    n = certidao.numbers
    second = certidao.doc.add(stream(LINE))
    alter(certidao, n["page"][0], Contents=array(ref(n["content"][0]), ref(second)))
    return certidao, second


def cut_short(number, body, orphan, at):
    """An object stream with that object, whose second entry begins inside the first at the bytes `at`."""
    pairs = entries(body)
    body = dictionary({**{k: v for k, v in pairs.items() if k != "Contents"}, "Contents": pairs["Contents"]})
    head = b"%d 0 %d %d " % (number, orphan, body.index(at))
    return stream(head + body + b"\n", b"/Type /ObjStm /N 2 /First %d" % len(head))


@variant("X4", "overlapping", INVALID)
def overlapping():
    """The page comes again in an object stream whose second entry begins inside it, before its second content"""
    for certify in (None, 1):
        certidao, second = mortgaged()
        page = certidao.numbers["page"][0]
        update = Update(sign(certidao.write(), certify=certify), "stream")
        orphan = update.next
        update.next += 1
        container = update.new(cut_short(page, update.raw(page), orphan, ref(second)))
        yield update.finish(more={page: ("s", container, 0), orphan: ("s", container, 1)}), f"P={certify}"


@variant("X4", "overlapping-signed", FAILING)
def overlapping_signed():
    """An object stream whose second entry begins inside the first object, signed like that: two readings of one page"""
    certidao, second = mortgaged()
    with_open_field(certidao)
    doc, page = certidao.doc, certidao.numbers["page"][0]
    body = doc.objects.pop(page)
    orphan, container = doc.reserve(), doc.reserve()
    doc.objects[container] = cut_short(page, body, orphan, ref(second))
    return seal(first_revision(doc, {page: ("s", container, 0), orphan: ("s", container, 1)}))


@variant("X4", "number-twice", FAILING)
def number_twice():
    """An object stream holds the page twice, and the cross-reference names one of them by its index"""
    for index in (0, 1):
        certidao = Certidao()
        with_open_field(certidao)
        doc, page = certidao.doc, certidao.numbers["page"][0]
        body = doc.objects.pop(page)
        lie = changed(body, Contents=ref(doc.add(stream(FORGED))))
        container = doc.add(object_stream([(page, body), (page, lie)]))
        yield seal(first_revision(doc, {page: ("s", container, index)})), f"index {index}"


@variant("X1", "hidden-section", FAILING)
def hidden_section():
    """A cross-reference stream names another by /XRefStm, which some readers follow, to a page with other content"""
    for name in ("classic", "compact", "p1", "first-stream"):
        data = base(name)[0]
        update = Update(data, "stream")
        page = update.pdf.pages()[0]
        lie = update.new(stream(FORGED))
        head = b"%d 0 " % page
        inside = head + changed(update.raw(page), Contents=ref(lie)) + b"\n"
        container = update.new(stream(inside, b"/N 1 /First %d" % len(head)))
        number = update.next
        trailer = {"Size": b"%d" % (number + 2), "Root": update.pdf.trailer["Root"]}
        update.put(number, xref_stream_object({page: ("s", container, 0)}, trailer))
        out = update.finish(extra=b"/XRefStm 0000000000 ")
        place = b"/XRefStm %010d" % (out.rindex(b"\n%d 0 obj" % number) + 1)
        yield out.replace(b"/XRefStm 0000000000", place), name


def claiming(length):
    """Linearised for that length, then updated with another amount, then signed."""
    data = qpdf(Certidao().write(), "--linearize", "--deterministic-id")
    old, new = re.search(rb"/L \d+", data)[0], b"/L %d" % length
    blanks = data.index(b" " * 6, data.index(b"endobj"))
    data = data[:blanks].replace(old, new, 1) + data[blanks + len(new) - len(old) :]
    pdf = Pdf(data)
    body = number_of(pdf.dict(pdf.pages()[0])["Contents"])
    return sign_raw(updated(data, content(body, FORGED), kind="table"), kind="table")


@variant("X9", "length-comes-true", FAILING)
def length_comes_true():
    """The /L of a linearised file becomes true with a later revision, and readers begin at its first section"""
    size = 30000
    data = claiming(size)
    pdf = Pdf(data)
    packets = number_of(pdf.dict(pdf.root)["Metadata"])
    head = b"/Type /Metadata /Subtype /XML"

    def padded(blanks):
        inside = packet("2026-09-16T09:00:00-03:00") + b" " * blanks
        return updated(data, lambda update: update.put(packets, stream(inside, head)), kind="table")

    blanks = size - len(padded(1000)) + 1000
    while len(padded(blanks)) != size:
        blanks += size - len(padded(blanks))
    yield padded(blanks), "later"
    yield claiming(len(claiming(10000))), "with the signature"


# --- I1: whole numbers that become reals ------------------------------------------------------------------------------


def mask(certidao):
    """A white picture, transparent by its mask, over a line of text."""
    head = b"/Type /XObject /Subtype /Image /Width 4 /Height 4 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    image = certidao.doc.add(stream(b"\xff" * 16, head + b"/Mask [255 255]"))
    alter(certidao, certidao.numbers["resources"], XObject=b"<< /Im %s >>" % ref(image))
    return image


def tint(certidao):
    """A colour that a table of samples gives."""
    head = b"/FunctionType 0 /Domain [0 1] /Range [0 1] /Size [2] /BitsPerSample 8"
    function = certidao.doc.add(stream(b"\xff\0", head))
    space = b"<< /CS [/Separation /X /DeviceGray %s] >>" % ref(function)
    alter(certidao, certidao.numbers["resources"], ColorSpace=space)
    return function


def widths(certidao):
    """Widths of glyphs that would have none."""
    fonts(composite(b"/DW 0 /W [0 200 636]"))(certidao)
    return next(number for number, body in certidao.doc.objects.items() if b"/CIDFontType2" in body)


MASKED = LINE + b"q 300 0 0 20 70 553 cm /Im Do Q\n"
REALS = {
    "/Mask of a picture": (mask, b"[255 255]", b"[255.0 255.0]", MASKED),
    "/Size of a function": (tint, b"/Size [2]", b"/Size [2.0]", b"1 g /CS cs 1 scn " + LINE),
    "/W of a font": (
        widths,
        b"/W [0 200 636]",
        b"/W [0.0 200.0 636]",
        b"BT /F1 14 Tf 72 600 Td <%s> Tj ET" % "R$ 100".encode("utf-16-be").hex().encode(),
    ),
}


@variant("I1", "whole-as-real", INVALID)
def whole_as_real():
    """Whole numbers become reals of the same value, which readers take for something else"""
    for what, (make, old, new, inside) in REALS.items():
        for certify in (None, 1):
            certidao = Certidao(content=inside)
            number = make(certidao)
            data = sign(certidao.write(), certify=certify)
            yield updated(data, lambda u: u.put(number, u.raw(number).replace(old, new))), f"{what}, P={certify}"


# --- R2, C1, C2, F1: annotations and their flags ----------------------------------------------------------------------


@variant("R2", "popup-as-state", INVALID)
def popup_as_state():
    """An annotation is also a graphics state with the name of a key that changes may follow; its opacity changes"""
    amounts = show(["Valor: R$ 900.000,00"], y=600), show(["Valor: R$ 100.000,00"], y=600)
    square = b"<< /Type /Annot /Subtype /Square /Rect [0 0 0 0] /T (Conferente) /Contents (ok) /F 4 /ca %d /CA %d >>"
    for certify in (None, 3):
        certidao = Certidao(content=b"/Popup gs %s/IRT gs %s" % amounts)
        first, second = (certidao.doc.add(square % (opacity, opacity)) for opacity in (0, 1))
        listed(certidao, first, second)
        states = b"<< /Popup %s /IRT %s >>" % (ref(first), ref(second))
        alter(certidao, certidao.numbers["resources"], ExtGState=states)
        data = sign(certidao.write(), certify=certify)
        swap = set_keys(first, ca=b"1", CA=b"1"), set_keys(second, ca=b"0", CA=b"0")
        yield updated(data, *swap), f"P={certify}"


REMARK = b"<< /Type /Annot /Subtype /Text /Rect [540 20 560 40] /T (Oficial) /Contents %s /F 28 >>"
WINDOW = b"<< /Type /Annot /Subtype /Popup /Rect [400 20 530 80] /F 28 /Open false /Parent %s >>"
RESERVATION, CLEARED = REMARK % text(MORTGAGE), REMARK % text("Imóvel livre de ônus.")


@variant("C2", "popup-of-unlisted", INVALID)
def popup_of_unlisted():
    """The popup of a note shows the text of another note, which no page lists"""
    certidao = Certidao()
    remark, window = certidao.doc.add(RESERVATION), certidao.doc.reserve()
    alter(certidao, remark, Popup=ref(window))
    certidao.doc.add(WINDOW % ref(remark), window)
    listed(certidao, remark, window)
    data = sign(certidao.write())
    yield updated(data, lambda u: u.edit(window, Parent=ref(u.new(CLEARED)))), "of a popup that was signed"
    certidao = Certidao()
    page, remark = certidao.numbers["page"][0], certidao.doc.add(RESERVATION)
    listed(certidao, remark)

    def popup(update):
        window = ref(update.new(WINDOW % ref(update.new(CLEARED))))
        update.append_to(page, "Annots", window).edit(remark, Popup=window)

    yield updated(sign(certidao.write()), popup), "of a new popup"


@variant("C1", "flags-as-reals", INVALID)
def flags_as_reals():
    """Under P=3 the flags of a new annotation are a real: it is not turned with the page, or it is hidden"""
    certidao = prepared(None, quarter)
    font = certidao.numbers["font"]
    data = sign(certidao.write(), certify=3)
    lie = b"1 1 1 rg 0 0 60 300 re f 0 0 0 rg BT /F1 13 Tf 0 -1 1 0 14 240 Tm (R$ 9,00) Tj ET"

    def stamp(update):
        look = ref(update.new(picture(lie, 60, 300, font)))
        body = NO_AREA % (b"Stamp", b"[10 290 70 590]", b"/AP << /N %s >>" % look)
        annotate(body.replace(b"/F 4", b"/F 20.0"))(update)

    yield updated(data, stamp), "a stamp over the text"
    yield updated(base("p3")[0], annotate(note().replace(b"/F 28", b"/F 2.0"))), "a hidden note"


@variant("F1", "read-only-as-real", INVALID)
def read_only_as_real():
    """The flag that makes a field read-only is a real; the field is filled"""
    for kind in ("table", "objstm"):
        certidao = Certidao(form=True)
        n = certidao.numbers
        alter(certidao, n["field protocolo"], Ff=b"1.0")
        yield updated(sign(certidao.write(kind), certify=2), fill(n, "protocolo", "2026-9999")), kind


@variant("F1", "flags-inherited", INVALID)
def flags_inherited():
    """A field gets flags of its own, read-only, and loses those that it inherited: a password shows, a radio is none"""
    certidao = Certidao(form=True)
    doc, n = certidao.doc, certidao.numbers
    parent, look = doc.reserve(), doc.add(with_font(tx("*******"), n["helv"]))
    field = doc.add(
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /Parent %s /T (senha) /V (segredo) /DA (/Helv 10 Tf 0 g) /F 4 /P %s "
        b"/Rect [72 250 292 268] /AP << /N %s >> >>" % (ref(parent), ref(n["page"][0]), ref(look))
    )
    doc.add(b"<< /T (grupo) /Ff 8192 /Kids [%s] >>" % ref(field), parent)
    form_field(certidao, parent)
    listed(certidao, field)
    yield updated(sign(certidao.write(), certify=2), set_keys(field, Ff=b"1")), "password"
    data, n = base("p2")
    yield updated(data, set_keys(n["via papel"], Ff=b"1")), "radio"


# --- F2: values that are drawn or read otherwise ----------------------------------------------------------------------

TAGGED = b"/Tx BMC q %s Q EMC"
WRITTEN = TAGGED % b"BT /F1 10 Tf 0 g 2 5 Td %s ET"
KERNED = b"[(R$ 1)" + b"(0)278 278" * 6 + b"] TJ"
DRAWN = {
    "a piece smaller by Tm": ("R$ 100.000,00", WRITTEN % b"(R$ 100) Tj 0.1 0 0 0.1 40 5 Tm (.000,00) Tj"),
    "a piece smaller by Q": (
        "R$ 100.000,00",
        b"/Tx BMC /F1 1 Tf q /F1 10 Tf BT 0 g 2 5 Td (R$ 100) Tj ET Q BT 45 5 Td (.000,00) Tj ET EMC",
    ),
    "letters over one another by spacing": (
        "R$ 1.000.000",
        WRITTEN % b"(R$ 1) Tj -2.78 Tc (.) Tj -5.56 Tc (000) Tj -2.78 Tc (.) Tj -5.56 Tc (000) Tj",
    ),
    "letters over one another by two kernings": ("R$ 1000000", WRITTEN % KERNED),
    "clipped by lines": (
        "R$ 100.000,00",
        TAGGED % b"0 0 m 140 0 l 140 18 l 0 18 l W n "
        b"BT /F1 10 Tf 0 g 106 5 Td (R$ 100) Tj 2 0 Td ( ) Tj 40 0 Td (.000,00) Tj ET",
    ),
    "clipped by one line": (
        "R$ 100.000,00",
        TAGGED % b"0 0 m 220 0 l W n BT /F1 10 Tf 0 g 2 5 Td (R$ 100.000,00) Tj ET",
    ),
    "white on a ground that is not filled": (
        "R$ 100.000,00",
        TAGGED % b"0 g 0 0 220 18 re 0 0 220 18 re f* 1 g BT /F1 10 Tf 2 5 Td (R$ 100.000,00) Tj ET",
    ),
}


def plain_font(name):
    """For `font=`: a standard font in its own encoding."""
    return lambda update: ref(update.new(b"<< /Type /Font /Subtype /Type1 /BaseFont /%s >>" % name))


OTHER_LETTERS = {
    "a sign of the standard encoding": (b"R$ \xb1500", b"Helvetica"),
    "signs of the standard encoding": (b"\xb9\xc9\xe0 500", b"Helvetica"),
}
ORNAMENTS = {"ornaments for signs": b"\xb6\xb7\xb8", "ornaments for an amount": b"R$ 100.000,00"}


@variant("F2", "drawn-otherwise", FAILING)
def drawn_otherwise():
    """A value stands in the appearance, and what is drawn there is another or cannot be read"""
    data, n = base("p2")
    for what, (value, inside) in DRAWN.items():
        yield updated(data, shown_as(n, inside, value=value)), what
    for what, (value, name) in OTHER_LETTERS.items():
        shown = WRITTEN % (text(value) + b" Tj")
        yield updated(data, shown_as(n, shown, value=value, font=plain_font(name))), what
    certidao = Certidao(form=True)
    n = certidao.numbers
    face = certidao.doc.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>")
    alter(certidao, n["form"], DR=b"<< /Font << /ZaDb %s /Helv %s >> >>" % (ref(face), ref(n["helv"])))
    data = sign(certidao.write(), certify=2)
    for what, value in ORNAMENTS.items():
        shown = WRITTEN % (text(value) + b" Tj")
        yield updated(data, shown_as(n, shown, value=value, font=lambda update: ref(face))), what


def utf16(value):
    """A text string in UTF-16."""
    return b"<FEFF%s>" % value.encode("utf-16-be").hex().encode()


READ = {  # value, and what the picture shows
    "a language that some show": (b"(R$ 100\x1bpt.000,00\x1b)", "R$ 100pt.000,00"),
    "a language that swallows": (b"(R$ 100\x1b.000,00\x1b)", "R$ 100.000,00"),
    "a language in UTF-16": (utf16("R$ 100\x1b.000,00\x1b"), "R$ 100.000,00"),
    "a minus sign of PDFDocEncoding": (b"(R$ \x8a100,00)", "R$ 100,00"),
    "a euro of PDFDocEncoding": (b"(\xa0100,00)", b"\xa0100,00"),
    "from right to left": (utf16("\u202e001\u202c"), "001"),
    "without width": (utf16("1\u200b00\u2060"), "100"),
    "blanks": (b"(R$ 1" + b" " * 120 + b"00.000,00)", "R$ 100.000,00"),
}


@variant("F2", "read-otherwise", FAILING)
def read_otherwise():
    """A value that readers read, or draw anew, in another way than the picture shows"""

    def put(n, value, shown, name="valor", width=220):
        def step(update):
            look = update.new(with_font(tx(shown, width), n["helv"]))
            update.edit(n["field " + name], V=value, AP=b"<< /N %s >>" % ref(look))

        return step

    data, n = base("p2")
    for what, (value, shown) in READ.items():
        yield updated(data, put(n, value, shown)), what
    yield updated(data, put(n, b"[(Segundo)]", "", "oficio", 120)), "an array in a combo box"
    yield updated(data, set_keys(n["field quitado"], V=b"/Pago")), "a state that the check box has not"
    certidao = Certidao(form=True)
    n = certidao.numbers
    alter(certidao, n["field valor"], MaxLen=b"6", V=b"(R$ 1,0)")
    certidao.doc.objects[n["ap valor"]] = with_font(tx("R$ 1,0"), n["helv"])
    data = sign(certidao.write(), certify=2)
    yield updated(data, put(n, b"(R$ 100.000,00)", "R$ 100.000,00")), "longer than the field allows"


# --- S7: what is encrypted --------------------------------------------------------------------------------------------

PLAIN = b"/Tx BMC q BT /Helv 10 Tf 0 g 2 5 Td (R$ 100.000,00) Tj ET Q EMC\n%"
SECRET = b"\nq BT /Helv 10 Tf 0 g 2 5 Td (R$ 900.000,00) Tj ET Q\n"


def either(crypt, first):
    """A number, and bytes that draw one amount as they stand, and another when they are decrypted for it."""
    for number in range(first, first + 4000):
        key = crypt.derive_object_key(number, 0)
        secret = crypt.encrypt(key, bytes(len(PLAIN)) + SECRET)[len(PLAIN) :]
        before = crypt.encrypt(key, PLAIN)
        if not set(before) & set(b"()<>[]{}%/'\x22") and b"BI" not in before and not set(secret) & set(b"\r\n"):
            return number, PLAIN + secret
    raise ValueError("no number with such a key")


@variant("S7", "typed-as-cross-reference", FAILING)
def typed_as_cross_reference():
    """In an encrypted file the picture of a field says that it is a cross-reference stream, which nobody encrypts"""
    rc4 = ("--allow-weak-crypto", "--encrypt", "", "dono", "128", "--use-aes=n", "--", "--object-streams=disable")
    data = sign(qpdf(Certidao(form=True).write(), *rc4), password="", certify=2)
    reader = PdfFileReader(io.BytesIO(data))
    reader.decrypt("")
    crypt, form = reader.security_handler.get_stream_filter(), reader.root["/AcroForm"]
    field = next(f.idnum for f in form["/Fields"] if f.get_object()["/T"] == "valor")
    font = ref(form["/DR"]["/Font"].raw_get("/Helv").idnum)
    update = Update(data)
    number, inside = either(crypt, update.next + 3)
    head = b"/Type /XRef /Subtype /Form /BBox [0 0 220 18] /Resources << /Font << /Helv %s >> >>" % font
    update.put(number, stream(inside, head))
    value = crypt.encrypt(crypt.derive_object_key(field, 0), b"R$ 100.000,00")
    update.edit(field, V=b"<%s>" % value.hex().encode(), AP=b"<< /N %s >>" % ref(number))
    return update.finish()


# --- hostile ----------------------------------------------------------------------------------------------------------


@variant("Z1", "many-font-changes", MAY, kind="hostile")
def many_font_changes(changes=390_000, count=100_000):
    """A page takes, again and again, a font with very many widths, and a second signature lies on it"""
    certidao = Certidao(content=b"BT " + b"/F1 10 Tf " * changes + b"ET", compress=True)
    font = b"<< /Type /Font /Subtype /TrueType /BaseFont /X /FirstChar 0 /Widths [%s] >>" % (b"500 " * count)
    alter(certidao, certidao.numbers["resources"], Font=b"<< /F1 %s >>" % font)
    return sign(sign(certidao.write("objstm")), "Assinatura2", pki().rsa, box=(300, 100, 500, 150))


def filled_with(inside):
    """A field whose picture is that, compressed."""
    data, n = base("p2")
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 220 18] /Resources << /Font << /Helv %s >> >>" % ref(n["helv"])
    look = stream(zlib.compress(inside, 9), head + b" /Filter /FlateDecode")
    return updated(data, lambda u: u.edit(n["field valor"], V=b"(1)", AP=b"<< /N %s >>" % ref(u.new(look))))


@variant("Z1", "drawn-endlessly", MAY, kind="hostile")
def drawn_endlessly():
    """The picture of a field opens thirty million states, or shows a string of sixty million letters"""
    yield filled_with(b"q " * 30_000_000), "states"
    yield filled_with(b"BT /Helv 10 Tf 2 5 Td (" + b"1" * 60_000_000 + b")Tj "), "string"


# --- genuine: cross-references as others write them -------------------------------------------------------------------


def own_row(update, place):
    """The file with this revision, whose cross-reference stream does not name itself, or as `place`."""
    data = update.finish()
    pdf = Pdf(data)
    number = int(data[pdf.startxref :].split()[0])
    places = {known: pdf.places[known] for known, _, _ in update.objects}
    if place:
        places[number] = place
    keep = {k: pdf.trailer[k] for k in ("Size", "Root", "Info", "ID", "Prev") if k in pdf.trailer}
    body = xref_stream_object(places, keep)
    end = b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, body, pdf.startxref)
    return data[: pdf.startxref] + end


@variant("ok", "stream-without-itself", VALID, kind="genuine")
def stream_without_itself():
    """The cross-reference stream of a later revision does not list itself, or lists itself as free"""
    for what, place in (("not listed", None), ("free", ("f", 0, 0))):
        for name in ("compact", "p2-stream"):
            data, n = base(name)
            update = Update(data, "stream")
            metadata(n)(update) if name == "compact" else fill(n, "valor", "R$ 900,00")(update)
            yield own_row(update, place), f"{what}, {name}"
            update = Update(data, "stream")
            open_signature(update, name=b"(Segunda)")
            yield seal(own_row(update, place), pki().other), f"{what}, signed, {name}"


def before_table(data):
    """The last startxref names the end of the line before the table."""
    start = data.rindex(b"startxref") + 10
    number = Pdf(data).startxref
    assert data[number - 1 : number + 4] == b"\nxref"
    return data[:start] + data[start:].replace(b"%d" % number, b"%d" % (number - 1), 1)


@variant("ok", "startxref-at-line-end", VALID, kind="genuine")
def startxref_at_line_end():
    """startxref names the end of the line before the table"""
    written = before_table(Certidao().write())
    yield sign_raw(written), "of the original"
    update = Update(Certidao().write())
    open_signature(update)
    yield seal(before_table(update.finish())), "of the signed revision"
    update = Update(sign_raw(written, name=b"(Primeira)"))
    open_signature(update, name=b"(Segunda)")
    yield seal(before_table(update.finish()), pki().other), "of all revisions"


@variant("ok", "blank-in-table", VALID, kind="genuine")
def blank_in_table():
    """In a later signed revision there are blanks after the heads of a table, and an empty line before its trailer"""
    for certify in (None, 2):
        update = Update(sign(Certidao().write(), "Primeira", certify=certify))
        open_signature(update, name=b"(Segunda)")
        data = update.finish()
        start = Pdf(data).startxref
        table = re.sub(rb"(?m)^(\d+ \d+)$", rb"\1 ", data[start:].split(b"trailer")[0])
        rest = data[data.index(b"trailer", start) :]
        yield seal(data[:start] + table + b"\n" + rest, pki().other), f"P={certify}"


# --- genuine: forms and pages as others write them --------------------------------------------------------------------


@variant("ok", "empty-resources", VALID, kind="genuine")
def empty_resources():
    """The widget of a second signature has an empty /DR"""
    for certify in (None, 2):
        data = sign(Certidao().write(), "Primeira", certify=certify)
        yield sign_raw(data, pki().other, name=b"(Segunda)", field_extra=b"/F 132 /DR << >>"), f"P={certify}"


@variant("ok", "form-completed", VALID, kind="genuine")
def form_completed():
    """A second signature adds resources and a default appearance to a form whose only field was a signature"""
    for certify in (None, 2):
        data = sign_raw(Certidao().write(), name=b"(Primeira)", certify=certify)

        def complete(update):
            face = update.new(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
            form = update.dict(update.pdf.root)["AcroForm"]
            more = {"DR": b"<< /Font << /Helv %s >> >>" % ref(face), "DA": b"(/Helv 0 Tf 0 g )"}
            update.edit(update.pdf.root, AcroForm=changed(form, **more))

        yield sign_raw(data, pki().other, name=b"(Segunda)", prepare=complete), f"P={certify}"


@variant("ok", "needs-no-appearances", VALID, kind="genuine")
def needs_no_appearances():
    """A later revision says that the form needs no appearances"""
    for kind in ("table", "objstm"):
        certidao = Certidao(form=True)
        n = certidao.numbers
        data = sign_raw(certidao.write(kind), name=b"(Primeira)", certify=2)
        said = set_keys(n["form"], NeedAppearances=b"false")
        yield updated(data, fill(n, "valor", "R$ 900,00"), said), f"filled, {kind}"
        yield sign_raw(data, pki().other, name=b"(Segunda)", prepare=said), f"signed, {kind}"


@variant("ok", "fewer-digits", VALID, kind="genuine")
def fewer_digits():
    """The revision of a second signature writes the size of the page with fewer digits"""
    for certify in (None, 2):
        certidao = Certidao()
        page = certidao.numbers["page"][0]
        alter(certidao, page, MediaBox=b"[0 0 595.27563 841.88977]")
        data = sign(certidao.write(), "Primeira", certify=certify)
        fewer = set_keys(page, MediaBox=b"[0.0 0.0 595.2756 841.8898]")
        yield sign_raw(data, pki().other, name=b"(Segunda)", prepare=fewer), f"P={certify}"


@variant("ok", "frame-of-empty-field", VALID, kind="genuine")
def frame_of_empty_field():
    """An empty signature field is a frame; a second signer signs it"""
    frame = b"0.5 w 0.25 0.25 199.5 49.5 re S"
    for certify in (None, 2):
        certidao = Certidao(empty_field=True)
        n = certidao.numbers
        look = certidao.doc.add(picture(frame, 200, 50))
        alter(certidao, n["empty"], AP=b"<< /N %s >>" % ref(look))
        data = sign(certidao.write(), "Primeira", certify=certify)

        def shown(update, n=n):
            look = update.new(picture(b"BT /F1 9 Tf 5 20 Td (Assinado) Tj ET", 200, 50, n["font"]))
            update.edit(n["empty"], AP=b"<< /N %s >>" % ref(look))

        yield signing(data, n["empty"], shown), f"P={certify}"


@variant("fill", "completed", VALID, kind="genuine")
def fill_completed():
    """A filled field gets keys that its program always writes"""
    for kind in ("table", "objstm"):
        certidao = Certidao(form=True)
        n = certidao.numbers
        alter(certidao, n["field valor"], Type=None)
        data = sign_raw(certidao.write(kind), certify=2)
        typed = set_keys(n["field valor"], Type=b"/Annot")
        yield updated(data, fill(n, "valor", "R$ 900,00"), typed), f"/Type /Annot of a text field, {kind}"
        top = set_keys(n["field oficio"], TI=b"0")
        yield updated(data, fill(n, "oficio", "Segundo"), top), f"/TI 0 of a choice, {kind}"
        written = set_keys(n["field valor"], DA=b"(0 0 0 rg /Helv 10 Tf)", BS=b"<< /W 1 /S /S >>")
        yield updated(data, fill(n, "valor", "R$ 900,00"), written), f"/DA in other words and a usual /BS, {kind}"


@variant("F2", "written-otherwise", INVALID)
def written_otherwise():
    """A field is filled, and what is typed into it next would be written in another way"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    data = sign_raw(certidao.write(), certify=2)
    for what, says in (
        ("white", b"(/Helv 10 Tf 1 g)"),
        ("smaller", b"(/Helv 1 Tf 0 g)"),
        ("another font", b"(/ZaDb 10 Tf 0 g)"),
        ("twice", b"(/Helv 10 Tf 0 g 1 g)"),
    ):
        yield updated(data, fill(n, "valor", "R$ 900,00"), set_keys(n["field valor"], DA=says)), what


@variant("ok", "encrypted-room", VALID, kind="genuine")
def encrypted_room():
    """The room of a signature was encrypted before the signature was put into it: what is left over is not zero"""
    aes = ("--encrypt", "", "dono", "256", "--", "--object-streams=disable")
    data = sign(qpdf(Certidao(form=True).write(), *aes), password="")
    room = re.search(rb"/Contents <[0-9a-fA-F]*?((?:00){64,})>", data)
    return data[: room.start(1)] + b"9c" * (len(room.group(1)) // 2) + data[room.end(1) :]


@variant("fill", "colour-space", VALID, kind="genuine")
def fill_colour_space():
    """A text field is filled, and its appearance says its colour by a colour space"""
    data, n = base("p2")
    inside = TAGGED % b"2 2 216 14 re W n BT /DeviceRGB cs 0 0 0 sc /F1 10 Tf 2 5.3 Td (Fulano) Tj ET"
    yield updated(data, shown_as(n, inside, value="Fulano"))
    yield updated(data, show_as(n, "observacao", inside, "Fulano")), "a field that was empty"

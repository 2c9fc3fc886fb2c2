"""What is shown: text that a verifier must find, values that must be seen, looks of annotations and fields (C F H I MDP).

And their genuine neighbours: forms as other fillers write them, signatures on paper as other programs print it.
"""

import zlib

from attacks_holes import (
    FAILING,
    INVALID,
    NO_AREA,
    OVER_AMOUNT,
    VALID,
    alter,
    covered,
    picture,
)
from attacks_roles import MOSTLY, SCRIPT, WHITE, bitmap, form_field, listed, rounded, shown_as, signature_fields
from common import (
    Update,
    Variants,
    array,
    elements,
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
from documents import Certidao, base, show, tx, with_font
from edits import annotate, check, fill, set_keys, updated

variant = Variants("forgery")
AMOUNT = b"(Valor R$ 100.000,00) Tj "
MARK = b"<< /Type /Annot /Subtype /Stamp /Rect %s /F 4 /Contents (CANCELADO) /T (x) /AP << /N %s >> >>"


def build(corpus):
    variant.build(corpus)


def prepared(content=None, fix=None, **options):
    """A certidão with that content; `fix(certidao)` changes it before anything is signed."""
    certidao = Certidao(content=content, **options)
    if fix:
        fix(certidao)
    return certidao


def under(content, rect=OVER_AMOUNT, fix=None):
    """A later signature of the same house, opaque, lies over part of that content."""
    left, bottom, right, top = map(float, rect.strip(b"[]").split())
    size = right - left, top - bottom
    data = sign_raw(prepared(content, fix).write())
    return covered(data, pki().other, rect, picture(b"0.8 1 0.8 rg 0 0 %g %g re f" % size, *size), flags=b"/F 132")


def rows(table):
    """The files of a table of arguments of `under`."""
    for what, (content, *more) in table.items():
        yield under(content, *more), what


def resource(**held):
    """For `fix=`: resources by category; each is a template for one object, which `make(certidao)` gives."""

    def fix(certidao):
        made = {key: template % ref(certidao.doc.add(make(certidao))) for key, (template, make) in held.items()}
        alter(certidao, certidao.numbers["resources"], **made)

    return fix


def page_look(inside, head=b"/Type /XObject /Subtype /Form"):
    """For `resource`: a stream of the size of the page, with the font of the page."""

    def make(certidao):
        box = b" /BBox [0 0 595 842] /Resources << /Font << /F1 %s >> >>"
        return stream(inside, head + box % ref(certidao.numbers["font"]))

    return make


def fonts(make):
    """For `fix=`: `make(doc)` gives the font of the page."""

    def fix(certidao):
        certidao.doc.objects[certidao.numbers["font"]] = make(certidao.doc)

    return fix


DESCRIPTOR = (
    b"<< /Type /FontDescriptor /FontName /Helvetica /Flags 32 /ItalicAngle 0 /Ascent 700 /Descent -200 /CapHeight 700 "
    b"/StemV 80 /FontBBox [0 -200 1000 900] %s >>"
)


def true_type(first=32, more=b""):
    """A font of equal widths from code `first` on."""

    def make(doc):
        head = b"<< /Type /Font /Subtype /TrueType /BaseFont /Helvetica /Encoding /WinAnsiEncoding /FontDescriptor %s "
        widths = b"/FirstChar %d /LastChar 126 /Widths [%s] >>" % (first, b"556 " * (127 - first))
        return head % ref(doc.add(DESCRIPTOR % more)) + widths

    return make


def composite(widths, kind=b"/Type0"):
    """A font of two-byte codes; `widths` and `kind` may be given as functions of the document."""

    def make(doc):
        held = [value(doc) if callable(value) else value for value in (widths, kind)]
        inner = doc.add(
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Helvetica /CIDSystemInfo << /Registry (Adobe) "
            b"/Ordering (Identity) /Supplement 0 >> /FontDescriptor %s %s >>" % (DESCRIPTOR % b"", held[0])
        )
        head = b"<< /Type /Font /Subtype %s /BaseFont /Helvetica /Encoding /Identity-H /DescendantFonts [%s] >>"
        return head % (held[1], ref(inner))

    return make


def type3(glyphs=(b"0 0 800 800 re f",), kind=b"/Type3", matrix=b"0.001 0 0 0.001 0 0", font=None):
    """A font whose letters, from `a` on, are drawings; `font` is what they write in."""

    def make(doc):
        names = [b"/" + bytes([97 + i]) for i in range(len(glyphs))]
        drawn = [b"%s %s" % (name, ref(doc.add(stream(b"1000 0 d0 " + g)))) for name, g in zip(names, glyphs)]
        inner = b"/Font << /F1 %s >>" % ref(font) if font else b""
        return (
            b"<< /Type /Font /Subtype %s /FontBBox [0 0 3000 1000] /FontMatrix [%s] /CharProcs << %s >> /Encoding << "
            b"/Differences [97 %s] >> /FirstChar 97 /LastChar %d /Widths [%s] /Resources << %s >> >>"
        ) % (
            kind(doc) if callable(kind) else kind,
            matrix,
            b" ".join(drawn),
            b" ".join(names),
            96 + len(glyphs),
            b"1000 " * len(glyphs),
            inner,
        )

    return make


def by_reference(value):
    """A value that is an object of its own."""
    return lambda doc: ref(doc.add(value))


def quarter(certidao):
    """The page is turned, in a font whose widths are known."""
    alter(certidao, certidao.numbers["page"][0], Rotate=b"90")
    fonts(true_type())(certidao)


# --- C3: text under a later signature --------------------------------------------------------------------------------------

COURIER = fonts(lambda doc: b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>")
SIDEWAYS = b"q 0 1 -1 0 595 0 cm BT /F1 20 Tf 24 TL 72 %d Td %s ET Q"
RATES = b"(Valor da transmissao R$ 999,00 / 100.000,00) Tj T* "
BALANCE = b"BT /F1 14 Tf 72 600 Td (Saldo: R$) Tj 90 0 Td (-100.000,00) Tj ET"
SPACED = b"BT /F1 14 Tf 420 600 Td [<%s> 22000 <001500160017>] TJ ET" % (b"0003" * 20)
MISPLACED = {
    "the widths of Courier": (
        b"BT /F1 11 Tf 72 600 Td (Valor total:                    R$ 100.000,00) Tj ET",
        b"[280 590 480 620]",
        COURIER,
    ),
    "dots in Courier": (
        b"BT /F1 11 Tf 72 600 Td (Total liquido ............................. R$ 100.000,00) Tj ET",
        b"[355 590 480 620]",
        COURIER,
    ),
    "a width by reference": (
        SPACED,
        b"[60 590 380 620]",
        fonts(composite(lambda doc: b"/DW 500 /W [3 [%s]]" % ref(doc.add(b"100")))),
    ),
    "a minus sign": (BALANCE, b"[160 590 166.8 640]"),
    "a minus sign alone": (BALANCE, b"[161.5 598 166.6 610]"),
    "text along a turned page": (SIDEWAYS % (300, RATES), b"[275 465 302 838]", quarter),
    "the end of it": (SIDEWAYS % (300, RATES), b"[275 500 302 838]", quarter),
    "lines along a turned page": (SIDEWAYS % (560, RATES * 10), b"[30 475 330 838]", quarter),
    "letters close together": (b"BT /F1 14 Tf 72 600 Td -7 Tc (Valor) Tj ET",),
    "mirrored letters": (b"BT /F1 14 Tf -100 Tz 300 600 Td " + AMOUNT + b"ET",),
    "a negative size": (b"BT /F1 -14 Tf 300 600 Td " + AMOUNT + b"ET",),
}


@variant("C3", "over-misplaced", INVALID)
def over_misplaced():
    """A later signature covers text whose place depends on widths, on rotation or on signs"""
    yield from rows(MISPLACED)


def shown_by(operators):
    return (b"BT /F1 14 Tf 72 600 Td " + operators + b" ET",)


ODD_OPERANDS = {
    "surplus of Tr": (b"BT 3 0 Tr /F1 14 Tf 72 600 Td " + AMOUNT + b"ET",),
    "surplus of Td": (b"BT /F1 14 Tf 900 900 72 600 Td " + AMOUNT + b"ET",),
    "too few of Tm": shown_by(b"1 0 0 1 900 Tm " + AMOUNT),
    "a name before Td": shown_by(b"/x 900 0 Td " + AMOUNT),
    "a string before Tr": shown_by(b"3 Tr (x) 0 Tr " + AMOUNT),
    "two strings of Tj": shown_by(b"(Valor R$ 100.000,00) ( ) Tj"),
    "a name after the string of Tj": shown_by(b"(Valor R$ 100.000,00) /x Tj"),
    "surplus of the quote": (b"BT /F1 14 Tf 72 614 Td 14 TL 0 0 (Valor R$ 100.000,00) \x22 ET",),
    "a reference among the operands of Td": (b"BT /F1 14 Tf 900 900 R 72 600 Td " + AMOUNT + b"ET",),
    "references around Tr": shown_by(b"3 0 R Tr 3 Tr 3 0 0 R Tr 0 Tr 1 0 R " + AMOUNT),
}


@variant("C3", "odd-operands", FAILING)
def odd_operands():
    """A later signature covers text after operators with surplus, missing or strange operands"""
    yield from rows(ODD_OPERANDS)


ODD_TOKENS = {
    "an operator that runs into a number": shown_by(b"3 Tr+1 w " + AMOUNT),
    "an operator that runs into a minus": shown_by(b"3 Tr-1 w " + AMOUNT),
    "a minus and a zero": shown_by(b"3 Tr -0 Tr " + AMOUNT),
    "a mode of 3.9": shown_by(b"3.9 Tr " + AMOUNT),
    "a mode of 0.5": shown_by(b"3 Tr 0.5 Tr " + AMOUNT),
    "a comment that ends at a carriage return": shown_by(b"3 Tr % \r0 Tr " + AMOUNT),
    "a comment without blank": shown_by(b"3 Tr%x\n0 Tr " + AMOUNT),
}
NUMBERS = (b"600-500", b"--600", b"6e2", b"+600", b"600.0.0", b"600,5", b"60-0")


@variant("C3", "odd-tokens", FAILING)
def odd_tokens():
    """A later signature covers text after tokens and numbers that readers read differently"""
    yield from rows(ODD_TOKENS)
    for number in NUMBERS:
        yield under(b"BT /F1 14 Tf 72 " + number + b" Td " + AMOUNT + b"ET"), number.decode()


LINE = show(["Valor R$ 100.000,00"], y=600)
PATTERN = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /XStep 595 /YStep 842"
MASK = b"/Type /XObject /Subtype /Form /Group << /S /Transparency /CS /DeviceGray >>"
tiled = resource(Pattern=(b"<< /P %s >>", page_look(LINE, PATTERN)))
masked = resource(
    ExtGState=(b"<< /G << /SMask << /S /Luminosity /G %s >> >> >>", page_look(b"1 g " + LINE, MASK)),
)


def subtype_by_reference(certidao):
    kind = ref(certidao.doc.add(b"/Form"))
    resource(XObject=(b"<< /X %s >>", page_look(LINE, b"/Type /XObject /Subtype " + kind)))(certidao)


def matrix_by_reference(certidao):
    height = ref(certidao.doc.add(b"600"))
    head = b"/Type /XObject /Subtype /Form /Matrix [1 0 0 1 72 %s]" % height
    resource(XObject=(b"<< /X %s >>", page_look(show(["Valor R$ 100.000,00"], x=0, y=5), head)))(certidao)


def resources_of_page(certidao):
    """A form without resources of its own takes those of the page."""
    inner = ref(certidao.doc.add(page_look(LINE)(certidao)))
    empty = stream(b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << >>")
    alter(certidao, certidao.numbers["resources"], XObject=b"<< /X %s /O %s >>" % (inner, ref(certidao.doc.add(empty))))


def link_with_look(certidao):
    look = certidao.doc.add(picture(b"BT /F1 14 Tf 5 5 Td " + AMOUNT + b"ET", 200, 20, certidao.numbers["font"]))
    body = b"<< /Type /Annot /Subtype /Link /Rect [72 595 272 615] /F 4 /Border [0 0 0] /AP << /N %s >> >>"
    listed(certidao, certidao.doc.add(body % ref(look)))


INDIRECT = {
    "/Subtype of a form by reference": (b"/X Do", OVER_AMOUNT, subtype_by_reference),
    "/Matrix of a form by reference": (b"/X Do", OVER_AMOUNT, matrix_by_reference),
    "/Subtype of a composite font by reference": (
        b"BT /F1 14 Tf 20 600 Td <00030003000300150016> Tj ET",
        b"[225 590 400 620]",
        fonts(composite(b"/DW 5000", by_reference(b"/Type0"))),
    ),
    "/Subtype of a Type 3 font by reference": (
        b"BT /F1 14 Tf -208 600 Td (aaaa) Tj ET",
        OVER_AMOUNT,
        fonts(type3(kind=by_reference(b"/Type3"), matrix=b"0.001 0 0 0.001 20 0")),
    ),
    "resources of the page": (b"/O Do", OVER_AMOUNT, resources_of_page),
    "a form after a surplus name": (b"/Y /X Do", OVER_AMOUNT, resources_of_page),
    "a link with a look": (show(["Certidao"]), OVER_AMOUNT, link_with_look),
}


@variant("C3", "over-indirect", FAILING)
def over_indirect():
    """A later signature covers text that stands behind a reference, an inherited resource or a link"""
    yield from rows(INDIRECT)


def stored(raw):
    """Flate data in one block that is not compressed."""
    size = len(raw).to_bytes(2, "little"), (len(raw) ^ 0xFFFF).to_bytes(2, "little")
    return b"\x78\x01\x01" + b"".join(size) + raw + zlib.adler32(raw).to_bytes(4, "big")


SMUGGLED = b"\x00 EI 3 Tr BI /W 4 /H 1 /BPC 8 /CS /G ID "
PACKED = b"BI /W %d /H 1 /BPC 8 /CS /G /F /Fl ID %s\nEI " % (len(SMUGGLED), stored(SMUGGLED))
BLOCK = b"BI /W 1 /H 1 /BPC 8 /CS /G ID \x00 EI"
LETTERS = b"80 595 m 90 600 90 610 80 615 c 95 615 l 95 595 l h 100 595 20 20 re "
FAR = b"q 0 0 1 1 re 594 841 1 1 re " + LETTERS + b"W n "


def raster(digits, x=61, y=612, size=8):
    """Digits as five dashed lines of one width, which go on as gaps."""
    out = b"%d w " % size
    for row, pixels in enumerate(bitmap(digits)):
        dashes = (b" %d " % size).join(b"%d" % (size * len(run)) for run in pixels.split("0"))
        out += b"[%s 3000] 0 d %d %d m 459 %d l S " % (dashes, x, y - row * size, y - row * size)
    return out


SEGMENTS = {"a": (0, 20, 10, 2), "b": (9, 11, 2, 10), "c": (9, 1, 2, 10), "d": (0, 0, 10, 2), "e": (0, 1, 2, 10)}
SEGMENTS |= {"f": (0, 11, 2, 10), "g": (0, 10, 10, 2)}
SEVEN_SEGMENTS = {"7": "abc", "1": "bc", "0": "abcdef"}


def segments(digits, x=80, y=598, together=8):
    """Digits as on a pocket calculator, some of their bars in each path."""
    places = [(x + 16 * i, *SEGMENTS[s]) for i, digit in enumerate(digits) for s in SEVEN_SEGMENTS[digit]]
    drawn = [b"%d %d %d %d re " % (at + a, y + b, c, d) for at, a, b, c, d in places]
    return b"0 g " + b"".join(b"".join(drawn[i : i + together]) + b"f " for i in range(0, len(drawn), together))


PAINTED = {
    "a soft mask": (b"/G gs 0 g 0 0 595 842 re f", OVER_AMOUNT, masked),
    "a stroke in a pattern": (b"/Pattern CS /P SCN 1400 w 0 100 m 595 100 l S", OVER_AMOUNT, tiled),
    "a page filled with a pattern": (b"/Pattern cs /P scn 0 0 595 842 re f", OVER_AMOUNT, tiled),
    "huge letters in a pattern": (
        b"/Pattern cs /P scn BT /F1 2000 Tf -700 -500 Td 0.1 Tc (_) Tj ET",
        OVER_AMOUNT,
        tiled,
    ),
    "a clipped line as wide as the page": (FAR + b"0 g 800 w 0 400 m 595 400 l S Q",),
    "a clipped picture": (FAR + b"595 0 0 842 0 0 cm " + BLOCK + b" Q",),
    "broad dashes": (raster("100100"), b"[60 570 460 620]"),
    "bars": (segments("7100"),),
    "missing widths": (
        b"BT /F1 14 Tf 60 600 Td [(    ) (R$ 100.000,00)] TJ ET",
        b"[330 590 480 620]",
        fonts(true_type(33, b"/MissingWidth 5000")),
    ),
    "a Type 3 font in mode 3": (b"BT 3 Tr /F1 14 Tf 72 600 Td (aaaa) Tj ET", OVER_AMOUNT, fonts(type3())),
    "an operator in a packed inline picture": (PACKED + b"BT /F1 14 Tf 72 600 Td " + AMOUNT + b"ET",),
}


@variant("C3", "over-painted", FAILING)
def over_painted():
    """A later signature covers what paint shows: masks, patterns, clips, dashes, bars, letters that are drawings"""
    yield from rows(PAINTED)


# --- C3: fields and kids of signatures -------------------------------------------------------------------------------------


def signing(data, field, step=None):
    """Somebody signs an empty field that was there before."""
    update = Update(data)
    update.edit(field, V=ref(update.new(signature_dictionary())))
    if step:
        step(update)
    return seal(update.finish(), pki().rsa)


GONE = {"AP": None, "F": b"2"}


@variant("C3", "kid-hides", INVALID)
def kid_hides():
    """The kid of an empty signature field shows something; who signs the field takes it away"""
    body = b"<< /Type /Annot /Subtype /Widget /Rect [60 590 460 620] /F 4 /Parent %s /P %s >>"
    for certify in (None, 2):
        certidao = Certidao(form=True)
        n = certidao.numbers
        field, kid = signature_fields(certidao, body, b"(Outra)", b"/FT /Sig ")
        lie = WHITE + b" 0 g BT /F1 13 Tf 12 10 Td (Valor da transmissao: R$ 900.000,00) Tj ET"
        alter(certidao, kid, AP=b"<< /N %s >>" % ref(certidao.doc.add(picture(lie, 400, 30, n["font"]))))
        data = sign(certidao.write(), "Primeira", certify=certify)
        yield signing(data, field, set_keys(kid, **GONE)), f"widget, P={certify}"

        certidao = Certidao(form=True)
        red = picture(b"1 0 0 rg BT /F1 30 Tf 5 5 Td (CANCELADO) Tj ET", 220, 40, certidao.numbers["font"])
        stamp = certidao.doc.add(MARK % (b"[300 200 520 240]", ref(certidao.doc.add(red))))
        field = certidao.doc.add(b"<< /FT /Sig /T (Outra) /Kids [%s] >>" % ref(stamp))
        listed(certidao, stamp)
        form_field(certidao, field)
        data = sign(certidao.write(), "Primeira", certify=certify)
        yield signing(data, field, set_keys(stamp, **GONE)), f"stamp, P={certify}"


def text_field_as_kid(own, read_only):
    """A certidão whose text field is the kid of an empty signature field, and its number; `own`: it has no other place."""
    certidao = Certidao(form=True)
    n, doc = certidao.numbers, certidao.doc
    kid = n["field observacao"]
    field = doc.add(b"<< /FT /Sig /T (Outra) /Kids [%s] >>" % ref(kid))
    rest = elements(entries(doc.objects[n["form"]])["Fields"])
    if own:
        alter(certidao, kid, Parent=ref(field))
        rest = [element for element in rest if number_of(element) != kid]
    if read_only:
        alter(certidao, kid, Ff=b"1")
    alter(certidao, n["form"], Fields=array(ref(field), *rest))
    return certidao, field, kid


@variant("C3", "kid-is-text-field", INVALID)
def kid_is_text_field():
    """The kid of an empty signature field is a text field; who signs gives it a value and shows another"""
    for own in (False, True):
        locked = ("include", ["Outra.observacao" if own else "observacao"])
        for what, lock in (("plain", None), ("read-only", None), ("locked", locked)):
            certidao, field, kid = text_field_as_kid(own, what == "read-only")

            def lie(update, kid=kid, n=certidao.numbers):
                look = update.new(with_font(tx("NADA CONSTA"), n["helv"]))
                update.edit(kid, V=b"(penhora)", AP=b"<< /N %s >>" % ref(look))

            data = sign(certidao.write(), "Primeira", certify=2, lock=lock)
            yield signing(data, field, lie), f"{what}, {'its own' if own else 'with two parents'}"


@variant("C3", "look-of-empty-field", INVALID)
def look_of_empty_field():
    """An empty signature field shows an amount; who signs it shows another"""
    for certify in (None, 2):
        certidao = prepared(show(["Certidao", "Valor:"], y=720), empty_field=True)
        n = certidao.numbers

        def look(amount, n=n):
            return picture(b"BT /F1 13 Tf 2 8 Td (%s) Tj ET" % amount, 200, 30, n["font"])

        shown = certidao.doc.add(look(b"R$ 900.000,00"))
        alter(certidao, n["empty"], Rect=b"[120 690 320 720]", AP=b"<< /N %s >>" % ref(shown))
        data = sign(certidao.write(), "Primeira", certify=certify)

        def other(update, empty=n["empty"], look=look):
            update.edit(empty, AP=b"<< /N %s >>" % ref(update.new(look(b"R$ 100.000,00"))))

        yield signing(data, n["empty"], other), f"P={certify}"


@variant("C4", "field-with-action", INVALID)
def field_with_action():
    """A new field without widgets, or the parent of a new signature, brings actions"""
    data, n = base("p2")
    action = b"/AA << /K << /S /JavaScript /JS %s >> >>" % SCRIPT

    def empty(update):
        update.add_field(update.new(b"<< /FT /Tx /T (novo) /Kids [] %s >>" % action))

    yield updated(data, empty), "no widgets"
    update = Update(data)
    page, parent = n["page"][0], update.new(b"<< >>")
    value = ref(update.new(signature_dictionary()))
    kid = update.new(widget(page, value, b"(x)", extra=b"/F 132 /Parent %s" % ref(parent)))
    update.put(parent, b"<< /T (novo) /Kids [%s] %s /A << /S /Launch >> >>" % (ref(kid), action))
    update.append_to(page, "Annots", ref(kid)).add_field(parent)
    yield seal(update.finish(), pki().other), "parent of a signature"


# --- MDP: what a later lock grants -----------------------------------------------------------------------------------------


def locked_later(data, permission):
    """A later signature whose /Lock grants that much."""
    update = Update(data)
    lock = b"/F 132 /Lock << /Type /SigFieldLock /Action /Include /Fields [(zz)] /P %d >>" % permission
    open_signature(update, name=b"(Outra)", field_extra=lock)
    return seal(update.finish(), pki().other)


def stamping(n, inside=b"0.7 0 0 rg BT /F1 30 Tf 5 5 Td (CANCELADO) Tj ET"):
    """A new, visible stamp."""

    def step(update):
        look = ref(update.new(picture(inside, 220, 40, n["font"])))
        annotate(MARK.replace(b"/F 4", b"/P 0 0 R /F 4") % (b"[300 200 520 240]", look))(update)

    return step


@variant("MDP", "later-lock-grants", INVALID)
def later_lock_grants():
    """The lock of a later signature grants annotations, or says what no permission is; then a stamp or a value is added"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    first = sign(certidao.write(), "Primeira")
    data = updated(locked_later(first, 3), stamping(n))
    yield updated(first, stamping(n)), "no later lock"
    yield data, "stamp"
    yield sign_raw(data, pki().other, name=b"(Final)"), "stamp, signed once more"
    yield updated(locked_later(first, 9), fill(n, "valor", "R$ 900,00")), "P=9, value"


# --- I1: lists of changes that end too early -------------------------------------------------------------------------------


@variant("I1", "after-many-changes", INVALID)
def after_many_changes():
    """The last of a thousand changes is the one that matters: the content, or an action"""
    for certify in (None, 3):
        certidao = Certidao()
        page = certidao.numbers["page"][0]
        data = sign_raw(certidao.write("objstm"), certify=certify)

        def crowd(count, page=page):
            def step(update):
                marks = [update.new(NO_AREA % (b"Square", b"[10 10 10 10]", b"")) for _ in range(count)]
                update.edit(page, Annots=array(*elements(update.dict(page).get("Annots", b"[]")), *map(ref, marks)))

            return step

        def lie(update, page=page):
            inside = show(["CERTIDAO DE INTEIRO TEOR"], size=15) + show(["R$ 900.000,00"], y=600, size=13)
            update.edit(page, Contents=ref(update.new(stream(inside))))

        action = set_keys(certidao.numbers["root"], OpenAction=b"<< /S /JavaScript /JS %s >>" % SCRIPT)
        for count in (5, 1000, 1100):
            yield updated(data, crowd(count), lie, pack=True), f"{count}, content, P={certify}"
        yield updated(data, crowd(1000), action, pack=True), f"1000, action, P={certify}"


# --- C1: annotations under P=3 ---------------------------------------------------------------------------------------------


def marked(kind, rect, more, content=None, *, flags=b"/F 4", turned=False):
    """Under P=3 a new annotation; `more(update)` may give what else its dictionary holds."""
    certidao = prepared(content, quarter if turned else None)
    data = sign_raw(certidao.write(), certify=3)

    def step(update):
        held = more(update) if callable(more) else more
        annotate((NO_AREA % (kind, rect, held)).replace(b"/F 4", flags))(update)

    return updated(data, step)


def looks(inside, width, height):
    return lambda update: b"/AP << /N %s >>" % ref(update.new(picture(inside, width, height)))


@variant("C1", "turned-stamp", INVALID)
def turned_stamp():
    """A stamp with /F NoRotate or NoZoom stands elsewhere, or is larger, than its /Rect says: over the text"""
    green = looks(b"0.5 1 0.5 rg 0 0 200 30 re f", 200, 30)
    lines = b"q 0 1 -1 0 595 0 cm " + show(["Valor R$ 100.000,00"] * 20, y=580, x=200, size=14) + b"Q"
    few = b"q 0 1 -1 0 595 0 cm " + show(["Valor R$ 100.000,00"] * 3, y=500, x=160, size=14) + b"Q"
    for what, content in (("few lines", few), ("lines", lines)):
        yield marked(b"Stamp", b"[60 150 260 180]", green, content, flags=b"/F 20", turned=True), what
    for rect in (b"[60 540 260 580]", b"[60 625 260 655]"):
        yield marked(b"Stamp", rect, green, flags=b"/F 12"), rect.decode()


@variant("C1", "line-width", INVALID)
def line_width():
    """The width of a line, which makes it cover the text, is given where a verifier may not look"""
    path = {b"Line": b"/L [60 560 400 560] ", b"Ink": b"/InkList [[60 560 400 560]] "}
    widths = {
        "/Border by reference": lambda update: b"/Border [0 0 %s]" % ref(update.new(b"100")),
        "/Border": b"/Border [0 0 100]",
        "/Border beside an empty /BS": b"/Border [0 0 100] /BS << >>",
        "/Border beside a /BS that says no number": b"/Border [0 0 100] /BS << /W /x >>",
        "/BS": b"/BS << /W 100 >>",
    }
    for kind, where in path.items():
        for what, width in widths.items():

            def more(update, where=where, width=width):
                return where + (width(update) if callable(width) else width) + b" /C [0 0 0]"

            yield marked(kind, b"[60 540 400 580]", more), f"{kind.decode()}, {what}"


@variant("C1", "minus", INVALID)
def over_minus():
    """Under P=3 a white square covers a minus sign"""
    white = looks(b"1 g 0 0 5 12 re f", 5, 12)
    yield marked(b"Square", b"[161.5 598 166.6 610]", white, BALANCE)


# --- F2: values and what is seen of them -----------------------------------------------------------------------------------


def widths_of(**widths):
    """For `font=`: Helvetica with other widths for some letters."""
    named = {"full_stop": ".", "comma": ",", "zero": "0", "one": "1"}
    by_code = {ord(named[name]): width for name, width in widths.items()}
    listing = b" ".join(b"%d" % by_code.get(code, 556) for code in range(32, 127))

    def make(update):
        head = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /FirstChar 32 "
        return ref(update.new(head + b"/LastChar 126 /Widths [%s] >>" % listing))

    return make


MILLION, THOUSANDS = "1.000.000,00", b"(.000,00) Tj "
FACE = b"BT /F1 10 Tf 0 g "
HEAD = FACE + b"2 5 Td "
SPLIT = HEAD + b"(1.000) Tj %s " + THOUSANDS + b"ET"
PIECES = {
    "kerned out of order": ("19.000,00", HEAD + b"[(1) 1112 (9) -556 (.000,00)] TJ ET"),
    "one over the other": ("R$ 100.900,00", HEAD + b"(R$ ) Tj 13 0 Td (1) Tj 0 0 Td (00.) Tj ET"),
    "one before the other": ("19", FACE + b"20 5 Td (1) Tj -10 0 Td (9) Tj ET"),
    "two at one place": ("18.000,00", HEAD + b"(1) Tj 0 0 Td (8) Tj 5.56 0 Td (.000,00) Tj ET"),
    "a piece in mode 3": (MILLION, SPLIT % b"0 3 Tr"),
    "a piece in mode 3 after a reference": (MILLION, SPLIT % b"0 0 R 3 Tr"),
    "a piece in white, with an operand too many": (MILLION, SPLIT % b"0 1 g"),
    "a piece in white by a colour space": (MILLION, SPLIT % b"/DeviceGray cs 1 sc"),
    "a piece in white by a token without border": (MILLION, SPLIT % b"1 g-1 w"),
    "a piece without ink": (MILLION, SPLIT % b"0 0 0 1 0 0 0 0 k"),
    "two strings of one operator": ("9.000,00", HEAD + b"(9) (.000,00) Tj ET"),
    "clipped": (MILLION, b"q 0 0 133 18 re W n " + FACE + b"106 5 Td (1.000) Tj 26 0 Td " + THOUSANDS + b"ET Q"),
    "over the edge": (MILLION, FACE + b"195 5 Td (1.000) Tj 26 0 Td " + THOUSANDS + b"ET"),
    "over the edge by spacing": (MILLION, SPLIT % b"40 Tc"),
    "over the edge by blanks": ("1.000 .000,00", HEAD + b"219 Tw (1.000 .000,00) Tj ET"),
    "over the edge by rise": (MILLION, SPLIT % b"50 Ts"),
    "over the edge by leading": (MILLION, SPLIT % b"8 TL T*"),
    "under the edge": (MILLION, SPLIT % b"0 -9.9 Td"),
    "smaller": (MILLION, SPLIT % b"/F1 1 Tf"),
    "turned": ("9006", FACE + b"-1 0 0 -1 40 12 Tm (9006) Tj ET"),
}


@variant("F2", "pieces", FAILING)
def pieces():
    """The pieces of a value are moved, clipped, resized, turned, hidden, or lie over the edge of the field"""
    data, n = base("p2")
    for what, (value, inside) in PIECES.items():
        yield updated(data, shown_as(n, inside, value=value)), what
    turned = shown_as(n, FACE + b"20 5 Td (9006) Tj ET", value="9006", extra=b"/Matrix [-1 0 0 -1 0 0]")
    yield updated(data, turned), "turned by /Matrix"
    whole = HEAD + b"(%s) Tj ET"
    for what, value, widths in (
        ("a comma that takes the rest away", "1.000,00", dict(full_stop=278, comma=30000)),
        ("a digit that goes back", "19", dict(one=-556)),
        ("digits without width", "1.000,00", dict(zero=0)),
    ):
        shown = shown_as(n, whole % value.encode(), value=value, font=widths_of(**widths))
        yield updated(data, shown), what
    shown = shown_as(n, SPLIT % b"", value=MILLION, font=widths_of(full_stop=278, comma=30000))
    yield updated(data, shown), "a comma in the second piece"


# --- H2: buttons -----------------------------------------------------------------------------------------------------------


def pressed(content, rect, off, on, width, height, font=None):
    """A check box with two pictures, which gets checked; `font(certidao)` is what they write in."""
    certidao = Certidao(form=True, content=content)
    n, doc = certidao.numbers, certidao.doc
    face = doc.add(font(certidao)) if font else n["font"]
    made = [ref(doc.add(picture(inside, width, height, face))) for inside in (on, off)]
    alter(certidao, n["field quitado"], Rect=rect, AP=b"<< /N << /Sim %s /Off %s >> >>" % tuple(made))
    return updated(sign(certidao.write(), certify=2), check(n))


@variant("H2", "button-says", FAILING)
def button_says():
    """A check box shows a digit of an amount, or a word, and another one when it is checked"""
    letter = b"BT /F1 13 Tf 0 2 Td (%s) Tj ET"
    amount = show(["Certidao"], size=15) + b"BT /F1 13 Tf 72 322 Td (R$) Tj 28 0 Td (.000,00) Tj ET"
    yield pressed(amount, b"[91 320 100 334]", letter % b"1", letter % b"9", 14, 14), "a digit"

    def words(certidao):
        glyphs = b"BT /F1 500 Tf (Onus: NADA) Tj ET", b"BT /F1 500 Tf (PENHORA) Tj ET"
        return type3(glyphs, font=certidao.numbers["font"])(certidao.doc)

    word = b"BT /F1 16 Tf 0 5 Td (%s) Tj ET"
    content = show(["Certidao"], size=15)
    yield pressed(content, b"[72 320 120 340]", word % b"a", word % b"b", 48, 20, words), "a word in one letter"


YES = b"1.5 w 2 2 m 8 2 l 8 7 l 2 7 l 2 12 l 8 12 l 14 2 m 14 12 l 20 2 m 20 12 l 24 6 l 28 12 l 28 2 l S"
NO = b"1.5 w 2 2 m 2 12 l 8 2 l 8 12 l 12 2 m 15 12 l 18 2 l 22 2 m 28 2 l 28 12 l 22 12 l 22 2 l S"


@variant("H2", "button-draws", FAILING)
def button_draws():
    """A check box shows a word in strokes, and the contrary when it is checked"""
    yield pressed(None, b"[72 320 104 334]", YES, NO, 32, 14)


def over_scan(rect, off, on, width, height, content=b""):
    """A prepared check box on a scanned page gets checked."""
    certidao = prepared(b"q 595 0 0 842 0 0 cm /Im Do Q " + content, scanned, form=True)
    n = certidao.numbers
    made = [ref(certidao.doc.add(picture(inside, width, height, n["font"]))) for inside in (off, on)]
    alter(certidao, n["field quitado"], Rect=rect, AP=b"<< /N << /Off %s /Sim %s >> >>" % tuple(made))
    return updated(sign(certidao.write(), certify=2), check(n))


@variant("H2", "button-on-scan", FAILING)
def button_on_scan():
    """A check box on a scanned page hides a digit or a word of the picture as soon as it is checked"""
    yield over_scan(b"[72 320 82 334]", b"", b"1 g 0 0 10 14 re f", 10, 14), "white"
    yield over_scan(b"[72 320 82 334]", b"", b"q 0 0 0 0.1 k 0 0 10 14 re f Q", 10, 14), "grey in four inks"
    yield over_scan(b"[72 320 118 334]", b"", b"0 0 46 14 re f", 46, 14), "a dark block over a word"
    letter = b"1 G 12 w 2 Tr BT /F1 60 Tf -20 -20 Td (8) Tj ET"
    yield over_scan(b"[72 320 86 334]", b"", letter, 14, 14), "a letter that fills the box in white"


@variant("fill", "button-on-scan", VALID, kind="genuine")
def fill_button_on_scan():
    """A small dark cross on a scanned form"""
    yield over_scan(b"[72 320 82 330]", b"", b"0.2 0.2 m 9.8 9.8 l 0.2 9.8 m 9.8 0.2 l S", 10, 10), "cross"


# --- genuine: forms as others fill them ------------------------------------------------------------------------------------

MARKED = b"/Tx BMC q %s BT /F1 10 Tf %s ET Q EMC"
ACROBAT = b"2 2 216 14 re W n"
NAME = b"0 g 2 5.3 Td (Fulano) Tj"
FRAME = b"0.5 0.5 219 17 re s "
BEVEL = (
    b"1 g 0 0 220 18 re f 1 g 1 1 m 1 17 l 219 17 l 218 16 l 2 16 l 2 2 l f 0.5 g 219 17 m 219 1 l 1 1 l 2 2 l "
    b"218 2 l 218 16 l f 0 G "
)
COMB = b"0 G " + FRAME + b"73 0.5 m 73 17.5 l s 146 0.5 m 146 17.5 l s "
ROAD = "Rua das Acacias Ficticias " * 4
FILLED = {
    "pdf.js": ("Fulano", MARKED % (b"", b"0 g 1 0 0 1 2.00 5.30 Tm (Fulano) Tj"), {"M": b"(D:20260101000000Z)"}),
    "closed path as clip": ("Fulano", MARKED % (b"1 1 m 1 17 l 219 17 l 219 1 l h W n", b"0 g 2 5 Td (Fulano) Tj")),
    "PDFlib": (
        "Fulano",
        b"q q 1 0 0 1 0.5 0.5 cm 1 0 0 1 0 0 cm 0 0 m 0 17 l 219 17 l 219 0 l h Q 1 1 m 1 17 l 219 17 l 219 1 l h W n "
        b"/Tx BMC q BT 0 0 0 rg /F1 10 Tf 12 TL 1 0 0 1 2 5 Tm <46756C616E6F> Tj T* ET Q EMC Q",
    ),
    "iText": ("Fulano", b"/Tx BMC q 1 0 0 1 2 2 cm BT /F1 10 Tf 0 3 Td 0 g (Fulano) Tj ET Q EMC"),
    "Acrobat, grey": ("Fulano", b"0.9 g 0 0 220 18 re f 0.5 G " + FRAME + MARKED % (ACROBAT, NAME)),
    "Acrobat, underlined": ("Fulano", b"0 G 0 0.5 m 220 0.5 l s " + MARKED % (ACROBAT, NAME)),
    "Poppler": ("Fulano é", MARKED % (b"", b"0 g\n1 0 0 1 2.00 5.30 Tm\n(Fulano \\351) Tj\n")),
    "aligned to the right": ("1.000,00", MARKED % (ACROBAT, b"0 g 173 5.3 Td (1.000,00) Tj"), {}, {"Q": b"2"}),
    "comb": (
        "123",
        COMB + MARKED % (b"1 1 218 16 re W n", b"0 g 33 5 Td (1) Tj 73 0 Td (2) Tj 73 0 Td (3) Tj"),
        {},
        {"Ff": b"16777216", "MaxLen": b"3"},
    ),
    "pdf.js, two lines": (
        "uma linha\noutra linha",
        b"/Tx BMC q BT /F1 8 Tf 0 g 1 0 0 1 0 18 Tm 2.00 -8.50 Td (uma linha) Tj\n0 -8.50 Td (outra linha) Tj\nET Q EMC",
        {},
        {"Ff": b"4096"},
    ),
    "white on blue": ("x", b"0 0 0.5 rg 0 0 220 18 re f " + MARKED % (ACROBAT, b"1 g 2 5.3 Td (x) Tj")),
    "emptied": ("", b"/Tx BMC EMC"),
}
FILLED_ODDLY = {
    "Acrobat, bevelled": ("Fulano", BEVEL + FRAME + MARKED % (ACROBAT, NAME.replace(b"2 5.3", b"4 5.3"))),
    "longer than the field": (ROAD, MARKED % (ACROBAT, b"0 g 2 5.3 Td %s Tj" % text(ROAD))),
    "a graphics state that is not there": ("x", MARKED % (b"/GS0 gs", b"0 g 2 5.3 Td (x) Tj")),
    "four lines, of which two are seen": (
        "um\ndois\ntres\nquatro",
        MARKED % (ACROBAT, b"0 g 2 9.5 Td (um) Tj 0 -8.5 TD (dois) Tj T* (tres) Tj T* (quatro) Tj"),
        {},
        {"Ff": b"4096"},
    ),
}


def filled(table):
    """Text fields filled as in that table: value, appearance, what else the revision sets, what the field had before."""
    for what, (value, inside, *keys) in table.items():
        also, before = (*keys, {}, {})[:2]
        certidao = Certidao(form=True)
        n = certidao.numbers
        alter(certidao, n["field valor"], **before)
        data = sign_raw(certidao.write(), certify=2)
        yield updated(data, shown_as(n, inside, value=value), set_keys(n["field valor"], **also)), what


@variant("fill", "by-others", VALID, kind="genuine")
def fill_by_others():
    """A text field is filled, with an appearance as other programs write it"""
    yield from filled(FILLED)


@variant("fill", "by-others-oddly", MOSTLY, kind="genuine")
def fill_by_others_oddly():
    """A text field is filled, with an appearance that is honest and hard to judge"""
    yield from filled(FILLED_ODDLY)


BOX = b"72 470 220 18 re "
PRINTED = {
    "line": show(["Valor:"], x=40, y=475) + b"72 472 m 292 472 l S",
    "box": b"70 468 224 22 re S",
    "round box": rounded(68, 466, 228, 26),
    "grey box": b"0.9 g " + BOX + b"f",
    "comb": b"".join(b"%d 470 m %d 488 l S " % (x, x) for x in range(72, 293, 20)) + BOX + b"S",
    "underscores": b"BT /F1 11 Tf 72 473 Td (" + b"_" * 36 + b") Tj ET",
    "dots": b"BT /F1 11 Tf 72 473 Td (" + b"." * 54 + b") Tj ET",
}


@variant("fill", "over-print", VALID, kind="genuine")
def fill_over_print():
    """A field is filled, or a box checked, where the page has a printed line, box or row of dots"""
    for what, content in PRINTED.items():
        certidao = Certidao(form=True, content=content)
        data = sign_raw(certidao.write(), certify=2)
        yield updated(data, fill(certidao.numbers, "valor", "R$ 900,00")), what
    certidao = Certidao(form=True, content=show(["Quitado"], x=95, y=323) + b"72 320 14 14 re S")
    yield updated(sign_raw(certidao.write(), certify=2), check(certidao.numbers)), "check box"


@variant("fill", "computed", VALID, kind="genuine")
def fill_computed():
    """A field is filled in a form with an order of calculation, or with a button that empties it"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    alter(certidao, n["form"], CO=array(ref(n["field valor"])))
    yield updated(sign(certidao.write(), certify=2), fill(n, "valor", "R$ 900,00")), "order"
    certidao = Certidao(form=True)
    n = certidao.numbers
    button = certidao.doc.add(
        b"<< /Type /Annot /Subtype /Widget /FT /Btn /Ff 65536 /T (limpar) /F 4 /P %s /Rect [400 320 460 340] "
        b"/MK << /CA (Limpar) >> /A << /S /ResetForm /Fields [%s] >> >>" % (ref(n["page"][0]), ref(n["field valor"]))
    )
    listed(certidao, button)
    form_field(certidao, button)
    yield updated(sign(certidao.write(), certify=2), fill(n, "valor", "R$ 900,00")), "button"


@variant("annotation", "looks", VALID, kind="genuine")
def annotation_looks():
    """Under P=3 a free text, or a highlight of blank paper with a blend mode"""
    yield marked(b"FreeText", b"[300 300 500 330]", b"/DA (/Helv 10 Tf) /Rotate 0"), "free text"
    quad = b"/QuadPoints [72 312 300 312 72 300 300 300] /C [1 1 0] /BM /Multiply /ca 0.5 /Lang (pt)"
    yield marked(b"Highlight", b"[72 300 300 312]", quad), "highlight"


# --- genuine: signatures on printed paper ----------------------------------------------------------------------------------

ON_PAPER = b"[300 100 500 150]"
ROWS = ((60, 80), (200, 110), (350, 140), (500, 170))
TABLE = b"".join(b"%d 80 m %d 300 l S 60 %d m 500 %d l S " % (x, x, y, y) for x, y in ROWS)


def scanned(certidao):
    head = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    resource(XObject=(b"<< /Im %s >>", lambda certidao: stream(b"\xff", head)))(certidao)


PAPER = {
    "nothing": (b"", ON_PAPER),
    "nothing, turned": (b"", b"[275 450 302 838]", quarter),
    "line with a name": (
        b"300 120 m 500 120 l S BT /F1 10 Tf 320 105 Td (Fulano de Tal) Tj ET",
        b"[300 119 500 160]",
    ),
    "dashed line": (b"[3 2] 0 d 300 120 m 500 120 l S", ON_PAPER),
    "underscores": (show(["_" * 40], x=300, y=120), b"[300 115 500 160]"),
    "dots": (show(["." * 60], x=300, y=120), b"[300 115 460 160]"),
    "cell of a table": (TABLE, b"[205 112 345 138]"),
    "cells of a table": (TABLE, b"[205 82 480 168]"),
    "box with a label": (
        b"300 100 200 60 re S BT /F1 8 Tf 302 150 Td (Assinatura do comprador) Tj ET",
        b"[300 100 500 145]",
    ),
    "frame of the page": (b"20 20 555 802 re S", ON_PAPER),
    "grey page": (b"0.95 g 0 0 595 842 re f", ON_PAPER),
    "letterhead": (b"q 595 0 0 842 0 0 cm " + BLOCK.replace(b"\x00", b"\xff") + b" Q", ON_PAPER),
    "blanks": (b"BT /F1 11 Tf 72 120 Td ( ) Tj 200 0 Td (          ) Tj ET", b"[250 100 450 150]"),
    "scan with recognised text": (
        b"q 595 0 0 842 0 0 cm /Im Do Q BT 3 Tr /F1 11 Tf 310 120 Td (texto reconhecido) Tj ET",
        ON_PAPER,
        scanned,
    ),
}


@variant("ok", "visible-on-paper", VALID, kind="genuine")
def visible_on_paper():
    """A second, visible signature on blank or printed paper"""
    yield from rows(PAPER)


def subset(doc):
    """A font of three letters as LibreOffice embeds it: A, blank and underscore."""
    names = b"3 beginbfchar <01> <0041> <02> <0020> <03> <005F> endbfchar endcmap"
    to_unicode = doc.add(stream(b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange " + names))
    return (
        b"<< /Type /Font /Subtype /TrueType /BaseFont /BAAAAA+LiberationSerif /FirstChar 0 /LastChar 3 "
        b"/Widths [777 722 250 500] /FontDescriptor %s /ToUnicode %s >>"
    ) % (ref(doc.add(DESCRIPTOR % b"")), ref(to_unicode))


ODD_PAPER = {
    "underscores of LibreOffice": (
        b"BT /F1 12 Tf 300 120 Td <" + b"03" * 30 + b"> Tj ET",
        b"[300 115 480 160]",
        fonts(subset),
    ),
    "blanks of LibreOffice": (b"BT /F1 12 Tf 300 120 Td <020202> Tj ET", b"[300 115 480 160]", fonts(subset)),
    "inline picture in hexadecimal": (
        b"q 40 0 0 40 60 760 cm BI /W 40 /H 40 /IM true /F /AHx ID " + b"0f " * 200 + b"> EI Q",
        ON_PAPER,
    ),
    "Type 3 font elsewhere": (b"BT /F1 10 Tf 72 700 Td (aaaa) Tj ET", ON_PAPER, fonts(type3())),
}


@variant("ok", "visible-on-odd-paper", MOSTLY, kind="genuine")
def visible_on_odd_paper():
    """A second, visible signature on paper that is blank and hard to read"""
    yield from rows(ODD_PAPER)


@variant("ok", "destinations", VALID, kind="genuine")
def destinations():
    """A second signature on a document with named destinations in the catalog, as PDF 1.1 had them"""
    for indirect in (False, True):
        certidao = Certidao(pages=2)
        n = certidao.numbers
        named = b"<< /cap1 [%s /XYZ 0 842 null] /cap2 << /D [%s /Fit] >> >>" % tuple(map(ref, n["page"]))
        alter(certidao, n["root"], Dests=ref(certidao.doc.add(named)) if indirect else named)
        yield sign_raw(sign(certidao.write()), pki().other, name=b"(Segunda)"), "by reference" if indirect else "direct"

"""Objects with a second role, paint that is no text, values that are not shown, rules in conflict (C F H P R Z1).

And their genuine neighbours, which look alike and must be accepted.
"""

import io
import itertools

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

import truetype
from attacks_content import COVER, REAL
from attacks_form import SWAPPED
from attacks_holes import (
    FAILING,
    FIELD_BOX,
    INVALID,
    OVER_AMOUNT,
    THICK,
    VALID,
    alter,
    covered,
    no_area,
    picture,
)
from common import (
    Update,
    Variants,
    array,
    elements,
    entries,
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
from documents import AMOUNT, Certidao, base, page_content, show, tx, with_font
from edits import fill, orphan, set_keys, updated
from hostile import MAY
from rawpdf import Pdf

variant = Variants("forgery")
MOSTLY = "valid indeterminate"
LIE = "R$ 900.000,00"
WHITE = b"1 g 0 0 400 30 re f"


def build(corpus):
    variant.build(corpus)


def listed(certidao, *numbers):
    """Adds annotations to the first page before anything is signed."""
    page = certidao.numbers["page"][0]
    old = elements(entries(certidao.doc.objects[page]).get("Annots", b"[]"))
    alter(certidao, page, Annots=array(*old, *map(ref, numbers)))


def form_field(certidao, *numbers):
    """Names fields in /AcroForm before anything is signed."""
    form = certidao.numbers["form"]
    old = elements(entries(certidao.doc.objects[form])["Fields"])
    alter(certidao, form, Fields=array(*old, *map(ref, numbers)))


def page_with(content, resources=None, **options):
    """A certidão with that content; `resources(doc, numbers)` gives what its resources get."""
    certidao = Certidao(content=content, **options)
    if resources:
        alter(certidao, certidao.numbers["resources"], **resources(certidao.doc, certidao.numbers))
    return certidao


# --- drawings without text -------------------------------------------------------------------------------------------------

GLYPHS = {
    "0": ("111", "101", "101", "101", "111"),
    "1": ("010", "110", "010", "010", "111"),
}


def bitmap(digits):
    """Five rows of pixels."""
    return ["0".join(GLYPHS[digit][row] for digit in digits) for row in range(5)]


def dashes(digits, x, y, size):
    """Digits drawn as dashed lines of one point, which go on as gaps."""
    out = b"1 w "
    for row, pixels in enumerate(bitmap(digits)):
        runs = [size * len(list(run)) for _, run in itertools.groupby("1" + pixels + "0")]
        runs[0], runs[-1] = runs[0] - size, 300
        out += b"[%s] 0 d " % b" ".join(b"%d" % run for run in runs)
        for line in range(size):
            height = y + size * (4 - row) + line
            out += b"%d %g m %d %g l S " % (x, height + 0.5, x + 220, height + 0.5)
    return out


def bars(digits, x, y, size):
    """Digits drawn as rectangles, each in one path with a far one."""
    out = b"0 g "
    for row, pixels in enumerate(bitmap(digits)):
        for column, pixel in enumerate(pixels):
            if pixel == "1":
                place = x + size * column, y + size * (4 - row)
                out += b"%d %d %d %d re 560 %d 1 1 re f " % (*place, size, size, place[1] + 50)
    return out


def scan(doc, n):
    """The page as a picture: an amount in pixels of five points."""
    width, height = 119, 168
    samples = bytearray(b"\xff" * width * height)
    for row, pixels in enumerate(bitmap("100000")):
        for column, pixel in enumerate(pixels):
            if pixel == "1":
                samples[(45 + row) * width + 16 + column] = 0
    head = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8"
    image = doc.add(stream(bytes(samples), head % (width, height), compress=True))
    return {"XObject": b"<< /Im %s >>" % ref(image)}


# --- C3: what a later signature covers -------------------------------------------------------------------------------------

SHOWN = text(AMOUNT)
FAR_OFF = b"0 g 5 5 m 6 5 l 6 6 l h 590 837 m 591 837 l 591 838 l h "


def state_with_font(doc, n):
    return {"ExtGState": b"<< /G << /Font [%s 13] >> >>" % ref(n["font"])}


def blank_codes(doc, n):
    """A font that has digits where others have blanks and rules."""
    font = doc.add(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /BaseEncoding "
        b"/WinAnsiEncoding /Differences [9 /one /zero 13 /comma 45 /period 95 /R 160 /dollar] >> >>"
    )
    return {"Font": b"<< /F1 %s /F2 %s >>" % (ref(n["font"]), ref(font))}


def tiling(doc, n):
    head = (
        b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 400 30] /XStep 400 /YStep 900 /Matrix "
        b"[1 0 0 1 60 590] /Resources << /Font << /F1 %s >> >>" % ref(n["font"])
    )
    return {"Pattern": b"<< /P %s >>" % ref(doc.add(stream(b"BT /F1 13 Tf 12 10 Td %s Tj ET" % SHOWN, head)))}


def shading(doc, n):
    ramp = doc.add(b"<< /FunctionType 2 /Domain [0 1] /C0 [1 0 0] /C1 [0 0 1] /N 1 >>")
    held = b"<< /S << /ShadingType 2 /ColorSpace /DeviceRGB /Coords [100 0 300 0] /Function %s >> >>"
    return {"Shading": held % ref(ramp)}


def matrix_of_references(doc, n):
    matrix = b" ".join(ref(doc.add(b"%d" % value)) for value in (1, 0, 0, 1, 0, 500))
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Matrix [%s] /Resources << /Font << /F1 %s >> >>"
    form = doc.add(stream(b"BT /F1 13 Tf 72 100 Td %s Tj ET" % SHOWN, head % (matrix, ref(n["font"]))))
    return {"XObject": b"<< /X %s >>" % ref(form)}


def distant_glyph(doc, n):
    """A Type 3 font whose glyph lies far from where the text stands."""
    glyph = doc.add(stream(b"1000 0 d0 BT /F1 13 Tf 0 100 Td %s Tj ET" % SHOWN))
    font = doc.add(
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 0 0] /FontMatrix [1 0 0 1 0 0] /CharProcs << /a %s >> "
        b"/Encoding << /Differences [97 /a] >> /FirstChar 97 /LastChar 97 /Widths [10] "
        b"/Resources << /Font << /F1 %s >> >> >>"
        % (ref(glyph), ref(n["font"]))
    )
    return {"Font": b"<< /F1 %s /F3 %s >>" % (ref(n["font"]), ref(font))}


RIGHT_HALF = b"[250 590 460 620]"
UNSEEN = {
    "text that clips a fill": (b"q BT /F1 13 Tf 7 Tr 72 600 Td %s Tj ET 0 0 1 rg 60 590 400 30 re f Q" % SHOWN, None),
    "the font of a graphics state": (b"BT /F1 0.1 Tf /G gs 40 600 Td %s Tj ET" % SHOWN, state_with_font),
    "codes that elsewhere are blank": (
        b"BT /F2 13 Tf 72 600 Td (_\\240 \\011\\012\\012-\\012\\012\\012\\015\\012\\012) Tj ET",
        blank_codes,
    ),
    "a tiling pattern": (b"/Pattern cs /P scn 50 580 450 60 re f", tiling),
    "a shading": (b"q 100 595 30 20 re 140 595 8 20 re 160 595 40 20 re W n /S sh Q", shading),
    "a form whose matrix is made of references": (b"/X Do", matrix_of_references),
    "paths that reach far": (bars("100000", 80, 595, 4), None),
    "one path of the size of the page": (
        FAR_OFF + b"".join(b"%d 600 m %d 600 l %d 612 l h " % (x, x + 4, x + 2) for x in range(80, 300, 8)) + b"f",
        None,
    ),
    "dashed lines": (dashes("100000", 80, 597, 3), None),
}
SPACED = {
    "word spacing": b"BT /F1 13 Tf 200 Tw 72 600 Td (Valor: 100.000,00) Tj ET",
    "word spacing by the quote": b"BT /F1 13 Tf 72 600 Td 200 0 (x 100.000,00) \x22 ET",
}


@variant("C3", "over-unseen", INVALID)
def over_unseen():
    """A later signature of the same house covers what a reader of text and images does not find"""
    for what, (content, resources) in UNSEEN.items():
        certidao = page_with(content, resources)
        look = picture(COVER, 400, 30, certidao.numbers["font"])
        yield covered(sign(certidao.write()), pki().other, OVER_AMOUNT, look), what
    for what, content in SPACED.items():
        yield covered(sign(page_with(content).write()), pki().other, RIGHT_HALF, picture(WHITE, 400, 30)), what


INLINE = b"q 10 0 0 10 %d 20 cm BI /W %d /H 1 /CS /G /BPC 8 ID %s"


@variant("C3", "over-unreadable", FAILING)
def over_unreadable():
    """A later signature covers a glyph that is a drawing, or text behind an inline image that seems to go on"""
    amount = show([AMOUNT], y=600, size=13)
    inline = INLINE % (500, 16, b"0123456789abcdefEI\nQ ") + amount + INLINE % (520, 1, b"x\nEI\nQ ")
    for what, certidao in {
        "Type 3 glyph": page_with(b"BT /F3 1 Tf 72 500 Td (a) Tj ET", distant_glyph),
        "inline image": page_with(inline),
    }.items():
        look = picture(COVER, 400, 30, certidao.numbers["font"])
        yield covered(sign(certidao.write()), pki().other, OVER_AMOUNT, look), what


@variant("C3", "turned-page", INVALID)
def turned_page():
    """On a turned page a later signature with /F NoRotate stands elsewhere than its /Rect says"""
    for rect, width, height in ((b"[60 640 90 800]", 30, 160), (b"[60 190 100 590]", 40, 400)):
        for certify in (None, 2):
            certidao = Certidao()
            alter(certidao, certidao.numbers["page"][0], Rotate=b"90")
            data = sign(certidao.write(), certify=certify)
            look = picture(b"1 g 0 0 %d %d re f" % (width, height), width, height)
            yield covered(data, pki().other, rect, look, flags=b"/F 20"), f"{rect.decode()}, P={certify}"


@variant("C3", "over-ink", INVALID)
def over_ink():
    """A later signature covers an ink that is drawn outside its empty /Rect"""
    certidao = Certidao(content=b"")
    ink = (
        b"<< /Type /Annot /Subtype /Ink /Rect [0 0 0 0] /InkList [[100 600 100 618 110 618 110 600] [120 600 120 618]] "
        b"/C [0 0 0] /BS << /W 2 >> /Contents (1) /T (x) /F 4 >>"
    )
    listed(certidao, certidao.doc.add(ink))
    yield covered(sign(certidao.write()), pki().other, OVER_AMOUNT, picture(WHITE, 400, 30))


# --- C3: what a later signature takes as its widget ------------------------------------------------------------------------


def taking(data, number, body):
    """A later signature, first in /Fields, whose only widget was there before; `body(update)` is what it becomes."""
    update = Update(data)
    value = update.new(signature_dictionary())
    update.put(number, body(update))
    update.add_field(update.new(b"<< /FT /Sig /T (Outra) /V %s /Kids [%s] >>" % (ref(value), ref(number))))
    if update.form():
        *others, newest = elements(update.dict(update.form())["Fields"])
        update.edit(update.form(), Fields=array(newest, *others))
    return seal(update.finish(), pki().other)


@variant("C3", "takes-field", INVALID)
def takes_field():
    """A locked or a read-only field becomes the widget of a later signature, and shows another value"""
    for name, lock in (("valor", ("include", ["valor"])), ("protocolo", None)):
        for certify in (None, 2):
            certidao = Certidao(form=True)
            n = certidao.numbers
            data = sign(certidao.write(), certify=certify, lock=lock)

            def lying(update):
                look = update.new(with_font(tx(LIE), n["helv"]))
                update.edit(n["field " + name], V=text(LIE), AP=b"<< /N %s >>" % ref(look))
                return update.raw(n["field " + name])

            yield taking(data, n["field " + name], lying), f"{name}, P={certify}"


def cancelled(certify):
    """A signed certidão that bears a stamp, the number of the stamp, and that of a font."""
    certidao = Certidao()
    red = b"1 0 0 rg BT /F1 30 Tf 5 5 Td (CANCELADO) Tj ET"
    look = certidao.doc.add(picture(red, 220, 40, certidao.numbers["font"]))
    stamp = certidao.doc.add(
        b"<< /Type /Annot /Subtype /Stamp /Rect [300 200 520 240] /F 4 /Contents (CANCELADO) /T (x) /AP << /N %s >> >>"
        % ref(look)
    )
    listed(certidao, stamp)
    return sign(certidao.write(), certify=certify), stamp, certidao.numbers["font"]


@variant("C3", "takes-annotation", INVALID)
def takes_annotation():
    """A stamp becomes the widget of a later signature: it says something else, or is gone"""
    for certify in (None, 2, 3):
        data, stamp, font = cancelled(certify)
        head = b"<< /Type /Annot /Subtype /Widget /Rect %s /F %d %s>>"

        def other(update):
            look = update.new(picture(b"BT /F1 30 Tf 5 5 Td (VALIDO) Tj ET", 220, 40, font))
            return head % (b"[300 200 520 240]", 4, b"/AP << /N %s >> " % ref(look))

        yield taking(data, stamp, other), f"other words, P={certify}"
        yield taking(data, stamp, lambda update: head % (b"[0 0 0 0]", 2, b"")), f"gone, P={certify}"


@variant("C3", "under-text-field", INVALID)
def under_text_field():
    """A later signature is a kid of a read-only text field, whose widget it takes away"""
    for certify in (None, 2):
        certidao = Certidao(form=True)
        parent = certidao.numbers["field protocolo"]
        update = Update(sign(certidao.write(), certify=certify))
        value = update.new(signature_dictionary())
        extra = b"/F 132 /Parent %s" % ref(parent)
        kid = update.new(widget(certidao.numbers["page"][0], ref(value), b"(s)", extra=extra))
        update.edit(parent, Kids=array(ref(kid)))
        yield seal(update.finish(), pki().other), f"P={certify}"


@variant("C4", "launch", INVALID)
def launch():
    """An empty signature field is also the /OpenAction; whoever signs it chooses what is launched"""
    for certify in (None, 2):
        certidao = Certidao(empty_field=True)
        n = certidao.numbers
        alter(certidao, n["empty"], S=b"/Launch", F=b"(a.pdf)", Rect=b"[0 0 0 0]")
        alter(certidao, n["root"], OpenAction=ref(n["empty"]))
        update = Update(sign(certidao.write(), "Primeira", certify=certify))
        update.edit(n["empty"], V=ref(update.new(signature_dictionary())), F=b"(calc.exe)")
        yield seal(update.finish(), pki().other), f"P={certify}"


# --- R2: annotations with a second role ------------------------------------------------------------------------------------

NOTE = b"<< /Type /Annot /Subtype /FreeText /Rect [0 0 0 0] /DA (/Helv 9 Tf 0 g) /NM (a) %s >>"


def two_roles(make, certify, change, **options):
    """A note without area with a second role. `make(certidao)` gives its keys and a function that names it."""
    certidao = Certidao(**options)
    keys, name = make(certidao)
    number = certidao.doc.add(NOTE % keys)
    listed(certidao, number)
    name(certidao, number)
    return updated(sign_raw(certidao.write(), certify=certify), lambda update: change(update, number, certidao.numbers))


def in_catalog(key, template=b"%s"):
    return lambda certidao, number: alter(certidao, certidao.numbers["root"], **{key: template % ref(number)})


def as_layers(certidao):
    both = b"%s %s" % (ref(certidao.numbers["layer"]), ref(certidao.numbers["layer2"]))
    named = in_catalog("OCProperties", b"<< /OCGs [" + both + b"] /D %s >>")
    return b"/Order [%s] /ON [%s]" % (both, both), named


def as_parent(certidao):
    n = certidao.numbers
    shared = {"Resources": ref(n["resources"]), "MediaBox": b"[0 0 595 842]"}

    def name(certidao, number):
        alter(certidao, n["pages"], **shared)
        alter(certidao, n["page"][0], Parent=ref(number), Resources=None, MediaBox=None)

    return b"/Resources %s /MediaBox [0 0 595 842] /Parent %s" % (shared["Resources"], ref(n["pages"])), name


SCRIPT = b"(app.alert\\(1\\))"


def attach(update, number, n):
    held = update.new(stream(b"outro documento", b"/Type /EmbeddedFile"))
    update.edit(
        number,
        JavaScript=b"<< /Names [(a) << /S /JavaScript /JS %s >>] >>" % SCRIPT,
        EmbeddedFiles=b"<< /Names [(anexo.txt) << /Type /Filespec /F (anexo.txt) /EF << /F %s >> >>] >>" % ref(held),
    )


@variant("R2", "annotation-as-other", INVALID)
def annotation_as_other():
    """A note is also the configuration of layers, name dictionary, /OpenAction or /Parent of the page, and is edited"""
    for certify in (None, 3):
        layers = two_roles(
            as_layers,
            certify,
            lambda u, number, n: u.edit(number, ON=array(ref(n["layer"])), OFF=array(ref(n["layer2"]))),
            layers=True,
        )
        yield layers, f"layers, P={certify}"
        yield two_roles(lambda c: (b"", in_catalog("Names")), certify, attach), f"names, P={certify}"
        action = two_roles(
            lambda c: (b"/S /URI /URI (https://a.invalid)", in_catalog("OpenAction")),
            certify,
            lambda u, number, n: u.edit(number, S=b"/JavaScript", JS=SCRIPT, URI=None),
        )
        yield action, f"action, P={certify}"
        parent = two_roles(
            as_parent,
            certify,
            lambda u, number, n: u.edit(number, Resources=b"<< /Font << /F1 %s >> >>" % SWAPPED),
        )
        yield parent, f"parent of the page, P={certify}"


@variant("R2", "annotation-as-state", INVALID)
def annotation_as_state():
    """A note is also a graphics state, under a name that elsewhere leads back, and makes a line of text transparent"""
    for key in (b"D", b"P", b"Page", b"Data"):
        lines = show([AMOUNT], y=600, size=13), show([REAL], y=560, size=13)

        def make(certidao, key=key):
            inside = b"q /%s gs %sQ %s" % (key, *lines)
            certidao.doc.objects[certidao.numbers["content"][0]] = stream(inside)

            def name(certidao, number):
                alter(certidao, certidao.numbers["resources"], ExtGState=b"<< /%s %s >>" % (key, ref(number)))

            return b"/ca 1", name

        yield two_roles(make, None, lambda u, number, n: u.edit(number, ca=b"0")), key.decode()


# --- F: values that are not shown ------------------------------------------------------------------------------------------


def shown_as(n, inside, *, value=LIE, name="valor", bbox=b"[0 0 220 18]", extra=b"", font=None):
    """Gives a field a value and an appearance drawn by hand; `font(update)` is another than that of the form."""

    def step(update):
        face = ref(n["helv"]) if font is None else font(update)
        head = b"/Type /XObject /Subtype /Form /BBox %s %s /Resources << /Font << /F1 %s >> >>" % (bbox, extra, face)
        update.edit(n["field " + name], V=text(value), AP=b"<< /N %s >>" % ref(update.new(stream(inside, head))))

    return step


LINE = b"BT /F1 10 Tf 0 g 2 5 Td (R$ 900.000,00) Tj ET"
FRAME = b" 1 G 60 w 0 0 220 18 re S"
ONE_FOR_NINE = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding "
    b"/Differences [57 %s] >> >>"
)


def last_name_wins(update):
    return ref(update.new(ONE_FOR_NINE % b"/nine 57 /one"))


def name_by_reference(update):
    return ref(update.new(ONE_FOR_NINE % ref(update.new(b"/one"))))


UNSHOWN = {
    "a code that is named twice": dict(inside=LINE, font=last_name_wins),
    "a name that is an object of its own": dict(inside=LINE, font=name_by_reference),
    "a clip elsewhere": dict(inside=b"500 500 220 18 re W n " + LINE),
    "white, and black only between q and Q": dict(inside=b"1 g q 0 g Q " + LINE.replace(b"0 g ", b"")),
    "scaled down by /BBox": dict(inside=LINE, bbox=b"[0 0 22000 1800]"),
    "a frame thicker than the field": dict(inside=LINE + FRAME),
    "another amount in dashes over it": dict(inside=LINE + FRAME + b" 0 G " + dashes("100000", 0, 1, 3)),
    "in a layer that is off": dict(inside=LINE, extra=b"/OC << /Type /OCMD /OCGs [] /P /AllOff >>"),
    "flat letters": dict(inside=b"BT /F1 1 Tf 0 g 10 0 0 0.001 2 5 Tm (R$ 900.000,00) Tj ET"),
}


@variant("F2", "value-unshown", FAILING)
def value_unshown():
    """The appearance holds the text of /V, and does not show it"""
    for name in ("p2", "p2-stream"):
        data, n = base(name)
        for what, how in UNSHOWN.items():
            yield updated(data, shown_as(n, **how)), f"{what}, {name}"


@variant("F2", "other-option", FAILING)
def other_option():
    """A list box whose appearance shows another option than the one chosen"""
    for certify in (None, 2):
        certidao = Certidao(form=True)
        n = certidao.numbers
        alter(certidao, n["field oficio"], Ff=b"0", Opt=b"[(10) (90)]", V=b"(10)")
        certidao.doc.objects[n["ap oficio"]] = with_font(tx("10", 120), n["helv"])
        yield updated(sign(certidao.write(), certify=certify), fill(n, "oficio", "10", "90")), f"P={certify}"


@variant("F2", "odd-value", INVALID)
def odd_value():
    """/V or /AS is of another kind than the field's, and nothing is shown"""
    data, n = base("p2")

    def valued(make):
        def step(update):
            look = update.new(with_font(tx(""), n["helv"]))
            update.edit(n["field valor"], V=make(update), AP=b"<< /N %s >>" % ref(look))

        return step

    yield updated(data, valued(lambda update: ref(update.new(stream(LIE.encode()))))), "a stream"
    yield updated(data, valued(lambda update: array(text(LIE)))), "an array"
    yield updated(data, valued(lambda update: b"<< /S /JavaScript /JS (x) >>")), "a dictionary"
    yield updated(data, set_keys(n["field quitado"], V=b"(Sim)")), "the value of a box is a string"
    odd_state = set_keys(n["field valor"], AS=b"[<< /S /JavaScript >>]")
    yield updated(data, fill(n, "valor", "R$ 1,00"), odd_state), "the state of a text field is an array"


COVERING = b"/Tx BMC q 1 g 0 0 %d %d re f BT /Helv %d Tf 0 g 2 5 Td %s Tj ET Q EMC"


def covering(n, value, width, height, size):
    """An honest appearance on white ground."""
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 %d %d] /Resources << /Font << /Helv %s >> >>"
    return stream(COVERING % (width, height, size, text(value)), head % (width, height, ref(n["helv"])))


@variant("F2", "over-other", INVALID)
def over_other():
    """An empty text field lies over a locked field, or over the scanned amount, and is filled on white ground"""
    for certify in (None, 2):
        locks = Certidao(form=True)
        alter(locks, locks.numbers["field observacao"], Rect=FIELD_BOX)
        scanned = page_with(b"q 595 0 0 842 0 0 cm /Im Do Q", scan, form=True)
        n = scanned.numbers
        alter(scanned, n["field observacao"], Rect=OVER_AMOUNT)
        scanned.doc.objects[n["ap observacao"]] = with_font(tx("", 400, 30), n["helv"])
        for what, certidao, lock, shape in (
            ("locked field", locks, ("include", ["valor"]), (LIE, 220, 18, 10)),
            ("scanned amount", scanned, None, (REAL, 400, 30, 13)),
        ):
            data = sign(certidao.write(), certify=certify, lock=lock)

            def filled(update, n=certidao.numbers, shape=shape):
                look = update.new(covering(n, *shape))
                update.edit(n["field observacao"], V=text(shape[0]), AP=b"<< /N %s >>" % ref(look))

            yield updated(data, filled), f"{what}, P={certify}"


# --- H2: prepared boxes ----------------------------------------------------------------------------------------------------


def two_pictures(doc, on, width, height):
    """/AP of a check box whose off state is blank."""
    off = doc.add(picture(b"", width, height))
    return b"<< /N << /Sim %s /Off %s >> >>" % (ref(doc.add(on)), ref(off))


@variant("H2", "box-over-amount", INVALID)
def box_over_amount():
    """A check box of the size of a line, laid over the amount, has a picture of another amount"""
    for certify in (None, 2):
        certidao = Certidao(form=True)
        n = certidao.numbers
        lie = b"1 g 0 0 380 22 re f 0 g BT /F1 13 Tf 2 6 Td %s Tj ET" % text(REAL)
        looks = two_pictures(certidao.doc, picture(lie, 380, 22, n["font"]), 380, 22)
        alter(certidao, n["field quitado"], Rect=b"[70 594 450 616]", AP=looks)
        data = sign(certidao.write(), certify=certify)
        yield updated(data, set_keys(n["field quitado"], V=b"/Sim", AS=b"/Sim")), f"P={certify}"


@variant("H2", "tiles", INVALID)
def tiles(columns=7, rows=8):
    """The fifty-six small widgets of one check box are together another page"""
    for certify in (None, 2):
        certidao = Certidao(form=True)
        n, doc = certidao.numbers, certidao.doc
        other = b"1 g 0 0 595 842 re f 0 g " + page_content(1, 1).replace(b"100.000,00", b"900.000,00")
        whole = doc.add(picture(other, 595, 842, n["font"]))
        field, width, height = doc.reserve(), 595 / columns, 842 / rows
        kids = []
        for x, y in ((i * width, j * height) for i in range(columns) for j in range(rows)):
            head = b"/Type /XObject /Subtype /Form /BBox [0 0 %g %g] /Resources << /XObject << /X %s >> >>"
            on = stream(b"1 0 0 1 %g %g cm /X Do" % (-x, -y), head % (width, height, ref(whole)))
            kids.append(
                doc.add(
                    b"<< /Type /Annot /Subtype /Widget /Parent %s /AS /Off /F 4 /P %s /Rect [%g %g %g %g] /AP %s >>"
                    % (ref(field), ref(n["page"][0]), x, y, x + width, y + height, two_pictures(doc, on, width, height))
                )
            )
        doc.add(b"<< /FT /Btn /T (aceito) /V /Off /Kids %s >>" % array(*map(ref, kids)), field)
        listed(certidao, *kids)
        form_field(certidao, field)

        def checked(update):
            update.edit(field, V=b"/Sim")
            for kid in kids:
                update.edit(kid, AS=b"/Sim")

        yield updated(sign(certidao.write(), certify=certify), checked), f"P={certify}"


# --- F5, MDP: rules that contradict each other -----------------------------------------------------------------------------


def rule(method, inside):
    """One element of /Reference."""
    parameters = b"<< /Type /TransformParams /V /1.2 %s >>" % inside
    return b"<< /Type /SigRef /TransformMethod /%s /TransformParams %s >>" % (method, parameters)


def locking(data, lock=b"", *rules):
    """A later signature with those rules; `lock` stands in its field."""
    update = Update(data)
    extra = b"/Reference " + array(*rules) if rules else b""
    held = b" /Lock << /Type /SigFieldLock %s >>" % lock if lock else b""
    open_signature(update, name=b"(Final)", field_extra=b"/F 132" + held, extra=extra)
    return seal(update.finish(), pki().rsa)


def locking_by_pyhanko(data):
    """A later signature of pyHanko, which forbids every change in the /Lock of its field."""
    specification = fields.SigFieldSpec(
        "Final",
        field_mdp_spec=fields.FieldMDPSpec(fields.FieldMDPAction.INCLUDE, ["nome"]),
        doc_mdp_update_value=fields.MDPPerm.NO_CHANGES,
    )
    metadata = signers.PdfSignatureMetadata(
        field_name="Final", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    tool = signers.PdfSigner(metadata, signer=pki().rsa.pyhanko, new_field_spec=specification)
    return tool.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data))).getvalue()


ALL, NAMED = b"/Action /All", b"/Action /Include /Fields [(nome)]"


@variant("F5", "later-rules", INVALID)
def later_rules():
    """A later signature forbids changes, in one of two places or in one of two rules, and a field is filled"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    lie = fill(n, "valor", LIE)
    for certify in (None, 2):
        data = sign(certidao.write(), "Primeira", certify=certify)
        yield updated(locking_by_pyhanko(data), lie), f"P=1 in /Lock, by pyHanko, P={certify}"
        yield updated(locking(data, NAMED + b" /P 1"), lie), f"P=1 in /Lock only, P={certify}"
    data = sign(certidao.write(), "Primeira")
    none = rule(b"FieldMDP", b"/Action /Include /Fields []")
    yield updated(locking(data, ALL, none), lie), "all in /Lock, none in the signature"
    both = rule(b"FieldMDP", ALL), rule(b"FieldMDP", NAMED)
    yield updated(locking(data, b"", *both), lie), "two FieldMDP rules"
    both = rule(b"DocMDP", b"/P 1"), rule(b"DocMDP", b"/P 3")
    yield updated(locking(certidao.write(), b"", *both), lie), "two DocMDP rules"


@variant("F5", "signature-field", INVALID)
def locked_signature_field():
    """An empty signature field that is locked gets signed"""
    for lock in (("include", ["Assinatura1"]), ("all", [])):
        data = sign(Certidao(empty_field=True).write(), "Primeira", lock=lock)
        yield sign(data, "Assinatura1", pki().other, existing=True), lock[0]


# --- C1, C2: annotations that are drawn elsewhere --------------------------------------------------------------------------


@variant("C1", "leader-line", INVALID)
def leader_line():
    """Under P=3 a line far below leads onto the amount, by its leader lines or its caption"""
    leader = b"/L [60 300 400 300] /LL 304 /C [1 1 1] " + THICK
    caption = b"/L [60 300 400 300] /Cap true /CO [0 304] /C [1 0 0]"
    for what, more, rect in (
        ("leader", leader, b"[60 280 400 310]"),
        ("leader without area", leader, b"[0 0 0 0]"),
        ("caption", caption, b"[60 280 400 310]"),
    ):
        yield updated(base("p3")[0], no_area(b"Line", more, rect)), what


@variant("C2", "rectangle-of-five", INVALID)
def rectangle_of_five():
    """/Rect has five elements; who takes the first four sees a note over the page"""
    for name in ("classic", "p3"):
        data, n = base(name)

        def step(update):
            inside = b"1 g 0 0 400 620 re f 0 g BT /F1 13 Tf 12 600 Td %s Tj ET" % text(REAL)
            look = update.new(picture(inside, 400, 620, n["font"]))
            more = b"/DA (/Helv 9 Tf 0 g) /AP << /N %s >>" % ref(look)
            no_area(b"FreeText", more, b"[60 620 460 null 620]")(update)

        yield updated(data, step), name


# --- P6, P3, DSS -----------------------------------------------------------------------------------------------------------


@variant("P6", "with-annotation", INVALID)
def spoken_with_annotation():
    """A note that nobody sees brings an element of the structure whose /ActualText is read aloud"""
    for certify in (None, 3):
        certidao = Certidao(tagged=True)
        n = certidao.numbers

        def step(update):
            page = ref(n["page"][0])
            no_area(b"FreeText", b"/DA (/H 9 Tf) /StructParent 7")(update)
            added = elements(update.dict(n["page"][0])["Annots"])[-1]
            element = update.new(
                b"<< /Type /StructElem /S /Annot /P %s /Pg %s /K << /Type /OBJR /Obj %s >> /ActualText %s >>"
                % (ref(n["document"]), page, added, text(REAL))
            )
            update.append_to(n["document"], "K", ref(element))
            update.append_to(n["parents"], "Nums", b"7").append_to(n["parents"], "Nums", ref(element))
            update.edit(n["struct"], ParentTreeNextKey=b"8")

        yield updated(sign(certidao.write(), certify=certify), step), f"P={certify}"


@variant("P3", "view-clip", INVALID)
def view_clip():
    """Viewer preferences clip the page to a box that leaves the amount out"""
    for certify in (None, 2):
        certidao = Certidao()
        alter(certidao, certidao.numbers["page"][0], ArtBox=b"[0 620 595 842]")
        data = sign(certidao.write(), certify=certify)
        clip = b"<< /ViewArea /ArtBox /ViewClip /ArtBox /PrintArea /ArtBox /PrintClip /ArtBox >>"
        yield updated(data, set_keys(certidao.numbers["root"], ViewerPreferences=clip)), f"P={certify}"


@variant("DSS", "foreign-keys", INVALID)
def foreign_keys():
    """A DSS after P=1 that also brings an action"""
    data, n = base("p1")
    action = b"<< /Type /DSS /Certs [] /OpenAction << /S /JavaScript /JS %s >> >>" % SCRIPT
    yield updated(data, set_keys(n["root"], DSS=action))


# --- Z1: hostile -----------------------------------------------------------------------------------------------------------


@variant("Z1", "cloned-state", MAY, kind="hostile")
def cloned_state(levels=6000, widths=100000):
    """Six thousand nested graphics states, each with a font of a hundred thousand widths, under a later signature"""

    def wide(doc, n):
        held = b"0 " * widths
        font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 0 /LastChar %d /Widths [%s] >>"
        return {"Font": b"<< /F1 %s /F9 %s >>" % (ref(n["font"]), ref(doc.add(font % (widths - 1, held))))}

    inside = b"BT /F9 10 Tf ET " + b"q " * levels + b"BT /F9 10 Tf 72 700 Td (a) Tj ET"
    data = sign_raw(page_with(inside, wide, compress=True).write("objstm"))
    yield covered(data, pki().stranger, OVER_AMOUNT, picture(WHITE, 400, 30))


@variant("Z1", "many-differences", MAY, kind="hostile")
def many_differences(names=200000):
    """A field is shown in a font with two hundred thousand names for one code, and as many letters"""
    data, n = base("p2-stream")
    font = ONE_FOR_NINE.replace(b"57 %s", b"66 /A " * names)

    def step(update):
        head = b"/Type /XObject /Subtype /Form /BBox [0 0 220 18] /Resources << /Font << /F1 %s >> >>"
        inside = b"BT /F1 10 Tf 0 g 2 5 Td (" + b"C" * names + b") Tj ET"
        look = update.new(stream(inside, head % ref(update.new(font)), compress=True))
        update.edit(n["field valor"], V=b"(C)", AP=b"<< /N %s >>" % ref(look))

    yield updated(data, step, pack=True)


@variant("Z1", "annotations-over-much", MAY, kind="hostile")
def annotations_over_much(count=60, operators=130000):
    """Sixty new squares on a page of a hundred and thirty thousand operators: each is compared with the content"""
    for what, operator in (("paths without end", b"0 0 l "), ("empty paths", b"n ")):
        data = sign_raw(Certidao(content=operator * operators, compress=True).write("objstm"), certify=3)

        def step(update):
            for i in range(count):
                no_area(b"Square", b"", b"[%d 10 %d 20]" % (i, i + 5))(update)

        yield updated(data, step, pack=True), what


@variant("Z1", "long-term-lists", MAY, kind="hostile")
def long_term_lists(count=1500, revisions=2000):
    """Lists of the DSS that come again in another order, and a DSS after two thousand empty revisions"""

    def dss(order):
        def step(update):
            held = [update.new(stream(b"%d" % i)) for i in order]
            update.edit(update.pdf.root, DSS=b"<< /Certs %s >>" % array(*map(ref, held)))

        return step

    data = sign_raw(Certidao().write(), prepare=dss(range(count)))
    yield updated(data, dss(reversed(range(count)))), "another order"
    data = Certidao().write()
    pdf, out = Pdf(data), bytearray(data)
    head, previous = b"<< /Size %d /Root %s /Prev " % (pdf.size, ref(pdf.root)), pdf.startxref
    for _ in range(revisions):
        at = len(out)
        out += b"xref\n0 1\n0000000000 65535 f \ntrailer\n" + head
        out += b"%d >>\nstartxref\n%d\n%%%%EOF\n" % (previous, at)
        previous = at
    yield updated(bytes(out), dss(range(count))), "many revisions"


@variant("Z1", "many-keys", MAY, kind="hostile")
def many_keys(count=100000):
    """A dictionary of a hundred thousand keys, one of them twice, or one of them changed later"""
    keys = b" ".join(b"/k%d 0" % i for i in range(count))
    certidao = Certidao()
    number = certidao.doc.add(b"<< %s /k%d 0 >>" % (keys, count - 1))
    alter(certidao, certidao.numbers["root"], PieceInfo=ref(number))
    yield updated(sign_raw(certidao.write("objstm")), orphan()), "one twice"
    certidao.doc.objects[number] = b"<< %s >>" % keys
    lie = b"<< %s >>" % keys.replace(b"/k0 0", b"/k0 1")
    yield updated(sign_raw(certidao.write("objstm")), lambda u: u.put(number, lie), pack=True), "one changed"


# --- genuine ---------------------------------------------------------------------------------------------------------------

SECOND = dict(field="Assinatura2", box=(300, 100, 500, 150))


def signed_visibly(certidao, **options):
    """Two signatures, the second one visible on blank paper."""
    return sign(sign(certidao.write()), signer=pki().rsa, **{**SECOND, **options})


def signature_fields(certidao, kid, name, extra=b""):
    """A signature field, or a node of such fields, with one kid; returns the numbers of both."""
    doc, n = certidao.doc, certidao.numbers
    field, number = doc.reserve(), doc.reserve()
    doc.add(kid % (ref(field), ref(n["page"][0])), number)
    doc.add(b"<< %s/T %s /Kids [%s] >>" % (extra, name, ref(number)), field)
    listed(certidao, number)
    form_field(certidao, field)
    return field, number


@variant("ok", "separate-kid", VALID, kind="genuine")
def separate_kid():
    """An empty signature field with a widget of its own, signed as the second, with and without an appearance"""
    certidao = Certidao(form=True)
    kid = b"<< /Type /Annot /Subtype /Widget /Rect [300 100 500 150] /F 4 /Parent %s /P %s >>"
    field, number = signature_fields(certidao, kid, b"(Outra)", b"/FT /Sig ")
    data = sign(certidao.write(), "Primeira")
    for visible in (True, False):
        update = Update(data)
        update.edit(field, V=ref(update.new(signature_dictionary())))
        if visible:
            look = picture(b"BT /F1 9 Tf 5 20 Td (Assinado) Tj ET", 200, 50, certidao.numbers["font"])
            update.edit(number, AP=b"<< /N %s >>" % ref(update.new(look)))
        yield seal(update.finish(), pki().rsa), "visible" if visible else "without appearance"


@variant("ok", "new-kid", VALID, kind="genuine")
def new_kid():
    """A second signature in a new field below a node that already has one"""
    certidao = Certidao(form=True)
    kid = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (a) /Rect [0 0 0 0] /F 132 /Parent %s /P %s >>"
    node, first = signature_fields(certidao, kid, b"(Assinaturas)")
    page = certidao.numbers["page"][0]
    update = Update(sign(certidao.write(), "Primeira"))
    value = update.new(signature_dictionary())
    second = update.new(widget(page, ref(value), b"(b)", extra=b"/F 132 /Parent %s" % ref(node)))
    update.edit(node, Kids=array(ref(first), ref(second)))
    update.append_to(page, "Annots", ref(second))
    yield seal(update.finish(), pki().rsa)


def rounded(x, y, width, height, radius=6):
    """A frame with round corners, as form designers draw it."""
    near, right, top = radius * 0.45, x + width, y + height
    path = (
        (x + radius, y, right - radius, y, right - near, y, right, y + near, right, y + radius),
        (right, top - radius, right, top - near, right - near, top, right - radius, top),
        (x + radius, top, x + near, top, x, top - near, x, top - radius),
        (x, y + radius, x, y + near, x + near, y, x + radius, y),
    )
    out = b"0.5 w %g %g m " % path[0][:2]
    for step in (path[0][2:], *path[1:]):
        out += b"%g %g l %g %g %g %g %g %g c " % step
    return out + b"h S "


@variant("ok", "visible-in-frame", VALID, kind="genuine")
def visible_in_frame():
    """A second, visible signature in a frame with round corners, or on a page without content"""
    yield signed_visibly(Certidao(content=page_content(1, 1) + rounded(290, 90, 220, 70))), "frame"
    blank = Certidao(pages=2)
    alter(blank, blank.numbers["page"][1], Contents=None)
    yield signed_visibly(blank, page=1), "page without content"


def run_lengths(data):
    """RunLengthDecode without any run."""
    pieces = (data[at : at + 128] for at in range(0, len(data), 128))
    return b"".join(bytes([len(piece) - 1]) + piece for piece in pieces) + b"\x80"


@variant("ok", "visible-over-unusual", MOSTLY, kind="genuine")
def visible_over_unusual():
    """A second, visible signature on blank paper of a page with a rare filter, or with very many operators"""
    certidao = Certidao()
    content = stream(run_lengths(page_content(1, 1)), b"/Filter /RunLengthDecode")
    certidao.doc.objects[certidao.numbers["content"][0]] = content
    yield signed_visibly(certidao), "run lengths"
    yield signed_visibly(Certidao(content=page_content(1, 1) + b"0 0 m 1 1 l S " * 150000, compress=True)), "operators"


@variant("ok", "word-trailer", VALID, kind="genuine")
def word_trailer():
    """The reason of a signature, or a value, holds the word that begins a trailer"""
    yield sign(base("form")[0], "Outra", pki().rsa, reason="Venda de trailer"), "reason"
    data, n = base("p2")
    yield updated(data, fill(n, "observacao", "Reboque (trailer)")), "value"


@variant("fill", "first-appearance", VALID, kind="genuine")
def first_appearance():
    """A field that was signed with a value and without appearance gets another value and its first appearance"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    alter(certidao, n["field valor"], AP=None)
    yield updated(sign(certidao.write()), fill(n, "valor", "R$ 900,00"))


@variant("fill", "in-frame", VALID, kind="genuine")
def fill_in_frame():
    """A field is filled that stands in a frame with round corners"""
    certidao = Certidao(form=True, content=page_content(1, 1) + rounded(68, 438, 228, 22))
    yield updated(sign(certidao.write(), certify=2), fill(certidao.numbers, "observacao", "Nada consta"))


@variant("fill", "list-box", MOSTLY, kind="genuine")
def fill_list_box():
    """In a list box, which shows all its options, another one is chosen and marked"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    inside = (
        b"/Tx BMC q 1 1 118 32 re W n 0.6 0.75686 0.8549 rg 1 %d 118 12 re f BT /Helv 10 Tf 0 g 2 21 Td 12 TL "
        b"(Primeiro) Tj T* (Segundo) Tj ET Q EMC"
    )
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 120 34] /Resources << /Font << /Helv %s >> >>" % ref(n["helv"])
    alter(certidao, n["field oficio"], Ff=b"0", Rect=b"[200 300 320 334]")
    certidao.doc.objects[n["ap oficio"]] = stream(inside % 19, head)

    def chosen(update):
        look = update.new(stream(inside % 7, head))
        update.edit(n["field oficio"], V=b"(Segundo)", I=b"[1]", AP=b"<< /N %s >>" % ref(look))

    yield updated(sign(certidao.write()), chosen)


LETTER, BAR = (50, 0, 450, 700), (0, -60, 500, -20)


def word_processed(certidao, blank, line):
    """Gives a page's font as word processors write it: a code for each glyph, and a map that says what it means."""
    program = certidao.doc.add(stream(truetype.font([LETTER, blank, line])))
    means = b"2 beginbfchar <0001> <0020> <0002> <005F> endbfchar"
    meaning = certidao.doc.add(stream(b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange " + means))
    below = certidao.doc.add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Livre /DW 500 /CIDToGIDMap /Identity"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor"
        b" << /Type /FontDescriptor /FontName /ABCDEF+Livre /Flags 32 /FontBBox [0 -200 1000 900] /ItalicAngle 0"
        b" /Ascent 700 /Descent -200 /CapHeight 700 /StemV 80 /FontFile2 %s >> >>" % ref(program)
    )
    font = certidao.doc.add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Livre /Encoding /Identity-H /DescendantFonts [%s]"
        b" /ToUnicode %s >>" % (ref(below), ref(meaning))
    )
    alter(certidao, certidao.numbers["page"][0], Resources=b"<< /Font << /F1 %s /F9 %s >> >>" % (
        ref(certidao.numbers["font"]), ref(font)))
    return certidao


BLANKS = b"BT /F9 12 Tf 300 120 Td <" + b"0001" * 8 + b"> Tj 0 -15 Td <" + b"0002" * 30 + b"> Tj ET"


@variant("ok", "visible-over-blanks", VALID, kind="genuine")
def visible_over_blanks():
    """A second, visible signature over blanks and a line to sign on, whose glyphs are what their map says"""
    content = page_content(1, 1) + BLANKS
    yield signed_visibly(word_processed(Certidao(content=content), None, BAR)), "blanks and a line"


@variant("C3", "over-false-blanks", FAILING)
def over_false_blanks():
    """A later signature covers letters that their map calls blanks, or a minus that it calls a line"""
    content = page_content(1, 1) + BLANKS
    yield signed_visibly(word_processed(Certidao(content=content), LETTER, BAR)), "letters as blanks"
    yield signed_visibly(word_processed(Certidao(content=content), None, LETTER)), "letters as lines"
    minus = page_content(1, 1) + b"BT /F9 12 Tf 320 120 Td <0002> Tj ET"
    yield signed_visibly(word_processed(Certidao(content=minus), None, BAR)), "one bar"

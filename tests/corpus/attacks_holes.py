"""Changes that pass for harmless ones: empty fields, annotations without area, objects with two roles (C F H R HR P X).

And their genuine neighbours, which look alike and must be accepted.
"""

import random
import zlib

from attacks_content import COVER, HIDDEN, REAL, SHOWN, sneaky, white_image
from attacks_form import SWAPPED, locked
from attacks_frame import FORGED
from common import (
    Update,
    Variants,
    array,
    changed,
    dictionary,
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
from documents import Certidao, base, page_content, show, tx, with_font
from edits import POPUP, annotate, fill, note, set_keys, updated, without

variant = Variants("forgery")
VALID, INVALID, FAILING = "valid", "invalid", "invalid indeterminate"
PAGE, FIELD_BOX, OVER_AMOUNT = b"[0 0 595 842]", b"[72 470 292 488]", b"[60 590 460 620]"
DRAWING = b"0 g 100 600 20 60 re f 130 600 20 60 re f 100 650 50 10 re f"  # a letter without any font


def alter(certidao, number, **keys):
    """Sets keys of an object before anything is signed."""
    certidao.doc.objects[number] = changed(certidao.doc.objects[number], **keys)


def picture(inside, width, height, font=None):
    """A form XObject; its text is in /F1, which is font object `font`."""
    fonts = b" /Resources << /Font << /F1 %s >> >>" % ref(font) if font else b""
    return stream(inside, b"/Type /XObject /Subtype /Form /BBox [0 0 %d %d]%s" % (width, height, fonts))


def whole_page(n):
    """An appearance that replaces the page."""
    return sneaky(n)["appearance"]


def honest_page(certidao):
    """What the page shows, as a form XObject; returns its number."""
    n = certidao.numbers
    inside = page_content(1, 1)
    return certidao.doc.add(picture(inside, 595, 842, n["font"]))


def nowhere(update):
    """Reference to a very large page that is in no page tree."""
    return ref(update.new(b"<< /Type /Page /MediaBox [0 0 90000 90000] >>"))


def show_as(n, name, inside, value=None):
    """Gives a text field another appearance, drawn by hand in the font of the form, and perhaps a value."""

    def step(update):
        keys = {} if value is None else {"V": text(value)}
        look = update.new(picture(inside, 220, 18, n["helv"]))
        update.edit(n["field " + name], AP=b"<< /N %s >>" % ref(look), **keys)

    return step


# --- C: annotations and signature fields -----------------------------------------------------------------------------------


@variant("C3", "never-signed", INVALID)
def never_signed():
    """An empty signature field covers the page; it has the name of the signed one, and /P names a page in no tree"""
    for name in ("classic", "p2", "form", "compact", "first"):
        data, n = base(name)

        def field(update):
            look = update.new(whole_page(n))
            number = update.new(
                widget(0, None, b"<%s>" % b"\xfe\xff\0A\0s\0s\0i\0n\0a\0t\0u\0r\0a\x001".hex().encode(), PAGE, b"/F 4")
            )
            update.edit(number, P=nowhere(update), AP=b"<< /N %s >>" % ref(look))
            update.append_to(update.pdf.pages()[0], "Annots", ref(number)).add_field(number)

        yield updated(data, field), name
    data, n = base("classic")

    def nested(update):
        look, parent = update.new(whole_page(n)), update.new(b"<< >>")
        number = update.new(widget(0, None, b"(Assinatura1)", PAGE, b"/F 4"))
        update.edit(number, P=nowhere(update), Parent=ref(parent), AP=b"<< /N %s >>" % ref(look))
        update.put(parent, b"<< /Kids [%s] >>" % ref(number))
        update.append_to(update.pdf.pages()[0], "Annots", ref(number)).add_field(parent)

    yield updated(data, nested), "kid of a field without name, classic"


@variant("C2", "popup", INVALID)
def popup():
    """The popup of a note without area has an appearance that covers the page"""
    for name in ("classic", "compact"):
        data, n = base(name)

        def step(update):
            look = b" /AP << /N %s >> /Parent" % ref(update.new(whole_page(n)))
            body = POPUP.replace(b"[400 20 530 80]", PAGE).replace(b" /Parent", look)
            annotate(note(rect=b"[0 0 0 0]"), popup=body.replace(b"/Open false", b"/Open true"))(update)

        yield updated(data, step), name


NO_AREA = b"<< /Type /Annot /Subtype /%s /Rect %s /Contents (x) /T (y) /P 0 0 R /F 4 %s >>"
THICK = b"/BS << /W 30 >>"


def no_area(kind, more, rect=b"[0 0 0 0]"):
    return annotate(NO_AREA % (kind, rect, more))


@variant("C2", "no-area", INVALID)
def without_area():
    """Annotations without appearance whose empty /Rect hides that a viewer draws them, over the amount"""
    for name in ("classic", "compact"):
        data = base(name)[0]
        yield updated(data, no_area(b"Line", b"/L [60 604 400 604] /C [1 1 1] " + THICK)), f"Line, {name}"
        yield updated(data, no_area(b"Ink", b"/InkList [[60 604 400 604]] /C [0 0 0] " + THICK)), f"Ink, {name}"
        quad = b"/QuadPoints [60 620 400 620 60 590 400 590] /C [0 0 0]"
        yield updated(data, no_area(b"Highlight", quad)), f"Highlight, {name}"
        icon = no_area(b"Text", b"/C [0 0 0] /Name /Comment", b"[230 610 230 610]")
        yield updated(data, icon), f"Text, which is drawn as an icon, {name}"


@variant("C2", "undrawn", FAILING + " valid", kind="hostile")
def undrawn():
    """A FreeText without appearance and without area, which no viewer draws"""
    yield updated(base("classic")[0], no_area(b"FreeText", b"/DA (/Helv 30 Tf 0 g)"))


AMOUNT_LIE = b"1 g 0 0 220 18 re f 0 g BT /F1 10 Tf 2 5 Td (R$ 900.000,00) Tj ET"


def free_text(inside, rect, width, height, font=None):
    """A FreeText with that appearance."""

    def step(update):
        look = update.new(picture(inside, width, height, font))
        more = b"/DA (/Helv 10 Tf 0 g) /AP << /N %s >>" % ref(look)
        no_area(b"FreeText", more, rect)(update)

    return step


@variant("C1", "over-drawing", INVALID)
def over_drawing():
    """Under P=3 an annotation covers a field, a drawing, or glyphs that claim to have no width"""
    data, n = base("p3-first")
    yield updated(data, free_text(AMOUNT_LIE, FIELD_BOX, 220, 18, n["font"])), "a field"
    white = free_text(b"1 g 0 0 340 100 re f", b"[60 580 400 680]", 340, 100)
    yield updated(sign(Certidao(content=DRAWING).write(), certify=3), white), "a drawing"
    certidao = Certidao(content=show([SHOWN], y=600, size=13))
    widths = array(*[b"0"] * 256)
    alter(certidao, certidao.numbers["font"], FirstChar=b"0", LastChar=b"255", Widths=widths)
    yield updated(sign(certidao.write(), certify=3), white), "glyphs without width"


@variant("C1", "outside-rectangle", INVALID)
def outside_rectangle():
    """Under P=3 an ink without appearance is drawn over the amount, far from its /Rect"""
    ink = no_area(b"Ink", b"/InkList [[60 604 400 604]] /C [0 0 0] " + THICK, b"[500 20 520 40]")
    yield updated(base("p3")[0], ink)


def covered(data, signer, rect, look, *, flags=b"/F 4", page=None):
    """A later signature with that appearance; `page(update)` is what its /P says instead of the page that lists it."""
    update = Update(data)
    field = open_signature(update, name=b"(Outra)", rect=rect, appearance=look, field_extra=flags)[1]
    if page:
        update.edit(field, P=page(update))
    return seal(update.finish(), signer)


@variant("C3", "over-field", INVALID)
def signature_over_field():
    """A later signature of the same house shows another amount over a field"""
    for name in ("form", "p2"):
        data, n = base(name)
        yield covered(data, pki().other, FIELD_BOX, picture(AMOUNT_LIE, 220, 18, n["font"])), name


@variant("C3", "by-stranger", FAILING)
def signature_of_stranger():
    """A later signature, of somebody whom nobody vouches for, covers what was signed"""
    data, n = base("form")
    look = picture(AMOUNT_LIE, 220, 18, n["font"])
    yield covered(data, pki().stranger, FIELD_BOX, look), "a field"
    data, n = base("classic")
    small = b"<< /Type /Page /MediaBox [0 0 595 842] >>"
    look = picture(COVER, 400, 30, n["font"])
    yield (
        covered(data, pki().stranger, OVER_AMOUNT, look, page=lambda u: ref(u.new(small))),
        "the amount, and /P names an empty page",
    )
    data, n = base("p2")
    yield (
        covered(data, pki().stranger, PAGE, whole_page(n), page=nowhere),
        "the page, and /P names a larger one",
    )
    white = b"1 g 0 0 160 70 re f"
    data = sign(Certidao(content=DRAWING).write())
    yield covered(data, pki().stranger, b"[95 595 255 665]", picture(white, 160, 70)), "a drawing"
    certidao = Certidao()
    alter(certidao, certidao.numbers["page"][0], Rotate=b"90")
    data = sign(certidao.write())
    look = picture(b"1 g 0 0 30 160 re f", 30, 160)
    yield covered(data, pki().stranger, b"[60 640 90 800]", look, flags=b"/F 20"), "a turned page, with /F NoRotate"


@variant("C3", "empty-box", FAILING + " valid", kind="hostile")
def empty_box():
    """A later signature without area, and with an empty /BBox: no viewer draws what its appearance holds"""
    data, n = base("p2")
    yield covered(data, pki().stranger, b"[0 0 0 0]", sneaky(n, bbox=b"[0 0 0 0]")["appearance"])


@variant("C3", "own-widget", INVALID)
def own_widget():
    """The visible widget of the signature is taken off its page"""
    data, n = base("visible")
    update = Update(data)
    field = update.pdf.fields()["Assinatura1"]
    yield updated(data, lambda u: without(u, n["page"][0], field))


# --- F: forms --------------------------------------------------------------------------------------------------------------


def states(update, number):
    """The pictures of a button, by state."""
    return entries(entries(update.dict(number)["AP"])["N"])


@variant("F2", "button-pictures", INVALID)
def button_pictures():
    """The state of a button stays as its value says, but has another picture"""
    for name in ("form", "p2", "p2-stream"):
        data, n = base(name)

        def marked(update):
            on = states(update, n["field quitado"])["Sim"]
            update.edit(n["field quitado"], AP=b"<< /N << /Sim %s /Off %s >> >>" % (on, on))

        yield updated(data, marked), f"off looks like on, {name}"
    data, n = base("p2")
    update = Update(data)
    red = ref(update.new(picture(b"1 0 0 rg 0 0 14 14 re f", 14, 14)))
    foreign = set_keys(n["field quitado"], AP=b"<< /N << /Sim %s /Off %s >> >>" % (red, red))
    yield updated(update.finish(), foreign), "a picture that an earlier revision brought"

    def renamed(update):
        paper, digital = states(update, n["via papel"]), states(update, n["via digital"])
        update.edit(n["field via"], V=b"/digital")
        update.edit(
            n["via papel"],
            AS=b"/digital",
            AP=b"<< /N << /digital %s /Off %s >> >>" % (paper["papel"], paper["Off"]),
        )
        update.edit(
            n["via digital"],
            AS=b"/Off",
            AP=b"<< /N << /papel %s /Off %s >> >>" % (digital["digital"], digital["Off"]),
        )

    yield updated(data, renamed), "the states of two radio buttons change places"


@variant("F2", "text-unseen", FAILING)
def text_unseen():
    """The appearance holds the text of /V, and shows something else"""
    data, n = base("p2")
    painted = b"0 g 2 2 3 14 re f 10 2 3 14 re f 5 7 5 3 re f BT /F1 1 Tf 1 g 2 5 Td (Sim) Tj ET"
    yield updated(data, show_as(n, "observacao", painted, "Sim")), "letters painted as rectangles"
    kerned = b"BT /F1 10 Tf 0 g 2 5 Td [(R$ 900.000,00) -900000 (menos 800.000,00)] TJ ET"
    yield updated(data, show_as(n, "valor", kerned, "R$ 900.000,00 menos 800.000,00")), "half of it outside"
    amount = b"2 5 Td (R$ 100.000,00) Tj ET"
    yield updated(data, show_as(n, "valor", b"BT /F1 10 Tf 1 g " + amount)), "white"
    yield updated(data, show_as(n, "valor", b"0 0 0 0 re W n BT /F1 10 Tf 0 g " + amount)), "clipped away"


@variant("F2", "list-box", INVALID)
def list_box():
    """A list box whose appearance shows what is no option"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    alter(certidao, n["field oficio"], Ff=b"0", Opt=b"[(10) (0)]", V=b"(10)")
    certidao.doc.objects[n["ap oficio"]] = with_font(tx("10", 120), n["helv"])
    data = sign(certidao.write(), certify=2)
    yield updated(data, fill(n, "oficio", "10", "10000000"))


@variant("F2", "value-of-kid", INVALID)
def value_of_kid():
    """A widget without name gets a /V of its own beside that of its field"""
    certidao = Certidao(form=True)
    n, doc = certidao.numbers, certidao.doc
    pairs = entries(doc.objects[n["field valor"]])
    kid = doc.add(dictionary({k: pairs[k] for k in ("Type", "Subtype", "F", "P", "Rect", "AP", "DA")}))
    alter(certidao, kid, Parent=ref(n["field valor"]))
    field = {k: pairs[k] for k in ("FT", "T", "V", "DA")}
    doc.objects[n["field valor"]] = dictionary({**field, "Kids": array(ref(kid))})
    listing = entries(doc.objects[n["page"][0]])["Annots"].replace(ref(n["field valor"]), ref(kid))
    alter(certidao, n["page"][0], Annots=listing)
    data = sign(certidao.write(), certify=2)
    yield updated(data, set_keys(kid, V=b"(R$ 900.000,00)"))


@variant("F3", "planted-font", FAILING)
def planted_font():
    """One revision brings a font that nothing uses, the next one shows a value in it"""
    data, n = base("p2")
    update = Update(data)
    glyph = update.new(stream(b"1000 0 0 0 1000 700 d1 0 0 400 700 re f 600 0 300 700 re f"))
    font = update.new(
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /CharProcs "
        b"<< /S %s >> /Encoding << /Differences [83 /S] >> /FirstChar 83 /LastChar 83 /Widths [1000] /Resources << >> >>"
        % ref(glyph)
    )
    yield updated(update.finish(), show_as({**n, "helv": font}, "observacao", b"BT /F1 10 Tf 2 5 Td (S) Tj ET", "S"))


@variant("F5", "renamed", INVALID)
def locked_renamed():
    """A locked field is changed, and its name written in UTF-16"""
    for kind, certify in (("table", None), ("objstm", 2)):
        data, n = locked("include", ["valor"], kind, certify)
        name = b"<%s>" % b"\xfe\xff\0v\0a\0l\0o\0r".hex().encode()
        yield updated(data, fill(n, "valor", "R$ 900.000,00"), set_keys(n["field valor"], T=name)), kind


@variant("F5", "date-of-locked", "valid invalid", kind="hostile")
def locked_date():
    """The date of change of a locked field's widget is all that changes"""
    data, n = locked("all", [])
    yield updated(data, set_keys(n["field nome"], M=b"(D:20260916090000-03'00')"))


# --- H, R, HR: prepared before signing -------------------------------------------------------------------------------------


@variant("H1", "no-area", INVALID)
def hide_line():
    """A white line with an empty /Rect covers an amount at signing, and is later taken away or put over the other"""
    certidao = Certidao(content=HIDDEN + show([SHOWN], y=640, size=13))
    n = certidao.numbers
    more = b"/L [60 604 400 604] /C [1 1 1] " + THICK
    line = certidao.doc.add((NO_AREA % (b"Line", b"[0 0 0 0]", more)).replace(b"/P 0 0 R ", b""))
    alter(certidao, n["page"][0], Annots=array(ref(line)))
    for kind in ("table", "objstm"):
        data = sign(certidao.write(kind))
        yield updated(data, lambda u: without(u, n["page"][0], line)), f"taken away, {kind}"
        yield updated(data, set_keys(line, L=b"[60 644 400 644]")), f"over the other, {kind}"


@variant("H2", "empty-over-text", INVALID)
def field_over_content():
    """An empty field lies over the content at signing; filling it covers the content"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    on, off = certidao.doc.add(whole_page(n)), certidao.doc.add(picture(b"", 595, 842))
    alter(certidao, n["field quitado"], Rect=PAGE, AP=b"<< /N << /Sim %s /Off %s >> >>" % (ref(on), ref(off)))
    data = sign(certidao.write(), certify=2)
    yield updated(data, set_keys(n["field quitado"], V=b"/Sim", AS=b"/Sim")), "check box of the size of the page"
    certidao = Certidao(form=True)
    n = certidao.numbers
    alter(certidao, n["field observacao"], Rect=OVER_AMOUNT)
    data = sign(certidao.write(), certify=2)

    def filled(update):
        look = update.new(picture(COVER, 400, 30, n["helv"]))
        update.edit(n["field observacao"], V=text(REAL), AP=b"<< /N %s >>" % ref(look))

    yield updated(data, filled), "text field over the amount"


@variant("R2", "content-as-other", INVALID)
def content_as_other():
    """The content stream is also named as an annotation or as an element of the structure, and then redefined"""
    head = b"/S /P"
    for where in ("page", "pages", "struct"):
        certidao = Certidao()
        n = certidao.numbers
        body = n["content"][0]
        if where == "struct":
            certidao.doc.objects[body] = stream(page_content(1, 1), head)
            tree = certidao.doc.add(b"<< /Type /StructTreeRoot /K [%s] >>" % ref(body))
            alter(certidao, n["root"], StructTreeRoot=ref(tree))
        else:
            holder = n["page"][0] if where == "page" else n["pages"]
            alter(certidao, holder, Annots=array(ref(body)))
        named = {"page": "/Annots of the page", "pages": "/Annots of the page tree", "struct": "structure"}[where]
        for certify in (None, 1, 2):
            data = sign(certidao.write(), certify=certify)
            lie = stream(FORGED, head) if where == "struct" else stream(FORGED)
            yield updated(data, lambda u: u.put(body, lie)), f"{named}, P={certify}"


@variant("R2", "field-as-resources", INVALID)
def field_as_resources():
    """A field is also the /XObject resources of the page: a key that may change names what the page shows"""
    for key, certify in (("M", 1), ("M", 2), ("V", 2)):
        certidao = Certidao(form=True)
        n = certidao.numbers
        alter(certidao, n["field nome"], **{key: ref(honest_page(certidao))})
        if key == "V":
            certidao.doc.objects[n["ap nome"]] = with_font(tx(""), n["helv"])
        certidao.doc.objects[n["content"][0]] = stream(b"q /%s Do Q" % key.encode())
        alter(certidao, n["resources"], XObject=ref(n["field nome"]))
        data = sign(certidao.write(), certify=certify)

        def renamed(update):
            update.edit(n["field nome"], **{key: ref(update.new(whole_page(n)))})

        yield updated(data, renamed), f"/{key}, P={certify}"


@variant("R2", "annotation-as-resources", INVALID)
def annotation_as_resources():
    """A note is also the resources of the page, or their /XObject, and is then edited"""
    for certify in (None, 3):
        certidao = Certidao()
        n = certidao.numbers
        alter(
            certidao,
            n["resources"],
            Type=b"/Annot",
            Subtype=b"/Text",
            Rect=b"[0 0 0 0]",
            Contents=b"(x)",
            NM=b"(a)",
        )
        alter(certidao, n["page"][0], Annots=array(ref(n["resources"])))
        data = sign(certidao.write(), certify=certify)
        swap = set_keys(n["resources"], Font=b"<< /F1 %s >>" % SWAPPED)
        yield updated(data, swap), f"/Resources, P={certify}"
    for certify in (None, 2, 3):
        certidao = Certidao()
        n = certidao.numbers
        honest = ref(honest_page(certidao))
        remark = certidao.doc.add(note(extra=b"/NM %s " % honest).replace(b"/P 0 0 R ", b""))
        certidao.doc.objects[n["content"][0]] = stream(b"q /NM Do Q")
        alter(certidao, n["resources"], XObject=ref(remark))
        alter(certidao, n["page"][0], Annots=array(ref(remark)))
        data = sign(certidao.write(), certify=certify)
        yield updated(data, lambda u: u.edit(remark, NM=ref(u.new(whole_page(n))))), f"/XObject, P={certify}"


@variant("HR2", "form-moved", INVALID)
def form_moved():
    """/AcroForm gets a new number; the old one, which also is the resources of the page, gets another font"""
    for certify in (1, 2):
        certidao = Certidao(form=True)
        n = certidao.numbers
        alter(certidao, n["form"], **entries(certidao.doc.objects[n["resources"]]))
        alter(certidao, n["page"][0], Resources=ref(n["form"]))
        data = sign(certidao.write(), certify=certify)

        def moved(update):
            update.edit(update.pdf.root, AcroForm=ref(update.new(update.raw(n["form"]))))
            update.edit(n["form"], Font=b"<< /F1 %s >>" % SWAPPED)

        yield updated(data, moved), f"P={certify}"


# --- P6: spoken text -------------------------------------------------------------------------------------------------------


@variant("P6", "nested", INVALID)
def spoken_nested():
    """/ActualText changes of an element that stands in an array within an array"""
    for certify in (None, 1):
        certidao = Certidao(tagged=True)
        n = certidao.numbers
        alter(certidao, n["document"], K=array(array(ref(n["paragraph"][0]))))
        data = sign(certidao.write(), certify=certify)
        yield updated(data, set_keys(n["paragraph"][0], ActualText=text(REAL))), f"P={certify}"


# --- X: the file -----------------------------------------------------------------------------------------------------------


@variant("X5", "other-generation", FAILING)
def other_generation():
    """The page names its resources with a generation that does not exist; viewers follow it, and the object changes"""
    for kind in ("objstm", "table"):
        for certify in (None, 1):
            data, n = generation(kind, certify)
            lie = changed_resources(n)
            yield updated(data, lie, pack=kind == "objstm"), f"{kind}, P={certify}"


def generation(kind, certify):
    """A signed file whose page names its resources as `n 5 R`."""
    certidao = Certidao()
    n = certidao.numbers
    alter(certidao, n["resources"], XObject=b"<< /X %s >>" % ref(honest_page(certidao)))
    certidao.doc.objects[n["content"][0]] = stream(b"q /X Do Q")
    alter(certidao, n["page"][0], Resources=ref(n["resources"], 5))
    return sign_raw(certidao.write(kind), certify=certify), n


def changed_resources(n):
    return lambda update: update.edit(n["resources"], XObject=b"<< /X %s >>" % ref(update.new(whole_page(n))))


@variant("X5", "other-generation-signed", FAILING, kind="hostile")
def other_generation_signed():
    """The page names its resources with a generation that does not exist, signed like that: two readings of one page"""
    for kind in ("objstm", "table"):
        for certify in (None, 1):
            yield generation(kind, certify)[0], f"{kind}, P={certify}"


@variant("X6", "indirect-filter", INVALID)
def indirect_filter():
    """/Filter is an object of its own, and a second filter turns the content into another page"""
    for certify in (None, 1):
        for what, pad in (("that skip a foreign digit", b""), ("that read it as zero", b"0")):
            certidao = Certidao()
            n = certidao.numbers
            chain = certidao.doc.add(b"[/FlateDecode]")
            both = b"<%s%s>\n%s" % (pad, FORGED.hex().encode(), page_content(1, 1))
            certidao.doc.objects[n["content"][0]] = stream(zlib.compress(both), b"/Filter %s" % ref(chain))
            data = sign(certidao.write(), certify=certify)
            filters = b"[/FlateDecode /ASCIIHexDecode]"
            yield updated(data, lambda u: u.put(chain, filters)), f"for readers {what}, P={certify}"


def two_pictures(width=120, height=40):
    """Samples and palette of a picture that shows a chess board, or a bar when each sample adds to the one before."""
    chance = random.Random(1)
    dark = [chance.randrange(2) for _ in range(256)]
    samples = bytearray()
    for y in range(height):
        total = 0
        for x in range(width):
            board = (x // 10 + y // 10) % 2 if x else 0
            bar = 10 < x < width - 10 and 10 < y < height - 10
            total, value = next(
                ((total + v) & 255, v)
                for v in chance.sample(range(256), 256)
                if dark[v] == board and dark[(total + v) & 255] == bar and (total + v) % 128  # 0 and 128 lead nowhere
            )
            samples.append(value)
    return bytes(samples), b"".join(b"000000" if d else b"FFFFFF" for d in dark)


@variant("X6", "indirect-parameters", INVALID)
def indirect_parameters():
    """/DecodeParms of a picture is an object of its own, and a predictor turns it into another picture"""
    samples, palette = two_pictures()
    parameters = b"<< /Predictor %d /Colors 1 /BitsPerComponent 8 /Columns 120 >>"
    for certify in (None, 1):
        certidao = Certidao(content=b"q 480 0 0 160 50 500 cm /Im Do Q")
        n = certidao.numbers
        held = certidao.doc.add(parameters % 1)
        head = (
            b"/Type /XObject /Subtype /Image /Width 120 /Height 40 /BitsPerComponent 8 /ColorSpace "
            b"[/Indexed /DeviceRGB 255 <%s>] /Filter /FlateDecode /DecodeParms %s" % (palette, ref(held))
        )
        image = certidao.doc.add(stream(zlib.compress(samples), head))
        alter(certidao, n["resources"], XObject=b"<< /Im %s >>" % ref(image))
        data = sign(certidao.write(), certify=certify)
        yield updated(data, lambda u: u.put(held, parameters % 2)), f"P={certify}"


# --- hostile ---------------------------------------------------------------------------------------------------------------


@variant("Z1", "many-annotations", FAILING, kind="hostile")
def many_annotations(count=20000):
    """A page lists twenty thousand annotations that do not exist, and a later revision lists others"""

    def listing(first):
        return array(*(ref(first + i) for i in range(count)))

    certidao = Certidao()
    n = certidao.numbers
    holder = certidao.doc.add(listing(100000))
    alter(certidao, n["page"][0], Annots=ref(holder))
    return updated(sign_raw(certidao.write()), lambda u: u.put(holder, listing(1000000)))


# --- genuine ---------------------------------------------------------------------------------------------------------------


@variant("ok", "visible-over-nothing", VALID, kind="genuine")
def over_nothing():
    """A second, visible signature lies over a scan, a blank, a rule to sign on, or invisible recognised text"""
    body = page_content(1, 1) + b"BT /F1 11 Tf 320 120 Td "
    papers = {
        "scan": Certidao(content=b"q 595 0 0 842 0 0 cm /Cover Do Q", filler=white_image),
        "blank": Certidao(content=body + b"( ) Tj ET"),
        "rule": Certidao(content=body + b"-10 -16 Td (__________________) Tj ET"),
        "recognised text": Certidao(content=body + b"3 Tr (ocr) Tj ET"),
    }
    for what, certidao in papers.items():
        data = sign(certidao.write())
        yield sign(data, "Assinatura2", pki().rsa, box=(300, 100, 500, 150)), what


@variant("ok", "field-without-page", VALID, kind="genuine")
def field_without_page():
    """A visible empty field that does not name its page, signed as the second"""
    certidao = Certidao(empty_field=True)
    n = certidao.numbers
    alter(certidao, n["empty"], P=None)
    update = Update(sign(certidao.write(), "Primeira"))
    look = update.new(picture(b"BT /F1 9 Tf 5 20 Td (Assinado) Tj ET", 200, 50, n["font"]))
    update.edit(n["empty"], V=ref(update.new(signature_dictionary())), AP=b"<< /N %s >>" % ref(look))
    yield seal(update.finish(), pki().rsa)


@variant("fill", "read-only-on-signing", VALID, kind="genuine")
def read_only_on_signing():
    """The revision of a second signature makes fields read-only, as forms do that it locks"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    data = sign(certidao.write(), "Primeira")

    def read_only(update):
        for name in ("nome", "valor"):
            update.edit(n["field " + name], Ff=b"1")

    yield sign_raw(data, pki().rsa, name=b"(Segunda)", prepare=read_only), "flags only"
    rule = b"/Action /Include /Fields [(nome) (valor)]"
    update = Update(data)
    read_only(update)
    lock = update.new(b"<< /Type /SigFieldLock %s >>" % rule)
    open_signature(
        update,
        name=b"(Segunda)",
        field_extra=b"/F 132 /Lock %s" % ref(lock),
        extra=b"/Reference [<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams "
        b"<< /Type /TransformParams /V /1.2 %s >> >>]" % rule,
    )
    yield seal(update.finish(), pki().rsa), "with the lock"


@variant("fill", "needs-no-appearances", "valid invalid", kind="hostile")
def needs_no_appearances():
    """A field is filled, and /NeedAppearances leaves the form"""
    for kind in ("table", "objstm"):
        certidao = Certidao(form=True)
        n = certidao.numbers
        alter(certidao, n["form"], NeedAppearances=b"true")
        data = sign_raw(certidao.write(kind), name=b"(Primeira)")
        drop = set_keys(n["form"], NeedAppearances=None)
        yield updated(data, fill(n, "observacao", "Nada consta"), drop), kind

"""What the page shows: shadow attacks, annotations, sneaky signatures, code, pages, layers, names, metadata (H R HR C P)."""

from attacks_frame import FORGED, resign
from common import (
    Update,
    Variants,
    array,
    changed,
    dictionary,
    elements,
    entries,
    number_of,
    open_signature,
    pki,
    ref,
    seal,
    sign,
    sign_raw,
    stream,
    text,
    widget,
)
from documents import AMOUNT, Certidao, base, packet, page_content, show, tx, with_font
from edits import annotate, note, set_keys, updated, without
from rawpdf import Pdf

variant = Variants("forgery")
INVALID, FAILING = "invalid", "invalid indeterminate"
REAL, SHOWN = "Valor da transmissão: R$ 900.000,00", AMOUNT  # what hides, and what the signer saw


def both(data, what, *steps, **how):
    """The change as a revision without a signature, and closed by somebody's good signature."""
    yield updated(data, *steps, **how), what
    yield resign(data, *steps), f"{what}, signed by another"


# --- H: something covered at signing, uncovered later ------------------------------------------------------------------------


def white_image(certidao, catalog):
    n, doc = certidao.numbers, certidao.doc
    n["cover"] = doc.add(
        stream(
            b"\xff", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
        )
    )
    resources = entries(doc.objects[n["resources"]])
    doc.objects[n["resources"]] = dictionary({**resources, "XObject": b"<< /Cover %s >>" % ref(n["cover"])})


def _white_form(certidao, catalog):
    n, doc = certidao.numbers, certidao.doc
    n["cover"] = doc.add(
        stream(
            b"1 g 60 590 400 30 re f 0 g " + show([SHOWN], y=600, size=13),
            b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources %s" % ref(n["resources"]),
        )
    )
    resources = entries(doc.objects[n["resources"]])
    doc.objects[n["resources"]] = dictionary({**resources, "XObject": b"<< /Cover %s >>" % ref(n["cover"])})


HIDDEN = show(["CERTIDÃO DE INTEIRO TEOR"], size=15) + show([REAL], y=600, size=13)
COVERED = HIDDEN + b"q 400 0 0 30 60 590 cm /Cover Do Q\n" + show([SHOWN], y=640, size=13)
FORM_COVERED = HIDDEN + b"/Cover Do\n"


@variant("H1", "image", INVALID)
def hide_image():
    """An image covers text at signing and is taken away later"""
    clear = (
        b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Mask [255 255]"
    )
    for kind, certify in (("table", None), ("objstm", 2)):
        certidao = Certidao(content=COVERED, filler=white_image)
        n = certidao.numbers
        data = sign(certidao.write(kind), certify=certify)
        yield from both(data, f"image becomes transparent, {kind}", lambda u: u.put(n["cover"], stream(b"\xff", clear)))
        yield from both(data, f"image leaves the resources, {kind}", set_keys(n["resources"], XObject=b"<< >>"))
        yield updated(data, lambda u: u.free(n["cover"])), f"image freed, {kind}"
    certidao = Certidao(content=COVERED, filler=white_image)
    n = certidao.numbers
    yield from both(
        certidao.signed_first(certify=3),
        "image shrinks to nothing",
        lambda u: u.put(n["cover"], stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 0 0]")),
    )


def _cover_field(certidao, catalog, kind=b"/Tx"):
    n, doc = certidao.numbers, certidao.doc
    look = doc.add(
        stream(
            b"1 g 0 0 400 30 re f 0 g BT /F1 13 Tf 12 10 Td %s Tj ET" % text(SHOWN),
            b"/Type /XObject /Subtype /Form /BBox [0 0 400 30] /Resources %s" % ref(n["resources"]),
        )
    )
    n["field"] = doc.add(
        b"<< /Type /Annot /Subtype /Widget /FT %s /T (cobertura) /V %s /Rect [60 590 460 620] /F 4 /P %s "
        b"/DA (/F1 10 Tf) /AP << /N %s >> >>" % (kind, text(SHOWN), ref(n["page"][0]), ref(look))
    )
    doc.objects[n["page"][0]]["Annots"] = array(ref(n["field"]))
    catalog["AcroForm"] = b"<< /Fields [%s] /DR %s >>" % (ref(n["field"]), ref(n["resources"]))


@variant("H2", "field", INVALID)
def hide_field():
    """The appearance of a field covers text at signing; later it is emptied, moved or hidden"""
    for kind, certify in (("table", None), ("objstm", 2), ("stream", 3)):
        certidao = Certidao(content=HIDDEN, filler=_cover_field)
        n = certidao.numbers
        data = sign(certidao.write(kind), certify=certify)

        def empty(update):
            blank = stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 400 30]")
            update.edit(n["field"], AP=b"<< /N %s >>" % ref(update.new(blank)))

        yield from both(data, f"appearance emptied, {kind}", empty)
        yield from both(data, f"moved, {kind}", set_keys(n["field"], Rect=b"[60 10 460 40]"))
        yield updated(data, set_keys(n["field"], F=b"6")), f"hidden, {kind}"
        yield updated(data, lambda u: without(u, n["page"][0], n["field"])), f"taken off the page, {kind}"


@variant("H3", "text", INVALID)
def hide_text():
    """A form XObject with text covers other text at signing and is dropped later"""
    for kind, certify in (("table", None), ("objstm", 2), ("table", 3)):
        certidao = Certidao(content=FORM_COVERED, filler=_white_form)
        n = certidao.numbers
        data = certidao.signed_first(kind, certify=certify)
        yield from both(
            data,
            f"emptied, {kind} P={certify}",
            lambda u: u.put(n["cover"], stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]")),
        )
        yield updated(data, set_keys(n["resources"], XObject=b"<< >>")), f"not named any more, {kind} P={certify}"
        yield updated(data, set_keys(n["cover"], BBox=b"[0 0 1 1]")), f"clipped, {kind} P={certify}"


# --- R: replaced ----------------------------------------------------------------------------------------------------------------


@variant("R1", "field", INVALID)
def replace_field():
    """A field with /V unlike its appearance at signing, later switched to the other"""

    def two_faced(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        doc.objects[n["field valor"]] = changed(doc.objects[n["field valor"]], V=b"(R$ 900.000,00)")

    for kind, certify in (("table", None), ("objstm", 2), ("stream", 3)):
        certidao = Certidao(form=True, filler=two_faced)
        n = certidao.numbers
        data = sign(certidao.write(kind), certify=certify)

        def switch(update):
            look = update.new(with_font(tx("R$ 900.000,00"), n["helv"]))
            update.edit(n["field valor"], AP=b"<< /N %s >>" % ref(look))

        yield from both(data, f"appearance follows /V, {kind}", switch)
        yield from both(
            data,
            f"appearance stream rewritten, {kind}",
            lambda u: u.put(n["ap valor"], with_font(tx("R$ 900.000,00"), n["helv"])),
        )
        yield updated(data, set_keys(n["form"], NeedAppearances=b"true")), f"/NeedAppearances, {kind}"
        yield updated(data, set_keys(n["field valor"], AP=None)), f"appearance dropped, {kind}"


def _drawn_font(certidao, catalog):
    """A Type 3 font whose glyphs are drawn, so that a renderer shows the swap."""
    n, doc = certidao.numbers, certidao.doc
    bars = {
        b"um": b"500 0 0 0 500 700 d1 200 0 100 700 re f",
        b"nove": b"500 0 0 0 500 700 d1 100 0 300 100 re 100 300 300 400 re f",
    }
    glyphs = b" ".join(b"/%s %s" % (k, ref(doc.add(stream(v)))) for k, v in bars.items())
    n["glyphs"] = glyphs
    n["glyph"] = number_of(glyphs.split(b"/um ")[1])
    n["nine"] = number_of(glyphs.split(b"/nove ")[1])
    n["encoding"] = doc.add(b"<< /Type /Encoding /Differences [49 /um 57 /nove] >>")
    n["unicode"] = doc.add(
        stream(
            b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
            b"2 beginbfchar <31> <0031> <39> <0039> endbfchar endcmap end"
        )
    )
    n["program"] = doc.add(stream(b"%!PS-AdobeFont-1.0 Ficticia\n", b"/Length1 28 /Length2 0 /Length3 0"))
    descriptor = doc.add(
        b"<< /Type /FontDescriptor /FontName /Ficticia /Flags 32 /FontBBox [0 0 500 700] /ItalicAngle 0 /Ascent 700 "
        b"/Descent 0 /CapHeight 700 /StemV 80 /FontFile %s >>" % ref(n["program"])
    )
    n["drawn"] = doc.add(
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [0.001 0 0 0.001 0 0] /CharProcs << %s >> "
        b"/Encoding %s /FirstChar 49 /LastChar 57 /Widths [500 0 0 0 0 0 0 0 500] /Resources << >> /ToUnicode %s >>"
        % (glyphs, ref(n["encoding"]), ref(n["unicode"]))
    )
    n["embedded"] = doc.add(
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Ficticia /FirstChar 32 /LastChar 33 /Widths [500 500] "
        b"/FontDescriptor %s /Encoding %s >>" % (ref(descriptor), ref(n["encoding"]))
    )
    doc.objects[n["resources"]] = b"<< /Font << /F1 %s /F3 %s /F4 %s >> >>" % (
        ref(n["font"]),
        ref(n["drawn"]),
        ref(n["embedded"]),
    )


@variant("R2", "font", INVALID)
def replace_font():
    """Program, encoding or Unicode map of a used font redefined later"""
    inside = page_content(1, 1) + b"BT /F3 40 Tf 72 520 Td (1) Tj /F4 10 Tf 60 0 Td (1) Tj ET\n"
    for kind, certify in (("table", None), ("objstm", 2)):
        certidao = Certidao(content=inside, filler=_drawn_font)
        n = certidao.numbers
        data = sign(certidao.write(kind), certify=certify)
        yield from both(data, f"glyph redrawn, {kind}", lambda u: u.put(n["glyph"], u.raw(n["nine"])))
        yield from both(data, f"/Encoding, {kind}", set_keys(n["encoding"], Differences=b"[49 /nove 57 /um]"))
        yield from both(
            data,
            f"/ToUnicode, {kind}",
            lambda u: u.put(n["unicode"], stream(u.pdf.decoded(n["unicode"]).replace(b"<0031>", b"<0039>"))),
        )
        yield from both(
            data,
            f"/FontFile, {kind}",
            lambda u: u.put(
                n["program"], stream(b"%!PS-AdobeFont-1.0 Ficticib\n", b"/Length1 28 /Length2 0 /Length3 0")
            ),
        )
        yield updated(data, set_keys(n["drawn"], Widths=b"[5000 0 0 0 0 0 0 0 500]")), f"/Widths, {kind}"
        yield (
            updated(data, set_keys(n["font"], Encoding=b"<< /Type /Encoding /Differences [49 /nine] >>")),
            f"standard font, {kind}",
        )


# --- HR: hidden objects selected by cross-reference alone ---------------------------------------------------------------------------


def planted(number_key, body, kind="table", free=False, certify=None, signer=None):
    """Signs a file that holds a second object of the same number which no cross-reference names; returns its offset too."""
    certidao = Certidao()
    n = certidao.numbers
    plain = certidao.write(kind)
    number = n[number_key] if isinstance(n[number_key], int) else n[number_key][0]
    planted_bytes = b"%d 0 obj\n%s\nendobj\n" % (number, body(n))
    update = Update(plain)
    open_signature(update, certify=certify)
    data = seal(update.finish(between=planted_bytes), signer)
    return data, n, number, data.index(planted_bytes)


@variant("HR1", "page-tree", INVALID)
def second_tree():
    """A second catalog, page tree or page lies in the signed bytes; a later cross-reference selects it"""
    cases = (
        ("content", lambda n: stream(FORGED)),
        (
            "page",
            lambda n: (
                b"<< /Type /Page /Parent %s /MediaBox [0 0 595 842] /Resources %s >>"
                % (ref(n["pages"]), ref(n["resources"]))
            ),
        ),
        ("pages", lambda n: b"<< /Type /Pages /Kids [%s %s] /Count 2 >>" % (ref(n["page"][0]), ref(n["page"][0]))),
    )
    for i, (what, body) in enumerate(cases):
        for certify in (None, 2):
            data, n, number, offset = planted(what, body, certify=certify, signer=pki().rsa if i else None)
            yield updated(data, more={number: ("n", offset, 0)}), f"{what}, P={certify}"
        yield sign(updated(data, more={number: ("n", offset, 0)}), "Outra", pki().other), f"{what}, signed by another"
        data, n, number, offset = planted(what, body, "stream")
        yield updated(data, more={number: ("n", offset, 0)}), f"{what}, stream"


@variant("HR2", "free-number", INVALID)
def free_number():
    """A number that was free or unknown at signing, but referenced by the page, comes into use later"""

    def dangling(certidao, catalog):
        n, doc = certidao.numbers, certidao.doc
        n["gap"] = doc.reserve()
        doc.objects[n["page"][0]]["Contents"] = array(ref(n["content"][0]), ref(n["gap"]))

    load = b"1 g 60 590 400 30 re f 0 g " + show([REAL], y=600, size=13)
    for kind, certify in (("table", None), ("stream", 2), ("objstm", None)):
        certidao = Certidao(filler=dangling)
        n = certidao.numbers
        plain = certidao.write(kind)
        data = sign_raw(plain, prepare=lambda u: u.free(n["gap"], 0), certify=certify)
        yield from both(data, f"free, then used, {kind}", lambda u: u.put(n["gap"], stream(load)))
        data = sign(plain, certify=certify)
        yield from both(data, f"unknown, then used, {kind}", lambda u: u.put(n["gap"], stream(load)))
        planted_bytes = b"%d 0 obj\n%s\nendobj\n" % (n["gap"], stream(load))
        update = Update(plain)
        open_signature(update)
        data = seal(update.free(n["gap"], 0).finish(between=planted_bytes))
        yield updated(data, more={n["gap"]: ("n", data.index(planted_bytes), 0)}), f"lies in the signed bytes, {kind}"


# --- C: annotations, sneaky signatures, code ------------------------------------------------------------------------------------------------

OVER = b"/Rect [60 590 460 620] /P 0 0 R /F 4"


def _look(update, n, inside):
    return ref(
        update.new(
            stream(
                inside,
                b"/Type /XObject /Subtype /Form /BBox [0 0 400 30] /Resources << /Font << /F1 %s >> >>"
                % ref(n["font"]),
            )
        )
    )


COVER = b"1 g 0 0 400 30 re f 0 g BT /F1 13 Tf 12 10 Td %s Tj ET" % text(REAL)
EVIL = {
    "FreeText": b"/Subtype /FreeText /Contents %s /DA (/Helv 13 Tf 0 g) /C [1 1 1]" % text(REAL),
    "Stamp": b"/Subtype /Stamp /Name /Approved /Contents (Novo valor)",
    "Redact": b"/Subtype /Redact /QuadPoints [60 620 460 620 60 590 460 590] /IC [0 0 0]",
    "Ink": b"/Subtype /Ink /InkList [[60 605 460 605]] /BS << /W 30 >> /C [1 1 1]",
    "Highlight": b"/Subtype /Highlight /QuadPoints [60 620 460 620 60 590 460 590] /C [0 0 0]",
    "Square": b"/Subtype /Square /IC [1 1 1] /C [1 1 1]",
    "Line": b"/Subtype /Line /L [60 605 460 605] /BS << /W 30 >> /C [1 1 1]",
}


def evil(n, body, inside=COVER, appearance=True):
    def step(update):
        look = b" /AP << /N %s >>" % _look(update, n, inside) if appearance else b""
        annotate(b"<< /Type /Annot %s %s%s >>" % (body, OVER, look))(update)

    return step


@variant("C1", "over-text", INVALID)
def evil_annotation():
    """An annotation covers or mimics content"""
    for name in ("p2", "p3", "p1", "classic", "compact"):
        data, n = base(name)
        for i, (what, body) in enumerate(EVIL.items()):
            if name == "p1" and i > 2:
                break
            yield updated(data, evil(n, body)), f"{what}, {name}"
        yield resign(data, evil(n, EVIL["FreeText"])), f"FreeText, {name}, signed by another"
    data, n = base("p2")
    yield updated(data, annotate(note())), "a mere note beside the content, but P=2"
    yield updated(base("p1")[0], annotate(note())), "a mere note beside the content, but P=1"


@variant("C1", "link", FAILING)
def new_link():
    """A link over the content, or the target of one changed, under P=2 and P=3"""
    data, n = base("p3")
    yield (
        updated(data, set_keys(n["link"], A=b"<< /S /URI /URI (https://golpe.exemplo.invalid/) >>")),
        "target changed, P=3",
    )
    yield (
        updated(
            data, evil(n, b"/Subtype /Link /A << /S /URI /URI (https://golpe.exemplo.invalid/) >>", appearance=False)
        ),
        "added, P=3",
    )
    yield (
        updated(
            base("p2")[0],
            evil(n, b"/Subtype /Link /A << /S /URI /URI (https://golpe.exemplo.invalid/) >>", appearance=False),
        ),
        "added, P=2",
    )


@variant("C2", "unlisted", FAILING)
def unlisted_annotation():
    """Annotations that no panel lists"""
    for name in ("classic", "p2", "p3"):
        data, n = base(name)
        yield updated(data, evil(n, b"/Subtype /FreeText /DA (/Helv 13 Tf) /Contents ()")), f"no text, {name}"
        yield (
            updated(data, evil(n, b"/Subtype /Square /C [1 1 1] /IC [1 1 1]", appearance=False)),
            f"no appearance, {name}",
        )
        hidden = (
            b"<< /Type /Annot /Subtype /FreeText /Rect [60 590 460 620] /P 0 0 R /F 2 /DA (/Helv 13 Tf) /Contents %s >>"
            % text(REAL)
        )
        yield updated(data, annotate(hidden)), f"hidden, {name}"
        yield updated(data, evil(n, b"/Subtype /Foo /Contents (x)")), f"unknown kind, {name}"

        def deep(update):
            parent = None
            for _ in range(6):
                body = b"<< /Type /Annot /Subtype /Popup /Rect [60 590 460 620] /Open true /Contents %s%s >>" % (
                    text(REAL),
                    b" /Parent " + ref(parent) if parent else b"",
                )
                parent = update.new(body)
            update.append_to(update.pdf.pages()[0], "Annots", ref(parent))

        yield updated(data, deep), f"deep popup, {name}"
    data, n = base("p2")
    yield resign(data, evil(n, b"/Subtype /FreeText /DA (/Helv 13 Tf) /Contents ()")), "no text, P=2, signed by another"


PAGE_LOOK = b"1 g 0 0 595 842 re f 0 g BT /F1 20 Tf 72 760 Td %s Tj ET" % text(REAL)


def sneaky(n, rect=b"[0 0 595 842]", inside=PAGE_LOOK, bbox=b"[0 0 595 842]"):
    """How a revision of another signer looks whose signature covers the page."""
    look = stream(
        inside, b"/Type /XObject /Subtype /Form /BBox %s /Resources << /Font << /F1 %s >> >>" % (bbox, ref(n["font"]))
    )
    return {"rect": rect, "appearance": look}


@variant("C3", "page-size", INVALID)
def sneaky_signature():
    """A later signature whose appearance covers the page"""
    for name in ("classic", "p2", "p3", "compact", "form"):
        data, n = base(name)
        yield sign_raw(data, pki().other, name=b"(Outra)", **sneaky(n)), f"whole page, {name}"


@variant("C3", "own-rectangle", FAILING + " valid", kind="hostile")
def sneaky_small():
    """A later signature inside its own rectangle, which the matrix allows, over the amount or absurdly small"""
    for name in ("classic", "p2", "compact"):
        data, n = base(name)
        over = sneaky(n, b"[60 590 460 620]", COVER, b"[0 0 400 30]")
        yield sign_raw(data, pki().other, name=b"(Outra)", **over), f"over the amount, {name}"
        yield sign_raw(data, pki().other, name=b"(Outra)", **sneaky(n, b"[300 20 301 21]")), f"one point, {name}"


@variant("C3", "odd-rectangle", FAILING)
def sneaky_rectangle():
    """A later signature field off the page or without area, with a page-size appearance; moved later; or never signed"""
    for name in ("classic", "p2", "form"):
        data, n = base(name)
        hidden = sign_raw(data, pki().other, name=b"(Outra)", **sneaky(n, b"[0 0 0 0]"))
        yield hidden, f"zero rectangle, {name}"
        away = sign_raw(data, pki().other, name=b"(Outra)", **sneaky(n, b"[5000 5000 5595 5842]"))
        yield away, f"off the page, {name}"
        field = Pdf(away).fields()["Outra"]
        yield updated(away, set_keys(field, Rect=b"[0 0 595 842]")), f"off the page, then moved, {name}"

        def unsigned_field(update):
            look = update.new(sneaky(n)["appearance"])
            field = update.new(
                widget(update.pdf.pages()[0], None, b"(Vazia)", b"[0 0 595 842]", b"/F 4 /AP << /N %s >>" % ref(look))
            )
            update.append_to(update.pdf.pages()[0], "Annots", ref(field))
            update.add_field(field)

        yield updated(data, unsigned_field), f"never signed, {name}"
    for name in ("visible",):
        data, n = base(name)
        field = Pdf(data).fields()["Assinatura1"]
        yield updated(data, set_keys(field, Rect=b"[0 0 595 842]")), "the first signature's own widget grows"
        look = sneaky(n)["appearance"]
        yield (
            updated(data, lambda u: u.edit(field, AP=b"<< /N %s >>" % ref(u.new(look)))),
            "the first signature's own appearance changes",
        )


SCRIPT = b"<< /S /JavaScript /JS (this.getField('valor').value = '900';) >>"


@variant("C4", "code", INVALID)
def code():
    """Code added after signing"""
    launch = b"/Subtype /Link /A << /S /Launch /F (calc.exe) >>"
    for name in ("p2", "p3", "p2-stream", "classic", "p1"):
        data, n = base(name)
        yield updated(data, set_keys(n["root"], OpenAction=SCRIPT)), f"/OpenAction, {name}"
        yield updated(data, set_keys(n["page"][0], AA=b"<< /O %s >>" % SCRIPT)), f"page /AA, {name}"
        yield (
            updated(data, set_keys(n["root"], Names=b"<< /JavaScript << /Names [(a) %s] >> >>" % SCRIPT)),
            f"/Names, {name}",
        )
        yield updated(data, evil(n, launch, appearance=False)), f"Launch, {name}"
        yield (
            updated(data, evil(n, b"/Subtype /Screen /AA << /PV %s >>" % SCRIPT, appearance=False)),
            f"annotation /AA, {name}",
        )
        if name in ("p2", "p2-stream"):
            yield (
                updated(data, set_keys(n["field observacao"], AA=b"<< /K %s >>" % SCRIPT, V=b"(x)")),
                f"field /AA, {name}",
            )
            yield updated(data, set_keys(n["form"], CO=array(ref(n["field valor"])))), f"calculation order, {name}"
            yield resign(data, set_keys(n["root"], OpenAction=SCRIPT)), f"/OpenAction, {name}, signed by another"
    yield updated(base("p3")[0], set_keys(base("p3")[1]["link"], A=SCRIPT)), "a link becomes code"


@variant("C5", "order", FAILING)
def certification_order():
    """Second certification, certification after approval, /Perms taken away or pointing elsewhere"""
    for name in ("p2", "p2-stream", "p3-first"):
        data, n = base(name)
        yield sign_raw(data, pki().other, name=b"(Outra)", certify=3), f"second certification, {name}"
        yield updated(data, set_keys(n["root"], Perms=None)), f"/Perms gone, {name}"
        second = sign(data, "Outra", pki().other)
        number = Pdf(second).signature()
        yield (
            updated(second, set_keys(n["root"], Perms=b"<< /DocMDP %s >>" % ref(number))),
            f"/Perms names the second, {name}",
        )
        yield resign(data, set_keys(n["root"], Perms=b"<< >>")), f"/Perms emptied, signed by another, {name}"
    for name in ("classic", "compact", "first"):
        yield (
            sign_raw(base(name)[0], pki().other, name=b"(Outra)", certify=2),
            f"certification after an approval, {name}",
        )


# --- P: pages, layers, names, metadata ------------------------------------------------------------------------------------------------------------


@variant("P1", "layers", INVALID)
def layers():
    """The default state of layers changes"""
    data, n = base("layers")
    both_layers = (ref(n["layer"]), ref(n["layer2"]))

    def state(d):
        return set_keys(
            n["root"], OCProperties=b"<< /OCGs [%s %s] /D << /Order [%s %s] %s >> >>" % (*both_layers, *both_layers, d)
        )

    yield from both(data, "/OFF", state(b"/OFF [%s]" % both_layers[1]))
    yield from both(data, "/BaseState", state(b"/BaseState /OFF /ON [%s]" % both_layers[0]))
    yield from both(data, "/AS", state(b"/AS [<< /Event /View /OCGs [%s] /Category [/View] >>]" % both_layers[1]))
    yield from both(
        data, "usage", set_keys(n["layer2"], Usage=b"<< /View << /ViewState /OFF >> /Print << /PrintState /OFF >> >>")
    )
    certified = sign_raw(Certidao(layers=True).write("objstm"), certify=2)
    yield updated(certified, state(b"/OFF [%s]" % both_layers[1])), "/OFF, P=2"
    yield updated(certified, lambda u: u.free(n["layer2"])), "layer freed, P=2"


@variant("P6", "spoken", INVALID)
def spoken():
    """What a screen reader says, or in which order, changes"""
    for kind, certify in (("table", None), ("objstm", 2)):
        certidao = Certidao(tagged=True, pages=2)
        n = certidao.numbers
        data = sign(certidao.write(kind), certify=certify)
        yield from both(data, f"/ActualText, {kind}", set_keys(n["paragraph"][0], ActualText=text(REAL)))
        yield from both(data, f"/Alt added, {kind}", set_keys(n["paragraph"][1], Alt=text(REAL)))
        yield (
            updated(data, set_keys(n["document"], K=array(ref(n["paragraph"][1]), ref(n["paragraph"][0])))),
            f"order, {kind}",
        )
        yield (
            updated(
                data, set_keys(n["parents"], Nums=b"[0 [%s] 1 [%s]]" % (ref(n["paragraph"][1]), ref(n["paragraph"][0])))
            ),
            f"parent tree, {kind}",
        )
        yield updated(data, set_keys(n["root"], MarkInfo=None, StructTreeRoot=None)), f"tree gone, {kind}"


@variant("P2", "pages", INVALID)
def pages():
    """Pages added, removed, reordered, or shown in another way"""
    for name in ("pages", "first-stream", "first"):
        data, n = base(name)
        top = Pdf(data).dict(n["pages"])
        kids = elements(top["Kids"])

        def add(update):
            page = update.new(
                b"<< /Type /Page /Parent %s /MediaBox [0 0 595 842] /Resources << /Font << /F1 %s >> >> /Contents %s >>"
                % (ref(n["pages"]), ref(n["font"]), ref(update.next + 1))
            )
            update.new(stream(show([REAL])))
            update.edit(n["pages"], Kids=array(*kids, ref(page)), Count=b"%d" % (int(top["Count"]) + 1))

        yield from both(data, f"added, {name}", add)
        yield updated(data, set_keys(n["pages"], Kids=array(*reversed(kids)))), f"reordered, {name}"
        yield updated(data, set_keys(n["pages"], Kids=array(kids[0]), Count=b"1")), f"removed, {name}"
        yield updated(data, lambda u: u.free(n["page"][-1])), f"freed, {name}"
        yield (
            updated(data, set_keys(n["pages"], Resources=b"<< /Font << >> >>", Rotate=b"90")),
            f"inherited attributes, {name}",
        )
    for name in ("p2", "p3", "classic", "compact"):
        data, n = base(name)
        page = n["page"][0]
        yield from both(data, f"/Rotate, {name}", set_keys(page, Rotate=b"180"))
        yield updated(data, set_keys(page, CropBox=b"[0 620 595 842]")), f"/CropBox, {name}"
        yield updated(data, set_keys(page, UserUnit=b"10")), f"/UserUnit, {name}"
        yield updated(data, set_keys(page, MediaBox=b"[0 0 595.27559 605]")), f"/MediaBox, {name}"
        yield from both(
            data,
            f"/Contents extended, {name}",
            lambda u: u.edit(page, Contents=array(ref(n["content"][0]), ref(u.new(stream(show([REAL], y=560)))))),
        )
        yield (
            updated(
                data,
                lambda u: u.edit(
                    page,
                    Resources=ref(u.new(b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Symbol >> >> >>")),
                ),
            ),
            f"/Resources, {name}",
        )
        yield updated(data, set_keys(page, Group=b"<< /S /Transparency /CS /DeviceGray >>")), f"/Group, {name}"
    yield updated(base("p1")[0], set_keys(base("p1")[1]["page"][0], Rotate=b"90")), "/Rotate, p1"


@variant("P3", "navigation", FAILING)
def navigation():
    """Labels, outlines, destinations, base URI, targets of links"""
    for name in ("pages", "compact"):
        data, n = base(name)
        yield updated(data, set_keys(n["item"], Title=b"(Sem \\364nus)")), f"outline title, {name}"
        yield (
            updated(data, set_keys(n["item"], Dest=None, A=b"<< /S /URI /URI (https://golpe.exemplo.invalid) >>")),
            f"outline action, {name}",
        )
        yield updated(data, set_keys(n["root"], PageLabels=b"<< /Nums [0 << /S /D /St 100 >>] >>")), f"labels, {name}"
        yield (
            updated(data, set_keys(n["dests"], Names=b"[(folha) [%s /XYZ 0 0 9]]" % ref(n["page"][-1]))),
            f"destination, {name}",
        )
        yield (
            updated(data, set_keys(n["root"], URI=b"<< /Base (https://golpe.exemplo.invalid/) >>")),
            f"base URI, {name}",
        )
    data, n = base("classic")
    yield from both(data, "link target", set_keys(n["link"], A=b"<< /S /URI /URI (https://golpe.exemplo.invalid/) >>"))
    certified = sign(Certidao(outlines=True).write(), certify=2)
    yield updated(certified, set_keys(Certidao(outlines=True).numbers["item"], Title=b"(Outro)")), "outline title, P=2"


def _attached(certidao, catalog):
    n, doc = certidao.numbers, certidao.doc
    n["file"] = doc.add(stream(b"valor;100000\n", b"/Type /EmbeddedFile"))
    n["spec"] = doc.add(b"<< /Type /Filespec /F (dados.csv) /EF << /F %s >> >>" % ref(n["file"]))
    catalog["Names"] = b"<< /EmbeddedFiles << /Names [(dados.csv) %s] >> >>" % ref(n["spec"])


@variant("P4", "names", FAILING)
def names():
    """Attachments added or swapped, name trees changed"""
    for kind, certify in (("table", None), ("objstm", 2), ("stream", 3)):
        certidao = Certidao(filler=_attached)
        n = certidao.numbers
        data = sign(certidao.write(kind), certify=certify)
        yield from both(
            data, f"swapped, {kind}", lambda u: u.put(n["file"], stream(b"valor;900000\n", b"/Type /EmbeddedFile"))
        )
        yield (
            updated(
                data,
                lambda u: u.edit(
                    n["root"],
                    Names=b"<< /EmbeddedFiles << /Names [(dados.csv) %s (outro.csv) %s] >> >>"
                    % (
                        ref(n["spec"]),
                        ref(u.new(b"<< /Type /Filespec /F (outro.csv) /EF << /F %s >> >>" % ref(n["file"]))),
                    ),
                ),
            ),
            f"added, {kind}",
        )
        yield updated(data, set_keys(n["root"], Names=None)), f"removed, {kind}"
        yield updated(data, set_keys(n["spec"], F=b"(outro.exe)")), f"renamed, {kind}"
        yield updated(data, set_keys(n["root"], AF=array(ref(n["spec"])))), f"associated file, {kind}"


@variant("P5", "lowered", INVALID)
def lowered():
    """/Extensions or /Version lowered; any metadata after P=1"""

    def versioned(certidao, catalog):
        catalog["Version"] = b"/2.0"
        catalog["Extensions"] = b"<< /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >>"

    for kind, certify in (("table", None), ("objstm", 2), ("stream", 3)):
        certidao = Certidao(filler=versioned)
        n = certidao.numbers
        data = sign_raw(certidao.write(kind), certify=certify)
        yield updated(data, set_keys(n["root"], Version=b"/1.4")), f"/Version lowered, {kind}"
        yield updated(data, set_keys(n["root"], Version=None)), f"/Version gone, {kind}"
        yield (
            updated(data, set_keys(n["root"], Extensions=b"<< /ESIC << /BaseVersion /1.7 /ExtensionLevel 2 >> >>")),
            f"level lowered, {kind}",
        )
        yield updated(data, set_keys(n["root"], Extensions=None)), f"/Extensions gone, {kind}"
    data, n = base("p1")
    yield updated(data, set_keys(n["info"], Title=b"(Outro)")), "/Info, P=1"
    yield (
        updated(
            data,
            lambda u: u.put(n["xmp"], stream(packet("2026-09-16T09:00:00-03:00"), b"/Type /Metadata /Subtype /XML")),
        ),
        "XMP, P=1",
    )
    yield updated(data, set_keys(n["root"], Lang=b"(en)")), "/Lang, P=1"


@variant("MDP", "no-change-allowed", INVALID)
def nothing_allowed():
    """Changes that P=2 would allow, after P=1"""
    certidao = Certidao(form=True)
    n = certidao.numbers
    data = sign(certidao.write(), certify=1)
    yield (
        updated(
            data,
            lambda u: u.edit(
                n["field observacao"], V=b"(x)", AP=b"<< /N %s >>" % ref(u.new(with_font(tx("x"), n["helv"])))
            ),
        ),
        "a field filled",
    )
    yield sign_raw(data, pki().other, name=b"(Outra)"), "a further signature"
    yield updated(data, set_keys(n["field quitado"], V=b"/Sim", AS=b"/Sim")), "a box checked"
    certidao = Certidao(empty_field=True)
    data = sign_raw(certidao.write("stream"), name=b"(Assinatura0)", certify=1)
    yield (
        sign_raw(data, pki().other, name=b"(Outra)", subfilter=b"/adbe.pkcs7.detached", cades=False),
        "a further signature, streams",
    )

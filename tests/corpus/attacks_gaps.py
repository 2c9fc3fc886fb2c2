"""What says nothing, what moves, letters on letters, cells, thin covers, and buttons (C B F).

Each of these stands between the lines of a rule: a key that is there and empty, a value that is now an object of its own,
a letter that lies on another one, a cover that is too thin to cover anything by itself.
"""

from attacks_holes import FAILING, VALID
from attacks_roles import shown_as
from common import Variants, changed, dictionary, entries, ref, sign_raw, stream
from documents import Certidao, base
from edits import fill, set_keys, updated

variant = Variants("forgery")

TEN = b"BT /F1 10 Tf 0 g 2 5 Td "
NOTHING = b"9999 0 R"


def build(corpus):
    variant.build(corpus)


# --- C: what says nothing, and what moves -------------------------------------------------------------------------------


@variant("C1", "says-nothing", FAILING)
def says_nothing():
    """A page gets a key without a value: some readers look no further for it, others do"""
    for name in ("classic", "p1", "p2"):
        for key in ("CropBox", "Rotate", "UserUnit", "Group"):
            for value in (b"null", NOTHING):
                data, n = base(name)

                def step(update, key=key, value=value):
                    update.edit(update.pdf.pages()[0], **{key: value})

                yield updated(data, step), f"{key} {value.decode()}, {name}"


@variant("C1", "moved", FAILING)
def moved():
    """A state, or numbers that are no place, become an object of their own: some readers no longer find them"""
    for permission in (1, 2):
        certidao = Certidao(form=True)
        field = certidao.numbers["field quitado"]
        data = sign_raw(certidao.write(), certify=permission)

        def step(update):
            update.edit(field, AS=ref(update.new(update.dict(field)["AS"])))

        yield updated(data, step), f"/AS, P={permission}"


# --- F2: letters, gaps and cells ------------------------------------------------------------------------------------------

BOLD = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"

ON_EACH_OTHER = [
    ("two noughts on each other", "R$ 9000.000,00", TEN + b"[(R$ 90) 0 (0)] TJ ET BT /F1 10 Tf 0 g 29.8 5 Td (0.000,00) Tj ET"),
    ("letters kerned away", "Lotes 1 23", TEN + b"[(Lotes 1) 130 ( ) 130 (23)] TJ ET"),
    ("a gap that is no blank", "11/2 ha", TEN + b"[(1) -500 (1/2 ha)] TJ ET"),
    ("letters apart", "11/2 ha", b"BT /F1 10 Tf 0 g 5 Tc 2 5 Td (11/2 ha) Tj ET"),
    ("a thin letter on a thin letter", "1ll2", TEN + b"[(1l) 150 (l2)] TJ ET"),
]


@variant("F2", "on-each-other", FAILING)
def on_each_other():
    """The letters of the value are all there; some lie on others, or stand apart like words"""
    for bold in (False, True):
        data, n = base("p2")
        for what, value, inside in ON_EACH_OTHER:
            font = (lambda update: ref(update.new(BOLD))) if bold else None
            yield updated(data, shown_as(n, b"/Tx BMC q " + inside + b" Q EMC", value=value, font=font)), what


@variant("F2", "odd-dictionaries", FAILING)
def odd_dictionaries():
    """Encoding, fonts or resources are streams, or a code is larger than a byte: readers pass them over"""
    differing = b"/Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [%s /nine]"
    head = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding %s >>"
    inside = TEN + b"(R$ 100.000,00) Tj ET"
    for what, encoding in (
        ("a stream", lambda update: ref(update.new(stream(b"", differing % b"49")))),
        ("a large code", lambda update: b"<< " + differing % b"4294967345" + b" >>"),
        ("a code below nought", lambda update: b"<< " + differing % b"-4294967247" + b" >>"),
    ):
        data, n = base("p2")
        font = lambda update, encoding=encoding: ref(update.new(head % encoding(update)))
        yield updated(data, shown_as(n, inside, value="R$ 900.000,00", font=font)), what


def comb(certidao, catalog):
    field = certidao.numbers["field observacao"]
    certidao.doc.objects[field] = changed(certidao.doc.objects[field], Ff=b"16777216", MaxLen=b"10")


@variant("F2", "cells", FAILING)
def cells():
    """In a comb the letters stand in other cells than those of the value"""
    certidao = Certidao(form=True, filler=comb)
    n = certidao.numbers
    data = sign_raw(certidao.write(), certify=2)
    cell = 22
    for what, places in (("a blank moved", (0, 2, 3, 4)), ("one cell twice", (0, 0, 1, 2))):
        shown = b"".join(b"BT /F1 10 Tf 0 g %d 5 Td (%s) Tj ET " % (place * cell + 8, bytes([letter]))
                         for place, letter in zip(places, b"11/2"))
        yield updated(data, shown_as(n, shown, value="11/2", name="observacao")), what


@variant("fill", "cells", VALID, kind="genuine")
def honest_cells():
    """In a comb every letter stands in its cell, blanks among them"""
    certidao = Certidao(form=True, filler=comb)
    n = certidao.numbers
    data = sign_raw(certidao.write(), certify=2)
    for value in ("11/2", "1 1/2", "ABCDEFGHIJ"):
        shown = b"".join(b"BT /F1 10 Tf 0 g %d 5 Td (%s) Tj ET " % (place * 22 + 8, bytes([letter]))
                         for place, letter in enumerate(value.encode()) if letter != 32)
        yield updated(data, shown_as(n, shown, value=value, name="observacao")), value


@variant("F2", "value-elsewhere", FAILING)
def value_elsewhere():
    """The value is not where every reader looks for it, or several fields have one name"""
    data, n = base("p2")
    yield updated(data, fill(n, "valor", "R$ 900,00"), set_keys(n["field valor"], V=b"(R$ 900,0\\460)")), "an escape of more than a byte"
    yield updated(data, fill(n, "valor", "R$ 900,00"), set_keys(n["field valor"], V=b"<FFFE520024002000390030003000>")), "the other order of bytes"
    yield updated(data, set_keys(n["field valor"], V=b"null", AP=b"null")), "no value"

    def offered(certidao, catalog):
        field = certidao.numbers["field valor"]
        certidao.doc.objects[field] = changed(certidao.doc.objects[field], DV=b"(R$ 900.000,00)")

    certidao = Certidao(form=True, filler=offered)
    own = certidao.numbers
    data = sign_raw(certidao.write(), certify=2)
    yield updated(data, fill(own, "valor", "", shown=""), set_keys(own["field valor"], V=None)), "what it falls back to"


# --- C3: covers that are thin -----------------------------------------------------------------------------------------


@variant("C3", "thin", FAILING)
def thin():
    """Many thin comments, none of which covers a line of the page by itself"""
    data, n = base("p3")
    look = b"1 g 0 0 300 1 re f"

    def cover(update):
        where = update.pdf.pages()[0]
        for y in range(0, 700, 1):
            if y % 35 == 0:
                picture = update.new(stream(look, b"/Type /XObject /Subtype /Form /BBox [0 0 300 1]"))
                for step in range(14):
                    low = 60 + y + step
                    body = b"<< /Type /Annot /Subtype /Square /Rect [72 %d 372 %d] /F 4 /P %s /IC [1 1 1] /BS << /W 0 >> /AP << /N %s >> >>"
                    number = update.new(body % (low, low + 1, ref(where), ref(picture)))
                    update.append_to(where, "Annots", ref(number))

    yield updated(data, cover), "one point high"


# --- F: buttons -------------------------------------------------------------------------------------------------------


def button(**keys):
    def change(certidao, catalog):
        field = certidao.numbers["field quitado"]
        certidao.doc.objects[field] = changed(certidao.doc.objects[field], **keys)

    return change


@variant("F1", "unseen-button", FAILING)
def unseen_button():
    """A button is switched on that nobody sees"""
    for what, keys in (("no place", dict(Rect=b"[0 0 0 0]")), ("a point", dict(Rect=b"[72 72 73 73]"))):
        certidao = Certidao(form=True, filler=button(**keys))
        n = certidao.numbers
        data = sign_raw(certidao.write(), certify=2)
        yield updated(data, set_keys(n["field quitado"], V=b"/Sim", AS=b"/Sim")), what


@variant("F2", "alike-button", FAILING)
def alike_button():
    """A button is switched on, and looks as it did; or its mark is a figure"""
    frame = b"0 G 0.5 0.5 13 13 re S"
    nine = b"0 G 2 w 4 9 m 4 12 10 12 10 9 c 10 6 4 6 4 9 c 10 9 m 10 2 l S"
    for what, on in (("no mark", frame), ("a nine", nine)):

        def filler(certidao, catalog, on=on):
            box = b"/Type /XObject /Subtype /Form /BBox [0 0 14 14]"
            states = b"<< /N << /Sim %s /Off %s >> >>" % (
                ref(certidao.doc.add(stream(on, box))), ref(certidao.doc.add(stream(frame, box))))
            button(AP=states)(certidao, catalog)

        certidao = Certidao(form=True, filler=filler)
        n = certidao.numbers
        data = sign_raw(certidao.write(), certify=2)
        yield updated(data, set_keys(n["field quitado"], V=b"/Sim", AS=b"/Sim")), what


# --- What honest programs do ------------------------------------------------------------------------------------------


@variant("ok", "form-offers-more", VALID, kind="genuine")
def offers_more():
    """Another signer's program adds a standard font to the form's resources, and says how text is written"""
    data, n = base("p2")

    def step(update):
        resources = entries(update.dict(n["form"])["DR"])
        fonts = entries(resources["Font"])
        fonts["ZaDb"] = ref(update.new(b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>"))
        resources["Font"] = dictionary(fonts)
        update.edit(n["form"], DR=dictionary(resources))

    yield updated(data, step)


@variant("fill", "frame-as-areas", VALID, kind="genuine")
def frame_as_areas():
    """A field's frame is drawn as four areas, its ground as a path; text is clipped by a box without end"""
    data, n = base("p2")
    edges = b"0 g 0 0 m 0 18 l 1 17 l 1 1 l h f 0 18 m 220 18 l 219 17 l 1 17 l h f "
    words = b"/Tx BMC q -500000 -500000 1000000 1000000 re W n " + TEN + b"(Fulano) Tj ET Q EMC"
    yield updated(data, shown_as(n, edges + words, value="Fulano")), "edges"
    ground = b"0.9 g 0 0 m 220 0 l 220 18 l 0 18 l h f "
    yield updated(data, shown_as(n, ground + words, value="Fulano")), "a ground of lines"
    yield updated(data, shown_as(n, words + b" Q Q", value="Fulano")), "brought back once too often"


@variant("fill", "marks-anew", VALID, kind="genuine")
def marks_anew():
    """Who switches a button on draws the usual mark anew"""
    frame = b"0 G 0.5 0.5 13 13 re S "
    mark = frame + b"BT /ZaDb 10 Tf 0 g 3 3 Td (%s) Tj ET"
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 14 14] /Resources << /Font << /ZaDb << /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >> >> >>"

    def states(add, letter):
        return b"<< /N << /Sim %s /Off %s >> >>" % (ref(add(stream(mark % letter, head))), ref(add(stream(frame, head))))

    certidao = Certidao(form=True, filler=lambda own, catalog: button(AP=states(own.doc.add, b"4"))(own, catalog))
    n = certidao.numbers
    data = sign_raw(certidao.write(), certify=2)
    yield updated(data, lambda update: update.edit(
        n["field quitado"], V=b"/Sim", AS=b"/Sim", AP=states(update.new, b"8")))

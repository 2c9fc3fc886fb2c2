"""Fields that show another text than their value, widgets that some readers hide, values that others lend (C F S).

What is drawn here is read by every viewer as something else than the letters that stand in the stream, in their order.
"""

from attacks_holes import FAILING, VALID, picture
from attacks_roles import shown_as
from common import (
    Update,
    Variants,
    array,
    changed,
    elements,
    entries,
    dictionary,
    open_signature,
    pki,
    ref,
    seal,
    sign,
    stream,
    text,
)
from documents import Certidao, base, show, tx, with_font
from edits import annotate, check, fill, updated, without

variant = Variants("forgery")

TEN = b"BT /F1 10 Tf 0 g 2 5 Td "
AMOUNT = "R$ 900.000,00"
PLAIN = TEN + b"(R$ 900.000,00) Tj ET"


def build(corpus):
    variant.build(corpus)


# --- F2: one value, another text ------------------------------------------------------------------------------------------

DRAWN = [
    ("empty strings between shifts", "R$ 100.000.000,00", TEN + b"[(R$ 100.000) 300 () 300 () 300 () 300 () 146 (.000,00)] TJ ET"),
    ("a shift at the end", "R$ 1000,00", TEN + b"[(R$ 10) 140] TJ 1 0 0 1 21 5 Tm [(00) 140] TJ (,00) Tj ET"),
    ("word spacing that comes back", "R$100 000,00", b"200 Tw q 0 Tw Q " + TEN + b"(R$100 000,00) Tj ET"),
    ("a state that was never kept", "R$ 1.000,00", TEN + b"(R$ 1) Tj ET Q BT /F1 10 Tf 22 5 Td (.000,00) Tj ET"),
    ("white beyond white", AMOUNT, b"5 g BT /F1 10 Tf 2 5 Td (R$ 900.000,00) Tj ET"),
    ("ink below nothing", AMOUNT, b"0 0 -3 0 k BT /F1 10 Tf 2 5 Td (R$ 900.000,00) Tj ET"),
    ("no colour named", AMOUNT, b"1 g /DeviceCMYK cs BT /F1 10 Tf 2 5 Td (R$ 900.000,00) Tj ET"),
    ("a pale tail", AMOUNT, TEN + b"(R$ 9) Tj 0.6 g (00.000,00) Tj ET"),
    ("light beside its ground", "R$ 100.000", b"0 g 0 0 198 18 re f 1 g BT /F1 10 Tf 167 5 Td (R$ 100) Tj 33 0 Td (.000) Tj ET"),
    ("a block of dividers", AMOUNT, b"4 w " + b"".join(b"%d 0 m %d 18 l S " % (x, x) for x in range(40, 220, 3)) + PLAIN),
    ("struck out by a line", AMOUNT, b"0 9 m 220 9 l S " + PLAIN),
    ("struck out by a frame", AMOUNT, b"0 0 220 9 re S " + PLAIN),
    ("struck out by letters", "____________ " + AMOUNT, TEN + b"0 4 Td (____________) Tj 0 -3.4 Td (R$ 900.000,00) Tj ET"),
    ("lines in steps", "90,00 R$ 1", TEN + b"21.5 3 Td (90,00) Tj -21.5 -3.1 Td (R$ 1) Tj ET"),
    ("too small", AMOUNT, b"BT /F1 1 Tf 0 g 2 17.9 Td (R$ 900.000,00) Tj ET"),
    ("a wide gap", "R$ 1.000,00", TEN + b"(R$ 1) Tj 182 0 Td (.000,00) Tj ET"),
    ("outside of a text", AMOUNT, b"/F1 10 Tf 0 g 1 0 0 1 2 5 Tm (R$ 900.000,00) Tj"),
]


@variant("F2", "read", FAILING)
def drawn_otherwise():
    """The stream has the letters of the value; what is seen is another amount, or none"""
    data, n = base("p2")
    for what, value, inside in DRAWN:
        yield updated(data, shown_as(n, b"/Tx BMC q " + inside + b" Q EMC", value=value)), what


@variant("F2", "encoded", FAILING)
def encoded_otherwise():
    """Fonts whose encodings have other figures in the places of letters, and letters without a width"""
    head = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding %s >>"
    for encoding in (b"/MacExpertEncoding", b"<< /Type /Encoding /BaseEncoding /MacExpertEncoding >>"):
        data, n = base("p2")
        yield updated(data, shown_as(n, PLAIN, value=AMOUNT, font=lambda update: head % encoding)), "small figures"

    def narrow(certidao, catalog):
        doc, n = certidao.doc, certidao.numbers
        widths = b" ".join(b"0" if code == ord("0") else b"556" for code in range(32, 127))
        n["narrow"] = doc.add(
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 126"
            b" /Widths [%s] >>" % widths
        )
        offered = b"/DR << /Font << /Narrow %s " % ref(n["narrow"])
        doc.objects[n["form"]] = doc.objects[n["form"]].replace(b"/DR << /Font << ", offered)

    certidao = Certidao(form=True, filler=narrow)
    n = certidao.numbers
    data = sign(certidao.write(), certify=2)
    yield updated(data, shown_as(n, PLAIN, value=AMOUNT, font=lambda update: ref(n["narrow"]))), "no width"


# --- F1: whose value it is ------------------------------------------------------------------------------------------------


def lent(field, keys):
    """A widget whose /Parent is a field that does not name it."""

    def filler(certidao, catalog):
        doc, n = certidao.doc, certidao.numbers
        page = n["page"][0]
        own = b"<< /Type /Annot /Subtype /Widget /Parent %s /F 4 /Rect [72 590 372 630] %s >>"
        n["lent"] = doc.add(own % (ref(n["field " + field]), keys(doc, n)))
        doc.objects[page]["Annots"] = array(*elements(doc.objects[page]["Annots"]), ref(n["lent"]))

    certidao = Certidao(form=True, filler=filler)
    return sign(certidao.write(), certify=2), certidao.numbers


@variant("F1", "lent", FAILING)
def lent_values():
    """A widget shows the value of a field that does not know it"""

    def pictures(doc, n):
        on = doc.add(picture(b"1 1 0 rg 0 0 300 40 re f 0 g BT /F1 20 Tf 5 10 Td (R$ 900.000,00) Tj ET", 300, 40, n["font"]))
        return b"/AP << /N << /Sim %s /Off %s >> >>" % (ref(on), ref(doc.add(picture(b"", 300, 40))))

    data, n = lent("quitado", pictures)
    yield updated(data, check(n)), "check box"
    data, n = lent("observacao", lambda doc, n: b"/DA (/Helv 14 Tf 0 g)")
    yield updated(data, fill(n, "observacao", "R$ 900.000,00")), "text"

    def own_value(certidao, catalog):
        doc, n = certidao.doc, certidao.numbers
        field, page = n["field valor"], n["page"][0]
        kid = b"<< /Type /Annot /Subtype /Widget /Parent %s /V (R$ 100.000,00) /DA (/Helv 10 Tf 0 g) /F 4 /Rect [72 470 292 488] /AP << /N %s >> >>"
        n["kid"] = doc.add(kid % (ref(field), ref(n["ap valor"])))
        doc.objects[field] = b"<< /FT /Tx /T (valor) /V (R$ 100.000,00) /Kids [%s] >>" % ref(n["kid"])
        doc.objects[page]["Annots"] = doc.objects[page]["Annots"].replace(ref(field), ref(n["kid"]))

    certidao = Certidao(form=True, filler=own_value)
    n = certidao.numbers
    data = sign(certidao.write(), certify=2)

    def step(update):
        update.edit(n["field valor"], V=text(AMOUNT))
        update.edit(n["kid"], AP=b"<< /N %s >>" % ref(update.new(with_font(tx(AMOUNT), n["helv"]))))

    yield updated(data, step), "a widget with a value of its own"
    data, n = base("p2")

    def other_option(update):
        look = update.new(with_font(tx("Primeiro", 120), n["helv"]))
        update.edit(n["field oficio"], V=b"(Primeiro)", I=b"[1]", AP=b"<< /N %s >>" % ref(look))

    yield updated(data, other_option), "/I names another option"
    for place, is_listed in ((b"[-400 -300 -180 -282]", True), (b"[72 470 292 488]", False)):

        def nowhere(certidao, catalog):
            doc, n = certidao.doc, certidao.numbers
            page, field = n["page"][0], n["field valor"]
            doc.objects[field] = changed(doc.objects[field], Rect=place)
            if not is_listed:
                doc.objects[page]["Annots"] = doc.objects[page]["Annots"].replace(ref(field), b"")

        certidao = Certidao(form=True, filler=nowhere)
        data = sign(certidao.write(), certify=2)
        yield updated(data, fill(certidao.numbers, "valor", AMOUNT)), "where nobody sees it"


# --- C: what some readers hide --------------------------------------------------------------------------------------------


@variant("C3", "half-hidden", FAILING)
def half_hidden():
    """A later signature with a look for the whole page, in a box without area, which some readers do not show"""
    for flags in (b"5", b"36", b"4.0"):
        for name in ("p2", "classic"):
            data, n = base(name)
            inside = b"1 g 0 0 595 842 re f 0 g " + show(["CERTIDAO FORJADA"], size=15)
            look = stream(
                inside,
                b"/Type /XObject /Subtype /Form /BBox [0 0 0 0] /Resources << /Font << /F1 %s >> >>" % ref(n["font"]),
            )
            update = Update(data)
            open_signature(update, name=b"(Outra)", rect=b"[0 0 595 842]", appearance=look, field_extra=b"/F " + flags)
            yield seal(update.finish(), pki().rsa), "/F " + flags.decode()


@variant("C1", "half-hidden", FAILING)
def removed_though_shown():
    """A stamp that most readers show in spite of its flags is removed; carets that have no area hide the amount"""
    for flags in (1, 5, 36):

        def stamped(certidao, catalog):
            doc, n = certidao.doc, certidao.numbers
            look = doc.add(picture(b"1 0 0 rg BT /F1 30 Tf 5 10 Td (CANCELADA) Tj ET", 420, 40, n["font"]))
            n["stamp"] = doc.add(
                b"<< /Type /Annot /Subtype /Stamp /Rect [72 500 492 540] /F %d /Contents (x) /T (y) /AP << /N %s >> >>"
                % (flags, ref(look))
            )
            doc.objects[n["page"][0]]["Annots"] = array(ref(n["stamp"]))

        certidao = Certidao(filler=stamped)
        n = certidao.numbers
        data = sign(certidao.write())
        yield updated(data, lambda update: without(update, n["page"][0], n["stamp"])), f"/F {flags}"
    data, n = base("classic")

    def carets(update):
        for x in range(200, 320, 4):
            place = b"[%d 604 %d 604]" % (x, x)
            caret = b"<< /Type /Annot /Subtype /Caret /Rect %s /P 0 0 R /Contents (x) /T (y) /F 4 /C [1 1 1] >>"
            annotate(caret % place)(update)

    yield updated(data, carets), "carets"


@variant("S2", "offered", FAILING)
def offered_later():
    """Fonts and colours that the form offers later change what is written without a look of its own"""
    for certify in (1, 2, None):

        def written(certidao, catalog):
            doc, n = certidao.doc, certidao.numbers
            n["note"] = doc.add(
                b"<< /Type /Annot /Subtype /FreeText /Rect [72 520 400 560] /F 4 /DA (/Ev 14 Tf 0 g) /Contents (100) >>"
            )
            doc.objects[n["page"][0]]["Annots"] = array(ref(n["note"]))

        certidao = Certidao(filler=written)
        data = sign(certidao.write(), certify=certify)

        def offers(update):
            font = update.new(b"<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>")
            form = update.form()
            if form:
                update.edit(form, DR=b"<< /Font << /Ev %s >> >>" % ref(font))
            else:
                own = entries(update.dict(update.pdf.root)["AcroForm"])
                own["DR"] = b"<< /Font << /Ev %s >> >>" % ref(font)
                update.edit(update.pdf.root, AcroForm=dictionary(own))

        yield updated(data, offers), f"P={certify}"


@variant("field-read", "ground", VALID, kind="genuine")
def on_grounds():
    """Fields as programs draw them: light on a dark ground, in a frame, in a comb"""
    data, n = base("p2")
    for what, inside in (
        ("light on dark", b"0 0 0.5 rg 0 0 220 18 re f q 2 2 216 14 re W n BT /F1 10 Tf 1 g 2 5 Td (R$ 900.000,00) Tj ET Q"),
        ("frame", b"0.5 w 0.5 0.5 219 17 re s q 1 1 218 16 re W n " + PLAIN + b" Q"),
        ("two strings", TEN + b"[(R$ ) -20 (900.000,00)] TJ ET"),
    ):
        yield updated(data, shown_as(n, inside, value=AMOUNT)), what

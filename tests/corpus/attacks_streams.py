"""Object streams that a later revision reads otherwise, and signatures that a later signer writes over (U X).

And their genuine neighbours: later signatures that bring an object stream or a cross-reference stream of their own.
"""

import zlib

from attacks_frame import FORGED
from common import (
    Pdf,
    Update,
    Variants,
    changed,
    entries,
    pki,
    ref,
    seal,
    sign,
    sign_raw,
    signature_dictionary,
    stream,
)
from documents import Certidao, page_content
from edits import content, rewrite, updated
from rawpdf import object_stream

variant = Variants("forgery")
VALID, INVALID = "valid", "invalid"
HONEST = page_content(2, 2)
FALSE = HONEST.replace(b"100.000,00", b"900.000,00")
PARAMETERS = b"<< /Predictor %d /Columns %d >>"
WIDTH = 40  # of a row of the predictor


def build(corpus):
    variant.build(corpus)


def cases():
    """Originals with an object stream or a table, for approval and certification P=1, and what to call them."""
    for kind in ("objstm", "table"):
        for certify in (None, 1):
            certidao = Certidao(pages=2)
            yield sign(certidao.write(kind), certify=certify), certidao.numbers, f"{kind}, P={certify}"


def retyped(data, n, head):
    """The object stream that holds the second page comes again, with a page of another content; `head(update)` is its type."""
    page = n["page"][1]
    if Pdf(data).places[page][0] != "s":
        data = updated(data, rewrite(page), kind="stream", pack=True)
    update = Update(data)
    container = update.pdf.places[page][1]
    items = held(data, container)
    copy = update.new(stream(HONEST))
    items[page] = changed(items[page], Contents=ref(copy))
    update.put(container, object_stream(list(items.items())).replace(b"/Type /ObjStm", head(update)))
    return updated(update.finish(), content(copy, FALSE))


def held(data, container):
    """Number -> body of what an object stream holds, also of what a later revision overrides."""
    pdf = Pdf(data)
    first = int(pdf.dict(container)["First"])
    numbers = [int(number) for number in pdf.decoded(container)[:first].split()[::2]]
    earlier = Pdf(data[: data.index(b"%%EOF", pdf.offset(container)) + 6])
    return {number: earlier.raw(number) for number in numbers}


@variant("X4", "untyped", INVALID)
def untyped():
    """An object stream of an earlier revision is redefined without /Type, with another page"""
    for data, n, what in cases():
        yield retyped(data, n, lambda update: b""), what


@variant("X4", "indirect-type", INVALID)
def indirect_type():
    """An object stream of an earlier revision is redefined with /Type by reference, with another page"""
    for data, n, what in cases():
        yield retyped(data, n, lambda update: b"/Type " + ref(update.new(b"/ObjStm"))), what


def row(kind, inside):
    """A row of the predictor: 0 holds what it says, 2 what is added to the row above."""
    return bytes([kind]) + inside.ljust(WIDTH)


def one_reading(value, predicted):
    """Rows that hold a value either for those who undo the predictor or for those who do not; a comment for the others."""
    value = (b"\n%s %%" % value).ljust(WIDTH)
    for letter in range(33, 127):
        above = b"%" + bytes([letter]) * (WIDTH - 1)
        other = bytes((v - a if predicted else v + a) & 255 for v, a in zip(value, above))
        if not set(other) & set(b"\r\n"):
            return row(0, above) + row(2, other if predicted else value) + row(0, b"\n")
    raise ValueError("no comment without a line end")


def two_readings(number, page, plain, predicted):
    """What an object stream holds: a page whose content depends on whether a predictor is undone."""
    rows = [row(0, b"%d 0   <<" % number)]
    rows += [row(0, b"/%s %s" % (k.encode(), v)) for k, v in entries(page).items() if k != "Contents"]
    rows += [one_reading(b"/Contents " + plain, False), one_reading(b"/Contents " + predicted, True), row(0, b">>")]
    return b"".join(rows)


@variant("X4", "indirect-parameters", INVALID)
def indirect_parameters():
    """/DecodeParms of an object stream is an object of its own, and a predictor turns what it holds into another page"""
    for data, n, what in cases():
        page, honest = n["page"][1], ref(n["content"][1])
        update = Update(data, "stream")
        parameters, copy = update.new(PARAMETERS % (1, WIDTH)), update.new(stream(HONEST))
        inside = two_readings(page, update.raw(page), honest, ref(copy))
        head = b"/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /DecodeParms " + ref(parameters)
        container = update.new(stream(zlib.compress(inside), head))
        moved = update.finish(more={page: ("s", container, 0)})
        predicted = updated(moved, lambda u: u.put(parameters, PARAMETERS % (12, WIDTH)))
        yield updated(predicted, content(copy, FALSE)), what


@variant("U13", "overwritten", INVALID)
def overwritten():
    """A later signer writes a signature over the number of the first one, and another page"""
    for data, n, what in cases():
        update = Update(data)
        update.put(update.pdf.signature(), signature_dictionary())
        update.put(n["content"][0], stream(FORGED))
        update.edit(update.pdf.root, Perms=None)
        yield seal(update.finish(), pki().other), what


@variant("ok", "later-streams", VALID, kind="genuine")
def later_streams():
    """A second signature whose revision brings an object stream or a cross-reference stream of its own"""
    for certify in (None, 2):
        packed, table = (sign(Certidao(pages=2).write(kind), certify=certify) for kind in ("objstm", "table"))
        yield second(packed, pack=True), f"object streams, P={certify}"
        yield second(table, kind="stream"), f"a stream after a table, P={certify}"
        yield second(table, kind="stream", pack=True), f"object streams after a table, P={certify}"


def second(data, **how):
    """One more signature, of the same house."""
    return sign_raw(data, pki().other, name=b"(Segunda)", **how)

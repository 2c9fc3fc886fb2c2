"""Changes that later revisions make: filling, annotating, metadata. Honest ones for `genuine`, and their parts for attacks."""

from common import Update, array, changed, elements, number_of, ref, stream, text
from documents import packet, tx, with_font


def updated(data, *steps, kind=None, eol=b"\n", **how):
    """The file with one more revision; each step gets the update."""
    update = Update(data, kind, eol)
    for step in steps:
        step(update)
    return update.finish(**how)


def fill(n, name, value, shown=None, *, reuse=False):
    """Sets /V of a text or choice field and an appearance that shows it (`shown`: that shows something else)."""

    def step(update):
        field = n["field " + name]
        width = 120 if name == "oficio" else 220
        look = with_font(tx(value if shown is None else shown, width), n["helv"])
        if reuse:
            update.put(n["ap " + name], look)
            update.edit(field, V=text(value))
        else:
            update.edit(field, V=text(value), AP=b"<< /N %s >>" % ref(update.new(look)))

    return step


def check(n, on=True):
    state = b"/Sim" if on else b"/Off"
    return lambda update: update.edit(n["field quitado"], V=state, AS=state)


def choose(n, state):
    """Switches the radio group on."""

    def step(update):
        update.edit(n["field via"], V=b"/" + state.encode())
        update.edit(n["via " + state], AS=b"/" + state.encode())

    return step


def annotate(body, *, page=0, popup=None):
    """Adds an annotation to a page (and its popup)."""

    def step(update):
        where = update.pdf.pages()[page]
        number = update.new(body.replace(b"/P 0 0 R", b"/P " + ref(where)))
        update.append_to(where, "Annots", ref(number))
        if popup:
            other = update.new(popup.replace(b"/Parent 0 0 R", b"/Parent " + ref(number)))
            update.edit(number, Popup=ref(other))
            update.append_to(where, "Annots", ref(other))

    return step


def note(message="Conferido.", rect=b"[540 20 560 40]", extra=b""):
    """A sticky note; by default in the lower margin, beside the content."""
    return (
        b"<< /Type /Annot /Subtype /Text /Rect %s /P 0 0 R /Contents %s /T (Conferente) /F 28 /Name /Comment "
        b"/C [1 1 0] /M (D:20260916090000-03'00') %s>>" % (rect, text(message), extra)
    )


POPUP = b"<< /Type /Annot /Subtype /Popup /Rect [400 20 530 80] /F 28 /Open false /Parent 0 0 R >>"


def metadata(n, date="2026-09-16T09:00:00-03:00"):
    def step(update):
        if "xmp" in n:
            update.put(n["xmp"], stream(packet(date), b"/Type /Metadata /Subtype /XML"))
        update.edit(n["info"], ModDate=b"(D:20260916090000-03'00')")

    return step


def content(number, data):
    """Replaces a stream."""
    return lambda update: update.put(number, stream(data))


def set_keys(number, **keys):
    return lambda update: update.edit(number, **keys)


def rewrite(number):
    """The same object again, byte for byte."""
    return lambda update: update.put(number, update.raw(number))


def orphan(body=b"<< /Type /Nothing >>"):
    return lambda update: update.new(body)


def without(update, page, number):
    """Takes an annotation off a page."""
    listing = update.dict(page)["Annots"]
    holder = number_of(listing) if listing.endswith(b"R") else None
    rest = [e for e in elements(update.raw(holder) if holder else listing) if number_of(e) != number]
    if holder:
        update.put(holder, array(*rest))
    else:
        update.edit(page, Annots=array(*rest))


def replaced(data, old, new, count=1):
    """In-place change that keeps the length; the new bytes are padded with blanks."""
    assert old in data and len(new) <= len(old), (old, new)
    return data.replace(old, new.ljust(len(old)), count)


__all__ = [name for name in dir() if not name.startswith("_")] + ["changed"]

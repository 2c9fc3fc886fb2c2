"""The smallest TrueType font programs (OpenType 1.9): glyphs that are empty, or one rectangle."""

import struct

EM = 1000


def glyph(box):
    """A simple glyph around a box, or no outline at all."""
    if box is None:
        return b""
    left, bottom, right, top = box
    points = [(left, bottom), (left, top), (right, top), (right, bottom)]
    previous = [(0, 0), *points[:-1]]
    steps = [(x - u, y - v) for (x, y), (u, v) in zip(points, previous, strict=True)]
    data = struct.pack(">hhhhh", 1, left, bottom, right, top) + struct.pack(">HH", 3, 0) + b"\1" * 4
    data += b"".join(struct.pack(">h", x) for x, _ in steps) + b"".join(struct.pack(">h", y) for _, y in steps)
    return data + b"\0" * (-len(data) % 4)


def font(boxes):
    """A font program with one glyph for each box."""
    glyphs = [glyph(box) for box in boxes]
    offsets = [sum(map(len, glyphs[:at])) for at in range(len(glyphs) + 1)]
    count = len(glyphs)
    head = struct.pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0, 0, 0x5F0F3CF5, 0, EM, 0, 0, 0, 0, EM, EM, 0, 8, 2, 1, 0)
    tables = {
        b"glyf": b"".join(glyphs) or b"\0",
        b"head": head,
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, EM, 0, 0, EM, 1, 0, 0, 0, 0, 0, 0, 0, count),
        b"hmtx": struct.pack(">Hh", 500, 0) * count,
        b"loca": b"".join(struct.pack(">I", offset) for offset in offsets),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, count, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    at = 12 + 16 * len(tables)
    directory, body = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 32), b""
    for tag, table in tables.items():
        directory += struct.pack(">4sIII", tag, 0, at + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return directory + body

"""Small pictures for tests, made by arithmetic: the same number gives the same bytes."""

import io
import struct

from PIL import Image

EXIF_IFD = 0x8769
GPS_IFD = 0x8825


def picture(number, size=(320, 240)):
    """A picture whose every pixel depends on the number."""
    width, height = size
    seed = (number * 2654435761) & 0xFFFFFFFF
    small = Image.new("RGB", (16, 12))
    values = []
    for _ in range(16 * 12):
        seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
        values.append(((seed >> 24) & 255, (seed >> 16) & 255, (seed >> 8) & 255))
    small.putdata(values)
    return small.resize((width, height), Image.BICUBIC)


def jpeg(number, size=(320, 240), taken=None, offset=None, make=None, model=None, description=None):
    """JPEG bytes; taken as "2019:05:04 10:11:12"."""
    exif = Image.Exif()
    inner = {}
    if taken:
        inner[0x9003] = taken
    if offset:
        inner[0x9011] = offset
    if make:
        exif[0x010F] = make
    if model:
        exif[0x0110] = model
    if description:
        exif[0x010E] = description
    if inner:
        exif[EXIF_IFD] = inner
    out = io.BytesIO()
    picture(number, size).save(out, "JPEG", quality=85, exif=exif.tobytes())
    return out.getvalue()


def png(number, size=(64, 48)):
    out = io.BytesIO()
    picture(number, size).save(out, "PNG")
    return out.getvalue()


def broken_jpeg(number=0):
    """Begins like a JPEG and holds nothing that can be decoded."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + struct.pack(">I", number) * 500

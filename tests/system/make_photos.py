"""Small pictures for tests, made by arithmetic: the same number gives the same bytes."""

import io
import struct

from PIL import Image, ImageDraw, ImageFilter

EXIF_IFD = 0x8769
GPS_IFD = 0x8825
SKIN = ((225, 175, 145), (200, 150, 115), (240, 205, 180), (170, 120, 90))


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


def face_jpeg(number, size=(480, 320), turns=0):
    """A face of ellipses in the middle, which the network takes for one; the picture is then turned by quarters, to
    the left."""
    r = min(size) * (0.17 + number % 3 * 0.03)
    x, y = size[0] / 2, size[1] / 2
    image = Image.new("RGB", size, (90 + number * 17 % 90, 120, 150 - number * 23 % 60))
    draw = ImageDraw.Draw(image)

    def ellipse(cx, cy, a, b, colour):
        draw.ellipse([x + r * (cx - a), y + r * (cy - b), x + r * (cx + a), y + r * (cy + b)], fill=colour)

    skin = SKIN[number % len(SKIN)]
    ellipse(0, 2.6, 1.6, 1.5, (60, 60, 60 + number * 31 % 120))  # a body
    draw.rectangle([x - r * 0.35, y + r * 0.8, x + r * 0.35, y + r * 1.5], fill=tuple(v - 25 for v in skin))
    ellipse(0, -0.25, 0.95, 1.15, (50, 35, 25))  # hair
    ellipse(0, 0, 0.8, 1.1, skin)
    for side in (-0.33, 0.33):
        ellipse(side, -0.42, 0.2, 0.05, (70, 45, 35))
        ellipse(side, -0.2, 0.17, 0.09, (245, 245, 245))
        ellipse(side, -0.2, 0.08, 0.09, (40, 30, 30))
    draw.polygon([(x, y - r * 0.15), (x - r * 0.13, y + r * 0.25), (x + r * 0.13, y + r * 0.25)],
                 fill=tuple(v - 28 for v in skin))
    ellipse(0, 0.55, 0.28, 0.09, (180, 80, 80))  # a mouth
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(r / 40)).rotate(90 * turns, expand=True).save(out, "JPEG", quality=90)
    return out.getvalue()


def broken_jpeg(number=0):
    """Begins like a JPEG and holds nothing that can be decoded."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + struct.pack(">I", number) * 500

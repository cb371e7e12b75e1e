"""Files that mean harm or are not what they say: each is refused with a reason, quickly, and costs no other file."""

import json
import os
import struct
import subprocess
import time
import zlib

import pytest

from harness import binary
from make_photos import jpeg, png

QUICK = 300  # s for all together, on a busy machine; each of them could keep a decoder busy for ever


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(width, height, bits, colour, lines):
    """A PNG of that size of which so many lines of zeros are there."""
    channels = {0: 1, 2: 3}[colour]
    packer = zlib.compressobj(9)
    line = bytes(1 + (width * bits * channels + 7) // 8)
    data = b"".join(packer.compress(line) for _ in range(lines)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def gif(width, height):
    return (b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + bytes(6) + b"," +
            struct.pack("<HHHH", 0, 0, width, height) + b"\0\x02\x02\x4c\x01\0;")


TIFF = b"II*\0\x08\0\0\0\x01\0\x00\x01\x04\0\x01\0\0\0\x01\0\0\0\0\0\0\0"

# name, bytes, a word of the reason
BAD = [
    ("empty.jpg", b"", "empty"),
    ("text.jpg", b"these are just words\n" * 20, "text"),
    ("page.png", b"<!doctype html><html></html>", "HTML"),
    ("paper.jpg", b"%PDF-1.7\n" + bytes(100), "PDF"),
    ("archive.heic", b"PK\x03\x04" + bytes(100), "ZIP"),
    ("drawing.webp", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    ("huge.png", png_bomb(60000, 60000, 8, 2, 1), "media."),
    ("huge.gif", gif(65535, 65535), "media."),
    ("head.jpg", jpeg(1)[:200], "JPEG"),
    ("tiff.nef", TIFF, "raw"),
    ("nothing.tif", TIFF + b"\0", "broken"),
    ("head.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", ""),
    ("head.mp4", b"\0\0\0\x18ftypisom\0\0\0\1isommp42", "video"),
    ("head.jxl", b"\xff\x0a", "JPEG XL"),
    ("head.webp", b"RIFF\x20\0\0\0WEBPVP8 ", ""),
]

GOOD = [
    ("photo.jpg", jpeg(2)),
    ("png-named.jpg", png(3)),
    ("jpeg-named.nef", jpeg(4)),
    ("cut.jpg", jpeg(5, size=(640, 480))[:20000]),
    ("wide.png", png_bomb(40000, 2000, 1, 0, 2000)),
]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, data, *_ in BAD + GOOD:
        (folder / name).write_bytes(data)
    return folder


def test_import_refuses_each_with_its_reason(folder, tmp_path):
    begin = time.monotonic()
    done = subprocess.run([binary(), "import", "--json", "--library", str(tmp_path / "library"), str(folder)],
                          stdout=subprocess.PIPE, timeout=2 * QUICK, check=False)
    assert time.monotonic() - begin < QUICK
    result = json.loads(done.stdout.decode().splitlines()[-1])
    reasons = {row["file"].rsplit("/", 1)[1]: row["reason"] for row in result["rejected"]}
    assert done.returncode == 1
    for name, _, word in BAD:
        assert word in reasons.pop(name), name
    assert reasons == {}
    assert result["imported"] == len(GOOD)


def test_inspect_answers_for_each(folder):
    names = [name for name, *_ in BAD + GOOD]
    done = subprocess.run([binary(), "inspect", "--json", *[str(folder / name) for name in names]],
                          stdout=subprocess.PIPE, timeout=QUICK, check=False)
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 1 and len(lines) == len(names)
    for name, line in zip(names, lines):
        assert ("error" in line) != ("type" in line), name
    assert {"photo.jpg", "png-named.jpg", "jpeg-named.nef", "cut.jpg", "wide.png"} <= {
        name for name, line in zip(names, lines) if "type" in line}


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    done = subprocess.run([binary(), "inspect", "--json", str(tmp_path / "pipe.jpg")], stdout=subprocess.PIPE,
                          timeout=QUICK, check=False)
    assert "error" in json.loads(done.stdout)

"""Pictures with drawn faces, and their rows: what a detector would have found on them.

faces.py draw FOLDER      pictures and their list, manifest.json
faces.py insert LIBRARY FOLDER  rows of the faces, with vectors, and their pictures; no server may be running

Persons 0…3 recur; 3 looks a little like 0. Those from 10 on are seen once.
"""

import io
import json
import math
import os
import random
import sqlite3
import struct
import sys

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 640
SKIN = ["#f1c9a5", "#8d5a3b", "#e0ac7e", "#f3d0b0", "#c68b5e", "#ffdfc4"]
HAIR = ["#3a2416", "#161210", "#b5651d", "#4a2c18", "#777777", "#d8a03d"]
CLOTH = ["#a33b2e", "#2e5fa3", "#3b8a4f", "#8a3b77", "#a3862e", "#43616b"]

# When, and who stands where: (person, left, top, size), in pixels.
SCENES = [
    ("2019:05:04 10:00:00", [(0, 180, 180, 200), (1, 560, 200, 190)]),
    ("2019:06:11 11:00:00", [(0, 380, 150, 230)]),
    ("2020:02:20 12:00:00", [(0, 120, 220, 170), (2, 420, 200, 180), (1, 700, 210, 170)]),
    ("2020:08:01 13:00:00", [(1, 330, 150, 240)]),
    ("2021:03:05 14:00:00", [(2, 240, 190, 190), (0, 540, 180, 200)]),
    ("2021:07:07 15:00:00", [(2, 360, 170, 220), (10, 700, 260, 140)]),
    ("2022:01:09 16:00:00", [(1, 200, 200, 190), (0, 560, 190, 200)]),
    ("2023:04:12 09:00:00", [(3, 370, 160, 230)]),
    ("2023:09:30 10:30:00", [(3, 200, 190, 200), (2, 580, 200, 180)]),
    ("2024:05:18 17:00:00", [(3, 380, 150, 240), (11, 90, 300, 130)]),
]


def paint(draw, who, left, top, size):
    kind = who % len(SKIN)
    middle, low = left + size / 2, top + size
    draw.ellipse((left - size * 0.35, low - size * 0.05, left + size * 1.35, low + size * 2), fill=CLOTH[kind])
    draw.ellipse((left - size * 0.08, top - size * 0.16, left + size * 1.08, top + size * 0.8), fill=HAIR[kind])
    draw.ellipse((left + size * 0.06, top, left + size * 0.94, low), fill=SKIN[kind])
    for side in (-1, 1):
        x, y, r = middle + side * size * 0.18, top + size * 0.42, size * 0.055
        draw.ellipse((x - r, y - r, x + r, y + r), fill="#231815")
        draw.line((x - 2 * r, y - 2.4 * r, x + 2 * r, y - 2.4 * r), fill=HAIR[kind], width=max(3, size // 40))
        if who == 2:
            draw.ellipse((x - 2.4 * r, y - 2.4 * r, x + 2.4 * r, y + 2.4 * r), outline="#222222", width=5)
    draw.line((middle, top + size * 0.46, middle - size * 0.04, top + size * 0.6), fill="#9a6a4a", width=max(3, size // 50))
    mouth = (middle - size * 0.18, top + size * 0.6, middle + size * 0.18, top + size * 0.82)
    draw.arc(mouth, 20, 160, fill="#8c2f2a", width=max(4, size // 30))
    if who == 1:
        draw.chord((left + size * 0.2, top + size * 0.66, left + size * 0.8, low + size * 0.04), 10, 170, fill=HAIR[kind])
        draw.arc(mouth, 20, 160, fill="#e9b0a0", width=max(4, size // 30))


def picture(number, faces):
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    for y in range(HEIGHT):
        part = y / HEIGHT
        draw.line((0, y, WIDTH, y), fill=(int(120 + 90 * part), int(170 + 50 * part), 232 - (number * 13) % 40))
    draw.ellipse((-300, 430, WIDTH - 200, 1000), fill=(90 + number * 6, 150, 84))
    draw.ellipse((300, 470, WIDTH + 400, 1100), fill=(70, 128 + number * 5, 78))
    for face in faces:
        paint(draw, *face)
    return image


def draw(folder):
    os.makedirs(folder, exist_ok=True)
    listed = []
    for number, (taken, faces) in enumerate(SCENES):
        exif = Image.Exif()
        exif[0x8769] = {0x9003: taken}
        name = f"drawn-{number:02}.jpg"
        picture(number, faces).save(os.path.join(folder, name), quality=90, exif=exif)
        boxes = [[who, x / WIDTH, y / HEIGHT, size / WIDTH, size / HEIGHT] for who, x, y, size in faces]
        listed.append({"name": name, "faces": boxes})
    with open(os.path.join(folder, "manifest.json"), "w") as file:
        json.dump(listed, file)


def unit(values):
    length = math.sqrt(sum(v * v for v in values))
    return [v / length for v in values]


def direction(who):
    """Of unlike persons these are nearly at right angles; 3 has a part of 0 in it."""
    if who == 3:
        return unit([0.34 * a + 0.94 * b for a, b in zip(direction(0), direction(103))])
    dice = random.Random(who)
    return unit([dice.gauss(0, 1) for _ in range(256)])


def vector(who, number):
    dice = random.Random(1000 * who + number)
    noise = unit([dice.gauss(0, 1) for _ in range(256)])
    mixed = unit([a + 0.45 * b for a, b in zip(direction(who), noise)])
    return struct.pack("256b", *(round(127 * v) for v in mixed))


def place(value):
    """As src/blob/derived.c does it."""
    return min(0xFFFF, max(0, math.floor((value + 0.5) * 32768 + 0.5)))


def single(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def crop(library, folder, name, sha256, box):
    x, y, w, h = box
    cut = 1.6 * max(w * WIDTH, h * HEIGHT) / 2
    middle = ((x + w / 2) * WIDTH, (y + h / 2) * HEIGHT)
    around = [round(v) for v in (middle[0] - cut, middle[1] - cut, middle[0] + cut, middle[1] + cut)]
    out = io.BytesIO()
    Image.open(os.path.join(folder, name)).crop(around).resize((256, 256)).save(out, "WEBP", quality=85)
    corners = "".join(f"{place(v):04x}" for v in box)
    file = f"derived/{sha256[:2]}/{sha256[2:4]}/{sha256}-face-{corners}.webp"
    path = os.path.join(library, file)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as target:
        target.write(out.getvalue())


def insert(library, folder):
    with open(os.path.join(folder, "manifest.json")) as file:
        listed = json.load(file)
    base = sqlite3.connect(os.path.join(library, "tintype.db"))
    for number, item in enumerate(listed):
        row = base.execute("SELECT * FROM photo WHERE name = ?", (item["name"],))
        photo = dict(zip([c[0] for c in row.description], row.fetchone()))
        for who, *box in item["faces"]:
            box = [single(v) for v in box]
            base.execute(
                "INSERT INTO face (photo, owner, x, y, w, h, confidence, quality, px, yaw, vector, model, source, "
                "moment, month, trashed) VALUES (?, ?, ?, ?, ?, ?, 0.95, 0.8, 200, 0, ?, 'drawn', 'found', ?, ?, 0)",
                (photo["id"], photo["owner"], *box, vector(who, number), photo["moment"], photo["month"]),
            )
            crop(library, folder, item["name"], photo["sha256"].hex(), box)
        base.execute("UPDATE photo SET faces_model = 'drawn' WHERE id = ?", (photo["id"],))
    base.commit()
    base.close()


if __name__ == "__main__":
    {"draw": draw, "insert": insert}[sys.argv[1]](*sys.argv[2:])

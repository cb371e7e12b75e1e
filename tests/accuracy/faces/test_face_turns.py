"""Faces that lie: photos of the detector's tests, turned by quarters and without a word of it in the file, beside
themselves upright. Run as a program it prints a line for each kind of photo, quarter and value of faces.turns:
/usr/bin/python3 tests/accuracy/faces/test_face_turns.py [N: every Nth of the photos]"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pytest
from PIL import Image

from test_face_detector import DATA, DETECT, blank, overlap, portraits, truth
from harness import binary

SAME = 0.5  # overlap of a face found upright and the same face found turned

pytestmark = pytest.mark.skipif(not DETECT.exists(), reason=f"no photos at {DETECT}")


def turned(points, quarters, width, height):
    """Where points of the upright photo lie when it is turned by quarters to the left."""
    x, y = points[..., 0], points[..., 1]
    return np.stack([(x, y), (y, width - x), (width - x, height - y), (height - y, x)][quarters], -1)


def look(files, *settings):
    """{file: (boxes x0 y0 x1 y1, landmarks)}"""
    command = [binary(), "faces", "--json", *(word for s in settings for word in ("--set", s))]
    done = subprocess.run([*command, *files], stdout=subprocess.PIPE, timeout=1800, check=True)
    found = {}
    for photo in map(json.loads, done.stdout.decode().splitlines()):
        boxes = np.array([[f["x"], f["y"], f["x"] + f["w"], f["y"] + f["h"]] for f in photo["faces"]]).reshape(-1, 4)
        found[photo["file"]] = boxes, np.array([f["landmarks"] for f in photo["faces"]]).reshape(-1, 5, 2)
    return found


def compare(photos, folder, *settings):
    """For each quarter 0 to 3: faces found, the share of those upright that are found again, and how far their
    landmarks are from where they should be (median, in widths of the face)."""
    files, sizes = {}, {}
    for n, photo in enumerate(photos):
        image = Image.open(photo).convert("RGB")
        sizes[n] = image.size
        for quarters in range(4):
            files[n, quarters] = str(pathlib.Path(folder) / f"{n}-{quarters}.png")
            image.rotate(90 * quarters, expand=True).save(files[n, quarters], compress_level=1)
    found, rows = look(list(files.values()), *settings), []
    for quarters in range(4):
        again, upright, count, errors = 0, 0, 0, []
        for n in range(len(photos)):
            boxes, marks = found[files[n, 0]]
            there, there_marks = found[files[n, quarters]]
            upright += len(boxes)
            count += len(there)
            if not len(boxes) or not len(there):
                continue
            corners = turned(boxes.reshape(-1, 2, 2), quarters, *sizes[n])
            expected = np.concatenate([corners.min(1), corners.max(1)], 1)
            common = overlap(there, expected)
            hit = common.max(0) >= SAME
            again += hit.sum()
            off = there_marks[common.argmax(0)] - turned(marks, quarters, *sizes[n])
            errors += list((np.linalg.norm(off, axis=2).mean(1) / (boxes[:, 2] - boxes[:, 0]))[hit])
        rows.append((count, again / max(1, upright), float(np.median(errors)) if errors else 0.))
    return rows


def groups(every):
    return {"portraits": portraits()[::30 * every], "of people": list(truth("val"))[::4 * every]}


def line(quarters, count, again, error):
    return f"{90 * quarters}°: {count} faces, {100 * again:.1f} % of those upright, landmarks {error:.3f} off"


@pytest.mark.parametrize("kind, least", [("portraits", 0.9), ("of people", 0.6)])
def test_turned_photos(kind, least, tmp_path):
    rows = compare(groups(2)[kind], tmp_path)
    for quarters, (count, again, error) in enumerate(rows):
        print(line(quarters, count, again, error))
    assert all(again >= least and error < 0.1 for _, again, error in rows)


def test_nobody_lies_there():
    photos = blank()[::5]
    never, usual = (sum(len(boxes) for boxes, _ in look(photos, f"faces.turns={n}").values()) for n in (0, 1))
    print(f"{usual} finds on {len(photos)} photos without faces, {never} of them upright")
    assert usual <= never + 1


def main(every=1):
    sets = groups(int(every))
    for turns in (0, 1, 2):
        for kind, photos in sets.items():
            with tempfile.TemporaryDirectory(prefix="tintype-turns-") as folder:
                rows = compare(photos, folder, f"faces.turns={turns}")
            for quarters, (count, again, error) in enumerate(rows):
                print(f"faces.turns={turns}, {len(photos)} {kind}, {line(quarters, count, again, error)}", flush=True)
        finds = sum(len(boxes) for boxes, _ in look(blank(), f"faces.turns={turns}").values())
        print(f"faces.turns={turns}, {len(blank())} photos without faces: {finds} finds", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""`tintype faces` beside a public detector on the same photos: precision and recall, faces missed, faces that are none.

The photos lie beside the repository (../shared/data/faces). The suite takes a part of them; run as a program it takes all,
or every Nth of val and every Mth of the others, and writes the tables and the curves:
/usr/bin/python3 tests/accuracy/faces/test_face_detector.py docs/results/faces-detector.md [N M]"""

import csv
import functools
import json
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests" / "system"), str(ROOT / "tools" / "reference")]

from face_nets import overlap  # noqa: E402  (the path is set above)
from harness import binary  # noqa: E402

DATA = pathlib.Path(os.environ.get("TINTYPE_SHARED_DATA", ROOT.parent / "shared" / "data"))
DETECT = DATA / "faces" / "detect"
REFERENCE = DATA / "reference" / "faces" / "face_detection_yunet_2026may.onnx"
SIDE = 640  # px that the reference sees, as ours does
LEVELS = ["easy", "medium", "hard"]  # each holds those before it
IGNORED = len(LEVELS)
SAME = 0.5    # overlap of a find and a true box
LEAST = 0.15  # confidence of the curves' ends
BLANK = 500   # photos of landscapes and buildings

pytestmark = pytest.mark.skipif(not DETECT.exists(), reason=f"no photos at {DETECT}")


# ---- photos and their true faces

@functools.lru_cache(maxsize=None)
def truth(split):
    """{path: (boxes x0 y0 x1 y1, level of each)}; boxes the reference itself doubts are ignored."""
    faces = {}
    with open(DETECT / "boxes.tsv", encoding="utf-8") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            if row["split"] != split:
                continue
            of_photo = faces.setdefault(str(DETECT / "images" / row["image"]), [])
            if not row["w"]:
                continue
            x, y, w, h = (float(row[k]) for k in "xywh")
            note = row["note"].split(";")[0]
            level = LEVELS.index(note) if note in LEVELS else IGNORED
            if row["label_kind"] == "pseudo":
                level = 0 if float(row["score"]) >= 0.7 else IGNORED
            of_photo.append([x, y, x + w, y + h, level])
    faces = {path: np.array(rows, float).reshape(-1, 5) for path, rows in faces.items()}
    return {path: (rows[:, :4], rows[:, 4]) for path, rows in faces.items()}


def portraits():
    return sorted(str(p) for p in (DATA / "faces" / "lfw" / "images").rglob("*.webp"))


def blank():
    """Photos of landscapes and buildings, evenly taken."""
    photos = []
    for name in ("landscape", "buildings"):
        paths = sorted(str(p) for p in (DATA / "five" / "test" / name).iterdir())
        photos += [paths[i * len(paths) // (BLANK // 2)] for i in range(BLANK // 2)]
    return photos


# ---- who looks

def ours(paths, least=None, smallest=None):
    """{path: (boxes, scores)} of the program; the settings stay as they are unless told."""
    settings = [f"faces.min_confidence={least}"] * (least is not None) + [f"faces.min_px={smallest}"] * (smallest is not None)
    command = [binary(), "faces", "--json", *(word for s in settings for word in ("--set", s))]
    found = {}
    for i in range(0, len(paths), 200):
        done = subprocess.run([*command, *paths[i:i + 200]], stdout=subprocess.PIPE, timeout=1800, check=True)
        for line in done.stdout.decode().splitlines():
            photo = json.loads(line)
            rows = np.array([[f[k] for k in ("x", "y", "w", "h", "confidence")] for f in photo["faces"]]).reshape(-1, 5)
            rows[:, 2:4] += rows[:, :2]
            found[photo["file"]] = rows[:, :4], rows[:, 4]
    assert list(found) == list(paths)
    return found


def reference(paths, least=LEAST):
    import cv2
    from face_yunet import Yunet  # python3-onnx and -opencv are needed for the tables only

    net, found = Yunet(str(REFERENCE)), {}
    for path in paths:
        pixels = cv2.imread(path)[..., ::-1]
        scale = SIDE / max(pixels.shape[:2])
        boxes, scores, _ = net.find(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), least)
        found[path] = boxes / scale, scores
    return found


# ---- figures

def judge(found, true, level):
    """Scores, whether each find is right (the surest first), and the number of faces to find. Ignored ones do not count."""
    scores, hits, wanted = [], [], 0
    for path, (boxes, levels) in true.items():
        want, used = levels <= level, np.zeros(len(boxes), bool)
        wanted += want.sum()
        finds, sure = found[path]
        common = overlap(finds, boxes) if len(boxes) and len(finds) else np.zeros((len(finds), len(boxes)))
        for i in np.argsort(-sure, kind="stable"):
            free = np.where(used, -1, common[i])
            best = np.where(want, free, -1)
            if not len(free) or best.max() < SAME:
                best = free
            at = best.argmax() if len(best) else 0
            hit = len(best) > 0 and best[at] >= SAME
            if hit:
                used[at] = True
            if not hit or want[at]:
                scores.append(sure[i])
                hits.append(hit)
    order = np.argsort(-np.array(scores), kind="stable")
    return np.array(scores)[order], np.array(hits, bool)[order], int(wanted)


def curve(found, true, level):
    """(recall, precision) as the confidence asked for falls."""
    _, hits, wanted = judge(found, true, level)
    right = np.cumsum(hits)
    return right / max(1, wanted), right / np.arange(1, len(hits) + 1)


def average_precision(found, true, level):
    """The area below the curve, precision made to fall only."""
    recall, precision = curve(found, true, level)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall, prepend=0) * precision).sum())


def at_default(found, true, level, confidence=0.6):
    """Precision and recall of the finds that are at least so sure."""
    scores, hits, wanted = judge(found, true, level)
    hits = hits[scores >= confidence]
    return hits.mean() if len(hits) else 1., hits.sum() / max(1, wanted)


def share_found(found):
    return sum(len(boxes) > 0 for boxes, _ in found.values()) / len(found)


def false_faces(found, confidence=0.):
    return sum(int((scores >= confidence).sum()) for _, scores in found.values())


def part(photos, every):
    return dict(list(photos.items())[::every])


# ---- what the weights shipped reach, less a little

def test_true_boxes():
    true = part(truth("val"), 2)
    found = ours(list(true), LEAST, 8)
    got = [average_precision(found, true, level) for level in range(len(LEVELS))]
    print("average precision, easy, medium, hard:", *(f"{100 * v:.1f} %" for v in got))
    assert all(v >= least for v, least in zip(got, [0.605, 0.495, 0.17]))


def test_reference_boxes():
    true = part(truth("test"), 4)
    found = ours(list(true), LEAST, 8)
    got = average_precision(found, true, 0)
    precision, recall = at_default(found, true, 0)
    print(f"average precision {100 * got:.1f} %, at the default {100 * precision:.1f} % right, {100 * recall:.1f} % found")
    assert got >= 0.775


def test_portraits():
    share = share_found(ours(portraits()[::10]))
    print(f"{100 * share:.2f} % of the portraits")
    assert share >= 0.98


def test_nobody_there():
    photos = blank()[::2]
    n = false_faces(ours(photos))
    print(f"{n} finds on {len(photos)} photos of landscapes and buildings")
    assert n <= 4


def test_precision_is_counted_right():
    true = {"a": (np.array([[0, 0, 10, 10], [20, 0, 30, 10], [50, 0, 60, 10.]]), np.array([0, 2, IGNORED]))}
    found = {"a": (np.array([[0, 0, 10, 10], [0, 1, 10, 11], [50, 0, 60, 10], [80, 0, 90, 10.]]),
                   np.array([.9, .8, .7, .6]))}
    scores, hits, wanted = judge(found, true, 0)
    assert wanted == 1 and list(scores) == [.9, .8, .6] and list(hits) == [True, False, False]
    assert judge(found, true, 2)[2] == 2
    assert average_precision(found, true, 0) == 1 and average_precision(found, true, 2) == 0.5
    assert at_default(found, true, 2, .75) == (0.5, 0.5)


# ---- the tables and the picture

def plot(curves):
    """SVG: precision over recall. curves: {name: (colour, dashed, recall, precision)}."""
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" font-family="sans-serif" font-size="12">'
           '<rect width="100%" height="100%" fill="#fff"/>']
    for v in (0, 20, 40, 60, 80, 100):
        out.append(f'<path d="M60 {320 - 2.8 * v:.0f}H400M{60 + 3.4 * v:.0f} 40V320" stroke="#ddd"/>'
                   f'<text x="52" y="{324 - 2.8 * v:.0f}" text-anchor="end">{v} %</text>'
                   f'<text x="{60 + 3.4 * v:.0f}" y="338" text-anchor="middle">{v} %</text>')
    out.append('<text x="60" y="28">precision</text><text x="400" y="354" text-anchor="end">recall</text>')
    for n, (name, (colour, dashed, recall, precision)) in enumerate(curves.items()):
        picked = np.unique(np.linspace(0, len(recall) - 1, 120).astype(int))
        points = " ".join(f"{60 + 340 * recall[i]:.1f},{320 - 280 * precision[i]:.1f}" for i in picked)
        style = f'stroke="{colour}" stroke-width="2"' + (' stroke-dasharray="5 4"' if dashed else "")
        out.append(f'<polyline points="{points}" fill="none" {style}/><path d="M416 {56 + 22 * n}h24" {style}/>'
                   f'<text x="448" y="{60 + 22 * n}" fill="{colour}">{name}</text>')
    return "\n".join(out) + "\n</svg>\n"


def line(cells):
    return "| " + " | ".join(cells) + " |"


def percent(value):
    return f"{100 * value:.1f} %"


def tables(of_val, of_others):
    """Markdown, and the curves."""
    sets = {"val": (part(truth("val"), of_val), range(3)), "test": (part(truth("test"), of_others), range(1))}
    who = {"tintype": lambda paths: ours(paths, LEAST, 8), "reference": reference}
    rows = [line(["photos", "faces", "who", "average precision", "precision at 0.6", "recall at 0.6"]),
            line(["---"] * 6)]
    curves = {}
    for part_name, (true, levels) in sets.items():
        for name, look in who.items():
            found = look(list(true))
            for level in levels:
                title = LEVELS[level] if part_name == "val" else "sure"
                faces = f"{title}, {judge(found, true, level)[2]:,}"
                rows.append(line([f"{part_name}, {len(true)}", faces, name, percent(average_precision(found, true, level)),
                                  *map(percent, at_default(found, true, level))]))
                colour = {"easy": "#1b6e53", "medium": "#8a3ffc", "hard": "#b4530a", "sure": "#0f62fe"}[title]
                curves[f"{name}, {part_name} {title}"] = (colour, name != "tintype", *curve(found, true, level))
    rows += ["", line(["photos", "who", "with a face", "finds"]), line(["---"] * 4)]
    faces, nobody = portraits()[::of_others], blank()[::-(-of_others // 8)]
    for title, photos in ((f"{len(faces):,} portraits (LFW)", faces),
                          (f"{len(nobody)} of landscapes and buildings", nobody)):
        for name, found in (("tintype", ours(photos)), ("reference", reference(photos, 0.6))):
            rows.append(line([title, name, percent(share_found(found)), str(false_faces(found))]))
    return "\n".join(rows), curves


def write(target, of_val=1, of_others=1):
    target = pathlib.Path(target)
    table, curves = tables(int(of_val), int(of_others))
    text = re.sub(r"(<!-- table -->\n).*?(<!-- end -->)", lambda m: m[1] + table + "\n" + m[2],
                  target.read_text(encoding="utf-8"), flags=re.S)
    target.write_text(text, encoding="utf-8")
    (target.parent / "faces" / "detector.svg").write_text(plot(curves), encoding="utf-8")
    print(table)


if __name__ == "__main__":
    write(*sys.argv[1:])

"""A simulated user corrects photos of one source: how right is tintype on the rest of it, and on all others?

The photos lie beside the repository (../shared/data/diverse). Run as a program it takes more of them, and writes the
table and the plot: /usr/bin/python3 tests/accuracy/test_learn.py docs/results/learning.md"""

import csv
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "system"))

from harness import Server, binary  # noqa: E402  (the path is set above)

DATA = pathlib.Path(os.environ.get("TINTYPE_DIVERSE_DATA", ROOT.parent / "shared" / "data" / "diverse"))
SOURCES = ["lqhl/Painting-Finder", "ZhengyuZhao/PerC-Adversarial"]
MORE = ["BernieChen96/ImageClassification", "Yorkbenno/Spatial-Pyramid-Matching-for-Scene-Classification",
        "nhantd/CMU16720-Scene-Classification", "f-ssemwanga/vehicle-classification", "zhangtao7750/syn"]
COUNTS = [50, 200, 1000]

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"no photos at {DATA}")


class Album:
    """A library with the labelled photos of some sources behind a server that learns only when it is told to."""

    def __init__(self, folder, sources, each=None):
        self.truth = {}  # photo -> class
        self.source = {}
        taken = self.copy(folder / "photos", sources, each)
        self.library = folder / "library"
        done = subprocess.run([binary(), "import", "--library", str(self.library), "--json", str(folder / "photos")],
                              stdout=subprocess.PIPE, check=True, timeout=600)
        assert json.loads(done.stdout)["imported"] > 0
        self.server = Server(self.library, env={"TINTYPE_LEARN_AUTOMATIC": "0"}).start()
        self.client = self.server.owner()
        for photo in self.pages():
            name = self.client.get(f"/api/v1/photos/{photo['id']}", check=False).json()["name"]
            self.source[photo["id"]], self.truth[photo["id"]] = taken[name]

    @staticmethod
    def copy(folder, sources, each):
        folder.mkdir(parents=True)
        taken, count = {}, dict.fromkeys(sources, 0)
        with open(DATA / "labels.tsv", encoding="utf-8") as table:
            rows = [r for r in csv.DictReader(table, delimiter="\t") if r["class"] and r["source"] in count]
        random.Random(5).shuffle(rows)
        for row in rows:
            if each and count[row["source"]] == each:
                continue
            count[row["source"]] += 1
            name = f"{len(taken)}.webp"
            shutil.copy(DATA / row["file"], folder / name)
            taken[name] = row["source"], row["class"]
        return taken

    def pages(self):
        cursor = ""
        while cursor is not None:
            page = self.client.get(f"/api/v1/photos?limit=500{cursor}", check=False).json()
            yield from page["photos"]
            cursor = f"&cursor={page['next']}" if page["next"] else None

    def right(self, photos):
        """Share of these that are shown in the right class."""
        shown = {photo["id"]: photo["class"] for photo in self.pages()}
        return sum(shown[p] == self.truth[p] for p in photos) / len(photos) if photos else None

    def learn(self, *args):
        done = subprocess.run([binary(), "learn", "--library", str(self.library), "--json", *args],
                              stdout=subprocess.PIPE, check=True, timeout=600)
        return json.loads(done.stdout)

    def simulate(self, sources, counts, only_wrong):
        """Rows of what comes of so many corrections; a third of the sources' photos is never corrected."""
        own = sorted(p for p in self.truth if self.source[p] in sources)
        others = sorted(set(self.truth) - set(own))
        random.Random(3).shuffle(own)
        pool, rest = own[len(own) // 3:], own[:len(own) // 3]
        if only_wrong:
            shown = {photo["id"]: photo["class"] for photo in self.pages()}
            pool = [p for p in pool if shown[p] != self.truth[p]]
        facts, rows = [], []
        before = self.right(rest), self.right(others)
        for count in sorted({min(c, len(pool)) for c in counts}):
            for photo in pool[len(facts):count]:
                said = self.client.put(f"/api/v1/photos/{photo}/class", json={"class": self.truth[photo]}, expect=200,
                                       check=False)
                facts.append(said.json()["fact"])
            got = self.learn()
            rows.append({"sources": sources, "only_wrong": only_wrong, "corrected": count, "rest_photos": len(rest),
                         "rest": (before[0], self.right(rest)), "others": (before[1], self.right(others)), **got})
        for fact in facts:
            self.client.delete(f"/api/v1/facts/{fact}", expect=204, check=False)
        self.learn("--undo")
        assert (self.right(rest), self.right(others)) == before  # all as it was
        return rows

    def close(self):
        assert self.server.stop() == 0


def percent(pair):
    return "–" if pair[0] is None else f"{100 * pair[0]:.1f} → {100 * pair[1]:.1f} %"


HEAD = ["photos of", "the user says the class of", "corrections", "of these right, each left out",
        "rest of the source right", "other sources right", "seconds"]


def cells(row):
    name = row["sources"][0].split("/")[1] if len(row["sources"]) == 1 else f"{len(row['sources'])} sources"
    return [name, "wrong ones" if row["only_wrong"] else "any", str(row["corrected"]),
            percent((row["accuracy_before"], row["accuracy_after"])) + ("" if row["outcome"] == "better" else " (not used)"),
            percent(row["rest"]), percent(row["others"]), f"{row['seconds']:.1f}"]


def line(values):
    return "| " + " | ".join(values) + " |"


def test_a_user_who_corrects(tmp_path):
    album = Album(tmp_path, SOURCES, each=320)
    rows = [row for source in SOURCES for wrong in (False, True) for row in album.simulate([source], COUNTS, wrong)]
    album.close()
    print("\n" + line(HEAD))
    for row in rows:
        print(line(cells(row)))
        assert row["outcome"] != "too_few" and row["seconds"] < 30
        if row["outcome"] == "better":
            assert row["accuracy_after"] > row["accuracy_before"]
        # A third of 320 photos: one of them is worth a point.
        assert row["rest"][1] >= row["rest"][0] - 0.03
        assert row["others"][1] >= row["others"][0] - 0.03  # nothing is forgotten
    most = [row for row in rows if row["corrected"] == max(r["corrected"] for r in rows if r["sources"] == row["sources"]
                                                           and r["only_wrong"] == row["only_wrong"])]
    assert sum(row["rest"][1] - row["rest"][0] for row in most) / len(most) > 0.04


# ---- the table and the plot

def plot(curves):
    """SVG: share of the rest that is right over the number of corrections (0, 50, 200, 1,000 evenly spaced)."""
    colours, width, height = ["#1b6e53", "#8a3ffc", "#b4530a", "#0f62fe", "#a2191f", "#555"], 640, 360
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
           'font-size="12"><rect width="100%" height="100%" fill="#fff"/>']
    place = lambda k, y: (60 + k * 110, 320 - (100 * y - 60) * 7)  # noqa: E731
    for y in (60, 70, 80, 90, 100):
        out.append(f'<path d="M60 {320 - (y - 60) * 7}H400" stroke="#ddd"/>'
                   f'<text x="52" y="{324 - (y - 60) * 7}" text-anchor="end">{y} %</text>')
    for k, label in enumerate(["0", "50", "200", "1,000"]):
        out.append(f'<text x="{60 + 110 * k}" y="340" text-anchor="middle">{label}</text>')
    for colour, (name, points) in zip(colours, curves.items()):
        at = " ".join(f"{x:.0f},{y:.0f}" for x, y in (place(k, y) for k, y in points))
        out.append(f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = place(*points[-1])
        out.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>')
    for n, (colour, name) in enumerate(zip(colours, curves)):
        out.append(f'<text x="420" y="{60 + 20 * n}" fill="{colour}">{name}</text>')
    return "\n".join(out) + "\n</svg>\n"


def curves_of(rows):
    curves = {}
    for row in rows:
        name, who = cells(row)[:2]
        points = curves.setdefault(f"{name}, {who}", [(0, row["rest"][0])])
        k = next((k for k, c in enumerate(COUNTS, 1) if row["corrected"] <= c), len(COUNTS))
        points.append((k, row["rest"][1]))
    return curves


def write(target):
    target = pathlib.Path(target)
    with tempfile.TemporaryDirectory() as folder:
        album = Album(pathlib.Path(folder), SOURCES + MORE)
        rows = []
        for sources in [[s] for s in SOURCES] + [SOURCES + MORE]:
            for wrong in (False, True):
                rows += album.simulate(sources, COUNTS, wrong)
        photos, model = len(album.truth), album.learn("--status")["model"]
        album.close()
    table = "\n".join([line(HEAD), line(["---"] * len(HEAD)), *(line(cells(row)) for row in rows)])
    text = target.read_text(encoding="utf-8")
    text = re.sub(r"(<!-- table -->\n).*?(<!-- end -->)", lambda m: m[1] + table + "\n\n"
                  + f"Library of {photos} photos, model {model}.\n" + m[2], text, flags=re.S)
    target.write_text(text, encoding="utf-8")
    target.with_suffix(".svg").write_text(plot(curves_of(rows)), encoding="utf-8")
    print(table)


if __name__ == "__main__":
    write(*sys.argv[1:])

"""Compares what `tintype inspect --json` says of a file with what data/camera/expected.tsv asks."""

import csv

NUMBERS = {
    "width": 0, "height": 0, "orientation": 0, "iso": 0, "rating": 0,
    "lat": 2e-5, "lon": 2e-5, "alt": 0.02, "f_number": 0.02, "focal_mm": 0.02,
}
TEXTS = ("taken", "subsec", "offset", "make", "model", "lens", "description")
IMAGES = ("image/", "video/")


def unescape(cell):
    out, at = [], 0
    while at < len(cell):
        if cell[at] == "\\" and at + 1 < len(cell):
            out.append({"n": "\n", "t": "\t", "\\": "\\"}.get(cell[at + 1], cell[at + 1]))
            at += 2
        else:
            out.append(cell[at])
            at += 1
    return "".join(out)


def load(path):
    with open(path, encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [{k: unescape(v) if v else "" for k, v in row.items()} for row in rows]
    return [row for row in rows if row["type"].startswith(IMAGES)]


def same_text(want, got):
    return " ".join(str(want).split()) == " ".join(str(got).split())


def same_number(want, got, room):
    if got is None or isinstance(got, str):
        return False
    return abs(float(want) - float(got)) <= max(room, 0.01 * abs(float(want)) if room else 0)


def same_exposure(want, got):
    return got is not None and abs(float(want) - got) <= max(0.01 * float(want), 1e-6)


def same_duration(want, got):
    return float(want) < 0 or (got is not None and abs(float(want) - got) <= 0.1 + 0.02 * float(want))


def differences(row, got):
    """(number of facts asked for, list of (fact, wanted, got))."""
    asked, wrong = 0, []

    def check(fact, ok, value):
        nonlocal asked
        asked += 1
        if not ok:
            wrong.append((fact, row[fact], value))

    check("type", row["type"] == got.get("type"), got.get("type"))
    for fact, room in NUMBERS.items():
        if row[fact]:
            check(fact, same_number(row[fact], got.get(fact), room), got.get(fact))
    for fact in TEXTS:
        if row[fact]:
            check(fact, same_text(row[fact], got.get(fact, "")), got.get(fact))
    if row["exposure_s"]:
        check("exposure_s", same_exposure(row["exposure_s"], got.get("exposure_s")), got.get("exposure_s"))
    if row["duration_s"]:
        check("duration_s", same_duration(row["duration_s"], got.get("duration_s")), got.get("duration_s"))
    if row["animated"]:
        check("animated", got.get("frames") == int(row["animated"]), got.get("frames"))
    if row["keywords"]:
        want = sorted(w.strip() for w in row["keywords"].split("|"))
        check("keywords", want == sorted(got.get("keywords", [])), got.get("keywords"))
    return asked, wrong

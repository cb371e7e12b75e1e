"""Another model classifies all photos anew; what the user said stays as it was."""

import json
import os
import struct

import pytest

from cli import albums, imported, rows, tintype
from harness import wait_for
from make_photos import jpeg


@pytest.fixture(scope="module")
def other_model(tmp_path_factory):
    """The model that ships, cooler: the same classes, other confidences, so another version."""
    root = tmp_path_factory.mktemp("model")
    (root / "0.jpg").write_bytes(jpeg(0))
    imported(root / "library", root / "0.jpg")
    source = tintype("doctor", "--library", root / "library", "--json").last["model"]
    data = open(source, "rb").read()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + size])
    header["__metadata__"]["temperature"] = "5.0"
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = root / "other.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + size:])
    return path


def guesses(library):
    return {photo: (version, confidence) for photo, version, confidence in
            rows(library, "SELECT photo, version, confidence FROM guess")}


def test_facts_survive_another_model(start_server, tmp_path, other_model):
    library = tmp_path / "library"
    server = start_server(library=library)
    owner = server.owner()
    ids = [r["id"] for r in owner.upload([(f"{n}.jpg", jpeg(n, make=f"Maker {n}")) for n in range(8)])]
    before = {photo: owner.wait_done(photo) for photo in ids}
    classes = ["people", "animals", "landscape", "vehicles", "buildings"]
    said = {ids[0]: next(c for c in classes if c != before[ids[0]]["class"]), ids[1]: "none"}
    for photo, name in said.items():
        owner.put(f"/api/v1/photos/{photo}/class", json={"class": name}, expect=200)
    undone = owner.put(f"/api/v1/photos/{ids[2]}/class", json={"class": "vehicles"}, expect=200).json()["fact"]
    owner.delete(f"/api/v1/facts/{undone}", expect=204)
    facts = owner.get("/api/v1/facts").json()
    first = guesses(library)
    files = {p: p.stat().st_mtime_ns for p in library.glob("derived/**/*.webp")}
    assert server.stop() == 0

    server.env["TINTYPE_MODEL_PATH"] = str(other_model)
    server.start()
    owner.url = server.url
    wait_for("all are classified anew", lambda: owner.get("/api/v1/jobs").json()["waiting"] == 0 and
             all(version != first[photo][0] for photo, (version, _) in guesses(library).items()))
    second = guesses(library)
    assert set(second) == set(first) == set(ids)
    assert all(second[p][0] != first[p][0] and second[p][1] != first[p][1] for p in ids)
    assert owner.get("/api/v1/facts").json() == facts
    for photo in ids:
        now = owner.photo(photo)
        wanted = said.get(photo, now["guess"]["class"])
        assert now["class"] == (None if wanted == "none" else wanted)
        assert now["guess"]["class"] == before[photo]["guess"]["class"]  # a temperature changes no order
        assert (now["make"], now["width"], now["state"]) == (before[photo]["make"], 320, "done")
    # Only the pixels were looked at again: nothing that was derived was written anew.
    assert {p: p.stat().st_mtime_ns for p in library.glob("derived/**/*.webp")} == files
    assert owner.smart_counts()["none"] == 1
    # The correction can still be undone, and shows the new guess.
    fact = owner.photo(ids[0])["correction"]["fact"]
    owner.delete(f"/api/v1/facts/{fact}", expect=204)
    assert owner.photo(ids[0])["class"] == before[ids[0]]["guess"]["class"]


def test_the_same_model_asks_nothing_again(tmp_path):
    library, folder = tmp_path / "library", tmp_path / "photos"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.jpg").write_bytes(jpeg(n))
    imported(library, folder)
    before, ids = guesses(library), rows(library, "SELECT id, guessed_at FROM photo")
    imported(library, folder)
    assert guesses(library) == before and rows(library, "SELECT id, guessed_at FROM photo") == ids


def test_import_with_another_model(tmp_path, other_model):
    """What an import finds guessed by another model is classified anew, too."""
    library, folder = tmp_path / "library", tmp_path / "photos"
    folder.mkdir()
    for n in range(4):
        (folder / f"{n}.jpg").write_bytes(jpeg(n))
    imported(library, folder)
    before, counts = guesses(library), albums(library)
    (folder / "4.jpg").write_bytes(jpeg(4))
    assert imported(library, folder, env={"TINTYPE_MODEL_PATH": os.fspath(other_model)})["imported"] == 1
    after = guesses(library)
    assert len(after) == 5 and len({version for version, _ in after.values()}) == 1
    assert all(after[photo][0] != before[photo][0] for photo in before)
    assert sum(albums(library).values()) == 5 and sum(counts.values()) == 4

"""Faces of a library: they come with the photos, and what was said of them outlives other networks.

The photos lie beside the repository (../shared/data) and are no part of it; without them only what needs none is
tested."""

import json
import os
import pathlib
import struct

import pytest

from cli import imported, rows, tintype
from harness import wait_for
from make_photos import jpeg

ROOT = pathlib.Path(__file__).resolve().parents[2]
DETECTOR = ROOT / "models" / "faces-detector-1.safetensors"
EMBEDDER = ROOT / "models" / "faces-embedder-1.safetensors"
DATA = pathlib.Path(os.environ.get("TINTYPE_FIVE_DATA", ROOT.parent / "shared" / "data" / "five"))

needs_photos = pytest.mark.skipif(not (DETECTOR.exists() and EMBEDDER.exists() and DATA.exists()),
                                  reason=f"no models for faces, or no photos at {DATA}")


def photos(n):
    """Of people, each with a face."""
    return sorted((DATA / "test" / "people").glob("cal101_faces_*"))[:n]


@pytest.fixture(scope="module")
def other_detector(tmp_path_factory):
    """The one that ships under another name inside, so another version."""
    data = DETECTOR.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + size])
    header["__metadata__"]["version"] = "other"
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = tmp_path_factory.mktemp("model") / "other.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + size:])
    return path


def faces(library):
    return rows(library, "SELECT id, photo, x, y, w, h, person, said, model FROM face ORDER BY id")


def test_without_networks_everything_else_works(tmp_path):
    (tmp_path / "a.jpg").write_bytes(jpeg(1))
    done = tintype("import", "--library", tmp_path / "library", "--json", tmp_path / "a.jpg",
                   env={"TINTYPE_FACES_DETECTOR_PATH": str(tmp_path / "none.safetensors")})
    assert done.last["imported"] == 1
    lines = [line for line in done.err.splitlines() if "faces" in line]
    assert len(lines) == 1 and "faces.detector_path" in lines[0], done.err
    assert rows(tmp_path / "library", "SELECT faces_model FROM photo") == [(None,)]
    assert tintype("doctor", "--library", tmp_path / "library", "--json").last["sound"]


def test_faces_can_be_switched_off(tmp_path):
    (tmp_path / "a.jpg").write_bytes(jpeg(1))
    done = tintype("import", "--library", tmp_path / "library", "--json", tmp_path / "a.jpg",
                   env={"TINTYPE_FACES_ENABLED": "0"})
    assert done.last["imported"] == 1 and "faces" not in done.err
    assert rows(tmp_path / "library", "SELECT faces_model FROM photo") == [(None,)]


@needs_photos
def test_faces_come_with_the_photos_and_go_with_them(start_server, tmp_path):
    library = tmp_path / "library"
    server = start_server(library=library)
    owner = server.owner()
    ids = [r["id"] for r in owner.upload([(p.name, p.read_bytes()) for p in photos(6)])]
    for photo in ids:
        owner.wait_done(photo)
    found = faces(library)
    assert len({f[1] for f in found}) >= 4, "faces on most of the photos"
    assert len(list(library.glob("derived/**/*-face-*.webp"))) == len(found)
    for photo in ids:
        boxes = owner.get(f"/api/v1/photos/{photo}").json()["faces"]
        assert [f["id"] for f in boxes] == [f[0] for f in sorted(found, key=lambda f: f[2]) if f[1] == photo]
    owner.post("/api/v1/photos/trash", json={"ids": ids}, expect=200)
    owner.delete("/api/v1/trash", expect=200)
    assert faces(library) == []
    wait_for("the pictures are gone", lambda: not list(library.glob("derived/**/*-face-*.webp")))


@needs_photos
def test_what_was_said_outlives_other_networks(start_server, tmp_path, other_detector):
    library = tmp_path / "library"
    server = start_server(library=library)
    owner = server.owner()
    for photo in [r["id"] for r in owner.upload([(p.name, p.read_bytes()) for p in photos(6)])]:
        owner.wait_done(photo)
    before = faces(library)
    assert len(before) >= 2
    owner.put(f"/api/v1/faces/{before[0][0]}/person", json={"name": "Ann"}, expect=200)
    owner.put(f"/api/v1/faces/{before[1][0]}/person", json={"name": "Bob"}, expect=200)
    said = rows(library, "SELECT * FROM face_fact ORDER BY id")
    assert said
    assert server.stop() == 0

    server.env["TINTYPE_FACES_DETECTOR_PATH"] = str(other_detector)
    server.start()
    owner.url = server.url
    wait_for("all are looked at anew", lambda: owner.get("/api/v1/jobs").json()["waiting"] == 0 and
             all(new[8] != old[8] for new, old in zip(faces(library), before)))
    after = faces(library)
    assert [f[:2] for f in after] == [f[:2] for f in before]  # the same rows
    assert rows(library, "SELECT * FROM face_fact ORDER BY id") == said
    names = dict(rows(library, "SELECT f.id, p.name FROM face f JOIN person p ON p.id = f.person WHERE f.said = 1"))
    assert names == {before[0][0]: "Ann", before[1][0]: "Bob"}
    assert server.stop() == 0
    assert tintype("doctor", "--library", library, "--json").last["sound"]


@needs_photos
def test_a_library_of_before_is_looked_at(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for path in photos(3):
        (folder / path.name).write_bytes(path.read_bytes())
    imported(tmp_path / "library", folder, env={"TINTYPE_FACES_ENABLED": "0"})
    assert faces(tmp_path / "library") == []
    guessed = rows(tmp_path / "library", "SELECT id, guessed_at FROM photo")
    imported(tmp_path / "library", folder)
    assert faces(tmp_path / "library")
    assert rows(tmp_path / "library", "SELECT id, guessed_at FROM photo") == guessed

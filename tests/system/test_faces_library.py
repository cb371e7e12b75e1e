"""Faces of a library: they come with the photos, are named, and what was said of them outlives restarts and other
networks. The faces are drawn, and found by the network that ships; those of real people lie beside the repository
(../shared/data) and are no part of it: what needs them is skipped where they are absent."""

import json
import os
import pathlib
import struct

import pytest

from cli import imported, rows, tintype
from harness import wait_for
from make_photos import face_jpeg, jpeg

ROOT = pathlib.Path(__file__).resolve().parents[2]
DETECTOR = ROOT / "models" / "faces-detector-1.safetensors"
EMBEDDER = ROOT / "models" / "faces-embedder-1.safetensors"
DATA = pathlib.Path(os.environ.get("TINTYPE_FIVE_DATA", ROOT.parent / "shared" / "data" / "five"))
API = "/api/v1"

needs_detector = pytest.mark.skipif(not DETECTOR.exists(), reason=f"no network that finds faces at {DETECTOR}")
needs_photos = pytest.mark.skipif(not (DETECTOR.exists() and DATA.exists()),
                                  reason=f"no network that finds faces, or no photos of people at {DATA}")


def drawn(n):
    return [(f"face{number}.jpg", face_jpeg(number)) for number in range(n)]


def real(n):
    return [(p.name, p.read_bytes()) for p in sorted((DATA / "test" / "people").glob("cal101_faces_*"))[:n]]


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


@needs_detector
def test_found_faces_are_named_and_outlive_a_restart(start_server, tmp_path):
    folder, library = tmp_path / "photos", tmp_path / "library"
    folder.mkdir()
    for name, data in drawn(4):
        (folder / name).write_bytes(data)
    (folder / "nobody.jpg").write_bytes(jpeg(7))
    imported(library, folder)
    found = faces(library)
    assert len(found) == len({f[1] for f in found}) == 4, "one on each photo of a face"
    networks = tintype("doctor", "--library", library, "--json").last["faces"]
    model = "+".join(networks[name]["hash"] or "none" for name in ("detector", "embedder"))
    assert rows(library, "SELECT DISTINCT faces_model FROM photo") == [(model,)] and {f[8] for f in found} == {model}
    vectors = rows(library, "SELECT count(vector) FROM face")[0][0]
    assert vectors == (4 if EMBEDDER.exists() else 0)

    names = {photo: name for photo, name in rows(library, "SELECT id, name FROM photo")}
    listed = {pathlib.Path(line["file"]).name: line["faces"]
              for line in tintype("faces", "--json", *sorted(folder.iterdir())).lines}
    for _, photo, x, y, w, h, *_ in found:
        (face,) = listed[names[photo]]
        assert [face[k] for k in "xywh"] == pytest.approx([x * 480, y * 320, w * 480, h * 320], abs=0.01)
    assert listed["nobody.jpg"] == []

    server = start_server(library=library)
    assert sum("faces.embedder_path" in line for line in server.log) == (0 if EMBEDDER.exists() else 1)
    owner = server.owner()
    people = owner.get(f"{API}/people", expect=200).json()
    assert people["waiting"] == 0 and (EMBEDDER.exists() or (people["people"] == [] and people["unknown"] == 4))
    assert len(owner.get(f"{API}/faces/{found[0][0]}/thumbnail", expect=200).content) > 100
    owner.put(f"{API}/faces/{found[0][0]}/person", json={"name": "Ann"}, expect=200)
    owner.put(f"{API}/faces/{found[1][0]}/person", json={"name": "Ann"}, expect=200)
    owner.put(f"{API}/faces/{found[2][0]}/person", json={"name": "Bob"}, expect=200)
    owner.post(f"{API}/faces/{found[3][0]}/not-a-face", expect=200)

    def told():
        shown = {f["id"]: f["name"] for photo in names for f in owner.get(f"{API}/photos/{photo}").json()["faces"]}
        return shown, {p["name"]: p["faces"] for p in owner.get(f"{API}/people").json()["people"]}

    assert told() == ({found[0][0]: "Ann", found[1][0]: "Ann", found[2][0]: "Bob"}, {"Ann": 2, "Bob": 1})
    hits = owner.get(f"{API}/search?q=Ann", expect=200).json()["photos"]
    assert {p["id"] for p in hits} == {found[0][1], found[1][1]}
    assert server.stop() == 0
    server.start()
    owner = server.owner()
    assert told() == ({found[0][0]: "Ann", found[1][0]: "Ann", found[2][0]: "Bob"}, {"Ann": 2, "Bob": 1})
    assert [f[:6] for f in faces(library)] == [f[:6] for f in found]
    assert server.stop() == 0
    assert tintype("doctor", "--library", library, "--json").last["sound"]


@pytest.mark.parametrize("photos, least", [pytest.param(drawn, 6, marks=needs_detector, id="drawn"),
                                           pytest.param(real, 4, marks=needs_photos, id="real")])
def test_faces_come_with_the_photos_and_go_with_them(start_server, tmp_path, photos, least):
    library = tmp_path / "library"
    server = start_server(library=library)
    owner = server.owner()
    ids = [r["id"] for r in owner.upload(photos(6))]
    for photo in ids:
        owner.wait_done(photo)
    found = faces(library)
    assert len({f[1] for f in found}) >= least
    assert len(list(library.glob("derived/**/*-face-*.webp"))) == len(found)
    for photo in ids:
        boxes = owner.get(f"{API}/photos/{photo}").json()["faces"]
        assert [f["id"] for f in boxes] == [f[0] for f in sorted(found, key=lambda f: f[2]) if f[1] == photo]
    owner.post(f"{API}/photos/trash", json={"ids": ids}, expect=200)
    owner.delete(f"{API}/trash", expect=200)
    assert faces(library) == []
    wait_for("the pictures are gone", lambda: not list(library.glob("derived/**/*-face-*.webp")))


@needs_detector
def test_what_was_said_outlives_other_networks(start_server, tmp_path, other_detector):
    library = tmp_path / "library"
    server = start_server(library=library)
    owner = server.owner()
    for photo in [r["id"] for r in owner.upload(drawn(6))]:
        owner.wait_done(photo)
    before = faces(library)
    assert len(before) >= 2
    owner.put(f"{API}/faces/{before[0][0]}/person", json={"name": "Ann"}, expect=200)
    owner.put(f"{API}/faces/{before[1][0]}/person", json={"name": "Bob"}, expect=200)
    said = rows(library, "SELECT * FROM face_fact ORDER BY id")
    assert said
    assert server.stop() == 0

    server.env["TINTYPE_FACES_DETECTOR_PATH"] = str(other_detector)
    server.start()
    owner.url = server.url
    wait_for("all are looked at anew", lambda: owner.get(f"{API}/jobs").json()["waiting"] == 0 and
             all(new[8] != old[8] for new, old in zip(faces(library), before)))
    after = faces(library)
    assert [f[:2] for f in after] == [f[:2] for f in before]  # the same rows
    assert rows(library, "SELECT * FROM face_fact ORDER BY id") == said
    names = dict(rows(library, "SELECT f.id, p.name FROM face f JOIN person p ON p.id = f.person WHERE f.said = 1"))
    assert names == {before[0][0]: "Ann", before[1][0]: "Bob"}
    assert server.stop() == 0
    assert tintype("doctor", "--library", library, "--json").last["sound"]


@needs_detector
def test_a_library_of_before_is_looked_at(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, data in drawn(3):
        (folder / name).write_bytes(data)
    imported(tmp_path / "library", folder, env={"TINTYPE_FACES_ENABLED": "0"})
    assert faces(tmp_path / "library") == []
    guessed = rows(tmp_path / "library", "SELECT id, guessed_at FROM photo")
    imported(tmp_path / "library", folder)
    assert len(faces(tmp_path / "library")) == 3
    assert rows(tmp_path / "library", "SELECT id, guessed_at FROM photo") == guessed

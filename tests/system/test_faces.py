"""tintype faces: what it prints, and what it says of files that are no models. The faces are drawn, and looked for by
the network that ships; where none tells faces apart, they have no vectors."""

import json
import math
import os
import pathlib
import struct

import pytest

from cli import tintype
from make_photos import broken_jpeg, face_jpeg, jpeg, png

ROOT = pathlib.Path(__file__).resolve().parents[2]
DETECTOR = ROOT / "models" / "faces-detector-1.safetensors"
EMBEDDER = ROOT / "models" / "faces-embedder-1.safetensors"
LFW = pathlib.Path(os.environ.get("TINTYPE_LFW_DATA", ROOT.parent / "shared" / "data" / "faces" / "lfw"))

needs_detector = pytest.mark.skipif(not DETECTOR.exists(), reason=f"no network that finds faces at {DETECTOR}")


def empty_model(path, **metadata):
    text = json.dumps({"__metadata__": metadata}).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text)
    return path


def check_face(face):
    keys = {"x", "y", "w", "h", "confidence", "quality", "landmarks"}
    assert keys <= set(face) <= keys | {"embedding"} and 0.6 <= face["confidence"] <= 1 and 0 <= face["quality"] <= 1
    assert len(face["landmarks"]) == 5 and all(len(p) == 2 for p in face["landmarks"])


@needs_detector
def test_answers_for_every_file(tmp_path):
    files = [tmp_path / name for name in ("a.jpg", "bad.jpg", "b.png", "none.jpg")]
    for path, data in zip(files, (jpeg(1), broken_jpeg(), png(5))):
        path.write_bytes(data)
    lines = tintype("faces", "--json", *files, status=1).lines
    assert [line["file"] for line in lines] == [str(f) for f in files]
    assert [set(line) for line in lines[1::2]] == [{"file", "error"}] * 2
    for line in lines[::2]:
        assert set(line) == {"file", "width", "height", "faces", "ms"} and line["ms"] > 0
        for face in line["faces"]:
            check_face(face)
    done = tintype("faces", files[0])
    assert done.out.startswith(f"{files[0]}: ") and "face" in done.out


@needs_detector
@pytest.mark.parametrize("size", [(320, 320), (480, 320), (300, 500), (1200, 900)], ids=lambda s: f"{s[0]}x{s[1]}")
def test_finds_drawn_faces(tmp_path, size):
    files = [tmp_path / f"{n}.jpg" for n in range(3)]
    for n, path in enumerate(files):
        path.write_bytes(face_jpeg(n, size))
    for line in tintype("faces", "--json", *files).lines:
        (face,) = line["faces"]
        check_face(face)
        assert "embedding" not in face and (line["width"], line["height"]) == size
        right, down = size[0] / 2, size[1] / 2
        (left_eye, right_eye, nose, left_mouth, right_mouth) = face["landmarks"]
        assert face["x"] < left_eye[0] < nose[0] < right_eye[0] < face["x"] + face["w"]
        assert face["y"] < left_eye[1] < nose[1] < left_mouth[1] < face["y"] + face["h"]
        assert left_mouth[0] < right_mouth[0] and abs(nose[0] - right) < face["w"] / 4
        assert left_eye[1] < down < left_mouth[1]


@needs_detector
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_finds_faces_that_lie(tmp_path, turns):
    (tmp_path / "a.jpg").write_bytes(face_jpeg(2, (480, 320)))
    (tmp_path / "b.jpg").write_bytes(face_jpeg(2, (480, 320), turns))
    (tmp_path / "c.jpg").write_bytes(face_jpeg(3, (800, 600), turns))
    upright, lies, large = (line["faces"] for line in tintype("faces", "--json", *sorted(tmp_path.iterdir())).lines)
    assert len(upright) == len(lies) == len(large) == 1
    check_face(lies[0])
    for mark, (x, y) in zip(lies[0]["landmarks"], upright[0]["landmarks"]):
        there = [(y, 480 - x), (480 - x, 320 - y), (320 - y, x)][turns - 1]
        assert math.dist(mark, there) < upright[0]["w"] / 6
    never = tintype("faces", "--json", "--set", "faces.turns=0", tmp_path / "b.jpg").last["faces"]
    assert all(face["confidence"] < lies[0]["confidence"] for face in never)


@needs_detector
def test_vectors_are_told_where_there_is_a_network_for_them(tmp_path):
    (tmp_path / "a.jpg").write_bytes(face_jpeg(1))
    done = tintype("faces", "--json", "--embeddings", tmp_path / "a.jpg")
    vector = done.last["faces"][0]["embedding"]
    if not EMBEDDER.exists():
        assert vector == [] and len(done.err.splitlines()) == 1 and "faces.embedder_path" in done.err
        return
    assert len(vector) == 256 and math.isclose(sum(v * v for v in vector), 1, abs_tol=0.05) and not done.err


@needs_detector
@pytest.mark.skipif(not LFW.exists(), reason=f"no photos at {LFW}")
def test_finds_faces(tmp_path):
    files = sorted(p for p in LFW.rglob("*") if p.suffix in (".webp", ".jpg"))[::400][:20]
    lines = tintype("faces", "--json", *files).lines
    found = 0
    for line in lines:
        for face in line["faces"]:
            check_face(face)
            cx, cy = face["x"] + face["w"] / 2, face["y"] + face["h"] / 2
            middle = abs(cx / line["width"] - 0.5) < 0.2 and abs(cy / line["height"] - 0.5) < 0.2
            inside = all(face["x"] < x < face["x"] + face["w"] for x, _ in face["landmarks"])
            if middle and inside:
                found += 1
                break
    assert found >= 0.8 * len(files)


@pytest.mark.parametrize("metadata, says", [
    ({"architecture": "resnet-50"}, "resnet-50"),
    ({"name": "x"}, "does not say what network"),
    ({"architecture": "tt-face-detector", "mean": "0"}, "'mean'"),
    ({"architecture": "tt-face-detector"}, "no tensor"),
], ids=lambda v: v if isinstance(v, str) else "")
def test_other_models_are_refused(tmp_path, metadata, says):
    (tmp_path / "a.jpg").write_bytes(jpeg(1))
    model = empty_model(tmp_path / "other.safetensors", **metadata)
    done = tintype("faces", "--set", f"faces.detector_path={model}", "--set", f"faces.embedder_path={model}",
                   tmp_path / "a.jpg", status=1)
    assert says in done.err and str(model) in done.err and not done.out


def test_a_missing_model_is_told(tmp_path):
    (tmp_path / "a.jpg").write_bytes(jpeg(1))
    done = tintype("faces", "--set", f"faces.detector_path={tmp_path / 'none'}", tmp_path / "a.jpg", status=1)
    assert "faces.detector_path" in done.err and str(tmp_path / "none") in done.err

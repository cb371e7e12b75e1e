"""Models on the command line: model list, show and bench, eval on made photos, classify with another model."""

import pathlib
import shutil

import pytest

from cli import tintype
from make_photos import jpeg

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIRST = ROOT / "models" / "se-resnext-26-first.safetensors"
DETECTOR = ROOT / "models" / "faces-detector-1.safetensors"
CLASSES = {"people", "animals", "landscape", "vehicles", "buildings"}


def test_list_and_show():
    listed = {row["name"]: row for row in tintype("model", "list", "--json").lines}
    shown = tintype("model", "show", "--json", FIRST).last
    assert "se-resnext-26-first" in listed
    assert shown["architecture"] == "se-resnext-26-32x4d" and shown["input"] == 112
    assert len(shown["label_names"]) == shown["labels"] == 73
    assert 14e6 < shown["parameters"] < 16e6 and 0.6e9 < shown["macs"] < 0.7e9
    assert shown["version"].startswith("se-resnext-26-first-")
    assert "se-resnext-26-32x4d" in tintype("model", "show", FIRST).out


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["show"], ["list", "more"], ["bench", "--threads", "0"]])
def test_wrong_use(arguments):
    assert tintype("model", *arguments, status=2).err


def test_bench():
    rows = tintype("model", "bench", "--json").lines
    assert {(row["precision"], row["batch"]) for row in rows} >= {("f32", 1), ("f32", 4), ("f32", 8)}
    assert all(0 < row["best_ms"] <= row["ms"] and row["parameters"] > 14e6 and row["threads"] == 1 for row in rows)


@pytest.mark.skipif(not DETECTOR.exists(), reason=f"no network that finds faces at {DETECTOR}")
def test_networks_for_faces():
    listed = {row["name"]: row for row in tintype("model", "list", "--json").lines}
    shown = tintype("model", "show", "--json", DETECTOR).last
    assert listed[DETECTOR.stem] == {**shown, "file": listed[DETECTOR.stem]["file"], "in_use": True}
    assert shown["architecture"] == "tt-face-detector" and 400e3 < shown["parameters"] < 600e3
    assert not tintype("model", "list").err and DETECTOR.stem in tintype("model", "list").out
    rows = tintype("model", "bench", "--json", "--model", DETECTOR).lines
    assert {(row["precision"], row["width"]) for row in rows} >= {("f32", 256), ("f32", 640), ("f32", 1280)}
    assert all(0 < row["best_ms"] <= row["ms"] and row["macs"] > 0 and row["threads"] == 1 for row in rows)


def test_broken_models_are_told(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(jpeg(1))
    whole = FIRST.read_bytes()
    for name, data in [("empty", b""), ("text", b"no weights at all, only words"), ("cut", whole[:-1000]), ("head", whole[:4000])]:
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(data)
        for command in (["model", "show", path], ["classify", "--model", path, tmp_path / "photo.jpg"],
                        ["eval", "--model", path, "--data", tmp_path]):
            assert tintype(*command, status=1).err
    assert str(tmp_path) in tintype("classify", "--model", tmp_path / "none", tmp_path / "photo.jpg", status=1).err


@pytest.fixture(scope="module")
def sorted_photos(tmp_path_factory):
    root = tmp_path_factory.mktemp("sorted")
    for number, name in enumerate(sorted(CLASSES)):
        (root / "test" / name).mkdir(parents=True)
        for i in range(5):
            (root / "test" / name / f"{i}.jpg").write_bytes(jpeg(10 * number + i, size=(160, 128)))
    return root


def test_eval(sorted_photos):
    got = tintype("eval", "--json", "--data", sorted_photos, "--model", FIRST).last
    flat = tintype("eval", "--json", "--data", sorted_photos / "test", "--model", FIRST).last
    assert got["photos"] == 25 and got["failed"] == 0 and got["top5"] == 1
    assert got["top1"] == sum(got["confusion"][c][c] for c in CLASSES) / 25
    assert got["recall"] == {c: got["confusion"][c][c] / 5 for c in CLASSES}
    assert all(sum(row.values()) == 5 for row in got["confusion"].values())
    assert {k: got[k] for k in ("top1", "ece", "confusion")} == {k: flat[k] for k in ("top1", "ece", "confusion")}
    assert tintype("eval", "--json", "--data", sorted_photos, "--every", "5").last["photos"] == 5
    assert "top-1" in tintype("eval", "--data", sorted_photos).out


def test_eval_goes_on_after_a_broken_photo(sorted_photos, tmp_path):
    shutil.copytree(sorted_photos, tmp_path / "data")
    (tmp_path / "data" / "test" / "people" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    result = tintype("eval", "--json", "--data", tmp_path / "data", status=1)
    assert result.last["photos"] == 25 and result.last["failed"] == 1 and "broken.jpg" in result.err


def test_classify_keeps_the_order(sorted_photos):
    files = [str(p) for p in sorted(sorted_photos.rglob("*.jpg"))]
    files.insert(7, "/no/such/file.jpg")
    files.insert(20, str(sorted_photos))
    lines = tintype("classify", "--json", "--logits", *files, status=1).lines
    assert [line["file"] for line in lines] == files
    assert [i for i, line in enumerate(lines) if "error" in line] == [7, 20]
    for line in lines:
        if "error" not in line:
            assert max(line["logits"], key=line["logits"].get) == line["class"]
            assert set(line["classes"]) == set(line["logits"]) == CLASSES


def test_precisions_agree(sorted_photos):
    files = sorted(sorted_photos.rglob("*.jpg"))
    answers = {p: tintype("classify", "--json", "--set", f"model.precision={p}", *files).lines for p in ("f32", "bf16", "int8")}
    for exact, half, byte in zip(*answers.values()):
        for name in CLASSES:
            assert abs(exact["classes"][name] - half["classes"][name]) < 0.05
            assert abs(exact["classes"][name] - byte["classes"][name]) < 0.3

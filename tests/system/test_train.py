"""tintype train on a few small pictures: the file it writes, a kill in the middle, wrong usage."""

import json
import subprocess

from harness import PATIENCE, binary, wait_for
from make_photos import jpeg

CLASSES = ["animals", "buildings", "landscape", "people", "vehicles"]
SETTINGS = ["--arch", "se-resnext-26", "--epochs", "2", "--seed", "5", "--side", "32", "--batch", "8", "--threads", "1"]


def photos(folder):
    number = 0
    for split, count in (("train", 4), ("val", 1), ("test", 1)):
        for name in CLASSES:
            (folder / split / name).mkdir(parents=True)
            for _ in range(count):
                number += 1
                (folder / split / name / f"{number}.jpg").write_bytes(jpeg(number, (48, 40)))
    (folder / "train" / "animals" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no photo")
    return folder


def command(data, out, *more):
    return [binary(), "train", "--data", str(data), "--out", str(out), *SETTINGS, *more]


def train(data, out, *more):
    return subprocess.run(command(data, out, *more), capture_output=True, text=True, timeout=5 * PATIENCE)


def test_a_kill_costs_nothing(tmp_path):
    data = photos(tmp_path / "photos")
    whole, parts, log = tmp_path / "whole.safetensors", tmp_path / "parts.safetensors", tmp_path / "log"
    done = train(data, whole, "--json-log", str(log))
    assert done.returncode == 0, done.stderr
    assert "broken.jpg" in done.stderr and not (tmp_path / "whole.safetensors.state").exists()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line.get("epoch") for line in lines] == [1, 2, None]
    assert lines[2]["classes"] == CLASSES and lines[2]["test_photos"] == 5

    log.unlink()
    process = subprocess.Popen(command(data, parts, "--json-log", str(log)), stderr=subprocess.DEVNULL)
    wait_for("the first epoch", lambda: log.exists() or process.poll() is not None)
    process.kill()
    process.wait()
    if not parts.exists():  # killed before its end, as nearly always
        refused = train(data, parts)
        assert refused.returncode == 1 and "--resume" in refused.stderr
        resumed = train(data, parts, "--resume", "--json-log", str(log))
        assert resumed.returncode == 0, resumed.stderr
    assert whole.read_bytes() == parts.read_bytes()
    shown = subprocess.run([binary(), "model", "show", str(parts)], capture_output=True, text=True)
    assert shown.returncode == 0 and "se-resnext-26-32x4d" in shown.stdout


def test_a_teacher(tmp_path):
    data, teacher, other = photos(tmp_path / "photos"), tmp_path / "teacher.safetensors", tmp_path / "other"
    done = train(data, teacher, "--epochs", "1")
    assert done.returncode == 0, done.stderr
    done = train(data, tmp_path / "pupil.safetensors", "--epochs", "1", "--teacher", str(teacher))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "pupil.safetensors").read_bytes() != teacher.read_bytes()
    for split in ("train", "val"):
        for name in ("a", "b"):
            (other / split / name).mkdir(parents=True)
            for number in range(4):
                (other / split / name / f"{number}.jpg").write_bytes(jpeg(number, (48, 40)))
    done = train(other, tmp_path / "no.safetensors", "--teacher", str(teacher))
    assert done.returncode == 1 and "classes" in done.stderr


def test_wrong_usage(tmp_path):
    for more, word in (([], "--data"), (["--data", str(tmp_path), "--arch", "x", "--out", "y", "--precision", "f8"], "f8")):
        done = subprocess.run([binary(), "train", *more], capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 2 and word in done.stderr, done.stderr
    done = train(tmp_path / "nothing", tmp_path / "out")
    assert done.returncode == 1 and "nothing" in done.stderr

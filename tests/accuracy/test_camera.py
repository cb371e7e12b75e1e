"""Real files of some 120 cameras and phones: what `tintype inspect` says of them, and that they can be developed.

The files lie beside the repository (../shared/data/camera) and are no part of it; without them nothing is measured."""

import json
import os
import pathlib
import subprocess

import pytest

import camera

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("TINTYPE_CAMERA_DATA", ROOT.parent / "shared" / "data" / "camera"))
RIGHT = 0.97

pytestmark = pytest.mark.skipif(not (DATA / "expected.tsv").exists(), reason=f"no camera files at {DATA}")


def binary():
    given = os.environ.get("TINTYPE")
    candidates = [pathlib.Path(given)] if given else [ROOT / "build" / "src" / "cli" / "tintype", ROOT / "build" / "tintype"]
    for candidate in candidates:
        if candidate.exists():
            return str(candidate)
    pytest.fail("build tintype first, or set TINTYPE to the program")


def inspect(files):
    done = subprocess.run([binary(), "inspect", "--json", *files], stdout=subprocess.PIPE, timeout=600, check=False)
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [line["file"] for line in lines] == files
    assert done.returncode == (1 if any("error" in line for line in lines) else 0)
    return lines


@pytest.fixture(scope="module")
def rows():
    return camera.load(DATA / "expected.tsv")


def test_facts(rows):
    rows = [row for row in rows if row["decodable"] == "yes"]
    asked = wrong = 0
    for row, got in zip(rows, inspect([str(DATA / row["file"]) for row in rows])):
        count, differs = camera.differences(row, got)
        asked += count
        wrong += len(differs)
        for fact, want, value in differs:
            print(f"{row['file']}: {fact}: wanted {want!r}, got {value!r} {got.get('error', '')}")
    print(f"{asked - wrong} of {asked} facts right: {100 * (1 - wrong / asked):.2f} %")
    assert asked > 2000
    assert 1 - wrong / asked >= RIGHT


def test_what_cannot_be_decoded_is_answered(rows):
    """Broken files get the facts that are left or a reason, quickly, and none ends the others."""
    files = [str(DATA / row["file"]) for row in rows if row["decodable"] != "yes"]
    for line in inspect(files):
        assert line.get("error") or line.get("type")


def test_develops(rows, tmp_path):
    """All that can be decoded goes through an import: facts, thumbnail, preview and plane."""
    files = [str(DATA / row["file"]) for row in rows if row["decodable"] == "yes"]
    done = subprocess.run([binary(), "import", "--library", str(tmp_path / "library"), "--in-place", "--json", *files],
                          stdout=subprocess.PIPE, timeout=1800, check=False)
    result = json.loads(done.stdout.decode().splitlines()[-1])
    for rejected in result["rejected"]:
        print(rejected)
    assert result["rejected"] == []
    assert result["seen"] == len(files)
    assert result["imported"] + result["duplicates"] == len(files)

"""The C network against its PyTorch twin (tools/reference/twin.py): the same raw outputs for real photos.

The photos lie beside the repository (../shared/data) and are no part of it; without them nothing is measured."""

import json
import os
import pathlib
import random
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("TINTYPE_FIVE_DATA", ROOT.parent / "shared" / "data" / "five"))
MODELS = sorted((ROOT / "models").glob("se-resnext-*.safetensors"))
PHOTOS = 50
# of logits up to about 6: single precision, then what bfloat16 and int8 may lose
TOLERANCE = {"f32": 1e-4, "bf16": 0.08, "int8": 1.0}

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"no photos at {DATA}")
torch = pytest.importorskip("torch", reason="python3-torch is not installed")
sys.path.insert(0, str(ROOT / "tools" / "reference"))


def binary():
    given = os.environ.get("TINTYPE")
    candidates = [pathlib.Path(given)] if given else [ROOT / "build" / "src" / "cli" / "tintype"]
    for candidate in candidates:
        if candidate.exists():
            return str(candidate)
    pytest.fail("build tintype first, or set TINTYPE to the program")


@pytest.fixture(scope="module")
def photos():
    files = sorted(str(p) for p in DATA.glob("test/*/*.webp"))
    return random.Random(1).sample(files, PHOTOS)


@pytest.fixture(scope="module", params=MODELS, ids=lambda m: m.stem)
def wanted(request, photos):
    from PIL import Image
    from twin import FIVE, Twin

    torch.set_num_threads(1)
    twin = Twin(str(request.param))
    rows = [twin.logits([Image.open(p)])[0] for p in photos]
    return request.param, [dict(zip(FIVE, map(float, row))) for row in rows]


@pytest.mark.parametrize("precision", TOLERANCE)
def test_logits_agree(wanted, photos, precision):
    model, rows = wanted
    done = subprocess.run([binary(), "classify", "--json", "--logits", "--model", str(model), "--set",
                           f"model.precision={precision}", *photos], stdout=subprocess.PIPE, timeout=600, check=True)
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [line["file"] for line in lines] == photos
    off = max(abs(line["logits"][name] - row[name]) for line, row in zip(lines, rows) for name in row)
    print(f"{model.stem} {precision}: at most {off:.2g} off")
    assert off <= TOLERANCE[precision]
    for line in lines:
        assert line["class"] == max(line["classes"], key=line["classes"].get)
        assert abs(sum(line["classes"].values()) - 1) < 1e-4

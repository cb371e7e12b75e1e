"""The C networks for faces against their PyTorch twins (tools/reference/face_nets.py, face_embedder.py).

Runs face-probe of the build (FACE_PROBE names another) on real photos, or on noise where they are not there, with the
models that ship and with random weights: the detector's three maps and the embedder's vectors."""
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="python3-torch is not installed")
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools" / "reference"), str(Path(__file__).resolve().parent)]
import face_embedder  # noqa: E402
import face_nets  # noqa: E402
from train_twin import read_safetensors, write_safetensors  # noqa: E402

DATA = Path(os.environ.get("TINTYPE_FIVE_DATA", ROOT.parent / "shared" / "data" / "five"))
PHOTOS = 20
TOLERANCE = {"f32": 1e-4, "bf16": 0.05}  # of the largest number of a map; of a vector's length
KINDS = {"detector": (face_nets, face_nets.Detector), "embedder": (face_embedder, face_embedder.Embedder)}


def probe():
    built = Path(os.environ.get("TINTYPE_BUILD", ROOT / "build")) / "tests" / "unit" / "vision" / "face-probe"
    program = Path(os.environ.get("FACE_PROBE", built))
    if not program.exists():
        pytest.skip("face-probe is not built")
    return str(program)


def run(model, given, precision, tmp_path):
    source, answer = tmp_path / "in.safetensors", tmp_path / "out.safetensors"
    write_safetensors(source, given, {})
    done = subprocess.run([probe(), model, source, answer, precision], stderr=subprocess.PIPE, text=True, timeout=300,
                          check=False)
    assert done.returncode == 0, done.stderr
    return read_safetensors(answer)


def random_model(kind, path):
    torch.manual_seed(5)
    module, network = KINDS[kind]
    net = network()
    for part in net.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_mean.uniform_(-0.2, 0.2)
            part.running_var.uniform_(0.6, 1.4)
            part.weight.data.uniform_(0.7, 1.3)
            part.bias.data.uniform_(-0.2, 0.2)
    module.save(path, net, {"version": "1"})


@pytest.fixture(scope="module")
def photos():
    from PIL import Image

    files = sorted(DATA.glob("test/people/*.webp"))
    if files:
        return [Image.open(p).convert("RGB") for p in random.Random(1).sample(files, PHOTOS)]
    noise = np.random.default_rng(1)
    return [Image.fromarray(noise.integers(0, 255, (90, 120, 3), np.uint8)) for _ in range(PHOTOS)]


@pytest.fixture(scope="module", params=["ships", "random"])
def model(request, tmp_path_factory):
    def of(kind):
        path = ROOT / "models" / f"faces-{kind}-1.safetensors"
        if request.param == "ships":
            if not path.exists():
                pytest.skip(f"no {path.name}")
            return path
        path = tmp_path_factory.mktemp("faces") / f"{kind}.safetensors"
        random_model(kind, path)
        return path
    torch.set_num_threads(1)
    return of


@pytest.mark.parametrize("precision", TOLERANCE)
def test_maps_agree(model, photos, precision, tmp_path):
    path, off = model("detector"), 0
    net, _ = face_nets.load(str(path))
    for photo in photos:
        canvas, _ = face_nets.canvas(photo, 320)
        with torch.no_grad():
            wanted = [m[0].numpy() for m in net(canvas)]
        got = run(path, {"canvas": canvas[0].numpy()}, precision, tmp_path)
        for level, want in enumerate(wanted):
            off = max(off, np.abs(got[f"map{level}"] - want).max() / np.abs(want).max())
    print(f"detector {precision}: at most {off:.2g} of the largest off")
    assert off <= TOLERANCE[precision]


@pytest.mark.parametrize("precision", TOLERANCE)
def test_vectors_agree(model, photos, precision, tmp_path):
    path = model("embedder")
    net, _ = face_embedder.load(str(path))
    aligned = np.stack([np.asarray(p.resize((112, 112)), np.uint8) for p in photos])
    wanted = face_embedder.vectors(net, aligned)
    got = run(path, {"aligned": aligned.astype(np.float32)}, precision, tmp_path)["vectors"]
    off = np.linalg.norm(got - wanted, axis=1).max()
    print(f"embedder {precision}: at most {off:.2g} off")
    assert off <= TOLERANCE[precision]

"""Faces of known persons are put into persons by tt_cluster() at the usual confidence: BCubed precision, recall and F on
`faces/ident` and on the persons of LFW's pairs, with our vectors and beside them with those of the reference embedder.

cluster-probe of the build (CLUSTER_PROBE names another) does it; pairs.py says where the pictures and weights lie. The
faces count as good ones of photos of their own, and groups of one count. src/vision/README.md says what limits it."""

import os
import pathlib
import struct
import subprocess
import sys

import pytest

pytest.importorskip("torch", reason="python3-torch is not installed")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
cv2 = pytest.importorskip("cv2", reason="python3-opencv is not installed")
np = pytest.importorskip("numpy")
pairs = pytest.importorskip("pairs", reason="pairs.py is not there")

BUILD = pathlib.Path(os.environ.get("TINTYPE_BUILD", pairs.ROOT / "build"))
PROBE = pathlib.Path(os.environ.get("CLUSTER_PROBE", BUILD / "tests" / "unit" / "vision" / "cluster-probe"))
IDENT = pairs.DATA / "faces" / "ident"
pytestmark = [
    pytest.mark.skipif(not PROBE.exists(), reason="cluster-probe is not built"),
    pytest.mark.skipif(not (IDENT.exists() and pairs.REFERENCE.exists()), reason=f"no faces at {pairs.DATA}"),
]

CONFIDENCE, NEIGHBOURS, DIM = 0.72, 32, 256  # people.confidence, people.neighbours
REFERENCE_SAME = "31.02 -6.16"  # fitted on all pairs of pins, kpop and indianactors


def bcubed(truth, group):
    """Precision, recall and F; group -1: alone."""
    truth = np.unique(truth, return_inverse=True)[1]
    group = np.where(group < 0, group.max() + 1 + np.arange(len(group)), group)
    group = np.unique(group, return_inverse=True)[1]
    _, pair, both = np.unique(truth.astype(np.int64) * len(group) + group, return_inverse=True, return_counts=True)
    precision = float(np.mean(both[pair] / np.bincount(group)[group]))
    recall = float(np.mean(both[pair] / np.bincount(truth)[truth]))
    return precision, recall, 2 * precision * recall / (precision + recall)


def cluster(vectors, same, folder):
    """The group of each vector; longer ones are turned so that 256 numbers keep the most of them."""
    if vectors.shape[1] > DIM:
        vectors = vectors @ np.linalg.eigh(vectors.T @ vectors)[1][:, -DIM:]
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    np.round(vectors * 127).astype(np.int8).tofile(folder / "vectors")
    done = subprocess.run([PROBE, folder / "vectors", str(CONFIDENCE), str(NEIGHBOURS), same], stdout=subprocess.PIPE,
                          check=True)
    return np.array(done.stdout.split(), int)


def say(what, who, persons, group):
    got = bcubed(persons, group)
    print(f"{what}, {who}: {len(persons)} faces of {len(set(persons))} persons, {len(set(group))} groups, "
          "precision %.3f, recall %.3f, F %.3f" % got)
    return got


def metadata_same():
    """The calibration in our weights' metadata, the usual one of vision/same.c without."""
    import json
    with open(pairs.MODEL, "rb") as f:
        head = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
    return head.get("__metadata__", {}).get("same", "22 -7.5")


@pytest.fixture(scope="module")
def ident():
    """Aligned crops, their persons."""
    files = sorted(IDENT.glob("*/*.webp"))
    faces = [cv2.imread(str(f))[8:120, 8:120, ::-1] for f in files]
    return np.stack(faces), np.array([f.parent.name for f in files])


def test_measure():
    got = bcubed(np.array([1, 1, 1, 2]), np.array([0, 0, 1, 1]))
    assert np.allclose(got[:2], [(1 + 1 + .5 + .5) / 4, (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4])
    assert bcubed(np.array([1, 2]), np.array([-1, -1])) == (1, 1, 1)


def test_ident_by_the_reference(ident, tmp_path):
    faces, persons = ident
    got = say("ident", "reference", persons, cluster(pairs.Reference().vectors(faces), REFERENCE_SAME, tmp_path))
    assert got[0] >= 0.84 and got[2] >= 0.74


@pytest.mark.skipif(not pairs.MODEL.exists(), reason=f"no weights {pairs.MODEL.name}: no embedder ships yet")
def test_ident(ident, tmp_path):
    import face_embedder
    faces, persons = ident
    vectors = face_embedder.vectors(face_embedder.load(pairs.MODEL)[0], faces)
    assert vectors.shape[1] == DIM
    say("ident", "tintype", persons, cluster(vectors, metadata_same(), tmp_path))


@pytest.mark.skipif(not pairs.MODEL.exists(), reason=f"no weights {pairs.MODEL.name}: no embedder ships yet")
def test_lfw(tmp_path):
    names = sorted({name for pair in pairs.lfw_pairs(pairs.FOLDS) for name in pair[:2]})
    found = pairs.faces_of(names)
    persons = np.array([name.split("/")[0] for name in found])
    assert len(found) >= len(names) - 8
    vectors = np.stack([v for v, _ in found.values()])
    say("LFW", "tintype", persons, cluster(vectors, metadata_same(), tmp_path))

"""The embedder tells persons apart: on LFW through the whole program, and in families that it was not trained on,
beside the reference embedder on a part of the pairs. `pairs.py` writes tables and curves of all of them.

Pictures and reference lie beside the repository (../shared/data) and are no part of it; without them nothing is
measured."""

import pathlib
import sys

import pytest

pytest.importorskip("torch", reason="python3-torch is not installed")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import pairs  # noqa: E402

pytestmark = [
    pytest.mark.skipif(not (pairs.LFW.exists() and pairs.REFERENCE.exists()), reason=f"no faces at {pairs.DATA}"),
    pytest.mark.skipif(not pairs.MODEL.exists(), reason=f"no weights {pairs.MODEL.name}: no embedder ships yet"),
]

# below this an embedder does not ship: LFW accuracy and TAR at FAR 0.1 %, families' accuracy and TAR at FAR 1 %
LEAST_LFW = (0.935, 0.67)
LEAST_FAMILIES = (0.80, 0.28)
LEAST_REFERENCE_LFW, LEAST_REFERENCE_FAMILIES = 0.98, 0.85  # a reference below that was fed wrongly


def say(what, who, cosines, same, fold, rate):
    got = pairs.accuracy(cosines, same, fold), pairs.accepted(cosines, same, rate)
    print(f"{what}, {who}: accuracy {got[0]:.4f}, {100 * rate:g} % false acceptances: {got[1]:.4f}")
    return got


def test_lfw():
    same, fold, cosines, lost = pairs.lfw()
    assert len(same) == 3000
    assert lost <= 8
    got = say("LFW", "tintype", cosines["tintype"], same, fold, 0.001)
    assert got[0] >= LEAST_LFW[0] and got[1] >= LEAST_LFW[1]


def test_lfw_beside_the_reference():
    same, fold, cosines, _ = pairs.lfw(folds=1, reference=True)
    assert len(same) == 600
    say("LFW fold 1", "tintype", cosines["tintype"], same, fold, 0.01)
    got = say("LFW fold 1", "reference", cosines["reference"], same, fold, 0.01)
    assert got[0] >= LEAST_REFERENCE_LFW


def test_families_left_out():
    same, fold, cosines = pairs.families(every=4, reference=True)
    assert abs(same.mean() - 0.5) < 0.01  # as many pairs of each kind
    got = say("families", "tintype", cosines["tintype"], same, fold, 0.01)
    reference = say("families", "reference", cosines["reference"], same, fold, 0.01)
    assert got[0] >= LEAST_FAMILIES[0] and got[1] >= LEAST_FAMILIES[1]
    assert reference[0] >= LEAST_REFERENCE_FAMILIES

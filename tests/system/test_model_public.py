"""Public ImageNet weights: files of their forms with random numbers, compared with PyTorch, added to a library, refused.

Skipped where PyTorch is absent: it makes the files."""

import pathlib
import sys
import types

import pytest
from PIL import Image

from cli import check_sound, imported, rows, tintype
from harness import wait_for
from make_photos import jpeg, picture

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch", reason="python3-torch is not installed")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "reference"))

from public import Public, published_name, random_net, write  # noqa: E402  (the path is set above)
from twin import FIVE, LAYERS, Twin  # noqa: E402

SMALL = LAYERS["se-resnext-26-32x4d"]


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """make(form, kind, layers, change) -> path of a file; `change` may spoil its tensors."""
    folder, nets = tmp_path_factory.mktemp("public"), {}

    def build(form="timm", kind="F16", layers=SMALL, change=None, name="public"):
        if (form, layers) not in nets:
            nets[form, layers] = random_net(layers, form).state_dict()
        tensors = {published_name(n, form): t for n, t in nets[form, layers].items()}
        if change:
            change(tensors)
        path = folder / f"{name}.safetensors"
        write(path, tensors, kind, {"format": "pt"})
        return path

    return build


def summed(tree, p):
    """Labels and classes as the tree of `model show --json` says: {name: probability}, {class: probability}."""
    own = [sum(p[a:b + 1].sum() for a, b in row["outputs"]) for row in tree]
    labels, classes = {}, dict.fromkeys(FIVE, 0.0)
    for i, row in enumerate(tree):
        total = own[i]
        for below, value in zip(tree[i + 1:], own[i + 1:]):
            if below["depth"] <= row["depth"]:
                break
            total += value
        if row["depth"]:
            labels[row["name"]] = total
        if row["class"]:
            classes[row["class"]] += own[i]
    return labels, {name: value / sum(classes.values()) for name, value in classes.items()}


def test_the_tree(make):
    """Every output is in one row at most, and some that everybody knows are where they belong."""
    tree = tintype("model", "show", "--json", make()).last["label_tree"]
    of = {}
    for row in tree:
        for first, last in row["outputs"]:
            for output in range(first, last + 1):
                assert output not in of, (output, row["name"], of[output])
                of[output] = (row["name"], row["class"])
    assert len({row["name"] for row in tree}) == len(tree) > 150 and max(of) < 1000
    known = {1: "goldfish", 145: "penguin", 207: "dog", 281: "cat", 291: "lion", 340: "zebra", 404: "aeroplane",
             483: "castle", 817: "sports car", 839: "bridge", 949: "fruit", 963: "pizza", 970: "mountain", 978: "beach",
             980: "volcano", 982: "bride or groom", 985: "flower"}
    assert {k: of[k][0] for k in known} == known
    assert of[817][1] == "vehicles" and of[483][1] == "buildings" and of[963][1] is None


@pytest.mark.parametrize("form, layers, kind", [("timm", "26", "F32"), ("deep", "26", "BF16"), ("module", "26", "F16"),
                                                ("legacy", "50", "F16")])
def test_the_twin_says_the_same(make, tmp_path, form, layers, kind):
    layers = LAYERS[f"se-resnext-{layers}-32x4d"]
    path = make(form, kind, layers)
    files = [tmp_path / f"{n}.png" for n in range(3)]
    for n, file in enumerate(files):
        picture(n, size=[(320, 240), (300, 420), (256, 256)][n]).save(file)
    lines = tintype("classify", "--json", "--logits", "--set", "model.precision=f32", "--model", path, *files).lines
    tree = tintype("model", "show", "--json", path).last["label_tree"]

    torch.set_num_threads(1)
    spec = types.SimpleNamespace(resize=256, crop=224)
    logits = Public(path, form, layers).logits([Twin.pixels(spec, Image.open(f)) for f in files])
    for line, row in zip(lines, logits):
        p = torch.softmax(torch.from_numpy(row).double(), 0).numpy()
        labels, classes = summed(tree, p)
        wanted = {name: value for name, value in labels.items() if value >= 0.2}
        for name, value in classes.items():
            assert abs(line["logits"][name] - np.log(value)) < 2e-3
            assert abs(line["classes"][name] - value) < 1e-3
        got = {label["name"]: label["confidence"] for label in line["labels"]}
        for name in set(got) | set(wanted):
            assert abs(got.get(name, 0.2) - labels[name]) < 1e-3
    assert len({round(line["classes"]["animals"], 6) for line in lines}) == 3


def renamed(old, new):
    return lambda tensors: tensors.__setitem__(new, tensors.pop(old))


def changed(name, fn):
    return lambda tensors: tensors.__setitem__(name, fn(tensors[name]))


HOSTILE = {
    "100 outputs": (changed("fc.weight", lambda t: t[:100]), "outputs"),
    "no last layer": (renamed("fc.weight", "classifier.weight"), "fc"),
    "a block missing": (renamed("layer3.0.conv1.weight", "layer3.0.conv9.weight"), "SE-ResNeXt"),
    "groups of eight": (changed("layer1.0.conv2.weight", lambda t: torch.cat([t, t], 1)), "32x4d"),
    "another attention": (renamed("layer1.0.se.fc1.weight", "layer1.0.se.conv.weight"), "squeeze-excite"),
    "more than the network has": (lambda t: t.__setitem__("layer1.0.extra.weight", torch.ones(3)), "another form"),
    "the same tensor twice": (lambda t: t.__setitem__("module.fc.bias", t["fc.bias"]), "two tensors"),
    "not a number": (changed("layer4.1.conv3.weight", lambda t: t * float("nan")), "no numbers"),
    "a shape exchanged": (changed("layer2.0.conv3.weight", lambda t: t.transpose(0, 1).contiguous()), "shape"),
    "a norm missing": (renamed("layer2.0.bn1.running_var", "layer2.0.bn1.running_war"), "running_var"),
    "a negative variance": (changed("bn1.running_var", lambda t: t * 0 - 1), "variance"),
    "whole numbers": (changed("layer1.0.conv1.weight", lambda t: t.round().long()), "floating-point"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_others_are_refused_with_a_reason(make, tmp_path, case):
    change, reason = HOSTILE[case]
    path = make(change=change)
    library = tmp_path / "library"
    refused = tintype("model", "add", path, "--library", library, status=1)
    assert reason in refused.err and not list(library.glob("models/*"))


def guesses(library):
    return {photo: version for photo, version in rows(library, "SELECT photo, version FROM guess")}


def test_a_library_takes_it_and_goes_back(make, start_server, tmp_path):
    library = tmp_path / "library"
    server = start_server(library=library)
    owner = server.owner()
    ids = [r["id"] for r in owner.upload([(f"{n}.jpg", jpeg(n)) for n in range(4)])]
    for photo in ids:
        owner.wait_done(photo)
    owner.put(f"/api/v1/photos/{ids[0]}/class", json={"class": "vehicles"}, expect=200)
    facts, first = owner.get("/api/v1/facts").json(), guesses(library)

    path = make(form="legacy", name="legacy net")
    added = tintype("model", "add", "--json", path, "--library", library)
    assert added.last["name"] == "legacy-net" and added.last["origin"] == "timm legacy"
    assert (library / "models" / "legacy-net.safetensors").read_bytes() == path.read_bytes()
    tintype("model", "add", path, "--library", library)  # a second time is no mistake
    other = make(form="timm", name="other")
    tintype("model", "add", other, "--library", library, "--name", "legacy-net", status=1)
    assert sorted(p.name for p in (library / "models").iterdir()) == ["current", "legacy-net.safetensors"]
    assert guesses(library) == first  # not before the next start

    def restarted():
        assert server.stop() == 0
        server.start()
        owner.url = server.url
        wait_for("all are classified anew", lambda: owner.get("/api/v1/jobs").json()["waiting"] == 0)
        assert owner.get("/api/v1/facts").json() == facts and owner.photo(ids[0])["class"] == "vehicles"
        return guesses(library)

    second = restarted()
    assert set(second) == set(first) and all(v.startswith("legacy-net-") for v in second.values())
    listed = tintype("model", "list", "--json", "--library", library).lines
    used = [row["name"] for row in listed if row["in_use"] and not row["architecture"].startswith("tt-face-")]
    assert used == ["legacy-net"]
    tintype("model", "use", "shipped", "--library", library)
    assert restarted() == first
    check_sound(library)


def test_choosing(make, tmp_path):
    library = tmp_path / "library"
    assert "--library" in tintype("model", "add", make(), status=2).err
    for name in ("none", "../public", "", "shipped/.."):
        assert tintype("model", "use", name, "--library", library, status=1).err
    tintype("model", "use", "shipped", "--library", library)
    for name in ("shipped", "a/b", ".hidden", "x" * 64):
        assert name in tintype("model", "add", make(), "--name", name, "--library", library, status=1).err
    tintype("model", "add", make(name="mine"), "--library", library)
    (library / "photo.jpg").write_bytes(jpeg(1))
    for spoiled in ("../../etc\n", "gone\n", "x" * 200):
        (library / "models" / "current").write_text(spoiled)
        assert "tintype model use" in tintype("import", "--library", library, library / "photo.jpg", status=1).err
        assert tintype("model", "list", "--library", library).out
    tintype("model", "use", "mine", "--library", library)
    assert imported(library, library / "photo.jpg")["imported"] == 1
    assert all(version.startswith("mine-") for version in guesses(library).values())

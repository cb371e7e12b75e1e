"""Every command: what it prints, where, and how it ends."""

import json
import os
import pathlib
import pty
import shutil
import signal
import subprocess

import pytest

from cli import imported, originals, rows, tintype
from harness import PASSWORD, PATIENCE, binary
from make_photos import broken_jpeg, jpeg, png

COMMANDS = ["serve", "import", "inspect", "classify", "faces", "people", "facts", "eval", "albums", "search", "user", "doctor", "model", "train"]
CLASSES = ["people", "animals", "landscape", "vehicles", "buildings"]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    for n in range(4):
        (root / f"{n}.jpg").write_bytes(jpeg(n, taken=f"2019:05:0{n + 1} 10:11:12", offset="+09:00", make="Maker", model=f"Zeta{n}"))
    (root / "five.png").write_bytes(png(5))
    return root


@pytest.fixture(scope="module")
def library(photos, tmp_path_factory):
    path = tmp_path_factory.mktemp("cli") / "library"
    imported(path, photos)
    return path


# ---- the frame


def test_help_names_every_command():
    for args in (["help"], ["--help"], ["-h"]):
        result = tintype(*args)
        assert all(f"  {name} " in result.out for name in COMMANDS) and result.err == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command(name):
    result = tintype(name, "--help")
    assert result.out.startswith(f"usage: tintype {name}") and "--help" in result.out and result.err == ""
    assert tintype("help", name).out == result.out
    assert max(map(len, result.out.splitlines())) <= 120


def test_version():
    for args in (["version"], ["--version"]):
        assert tintype(*args).out.split() == ["tintype", tintype("version").out.split()[1]]


def test_no_command_and_unknown_command():
    assert "usage" in tintype(status=2).err
    result = tintype("imprt", status=2)
    assert "imprt" in result.err and result.out == ""
    assert tintype("help", "imprt", status=2).out == ""


def test_settings_are_described():
    out = tintype("help", "settings").out
    assert "jobs.batch" in out and "ingest.max_file_bytes" in out


WRONG = [
    ["import", "/tmp"],
    ["import", "--library"],
    ["import", "--library", "L"],
    ["import", "--library", "L", "--nosuch", "x"],
    ["import", "--library", "L", "--json=yes", "x"],
    ["import", "--library", "L", "--workers", "many", "x"],
    ["import", "--library", "L", "--set", "jobs.batch", "x"],
    ["import", "--library", "L", "--set", "jobs.batch=0", "x"],
    ["import", "--library", "L", "--set", "no.such=1", "x"],
    ["import", "--library", "L", "--config", "/no/such/file", "x"],
    ["serve"],
    ["serve", "--library", "L", "extra"],
    ["classify"],
    ["faces"],
    ["inspect"],
    ["albums"],
    ["albums", "--library", "L", "extra"],
    ["search", "--library", "L"],
    ["user", "--library", "L"],
    ["user", "--library", "L", "remove", "x"],
    ["user", "--library", "L", "add"],
    ["user", "--library", "L", "list", "x"],
    ["doctor"],
    ["model"],
    ["train"],
    ["eval", "--nosuch"],
]


@pytest.mark.parametrize("args", WRONG, ids=" ".join)
def test_wrong_usage(args, tmp_path):
    args = [str(tmp_path / "none") if a == "L" else a for a in args]
    result = tintype(*args, status=2)
    assert result.out == "" and len(result.err) > 10
    assert f"try 'tintype {args[0]} --help'" in result.err
    assert not (tmp_path / "none").exists()


def test_library_by_environment(library):
    assert tintype("albums", "--json", env={"TINTYPE_LIBRARY": str(library)}).last["smart"]


def test_settings_by_file_and_environment(photos, tmp_path):
    config = tmp_path / "my.conf"
    config.write_text("# small\ningest.max_file_bytes = 1024\n")
    summary = imported(tmp_path / "a", "--config", config, photos, status=1)
    assert summary["imported"] == 0 and "1024" in summary["rejected"][0]["reason"]
    summary = imported(tmp_path / "b", photos, status=1, env={"TINTYPE_INGEST_MAX_FILE_BYTES": "1024"})
    assert summary["imported"] == 0
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "tintype.conf").write_text("ingest.max_file_bytes = 1024\n")
    assert imported(tmp_path / "c", photos, status=1)["imported"] == 0
    assert imported(tmp_path / "c", "--set", "ingest.max_file_bytes=100000", photos)["imported"] == 5


def test_a_full_disk_behind_stdout(library, photos):
    for args in (["albums", "--library", library, "--json"], ["help"], ["inspect", "--json", photos / "0.jpg"], ["version"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([binary(), *map(str, args)], stdin=subprocess.DEVNULL, stdout=full,
                                  stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
        assert done.returncode == 1 and b"standard output" in done.stderr, args


def test_manual(tmp_path):
    text = tintype("help", "--man").out
    assert text.startswith(".TH TINTYPE 1")
    assert all(f".SS tintype {name} " in text for name in COMMANDS)
    if not shutil.which("groff"):
        pytest.skip("no groff to read the manual with")
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=text.encode(), capture_output=True, check=True)
    assert done.stderr == b""


# ---- one command after the other


def test_inspect(photos, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(broken_jpeg())
    (tmp_path / "text.jpg").write_text("hello")
    files = [photos / "0.jpg", tmp_path / "bad.jpg", photos / "five.png", tmp_path / "none.jpg", tmp_path / "text.jpg"]
    result = tintype("inspect", "--json", *files, status=1)
    good, bad, small, none, text = result.lines
    assert [line["file"] for line in result.lines] == [str(f) for f in files]
    assert (good["type"], good["width"], good["height"]) == ("image/jpeg", 320, 240)
    assert (good["taken"], good["offset"], good["make"], good["model"]) == ("2019-05-01T10:11:12", "+09:00", "Maker", "Zeta0")
    assert "lat" not in good and "duration_s" not in good
    assert (small["type"], small["width"], small["height"]) == ("image/png", 64, 48)
    assert all(set(line) == {"file", "error"} and line["error"] for line in (none, text))
    assert "error" in bad or bad["type"] == "image/jpeg"
    assert tintype("inspect", photos / "0.jpg").out != ""


def test_classify(photos, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(broken_jpeg())
    files = [photos / "0.jpg", tmp_path / "bad.jpg", photos / "five.png"]
    lines = tintype("classify", "--json", *files, status=1).lines
    assert [line["file"] for line in lines] == [str(f) for f in files]
    for line in (lines[0], lines[2]):
        assert set(line) == {"file", "class", "confidence", "classes", "labels", "ms"}
        assert set(line["classes"]) == set(CLASSES) and abs(sum(line["classes"].values()) - 1) < 1e-3
        assert line["confidence"] == pytest.approx(max(line["classes"].values()), abs=1e-6)
        assert line["classes"][line["class"]] == pytest.approx(line["confidence"], abs=1e-6)
        assert all(set(label) == {"name", "confidence"} for label in line["labels"]) and line["ms"] > 0
    assert set(lines[1]) == {"file", "error"}
    assert tintype("classify", "--json", photos / "0.jpg").last["class"] == lines[0]["class"]


def test_classify_agrees_with_import(photos, library):
    lines = {pathlib.Path(l["file"]).name: l for l in tintype("classify", "--json", *photos.iterdir()).lines}
    stored = dict(rows(library, "SELECT p.name, g.class FROM photo p JOIN guess g ON g.photo = p.id"))
    assert {name: CLASSES.index(line["class"]) if isinstance(stored[name], int) else line["class"]
            for name, line in lines.items()} == stored


def test_albums(library):
    answer = tintype("albums", "--library", library, "--json").last
    assert [a["name"] for a in answer["smart"]] == CLASSES + ["unclassified"]
    assert sum(a["count"] for a in answer["smart"]) == 5 and answer["albums"] == []
    text = tintype("albums", "--library", library).out
    assert all(name in text for name in CLASSES)


def test_own_albums_are_listed(start_server, photos, tmp_path):
    server = start_server(library=tmp_path / "library")
    owner = server.owner()
    ids = [r["id"] for r in owner.upload([("0.jpg", (photos / "0.jpg").read_bytes())])]
    album = owner.post("/api/v1/albums", json={"name": "Sea"}, expect=201).json()["id"]
    owner.post(f"/api/v1/albums/{album}/photos", json={"ids": ids}, expect=200)
    answer = tintype("albums", "--library", server.library, "--json").last
    assert answer["albums"] == [{"id": album, "name": "Sea", "count": 1}]


def test_search(library):
    lines = tintype("search", "--library", library, "--json", "zeta2").lines
    assert [line["file"] for line in lines] == ["2.jpg"]
    assert lines[0]["class"] in CLASSES and len(lines[0]["sha256"]) == 64 and lines[0]["taken"] == "2019-05-03T10:11:12"
    assert len(tintype("search", "--library", library, "--json", "2019").lines) == 4
    assert len(tintype("search", "--library", library, "--json", "--limit", "2", "2019").lines) == 2
    assert tintype("search", "--library", library, "--json", "nothing-like-this").out == ""
    assert "2.jpg" in tintype("search", "--library", library, "zeta2").out


@pytest.mark.parametrize("command", [["albums"], ["doctor"], ["search", "x"]])
def test_no_library(command, tmp_path):
    result = tintype(command[0], "--library", tmp_path / "none", *command[1:], status=1)
    assert "no library" in result.err and result.out == ""
    assert not (tmp_path / "none").exists()


def test_users(tmp_path):
    library = tmp_path / "library"
    password = (PASSWORD + "\n").encode()
    tintype("user", "add", "ann", "--library", library, "--password-stdin", stdin=password)
    tintype("user", "add", "--library", library, "--password-stdin", "bob", stdin=password)
    assert [(u["name"], u["role"]) for u in tintype("user", "list", "--library", library, "--json").last] == [
        ("ann", "owner"), ("bob", "member")]
    assert "ann" in tintype("user", "list", "--library", library).out
    assert "already" in tintype("user", "add", "BOB", "--library", library, "--password-stdin", stdin=password, status=1).err
    assert tintype("user", "add", "eve", "--library", library, "--password-stdin", stdin=b"short\n", status=1).err
    assert tintype("user", "add", "eve", "--library", library, "--password-stdin", status=1).err
    assert "terminal" in tintype("user", "add", "eve", "--library", library, status=1).err
    tintype("user", "passwd", "bob", "--library", library, "--password-stdin", stdin=b"another long secret\n")
    assert tintype("user", "passwd", "eve", "--library", library, "--password-stdin", stdin=password, status=1).err
    assert tintype("albums", "--library", library, "--user", "eve", status=1).err
    assert PASSWORD.encode() not in (library / "tintype.db").read_bytes()


def test_password_from_a_terminal(tmp_path):
    """Typed twice, and never shown."""
    parent, child = pty.openpty()
    process = subprocess.Popen([binary(), "user", "add", "ann", "--library", str(tmp_path / "library")], stdin=child,
                               stdout=subprocess.PIPE, stderr=child, start_new_session=True)
    os.close(child)
    shown = b""
    for prompt in (b"password: ", b"once more: "):
        while not shown.endswith(prompt):
            shown += os.read(parent, 1000)
        os.write(parent, PASSWORD.encode() + b"\n")
    try:
        while chunk := os.read(parent, 1000):
            shown += chunk
    except OSError:
        pass
    assert process.wait(PATIENCE) == 0
    os.close(parent)
    assert PASSWORD.encode() not in shown
    assert tintype("user", "list", "--library", tmp_path / "library", "--json").last[0]["name"] == "ann"


def test_progress_on_a_terminal(photos, tmp_path):
    parent, child = pty.openpty()
    process = subprocess.Popen([binary(), "import", "--library", str(tmp_path / "library"), str(photos)],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=child)
    os.close(child)
    shown = b""
    try:
        while chunk := os.read(parent, 1000):
            shown += chunk
    except OSError:
        pass
    out = process.stdout.read()
    assert process.wait(PATIENCE) == 0
    assert b"reading" in shown and b"5 imported" in out


# ---- doctor


@pytest.fixture
def own(photos, tmp_path):
    imported(tmp_path / "library", photos)
    return tmp_path / "library"


def findings(library, *args, status=1):
    return tintype("doctor", "--library", library, "--json", *args, status=status).last["findings"]


def test_doctor_on_a_sound_library(own):
    report = tintype("doctor", "--library", own, "--json").last
    assert report["sound"] and report["findings"] == []
    assert (report["originals"], report["derived"]) == (5, 10)
    assert report["version"] in tintype("version").out and pathlib.Path(report["model"]).exists()
    assert "nothing is wrong" in tintype("doctor", "--library", own).out


def test_doctor_finds_what_is_wrong(own):
    names = sorted(originals(own))
    (own / names[0]).unlink()
    (own / names[1]).write_bytes(b"short")
    data = bytearray((own / names[2]).read_bytes())
    data[-1] ^= 1
    (own / names[2]).write_bytes(data)
    found = findings(own)
    assert sorted(f["what"].split(":")[0] for f in found) == names[:2]
    assert all(f["serious"] and f["todo"] for f in found)
    found = findings(own, "--hash")
    assert sorted(f["what"].split(":")[0] for f in found) == names[:3]
    text = tintype("doctor", "--library", own, status=1).out
    assert "SERIOUS" in text and names[0] in text


def test_doctor_repairs_what_can_be_made_anew(own):
    derived = sorted(own.glob("derived/**/*.webp"))
    before = {p: p.read_bytes() for p in derived}
    for path in derived[:3]:
        path.unlink()
    found = findings(own)
    assert found and not any(f["serious"] for f in found)
    assert findings(own, "--repair")
    imported(own, own / "originals", status=0)
    assert {p: p.read_bytes() for p in sorted(own.glob("derived/**/*.webp"))} == before
    assert findings(own, status=0) == []


def test_doctor_says_which_networks_for_faces_are_there(own, tmp_path):
    (tmp_path / "bad.safetensors").write_bytes(b"no network")
    none, bad = tmp_path / "none.safetensors", tmp_path / "bad.safetensors"
    usual = tintype("doctor", "--library", own, "--json").last["faces"]
    assert usual["enabled"] and set(usual) == {"enabled", "detector", "embedder"}
    for name in ("detector", "embedder"):
        told = usual[name]
        assert set(told) == {"file", "state", "hash", "why"}
        there = pathlib.Path(told["file"]).exists()
        assert told["state"] == ("there" if there else "missing")
        assert (told["hash"] is not None) == there and (told["why"] is None) == there
        for path, state in ((none, "missing"), (bad, "unreadable")):
            args = ("--set", f"faces.{name}_path={path}")
            report = tintype("doctor", "--library", own, "--json", *args, status=1).last
            assert report["faces"][name] == {"file": str(path), "state": state, "hash": None,
                                             "why": report["faces"][name]["why"]}
            (found,) = [f for f in report["findings"] if str(path) in f["what"]]
            assert not found["serious"] and f"faces.{name}_path" in found["todo"] and str(path) in found["what"]
            off = tintype("doctor", "--library", own, "--json", *args, "--set", "faces.enabled=0").last
            assert off["sound"] and not off["faces"]["enabled"]
    text = tintype("doctor", "--library", own).out
    assert usual["detector"]["state"] != "there" or usual["detector"]["file"] in text
    assert ("not told apart" in text) == (usual["embedder"]["state"] != "there")
    assert "faces.enabled" in tintype("doctor", "--library", own, "--set", "faces.enabled=0").out


def test_doctor_on_a_damaged_database(own):
    size = (own / "tintype.db").stat().st_size
    with open(own / "tintype.db", "r+b") as db:
        for at in range(4096, size, 8192):
            db.seek(at)
            db.write(b"\xa5" * 512)
    result = tintype("doctor", "--library", own, status=1)
    assert "database" in result.out + result.err


def test_model_missing(own, photos, tmp_path):
    result = tintype("import", "--library", tmp_path / "other", "--set", "model.path=/no/such/model", photos, status=1)
    assert "/no/such/model" in result.err
    assert any("/no/such/model" in f["what"] + f["todo"] or "weights" in f["what"]
               for f in findings(own, "--set", "model.path=/no/such/model"))


# ---- serve


def test_two_servers_never_share_a_library(server):
    result = tintype("serve", "--library", server.library, "--listen", "127.0.0.1:0", status=1)
    assert "already" in result.err and str(server.library) in result.err


def test_serve_without_http(photos, tmp_path):
    process = subprocess.Popen([binary(), "serve", "--library", str(tmp_path / "library"), "--no-http"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert any("HTTP" in line for line in process.stderr)
    assert imported(tmp_path / "library", photos)["imported"] == 5
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


def test_port_in_use(server, tmp_path):
    result = tintype("serve", "--library", tmp_path / "other", "--listen", f"127.0.0.1:{server.port}", status=1)
    assert str(server.port) in result.err


def test_second_server_after_the_first(server):
    assert server.stop() == 0
    server.start()
    assert server.stop() == 0


def test_json_is_one_object_a_line(library, photos):
    for args in (["albums", "--library", library], ["user", "list", "--library", library], ["doctor", "--library", library],
                 ["inspect", photos / "0.jpg"], ["classify", photos / "0.jpg"], ["search", "--library", library, "2019"]):
        for line in tintype(*args, "--json").out.splitlines():
            json.loads(line)

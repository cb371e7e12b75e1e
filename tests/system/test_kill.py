"""An import that is killed at any moment, with all its processes, loses nothing and stores nothing twice.

TINTYPE_KILLS sets how often (5)."""

import hashlib
import os
import pathlib
import random
import signal
import subprocess
import time

import pytest

from cli import albums, check_sound, imported, originals, rows, tintype
from harness import PATIENCE, binary, wait_for
from make_photos import broken_jpeg, jpeg

PHOTOS = 60
KILLS = int(os.environ.get("TINTYPE_KILLS", "5"))
# Everything about a photo but what depends on the run: ids and times of adding.
PHOTO = """SELECT hex(p.sha256), p.name, p.kind, p.bytes, p.moment, p.width, p.height, p.make, p.taken, p.phash, p.blurhash,
           p.blob_key, g.class, round(g.confidence, 3), g.version, (SELECT count(*) FROM label l WHERE l.photo = p.id)
           FROM photo p LEFT JOIN guess g ON g.photo = p.id ORDER BY p.sha256"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    for n in range(PHOTOS):
        path = root / f"{n:03}.jpg"
        path.write_bytes(jpeg(n, (640 + 8 * n, 480), taken=f"2019:05:01 10:00:{n:02}", make=f"Maker {n}"))
        os.utime(path, (1556700000 + n, 1556700000 + n))
    (root / "broken.jpg").write_bytes(broken_jpeg())
    os.utime(root / "broken.jpg", (1556700000, 1556700000))
    return root


def contents(library):
    root = pathlib.Path(library)
    derived = {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in root.glob("derived/**/*.webp")}
    asides = rows(library, "SELECT p.name, j.kind, j.state, j.reason FROM job j JOIN photo p ON p.id = j.photo")
    return rows(library, PHOTO), originals(library), derived, albums(library), asides


@pytest.fixture(scope="module")
def undisturbed(folder, tmp_path_factory):
    """What the library looks like when nothing happens, and how long that takes."""
    library = tmp_path_factory.mktemp("undisturbed") / "library"
    started = time.monotonic()
    summary = imported(library, folder, status=1)
    assert summary["imported"] == PHOTOS
    return contents(library), time.monotonic() - started


def start_import(library, folder):
    return subprocess.Popen([binary(), "import", "--library", str(library), "--json", str(folder)],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            start_new_session=True)


def children_of(group):
    alive = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == group:
                if "State:\tZ" not in (entry / "status").read_text():
                    alive.append(entry.name)
        except (OSError, ProcessLookupError):
            continue
    return alive


def kill_tree(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait(PATIENCE)
    wait_for("all processes are gone", lambda: not children_of(process.pid))


def test_kill_at_random_moments(folder, undisturbed, tmp_path):
    want, seconds = undisturbed
    chance = random.Random(os.environ.get("TINTYPE_SEED", "1"))
    library = tmp_path / "library"
    known = set()
    for _ in range(KILLS):
        process = start_import(library, folder)
        try:
            process.wait(chance.uniform(0, 1.2) * seconds)
        except subprocess.TimeoutExpired:
            pass
        kill_tree(process)
        if not (library / "tintype.db").exists() or not rows(library, "SELECT 1 FROM sqlite_master WHERE name = 'photo'"):
            continue
        # What was acknowledged stays, and its original is whole.
        now = {row[0] for row in rows(library, "SELECT hex(sha256) FROM photo")}
        assert known <= now
        known = now
        for key, sha256 in rows(library, "SELECT blob_key, hex(sha256) FROM photo"):
            assert hashlib.sha256((library / key).read_bytes()).hexdigest().upper() == sha256
    summary = imported(library, folder, status=1)
    assert [os.path.basename(r["file"]) for r in summary["rejected"]] == ["broken.jpg"]
    got = contents(library)
    for part, (mine, theirs) in enumerate(zip(got, want)):
        assert mine == theirs, f"part {part} differs"
    check_sound_but_for_broken(library)


def check_sound_but_for_broken(library):
    check_sound(library)
    assert imported(library, folder_of(library), status=1)["imported"] == 0


def folder_of(library):
    (path,) = rows(library, "SELECT path FROM source LIMIT 1")[0]
    return os.path.dirname(path)


def test_killed_server_goes_on(folder, undisturbed, start_server, tmp_path):
    """What waits when a server is killed is worked off by the next one."""
    library = tmp_path / "library"
    server = start_server(library=library)
    owner = server.owner()
    ids = [r["id"] for r in owner.upload([(f"{n:03}.jpg", (folder / f"{n:03}.jpg").read_bytes()) for n in range(20)])]
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(PATIENCE)
    server.start()
    owner.url = server.url
    for photo in ids:
        assert owner.wait_done(photo)["state"] == "done"
    assert sorted(originals(library).values()) == sorted((folder / f"{n:03}.jpg").read_bytes() for n in range(20))
    assert sum(owner.smart_counts().values()) == 20
    assert tintype("doctor", "--library", library, "--hash", status=None).status in (0, 1)


def test_workers_end_with_their_parent(folder, tmp_path):
    """No process is left behind when only the parent is killed."""
    process = start_import(tmp_path / "library", folder)
    wait_for("workers run", lambda: len(children_of(process.pid)) > 1 or process.poll() is not None)
    process.kill()
    process.wait(PATIENCE)
    wait_for("workers have ended", lambda: not children_of(process.pid))

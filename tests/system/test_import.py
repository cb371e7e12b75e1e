"""tintype import: folders become albums, once."""

import hashlib
import os

import pytest

from cli import albums, check_sound, imported, originals, rows, tintype
from harness import wait_for
from make_photos import broken_jpeg, jpeg, png


@pytest.fixture
def folder(tmp_path):
    """Ten photos in two folders, a copy, a text and what only looks like a photo."""
    root = tmp_path / "photos"
    (root / "2019" / "sea").mkdir(parents=True)
    for n in range(5):
        (root / "2019" / f"{n}.jpg").write_bytes(jpeg(n, taken=f"2019:05:0{n + 1} 10:00:00"))
    for n in range(5, 9):
        (root / "2019" / "sea" / f"{n}.JPG").write_bytes(jpeg(n))
    (root / "2019" / "sea" / "ten.png").write_bytes(png(10))
    (root / "copy of 0.jpg").write_bytes(jpeg(0, taken="2019:05:01 10:00:00"))
    (root / "notes.txt").write_text("not a photo")
    (root / "broken.jpg").write_bytes(broken_jpeg())
    (root / ".hidden.jpg").write_bytes(jpeg(99))
    return root


def snapshot(folder):
    return {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def test_folder(folder, tmp_path):
    library = tmp_path / "library"
    before = snapshot(folder)
    summary = imported(library, folder, status=1)
    assert set(summary) == {"seen", "imported", "duplicates", "rejected", "seconds", "photos_per_second"}
    assert (summary["seen"], summary["imported"], summary["duplicates"]) == (13, 10, 1)
    reasons = {os.path.relpath(r["file"], folder): r["reason"] for r in summary["rejected"]}
    assert set(reasons) == {"notes.txt", "broken.jpg"}
    assert all(len(reason) > 5 for reason in reasons.values())
    assert summary["seconds"] > 0 and summary["photos_per_second"] > 0
    assert sum(albums(library).values()) >= 10
    assert snapshot(folder) == before
    want = {hashlib.sha256(data).hexdigest() for path, (data, _) in before.items()
            if path.name not in ("notes.txt", ".hidden.jpg")}
    assert {hashlib.sha256(data).hexdigest() for data in originals(library).values()} == want
    assert all(name.startswith("originals/") and name.count("/") == 3 for name in originals(library))
    assert rows(library, "SELECT count(*) FROM photo WHERE guessed_at IS NOT NULL AND width > 0") == [(10,)]
    check_sound(library)


def test_again_is_quick_and_adds_nothing(folder, tmp_path):
    library = tmp_path / "library"
    imported(library, folder, status=1)
    before = (albums(library), originals(library), rows(library, "SELECT * FROM photo ORDER BY id"))
    again = imported(library, folder, status=1)
    assert (again["seen"], again["imported"], again["duplicates"]) == (13, 0, 11)
    assert {os.path.basename(r["file"]) for r in again["rejected"]} == {"notes.txt", "broken.jpg"}
    assert (albums(library), originals(library), rows(library, "SELECT * FROM photo ORDER BY id")) == before
    # Known files are not read: one that is replaced behind its size and time goes unseen.
    victim = folder / "2019" / "1.jpg"
    data, when = bytearray(victim.read_bytes()), victim.stat().st_mtime_ns
    data[-1] ^= 1
    victim.write_bytes(data)
    os.utime(victim, ns=(when, when))
    assert imported(library, folder, status=1)["imported"] == 0
    os.utime(victim, ns=(when, when + 1))
    assert imported(library, folder, status=1)["imported"] == 1


def test_moved_and_renamed_is_the_same_photo(folder, tmp_path):
    library = tmp_path / "library"
    imported(library, folder / "2019")
    moved = tmp_path / "elsewhere"
    (folder / "2019").rename(moved)
    (moved / "3.jpg").rename(moved / "three.jpeg")
    summary = imported(library, moved)
    assert (summary["seen"], summary["imported"], summary["duplicates"]) == (10, 0, 10)


def test_in_place(folder, tmp_path):
    library = tmp_path / "library"
    before = snapshot(folder)
    summary = imported(library, "--in-place", folder / "2019")
    assert summary["imported"] == 10
    assert originals(library) == {}
    assert sum(albums(library).values()) == 10
    assert snapshot(folder) == before
    check_sound(library)
    assert imported(library, "--in-place", folder / "2019")["duplicates"] == 10
    (folder / "2019" / "0.jpg").unlink()
    report = tintype("doctor", "--library", library, "--json", status=1).last
    assert any("0.jpg" in f["what"] and f["serious"] for f in report["findings"])


def test_single_files_and_missing_paths(folder, tmp_path):
    library = tmp_path / "library"
    summary = imported(library, folder / "2019" / "0.jpg", tmp_path / "nowhere", folder / "2019" / "1.jpg", status=1)
    assert (summary["seen"], summary["imported"]) == (3, 2)
    assert [os.path.basename(r["file"]) for r in summary["rejected"]] == ["nowhere"]


def test_odd_names(tmp_path):
    library, folder = tmp_path / "library", tmp_path / "photos"
    folder.mkdir()
    names = ["a b.jpg", "京都.jpg", "-rf.jpg", "x" * 240 + ".jpg", "quote'\".jpg", "new\nline.jpg", "no ending"]
    for n, name in enumerate(names):
        (folder / name).write_bytes(jpeg(n))
    os.rename(folder / "no ending", os.fsencode(folder) + b"/not-utf8-\xff.jpg")
    summary = imported(library, folder)
    assert summary["imported"] == len(names) and summary["rejected"] == []
    check_sound(library)


def test_text_output(folder, tmp_path):
    result = tintype("import", "--library", tmp_path / "library", folder, status=1)
    assert "10 imported" in result.out and "notes.txt" in result.err and "\r" not in result.err


def test_beside_a_running_server(start_server, folder, tmp_path):
    server = start_server(library=tmp_path / "library")
    owner = server.owner()
    summary = imported(server.library, folder / "2019")
    assert summary["imported"] == 10
    counts = owner.smart_counts()
    assert sum(counts.values()) == 10 and counts["none"] == 0
    wait_for("nothing is left to do", lambda: owner.get("/api/v1/jobs").json()["waiting"] == 0)
    assert len(owner.get("/api/v1/photos?limit=100").json()["photos"]) == 10


def test_before_the_set_up(start_server, folder, tmp_path):
    """What is imported before there is an owner belongs to whom the set-up makes."""
    library = tmp_path / "library"
    imported(library, folder / "2019")
    server = start_server(library=library)
    owner = server.owner("carol")
    assert len(owner.get("/api/v1/photos?limit=100").json()["photos"]) == 10
    users = tintype("user", "list", "--library", library, "--json").last
    assert [(u["name"], u["role"]) for u in users] == [("carol", "owner")]


def test_two_imports_at_once(folder, tmp_path):
    import threading
    library = tmp_path / "library"
    summaries = []
    threads = [threading.Thread(target=lambda: summaries.append(imported(library, folder / "2019"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(summaries) == 3
    assert sum(s["imported"] for s in summaries) == 10 and sum(s["duplicates"] for s in summaries) == 20
    assert len(originals(library)) == 10
    check_sound(library)


def test_deleted_for_good_stays_deleted(start_server, folder, tmp_path):
    server = start_server(library=tmp_path / "library")
    owner = server.owner()
    imported(server.library, folder / "2019")
    ids = [p["id"] for p in owner.get("/api/v1/photos?limit=100").json()["photos"]]
    owner.post("/api/v1/photos/trash", json={"ids": ids}, expect=200)
    owner.delete("/api/v1/trash", expect=200)
    assert originals(server.library) == {}
    summary = imported(server.library, folder / "2019", status=1)
    assert summary["imported"] == 0 and len(summary["rejected"]) == 10
    assert imported(server.library, "--restore", folder / "2019")["imported"] == 10

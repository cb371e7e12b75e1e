"""What was said of faces outlives a server that is killed, and goes along into another library, as the classes of photos
do. Faces are drawn by hand, so that no photo of a real person is needed."""

import json
import signal
import threading

import pytest
import requests

from cli import check_sound, imported, tintype
from harness import wait_for
from make_photos import jpeg

API = "/api/v1"


def spot(n):
    return {"x": 0.05 + 0.2 * (n % 4), "y": 0.05 + 0.25 * (n // 4 % 3), "w": 0.12, "h": 0.15}


def all_facts(client):
    facts, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{API}/people/facts?limit=100&cursor={cursor}" if cursor else f"{API}/people/facts?limit=100",
                          expect=200).json()
        facts += page["facts"]
        cursor = page["next"]
    return facts


def faces_by_name(client):
    people = client.get(f"{API}/people", expect=200).json()
    return {p["name"]: p["faces"] for p in people["people"]}


def test_acknowledged_facts_outlive_a_kill(start_server):
    server = start_server()
    owner = server.owner()
    photos = [r["id"] for r in owner.upload([(f"{n}.jpg", jpeg(n)) for n in range(4)])]
    for photo in photos:
        owner.wait_done(photo)
    acknowledged = []

    def talk():
        try:
            for n in range(1000):
                reply = owner.request("POST", f"{API}/photos/{photos[n % 4]}/faces", check=False,
                                      json={**spot(n // 4), "name": f"Person {n % 5}"})
                if reply.status_code == 201:
                    acknowledged.extend(reply.json()["facts"])
        except requests.RequestException:
            pass

    for _ in range(3):
        before = len(acknowledged)
        talker = threading.Thread(target=talk)
        talker.start()
        wait_for("some facts are acknowledged", lambda: len(acknowledged) >= before + 12)
        server.process.send_signal(signal.SIGKILL)
        talker.join()
        server.wait()
        server.start()
        owner = server.owner()
    kept = {f["id"] for f in all_facts(owner)}
    assert set(acknowledged) <= kept
    names = faces_by_name(owner)
    assert all(names.get(f"Person {n}", 0) > 0 for n in range(5)), names
    assert server.stop() == 0
    check_sound(server.library)


@pytest.fixture
def told(start_server, tmp_path):
    """A library in which things were said, and the folder of its photos."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.jpg").write_bytes(jpeg(n))
    server = start_server()
    owner = server.owner()
    photos = [r["id"] for r in owner.upload([(p.name, p.read_bytes()) for p in sorted(folder.iterdir())])]
    for photo in photos:
        owner.wait_done(photo)
    for n, photo in enumerate(photos):
        owner.post(f"{API}/photos/{photo}/faces", json={**spot(n), "name": "Ann"}, expect=201)
        owner.post(f"{API}/photos/{photo}/faces", json={**spot(n + 4), "name": "Bob" if n else "Bobby"}, expect=201)
    ids = {p["name"]: p["id"] for p in owner.get(f"{API}/people", expect=200).json()["people"]}
    said = owner.post(f"{API}/people/merge", json={"into": ids["Bob"], "from": [ids["Bobby"]]}, expect=200).json()
    assert said["facts"]
    for photo, said in zip(photos, ("animals", "none")):
        owner.put(f"{API}/photos/{photo}/class", json={"class": said}, expect=200)
    assert server.stop() == 0
    return server.library, folder


def people(library):
    """Name: where the faces are."""
    found = {}
    for line in tintype("people", "--library", library, "--json").out.splitlines():
        person = json.loads(line)
        found[person["name"]] = sorted((f["sha256"], round(f["x"], 3), round(f["y"], 3)) for f in person["faces"])
    return found


def classes(library):
    """Content of a photo, and the class that the user gave it."""
    lines = tintype("facts", "export", "--library", library).out.splitlines()
    return sorted((f["sha256"], f["value"]) for f in map(json.loads, lines) if f["kind"] == "class")


@pytest.mark.parametrize("photos_first", [True, False])
def test_facts_go_into_another_library(told, tmp_path, photos_first):
    library, folder = told
    wanted = people(library)
    assert {name: len(faces) for name, faces in wanted.items()} == {"Ann": 3, "Bob": 3}
    assert sorted(value for _, value in classes(library)) == ["animals", "none"]
    lines = tmp_path / "facts.jsonl"
    tintype("facts", "export", lines, "--library", library)
    count = len(lines.read_text().splitlines())
    assert count >= 15
    other = tmp_path / "other"
    if photos_first:
        imported(other, folder)
    assert tintype("facts", "import", lines, "--library", other, "--json").last == {"added": count, "known": 0}
    if not photos_first:
        imported(other, folder)
    assert people(other) == wanted and classes(other) == classes(library)
    again = tintype("facts", "import", "--library", other, "--json", stdin=lines.read_bytes())
    assert again.last == {"added": 0, "known": count}
    assert people(other) == wanted
    assert "Ann" in tintype("people", "--library", other).out
    check_sound(other)


@pytest.mark.parametrize("line", ["x", "{}", '{"kind":"is","at":1}', '{"kind":"wink","at":1}',
                                  '{"kind":"name","at":1,"person":"abc","value":"x"}',
                                  '{"kind":"class","at":1,"sha256":"abc","value":"animals"}'])
def test_bad_lines_are_refused_whole(tmp_path, line):
    good = '{"kind":"name","at":1,"person":"%s","value":"Ann"}' % ("0" * 32)
    result = tintype("facts", "import", "--library", tmp_path / "new", stdin=f"{good}\n{line}\n".encode(), status=1)
    assert "line 2" in result.err
    tintype("facts", "sing", "--library", tmp_path / "new", status=2)

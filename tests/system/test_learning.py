"""Learning from corrections: the other photos follow, facts stay, the way back leads back."""

import io
import json
import subprocess

import pytest
from PIL import Image

from harness import binary, wait_for

CLASSES = ["people", "animals", "landscape", "vehicles", "buildings"]
SAID = 22  # photos that are put right: more than learn.min_corrections


def striped(number):
    """One of a family of pictures that a network takes for the same: dark stripes on a coloured ground."""
    picture = Image.new("RGB", (160, 120), (200, 90 + number % 40, 40))
    for x in range(number % 7, 160, 14):
        picture.paste((30, 30, 60 + number % 20), (x, 0, x + 6, 120))
    return picture


def plain(number):
    """The other family: a bright gradient."""
    return Image.linear_gradient("L").resize((160, 120)).point(lambda v: (v + number) % 256).convert("RGB")


def upload(client, pictures):
    files = []
    for number, picture in enumerate(pictures):
        out = io.BytesIO()
        picture.save(out, "PNG")
        files.append((f"{number}.png", out.getvalue()))
    ids = [r["id"] for r in client.upload(files)]
    for photo in ids:
        client.wait_done(photo)
    return ids


def learning(client):
    """What was learnt, when nothing is being learnt any more."""
    return wait_for("learning is done", lambda: (lambda a: a if not a["busy"] else None)(
        client.get("/api/v1/learning", expect=200).json()))


def say(client, photos, name):
    for photo in photos:
        client.put(f"/api/v1/photos/{photo}/class", json={"class": name}, expect=200)


@pytest.fixture
def wrong(owner):
    """(stripes, plains, their class, another class): the model takes stripes for something else than the user."""
    stripes = upload(owner, [striped(n) for n in range(SAID + 8)])
    plains = upload(owner, [plain(n) for n in range(10)])
    guessed = owner.photo(stripes[-1])["class"]
    return stripes, plains, guessed, next(c for c in CLASSES if c != guessed)


def test_the_rest_follows_and_comes_back(server, owner, wrong):
    stripes, plains, guessed, right = wrong
    before = {photo: owner.photo(photo) for photo in stripes + plains}
    assert learning(owner)["corrections"] == 0
    say(owner, stripes[:SAID], right)
    facts = owner.get("/api/v1/facts").json()
    got = wait_for("a head of one's own", lambda: learning(owner)["active"])
    assert got["version"] == 1 and got["corrections"] >= 20
    assert got["accuracy_after"] > got["accuracy_before"]
    for photo in stripes[SAID:]:
        now = owner.photo(photo)
        assert now["class"] == right and now["correction"] is None
        assert now["guess"]["version"] == got["model"] + "+u1"
    for photo in plains:  # not forgotten
        assert owner.photo(photo)["class"] == before[photo]["class"]
    assert owner.get("/api/v1/facts").json() == facts
    assert owner.smart_counts()[right] >= len(stripes)

    late = upload(owner, [striped(500)])[0]  # comes in later
    assert owner.photo(late)["class"] == right and owner.photo(late)["guess"]["version"].endswith("+u1")
    assert server.stop() == 0
    server.start()
    owner.url = server.url
    assert learning(owner)["active"]["version"] == 1
    assert owner.photo(stripes[-1])["class"] == right

    assert owner.post("/api/v1/learning/undo", expect=202).json()["active"] is None
    learning(owner)
    for photo in stripes[SAID:] + plains:
        assert owner.photo(photo)["guess"] == before[photo]["guess"]
    assert owner.photo(stripes[0])["class"] == right  # a fact
    assert owner.get("/api/v1/facts").json() == facts

    owner.post("/api/v1/learning/run", expect=202)
    after = learning(owner)
    assert after["active"]["version"] == 2 and [h["version"] for h in after["history"]] == [2, 1]
    assert owner.photo(stripes[-1])["class"] == right


def test_each_user_for_oneself(owner, member, wrong):
    stripes, _, guessed, right = wrong
    theirs = upload(member, [striped(n) for n in range(3)])
    say(owner, stripes[:SAID], right)
    wait_for("a head of one's own", lambda: learning(owner)["active"])
    assert learning(member)["history"] == [] and learning(member)["corrections"] == 0
    assert all(member.photo(photo)["class"] == guessed for photo in theirs)


def test_nothing_is_learnt_from_few(owner):
    photos = upload(owner, [striped(n) for n in range(3)])
    say(owner, photos, "vehicles")
    owner.post("/api/v1/learning/run", expect=202)
    got = learning(owner)
    assert got["active"] is None and got["history"] == [] and got["corrections"] == got["fresh"] == 3


def command(server, *args, status=0):
    done = subprocess.run([binary(), "learn", "--library", str(server.library), *args], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == status, done.stderr
    return done


def test_the_command_beside_a_server(start_server):
    server = start_server(env={"TINTYPE_LEARN_AUTOMATIC": "0"})
    owner = server.owner()
    assert "no photo" in command(server, status=1).stderr
    stripes = upload(owner, [striped(n) for n in range(SAID + 3)])
    guess = owner.photo(stripes[-1])["guess"]
    right = next(c for c in CLASSES if c != owner.photo(stripes[-1])["class"])
    say(owner, stripes[:SAID], right)
    assert learning(owner)["history"] == []  # not by itself
    done = json.loads(command(server, "--json").stdout)
    assert done["outcome"] == "better" and done["corrections"] == SAID and done["photos"] == len(stripes)
    assert owner.photo(stripes[-1])["class"] == right
    late = upload(owner, [striped(600)])[0]  # the server heard of it
    wait_for("the server uses it", lambda: owner.photo(late)["guess"]["version"].endswith("+u1"))
    status = json.loads(command(server, "--json", "--status").stdout)
    assert status["corrections"] == SAID and status["fresh"] == 0 and status["history"][0]["active"]
    assert "* u1" in command(server, "--status").stdout
    assert json.loads(command(server, "--json", "--undo").stdout)["undone"] is True
    assert owner.photo(stripes[-1])["guess"] == guess
    assert json.loads(command(server, "--json", "--undo").stdout)["undone"] is False
    command(server, "--undo", "--status", status=2)

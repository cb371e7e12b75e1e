"""Classes of one's own: ten examples find the others, what was said stays, nothing is lost."""

import json
import subprocess

import pytest

from harness import binary, wait_for
from test_learning import plain, striped, upload

SAID = 12  # examples: more than learn.class_examples


def classes(client, query=""):
    """The classes, when nothing is being learnt any more."""
    return wait_for("learning is done", lambda: (lambda a: None if a["busy"] else a)(
        client.get("/api/v1/classes" + query, expect=200).json()))["classes"]


def say(client, own, photos, belongs=True):
    return client.put(f"/api/v1/classes/{own}/photos", json={"ids": photos, "belongs": belongs},
                      expect=200).json()["facts"]


def shown(client, own):
    classes(client)
    page = client.get(f"/api/v1/photos?own_class={own}&limit=500", expect=200).json()
    return sorted(p["id"] for p in page["photos"])


def make(client, name="Our garden"):
    return client.post("/api/v1/classes", json={"name": name}, expect=201).json()["id"]


@pytest.fixture
def library(owner):
    """(stripes, plains): two kinds of photos."""
    return upload(owner, [striped(n) for n in range(SAID + 4)]), upload(owner, [plain(n) for n in range(24)])


def test_ten_examples_find_the_others(server, owner, library):
    stripes, plains = library
    own = make(owner)
    assert classes(owner)[0]["learnt"] is None
    facts = say(owner, own, stripes[:3])
    assert len(facts) == 3 and shown(owner, own) == sorted(stripes[:3])  # too few to find others
    assert classes(owner)[0]["examples_needed"] == 10
    say(owner, own, stripes[3:SAID])
    assert shown(owner, own) == sorted(stripes)
    got = classes(owner)[0]
    assert got["learnt"]["used"] and got["learnt"]["found"] >= 0.5 and got["precision"] is None
    assert (got["count"], got["put_in"], got["guessed"]) == (len(stripes), SAID, len(stripes) - SAID)
    assert not got["fresh"]

    late = upload(owner, [striped(500)])[0]  # comes in later
    wait_for("the class finds it", lambda: late in shown(owner, own))
    photo = owner.photo(late)
    assert photo["own_classes"][0]["name"] == "Our garden" and 0.5 <= photo["own_classes"][0]["confidence"] <= 1
    assert owner.photo(stripes[0])["own_classes"] == [{"id": own, "name": "Our garden", "confidence": None}]
    months = owner.get(f"/api/v1/timeline/months?own_class={own}", expect=200).json()
    assert months["total"] == len(stripes) + 1

    found = owner.get("/api/v1/search?q=our+garden", expect=200).json()["photos"]
    assert sorted(p["id"] for p in found) == sorted([*stripes, late])

    denied = say(owner, own, [late, stripes[0]], belongs=False)
    assert late not in shown(owner, own) and stripes[0] not in shown(owner, own)
    judged = classes(owner)[0]
    assert judged["judged"] == 1 and judged["precision"] == 0  # of the two only one had been found by itself
    listed = owner.get(f"/api/v1/classes/facts?own_class={own}&limit=1", expect=200).json()
    assert listed["facts"][0]["id"] == denied[1] and not listed["facts"][0]["belongs"] and listed["next"]
    assert owner.delete("/api/v1/classes/facts", json={"ids": denied}, expect=200).json()["changed"] == 2
    assert stripes[0] in shown(owner, own)

    before = shown(owner, own)
    assert server.stop() == 0
    server.start()
    owner.url = server.url
    assert shown(owner, own) == before


def test_a_class_is_renamed_removed_and_comes_back(owner, member, library):
    stripes, _ = library
    own = make(owner)
    say(owner, own, stripes[:2])
    owner.post("/api/v1/classes", json={"name": "our GARDEN"}, expect=409)
    owner.post("/api/v1/classes", json={"name": " "}, expect=400)
    owner.patch(f"/api/v1/classes/{own}", json={}, expect=400)
    assert owner.patch(f"/api/v1/classes/{own}", json={"name": "花园"}, expect=200).json()["name"] == "花园"
    for attempt in (lambda: member.get(f"/api/v1/classes/{own}", expect=404),
                    lambda: member.patch(f"/api/v1/classes/{own}", json={"removed": True}, expect=404),
                    lambda: member.delete(f"/api/v1/classes/{own}", expect=404),
                    lambda: member.put(f"/api/v1/classes/{own}/photos", json={"ids": stripes, "belongs": True},
                                       expect=404),
                    lambda: member.get(f"/api/v1/classes/{own}/unsure", expect=404),
                    lambda: member.get(f"/api/v1/classes/facts?own_class={own}", expect=404),
                    lambda: member.get(f"/api/v1/photos?own_class={own}", expect=404)):
        attempt()
    assert classes(member) == []
    owner.get(f"/api/v1/photos?own_class={own}&trash=1", expect=400)
    owner.put(f"/api/v1/classes/{own}/photos", json={"ids": stripes, "belongs": 1}, expect=400)
    owner.delete(f"/api/v1/classes/{own}", expect=204)
    assert classes(owner) == [] and [c["id"] for c in classes(owner, "?removed=1")] == [own]
    assert owner.photo(stripes[0])["own_classes"] == []
    back = owner.patch(f"/api/v1/classes/{own}", json={"removed": False}, expect=200).json()
    assert back["count"] == back["put_in"] == 2 and shown(owner, own) == sorted(stripes[:2])


def test_the_least_sure_are_asked_about(owner, library):
    stripes, plains = library
    own = make(owner)
    say(owner, own, stripes[:SAID])
    classes(owner)
    asked = owner.get(f"/api/v1/classes/{own}/unsure?limit=20", expect=200).json()["photos"]
    assert set(stripes[SAID:]) <= {p["id"] for p in asked}
    say(owner, own, [p["id"] for p in asked], belongs=False)
    classes(owner)
    again = owner.get(f"/api/v1/classes/{own}/unsure?limit=20", expect=200).json()["photos"]
    assert not {p["id"] for p in asked} & {p["id"] for p in again}


def command(server, *args, status=0):
    done = subprocess.run([binary(), "class", "--library", str(server.library), *args], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def test_the_command(server, owner, library, tmp_path):
    stripes, plains = library
    assert command(server) == ""
    assert "no class" in command(server, "garden", status=1)
    command(server, "--undo", status=2)
    command(server, "garden", "--not", status=2)
    picture = tmp_path / "a.png"
    striped(0).save(picture, "PNG")  # the file of the first one, by its content
    made = json.loads(command(server, "--json", "garden", str(picture), *map(str, stripes[1:SAID])))
    assert made["put_in"] == SAID and made["count"] == len(stripes) and made["learnt"]["used"]
    assert shown(owner, made["id"]) == sorted(stripes)
    assert "left-out" in command(server)
    plain(999).save(picture, "PNG")
    assert "import it first" in command(server, "garden", str(picture), status=1)
    assert json.loads(command(server, "--json", "garden", "--not", str(stripes[-1])))["kept_out"] == 1
    assert "precision: 0 %" in command(server)
    assert json.loads(command(server, "--json", "garden", "--undo"))["kept_out"] == 0
    assert json.loads(command(server, "--json", "garden", "--rename", "our garden"))["name"] == "our garden"
    assert json.loads(command(server, "--json", "our garden", "--remove"))["removed"] is True
    assert json.loads(command(server, "--json", "our garden", "--restore"))["count"] == len(stripes)
    command(server, "our garden", "--unsure")

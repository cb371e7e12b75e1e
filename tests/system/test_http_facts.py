"""Corrections: they overrule the model, can be undone, and outlive what they are about."""

import pytest

from make_photos import jpeg

CLASSES = ["people", "animals", "landscape", "vehicles", "buildings"]


@pytest.fixture
def photo(owner):
    photo = owner.upload([("a.jpg", jpeg(1))])[0]["id"]
    owner.wait_done(photo)
    return photo


def other_than(name):
    return next(c for c in CLASSES if c != name)


def test_correction_and_undo(owner, photo):
    before = owner.photo(photo)
    counts = owner.smart_counts()
    assert counts[before["class"] or "none"] == 1 and sum(counts.values()) == 1
    first, second = other_than(before["class"]), "none"
    fact = owner.put(f"/api/v1/photos/{photo}/class", json={"class": first}, expect=200).json()["fact"]
    shown = owner.photo(photo)
    assert shown["class"] == first and shown["confidence"] is None
    assert shown["correction"]["fact"] == fact and shown["correction"]["class"] == first
    assert shown["guess"] == before["guess"]
    assert owner.smart_counts()[first] == 1
    assert [p["id"] for p in owner.get(f"/api/v1/photos?class={first}").json()["photos"]] == [photo]
    assert owner.get(f"/api/v1/timeline/months?class={first}").json()["total"] == 1
    newer = owner.put(f"/api/v1/photos/{photo}/class", json={"class": second}, expect=200).json()["fact"]
    assert owner.photo(photo)["class"] is None and owner.smart_counts()["none"] == 1
    owner.delete(f"/api/v1/facts/{newer}", expect=204)
    assert owner.photo(photo)["class"] == first
    owner.delete(f"/api/v1/facts/{fact}", expect=204)
    after = owner.photo(photo)
    assert (after["class"], after["confidence"], after["correction"]) == (before["class"], before["confidence"], None)
    assert owner.smart_counts() == counts
    listed = owner.get("/api/v1/facts", expect=200).json()["facts"]
    assert [f["id"] for f in listed] == [newer, fact]
    assert all(f["undone_at"] and f["photo"] == photo for f in listed)


def test_facts_in_pages(owner, photo):
    made = [owner.put(f"/api/v1/photos/{photo}/class", json={"class": CLASSES[n % 5]}).json()["fact"] for n in range(5)]
    first = owner.get("/api/v1/facts?limit=3", expect=200).json()
    rest = owner.get(f"/api/v1/facts?limit=3&cursor={first['next']}", expect=200).json()
    assert [f["id"] for f in first["facts"] + rest["facts"]] == made[::-1]
    assert rest["next"] is None


def test_facts_outlive_the_photo(owner, photo):
    wanted = other_than(owner.photo(photo)["class"])
    owner.put(f"/api/v1/photos/{photo}/class", json={"class": wanted}, expect=200)
    owner.post("/api/v1/photos/trash", json={"ids": [photo]}, expect=200)
    owner.delete("/api/v1/trash", expect=200)
    assert owner.get("/api/v1/facts").json()["facts"][0]["photo"] is None
    again = owner.upload([("a.jpg", jpeg(1))], restore=True)[0]["id"]
    assert owner.wait_done(again)["class"] == wanted


def test_facts_outlive_a_restart(server, owner, photo):
    wanted = other_than(owner.photo(photo)["class"])
    owner.put(f"/api/v1/photos/{photo}/class", json={"class": wanted}, expect=200)
    assert server.stop() == 0
    server.start()
    owner.url = server.url
    assert owner.photo(photo)["class"] == wanted


def test_bad_corrections(owner, photo):
    for body in ({}, {"class": "dogs"}, {"class": None}, {"class": 1}, {"class": "animals", "x": 1}):
        owner.put(f"/api/v1/photos/{photo}/class", json=body, expect=400)
    owner.put("/api/v1/photos/999/class", json={"class": "animals"}, expect=404)
    owner.delete("/api/v1/facts/999", expect=404)


def test_smart_albums_always_all_six(owner):
    albums = owner.get("/api/v1/albums/smart", expect=200).json()["albums"]
    assert [a["name"] for a in albums] == CLASSES + ["none"]
    assert {(a["count"], a["cover"], a["confidence"]) for a in albums} == {(0, None, None)}

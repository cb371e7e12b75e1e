"""Persons over HTTP. Faces are drawn by hand here: so every one is known, and no photo of a real person is needed."""

import pytest

from harness import wait_for
from make_photos import jpeg

API = "/api/v1"


def draw(client, photo, x=0.1, expect=201, **who):
    said = client.post(f"{API}/photos/{photo}/faces", json={"x": x, "y": 0.2, "w": 0.2, "h": 0.3, **who}, expect=expect)
    return said.json()


class Family:
    """Four photos: Ann; Ann and Bob; Bob; a face that nobody named."""

    def __init__(self, client):
        self.client = client
        results = client.upload([(f"{n}.jpg", jpeg(n, taken=f"{2016 + n}:05:01 10:00:00")) for n in range(4)])
        self.photos = [r["id"] for r in results]
        for photo in self.photos:
            client.wait_done(photo)
        first = draw(client, self.photos[0], name="Ann")
        self.ann, self.ann_face = first["person"], first["face"]
        assert draw(client, self.photos[1], name="ann")["person"] == self.ann
        said = draw(client, self.photos[1], x=0.6, name="Bob")
        self.bob, self.bob_beside_ann = said["person"], said["face"]
        self.bob_face = draw(client, self.photos[2], person=self.bob)["face"]
        self.stranger = draw(client, self.photos[3])["face"]

    def people(self, query=""):
        return self.client.get(f"{API}/people{query}", expect=200).json()

    def person(self, person):
        return self.client.get(f"{API}/people/{person}", expect=200).json()

    def names(self):
        return {p["name"]: p["faces"] for p in self.people()["people"]}

    def face(self, face):
        for photo in self.photos:
            for f in self.client.photo(photo)["faces"]:
                if f["id"] == face:
                    return f
        return None

    def found(self, words):
        page = self.client.get(f"{API}/search", params={"q": words}, expect=200).json()
        return [self.photos.index(p["id"]) for p in page["photos"]]

    def undo(self, said):
        self.client.delete(f"{API}/people/facts", json={"facts": said["facts"]}, expect=204)


@pytest.fixture
def server(start_server):
    """Nobody looks for faces, so that who is who is only what is said here."""
    return start_server("--set", "faces.enabled=0")


@pytest.fixture
def family(owner):
    return Family(owner)


def test_who_there_is(family):
    listed = family.people()
    assert family.names() == {"Ann": 2, "Bob": 2}
    assert listed["unknown"] == 1 and listed["next"] is None
    ann = family.person(family.ann)
    assert (ann["faces"], ann["photos"], ann["confidence"], ann["hidden"]) == (2, 2, None, False)
    assert ann["years"] == [{"year": 2017, "count": 1}, {"year": 2016, "count": 1}]
    assert [p["name"] for p in family.people("?q=bo")["people"]] == ["Bob"]
    first = family.people("?limit=1")
    assert [p["name"] for p in first["people"]] == ["Ann"] and first["unknown"] == 1
    second = family.people(f"?limit=1&cursor={first['next']}")
    assert second["next"] is None and [p["name"] for p in second["people"]] == ["Bob"]


def test_photos_and_faces_of_a_person(family):
    client, url = family.client, f"{API}/people/{family.ann}"
    assert [p["id"] for p in client.get(url + "/photos", expect=200).json()["photos"]] == family.photos[1::-1]
    assert [p["id"] for p in client.get(url + "/photos?year=2016").json()["photos"]] == family.photos[:1]
    first = client.get(url + "/faces?limit=1", expect=200).json()
    second = client.get(f"{url}/faces?limit=1&cursor={first['next']}", expect=200).json()
    assert [f["photo"] for f in first["faces"] + second["faces"]] == family.photos[1::-1] and second["next"] is None
    face = second["faces"][0]
    assert face["id"] == family.ann_face and face["said"] and face["drawn"] and face["name"] == "Ann"
    assert [f["id"] for f in client.get(f"{API}/faces/unknown", expect=200).json()["faces"]] == [family.stranger]
    assert [f["name"] for f in client.photo(family.photos[1])["faces"]] == ["Ann", "Bob"]
    assert [p["id"] for p in client.get(f"{API}/photos?person={family.bob}").json()["photos"]] == family.photos[2:0:-1]
    assert client.get(f"{API}/timeline/months?person={family.bob}").json()["total"] == 2


@pytest.mark.parametrize("words,photos", [
    ("Ann", [1, 0]), ("Ann and Bob", [1]), ("Bob Ann", [1]), ("ann 2016", [0]), ('"Ann"', [1, 0]), ("Carl", []),
])
def test_search_by_names(family, words, photos):
    assert family.found(words) == photos


def test_chinese_names(family):
    family.client.patch(f"{API}/people/{family.ann}", json={"name": "王小明"}, expect=200)
    assert family.found("小明") == [1, 0]
    assert family.found("王小明和Bob") == [1]


def test_change_a_person(family):
    client, url = family.client, f"{API}/people/{family.ann}"
    said = client.patch(url, json={"name": "Anna", "born": "1990-02-28", "hidden": True, "cover_face": family.ann_face},
                        expect=200).json()
    assert len(said["facts"]) >= 4
    ann = family.person(family.ann)
    assert (ann["name"], ann["born"], ann["hidden"], ann["cover_face"]) == ("Anna", "1990-02-28", True, family.ann_face)
    assert list(family.names()) == ["Bob"]
    assert [p["name"] for p in family.people("?hidden=1")["people"]] == ["Anna"]
    assert client.patch(url, json={"name": "Anna"}, expect=200).json()["facts"] == []
    family.undo(said)
    ann = family.person(family.ann)
    assert (ann["name"], ann["born"], ann["hidden"]) == ("Ann", None, False)


def test_face_by_face(family):
    client, url = family.client, f"{API}/faces/{family.stranger}"
    said = client.put(url + "/person", json={"person": family.ann}, expect=200).json()
    assert family.names()["Ann"] == 3 and family.people()["unknown"] == 0
    family.undo(said)
    assert family.names()["Ann"] == 2
    said = client.put(url + "/person", json={"name": "Carl"}, expect=200).json()
    assert family.names() == {"Ann": 2, "Bob": 2, "Carl": 1}
    client.put(url + "/person", json={"not": said["person"]}, expect=200)
    assert family.face(family.stranger)["person"] is None
    said = client.post(url + "/not-a-face", expect=200).json()
    assert family.face(family.stranger) is None and family.people()["unknown"] == 0
    family.undo(said)
    assert family.face(family.stranger)


def test_many_faces_at_once(family):
    client, faces = family.client, [family.stranger, family.bob_face]
    for who, names in (({"name": "Carl"}, {"Ann": 2, "Bob": 1, "Carl": 2}), ({"name": "ann"}, {"Ann": 4, "Bob": 1}),
                       ({"person": family.ann}, {"Ann": 4, "Bob": 1}), ({"not": family.bob}, {"Ann": 2, "Bob": 1})):
        said = client.put(f"{API}/faces/person", json={"faces": faces, **who}, expect=200).json()
        assert family.names() == names and len(said["facts"]) == (3 if who == {"name": "Carl"} else 2)
        family.undo(said)
        assert family.names() == {"Ann": 2, "Bob": 2} and family.people()["unknown"] == 1
    said = client.post(f"{API}/faces/not-a-face", json={"faces": faces}, expect=200).json()
    assert family.names() == {"Ann": 2, "Bob": 1} and family.people()["unknown"] == 0
    family.undo(said)
    assert family.names() == {"Ann": 2, "Bob": 2}


def test_many_faces_are_all_or_none(family):
    client = family.client
    before = client.get(f"{API}/people/facts", expect=200).json()["facts"]
    client.put(f"{API}/faces/person", json={"faces": [family.stranger, 999], "name": "Carl"}, expect=404)
    client.post(f"{API}/faces/not-a-face", json={"faces": [family.stranger, 999]}, expect=404)
    client.delete(f"{API}/people/facts", json={"facts": [before[0]["id"], 999]}, expect=404)
    assert client.get(f"{API}/people/facts", expect=200).json()["facts"] == before


@pytest.mark.parametrize("method,path,body,setting", [
    ("PUT", "/faces/person", {"faces": [1] * 1001, "name": "x"}, "people.max_at_once"),
    ("POST", "/faces/not-a-face", {"faces": [1] * 1001}, "people.max_at_once"),
    ("POST", "/people", {"faces": [1] * 1001}, "people.max_at_once"),
    ("DELETE", "/people/facts", {"facts": [1] * 1002}, "people.max_at_once"),
    ("POST", "/people/merge", {"into": 1, "from": [2] * 51}, "people.max_merge"),
])
def test_limits_say_which_setting_they_are(standing, method, path, body, setting):
    error = standing.client.request(method, API + path, json=body, expect=413).json()["error"]
    assert error["code"] == "too_big" and setting in error["message"]


def test_merge_asks_where_a_photo_shows_both(family):
    client = family.client
    refused = client.post(f"{API}/people/merge", json={"into": family.ann, "from": [family.bob]}, expect=409).json()
    assert refused["error"]["code"] == "together" and str(family.photos[1]) in refused["error"]["message"]
    assert family.names() == {"Ann": 2, "Bob": 2}
    carl = client.put(f"{API}/faces/{family.stranger}/person", json={"name": "Carl"}, expect=200).json()["person"]
    said = client.post(f"{API}/people/merge", json={"into": family.ann, "from": [carl]}, expect=200).json()
    assert said["person"] == family.ann and family.names() == {"Ann": 3, "Bob": 2}
    family.undo(said)
    assert family.names() == {"Ann": 2, "Bob": 2, "Carl": 1}
    client.post(f"{API}/people/merge", json={"into": family.ann, "from": [family.bob], "force": True}, expect=200)
    assert "Bob" not in family.names()


def test_split_and_make(family):
    client = family.client
    said = client.post(f"{API}/people/{family.ann}/split", json={"faces": [family.ann_face], "name": "Eve"},
                       expect=201).json()
    assert family.names() == {"Ann": 1, "Bob": 2, "Eve": 1} and said["person"] != family.ann
    family.undo(said)
    assert family.names() == {"Ann": 2, "Bob": 2}
    client.post(f"{API}/people/{family.ann}/split", json={"faces": [family.bob_face]}, expect=400)
    said = client.post(f"{API}/people", json={"faces": [family.stranger, family.bob_face], "name": "Dan"}, expect=201).json()
    assert family.person(said["person"])["faces"] == 2 and family.names()["Bob"] == 1


def test_history(family):
    client = family.client
    facts = client.get(f"{API}/people/facts", expect=200).json()["facts"]
    assert [f["id"] for f in facts] == sorted((f["id"] for f in facts), reverse=True)
    drawn = [f for f in facts if f["kind"] == "drawn"]
    assert {f["photo"] for f in drawn} == set(family.photos)
    named = next(f for f in facts if f["kind"] == "name" and f["value"] == "Bob")
    assert named["person"] == family.bob and named["name"] == "Bob" and named["undone_at"] is None
    client.delete(f"{API}/people/facts/{named['id']}", expect=204)
    again = next(f for f in client.get(f"{API}/people/facts").json()["facts"] if f["id"] == named["id"])
    assert again["undone_at"] is not None
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{API}/people/facts?limit=3{cursor and '&cursor=' + cursor}", expect=200).json()
        seen += [f["id"] for f in page["facts"]]
        cursor = page["next"]
    assert seen == [f["id"] for f in facts]


def test_questions(family):
    client = family.client
    assert client.get(f"{API}/people/questions", expect=200).json()["measured"]["answers"] == 0
    pair = {"a": family.stranger, "b": family.ann_face}
    client.post(f"{API}/people/questions", json={**pair, "answer": "unsure"}, expect=200)
    said = client.post(f"{API}/people/questions", json={**pair, "answer": "yes"}, expect=200).json()
    assert family.face(family.stranger)["person"] == family.ann
    family.undo(said)
    client.post(f"{API}/people/questions", json={**pair, "answer": "no"}, expect=200)
    assert family.face(family.stranger)["person"] != family.ann


def test_pages_are_told(family):
    before = family.client.get(f"{API}/jobs", expect=200).json()["people"]
    family.client.patch(f"{API}/people/{family.ann}", json={"name": "Anna"}, expect=200)
    assert family.client.get(f"{API}/jobs", expect=200).json()["people"] != before


def test_others_see_nothing_of_it(family, server):
    bob = server.member(family.client, "bob")
    ann, face, photo = family.ann, family.ann_face, family.photos[0]
    fact = family.client.get(f"{API}/people/facts").json()["facts"][0]["id"]
    for method, path, body in (
            ("GET", f"/people/{ann}", None), ("GET", f"/people/{ann}/photos", None), ("GET", f"/people/{ann}/faces", None),
            ("PATCH", f"/people/{ann}", {"name": "x"}), ("POST", f"/people/{ann}/split", {"faces": [face]}),
            ("POST", "/people/merge", {"into": ann, "from": [family.bob]}), ("POST", "/people", {"faces": [face]}),
            ("GET", f"/faces/{face}/thumbnail", None), ("PUT", f"/faces/{face}/person", {"name": "x"}),
            ("PUT", "/faces/person", {"faces": [face], "name": "x"}), ("POST", "/faces/not-a-face", {"faces": [face]}),
            ("DELETE", "/people/facts", {"facts": [fact]}),
            ("PUT", f"/faces/{face}/person", {"person": ann}), ("POST", f"/faces/{face}/not-a-face", None),
            ("POST", f"/photos/{photo}/faces", {"x": 0.1, "y": 0.1, "w": 0.1, "h": 0.1}),
            ("DELETE", f"/people/facts/{fact}", None), ("GET", f"/photos?person={ann}", None),
            ("GET", f"/timeline/months?person={ann}", None), ("GET", f"/search?q=2016&person={ann}", None),
            ("POST", "/people/questions", {"a": face, "b": family.bob_face, "answer": "no"})):
        bob.request(method, API + path, json=body, expect=404)
    assert bob.get(f"{API}/people", expect=200).json() == {"people": [], "unknown": 0, "waiting": 0, "next": None}
    assert bob.get(f"{API}/people/facts", expect=200).json()["facts"] == []
    assert bob.get(f"{API}/search?q=Ann", expect=200).json()["photos"] == []
    assert family.names() == {"Ann": 2, "Bob": 2}


@pytest.fixture(scope="module")
def standing(lasting):
    return Family(lasting[1])


@pytest.mark.parametrize("method,path,body", [
    ("PATCH", "/people/{ann}", {}), ("PATCH", "/people/{ann}", {"name": "x" * 201}), ("PATCH", "/people/{ann}", {"name": 1}),
    ("PATCH", "/people/{ann}", {"born": "1990-02-30"}), ("PATCH", "/people/{ann}", {"born": "1990"}),
    ("PATCH", "/people/{ann}", {"hidden": 1}), ("PATCH", "/people/{ann}", {"cover_face": 0}),
    ("PATCH", "/people/{ann}", {"nose": "long"}), ("POST", "/people", {"faces": []}), ("POST", "/people", {"faces": [0]}),
    ("POST", "/people", {"faces": "1"}), ("POST", "/people", {"name": "x"}),
    ("POST", "/people", {"faces": [1], "name": "  "}), ("POST", "/people/merge", {"into": 1}),
    ("POST", "/people/merge", {"into": 1, "from": [1]}), ("POST", "/people/merge", {"into": 1, "from": [2], "force": 1}),
    ("PUT", "/faces/{face}/person", {}), ("PUT", "/faces/{face}/person", {"name": "x", "person": 1}),
    ("PUT", "/faces/{face}/person", {"name": "x", "faces": [1]}), ("PUT", "/faces/person", {"name": "x"}),
    ("PUT", "/faces/person", {"faces": [], "name": "x"}), ("PUT", "/faces/person", {"faces": [1]}),
    ("PUT", "/faces/person", {"faces": [1], "name": "x", "not": 1}), ("POST", "/faces/not-a-face", {"faces": [0]}),
    ("DELETE", "/people/facts", {"facts": []}), ("DELETE", "/people/facts", {"ids": [1]}),
    ("PUT", "/faces/{face}/person", {"name": ""}), ("PUT", "/faces/{face}/person", {"who": 1}),
    ("POST", "/photos/{photo}/faces", {"x": 0, "y": 0, "w": 0, "h": 0.1}),
    ("POST", "/photos/{photo}/faces", {"x": 0.9, "y": 0, "w": 0.2, "h": 0.1}),
    ("POST", "/photos/{photo}/faces", {"x": -0.1, "y": 0, "w": 0.2, "h": 0.1}),
    ("POST", "/photos/{photo}/faces", {"x": "a", "y": 0, "w": 0.2, "h": 0.1}),
    ("POST", "/photos/{photo}/faces", {"x": 0, "y": 0, "w": 0.2, "h": 0.1, "name": "x", "person": 1}),
    ("POST", "/people/questions", {"a": 1, "b": 1, "answer": "yes"}),
    ("POST", "/people/questions", {"a": 1, "b": 2, "answer": "perhaps"}), ("POST", "/people/questions", {"a": 1, "b": 2}),
    ("GET", "/people?hidden=2", None), ("GET", "/people?cursor=x", None), ("GET", "/people?cursor=1", None), ("GET", "/people?cursor=2_1_1", None),
    ("GET", "/people?limit=501", None),
    ("GET", "/people/{ann}/faces?cursor=1_2", None), ("GET", "/people/{ann}/photos?year=0", None),
    ("GET", "/people/facts?cursor=0", None), ("GET", "/people/questions?limit=101", None),
    ("GET", "/photos?person=0", None), ("GET", "/search?q=x&person=a", None),
])
def test_what_is_refused(standing, method, path, body):
    path = path.format(ann=standing.ann, face=standing.ann_face, photo=standing.photos[0])
    error = standing.client.request(method, API + path, json=body, expect=400).json()["error"]
    assert error["code"] == "invalid"


@pytest.mark.parametrize("method,path,body", [
    ("GET", "/people/999", None), ("PATCH", "/people/999", {"name": "x"}), ("GET", "/people/999/photos", None),
    ("GET", "/people/999/faces", None), ("POST", "/people", {"faces": [999]}), ("DELETE", "/people/facts/999", None),
    ("POST", "/people/merge", {"into": 999, "from": [998]}), ("POST", "/people/999/split", {"faces": [1]}),
    ("GET", "/faces/999/thumbnail", None), ("PUT", "/faces/999/person", {"name": "x"}),
    ("POST", "/faces/999/not-a-face", None), ("POST", "/photos/999/faces", {"x": 0, "y": 0, "w": 0.2, "h": 0.1}),
    ("POST", "/people/questions", {"a": 999, "b": 998, "answer": "no"}),
])
def test_what_is_not_there(standing, method, path, body):
    standing.client.request(method, API + path, json=body, expect=404)


def test_pictures_of_faces(family, start_server):
    missing = f"{API}/faces/{family.ann_face}/thumbnail"
    assert family.client.get(missing, expect=404).json()["error"]["code"] == "not_ready"
    client = start_server().owner()
    photo = client.upload([("1.jpg", jpeg(1))])[0]["id"]
    client.wait_done(photo)
    url = f"{API}/faces/{draw(client, photo, name='Ann')['face']}/thumbnail"
    reply = wait_for("the face is cut out", lambda: (lambda r: r.status_code == 200 and r)(client.get(url)))
    assert reply.headers["Content-Type"] == "image/webp" and reply.content[8:12] == b"WEBP"
    client.get(url, headers={"If-None-Match": reply.headers["ETag"]}, expect=304)
    assert client.get(url, headers={"Range": "bytes=0-3"}, expect=206).content == b"RIFF"

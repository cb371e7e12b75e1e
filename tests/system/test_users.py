"""Several users: nobody sees, changes or even guesses what is another's."""

import pytest

from contract import Contract
from harness import PASSWORD
from make_photos import jpeg

BODIES = {
    ("POST", "/api/v1/setup"): {"name": "eve", "password": PASSWORD},
    ("POST", "/api/v1/sessions"): {"name": "eve", "password": PASSWORD},
    ("POST", "/api/v1/me/password"): {"current": PASSWORD, "new": PASSWORD},
    ("POST", "/api/v1/users"): {"name": "eve", "password": PASSWORD},
    ("PUT", "/api/v1/photos/{id}/class"): {"class": "animals"},
    ("POST", "/api/v1/albums"): {"name": "x"},
    ("PATCH", "/api/v1/albums/{id}"): {"name": "x"},
    ("PATCH", "/api/v1/classes/{id}"): {"name": "x"},
    ("PUT", "/api/v1/classes/{id}/photos"): {"ids": [1], "belongs": True},
    ("PATCH", "/api/v1/people/{id}"): {"name": "x"},
    ("POST", "/api/v1/people/{id}/split"): {"faces": [1]},
    ("PUT", "/api/v1/faces/{id}/person"): {"name": "x"},
    ("POST", "/api/v1/photos/{id}/faces"): {"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2},
}
OPERATIONS = list(Contract().operations())


def operation_id(value):
    return value if isinstance(value, str) else ""


def body_of(method, path, ids):
    if (method, path) in BODIES:
        return BODIES[(method, path)]
    if path in ("/api/v1/photos/trash", "/api/v1/photos/restore", "/api/v1/albums/{id}/photos", "/api/v1/trash") and method != "GET":
        return {"ids": ids}
    return None


@pytest.mark.parametrize("method,path,operation", [row for row in OPERATIONS if row[2].get("security") != []], ids=operation_id)
def test_without_a_session(lasting, method, path, operation):
    client = lasting[0].client()
    body = body_of(method, path, [1])
    files = {"file": ("a.jpg", jpeg(1))} if path == "/api/v1/photos" and method == "POST" else None
    url = path.replace("{id}", "1").replace("{photo}", "1")
    reply = client.request(method, url, json=None if files else body, files=files, expect=401)
    assert reply.json()["error"]["code"] == "not_signed_in"
    assert "Set-Cookie" not in reply.headers


def snapshot(owner, photo, album):
    return (owner.photo(photo), owner.get("/api/v1/albums").json(), owner.get(f"/api/v1/photos?album={album}").json(),
            owner.get("/api/v1/facts").json(), owner.get("/api/v1/photos").json(), owner.get("/api/v1/people").json(),
            owner.get("/api/v1/people/facts").json(), owner.get("/api/v1/classes").json(),
            owner.get("/api/v1/classes/facts").json())


def test_every_route_with_the_ids_of_another(server, owner, member):
    photo = owner.upload([("a.jpg", jpeg(1))])[0]["id"]
    owner.wait_done(photo)
    album = owner.post("/api/v1/albums", json={"name": "Mine"}).json()["id"]
    owner.post(f"/api/v1/albums/{album}/photos", json={"ids": [photo]}, expect=200)
    fact = owner.put(f"/api/v1/photos/{photo}/class", json={"class": "animals"}).json()["fact"]
    drawn = owner.post(f"/api/v1/photos/{photo}/faces", json={"x": 0.2, "y": 0.2, "w": 0.3, "h": 0.3, "name": "Ann"}).json()
    owner.wait_done(photo)
    own = owner.post("/api/v1/classes", json={"name": "Own"}, expect=201).json()["id"]
    ids = {"/classes/": own, "/people/facts/": drawn["facts"][0], "/people/": drawn["person"], "/faces/": drawn["face"],
           "/facts/": fact, "/albums/": album, "/photos/": photo, "/jobs/": photo}
    before = snapshot(owner, photo, album)
    tried = 0
    for method, path, _ in OPERATIONS:
        if "{" not in path:
            continue
        wanted = next(number for part, number in ids.items() if part in path)
        url = path.replace("{id}", str(wanted)).replace("{photo}", str(wanted))
        reply = member.request(method, url, json=body_of(method, path, [photo]), expect=404)
        missing = member.request(method, path.replace("{id}", "987654").replace("{photo}", "987654"),
                                 json=body_of(method, path, [photo]), expect=404)
        assert reply.json()["error"]["code"] == missing.json()["error"]["code"], (method, path)
        tried += 1
    assert tried >= 20
    assert snapshot(owner, photo, album) == before


def test_lists_of_anothers_ids(server, owner, member):
    photo = owner.upload([("a.jpg", jpeg(1))])[0]["id"]
    owner.wait_done(photo)
    assert member.post("/api/v1/photos/trash", json={"ids": [photo]}, expect=200).json() == {"changed": 0}
    owner.post("/api/v1/photos/trash", json={"ids": [photo]}, expect=200)
    assert member.post("/api/v1/photos/restore", json={"ids": [photo]}, expect=200).json() == {"changed": 0}
    assert member.delete("/api/v1/trash", json={"ids": [photo]}, expect=200).json() == {"changed": 0}
    assert member.delete("/api/v1/trash", expect=200).json() == {"changed": 0}
    assert owner.photo(photo)["trashed_at"] is not None
    own = member.post("/api/v1/albums", json={"name": "Own"}, expect=201).json()["id"]
    assert member.post(f"/api/v1/albums/{own}/photos", json={"ids": [photo]}, expect=200).json() == {"changed": 0}
    member.patch(f"/api/v1/albums/{own}", json={"cover": photo}, expect=404)


def test_lists_show_only_the_own(server, owner, member):
    mine = owner.upload([("a.jpg", jpeg(1, description="secret lake"))])[0]["id"]
    theirs = member.upload([("a.jpg", jpeg(1, description="secret lake"))])[0]
    assert theirs["status"] == "imported" and theirs["id"] != mine
    owner.upload([("b.jpg", jpeg(2, description="secret lake"))])
    owner.post("/api/v1/albums", json={"name": "Mine"}, expect=201)
    for photo, client in ((mine, owner), (theirs["id"], member)):
        client.wait_done(photo)
    assert [p["id"] for p in member.get("/api/v1/photos").json()["photos"]] == [theirs["id"]]
    assert member.get("/api/v1/timeline/months").json()["total"] == 1
    assert [p["id"] for p in member.get("/api/v1/search?q=secret").json()["photos"]] == [theirs["id"]]
    assert sum(member.smart_counts().values()) == 1
    assert member.get("/api/v1/albums").json()["albums"] == []
    assert member.get("/api/v1/facts").json()["facts"] == []
    assert member.get("/api/v1/settings/about").json()["counts"]["photos"] == 1
    photo = member.photo(theirs["id"])
    assert photo["previous"] is None and photo["next"] is None


def test_deleting_for_good_leaves_the_others_copy(server, owner, member):
    mine = owner.upload([("a.jpg", jpeg(1))])[0]["id"]
    theirs = member.upload([("a.jpg", jpeg(1))])[0]["id"]
    for photo, client in ((mine, owner), (theirs, member)):
        client.wait_done(photo)
    owner.post("/api/v1/photos/trash", json={"ids": [mine]}, expect=200)
    owner.delete("/api/v1/trash", expect=200)
    assert member.get(f"/api/v1/photos/{theirs}/original", expect=200).content == jpeg(1)
    member.get(f"/api/v1/photos/{theirs}/thumbnail", expect=200)
    member.get(f"/api/v1/photos/{theirs}/preview", expect=200)


def test_users_are_the_owners_business(server, owner, member):
    member.get("/api/v1/users", expect=403)
    member.post("/api/v1/users", json={"name": "eve", "password": PASSWORD}, expect=403)
    assert [u["name"] for u in owner.get("/api/v1/users", expect=200).json()["users"]] == ["ann", "bob"]
    owner.post("/api/v1/users", json={"name": "BOB", "password": PASSWORD}, expect=409)
    owner.post("/api/v1/users", json={"name": "carl", "password": "short"}, expect=400)
    owner.post("/api/v1/users", json={"name": "carl", "password": PASSWORD, "role": "king"}, expect=400)
    made = owner.post("/api/v1/users", json={"name": "carl", "password": PASSWORD, "role": "owner"}, expect=201).json()
    assert made["role"] == "owner"
    carl = server.client()
    carl.sign_in("carl")
    carl.get("/api/v1/users", expect=200)

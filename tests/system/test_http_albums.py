"""Albums made by hand."""

import pytest

from make_photos import jpeg


@pytest.fixture
def ids(owner):
    return [r["id"] for r in owner.upload([(f"{n}.jpg", jpeg(n, taken=f"2019:05:0{n + 1} 10:00:00")) for n in range(4)])]


def test_life_of_an_album(owner, ids):
    for photo in ids:
        owner.wait_done(photo)
    album = owner.post("/api/v1/albums", json={"name": "Sea"}, expect=201).json()
    assert album["count"] == 0 and album["cover"] is None
    url = f"/api/v1/albums/{album['id']}"
    assert owner.post(url + "/photos", json={"ids": ids[:3] + [ids[0], 999999]}, expect=200).json() == {"changed": 3}
    assert owner.post(url + "/photos", json={"ids": ids[:1]}, expect=200).json() == {"changed": 0}
    assert owner.get(url, expect=200).json()["count"] == 3
    assert owner.get(url).json()["cover"] == ids[2]
    listed = owner.get(f"/api/v1/photos?album={album['id']}", expect=200).json()["photos"]
    assert [p["id"] for p in listed] == ids[2::-1]
    assert owner.get(f"/api/v1/timeline/months?album={album['id']}").json()["total"] == 3
    assert owner.photo(ids[0])["albums"] == [{"id": album["id"], "name": "Sea"}]
    changed = owner.patch(url, json={"name": "Lake", "cover": ids[0]}, expect=200).json()
    assert (changed["name"], changed["cover"]) == ("Lake", ids[0])
    owner.patch(url, json={"cover": ids[3]}, expect=404)
    assert owner.delete(url + "/photos", json={"ids": [ids[1], ids[3]]}, expect=200).json() == {"changed": 1}
    assert owner.get(url).json()["count"] == 2
    owner.post("/api/v1/photos/trash", json={"ids": [ids[0]]}, expect=200)
    assert owner.get(url).json()["count"] == 1
    owner.delete(url, expect=204)
    owner.get(url, expect=404)
    owner.get(f"/api/v1/photos?album={album['id']}", expect=404)
    assert owner.photo(ids[1])["albums"] == []


def test_albums_are_listed_by_name(owner):
    for name in ("b", "C", "a"):
        owner.post("/api/v1/albums", json={"name": name}, expect=201)
    assert [a["name"] for a in owner.get("/api/v1/albums", expect=200).json()["albums"]] == ["a", "b", "C"]


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "  "}, {"name": "x" * 201}, {"name": 1}, {"name": "x", "y": 1}])
def test_bad_names(lasting, body):
    owner = lasting[1]
    owner.post("/api/v1/albums", json=body, expect=400)
    album = owner.post("/api/v1/albums", json={"name": "x"}, expect=201).json()["id"]
    owner.patch(f"/api/v1/albums/{album}", json=body, expect=400)


def test_unknown_albums(owner, ids):
    for method, path, body in (("GET", "/api/v1/albums/99", None), ("PATCH", "/api/v1/albums/99", {"name": "x"}),
                               ("DELETE", "/api/v1/albums/99", None), ("POST", "/api/v1/albums/99/photos", {"ids": ids}),
                               ("DELETE", "/api/v1/albums/99/photos", {"ids": ids})):
        owner.request(method, path, json=body, expect=404)

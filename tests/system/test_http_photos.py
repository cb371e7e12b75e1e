"""The timeline, one photo and its files, the trash."""

import email.utils

import pytest

from harness import wait_for
from make_photos import broken_jpeg, jpeg, png


@pytest.fixture
def dated(owner):
    """Thirty photos in three months, two of them a second apart."""
    files = []
    for n in range(30):
        month, day = 3 + n // 10, 1 + n % 10
        files.append((f"{n:02}.jpg", jpeg(n, taken=f"2019:{month:02}:{day:02} 10:00:{n % 60:02}", make="Maker", model=f"M{n % 2}")))
    results = owner.upload(files)
    for result in results:
        assert owner.wait_done(result["id"])["state"] == "done"
    return [r["id"] for r in results]


def all_pages(client, query="", limit=7):
    ids, cursor, pages = [], None, 0
    while True:
        page = client.get(f"/api/v1/photos?limit={limit}{query}" + (f"&cursor={cursor}" if cursor else ""), expect=200).json()
        ids += [p["id"] for p in page["photos"]]
        cursor = page["next"]
        pages += 1
        if cursor is None:
            return ids, pages


def test_months_and_pages(owner, dated):
    months = owner.get("/api/v1/timeline/months", expect=200).json()
    assert months == {"months": [{"month": f"2019-0{m}", "count": 10} for m in (5, 4, 3)], "total": 30}
    ids, pages = all_pages(owner)
    assert ids == dated[::-1]
    assert pages == 5
    in_april, _ = all_pages(owner, "&month=2019-04")
    assert in_april == dated[19:9:-1]
    assert owner.get("/api/v1/photos?month=2001-01").json() == {"photos": [], "next": None}


@pytest.mark.parametrize("query", ["month=2019-13", "month=2019", "limit=0", "limit=501", "limit=x", "cursor=x", "cursor=1",
                                   "class=dogs", "album=x", "trash=2", "trash=1&trash=1"])
def test_bad_queries(lasting, query):
    lasting[1].get("/api/v1/photos?" + query, expect=400)


def test_details(owner):
    data = jpeg(7, (640, 480), taken="2019:05:04 10:11:12", offset="+09:00", make="Maker", model="Model 7", description="At the sea")
    photo = owner.wait_done(owner.upload([("sea.jpg", data)])[0]["id"])
    assert photo["name"] == "sea.jpg" and photo["mime"] == "image/jpeg" and photo["bytes"] == len(data)
    assert (photo["width"], photo["height"]) == (640, 480)
    assert photo["taken"] == "2019-05-04T10:11:12" and photo["offset"] == "+09:00"
    assert photo["moment"] == 1556932272000
    assert (photo["make"], photo["model"], photo["description"]) == ("Maker", "Model 7", "At the sea")
    assert photo["guess"] is None or abs(sum(photo["guess"]["classes"].values()) - 1) < 0.01
    assert photo["correction"] is None and photo["albums"] == []
    assert photo["previous"] is None and photo["next"] is None


def test_neighbours(owner, dated):
    middle = owner.photo(dated[15])
    assert (middle["previous"], middle["next"]) == (dated[16], dated[14])
    assert owner.photo(dated[-1])["previous"] is None
    assert owner.photo(dated[0])["next"] is None


def test_derived_files(owner):
    photo = owner.upload([("a.jpg", jpeg(1, (2000, 1000)))])[0]["id"]
    wait_for("it is developed", lambda: owner.photo(photo)["state"] == "done")
    thumb = owner.get(f"/api/v1/photos/{photo}/thumbnail", expect=200)
    preview = owner.get(f"/api/v1/photos/{photo}/preview", expect=200)
    assert thumb.content[8:12] == preview.content[8:12] == b"WEBP"
    assert 0 < len(thumb.content) < len(preview.content)
    assert thumb.headers["ETag"] != preview.headers["ETag"]


def test_a_broken_photo_has_no_thumbnail(owner):
    photo = owner.upload([("a.jpg", broken_jpeg())])[0]["id"]
    reply = owner.get(f"/api/v1/photos/{photo}/thumbnail", expect=404)
    assert reply.json()["error"]["code"] == "not_ready"
    owner.get(f"/api/v1/photos/{photo}/original", expect=200)


def test_caching(owner):
    photo = owner.upload([("a.jpg", jpeg(1))])[0]["id"]
    url = f"/api/v1/photos/{photo}/original"
    first = owner.get(url, expect=200)
    assert first.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert first.headers["Content-Type"] == "image/jpeg"
    assert email.utils.parsedate_to_datetime(first.headers["Date"])
    etag = first.headers["ETag"]
    for value in (etag, f'"x", {etag}', "W/" + etag, "*"):
        same = owner.get(url, headers={"If-None-Match": value}, expect=304)
        assert same.headers["ETag"] == etag
    owner.get(url, headers={"If-None-Match": '"x"'}, expect=200)


@pytest.mark.parametrize("header,status,first,last", [
    ("bytes=0-0", 206, 0, 0),
    ("bytes=10-19", 206, 10, 19),
    ("bytes=100-", 206, 100, None),
    ("bytes=-5", 206, -5, None),
    ("bytes=0-99999999", 206, 0, None),
    ("bytes=0-1,5-6", 200, 0, None),
    ("lines=1-2", 200, 0, None),
    ("bytes=5-1", 200, 0, None),
    ("bytes=99999999-", 416, None, None),
    ("bytes=-0", 416, None, None),
])
def test_ranges(lasting, header, status, first, last):
    owner = lasting[1]
    data = jpeg(1)
    photo = owner.upload([("a.jpg", data)])[0]["id"]
    reply = owner.get(f"/api/v1/photos/{photo}/original", headers={"Range": header}, expect=status)
    if status == 416:
        assert reply.headers["Content-Range"] == f"bytes */{len(data)}"
        assert reply.json()["error"]["code"] == "bad_range"
        return
    start = first if first >= 0 else len(data) + first
    end = len(data) - 1 if last is None else last
    assert reply.content == data[start:end + 1]
    if status == 206:
        assert reply.headers["Content-Range"] == f"bytes {start}-{end}/{len(data)}"


def test_if_range(owner):
    data = jpeg(1)
    photo = owner.upload([("a.jpg", data)])[0]["id"]
    url = f"/api/v1/photos/{photo}/original"
    etag = owner.request("HEAD", url, expect=200).headers["ETag"]
    assert owner.get(url, headers={"Range": "bytes=0-9", "If-Range": etag}, expect=206).content == data[:10]
    assert owner.get(url, headers={"Range": "bytes=0-9", "If-Range": '"old"'}, expect=200).content == data


def test_originals_cannot_attack(owner):
    """Whatever a file is called, its name stays inside the header and its type is what its bytes are."""
    photo = owner.upload([('a";x.html', png(1))])[0]["id"]
    reply = owner.get(f"/api/v1/photos/{photo}/original", expect=200)
    assert reply.headers["Content-Type"] == "image/png"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Content-Disposition"].startswith("inline; filename=\"")
    assert reply.headers["Content-Disposition"].count('"') == 2
    saved = owner.get(f"/api/v1/photos/{photo}/original?download=1", expect=200)
    assert saved.headers["Content-Disposition"].startswith("attachment; ")


def test_trash_restore_and_delete(server, owner):
    ids = [r["id"] for r in owner.upload([(f"{n}.jpg", jpeg(n)) for n in range(4)])]
    for photo in ids:
        owner.wait_done(photo)
    assert owner.post("/api/v1/photos/trash", json={"ids": ids[:3] + [ids[0], 999999]}, expect=200).json() == {"changed": 3}
    assert owner.post("/api/v1/photos/trash", json={"ids": ids[:3]}, expect=200).json() == {"changed": 0}
    assert {p["id"] for p in owner.get("/api/v1/photos").json()["photos"]} == {ids[3]}
    assert {p["id"] for p in owner.get("/api/v1/photos?trash=1").json()["photos"]} == set(ids[:3])
    assert owner.get("/api/v1/timeline/months?trash=1").json()["total"] == 3
    assert owner.photo(ids[0])["trashed_at"] > 0
    assert sum(owner.smart_counts().values()) == 1
    assert owner.post("/api/v1/photos/restore", json={"ids": [ids[0]]}, expect=200).json() == {"changed": 1}
    assert owner.get("/api/v1/timeline/months").json()["total"] == 2
    assert owner.delete("/api/v1/trash", json={"ids": [ids[1], ids[3]]}, expect=200).json() == {"changed": 1}
    owner.photo(ids[1], expect=404)
    owner.photo(ids[3], expect=200)
    assert owner.delete("/api/v1/trash", expect=200).json() == {"changed": 1}
    for photo in ids[1:3]:
        owner.photo(photo, expect=404)
        for part in ("original", "thumbnail", "preview"):
            owner.get(f"/api/v1/photos/{photo}/{part}", expect=404)
    originals = [p for p in (server.library / "originals").rglob("*") if p.is_file()]
    derived = [p for p in (server.library / "derived").rglob("*") if p.is_file()]
    assert (len(originals), len(derived)) == (2, 4)


def test_tombstone(owner):
    photo = owner.upload([("a.jpg", jpeg(1))])[0]["id"]
    owner.wait_done(photo)
    owner.post("/api/v1/photos/trash", json={"ids": [photo]}, expect=200)
    assert owner.upload([("a.jpg", jpeg(1))])[0]["status"] in ("duplicate", "rejected")
    owner.delete("/api/v1/trash", expect=200)
    refused = owner.upload([("a.jpg", jpeg(1))])[0]
    assert refused["status"] == "rejected" and refused["reason"]
    back = owner.upload([("a.jpg", jpeg(1))], restore=True)[0]
    assert back["status"] == "imported"
    assert owner.upload([("a.jpg", jpeg(1))])[0]["status"] == "duplicate"


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": [0]}, {"ids": ["1"]}, {"ids": [1.5]}, {"ids": 1}, {"ids": [1], "x": 1},
                                  {"ids": list(range(1, 1002))}])
def test_bad_lists_of_ids(lasting, body):
    owner = lasting[1]
    for path in ("/api/v1/photos/trash", "/api/v1/photos/restore"):
        owner.post(path, json=body, expect=400)
    owner.delete("/api/v1/trash", json=body, expect=400)


def test_search(owner, dated):
    assert {p["id"] for p in owner.get("/api/v1/search?q=M1", expect=200).json()["photos"]} == set(dated[1::2])
    april = owner.get("/api/v1/search?q=2019-04&limit=4", expect=200).json()
    assert [p["id"] for p in april["photos"]] == dated[19:15:-1]
    more = owner.get("/api/v1/search", params={"q": "2019-04", "limit": 4, "cursor": april["next"]}, expect=200).json()
    assert [p["id"] for p in more["photos"]] == dated[15:11:-1]
    assert owner.get("/api/v1/search?q=nosuchword").json()["photos"] == []
    for odd in ('"', "*", "a AND", "NEAR(", "(", "'; DROP TABLE photo; --", "%", "é", "a" * 200, "-x", "col:x"):
        owner.get("/api/v1/search", params={"q": odd}, expect=200)
    owner.get("/api/v1/search", expect=400)
    owner.get("/api/v1/search?q=", expect=400)
    owner.get("/api/v1/search?q=" + "a" * 201, expect=400)


def test_about(owner, dated):
    about = owner.get("/api/v1/settings/about", expect=200).json()
    assert about["counts"]["photos"] == 30 and about["counts"]["videos"] == 0
    assert about["counts"]["bytes"] > 0

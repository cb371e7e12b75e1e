"""Uploads: whole, many, double, wrong, broken off and side by side."""

import concurrent.futures
import os
import signal
import socket

from harness import wait_for
from make_photos import broken_jpeg, jpeg, png


def count(client):
    return client.get("/api/v1/timeline/months", expect=200).json()["total"]


def leftovers(server):
    tmp = server.library / "tmp"
    return [p for p in tmp.iterdir() if p.is_file()] if tmp.is_dir() else []


def test_many_files_at_once(server, owner):
    files = [(f"p{n}.jpg", jpeg(n)) for n in range(12)] + [("q.png", png(99))]
    results = owner.upload(files)
    assert [r["name"] for r in results] == [name for name, _ in files]
    assert {r["status"] for r in results} == {"imported"}
    assert len({r["id"] for r in results}) == len(files)
    assert count(owner) == len(files)
    for result, (_, data) in zip(results, files):
        assert owner.get(f"/api/v1/photos/{result['id']}/original", expect=200).content == data


def test_duplicates_make_no_second_photo(server, owner):
    first = owner.upload([("a.jpg", jpeg(1)), ("b.jpg", jpeg(1))])
    assert [r["status"] for r in first] == ["imported", "duplicate"]
    again = owner.upload([("c.jpg", jpeg(1))])[0]
    assert again["status"] == "duplicate"
    assert again["id"] == first[0]["id"] == first[1]["id"]
    assert count(owner) == 1


def test_what_is_no_photo_is_refused_with_the_reason(server, owner):
    results = owner.upload([
        ("a.pdf", b"%PDF-1.4\n" + b"x" * 100),
        ("good.jpg", jpeg(1)),
        ("page.jpg", b"<html><script>alert(1)</script></html>"),
        ("empty.jpg", b""),
        ("text.txt", b"hello\n" * 1000),
        ("also.jpg", jpeg(2)),
    ])
    assert [r["status"] for r in results] == ["rejected", "imported", "rejected", "rejected", "rejected", "imported"]
    for result in results:
        assert (result["reason"] is not None) == (result["status"] == "rejected")
        assert (result["id"] is None) == (result["status"] == "rejected")
    assert "PDF" in results[0]["reason"]
    assert count(owner) == 2
    wait_for("nothing is left behind", lambda: leftovers(server) == [])


def test_names_are_only_names(server, owner, tmp_path):
    names = ["../../evil.jpg", "/etc/passwd.jpg", "C:\\pics\\x.jpg", "a\tb.jpg", "ä ö.jpg", ".hidden.jpg", "x" * 300 + ".jpg", "..", ""]
    results = owner.upload([(name, jpeg(100 + n)) for n, name in enumerate(names) if name])
    assert {r["status"] for r in results} == {"imported"}
    for result in results:
        assert "/" not in result["name"] and "\\" not in result["name"]
    outside = [p for p in tmp_path.rglob("*.jpg") if server.library not in p.parents]
    assert outside == []


def test_mtime_dates_a_photo_that_has_no_date(server, owner):
    result = owner.upload([("a.png", png(1))], mtime=1556964672000)[0]
    photo = owner.wait_done(result["id"])
    assert photo["taken"] is None
    assert photo["moment"] == 1556964672000
    months = owner.get("/api/v1/timeline/months").json()["months"]
    assert months == [{"month": "2019-05", "count": 1}]


def test_malformed_forms(server, owner):
    head = {"Content-Type": "multipart/form-data; boundary=XX"}
    for body in (b"", b"--XX--", b"hello", b"--XX\r\n\r\n\r\n--XX--",
                 b"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhello",
                 b"--XX\r\nContent-Disposition: form-data; name=\"mtime\"\r\n\r\nyesterday\r\n--XX--"):
        owner.post("/api/v1/photos", data=body, headers=head, expect=400)
    owner.post("/api/v1/photos", data=b"x", headers={"Content-Type": "multipart/form-data"}, expect=400)
    assert count(owner) == 0
    wait_for("nothing is left behind", lambda: leftovers(server) == [])


def form(name, data, boundary=b"XX"):
    return (b"--" + boundary + b"\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + b"\"\r\n\r\n" + data +
            b"\r\n")


def send_part(server, owner, body, length):
    """Sends a request that promises more than it sends, and hangs up."""
    cookie = owner.session.cookies["tintype_session"]
    head = (f"POST /api/v1/photos HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: tintype_session={cookie}\r\n"
            f"Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: {length}\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as s:
        s.sendall(head + body)


def test_upload_broken_off(start_server):
    """What was whole before the line broke stays; the half file leaves nothing behind, at the latest after the idle time."""
    server = start_server(env={"TINTYPE_HTTP_IDLE_TIMEOUT_S": "3"})
    owner = server.owner()
    whole, half = jpeg(1), jpeg(2, (1600, 1200))
    send_part(server, owner, form(b"a.jpg", whole) + form(b"b.jpg", half)[:-2000], 10_000_000)
    wait_for("the first file is there", lambda: count(owner) == 1)
    wait_for("nothing is left of the second", lambda: leftovers(server) == [])
    assert owner.upload([("b.jpg", half)])[0]["status"] == "imported"
    assert count(owner) == 2


def test_a_stop_lets_an_upload_finish(server, owner):
    """Nothing that was begun is lost when the server is told to end."""
    data = jpeg(1, (800, 600))
    body = form(b"a.jpg", data) + b"--XX--\r\n"
    cookie = owner.session.cookies["tintype_session"]
    head = (f"POST /api/v1/photos HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: tintype_session={cookie}\r\n"
            f"Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as s:
        s.sendall(head + body[:len(body) // 2])
        wait_for("the file is on its way", lambda: leftovers(server))
        server.process.send_signal(signal.SIGTERM)
        wait_for("it was told to stop", lambda: "stopping" in server.text())
        s.sendall(body[len(body) // 2:])
        reply = b""
        while piece := s.recv(65536):
            reply += piece
    assert reply.startswith(b"HTTP/1.1 200 ") and b'"imported"' in reply
    assert server.wait() == 0
    server.start()
    owner.url = server.url
    assert count(owner) == 1


def test_chunked_upload(server, owner):
    def pieces():
        body = form(b"a.jpg", jpeg(1)) + form(b"b.jpg", jpeg(2)) + b"--XX--\r\n"
        for start in range(0, len(body), 777):
            yield body[start:start + 777]

    reply = owner.post("/api/v1/photos", data=pieces(), headers={"Content-Type": "multipart/form-data; boundary=XX"}, expect=200)
    assert [r["status"] for r in reply.json()["results"]] == ["imported", "imported"]


def test_data_that_looks_like_the_boundary(server, owner):
    data = jpeg(1) + b"\r\n--X\r\n--\r\n-\r\r\n--Xx"
    body = form(b"a.jpg", data) + b"--XX--\r\n"
    reply = owner.post("/api/v1/photos", data=body, headers={"Content-Type": "multipart/form-data; boundary=XX"}, expect=200)
    photo = reply.json()["results"][0]["id"]
    assert owner.get(f"/api/v1/photos/{photo}/original").content == data


def test_uploads_side_by_side(server, owner):
    def upload(number):
        client = server.client()
        client.session.cookies.update(owner.session.cookies)
        return client.upload([(f"{number}-{k}.jpg", jpeg(10 * (number % 4) + k)) for k in range(4)])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = [r for batch in pool.map(upload, range(8)) for r in batch]
    assert sum(r["status"] == "imported" for r in results) == 16
    assert sum(r["status"] == "duplicate" for r in results) == 16
    assert count(owner) == 16


def test_too_large_a_request(start_server):
    server = start_server(env={"TINTYPE_HTTP_MAX_UPLOAD_BYTES": "100000"})
    owner = server.owner()
    owner.post("/api/v1/photos", data=b"x" * 100001, headers={"Content-Type": "multipart/form-data; boundary=XX"}, expect=413)

    def endless():
        yield b"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n" + jpeg(1)
        for _ in range(200):
            yield os.urandom(1000)

    owner.post("/api/v1/photos", data=endless(), headers={"Content-Type": "multipart/form-data; boundary=XX"}, expect=413)
    assert count(owner) == 0
    wait_for("nothing is left behind", lambda: leftovers(server) == [])


def test_too_large_a_file_is_refused_alone(start_server):
    server = start_server(env={"TINTYPE_INGEST_MAX_FILE_BYTES": "100000"})
    owner = server.owner()
    results = owner.upload([("small.jpg", jpeg(1)), ("big.jpg", jpeg(2) + b"\0" * 200000), ("last.jpg", jpeg(3))])
    assert [r["status"] for r in results] == ["imported", "rejected", "imported"]
    wait_for("nothing is left behind", lambda: leftovers(server) == [])


def test_upload_survives_a_restart(server, owner):
    data = [(f"{n}.jpg", jpeg(n)) for n in range(6)] + [("broken.jpg", broken_jpeg())]
    ids = [r["id"] for r in owner.upload(data)]
    assert server.stop() == 0
    server.start()
    owner.url = server.url
    assert count(owner) == len(data)
    for photo in ids[:-1]:
        assert owner.wait_done(photo)["state"] == "done"

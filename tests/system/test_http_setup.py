"""First run, signing in and out, and what every request has to pass."""

import concurrent.futures
import http.client
import re
import socket

import pytest

from harness import PASSWORD, Server


def test_first_run_makes_the_owner_once(server):
    client = server.client()
    assert client.get("/api/v1/setup", expect=200).json()["needs_owner"] is True
    client.get("/api/v1/photos", expect=401)
    made = client.post("/api/v1/setup", json={"name": "Ann", "password": PASSWORD}, expect=201)
    assert made.json()["role"] == "owner"
    assert client.get("/api/v1/me", expect=200).json()["name"] == "Ann"
    other = server.client()
    assert other.get("/api/v1/setup", expect=200).json()["needs_owner"] is False
    refused = other.post("/api/v1/setup", json={"name": "Eve", "password": PASSWORD}, expect=409)
    assert refused.json()["error"]["code"] == "exists"
    other.sign_in("Eve", expect=401)


def test_only_one_of_many_becomes_owner(server):
    def attempt(number):
        return server.client().post("/api/v1/setup", json={"name": f"u{number}", "password": PASSWORD}).status_code

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(attempt, range(6)))
    assert statuses.count(201) == 1
    assert statuses.count(409) == 5


BAD_CREDENTIALS = [
    {"name": "", "password": PASSWORD},
    {"name": "ann", "password": "short"},
    {"name": " ann", "password": PASSWORD},
    {"name": "a" * 65, "password": PASSWORD},
    {"name": "a\nb", "password": PASSWORD},
    {"name": "ann"},
    {"name": "ann", "password": 12345678},
    {"name": "ann", "password": PASSWORD, "admin": True},
    [],
    "ann",
]


def test_setup_says_what_is_wrong(server):
    client = server.client()
    for body in BAD_CREDENTIALS:
        reply = client.post("/api/v1/setup", json=body, expect=400)
        assert len(reply.json()["error"]["message"]) > 10, body
    assert client.get("/api/v1/setup").json()["needs_owner"] is True


def test_sign_in_and_out(server, owner):
    client = server.client()
    wrong = client.sign_in("ann", "not the password", expect=401).json()["error"]
    unknown = client.sign_in("nobody", "not the password", expect=401).json()["error"]
    assert (wrong["code"], wrong["message"]) == (unknown["code"], unknown["message"])
    client.sign_in("ANN")
    client.get("/api/v1/me", expect=200)
    stolen = client.session.cookies["tintype_session"]
    client.delete("/api/v1/sessions/current", expect=204)
    client.get("/api/v1/me", expect=401)
    thief = server.client()
    thief.session.cookies["tintype_session"] = stolen
    thief.get("/api/v1/me", expect=401)
    owner.get("/api/v1/me", expect=200)


def test_cookie_flags(server):
    reply = server.client().post("/api/v1/setup", json={"name": "ann", "password": PASSWORD}, expect=201)
    flags = {part.strip().lower() for part in reply.headers["Set-Cookie"].split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= flags
    assert "secure" not in flags
    assert re.match(r"tintype_session=[0-9a-f]{64};", reply.headers["Set-Cookie"])


def test_behind_a_proxy_with_tls(start_server):
    """A proxy that is trusted speaks for the client; anybody else speaks for himself."""
    tls = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "6.6.6.6, 9.9.9.9"}
    proxied = start_server(env={"TINTYPE_HTTP_TRUSTED_PROXY": "127.0.0.1"}).client()
    reply = proxied.post("/api/v1/setup", json={"name": "ann", "password": PASSWORD}, headers=tls, expect=201)
    assert "; Secure" in reply.headers["Set-Cookie"]
    assert "max-age" in reply.headers["Strict-Transport-Security"]
    for _ in range(5):
        proxied.post("/api/v1/sessions", json={"name": "ann", "password": "wrong"}, headers=tls, expect=401)
    proxied.post("/api/v1/sessions", json={"name": "ann", "password": PASSWORD}, headers=tls, expect=429)
    other = dict(tls, **{"X-Forwarded-For": "9.9.9.9, 8.8.8.8"})
    proxied.post("/api/v1/sessions", json={"name": "ann", "password": PASSWORD}, headers=other, expect=200)
    straight = start_server().client()
    reply = straight.post("/api/v1/setup", json={"name": "ann", "password": PASSWORD}, headers=tls, expect=201)
    assert "Secure" not in reply.headers["Set-Cookie"]


def test_tampered_cookies_are_nobody(server, owner):
    good = owner.session.cookies["tintype_session"]
    for bad in ("", "0" * 64, good[:-1], good + "0", good[:-1] + ("1" if good[-1] == "0" else "0"), "../../x", "%00"):
        client = server.client()
        reply = client.get("/api/v1/me", headers={"Cookie": f"tintype_session={bad}"})
        assert reply.status_code == 401, bad


def test_throttle(server, owner):
    client = server.client()
    for _ in range(5):
        client.sign_in("ann", "not the password", expect=401)
    reply = client.sign_in("ann", expect=429)
    assert int(reply.headers["Retry-After"]) >= 1
    assert reply.json()["error"]["code"] == "busy"
    owner.get("/api/v1/me", expect=200)
    client.sign_in("someone else", "not the password", expect=401)


def test_password_change_ends_other_sessions(server, owner):
    other = server.client()
    other.sign_in("ann")
    owner.post("/api/v1/me/password", json={"current": "wrong", "new": "battery staple"}, expect=403)
    owner.post("/api/v1/me/password", json={"current": PASSWORD, "new": "short"}, expect=400)
    owner.post("/api/v1/me/password", json={"current": PASSWORD, "new": "battery staple"}, expect=204)
    owner.get("/api/v1/me", expect=200)
    other.get("/api/v1/me", expect=401)
    other.sign_in("ann", expect=401)
    other.sign_in("ann", "battery staple")


def test_sessions_outlive_a_restart(server, owner):
    assert server.stop() == 0
    server.start()
    owner.url = server.url
    owner.get("/api/v1/me", expect=200)


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
])
def test_other_sites_cannot_write(lasting, headers):
    owner = lasting[1]
    reply = owner.post("/api/v1/albums", json={"name": "x"}, headers=headers, expect=403)
    assert reply.json()["error"]["code"] == "denied"
    assert owner.get("/api/v1/albums").json()["albums"] == []
    owner.get("/api/v1/albums", headers=headers, expect=200)


def test_own_pages_can_write(server, owner):
    for headers in ({"Origin": server.url}, {"Sec-Fetch-Site": "same-origin"}, {}):
        owner.post("/api/v1/albums", json={"name": "x"}, headers=headers, expect=201)


def test_bodies_must_be_json(server, owner):
    owner.post("/api/v1/albums", data="name=x", headers={"Content-Type": "application/x-www-form-urlencoded"}, expect=415)
    owner.post("/api/v1/albums", data='{"name":"x"}', headers={"Content-Type": "text/plain"}, expect=415)
    for text in ("", "{", "[]", '{"name":"x"} x', '{"name":"x","name":"y"}', "{\"name\":\"\\u0000\"}", "[" * 5000):
        owner.post("/api/v1/albums", data=text, headers={"Content-Type": "application/json"}, expect=400)
    owner.post("/api/v1/photos", json={}, expect=415)
    too_big = b'{"name":"' + b"x" * (2 << 20) + b'"}'
    owner.post("/api/v1/albums", data=too_big, headers={"Content-Type": "application/json", "Expect": ""}, expect=413)


def test_headers_of_every_reply(server, owner):
    for reply in (owner.get("/api/v1/me"), owner.get("/api/v1/photos/1"), server.client().get("/healthz")):
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
        assert "unsafe" not in reply.headers["Content-Security-Policy"]
        assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert reply.headers["Cache-Control"] == "no-store"
        assert re.fullmatch("[0-9a-f]{16}", reply.headers["X-Request-Id"])


def test_unknown_addresses_and_methods(server, owner):
    owner.get("/api/v1/nothing", expect=404)
    owner.get("/api/v2/me", expect=404)
    owner.get("/api/v1/photos/zero", expect=404)
    reply = owner.put("/api/v1/photos", json={}, expect=405)
    assert reply.headers["Allow"] == "GET, HEAD, POST"
    head = owner.request("HEAD", "/api/v1/me", expect=200)
    assert head.content == b"" and int(head.headers["Content-Length"]) > 0


def raw(server, data):
    """Sends bytes as they are and returns the status of the reply, or 0 when the connection was just closed."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as s:
        reply = b""
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it would not even listen to the end
        while True:
            try:
                piece = s.recv(65536)
            except ConnectionError:
                break
            if not piece:
                break
            reply += piece
    found = re.match(rb"HTTP/1\.1 (\d+)", reply)
    return int(found.group(1)) if found else 0


HOST = b"Host: x\r\n"


GARBAGE = [
    b"GET /api/v1/setup HTTP/1.1\r\n\r\n",
    b"GET /api/v1/setup HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /api/v1/%00setup HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /api/v1/../v1/setup HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /api/v1/%2e%2e/setup HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /api/v1//setup HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /api/v1/setup%2f HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /api/v1/setup%zz HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /%ff HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /..%5c..%5cetc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    b"POST /api/v1/setup HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    b"POST /api/v1/setup HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"POST /api/v1/setup HTTP/1.1\r\n" + HOST + b"Content-Length: -2\r\n\r\n{}",
    b"POST /api/v1/setup HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    b"GET /api/v1/setup HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 100000 + b"\r\n\r\n",
    b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: y\r\n" % i for i in range(500)) + b"\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    b"\r\n\r\n\r\n",
    b"GET",
    b"\x00" * 1000,
]


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    """A server that soon closes connections on which nothing comes."""
    server = Server(tmp_path_factory.mktemp("impatient") / "library", env={"TINTYPE_HTTP_IDLE_TIMEOUT_S": "2"}).start()
    yield server
    assert server.stop() == 0, server.text()
    assert "Sanitizer" not in server.text() and "runtime error" not in server.text(), server.text()


@pytest.mark.parametrize("number", range(len(GARBAGE)))
def test_garbage_is_refused_and_harmless(impatient, number):
    server = impatient
    status = raw(server, GARBAGE[number])
    assert status == 0 or 400 <= status < 500 or status == 501, GARBAGE[number][:200]
    assert server.client().get("/healthz", expect=200).json() == {"status": "ok"}


def test_early_refusal_of_a_huge_body(server):
    """The length alone is enough for the answer: nobody has to send a terabyte to learn it is too much."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.putrequest("POST", "/api/v1/setup")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(1 << 40))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_stop_is_clean_with_open_connections(server, owner):
    idle = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    events = owner.get("/api/v1/jobs/events", stream=True)
    assert server.stop() == 0
    idle.close()
    events.close()

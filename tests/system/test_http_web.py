"""The web app's files."""

import gzip

import pytest

INDEX = b"<!doctype html><title>tintype</title>"
SCRIPT = b"console.log('hello')\n" * 100


@pytest.fixture
def web(start_server, tmp_path):
    root = tmp_path / "web"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_bytes(INDEX)
    (root / "assets" / "app-1a2b.js").write_bytes(SCRIPT)
    (root / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (root / "assets" / "style-3c4d.css").write_bytes(b"a{}")
    (root / "icon.svg").write_bytes(b"<svg/>")
    (root / ".secret").write_bytes(b"x")
    (tmp_path / "outside.txt").write_bytes(b"x")
    return start_server(env={"TINTYPE_HTTP_WEB_ROOT": str(root)}).client()


def get(client, path, expect=200, **headers):
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}, check=False, expect=expect)


def test_index_and_its_policy(web):
    reply = get(web, "/")
    assert reply.content == INDEX
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-cache"
    policy = {part.split()[0]: part.split()[1:] for part in reply.headers["Content-Security-Policy"].split("; ")}
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert policy["frame-ancestors"] == policy["object-src"] == ["'none'"]
    assert get(web, "/", 304, If_None_Match=reply.headers["ETag"]).content == b""


def test_routes_of_the_app_get_the_index(web):
    for path in ("/index.html", "/albums", "/photos/12", "/login?next=%2F"):
        assert get(web, path).content == INDEX
    for path in ("/missing.js", "/assets/old-9z.js", "/.secret", "/outside.txt", "/favicon.ico"):
        get(web, path, 404)
    web.request("POST", "/albums", json={}, check=False, expect=405)


def test_hashed_files_never_change(web):
    reply = get(web, "/assets/app-1a2b.js", Accept_Encoding="identity")
    assert reply.content == SCRIPT and "Content-Encoding" not in reply.headers
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert get(web, "/assets/style-3c4d.css").headers["Content-Type"] == "text/css; charset=utf-8"
    assert get(web, "/icon.svg").headers["Content-Type"] == "image/svg+xml"


def test_compressed_twins(web):
    packed = get(web, "/assets/app-1a2b.js", Accept_Encoding="br, gzip;q=0.8")
    assert packed.headers["Content-Encoding"] == "gzip" and packed.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert int(packed.headers["Content-Length"]) < len(SCRIPT)
    assert packed.content == SCRIPT
    plain = get(web, "/assets/app-1a2b.js", Accept_Encoding="gzip;q=0")
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_no_way_out_of_the_folder(web):
    for path in ("/%2e%2e/outside.txt", "/assets/%2e%2e/%2e%2e/outside.txt", "/assets%2f..%2f..%2foutside.txt", "//outside.txt"):
        reply = web.session.get(web.url + path, timeout=60)
        assert reply.status_code in (400, 404), path
        assert b"x" != reply.content


def test_without_a_web_app(start_server, tmp_path):
    client = start_server(env={"TINTYPE_HTTP_WEB_ROOT": str(tmp_path / "nothing")}).client()
    assert "web" in get(client, "/", 404).json()["error"]["message"]
    client.get("/healthz", expect=200)

"""Starts the real program on a library in a temporary folder, and talks to it."""

import os
import pathlib
import re
import signal
import subprocess
import threading
import time
from urllib.parse import urlsplit

import requests

from contract import Contract

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 60  # s: far more than anything takes; tests wait for conditions, never for a time
PASSWORD = "correct horse battery"
CONTRACT = Contract()


def binary():
    given = os.environ.get("TINTYPE")
    if given:
        return given
    for name in ("build/tintype", "build/src/tintype", "build/src/cli/tintype", "build/src/app/tintype"):
        if (ROOT / name).exists():
            return str(ROOT / name)
    raise RuntimeError("build tintype first, or set TINTYPE to the program")


def wait_for(what, condition, seconds=PATIENCE):
    """Polls until condition() is true and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.05)


class Server:
    def __init__(self, library, args=(), env=None):
        self.library = pathlib.Path(library)
        self.args = list(args)
        self.env = dict(os.environ, **(env or {}))
        self.log = []
        self.url = None
        self.process = None

    def start(self):
        self.url = None
        self.process = subprocess.Popen(
            [binary(), "serve", "--library", str(self.library), "--listen", "127.0.0.1:0", *self.args],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=self.env)
        self.reader = threading.Thread(target=self._read, args=(self.process.stderr,), daemon=True)
        self.reader.start()
        wait_for("the server listens", lambda: self.url or self.process.poll() is not None)
        assert self.url, "the server ended at once:\n" + self.text()
        return self

    def _read(self, stream):
        for raw in stream:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            self.log.append(line)
            found = re.search(r"listening on (http://\S+)", line)
            if found:
                self.url = found.group(1)

    def text(self):
        return "\n".join(self.log)

    @property
    def port(self):
        return urlsplit(self.url).port

    def stop(self):
        """Ends it as a service manager would and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self):
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not end:\n" + self.text()) from None
        self.reader.join()
        return status

    def client(self):
        return Client(self.url)

    def owner(self, name="ann"):
        """A client signed in as the owner, who is made when there is none yet."""
        client = self.client()
        if client.get("/api/v1/setup").json()["needs_owner"]:
            client.post("/api/v1/setup", json={"name": name, "password": PASSWORD}, expect=201)
        else:
            client.sign_in(name)
        return client

    def member(self, owner, name):
        owner.post("/api/v1/users", json={"name": name, "password": PASSWORD, "role": "member"}, expect=201)
        client = self.client()
        client.sign_in(name)
        return client


class Client:
    """requests.Session whose every reply is validated against the contract."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def request(self, method, path, expect=None, check=True, **kwargs):
        kwargs.setdefault("timeout", PATIENCE)
        response = self.session.request(method, self.url + path, **kwargs)
        if check and not kwargs.get("stream"):
            CONTRACT.check(method, path.split("?")[0], response)
        if expect is not None:
            assert response.status_code == expect, f"{method} {path}: {response.status_code} {response.text[:300]}"
        return response

    def get(self, path, **kwargs):
        return self.request("GET", path, **kwargs)

    def post(self, path, **kwargs):
        return self.request("POST", path, **kwargs)

    def put(self, path, **kwargs):
        return self.request("PUT", path, **kwargs)

    def patch(self, path, **kwargs):
        return self.request("PATCH", path, **kwargs)

    def delete(self, path, **kwargs):
        return self.request("DELETE", path, **kwargs)

    def sign_in(self, name, password=PASSWORD, expect=200):
        return self.post("/api/v1/sessions", json={"name": name, "password": password}, expect=expect)

    def upload(self, files, expect=200, mtime=None, restore=False):
        """files: (name, bytes) pairs. Returns the results."""
        parts = []
        for name, data in files:
            if mtime is not None:
                parts.append(("mtime", (None, str(mtime))))
            if restore:
                parts.append(("restore", (None, "1")))
            parts.append(("file", (name, data, "application/octet-stream")))
        response = self.post("/api/v1/photos", files=parts, expect=expect)
        return response.json()["results"] if expect == 200 else response

    def photo(self, photo_id, expect=200):
        return self.get(f"/api/v1/photos/{photo_id}", expect=expect).json()

    def wait_done(self, photo_id):
        """Until nothing is left to do for the photo; returns its details."""
        return wait_for(f"photo {photo_id} is worked on",
                        lambda: (lambda p: p if p["state"] != "waiting" else None)(self.photo(photo_id)))

    def smart_counts(self):
        albums = self.get("/api/v1/albums/smart", expect=200).json()["albums"]
        return {album["name"]: album["count"] for album in albums}

"""Fixtures: a server on a fresh library, and clients who are signed in."""

import os
import pathlib
import signal
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
os.environ.setdefault("LC_ALL", "C.UTF-8")

from harness import PATIENCE, Server  # noqa: E402  (the path is set above)


@pytest.fixture(autouse=True)
def watchdog():
    """A test that hangs fails alone."""
    def bark(*_):
        raise TimeoutError("the test hangs")

    signal.signal(signal.SIGALRM, bark)
    signal.alarm(10 * PATIENCE)
    yield
    signal.alarm(0)


@pytest.fixture
def start_server(tmp_path):
    """start_server(args…, env=…) starts a server on a library of its own; all are stopped at the end."""
    servers = []

    def start(*args, env=None, library=None):
        server = Server(library or tmp_path / f"library{len(servers)}", args, env)
        servers.append(server)
        return server.start()

    yield start
    for server in servers:
        if server.process and server.process.poll() is None:
            status = server.stop()
            assert status == 0, f"the server ended with {status}:\n{server.text()}"
        assert "Sanitizer" not in server.text() and "runtime error" not in server.text(), server.text()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """One server for all tests of a file that leave nothing behind which another one minds, with its owner."""
    server = Server(tmp_path_factory.mktemp("lasting") / "library").start()
    yield server, server.owner()
    assert server.stop() == 0, server.text()
    assert "Sanitizer" not in server.text() and "runtime error" not in server.text(), server.text()


@pytest.fixture
def server(start_server):
    return start_server()


@pytest.fixture
def owner(server):
    return server.owner()


@pytest.fixture
def member(server, owner):
    return server.member(owner, "bob")

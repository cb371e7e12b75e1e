"""A server with nothing to do does nothing: no wake-up, no write."""

import os
import pathlib
import shutil
import subprocess
import time

import pytest

from cli import imported
from harness import PATIENCE, binary, wait_for
from make_photos import jpeg

LOOKING = 4  # s: long enough for any timer that would be felt


def tree(pid):
    """The process and all below it."""
    pids = [pid]
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) in pids:
                pids.append(int(entry.name))
        except (OSError, ValueError):
            continue
    return pids


def tasks(pids):
    return [(pid, task) for pid in pids for task in os.listdir(f"/proc/{pid}/task")]


def switches(pids):
    """Voluntary context switches of every thread: how often it went back to sleep."""
    total = {}
    for pid, task in tasks(pids):
        for line in pathlib.Path(f"/proc/{pid}/task/{task}/status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                total[pid, task] = int(line.split()[1])
    return total


def quiet(pids):
    """Until no thread has moved between two looks: start-up, or the work before, is over."""
    def still():
        before = switches(pids)
        time.sleep(0.5)
        return switches(pids) == before
    wait_for("the server comes to rest", still)


def written(pids):
    return sum(int(line.split()[1]) for pid in pids for line in pathlib.Path(f"/proc/{pid}/io").read_text().splitlines()
               if line.startswith("wchar"))


@pytest.fixture
def idle(start_server, tmp_path):
    server = start_server(library=tmp_path / "library")
    owner = server.owner()
    ids = [r["id"] for r in owner.upload([(f"{n}.jpg", jpeg(n)) for n in range(6)])]
    for photo in ids:
        owner.wait_done(photo)
    owner.session.close()
    pids = tree(server.process.pid)
    quiet(pids)
    return server, pids


def test_no_wake_ups_and_no_writes(idle):
    server, pids = idle
    files = {p: p.stat().st_mtime_ns for p in server.library.rglob("*")}
    before, bytes_before = switches(pids), written(pids)
    time.sleep(LOOKING)  # not for something to happen: nothing may
    assert switches(pids) == before, "a thread woke up"
    assert written(pids) == bytes_before
    assert {p: p.stat().st_mtime_ns for p in server.library.rglob("*")} == files


def test_no_system_calls(idle):
    if not shutil.which("strace"):
        pytest.skip("no strace")
    server, pids = idle
    log = server.library.parent / "strace.log"
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", str(log), *[x for p in pids for x in ("-p", str(p))]],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        def attached():
            traced = [int(line.split()[1]) for pid, task in tasks(pids)
                      for line in pathlib.Path(f"/proc/{pid}/task/{task}/status").read_text().splitlines()
                      if line.startswith("TracerPid")]
            return tracer.poll() is not None or all(traced)
        wait_for("strace looks on", attached)
        if tracer.poll() is not None:
            pytest.skip("strace may not look on here: " + tracer.stderr.read().decode()[:200])
        time.sleep(LOOKING)
    finally:
        tracer.terminate()
        tracer.wait(PATIENCE)
    # Attaching interrupts what sleeps: each thread begins its wait again, once.
    lines = [line.split(None, 1)[1] for line in log.read_text(errors="replace").splitlines()]
    begun = [line for line in lines if not line.startswith(("---", "+++", "<...", "strace:"))]
    woken = [line for line in begun if not line.startswith(("restart_syscall", "futex", "epoll_wait", "poll", "ppoll", "recvmsg",
                                                            "read", "accept", "rt_sigtimedwait", "select", "pselect6", "wait4"))]
    assert woken == [], woken[:20]
    assert len(begun) <= 2 * len(tasks(pids)), begun[:40]


def test_memory_at_rest(idle):
    """Proportional set size of the whole tree: shared pages count once."""
    _, pids = idle
    if b"__asan_init" in pathlib.Path(binary()).read_bytes():
        pytest.skip("sanitizers need memory of their own")
    kib = 0
    for pid in pids:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kib += int(line.split()[1])
    assert kib < 400 * 1024, f"{kib / 1024:.0f} MiB"


def test_wakes_at_once(idle):
    """Rest is no sleep that has to end first: a photo that comes now is done without a poll in between."""
    server, _ = idle
    client = server.client()
    client.sign_in("ann")
    photo = client.upload([("new.jpg", jpeg(77))])[0]["id"]
    assert client.wait_done(photo)["state"] == "done"


def test_an_import_wakes_it(idle, tmp_path):
    server, pids = idle
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(jpeg(50))
    assert imported(server.library, folder)["imported"] == 1
    quiet(tree(server.process.pid))

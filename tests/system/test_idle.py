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
WAITS = ("restart_syscall", "futex", "epoll_wait", "poll", "ppoll", "recvmsg", "read", "accept", "rt_sigtimedwait", "select",
         "pselect6", "wait4")


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


def quiet(server):
    """Until no thread has moved between two looks: start-up, or the work before, is over."""
    def still():
        try:
            before = switches(tree(server.process.pid))
            time.sleep(0.5)
            return switches(tree(server.process.pid)) == before
        except OSError:
            return False  # a process ended meanwhile
    wait_for("the server comes to rest", still)


def written(pids):
    return sum(int(line.split()[1]) for pid in pids for line in pathlib.Path(f"/proc/{pid}/io").read_text().splitlines()
               if line.startswith("wchar"))


@pytest.fixture
def idle(start_server, tmp_path):
    server = start_server(library=tmp_path / "library", env={"TINTYPE_WORKERS": "2"})
    owner = server.owner()
    ids = [r["id"] for r in owner.upload([(f"{n}.jpg", jpeg(n)) for n in range(6)])]
    for photo in ids:
        owner.wait_done(photo)
    owner.session.close()
    quiet(server)
    return server


def rests(look):
    """One look of several must find nothing: decoders that have had no work for a while end, at a time of their own."""
    found = None
    for _ in range(6):
        try:
            found = look()
        except OSError:  # a process ended meanwhile
            continue
        if not found:
            return
    raise AssertionError(found)


def test_no_wake_ups_and_no_writes(idle):
    def snapshot():
        pids = tree(idle.process.pid)
        return switches(pids), written(pids), {p: p.stat().st_mtime_ns for p in idle.library.rglob("*")}

    def look():
        before = snapshot()
        time.sleep(LOOKING)  # not for something to happen: nothing may
        after = snapshot()
        return None if after == before else (before, after)

    rests(look)


def trace(pids, log):
    """What strace saw in LOOKING seconds, or None where it may not look on."""
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-o", str(log), *[x for p in pids for x in ("-p", str(p))]],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def attached():
            traced = [int(line.split()[1]) for pid, task in tasks(pids)
                      for line in pathlib.Path(f"/proc/{pid}/task/{task}/status").read_text().splitlines()
                      if line.startswith("TracerPid")]
            return tracer.poll() is not None or all(traced)
        wait_for("strace looks on", attached)
        if tracer.poll() is not None:
            return None
        time.sleep(LOOKING)
    finally:
        tracer.terminate()
        tracer.wait(PATIENCE)
    return [line.split(None, 1)[1] for line in log.read_text(errors="replace").splitlines()]


def test_no_system_calls(idle):
    if not shutil.which("strace"):
        pytest.skip("no strace")

    def look():
        pids = tree(idle.process.pid)
        lines = trace(pids, idle.library.parent / "strace.log")
        if lines is None:
            pytest.skip("strace may not look on here")
        # Attaching interrupts what sleeps: each thread begins its wait again, once.
        begun = [line for line in lines if not line.startswith(("---", "+++", "<...", "strace:"))]
        woken = [line for line in begun if not line.startswith(WAITS)]
        return woken or (begun if len(begun) > 2 * len(tasks(pids)) else None)

    rests(look)


def test_memory_at_rest(idle):
    """Proportional set size of the whole tree: shared pages count once."""
    if b"__asan_init" in pathlib.Path(binary()).read_bytes():
        pytest.skip("sanitizers need memory of their own")
    kib = 0
    for pid in tree(idle.process.pid):
        try:
            lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it ended meanwhile
        kib += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    assert kib < 400 * 1024, f"{kib / 1024:.0f} MiB"


def test_wakes_at_once(idle):
    """Rest is no sleep that has to end first: a photo that comes now is done without a poll in between."""
    client = idle.client()
    client.sign_in("ann")
    photo = client.upload([("new.jpg", jpeg(77))])[0]["id"]
    assert client.wait_done(photo)["state"] == "done"


def test_an_import_wakes_it(idle, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(jpeg(50))
    assert imported(idle.library, folder)["imported"] == 1
    quiet(idle)

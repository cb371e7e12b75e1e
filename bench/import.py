#!/usr/bin/env python3
"""bench/import.py [FOLDER...]: photos a second and peak memory of `tintype import`, each folder into a fresh library.

Without folders: the small photos of ../shared/data/five/test and 200 full-size copies of ../shared/data/camera/full, each
made different by a comment. TINTYPE names the program (build/src/cli/tintype)."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
COPIES = 200


def tree(pid):
    pids, seen = [pid], set()
    while pids:
        current = pids.pop()
        seen.add(current)
        for task in pathlib.Path(f"/proc/{current}/task").glob("*/children"):
            try:
                pids += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return seen


def memory(pids, field):
    """KiB of all processes: shared pages once with "Pss:", of each with "Rss:"."""
    total = 0
    for pid in pids:
        try:
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith(field):
                    total += int(line.split()[1])
        except OSError:
            continue
    return total


def watch(process, stop, peak, cpu):
    while not stop.wait(0.1):
        pids = tree(process.pid)
        for field in peak:
            peak[field] = max(peak[field], memory(pids, field))
        for pid in pids:
            cpu[pid] = max(cpu.get(pid, 0), cpu_seconds(pid))


def cpu_seconds(pid):
    """What a busy machine does not change."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def measure(program, name, folder):
    with tempfile.TemporaryDirectory(prefix="tintype-bench-") as library:
        process = subprocess.Popen([program, "import", "--library", library + "/library", "--json", str(folder)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        stop, peak, cpu = threading.Event(), {"Pss:": 0, "Rss:": 0}, {}
        watcher = threading.Thread(target=watch, args=(process, stop, peak, cpu))
        watcher.start()
        out = process.stdout.read()
        process.wait()
        stop.set()
        watcher.join()
        summary = json.loads(out.splitlines()[-1])
        again = subprocess.run([program, "import", "--library", library + "/library", "--json", str(folder)],
                               stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        second = json.loads(again.stdout.splitlines()[-1])
    size = sum(p.stat().st_size for p in pathlib.Path(folder).rglob("*") if p.is_file())
    print(json.dumps({"what": name, "photos": summary["imported"], "rejected": len(summary["rejected"]),
                      "mib": round(size / 2**20), "seconds": round(summary["seconds"], 2),
                      "photos_per_second": round(summary["photos_per_second"], 2),
                      "cpu_ms_per_photo": round(1000 * sum(cpu.values()) / max(1, summary["imported"]), 2),
                      "peak_pss_mib": round(peak["Pss:"] / 1024), "peak_rss_sum_mib": round(peak["Rss:"] / 1024),
                      "again_seconds": round(second["seconds"], 2)}), flush=True)


def full_size(folder):
    """COPIES photos as a camera makes them; a comment behind the start of image makes each a photo of its own."""
    sources = [p for p in sorted((DATA / "camera" / "full").iterdir()) if p.suffix.lower() in (".jpg", ".jpeg")]
    for n in range(COPIES):
        data = sources[n % len(sources)].read_bytes()
        comment = b"copy %d" % n
        marker = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        (pathlib.Path(folder) / f"{n:03}.jpg").write_bytes(data[:2] + marker + data[2:])


def main():
    program = os.environ.get("TINTYPE", str(ROOT / "build" / "src" / "cli" / "tintype"))
    if len(sys.argv) > 1:
        for folder in sys.argv[1:]:
            measure(program, folder, folder)
        return
    measure(program, "small photos", DATA / "five" / "test")
    with tempfile.TemporaryDirectory(prefix="tintype-bench-") as folder:
        full_size(folder)
        measure(program, "full-size photos", folder)


if __name__ == "__main__":
    main()

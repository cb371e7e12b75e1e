#!/usr/bin/env python3
"""bench/idle.py [SECONDS]: what a server with nothing to do costs: CPU time, wake-ups, bytes written, memory.

TINTYPE names the program (build/src/cli/tintype)."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def tree(pid):
    pids = [pid]
    for current in pids:
        for task in pathlib.Path(f"/proc/{current}/task").glob("*/children"):
            pids += [int(child) for child in task.read_text().split()]
    return pids


def numbers(pids):
    ticks = switches = wrote = 0
    for pid in pids:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(stat[11]) + int(stat[12])
        wrote += sum(int(line.split()[1]) for line in pathlib.Path(f"/proc/{pid}/io").read_text().splitlines()
                     if line.startswith("wchar"))
        for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
            switches += sum(int(line.split()[1]) for line in status.read_text().splitlines()
                            if line.startswith("voluntary_ctxt_switches"))
    return ticks, switches, wrote


def memory(pids, field):
    return sum(int(line.split()[1]) for pid in pids
               for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith(field))


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    program = os.environ.get("TINTYPE", str(ROOT / "build" / "src" / "cli" / "tintype"))
    with tempfile.TemporaryDirectory(prefix="tintype-bench-") as library:
        started = time.monotonic()
        server = subprocess.Popen([program, "serve", "--library", library + "/library", "--listen", "127.0.0.1:0"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in server.stderr:
            if "listening on" in line:
                break
        ready = time.monotonic() - started
        pids = tree(server.pid)
        before = numbers(pids)
        time.sleep(1)
        while numbers(pids) != before:
            before = numbers(pids)
            time.sleep(1)
        time.sleep(seconds)
        after = numbers(pids)
        print(json.dumps({"start_ms": round(ready * 1000), "seconds": seconds,
                          "cpu_ms": (after[0] - before[0]) * 1000 // os.sysconf("SC_CLK_TCK"),
                          "wake_ups": after[1] - before[1], "bytes_written": after[2] - before[2],
                          "processes": len(pids), "pss_mib": round(memory(pids, "Pss:") / 1024, 1),
                          "rss_of_server_mib": round(memory(pids[:1], "Rss:") / 1024, 1)}))
        server.send_signal(signal.SIGTERM)
        server.wait()


if __name__ == "__main__":
    main()

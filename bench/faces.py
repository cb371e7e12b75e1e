#!/usr/bin/env python3
"""bench/faces.py [FOLDER or FILE...]: what looking for faces takes on one core, in float32 and bfloat16.

First the networks alone (`tintype model bench`), then `tintype faces` as it is, decoding and start included:
milliseconds of a photo and of a face (all of the time, by the number of faces), processor time, and the peak memory of
all processes.
Without arguments: portraits, photos of groups and full-size photos of ../shared/data. TINTYPE names the program
(build/src/cli/tintype)."""

import importlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
PROGRAM = os.environ.get("TINTYPE", str(ROOT / "build" / "src" / "cli" / "tintype"))
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".avif", ".jxl", ".tif", ".tiff"}

sys.path.insert(0, str(ROOT / "bench"))
watch = importlib.import_module("import").watch  # bench/import.py, whose name no import statement takes


def one_core():
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def networks():
    """The detector, and the embedder where there is one."""
    paths = [os.environ.get(f"TINTYPE_FACES_{name}_PATH", str(ROOT / "models" / f"faces-{name.lower()}-1.safetensors"))
             for name in ("DETECTOR", "EMBEDDER")]
    for path in filter(os.path.exists, paths):
        done = subprocess.run([PROGRAM, "model", "bench", "--json", "--model", path], stdout=subprocess.PIPE, text=True,
                              preexec_fn=one_core, check=True)
        for row in map(json.loads, done.stdout.splitlines()):
            print(json.dumps({"what": row["architecture"], "precision": row["precision"],
                              "pixels": f"{row['width']}x{row['height']}", "batch": row["batch"],
                              "ms": round(row["ms"], 2), "best_ms": round(row["best_ms"], 2),
                              "gmacs_per_s": round(row["gmacs_per_s"])}), flush=True)


def measure(name, photos, precision):
    settings = ["--set", "workers=1", "--set", f"model.precision={precision}"]
    process = subprocess.Popen([PROGRAM, "faces", "--json", *settings, *map(str, photos)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=one_core)
    stop, peak, cpu = threading.Event(), {"Pss:": 0, "Rss:": 0}, {}
    watcher = threading.Thread(target=watch, args=(process, stop, peak, cpu))
    watcher.start()
    rows = [json.loads(line) for line in process.stdout]
    process.wait()
    stop.set()
    watcher.join()
    read = [row for row in rows if "faces" in row]
    ms, faces = [row["ms"] for row in read], sum(len(row["faces"]) for row in read)
    if not read:
        sys.exit(f"{name}: no photo can be read")
    print(json.dumps({"what": name, "precision": precision, "photos": len(read), "rejected": len(rows) - len(read),
                      "faces": faces, "ms_per_photo": round(statistics.mean(ms), 2),
                      "median_ms_per_photo": round(statistics.median(ms), 2),
                      "ms_per_face": round(sum(ms) / faces, 2) if faces else None,
                      "cpu_ms_per_photo": round(1000 * sum(cpu.values()) / len(read), 2),
                      "peak_pss_mib": round(peak["Pss:"] / 1024), "peak_rss_sum_mib": round(peak["Rss:"] / 1024)}),
          flush=True)


def pictures(path):
    path = pathlib.Path(path)
    return sorted(p for p in path.rglob("*") if p.suffix.lower() in PICTURES) if path.is_dir() else [path]


def main():
    networks()
    sets = {path: pictures(path) for path in sys.argv[1:]}
    if not sets:
        sets = {"portraits": pictures(DATA / "faces" / "lfw" / "images")[::10],
                "photos of groups": pictures(DATA / "faces" / "detect" / "images")[::10],
                "full-size photos": pictures(DATA / "camera" / "full") * 4}
    for name, photos in sets.items():
        for precision in ("f32", "bf16"):
            measure(name, photos, precision)


if __name__ == "__main__":
    main()

"""Runs commands of the program as a user would."""

import json
import os
import pathlib
import subprocess

from harness import PATIENCE, binary

NO_SANITIZER = ("Sanitizer", "runtime error")


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8")
        self.err = done.stderr.decode("utf-8", "replace")

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def last(self):
        """The last line of output as JSON."""
        return json.loads(self.out.splitlines()[-1])


def tintype(*args, status=0, stdin=b"", env=None, timeout=5 * PATIENCE):
    """status: what it must end with; None: anything."""
    done = subprocess.run([binary(), *map(str, args)], input=stdin, capture_output=True, timeout=timeout,
                          env=dict(os.environ, **(env or {})), check=False)
    result = Result(done)
    assert not any(word in result.err for word in NO_SANITIZER), result.err
    if status is not None:
        assert result.status == status, f"{args}: {result.status}\n{result.out}\n{result.err}"
    return result


def imported(library, *args, status=0, **kwargs):
    """Imports and returns the summary."""
    return tintype("import", "--library", library, "--json", *args, status=status, **kwargs).last


def albums(library):
    """Counts of the smart albums that have photos."""
    answer = tintype("albums", "--library", library, "--json").last
    return {album["name"]: album["count"] for album in answer["smart"] if album["count"]}


def originals(library):
    """Path below the library: bytes, of every original."""
    root = pathlib.Path(library)
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.glob("originals/**/*")) if p.is_file()}


def check_sound(library):
    report = tintype("doctor", "--library", library, "--hash", "--json", status=None)
    assert [f for f in report.last["findings"] if "disk is free" not in f["what"]] == []
    leftovers = [p.name for p in (pathlib.Path(library) / "tmp").iterdir() if p.name != "wake.sock"]
    assert leftovers == []
    return report.last


def rows(library, sql, *values):
    """Rows of the library's database, read only."""
    import sqlite3
    with sqlite3.connect(f"file:{pathlib.Path(library).resolve()}/tintype.db?mode=ro", uri=True) as db:
        return db.execute(sql, values).fetchall()

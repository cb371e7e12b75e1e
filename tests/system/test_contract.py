"""The route table in the program and api/openapi.yaml say the same."""

import os
import pathlib
import subprocess

import pytest

from contract import Contract
from harness import binary


def dump_program():
    given = os.environ.get("ROUTES_DUMP")
    build = pathlib.Path(binary()).resolve()
    candidates = [given] if given else [str(p / "tests/unit/http/routes_dump") for p in build.parents]
    for name in candidates:
        if pathlib.Path(name).exists():
            return name
    return None


def test_routes_equal_the_contract():
    program = dump_program()
    if program is None:
        pytest.skip("built without -Dtests=true")
    rows = set()
    for line in subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines():
        rows.add(tuple(line.split(" ")))
    contract = Contract()
    want = set()
    for method, path, operation in contract.operations():
        who = "public" if operation.get("security") == [] else operation.get("x-role", "user")
        want.add((method, path, who, contract.body_kind(operation)))
    assert rows == want


def test_operations_have_names_of_their_own():
    ids = [operation["operationId"] for _, _, operation in Contract().operations()]
    assert len(ids) == len(set(ids))

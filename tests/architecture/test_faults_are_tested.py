"""Every fault of the catalogue is struck by a test that says so."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
CATALOGUE = [f"F{number:02}" for number in range(1, 53)]


def _struck() -> Iterator[str]:
    """The ids in `pytest.mark.fault(…)` above a test."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for mark in node.decorator_list:
                    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                        yield from (ast.literal_eval(one) for one in mark.args)


def test_every_fault_of_the_catalogue_is_struck_by_a_test() -> None:
    struck = Counter(_struck())

    assert sorted(struck.keys() - set(CATALOGUE)) == []
    assert sorted(set(CATALOGUE) - struck.keys()) == []

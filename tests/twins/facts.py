"""The facts that the twins stand for, read from their tests: one test a fact.

`python -m tests.twins.facts` writes them into docs/twins.md; a test keeps the page and the tests equal.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

from twins.hubspot.switches import Switches as HubSpotSwitches
from twins.salesforce.switches import Switches as SalesforceSwitches

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "twins.md"
BEGIN, END = "<!-- facts: written by python -m tests.twins.facts -->", "<!-- end of facts -->"
SWITCHES = {"salesforce": SalesforceSwitches, "hubspot": HubSpotSwitches}
_URL = re.compile(r"https?://[^\s)>\]\"']+")
_GUESS = re.compile(r"\[(?:M|U)\b[^\]]*\]")


class Fact(NamedTuple):
    """One row of the page; *source* is an address, or "from memory" where nobody could verify it."""

    vendor: str
    where: str
    says: str
    source: str
    switch: str
    test: str


def facts() -> list[Fact]:
    """Every test in this folder that is marked as a fact, in the order of vendor, place and name."""
    return sorted(one for file in sorted(HERE.glob("test_*.py")) for one in _of(file))


def unmarked() -> list[str]:
    """Tests in files named after a vendor that no fact marks, or that give no source."""
    found = []
    for file in sorted(HERE.glob("test_*.py")):
        if _vendor(file) is None:
            continue
        for function in _tests(file):
            if _marks(function) and _source(function):
                continue
            found.append(f"{file.name}: {function.name}")
    return found


def page() -> str:
    """The part of docs/twins.md that is generated."""
    lines = []
    for vendor, title in (("salesforce", "Salesforce"), ("hubspot", "HubSpot")):
        own = [one for one in facts() if one.vendor == vendor]
        lines += [
            f"### {title}: {len(own)} facts",
            "",
            "| Where | Behaviour | Source | Switch |",
            "|---|---|---|---|",
        ]
        lines += [f"| `{one.where}` | {one.says} | {_shown(one.source)} | {one.switch} |" for one in own]
        lines += [
            "",
            f"### {title}: switches",
            "",
            "| Switch | Decides | Default | Choices |",
            "|---|---|---|---|",
        ]
        for one in fields(SWITCHES[vendor]):
            choices = ", ".join(f"`{choice}`" for choice in one.metadata["choices"])
            lines.append(f"| `{one.name}` | {one.metadata['says']} | `{one.default}` | {choices} |")
        lines.append("")
    return "\n".join(lines)


def write() -> None:
    """Put the generated part into the page."""
    text = PAGE.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n{page()}\n{END}{tail}", "utf-8")


def _of(file: Path) -> Iterator[Fact]:
    vendor = _vendor(file)
    for function in _tests(file):
        for where, switch in _marks(function):
            says = function.name.removeprefix("test_").replace("_", " ")
            yield Fact(
                vendor or "both", where, says, _source(function), switch, f"{file.name}::{function.name}"
            )


def _vendor(file: Path) -> str | None:
    if file.stem.startswith(("test_salesforce", "test_soql")):
        return "salesforce"
    return "hubspot" if file.stem.startswith("test_hubspot") else None


def _tests(file: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _marks(function: ast.FunctionDef) -> list[tuple[str, str]]:
    """(where, switch) of each ``@pytest.mark.fact("GET /x", switch="name")``."""
    found = []
    for mark in function.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fact":
            switch = next((ast.literal_eval(one.value) for one in mark.keywords if one.arg == "switch"), "")
            found.append((ast.literal_eval(mark.args[0]), switch))
    return found


def _source(function: ast.FunctionDef) -> str:
    said = ast.get_docstring(function) or ""
    url = _URL.search(said)
    if url:
        return url.group().rstrip(".,;:")
    return "from memory" if _GUESS.search(said) else ""


def _shown(source: str) -> str:
    if not source.startswith("http"):
        return source
    host = source.partition("://")[2].partition("/")[0].removeprefix("www.")
    return f"[{host}]({source})"


if __name__ == "__main__":
    write()

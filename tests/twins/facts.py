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

from twins.faults import CATALOGUE
from twins.hubspot.switches import Switches as HubSpotSwitches
from twins.salesforce.switches import Switches as SalesforceSwitches

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "twins.md"
MARKS = {
    part: (f"<!-- {part}: written by python -m tests.twins.facts -->", f"<!-- end of {part} -->")
    for part in ("faults", "facts")
}
SWITCHES = {"salesforce": SalesforceSwitches, "hubspot": HubSpotSwitches}
_COMMITS = {"instead": "sees nothing", "after": "commits", "late": "commits later"}
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


def tables() -> dict[str, str]:
    """The parts of docs/twins.md that are generated, by name."""
    faults = ["| Fault | What happens | The vendor | Options |", "|---|---|---|---|"]
    for name, fault in CATALOGUE.items():
        options = ", ".join(
            f"`{key}` {value}" if value != "" else f"`{key}`" for key, value in fault.options.items()
        )
        faults.append(f"| `{name}` | {fault.says} | {_COMMITS[fault.when]} | {options} |")
    lines = []
    for vendor, title in (("salesforce", "Salesforce"), ("hubspot", "HubSpot")):
        lines += [*_facts(vendor, title), "", *_switches(vendor, title), ""]
    return {"faults": "\n".join(faults), "facts": "\n".join(lines).rstrip()}


def _facts(vendor: str, title: str) -> list[str]:
    own = [one for one in facts() if one.vendor == vendor]
    head = [
        f"## {title}: {len({one.test for one in own})} facts",
        "",
        "| Where | Behaviour | Source | Switch |",
        "|---|---|---|---|",
    ]
    return head + [
        f"| `{one.where}` | {one.says} | {_shown(one.source)} | {f'`{one.switch}`' if one.switch else ''} |"
        for one in own
    ]


def _switches(vendor: str, title: str) -> list[str]:
    head = [f"## {title}: switches", "", "| Switch | Decides | Default | Choices |", "|---|---|---|---|"]
    for one in fields(SWITCHES[vendor]):
        choices = ", ".join(f"`{choice}`" for choice in one.metadata["choices"])
        head.append(f"| `{one.name}` | {one.metadata['says']} | `{one.default}` | {choices} |")
    return head


def page(text: str) -> str:
    """*text* of docs/twins.md with its generated parts as the tests have them now."""
    for part, table in tables().items():
        begin, end = MARKS[part]
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        text = f"{head}{begin}\n\n{table}\n\n{end}{tail}"
    return text


def untested_switches() -> list[str]:
    """Switches that no fact names, as ``vendor.name``."""
    named = {(one.vendor, one.switch) for one in facts()}
    return [
        f"{vendor}.{one.name}"
        for vendor, switches in SWITCHES.items()
        for one in fields(switches)
        if (vendor, one.name) not in named
    ]


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
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")

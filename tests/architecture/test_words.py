"""Every room says what it is for, in the words of the glossary."""

from __future__ import annotations

import ast
import re

NO_ROOM = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "constants",
    "misc",
    "shared",
}
NOT_OURS = re.compile(
    r"(?i)(^|_)(entity|entities|payloads?|ctx|manager|handlers?|processors?|utils?|helpers?|mocks?|fakes?)(_|$)"
)


def test_no_file_is_named_after_nothing(tracked):
    assert [str(file) for file in tracked if file.stem in NO_ROOM] == []


def test_every_module_says_in_its_first_line_what_it_is_for(house, modules):
    silent = []
    for module in modules:
        text = (house / module).read_text(encoding="utf-8")
        if text.strip() and not ast.get_docstring(ast.parse(text)):
            silent.append(str(module))

    assert silent == []


def test_every_public_function_and_class_promises_something(house, modules):
    silent = []
    for module in modules:
        if "migrations" in module.parts:
            continue
        for node in ast.parse((house / module).read_text(encoding="utf-8")).body:
            public = isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                silent.append(f"{module}:{node.lineno} {node.name}")

    assert silent == []


def test_names_keep_to_the_glossary(house, modules):
    foreign = []
    for module in modules:
        for node in ast.walk(ast.parse((house / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name)
                if NOT_OURS.search(name):
                    foreign.append(f"{module}:{node.lineno} {node.name}")

    assert foreign == []


def test_every_word_of_the_contract_stands_in_the_glossary(house):
    glossary = (house / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = (
        "bridge pair pass round lane ledger outbox problem brake twin hand-off side kind record field value ref "
        "link base change cursor inbox receipt stage move guard reason clock decision effect plan knock projection"
    )

    assert [word for word in words.split() if f"| **{word}**" not in glossary] == []

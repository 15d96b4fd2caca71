"""Every room says what it is for, in the words of the glossary."""

from __future__ import annotations

import ast
import re

from sync.settings import setting_names

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


def test_every_problem_that_the_code_can_raise_is_explained_to_ops(house, modules):
    guide = (house / "docs" / "ops-guide.md").read_text(encoding="utf-8")
    codes = {code for module in modules for code in _problem_codes(house / module)}

    assert len(codes) > 5
    assert sorted(code for code in codes if f"| `{code}` |" not in guide) == []


def test_every_setting_is_explained_to_ops(house):
    guide = (house / "docs" / "ops-guide.md").read_text(encoding="utf-8")

    assert [name for name in setting_names() if f"`{name}`" not in guide] == []


def test_every_link_in_the_docs_leads_somewhere(house):
    pages = [house / "README.md", house / "CHANGELOG.md", *(house / "docs").rglob("*.md")]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    ]

    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def _problem_codes(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1].lower() == "problem":
            given = [k.value for k in node.keywords if k.arg == "code"] or node.args[:1]
            yield from (code.value for code in given if isinstance(code, ast.Constant))

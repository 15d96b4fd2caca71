"""Texts become documents that know their lines, or mistakes that say file, line and remedy."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from mappings.documents import Mistake, Shape, parse
from mappings.documents.reading import nearest
from mappings.documents.tree import MAX_BYTES, read_tree


class Sample(Shape):
    """A number of people."""

    sample: int = Field(description="How many people", examples=[100])


class Line(Shape):
    """One line."""

    rule: Literal["two_way", "always_salesforce"] = Field(description="Who wins", examples=["two_way"])
    as_: str = Field(default="text", alias="as", description="The type", examples=["text"])


class Document(Shape):
    """A file."""

    name: str = Field(description="Its name", examples=["main"])
    people: Literal["all"] | Sample = Field(default="all", description="Who", examples=["all"])
    lines: list[Line] = Field(default=[], description="Lines", examples=[[]])
    by_name: dict[str, Line] = Field(default={}, description="Lines by name", examples=[{}])


def mistakes(text: str) -> list[str]:
    document, found = parse(Document, text, "a.yaml")
    assert (document is None) == bool(found)
    return [str(mistake) for mistake in found]


def test_a_document_knows_its_lines():
    text = "name: a\nlines:\n  - {rule: two_way, as: email}\n  - rule: two_way\n    as: text\nby_name:\n  x:\n    rule: two_way\n"

    document, found = parse(Document, text, "a.yaml")

    assert found == []
    assert document.lines[0].as_ == "email"
    assert document.line_of("lines") == 2
    assert document.lines[1].line_of() == 4
    assert document.lines[1].line_of("as") == 5
    assert document.by_name["x"].mistake("Wrong.", "Mend it.", "rule") == Mistake(
        "a.yaml", 8, "Wrong.", "Mend it."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nam: a", ["a.yaml:1: `nam` is not a key here. Did you mean `name`?"]),
        ("name: a\nlines:\n  - {rul: two_way}", ["a.yaml:3: `rul` is not a key here. Did you mean `rule`?"]),
        ("name: a\nlines:\n  - {rule: twoway}", ["a.yaml:3: `twoway` is not a word that `rule` knows. Did you mean `two_way`?"]),
        ("name: a\nby_name:\n  name: {ruel: two_way}", ["a.yaml:3: `ruel` is not a key here. Did you mean `rule`?"]),
        ("name: a\npeople: al", ["a.yaml:2: `al` is not a word that `people` knows. Did you mean `all`?"]),
        ("name: a\npeople: {sampel: 4}", ["a.yaml:2: `sampel` is not a key here. Did you mean `sample`?"]),
        ("name: 5", ["a.yaml:1: `name` must be text (put it in quotes). It means: Its name. Example: `name: main`."]),
        ("people: all", ["a.yaml:1: `name` is missing. It means: Its name. Example: `name: main`."]),
        ("name: a\nname: b", ["a.yaml:2: `name` stands here twice (first on line 1). Keep one of the two."]),
        ("name: a\nlines: {}", ["a.yaml:2: `lines` must be a list. It means: Lines. Example: `lines: []`."]),
        ("- a", ["a.yaml:1: This file must hold `key: value` lines. See the shipped file."]),
    ],
)  # fmt: skip
def test_each_broken_text_earns_one_message(text, expected):
    assert mistakes(text) == expected


def test_all_mistakes_are_told_at_once():
    assert len(mistakes("name: 5\npeople: al\nlines:\n  - {rul: x}\n  - {rule: y}\n")) == 4


HOSTILE = {
    "an alias bomb": "a: &a [x, x]\nb: [*a, *a]",
    "an anchor": "name: &a x",
    "an unknown alias": "name: *a",
    "a merge key": "<<: {name: x}",
    "a Python object": "name: !!python/object/apply:os.system [id]",
    "a tag": "name: !secret x",
    "a second document": "name: a\n---\nname: b",
    "a list as key": "? [a, b]\n: c",
    "a NUL": "name: \x00",
    "an escape character": "name: \x1b[31m",
    "endless brackets": "name: " + "[" * 100_000,
    "endless dashes": "- " * 100_000,
    "endless question marks": "? " * 100_000,
    "endless braces": "{" * 100_000,
    "an open quote": 'name: "x',
    "a tab": "lines:\n\t- a",
    "too much": "name: " + "x" * MAX_BYTES,
    "too much in few characters": "name: " + "€" * (MAX_BYTES // 2),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_earns_exactly_one_message(text):
    (mistake,) = parse(Document, text, "a.yaml")[1]

    assert mistake.file == "a.yaml"
    assert mistake.line >= 1
    assert mistake.text.endswith((".", "?"))
    assert mistake.remedy.endswith(".")


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_read_or_refused(text):
    tree = read_tree(text, "a.yaml")

    assert isinstance(tree, Mistake) or tree.line >= 1


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("09:00", "09:00"), ("1_000", "1_000"), ("2026-11-21", "2026-11-21"),
        ("010", 10), ("1e3", 1000.0), ("true", True), ("~", None), ("'5'", "5"), ('"true"', "true"), ("9" * 40, "9" * 40),
    ],
)  # fmt: skip
def test_words_mean_what_yaml_1_2_says(written, expected):
    value = read_tree(f"a: {written}", "a.yaml").value["a"]

    assert value == expected
    assert type(value) is type(expected)


def test_the_nearest_word_is_found_whatever_its_case():
    assert nearest("lastname", ["FirstName", "LastName"]) == "LastName"
    assert nearest("qqq", ["FirstName"]) is None

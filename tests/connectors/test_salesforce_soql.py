"""SEC-21, SEC-22: nothing from outside becomes part of a query but as a literal."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectors.salesforce
from connectors.errors import Refused
from connectors.records import Cursor
from connectors.salesforce import soql
from connectors.salesforce.kinds import is_id, long_id

FOLDER = Path(connectors.salesforce.__file__).parent
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)


def literals(query: str) -> list[str]:
    """The string literals of *query*, read by the rules of SOQL, independently of what wrote them."""
    found, place = [], 0
    while (place := query.find("'", place)) >= 0:
        text, place = [], place + 1
        while query[place] != "'":
            step = query[place] == "\\"
            char = query[place + step]
            text.append(ESCAPES.get(char, char) if step else char)
            place += 1 + step
        found.append("".join(text))
        place += 1
    return found


@pytest.mark.fault("F46")
@given(st.text())
def test_any_value_stays_one_literal(value: str) -> None:
    assert literals(soql.equals("Email", value)) == [value]


@given(st.lists(st.text(), min_size=1))
def test_any_values_stay_literals(values: list[str]) -> None:
    assert literals(soql.one_of("Email", values)) == values


@given(st.text())
def test_wildcards_in_a_value_are_taken_literally(value: str) -> None:
    query = soql.containing("Website", [value])

    assert literals(query) == [f"%{value}%"]
    escaped = re.sub(r"\\.", "", query.removeprefix("Website LIKE "), flags=re.DOTALL)
    assert [char for char in escaped if char in "%_"] == ["%", "%"]


@given(st.text())
def test_any_text_that_is_not_a_name_is_refused(text: str) -> None:
    if text.replace("_", "").replace(".", "").isalnum() and text.isascii():
        return
    with pytest.raises(Refused):
        soql.name(text)


@given(st.text())
def test_only_letters_and_digits_can_be_an_id(text: str) -> None:
    assert not is_id(text) or (text.isascii() and text.isalnum() and len(text) in (15, 18))


def test_an_id_whose_last_three_characters_contradict_the_others_is_none() -> None:
    assert is_id("0015500001QdQWaAAN")
    assert not is_id("0015500001QDQWAAAN")
    assert not is_id("0015500001QdQWaaan")


@pytest.mark.parametrize(
    "text", ["Name; DELETE", "Name FROM User", "a,b", "", "1a", "Na\u0000me", "COUNT()", "Näme"]
)
def test_odd_names_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        soql.select("lead", [text])


def test_each_condition_has_its_own_parentheses() -> None:
    query = soql.select("queue", ["Name"], soql.since(Cursor(AT, "00Q000000000099EAA")))

    assert query == (
        "SELECT Id, SystemModstamp, CreatedDate, LastModifiedById, Name FROM Group "
        "WHERE (SystemModstamp > 2026-03-02T09:00:00.123Z OR (SystemModstamp = 2026-03-02T09:00:00.123Z "
        "AND Id >= '00Q000000000099EAA')) AND (Type = 'Queue') ORDER BY Id LIMIT 2000"
    )


def test_a_moment_keeps_its_milliseconds_and_its_zone() -> None:
    assert soql.moment(AT.astimezone(timezone(timedelta(hours=5)))) == "2026-03-02T09:00:00.123Z"


def test_the_long_id_tells_upper_from_lower_case() -> None:
    assert long_id("0015500001QdQWa") == "0015500001QdQWaAAN"


def test_queries_are_written_in_one_place_and_never_by_f_strings() -> None:
    for file in FOLDER.glob("*.py"):
        tree = ast.parse(file.read_text())
        texts = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        if file.name == "soql.py":
            assert not [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
        else:
            assert not [text for text in texts if "SELECT " in text or " WHERE " in text]


def test_the_library_is_never_asked_by_object_attribute() -> None:
    used = {
        node.attr
        for file in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "library"
    }

    assert used == {"_call_salesforce", "base_url", "oauth2_url", "_client"}

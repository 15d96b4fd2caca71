"""However the two systems spell one value, nobody writes it: the merge of generated spellings, type by type."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.bridge import compile_bridge
from mappings.documents.bridge import BridgeDocument
from mappings.documents.fields import FieldsDocument
from mappings.documents.reading import parse
from mappings.fields import Directory, FieldLine
from mappings.lines import compile_lines
from mappings.values import same
from sync.merge import Met, Seen, merge

BRIDGE = compile_bridge(BridgeDocument(time_zone="Europe/Berlin", currency="EUR"))
RULES = (
    "two_way", "always_salesforce", "always_hubspot", "prefer_salesforce_unless_blank", "prefer_hubspot_unless_blank",
)  # fmt: skip
WORDS = ("a", "b", "c", "d")


@cache
def line(type_: str, rule: str) -> FieldLine:
    """The one line of a mapping file that carries this type by this rule."""
    values = ", values: {a: A, b: B, c: C, d: D}" if type_ == "choices" else ""
    text = f"lines:\n  - {{hubspot: x, salesforce: X, as: {type_}, rule: {rule}, blank: clear{values}}}\n"
    document, mistakes = parse(FieldsDocument, text, "fields/person.yaml")
    assert document is not None, mistakes
    compiled, mistakes = compile_lines("person", "fields/person.yaml", document, BRIDGE, None)
    assert not mistakes, [str(one) for one in mistakes]
    return compiled.lines[0]


def _text(draw: Any) -> tuple[Any, Any]:
    said = draw(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12))
    rows = [said, draw(st.sampled_from(("Malm\u00f6", "Zo\u00eb", "caf\u00e9")))]
    ends = draw(st.tuples(st.sampled_from(("", " ", "\n")), st.sampled_from(("", "  ", "\r\n"))))
    theirs = unicodedata.normalize("NFD", "\r\n".join(rows))
    return unicodedata.normalize("NFC", "\n".join(rows)), ends[0] + theirs + ends[1]


def _email(draw: Any) -> tuple[Any, Any]:
    name = draw(st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True))
    address = f"{name}@nordwind.example"
    return address, draw(st.sampled_from((address.upper(), address.title(), f" {address} ")))


def _phone(draw: Any) -> tuple[Any, Any]:
    digits = draw(st.from_regex(r"8[1-9][0-9]{6}", fullmatch=True))
    grouped = f"{digits[0]} {digits[1:4]} {digits[4:]}"
    return f"+46{digits}", draw(st.sampled_from((f"+46 {grouped}", f"0046 ({digits[0]}) {digits[1:]}")))


def _number(draw: Any) -> tuple[Any, Any]:
    whole = draw(st.integers(-10_000, 10_000))
    value = Decimal(whole) / 100
    return draw(st.sampled_from((str(value), f"{value:.2f}", f"{value:.5f}"))), float(value)


def _choices(draw: Any) -> tuple[Any, Any]:
    chosen = draw(st.lists(st.sampled_from(WORDS), min_size=1, unique=True))
    other = draw(st.permutations(chosen))
    return ";".join(chosen), ";".join(word.upper() for word in other)


def _moment(draw: Any) -> tuple[Any, Any]:
    at = datetime.fromtimestamp(draw(st.integers(31_536_000, 4_102_444_800)), UTC)
    spelt = at + timedelta(milliseconds=draw(st.integers(0, 999)))
    ours = draw(
        st.sampled_from((spelt.isoformat(timespec="milliseconds"), str(int(spelt.timestamp() * 1000 + 0.5))))
    )
    there = at.astimezone(timezone(timedelta(hours=draw(st.integers(-11, 13)))))
    return ours, there.strftime("%Y-%m-%dT%H:%M:%S.000%z")


def _day(draw: Any) -> tuple[Any, Any]:
    day = draw(st.dates(date(1971, 1, 1), date(2100, 1, 1)))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    spelt = (day.isoformat(), str(int(midnight.timestamp() * 1000)), midnight.isoformat())
    return draw(st.sampled_from(spelt)), day.isoformat()


SPELLINGS = {
    "text": _text, "email": _email, "phone": _phone, "number": _number, "choices": _choices,
    "datetime": _moment, "date": _day,
}  # fmt: skip


@pytest.mark.fault("F32")
@pytest.mark.parametrize("type_", SPELLINGS)
@settings(max_examples=60, deadline=None)
@given(draws=st.data(), rule=st.sampled_from(RULES), is_first=st.booleans())
def test_two_spellings_of_one_value_are_never_written(
    type_: str, draws: st.DataObject, rule: str, is_first: bool
) -> None:
    one = line(type_, rule)
    ours, theirs = SPELLINGS[type_](draws.draw)
    left = one.read("hubspot", "contact", {"x": ours}, Directory())
    right = one.read("salesforce", "lead", {"X": theirs}, Directory())
    assert same(left, right), (left, right)

    done = merge(one, None if is_first else Met(left), Seen(left), Seen(right), tie="salesforce")

    assert (done.to, done.conflict, done.waits) == (None, False, False)

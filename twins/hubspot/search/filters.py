"""The filters of a search: read once, then asked of many rows.

Operators and limits: https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from twins.hubspot.associations.links import joined, type_ids
from twins.hubspot.errors import bad_filter, bad_search
from twins.hubspot.portal import Portal
from twins.hubspot.records.naming import is_id
from twins.hubspot.schema.properties import Property
from twins.hubspot.schema.values import order_of
from twins.hubspot.shelves.by_time import END_OF_TIME
from twins.hubspot.shelves.rows import Row, Shelf
from twins.hubspot.times import read_ms

GROUPS, FILTERS_EACH, FILTERS_IN_ALL = 5, 6, 18
BLANK_TESTS = {"HAS_PROPERTY", "NOT_HAS_PROPERTY"}
LISTS = {"IN", "NOT_IN"}
OPERATORS = (
    "EQ",
    "NEQ",
    "LT",
    "LTE",
    "GT",
    "GTE",
    "BETWEEN",
    "IN",
    "NOT_IN",
    "HAS_PROPERTY",
    "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN",
    "NOT_CONTAINS_TOKEN",
)
_NEGATIVE = frozenset({"NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN"})
_WORD = re.compile(r"[^\W_]+")
Test = Callable[[Row], bool]
ValueTest = Callable[[Any], bool]
Order = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its own words, and the question to a row.

    *window* is the half-open span that it leaves of an id or a stamp.
    """

    name: str
    operator: str
    values: tuple[str, ...]
    holds: Test
    window: tuple[int, int] | None = None


Groups = tuple[tuple[Filter, ...], ...]


def read_groups(groups: Any, shelf: Shelf, portal: Portal) -> Groups:
    """Groups are joined by *or*, the filters of one group by *and*."""
    if not isinstance(groups, list):
        raise bad_search("filterGroups must be a list")
    asked = [_filters(group) for group in groups]
    sizes = [len(filters) for filters in asked]
    if len(groups) > GROUPS or any(size > FILTERS_EACH for size in sizes) or sum(sizes) > FILTERS_IN_ALL:
        said = f"A search takes at most {GROUPS} filter groups, {FILTERS_EACH} filters in each, {FILTERS_IN_ALL} in all"
        raise bad_search(said)
    return tuple(tuple(_read(one, shelf, portal) for one in filters) for filters in asked)


def _filters(group: Any) -> list[Any]:
    filters = group.get("filters") or [] if isinstance(group, dict) else None
    if not isinstance(filters, list) or not all(isinstance(one, dict) for one in filters):
        raise bad_search("filters must be a list of objects")
    return filters


def _read(raw: dict[str, Any], shelf: Shelf, portal: Portal) -> Filter:
    name, operator = str(raw.get("propertyName")), str(raw.get("operator"))
    values = _values(raw, operator)
    if name.startswith("associations."):
        return Filter(name, operator, values, _joined_to(name, values, shelf, portal))
    prop = shelf.schema.get(name)
    if prop is None:
        raise bad_search(f"There was a problem with the request: {name} is no property")
    try:
        if name in shelf.numbers:
            return _on_number(shelf.numbers[name], prop, operator, values)
        order = order_of(prop)
        test = _value_test(prop, operator, values, order, order)
    except (ValueError, OverflowError):
        raise bad_search(f"{values} cannot be compared with {name}, which is a {prop.type}") from None
    blanks = operator in _NEGATIVE and portal.switches.blanks_answer_not
    return Filter(name, operator, values, _row_test(shelf, name, operator, test, blanks=blanks))


def _values(raw: dict[str, Any], operator: str) -> tuple[str, ...]:
    """The filter's own values; what an operator lacks is told as the wire's own reader tells it."""
    if operator not in OPERATORS:
        raise bad_filter(f"{operator} is no operator: {', '.join(OPERATORS)}")
    if operator in LISTS:
        given = raw.get("values")
        if not isinstance(given, list) or not given:
            raise bad_filter(f"operator {operator} requires values")
        return tuple(_text(one) for one in given)
    if operator in BLANK_TESTS:
        return ()
    if raw.get("value") is None:
        raise bad_filter(f"operator {operator} requires a value")
    if operator != "BETWEEN":
        return (_text(raw["value"]),)
    if raw.get("highValue") is None:
        raise bad_filter("operator BETWEEN requires a highValue")
    return _text(raw["value"]), _text(raw["highValue"])


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _on_number(read: Callable[[Row], int], prop: Property, operator: str, values: tuple[str, ...]) -> Filter:
    """Id and stamps stand in every row as numbers, and a poll asks for nothing else."""
    order: Callable[[str], int] = int if prop.type == "number" else read_ms
    test = _value_test(prop, operator, values, order, _same)
    window = _window(operator, [order(one) for one in values])
    return Filter(prop.name, operator, values, lambda row: test(read(row)), window)


def _same(value: Any) -> Any:
    return value


def _row_test(shelf: Shelf, name: str, operator: str, test: ValueTest, *, blanks: bool) -> Test:
    """A blank answers to no test but its own; with *blanks* to the negative ones too."""
    if operator == "NOT_HAS_PROPERTY":
        read = shelf.reader(name)
        return lambda row: read(row) is None
    if blanks:
        read = shelf.reader(name)
        return lambda row: (value := read(row)) is None or test(value)
    if name in shelf.derived:
        calculate = shelf.derived[name]
        return lambda row: (value := calculate(row)) is not None and test(value)
    return lambda row: (value := row.values.get(name)) is not None and test(value)


def _value_test(
    prop: Property, operator: str, values: tuple[str, ...], known_as: Order, seen_as: Order
) -> ValueTest:
    """The question to one value; *known_as* reads the filter's own values, *seen_as* those of the rows."""
    if operator in BLANK_TESTS:
        return lambda _: operator == "HAS_PROPERTY"
    if operator in LISTS and prop.type == "string":
        return _in_texts(frozenset(values), wanted=operator == "IN")
    if operator in LISTS:
        return _in_list(frozenset(map(known_as, values)), seen_as, wanted=operator == "IN")
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        return _contains(values[0].lower(), wanted=operator == "CONTAINS_TOKEN")
    known = [known_as(one) for one in values]
    first, last = known[0], known[-1]
    match operator:
        case "EQ":
            return lambda value: bool(seen_as(value) == first)
        case "NEQ":
            return lambda value: bool(seen_as(value) != first)
        case "LT":
            return lambda value: bool(seen_as(value) < first)
        case "LTE":
            return lambda value: bool(seen_as(value) <= first)
        case "GT":
            return lambda value: bool(seen_as(value) > first)
        case "GTE":
            return lambda value: bool(seen_as(value) >= first)
        case "BETWEEN" if len(known) == 2:
            return lambda value: bool(first <= seen_as(value) <= last)
    raise bad_search(f"{operator} is no operator for {prop.name} with {len(values)} values")


def _in_texts(among: frozenset[str], *, wanted: bool) -> ValueTest:
    """Texts are compared in lower case, so a listed value that is not written so never matches."""
    return lambda text: (text.lower() in among) is wanted


def _in_list(among: frozenset[Any], seen_as: Order, *, wanted: bool) -> ValueTest:
    return lambda value: (seen_as(value) in among) is wanted


def _contains(pattern: str, *, wanted: bool) -> ValueTest:
    if "*" in pattern:
        return lambda text: _fits(text.lower(), pattern) is wanted
    words = f" {' '.join(_WORD.findall(pattern))} "
    return lambda text: (words in f" {' '.join(_WORD.findall(text.lower()))} ") is wanted


def _fits(text: str, pattern: str) -> bool:
    return any(fnmatchcase(one, pattern) for one in (text, *_WORD.findall(text)))


def _joined_to(name: str, values: tuple[str, ...], shelf: Shelf, portal: Portal) -> Test:
    ends = (shelf.kind.name, portal.shelf(name.removeprefix("associations.")).kind.name)
    type_ids(ends)
    wanted = {int(one) for one in values if is_id(one)}
    return lambda row: any(other in wanted for other, _ in joined(portal, ends, row.id))


def _window(operator: str, moments: list[int]) -> tuple[int, int] | None:
    if not moments:
        return None
    first, last = moments[0], moments[-1]
    match operator:
        case "EQ":
            return first, first + 1
        case "GTE":
            return first, END_OF_TIME
        case "GT":
            return first + 1, END_OF_TIME
        case "LT":
            return 0, first
        case "LTE":
            return 0, first + 1
        case "BETWEEN":
            return first, last + 1
    return None

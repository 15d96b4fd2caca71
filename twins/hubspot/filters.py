"""The filters of a search: read once, then asked of many rows.

Operators and limits: https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from twins.hubspot.errors import bad_search
from twins.hubspot.links import joined, type_ids
from twins.hubspot.portal import Portal
from twins.hubspot.rows import Row, Shelf
from twins.hubspot.schema import Property
from twins.hubspot.values import comparable

GROUPS, FILTERS_EACH, FILTERS_IN_ALL = 5, 6, 18
BLANK_TESTS = {"HAS_PROPERTY", "NOT_HAS_PROPERTY"}
LISTS = {"IN", "NOT_IN"}
_WORD = re.compile(r"[^\W_]+")
Test = Callable[[Row], bool]
ValueTest = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its own words, and the question to a row.

    *window* is the half-open span of moments that it leaves, for a filter on a moment.
    """

    name: str
    operator: str
    values: tuple[str, ...]
    holds: Test
    window: tuple[int, int] | None = None


Groups = tuple[tuple[Filter, ...], ...]


def read_groups(groups: list[Any], shelf: Shelf, portal: Portal) -> Groups:
    """Groups are joined by *or*, the filters of one group by *and*."""
    sizes = [len(group.get("filters") or ()) for group in groups]
    if len(groups) > GROUPS or any(size > FILTERS_EACH for size in sizes) or sum(sizes) > FILTERS_IN_ALL:
        said = f"A search takes at most {GROUPS} filter groups, {FILTERS_EACH} filters in each, {FILTERS_IN_ALL} in all"
        raise bad_search(said)
    return tuple(tuple(_read(one, shelf, portal) for one in group.get("filters") or ()) for group in groups)


def _read(raw: dict[str, Any], shelf: Shelf, portal: Portal) -> Filter:
    name, operator = str(raw.get("propertyName")), str(raw.get("operator"))
    values = tuple(str(one) for one in (raw.get("values") or ())) or _value(raw)
    if name.startswith("associations."):
        return Filter(name, operator, values, _joined_to(name, values, shelf, portal))
    prop = shelf.schema.get(name)
    if prop is None:
        raise bad_search(f"There was a problem with the request: {name} is no property")
    if operator not in BLANK_TESTS and not values:
        raise bad_search(f"{operator} on {name} needs a value")
    try:
        test = _value_test(prop, operator, values)
        window = _window(operator, [comparable(prop, one) for one in values]) if _is_moment(prop) else None
    except ValueError:
        raise bad_search(f"{values} cannot be compared with {name}, which is a {prop.type}") from None
    return Filter(name, operator, values, _row_test(shelf, name, operator, test), window)


def _is_moment(prop: Property) -> bool:
    return prop.type == "datetime"


def _value(raw: dict[str, Any]) -> tuple[str, ...]:
    ends = [raw[key] for key in ("value", "highValue") if raw.get(key) is not None]
    return tuple(str(one) for one in ends)


def _row_test(shelf: Shelf, name: str, operator: str, test: ValueTest) -> Test:
    """A blank answers to no test but its own (unverified for NEQ and NOT_IN)."""
    if operator == "NOT_HAS_PROPERTY":
        read = shelf.reader(name)
        return lambda row: read(row) is None
    if name in shelf.derived:
        calculate = shelf.derived[name]
        return lambda row: (value := calculate(row)) is not None and test(value)
    return lambda row: (value := row.values.get(name)) is not None and test(value)


def _value_test(prop: Property, operator: str, values: tuple[str, ...]) -> ValueTest:
    if operator in BLANK_TESTS:
        return lambda text: True
    if operator in LISTS:
        return _in_list(prop, values, wanted=operator == "IN")
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        return _contains(values[0].lower(), wanted=operator == "CONTAINS_TOKEN")
    order = [comparable(prop, one) for one in values]
    first, last = order[0], order[-1]
    match operator:
        case "EQ":
            return lambda text: bool(comparable(prop, text) == first)
        case "NEQ":
            return lambda text: bool(comparable(prop, text) != first)
        case "LT":
            return lambda text: bool(comparable(prop, text) < first)
        case "LTE":
            return lambda text: bool(comparable(prop, text) <= first)
        case "GT":
            return lambda text: bool(comparable(prop, text) > first)
        case "GTE":
            return lambda text: bool(comparable(prop, text) >= first)
        case "BETWEEN" if len(order) == 2:
            return lambda text: bool(first <= comparable(prop, text) <= last)
    raise bad_search(f"{operator} is no operator for {prop.name} with {len(values)} values")


def _in_list(prop: Property, values: tuple[str, ...], *, wanted: bool) -> ValueTest:
    """Texts are compared in lower case, so a value that is not written so never matches."""
    if prop.type == "string":
        among = frozenset(values)
        return lambda text: (text.lower() in among) is wanted
    ordered = frozenset(comparable(prop, one) for one in values)
    return lambda text: (comparable(prop, text) in ordered) is wanted


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
    wanted = {int(one) for one in values if one.isdigit()}
    return lambda row: any(other in wanted for other, _ in joined(portal, ends, row.id))


def _window(operator: str, moments: list[int]) -> tuple[int, int] | None:
    if not moments:
        return None
    first, last, never = moments[0], moments[-1], 1 << 50
    match operator:
        case "EQ":
            return first, first + 1
        case "GTE":
            return first, never
        case "GT":
            return first + 1, never
        case "LT":
            return 0, first
        case "LTE":
            return 0, first + 1
        case "BETWEEN":
            return first, last + 1
    return None

"""The operations of a property filter in a segment: each asks one value, None for a blank.

https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/list-filters
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from twins.hubspot.times import read_ms, to_datetime, to_ms

Test = Callable[[str | None], bool]
# An operator → the one that it denies.
_DENIALS = {
    "IS_NOT_EQUAL_TO": "IS_EQUAL_TO",
    "IS_NONE_OF": "IS_ANY_OF",
    "IS_NOT_EXACTLY": "IS_EXACTLY",
    "DOES_NOT_CONTAIN": "CONTAINS",
    "DOES_NOT_CONTAIN_ALL": "CONTAINS_ALL",
    "IS_NOT_BETWEEN": "IS_BETWEEN",
}
_NUMBERS: Mapping[str, Callable[[float, float], bool]] = {
    "IS_EQUAL_TO": lambda value, wanted: value == wanted,
    "IS_GREATER_THAN": lambda value, wanted: value > wanted,
    "IS_GREATER_THAN_OR_EQUAL_TO": lambda value, wanted: value >= wanted,
    "IS_LESS_THAN": lambda value, wanted: value < wanted,
    "IS_LESS_THAN_OR_EQUAL_TO": lambda value, wanted: value <= wanted,
}
_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "IS_EQUAL_TO": lambda value, wanted: value == wanted,
    "CONTAINS": lambda value, wanted: wanted in value,
    "STARTS_WITH": lambda value, wanted: value.startswith(wanted),
    "ENDS_WITH": lambda value, wanted: value.endswith(wanted),
}


def operation(said: Mapping[str, Any], at: int) -> Test:
    """The question of one operation, asked at *at*; raises KeyError, TypeError or ValueError for one that cannot be read."""
    operator = str(said["operator"])
    if said["operationType"] == "ALL_PROPERTY":
        return _known(operator)
    positive = _DENIALS.get(operator, operator)
    type_ = str(said["operationType"])
    asks = _TIMES[type_](said, positive, at) if type_ in _TIMES else _READERS[type_](said, positive)
    is_wanted, takes_blank = positive == operator, bool(said.get("includeObjectsWithNoValueSet", False))

    def holds(value: str | None) -> bool:
        if value is None:
            return takes_blank
        try:
            return asks(value) is is_wanted
        except ValueError:
            return False  # a text where a number or a moment is asked for

    return holds


def _known(operator: str) -> Test:
    if operator not in ("IS_KNOWN", "IS_UNKNOWN"):
        raise ValueError(f"operator {operator}")
    return lambda value: (value is not None) is (operator == "IS_KNOWN")


def _bool(said: Mapping[str, Any], operator: str) -> Callable[[str], bool]:
    wanted = str(said["value"]).lower()
    if operator != "IS_EQUAL_TO":
        raise ValueError(f"operator {operator}")
    return lambda value: value == wanted


def _choice(said: Mapping[str, Any], operator: str) -> Callable[[str], bool]:
    wanted = {str(one) for one in said["values"]}
    match operator:
        case "IS_ANY_OF":
            return lambda value: not wanted.isdisjoint(value.split(";"))
        case "IS_EXACTLY":
            return lambda value: set(value.split(";")) == wanted
        case "CONTAINS_ALL":
            return lambda value: wanted <= set(value.split(";"))
    raise ValueError(f"operator {operator}")


def _text(said: Mapping[str, Any], operator: str) -> Callable[[str], bool]:
    given = said["values"] if said["operationType"] == "MULTISTRING" else [said["value"]]
    wanted, compare = [str(one).lower() for one in given], _TEXTS[operator]
    return lambda value: any(compare(value.lower(), one) for one in wanted)


def _number(said: Mapping[str, Any], operator: str) -> Callable[[str], bool]:
    wanted, compare = float(said["value"]), _NUMBERS[operator]
    return lambda value: compare(float(value), wanted)


def _number_range(said: Mapping[str, Any], operator: str) -> Callable[[str], bool]:
    low, high = float(said["lowerBound"]), float(said["upperBound"])
    if operator != "IS_BETWEEN":
        raise ValueError(f"operator {operator}")
    return lambda value: low <= float(value) <= high


def _time(said: Mapping[str, Any], operator: str, at: int) -> Callable[[str], bool]:
    point = _moment(said["timePoint"], at)
    match operator:
        case "IS_AFTER":
            return lambda value: read_ms(value) > point
        case "IS_BEFORE":
            return lambda value: read_ms(value) < point
    raise ValueError(f"operator {operator}")


def _time_range(said: Mapping[str, Any], operator: str, at: int) -> Callable[[str], bool]:
    low, high = _moment(said["lowerBoundTimePoint"], at), _moment(said["upperBoundTimePoint"], at)
    if operator != "IS_BETWEEN":
        raise ValueError(f"operator {operator}")
    return lambda value: low <= read_ms(value) <= high


def _moment(point: Mapping[str, Any], at: int) -> int:
    """A fixed point in time, or one that moves with the clock: so many days before or after now or today."""
    match point["timeType"]:
        case "DATE":
            day = datetime(int(point["year"]), int(point["month"]), int(point["day"]))  # noqa: DTZ001 - gets its zone below
            clock = {name: int(point.get(name, 0)) for name in ("hour", "minute", "second")}
            return to_ms(day.replace(**clock, tzinfo=_zone(point)))
        case "INDEXED":
            return to_ms(_indexed(point, to_datetime(at).astimezone(_zone(point))))
    raise ValueError(f"timeType {point['timeType']}")


def _indexed(point: Mapping[str, Any], now: datetime) -> datetime:
    """What an indexed point means at *now*: its reference, moved by its offset; other references are not read here."""
    reference = str(point["indexReference"]["referenceType"])
    if reference not in ("NOW", "TODAY"):
        raise ValueError(f"referenceType {reference}")
    base = now if reference == "NOW" else now.replace(hour=0, minute=0, second=0, microsecond=0)
    offset = {str(name): int(value) for name, value in (point.get("offset") or {}).items()}
    if unknown := offset.keys() - {"weeks", "days", "hours", "minutes", "seconds", "milliseconds"}:
        raise ValueError(f"offset {', '.join(sorted(unknown))}")
    return base + timedelta(**offset)


def _zone(point: Mapping[str, Any]) -> ZoneInfo:
    return ZoneInfo(str(point.get("zoneId", "UTC")))


_READERS: Mapping[str, Callable[[Mapping[str, Any], str], Callable[[str], bool]]] = {
    "BOOL": _bool,
    "ENUMERATION": _choice,
    "STRING": _text,
    "MULTISTRING": _text,
    "NUMBER": _number,
    "NUMBER_RANGED": _number_range,
}
_TIMES: Mapping[str, Callable[[Mapping[str, Any], str, int], Callable[[str], bool]]] = {
    "TIME_POINT": _time,
    "TIME_RANGED": _time_range,
}

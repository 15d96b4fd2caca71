"""Reading what a JSON body must hold: a client's mistake becomes HubSpot's 400, never an exception.

Words of the refusals: https://github.com/HubSpot/hubspot-api-nodejs/issues/307
"""

from __future__ import annotations

from typing import Any

import msgspec

from twins.hubspot.errors import Refused, invalid_json
from twins.hubspot.records.naming import is_id
from twins.hubspot.wire.call import Call


def needs(body: dict[str, Any], *names: str) -> None:
    """Refuse a body in which one of *names* is missing or null."""
    missing = [name for name in names if body.get(name) is None]
    if missing:
        raise Refused(
            400,
            f"Invalid input JSON on line 1, column 1: Some required fields were not set: [{', '.join(missing)}]",
        )


def text(body: dict[str, Any], name: str, default: str = "") -> str:
    """A text of the body."""
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if not isinstance(value, str):
        raise invalid_json(f"{name} must be a text")
    return value


def whole(body: dict[str, Any], name: str, default: int) -> int:
    """A whole number of the body; HubSpot takes one that is written as text."""
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not is_id(str(value).removeprefix("-")):
        raise invalid_json(f"{name} must be a whole number")
    return int(value)


def rows(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects in the body; a missing one is empty."""
    return objects(body.get(name) or [], name)


def objects(value: Any, name: str) -> list[dict[str, Any]]:
    """*value* when it is a list of objects."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise invalid_json(f"{name} must be a list of objects")
    return value


def names(body: dict[str, Any], name: str) -> list[str]:
    """A list of texts in the body; a missing one is empty."""
    return texts(body.get(name) or [], name)


def texts(value: Any, name: str) -> list[str]:
    """*value* when it is a list of texts or numbers."""
    if not isinstance(value, list) or not all(isinstance(one, str | int) for one in value):
        raise invalid_json(f"{name} must be a list of texts")
    return [str(one) for one in value]


def property_names(body: dict[str, Any], field: str) -> tuple[str, ...]:
    """The names that a body lists under *field*; raises Refused when it is no list of texts."""
    names = body.get(field) or ()
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise invalid_json(f"{field} must be a list of texts")
    return tuple(names)


def whole_list(call: Call) -> Any:
    """The body of a call that takes a bare list."""
    try:
        return msgspec.json.decode(call.request.body)
    except msgspec.DecodeError as why:
        raise invalid_json(str(why)) from None

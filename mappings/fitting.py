"""Hold a line's type against the sorts of its fields, as the vendors describe them.

A field of another sort may hold such values all the same, as text holds numbers: then one of the line's other fields
must vouch for them. What is found does not stop the bridge: a value that does not fit is a problem of its record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from mappings.documents.fields import LineShape
from mappings.documents.reading import Mistake
from mappings.fields import sides_written
from mappings.vendor import Described, Names, Place

# Both vendors' words; of a field of any other type nothing is said.
_SORTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("string", "textarea", "encryptedstring", "phone_number"), "text"),
    **dict.fromkeys(("email", "phone", "url", "combobox", "id", "reference"), "text"),
    **dict.fromkeys(("enumeration", "picklist", "multipicklist"), "choice"),
    **dict.fromkeys(("number", "double", "int", "long", "currency", "percent"), "number"),
    **dict.fromkeys(("bool", "boolean"), "boolean"),
    "date": "date",
    "datetime": "datetime",
}


class _Fit(NamedTuple):
    """What a type's values are called, and the sorts of fields that hold them: nothing else, perhaps, or to be read only."""

    called: str
    surely: frozenset[str]
    perhaps: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()


_WORDS: Final = frozenset({"text", "choice"})
_ANYTHING: Final = frozenset({"text", "choice"})  # types that spell out what stands in a field of any sort
_FITS: Final[Mapping[str, _Fit]] = {
    **dict.fromkeys(("text", "email", "url", "country"), _Fit("text", _WORDS)),
    "phone": _Fit("text", _WORDS, read=frozenset({"number"})),
    **dict.fromkeys(("choice", "choices"), _Fit("choices", _WORDS)),
    "owner": _Fit("owners", _WORDS | {"number"}),
    "number": _Fit("numbers", frozenset({"number"}), _WORDS),
    "money": _Fit("amounts", frozenset({"number"}), _WORDS),
    "boolean": _Fit("true or false", frozenset({"boolean"}), _WORDS),
    "datetime": _Fit("moments", frozenset({"datetime"}), _WORDS),
    "date": _Fit("days", frozenset({"date"}), _WORDS),
}


class _Named(NamedTuple):
    """The field of one end that holds the value."""

    place: Place
    name: str
    type: str
    sort: str


def misfit(shape: LineShape, names: Names, known: Described) -> Mistake | None:
    """What is wrong with the line's type, if its fields are described and do not hold such values."""
    ends = [
        _Named(place, fields[0], one.type, _SORTS[one.type])
        for place, fields in names.items()
        if (one := known.get(place, {}).get(fields[0])) is not None and one.type in _SORTS
    ]
    if len(ends) < len(names) or shape.rule == "dont_sync":
        return None
    wrong = _wrong(shape, ends)
    if not wrong:
        return None
    listed = " and ".join(f"`{one.name}` of {' '.join(one.place)} ({one.type})" for one in wrong)
    return shape.mistake(f"`as: {shape.as_}` does not fit {listed}.", _remedy(shape, ends, wrong), "as")


def _wrong(shape: LineShape, ends: list[_Named]) -> list[_Named]:
    """The fields that do not hold values of the line's type."""
    written = [one for one in ends if one.place[0] in sides_written(shape.rule, shape.to)]
    if shape.as_ in _ANYTHING:
        return _spelled(shape, ends, written)
    fit = _FITS[shape.as_]
    return [one for one in _foreign(fit, ends) if one in written or one.sort not in fit.read]


def _foreign(fit: _Fit, ends: list[_Named]) -> list[_Named]:
    """The fields that cannot hold such values; where none vouches for them, those that only may, too."""
    vouched = any(one.sort in fit.surely for one in ends)
    return [one for one in ends if one.sort not in fit.surely and not (vouched and _may(fit, one))]


def _may(fit: _Fit, end: _Named) -> bool:
    # A day in a HubSpot field of moments is 00:00, as that of `through: midnight`.
    is_midnight = fit.called == "days" and end.place[0] == "hubspot" and end.sort == "datetime"
    return end.sort in fit.perhaps or is_midnight


def _spelled(shape: LineShape, ends: list[_Named], written: list[_Named]) -> list[_Named]:
    """Everything can be spelled out; it is written back only where it came from a field of the same sort."""
    if shape.values or shape.fallback is not None:
        return []
    return [
        one
        for one in written
        if one.sort not in _WORDS
        and any(other.sort != one.sort for other in ends if other.place[0] != one.place[0])
    ]


def _remedy(shape: LineShape, ends: list[_Named], wrong: list[_Named]) -> str:
    other = f"name {'a field' if len(wrong) == 1 else 'fields'} of {_FITS[shape.as_].called}"
    types = " or ".join(f"`as: {one}`" for one in _fitting(shape, ends, wrong))
    return f"Write {types}, or {other}." if types else f"{other.capitalize()}."


def _fitting(shape: LineShape, ends: list[_Named], wrong: list[_Named]) -> list[str]:
    """The types of what stands there that fit every field; none where one of words holds just what the line says."""
    if shape.as_ not in _ANYTHING and any(one.sort in _WORDS for one in ends if one not in wrong):
        return []
    types = dict.fromkeys(one.sort for one in ends)
    return [one for one in types if not _wrong(shape.model_copy(update={"as_": one}), ends)]

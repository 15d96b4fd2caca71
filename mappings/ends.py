"""Build the two ends of a mapping line: closures made once, called for every record.

An end knows its field names, reads their raw values and renders a canonical one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import Any, Final

from mappings import forms
from mappings.countries import atlas
from mappings.directory import Directory
from mappings.fields import End, Raw
from mappings.forms import Unrenderable
from mappings.phones import phone
from mappings.transforms import TRANSFORMS, Form
from mappings.values import ABSENT, Absent, Money, Seen, Side, Value
from mappings.wordmaps import WordMap

BETWEEN: Final = " / "
QUEUE_PREFIX: Final = "00G"
TEXTLIKE: Final = frozenset({"text", "email", "phone", "choice", "country", "url"})
_READERS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "text": forms.text,
    "email": forms.email,
    "number": forms.number,
    "date": forms.day,
    "datetime": forms.moment,
    "boolean": forms.boolean,
    "choice": forms.text,
    "choices": forms.choices,
    "url": forms.url,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What both ends of one line must know of it, and of the bridge."""

    type: str
    zone: tzinfo
    currency: str
    through: str | None = None
    country: str | None = None
    words: WordMap | None = None
    cut_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one end stands; *length* and *choices* where the vendor told them."""

    side: Side
    fields: tuple[str, ...]
    length: int | None = None
    choices: frozenset[str] = frozenset()


def end(terms: Terms, place: Place) -> End:
    """The end of a line at one place."""
    match terms.type:
        case "money":
            return _money(terms, place)
        case "owner":
            return _owner(place)
        case "choice" if len(place.fields) > 1:
            return _composite(terms, place)
        case _:
            return _single(place, _form(terms, place), terms.type)


def _form(terms: Terms, place: Place) -> Form:
    write = forms.spelled if place.side == "hubspot" else forms.json_value
    form = Form(_reader(terms), write)
    if terms.type == "country":
        form = Form(form.read, atlas().name)
    if terms.type == "choices":
        form = Form(form.read, forms.spelled)
    if terms.through:
        form = TRANSFORMS[terms.through].change(form, place.side, terms.zone)
    if terms.words:
        form = _translated(form, terms.words, place.side)
    if terms.cut_at:
        form = _cut(form, terms.cut_at)
    return _checked(form, place) if terms.type in TEXTLIKE | {"choices"} else form


def _reader(terms: Terms) -> Callable[[Any], Value]:
    if terms.type == "phone":
        return partial(phone, country=terms.country)
    if terms.type == "country":
        return atlas().canonical
    return _READERS[terms.type]


def _translated(form: Form, words: WordMap, side: Side) -> Form:
    def read(raw: Any) -> Value:
        value = form.read(raw)
        if isinstance(value, tuple):
            return tuple(sorted({words.read(side, word) for word in value}))
        return words.read(side, value) if isinstance(value, str) else value

    def write(value: Any) -> Any:
        if isinstance(value, tuple):
            return form.write(tuple(words.render(side, word) for word in value))
        return form.write(words.render(side, value))

    return Form(read, write)


def _cut(form: Form, length: int) -> Form:
    """Both sides are compared, and written, as far as the shorter field reaches."""

    def read(raw: Any) -> Value:
        value = form.read(raw)
        return (value[:length].rstrip() or None) if isinstance(value, str) else value

    return Form(read, form.write)


def _checked(form: Form, place: Place) -> Form:
    """Hold what the field cannot take: nothing is cut, and no new choice is made up."""
    length, choices = place.length, place.choices
    if length is None and not choices:
        return form

    def write(value: Any) -> Any:
        raw = form.write(value)
        if length is not None and len(raw) > length:
            raise Unrenderable(
                f"The value has {len(raw)} characters; the field holds {length}.",
                "Shorten it, or add `if_too_long: cut` to the line.",
            )
        _refuse_unknown(raw, choices)
        return raw

    return Form(form.read, write)


def _refuse_unknown(raw: str, choices: frozenset[str]) -> None:
    for word in raw.split(";") if choices else ():
        if word not in choices:
            raise Unrenderable(
                f"`{word}` is not one of the field's choices.", "Add the choice there, or map it in `values`."
            )


def _single(place: Place, form: Form, type_: str) -> End:
    (name,) = place.fields
    blank = _blank(place.side, type_)
    read_one, write_one = form.read, form.write

    def read(values: Raw, _directory: Directory) -> Seen:
        raw: Any = values.get(name, ABSENT)
        if raw is None or raw == "":
            return None
        return ABSENT if raw is ABSENT else read_one(raw)

    def render(value: Value, _directory: Directory, _standing: Raw | None) -> dict[str, Any]:
        return {name: blank() if value is None else write_one(value)}

    return End(place.fields, read, render)


def _blank(side: Side, type_: str) -> Callable[[], str | None]:
    def nothing() -> str | None:
        # HubSpot clears with the empty text; null is not documented to do so.
        return "" if side == "hubspot" else None

    def refused() -> str | None:
        raise Unrenderable(
            f"Salesforce has no blank {type_}.", "Choose `blank: ignore` or `blank: protect` for the line."
        )

    return refused if side == "salesforce" and type_ in ("boolean", "owner") else nothing


def _seen(values: Raw, names: Sequence[str]) -> tuple[Any, ...] | Absent:
    raw = tuple(values.get(name, ABSENT) for name in names)
    return ABSENT if ABSENT in raw else tuple(None if one == "" else one for one in raw)


def _composite(terms: Terms, place: Place) -> End:
    words, side, names = terms.words, place.side, place.fields

    def read(values: Raw, _directory: Directory) -> Seen:
        seen = _seen(values, names)
        if isinstance(seen, Absent):
            return ABSENT
        parts = [forms.text(raw) or "" if raw is not None else "" for raw in seen]
        if not any(parts):
            return None
        value = BETWEEN.join(parts)
        return words.read(side, value) if words else value

    def render(value: Value, _directory: Directory, _standing: Raw | None) -> dict[str, Any]:
        if value is None:
            return dict.fromkeys(names, "" if side == "hubspot" else None)
        spelled = words.render(side, str(value)) if words else str(value)
        parts = spelled.split(BETWEEN)
        if len(parts) != len(names):
            raise Unrenderable(
                f"`{spelled}` does not name {len(names)} values.", f"Write them as `{BETWEEN.join(names)}`."
            )
        return dict(zip(names, parts, strict=True))

    return End(names, read, render)


def _money(terms: Terms, place: Place) -> End:
    names, currency = place.fields, terms.currency
    write = forms.spelled if place.side == "hubspot" else forms.json_value

    def read(values: Raw, _directory: Directory) -> Seen:
        seen = _seen(values, names)
        if isinstance(seen, Absent):
            return ABSENT
        if seen[0] is None:
            return None
        code = forms.currency(seen[1]) if len(seen) > 1 and seen[1] is not None else None
        return Money(forms.number(seen[0]), code or currency)

    def render(value: Value, _directory: Directory, standing: Raw | None) -> dict[str, Any]:
        if not isinstance(value, Money):
            return {names[0]: "" if place.side == "hubspot" else None}
        spelled = write(value.amount)
        if len(names) == 1:
            _refuse_other(
                value.currency, currency, "Name the currency field in the line, or keep the amount apart."
            )
            return {names[0]: spelled}
        if place.side == "salesforce":
            stands = (standing or {}).get(names[1])
            _refuse_other(
                value.currency, stands, "Change the record's currency by hand, or keep the amount apart."
            )
            return {names[0]: spelled}
        return {names[0]: spelled, names[1]: value.currency}

    return End(names, read, render)


def _refuse_other(given: str, stands: str | None, remedy: str) -> None:
    """An amount is never put under the name of another currency."""
    if given != stands:
        raise Unrenderable(
            f"The amount is in {given}, the field in {stands or 'an unknown currency'}.", remedy
        )


def _owner(place: Place) -> End:
    (name,) = place.fields
    side, blank = place.side, _blank(place.side, "owner")

    def read(values: Raw, directory: Directory) -> Seen:
        if name not in values:
            return ABSENT
        id_ = str(values[name] or "").strip()
        if not id_ or (side == "salesforce" and id_.startswith(QUEUE_PREFIX)):
            return None
        return directory.canonical(side, id_) or f"{side}:{id_}"

    def render(value: Value, directory: Directory, _standing: Raw | None) -> dict[str, Any]:
        return {name: blank() if value is None else _owner_id(side, str(value), directory)}

    return End(place.fields, read, render)


def _owner_id(side: Side, value: str, directory: Directory) -> str:
    home, _, id_ = value.partition(":")
    if home == side:
        return id_
    found = directory.id(side, value)
    if found is None:
        title = "HubSpot owner" if side == "hubspot" else "Salesforce user"
        raise Unrenderable(
            f"No single active {title} belongs to {value}.",
            f"Give a {title} that e-mail, or add the pair to `owners.table` in bridge.yaml.",
        )
    return found

"""Fields that a config names and fresh twins lack: an admin would have made them, as the lines' ``as:`` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from mappings.agreement import Agreement
from mappings.fields import FieldLine
from mappings.values import Side
from sync.cli.missing_words import add_missing_words
from twins.hubspot import Group, Property
from twins.salesforce import Field
from twins.world import World

# Only an org with several currencies has it; the twins' has one.
CURRENCY: Final = "CurrencyIsoCode"
PLURALS: Final = {"contact": "contacts", "company": "companies", "deal": "deals"}
_SALESFORCE: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string", "length": 255},
    "email": {"type": "email", "length": 80},
    "phone": {"type": "phone", "length": 40},
    "url": {"type": "url", "length": 255},
    "country": {"type": "string", "length": 80},
    "number": {"type": "double", "digits": (18, 6)},
    "money": {"type": "currency", "digits": (18, 2)},
    "date": {"type": "date"},
    "datetime": {"type": "datetime"},
    "boolean": {"type": "boolean"},
    "choice": {"type": "picklist", "length": 255},
    "choices": {"type": "multipicklist", "length": 4099},
    "owner": {"type": "reference", "length": 18, "refers_to": ("User",)},
}


def add_missing_fields(world: World, agreement: Agreement) -> list[str]:
    """Create whatever the config names and fresh twins lack; one sentence each on what it became."""
    return [
        *_salesforce(world, agreement),
        *_hubspot(world, agreement),
        *add_missing_words(world, agreement, PLURALS),
    ]


def _salesforce(world: World, agreement: Agreement) -> Iterator[str]:
    for pair in agreement.pairs.values():
        for kind in pair.salesforce_kinds:
            api_name = kind.capitalize()
            for name, line in _named(agreement, pair.lines, "salesforce", kind):
                if name in world.salesforce.org.kinds[api_name].fields or name == CURRENCY:
                    continue
                made = _field(name, line)
                world.salesforce.add_fields(api_name, [made])
                yield f"Salesforce {api_name}.{name} ({made.type}{_listed(made.choices)})"


def _hubspot(world: World, agreement: Agreement) -> Iterator[str]:
    for pair in agreement.pairs.values():
        plural = PLURALS[pair.hubspot_kind]
        for name, line in _named(agreement, pair.lines, "hubspot", pair.hubspot_kind):
            if not world.hubspot.has_property(plural, name):
                made = _property(name, line if _is_its_value(name, line, pair.hubspot_kind) else None)
                world.hubspot.add_property(plural, made)
                yield f"HubSpot {plural}.{name} ({made.type}{_listed(tuple(made.options))})"


def _named(
    agreement: Agreement, lines: tuple[FieldLine, ...], side: Side, kind: str
) -> Iterator[tuple[str, FieldLine | None]]:
    """Each field of *kind* that the config names, with the line that says its type; none says it for a guard's."""
    seen: dict[str, FieldLine | None] = {}
    for line in lines:
        for name in line.fields(side, kind):
            seen.setdefault(name, line)
    for name in agreement.lifecycle.needs(side, kind):
        seen.setdefault(name, None)
    # leadbridge's own are there, or the plugin brings them
    yield from ((name, line) for name, line in seen.items() if not name.lower().startswith("leadbridge_"))


def _is_its_value(name: str, line: FieldLine | None, kind: str) -> bool:
    """Of two fields that one line holds, the first has the value; the other one is its currency, a text."""
    return line is not None and line.fields("hubspot", kind)[:1] == (name,)


def _field(name: str, line: FieldLine | None) -> Field:
    shape = dict(_SALESFORCE[line.type if line else "text"])
    if line and line.words and shape["type"] in ("picklist", "multipicklist"):
        shape["choices"] = line.words.words("salesforce")
    return Field(name=name, label=name, **shape)


def _property(name: str, line: FieldLine | None) -> Property:
    group, words = Group("leadbridge"), line.words.words("hubspot") if line and line.words else ()
    match line.type if line else "text":
        case "number" | "money":
            return group.number(name, hubspot_defined=False)
        case "date":
            return group.date(name, hubspot_defined=False)
        case "datetime":
            return group.moment(name, hubspot_defined=False)
        case "boolean":
            return group.yes_no(name, hubspot_defined=False)
        case "owner":
            return replace(group.owner(), name=name, label=name, hubspot_defined=False)
        case "choice" if words:
            return group.choice(name, words, hubspot_defined=False)
        case "choices" if words:
            return group.choices(name, words, hubspot_defined=False)
    return group.text(name, hubspot_defined=False)


def _listed(words: tuple[str, ...]) -> str:
    return f": {', '.join(words)}" if words else ""

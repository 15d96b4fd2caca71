"""What Salesforce's schema does not look at: lengths, names, references, limits, formulas, rights.

A finding is a `Mistake` of lifecycle.yaml, since that is the file from which the components are made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from mappings.documents.tree import Mistake
from plugin.formula import FormulaError, Type, compile_formula
from plugin.marker import Marker
from plugin.salesforce.parts import (
    CustomField,
    CustomPermission,
    ListView,
    Part,
    PermissionSet,
    QuickAction,
    ValidationRule,
    ValueSet,
)

NAME_LENGTH: Final = 40
LABEL_LENGTH: Final = 40
DESCRIPTION_LENGTH: Final = 255
MESSAGE_LENGTH: Final = 255
FORMULA_LENGTH: Final = 3500
VALUES: Final = 1000
_NAME: Final = re.compile(r"Leadbridge_[A-Za-z0-9]+(_[A-Za-z0-9]+)*")
_FIELD_TYPES: Final[Mapping[str, Type]] = {
    "Picklist": "picklist", "Text": "text", "Number": "number", "Checkbox": "boolean", "DateTime": "datetime",
    "Date": "date", "Url": "text",
}  # fmt: skip
ALLOWED: Final = frozenset({"ApiEnabled", "EditTask"})
_OURS: Final = "This is a fault of leadbridge itself: install nothing, and report it."
Finding = tuple[str, str]


def mistakes(parts: Sequence[Part]) -> tuple[Mistake, ...]:
    """Everything that Salesforce would refuse, or that must never be asked of it, each with what to do."""
    known = _Known(parts)
    found = [*_twice(parts)]
    for part in parts:
        found += _named(part)
        found += _described(part)
        found += known.against(part)
    return tuple(Mistake("lifecycle.yaml", 0, text, remedy) for text, remedy in found)


def _twice(parts: Sequence[Part]) -> Iterator[Finding]:
    """Salesforce does not tell upper from lower case in names."""
    for (type_, name), times in Counter((part.type, part.full_name.casefold()) for part in parts).items():
        if times > 1:
            names = sorted(p.full_name for p in parts if p.type == type_ and p.full_name.casefold() == name)
            yield (
                f"{times} components would be the {type_} {' and '.join(names)}, which are one name to Salesforce.",
                "Rename the stage from which it is made, or say `rules: compact`.",
            )


def _named(part: Part) -> Iterator[Finding]:
    name = part.name.removesuffix("__c") if isinstance(part, CustomField) else part.name
    if len(name) > NAME_LENGTH:
        yield (
            f"The {part.type} `{part.full_name}` has a name of {len(name)} characters; Salesforce takes {NAME_LENGTH}.",
            f"Make the name in lifecycle.yaml {len(name) - NAME_LENGTH} characters shorter, or say `rules: compact`.",
        )
    if not _NAME.fullmatch(name):
        yield (
            f"The {part.type} `{part.full_name}` has a name that Salesforce or leadbridge does not take.",
            "A name begins with `Leadbridge_` and has letters, digits and single underscores.",
        )
    label = "" if isinstance(part, ValidationRule) else part.label
    if len(label) > LABEL_LENGTH:
        yield (
            f"The {part.type} `{part.full_name}` has a label of {len(label)} characters; Salesforce takes {LABEL_LENGTH}.",
            "Shorten its name in lifecycle.yaml.",
        )


def _described(part: Part) -> Iterator[Finding]:
    if isinstance(part, ListView):
        return
    if len(part.description) > DESCRIPTION_LENGTH:
        text = f"The {part.type} `{part.full_name}` has a description of {len(part.description)} characters; Salesforce takes {DESCRIPTION_LENGTH}."
        yield text, "Shorten the name of the stage."
    if Marker.found_in(part.description) is None:
        yield f"The {part.type} `{part.full_name}` bears no marker of leadbridge.", _OURS


class _Known:
    """What the parts may refer to."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.fields = {part.full_name: part for part in parts if isinstance(part, CustomField)}
        self.sets = {part.name: part for part in parts if isinstance(part, ValueSet)}
        self.permissions = {part.name for part in parts if isinstance(part, CustomPermission)}

    def against(self, part: Part) -> Iterator[Finding]:
        """What is wrong with this part beside its names."""
        match part:
            case ValueSet():
                yield from self._value_set(part)
            case CustomField():
                yield from self._field(part)
            case ValidationRule():
                yield from self._rule(part)
            case PermissionSet():
                yield from self._permission_set(part)
            case QuickAction():
                yield from self._quick_action(part)
            case ListView():
                yield from self._list_view(part)
            case CustomPermission():
                pass

    def _value_set(self, part: ValueSet) -> Iterator[Finding]:
        if len(part.choices) > VALUES:
            text = f"`{part.name}` has {len(part.choices):,} values; Salesforce takes {VALUES:,}."
            yield text, "Let go of retired stages that no record has any more."
        for what in ("name", "label"):
            for value, times in Counter(getattr(one, what).casefold() for one in part.choices).items():
                if times > 1:
                    text = f"`{part.name}` has {times} values of the {what} `{value}`."
                    yield text, "Rename one of the stages or reasons."
        if not any(one.active for one in part.choices):
            yield f"`{part.name}` has no value that can be chosen.", "Name stages and reasons."

    def _field(self, part: CustomField) -> Iterator[Finding]:
        if part.kind == "Picklist":
            if part.value_set and part.value_set not in self.sets:
                text = f"`{part.full_name}` has the values of `{part.value_set}`, which is not installed."
                yield text, _OURS
            if not part.value_set and not part.choices:
                yield f"The picklist `{part.full_name}` has no values.", _OURS
        most = {"Text": (1, 255), "LongTextArea": (256, 131_072), "Number": (1, 18)}.get(part.kind)
        if most and not (part.length is not None and most[0] <= part.length <= most[1]):
            text = f"`{part.full_name}` has the length {part.length}; a {part.kind} has {most[0]} to {most[1]:,}."
            yield text, _OURS
        if (part.unique or part.external_id) and part.kind not in ("Text", "Number"):
            text = f"`{part.full_name}` is a {part.kind}, which cannot be unique or an external id."
            yield text, _OURS

    def _rule(self, part: ValidationRule) -> Iterator[Finding]:
        if len(part.formula) > FORMULA_LENGTH:
            yield (
                f"The rule `{part.full_name}` has a formula of {len(part.formula):,} characters; {FORMULA_LENGTH:,} are safe.",
                "Say `rules: per_stage`, or use fewer or shorter stages.",
            )
        if not 0 < len(part.message) <= MESSAGE_LENGTH:
            text = f"The rule `{part.full_name}` has a message of {len(part.message)} characters; Salesforce takes 1 to {MESSAGE_LENGTH}."
            yield text, "Shorten the names of the stages."
        yield from self._own(part.full_name, part.object, [part.at])
        try:
            formula = compile_formula(part.formula, self._types(part.object), returns="boolean")
        except FormulaError as error:
            yield f"The rule `{part.full_name}` cannot be understood: {error}.", _OURS
            return
        for name in formula.permissions:
            if name not in self.permissions:
                text = (
                    f"The rule `{part.full_name}` asks for the permission `{name}`, which is not installed."
                )
                yield text, _OURS

    def _types(self, object_: str) -> Callable[[str], Type | None]:
        def type_of(name: str) -> Type | None:
            field = self.fields.get(f"{object_}.{name}")
            return _FIELD_TYPES.get(field.kind) if field else None

        return type_of

    def _permission_set(self, part: PermissionSet) -> Iterator[Finding]:
        for name in part.custom_permissions:
            if name not in self.permissions:
                yield f"`{part.name}` grants `{name}`, which is not installed.", _OURS
        for name in sorted(set(part.user_permissions) - ALLOWED):
            yield f"`{part.name}` grants `{name}`, which leadbridge must never have.", _OURS
        for right in part.fields:
            object_, _, field = right.field.partition(".")
            yield from self._own(part.name, object_, [field])

    def _quick_action(self, part: QuickAction) -> Iterator[Finding]:
        yield from self._own(part.full_name, part.object, [name for name, _ in (*part.sets, *part.asks)])
        for name, value in part.sets:
            yield from self._value(part.full_name, part.object, name, value)

    def _list_view(self, part: ListView) -> Iterator[Finding]:
        yield from self._own(part.full_name, part.object, [part.field, *part.columns])
        yield from self._value(part.full_name, part.object, part.field, part.value)

    def _own(self, whose: str, object_: str, names: Sequence[str]) -> Iterator[Finding]:
        """Fields of ours that are named must be installed; others are the customer's."""
        for name in names:
            if name.startswith("Leadbridge_") and f"{object_}.{name}" not in self.fields:
                yield (
                    f"`{whose}` names the field `{object_}.{name}`, which is not installed.",
                    _OURS,
                )

    def _value(self, whose: str, object_: str, name: str, value: str) -> Iterator[Finding]:
        field = self.fields.get(f"{object_}.{name}")
        if field is None or field.kind != "Picklist":
            return
        held = self.sets.get(field.value_set)
        if value not in {one.name for one in (held.choices if held else field.choices) if one.active}:
            yield f"`{whose}` names `{value}`, which `{name}` does not have.", _OURS

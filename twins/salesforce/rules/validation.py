"""Validation rules: a formula that is true refuses the save with the admin's own words.

https://help.salesforce.com/s/articleView?id=platform.fields_about_field_validation.htm
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plugin.formula import Context, Formula, FormulaError, Type, compile_formula
from twins.salesforce.errors import RowRefused
from twins.salesforce.org.setup import Read, Rule, Rules
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.schema.kinds import Field, Kind

_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
_LONGEST_MESSAGE = 255
_TYPES: dict[str, Type] = {
    **dict.fromkeys(("id", "string", "textarea", "email", "phone", "url", "reference"), "text"),
    **dict.fromkeys(("double", "int", "currency", "percent"), "number"),
    "picklist": "picklist", "multipicklist": "choices", "boolean": "boolean", "date": "date",
    "datetime": "datetime",
}  # fmt: skip


def add(org: Org, kind: Kind, name: str, formula: str, message: str, at: str | None) -> None:
    """Check a rule and put it in force, in place of the one of its name.

    Raises `FormulaError` for the formula and ValueError for anything else that Salesforce would not save.
    """
    compiled = checked(org, kind, name, formula, message, at)
    rules = org.rules.get(kind.name) or Rules()
    if name not in rules.by_name and len(rules.by_name) >= org.switches.rules_per_object:
        raise ValueError(f"{kind.name} may have {org.switches.rules_per_object} active rules in this edition")
    org.rules[kind.name] = rules
    rules.by_name[name] = Rule(name, compiled, message, at or "")
    for path in compiled.fields:
        rules.readers[path] = _reader(org, kind, path)


def checked(org: Org, kind: Kind, name: str, formula: str, message: str, at: str | None) -> Formula:
    """The formula of a rule, in force or not, that Salesforce would save; raises like `add`."""
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name: letters, digits and single underscores, a letter first")
    if not message or len(message) > _LONGEST_MESSAGE:
        raise ValueError(f"the message of {name} has 1 to {_LONGEST_MESSAGE} characters, not {len(message)}")
    if at is not None and kind.find(at) is None:
        raise ValueError(f"{kind.name} has no field {at} for the message of {name}")
    compiled = compile_formula(formula, lambda path: type_of(org, kind, path), returns="boolean")
    for permission in compiled.permissions:
        if permission not in org.rights.custom_permissions:
            says = f"Field $Permission.{permission} does not exist. Check spelling"
            raise FormulaError(says, max(0, formula.find(permission)))
    return compiled


def remove(org: Org, kind: Kind, name: str) -> None:
    """Take a rule out of force; raises KeyError when there is none of this name."""
    rules = org.rules[kind.name]
    del rules.by_name[name]
    if not rules.by_name:
        del org.rules[kind.name]


def judge(org: Org, kind: Kind, old: Row | None, row: Row, *, by: str, now: datetime) -> list[RowRefused]:
    """What the rules have against *row*, each by its own words."""
    rules = org.rules[kind.name]
    record = {path: read(row) for path, read in rules.readers.items()}
    prior = None if old is None else {path: read(old) for path, read in rules.readers.items()}
    context = Context(
        now=now,
        is_new=old is None,
        permissions=org.rights.permissions(by),
        user=_UserRow(org.tables["User"].rows.get(by, {})),
        profile={"Name": org.rights.profile_name(by)},
        zone=org.zone,
    )
    answers = (_answer(rule, record, prior, context) for rule in rules.by_name.values())
    return [refused for refused in answers if refused is not None]


def type_of(org: Org, kind: Kind, path: str) -> Type | None:
    """The type that formulas see in a field of *kind* or of a parent; None when there is no such field."""
    found = _resolved(org, kind, path)
    return None if found is None else _TYPES.get(found[1].type)


def _answer(
    rule: Rule, record: Mapping[str, Any], prior: Mapping[str, Any] | None, context: Context
) -> RowRefused | None:
    try:
        fires = rule.formula.evaluate(record, prior, context)
    except FormulaError as wrong:
        # [M] the wording
        said = f'The formula in the "{rule.name}" validation rule is invalid: {wrong.says}'
        return RowRefused("FIELD_CUSTOM_VALIDATION_EXCEPTION", said)
    if not fires:
        return None
    return RowRefused("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, [rule.at] if rule.at else [])


def _resolved(org: Org, kind: Kind, path: str) -> tuple[list[str], Field] | None:
    """The references that lead to the field of *path*, and the field.

    A parent that may be of several kinds is asked as one of them, ``Owner:User.Email``
    (https://help.salesforce.com/s/articleView?id=platform.tips_on_building_formulas.htm).
    """
    *relations, name = path.split(".")
    references = []
    for word in relations:
        relation, _, chosen = word.partition(":")
        reference = kind.relations.get(relation.lower())
        kinds = (
            [one for one in reference.refers_to if not chosen or one.lower() == chosen.lower()]
            if reference
            else []
        )
        if reference is None or len(kinds) != 1:
            return None
        references.append(reference.name)
        kind = org.kinds[kinds[0]]
    field_ = kind.find(name)
    return None if field_ is None else (references, field_)


def _reader(org: Org, kind: Kind, path: str) -> Read:
    found = _resolved(org, kind, path)
    assert found is not None
    references, field_ = found
    name = field_.name
    # In formulas an id has 15 characters (https://help.salesforce.com/s/articleView?id=000383751).
    short = field_.type in ("id", "reference")

    def read(row: Row) -> Any:
        for reference in references:
            key = row.get(reference)
            parent = org.tables[org.kind_of(key).name].rows.get(key) if key else None
            if parent is None:
                return None
            row = parent
        value = row.get(name)
        return value[:15] if short and value else value

    return read


class _UserRow(dict[str, Any]):
    """The row of the user who saves, with ids as formulas see them."""

    def __init__(self, row: Row) -> None:
        super().__init__(row)
        if "Id" in row:
            self["Id"] = row["Id"][:15]

"""Reads what an org holds of leadbridge, and how full it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from connectors.errors import Refused
from connectors.salesforce.admin import SalesforceAdmin
from connectors.salesforce.installed import Tree
from plugin.salesforce.comparing import PREFIX, Key, Org, key_of
from plugin.salesforce.objects import OBJECTS, PEOPLE
from plugin.salesforce.parts import TYPES
from plugin.salesforce.rules import LOSS_REASON, REASON, STAGE
from plugin.salesforce.trees import text_in

# What Salesforce says of a field, or of records, that the user does not see.
_UNSEEN: Final = frozenset({"INVALID_FIELD", "INVALID_TYPE"})


def look(org: SalesforceAdmin) -> Org:
    """Everything that bears leadbridge's prefix, the rules of others, and how many records hold each stage and reason."""
    listed = {type_.type: org.names_of(type_.type) for type_ in TYPES}
    found: dict[Key, Tree] = {}
    called: dict[Key, str] = {}
    for type_, names in listed.items():
        for name, tree in org.components(type_, [one for one in names if _is_prefixed(one)]).items():
            key = key_of(type_, name)
            found[key], called[key] = tree, name
    people, unseen = _counted(org, found, [(one, STAGE) for one in PEOPLE])
    reasons, more = _counted(org, found, [*((one, REASON) for one in PEOPLE), ("Opportunity", LOSS_REASON)])
    return Org(
        components=found,
        names=called,
        rules=_others(org, listed["ValidationRule"]),
        people=people,
        reasons=reasons,
        unseen=(*unseen, *more),
        narrow=org.narrow(PEOPLE),
        open=_open(org),
        record_types=org.record_types(PEOPLE),
    )


def _open(org: SalesforceAdmin) -> frozenset[str]:
    """The fields to which field-level security does not apply here, as their describe says; an address goes by its parts.

    https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm
    (`permissionable`)
    """
    return frozenset(
        f"{OBJECTS[kind]}.{one.name}"
        for kind, fields in org.seen(list(OBJECTS)).items()
        for one in fields.values()
        if not one.closable and one.type != "address"
    )


def _is_prefixed(name: str) -> bool:
    return name.rpartition(".")[2].lower().startswith(PREFIX)


def _others(org: SalesforceAdmin, names: Sequence[str]) -> Mapping[str, int]:
    """The active rules that others made on the objects that get rules of ours."""
    theirs = [one for one in names if one.partition(".")[0] in PEOPLE and not _is_prefixed(one)]
    rules = org.components("ValidationRule", theirs)
    return Counter(
        name.partition(".")[0] for name, tree in rules.items() if text_in(tree, "active") == "true"
    )


def _counted(
    org: SalesforceAdmin, found: Mapping[Key, Tree], places: Iterable[tuple[str, str]]
) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """How many live records hold each value of these fields (object and name), and the fields that the admin does not
    see: nobody sees a field that was deployed until a permission set opens it, whoever deployed it.
    """
    counted: Counter[str] = Counter()
    unseen = []
    for object_, name in places:
        if key_of("CustomField", f"{object_}.{name}") not in found:
            continue
        try:
            counted.update(org.people_by(object_.lower(), name))
        except Refused as why:
            if _UNSEEN.isdisjoint(fault.code for fault in why.faults):
                raise
            unseen.append(f"{object_}.{name}")
    return counted, tuple(unseen)

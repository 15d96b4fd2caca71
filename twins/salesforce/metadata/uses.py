"""Who refers to a component, so that it cannot be deleted."""

from __future__ import annotations

from twins.salesforce.org.mapping import TARGETS, mapped
from twins.salesforce.org.state import Org
from twins.salesforce.schema.kinds import Kind
from twins.salesforce.trees import Element


def uses_of_field(org: Org, kind: Kind, field: str) -> list[str]:
    """The validation rules, quick actions and list views that name a field, and the mapping of lead conversion.

    https://help.salesforce.com/s/articleView?id=sales.customize_mapleads_guidelines.htm
    """
    rules = org.rules[kind.name].by_name.values() if kind.name in org.rules else ()
    found = [
        f"Validation Rule {kind.name}.{rule.name}"
        for rule in rules
        if field in rule.formula.fields or rule.at == field
    ]
    for (type_, name), stored in org.installed.parts.items():
        if not name.startswith(f"{kind.name}."):
            continue
        if type_ == "QuickAction" and field in {
            *(one.value("field") for one in stored.tree.all("fieldOverrides")),
            *action_fields(stored.tree),
        }:
            found.append(f"Quick Action {name}")
        if type_ == "ListView" and field in {
            *stored.tree.values("columns"),
            *(one.value("field") for one in stored.tree.all("filters")),
        }:
            found.append(f"List View {name}")
    return [*found, *(["Lead Custom Field Mapping"] if _is_mapped(org, kind, field) else [])]


def _is_mapped(org: Org, kind: Kind, field: str) -> bool:
    """Whether a conversion carries a field over, by what an admin mapped or the org does by itself."""
    if kind.name == "Lead":
        return any(field in mapped(org, target) for target in TARGETS)
    return kind.name in TARGETS and field in mapped(org, kind.name).values()


def uses_of_permission(org: Org, permission: str) -> list[str]:
    """The validation rules that ask for a custom permission."""
    return [
        f"Validation Rule {kind}.{rule.name}"
        for kind, rules in org.rules.items()
        for rule in rules.by_name.values()
        if permission in rule.formula.permissions
    ]


def action_fields(tree: Element) -> dict[str, str]:
    """The fields on the layout of a quick action, and how each behaves: Edit, Required, Readonly."""
    layout = tree.first("quickActionLayout")
    columns = layout.all("quickActionLayoutColumns") if layout else []
    items = [one for column in columns for one in column.all("quickActionLayoutItems")]
    return {field: one.value("uiBehavior") or "Edit" for one in items if (field := one.value("field"))}

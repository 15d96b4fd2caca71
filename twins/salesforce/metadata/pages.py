"""Quick actions and list views: how they are saved, deleted and read; people use them at the screen.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_quickaction.htm and
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_listview.htm
"""

from __future__ import annotations

from twins.salesforce.metadata.messages import NotThere, PartRefused
from twins.salesforce.metadata.site import Site
from twins.salesforce.metadata.uses import action_fields
from twins.salesforce.org.state import Org
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.trees import Element

# The columns and filters of standard fields have names of their own: LEAD.STATUS, FULL_NAME, CORE.USERS.ALIAS.
_SCOPES = frozenset({"Everything", "Mine", "Queue", "Delegated", "MyTerritory", "MyTeamTerritory", "Team"})
_OPERATIONS = frozenset(
    {"equals", "notEqual", "lessThan", "greaterThan", "lessOrEqual", "greaterOrEqual", "contains", "notContain",
     "startsWith", "includes", "excludes", "within"}
)  # fmt: skip
_BEHAVIOURS = frozenset({"Edit", "Required", "Readonly"})


def put_action(site: Site, name: str, tree: Element) -> None:
    """Create or change a quick action of a kind; the twin knows those that update. Raises `PartRefused`."""
    kind = site.kind(name.partition(".")[0], tree.line)
    if tree.value("type") != "Update":
        raise PartRefused(f"the twin does not know quick actions of the type {tree.value('type')}", tree.line)
    if tree.value("label") is None and tree.value("standardLabel") is None:
        raise PartRefused("Required field is missing: label", tree.line)
    for one in tree.all("fieldOverrides"):
        found = _field(kind, one.value("field") or "", one)
        literal = one.value("literalValue")
        if literal and found.restricted and literal not in found.choices:
            said = f"Picklist value: {literal} in picklist: {found.name} not found"
            raise PartRefused(said, one.line)
    for field, behaviour in action_fields(tree).items():
        _field(kind, field, tree)
        if behaviour not in _BEHAVIOURS:
            raise PartRefused(f"'{behaviour}' is not a valid value for the enum 'UiBehavior'", tree.line)
    site.keep("QuickAction", name, tree)


def put_view(site: Site, name: str, tree: Element) -> None:
    """Create or change a list view; raises `PartRefused`."""
    kind = site.kind(name.partition(".")[0], tree.line)
    if tree.value("filterScope") not in _SCOPES:
        said = f"'{tree.value('filterScope')}' is not a valid value for the enum 'FilterScope'"
        raise PartRefused(said, tree.line)
    for column in tree.values("columns"):
        _custom(kind, column, tree)
    for one in tree.all("filters"):
        _custom(kind, one.value("field") or "", one)
        if one.value("operation") not in _OPERATIONS:
            said = f"'{one.value('operation')}' is not a valid value for the enum 'FilterOperation'"
            raise PartRefused(said, one.line)
    site.keep("ListView", name, tree)


def drop_action(site: Site, name: str) -> None:
    """Delete a quick action."""
    _drop(site, "QuickAction", name)


def drop_view(site: Site, name: str) -> None:
    """Delete a list view."""
    _drop(site, "ListView", name)


def read_action(org: Org, name: str) -> Element | None:
    """A quick action as it was saved."""
    return _named(org.installed.tree("QuickAction", name), name)


def read_view(org: Org, name: str) -> Element | None:
    """A list view as it was saved."""
    return _named(org.installed.tree("ListView", name), name.partition(".")[2])


def _drop(site: Site, type_: str, name: str) -> None:
    if site.org.installed.tree(type_, name) is None:
        raise NotThere(f"No {type_} named: {name} found")
    site.forget(type_, name)


def _named(tree: Element | None, name: str) -> Element | None:
    if tree is None:
        return None
    rest = [one for one in tree.children if one.name != "fullName"]
    return Element(tree.name, children=[Element("fullName", name), *rest])


def _custom(kind: Kind, name: str, at: Element) -> None:
    if name.endswith("__c"):
        _field(kind, name, at)


def _field(kind: Kind, name: str, at: Element) -> Field:
    found = kind.fields.get(name)
    if found is None:
        raise PartRefused(f"In field: field - no CustomField named {kind.name}.{name} found", at.line)
    return found

"""Validation rules: how they are saved, deleted and read.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_validationformulas.htm
"""

from __future__ import annotations

from plugin.formula import FormulaError
from twins.salesforce.metadata.messages import NotThere, PartRefused
from twins.salesforce.metadata.site import Site
from twins.salesforce.org.state import Org
from twins.salesforce.rules import validation
from twins.salesforce.trees import Element, grown


def put(site: Site, name: str, tree: Element) -> None:
    """Create or change a rule and put it in or out of force; raises `PartRefused`."""
    kind_name, _, rule = name.partition(".")
    kind = site.kind(kind_name, tree.line)
    formula, message = tree.value("errorConditionFormula") or "", tree.value("errorMessage") or ""
    at = tree.value("errorDisplayField")
    if at is not None and kind.find(at) is None:
        said = f"In field: errorDisplayField - no CustomField named {kind.name}.{at} found"
        raise PartRefused(said, tree.line)
    try:
        if tree.is_true("active"):
            validation.add(site.org, kind, rule, formula, message, at)
        else:
            validation.checked(site.org, kind, rule, formula, message, at)
            _out_of_force(site.org, kind.name, rule)
    except FormulaError as wrong:
        raise PartRefused(f"{wrong.says}.", tree.line) from None
    except ValueError as wrong:
        raise PartRefused(str(wrong), tree.line) from None
    site.keep("ValidationRule", name, tree)


def drop(site: Site, name: str) -> None:
    """Delete a rule."""
    kind_name, _, rule = name.partition(".")
    if read(site.org, name) is None:
        raise NotThere(f"No ValidationRule named: {name} found")
    _out_of_force(site.org, kind_name, rule)
    site.forget("ValidationRule", name)


def names(org: Org) -> list[str]:
    """All rules, in force or not, whoever made them."""
    active = {f"{kind}.{rule}" for kind, rules in org.rules.items() for rule in rules.by_name}
    return sorted(active | set(org.installed.names("ValidationRule")))


def read(org: Org, name: str) -> Element | None:
    """A rule as it is now: an admin may have changed or stopped it since it was deployed."""
    kind_name, _, rule = name.partition(".")
    rules = org.rules.get(kind_name)
    now = rules.by_name.get(rule) if rules else None
    tree = org.installed.tree("ValidationRule", name)
    if now is None and tree is None:
        return None
    found = tree or Element("ValidationRule")
    shown = {
        "fullName": rule,
        "active": now is not None,
        "description": found.value("description"),
        "errorConditionFormula": now.formula.text if now else found.value("errorConditionFormula"),
        "errorDisplayField": (now.at or None) if now else found.value("errorDisplayField"),
        "errorMessage": now.message if now else found.value("errorMessage"),
    }
    return grown("ValidationRule", shown)


def _out_of_force(org: Org, kind: str, rule: str) -> None:
    if kind in org.rules and rule in org.rules[kind].by_name:
        validation.remove(org, org.kinds[kind], rule)

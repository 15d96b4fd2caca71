"""What stands in an org against what is wanted: every edit is seen, and nothing that Salesforce adds by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mappings.agreement import Agreement
from plugin.salesforce import bundle, element
from plugin.salesforce.comparing import Org, compared, installed, key_of
from plugin.salesforce.parts import Part
from plugin.salesforce.trees import Tree, differences, tree_of
from sync.bootstrap import read_agreement, shipped_config


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return read_agreement(shipped_config())


@pytest.fixture(scope="module")
def parts(agreement: Agreement) -> tuple[Part, ...]:
    return bundle(agreement)


def edits(value: Any) -> Iterator[Any]:
    """*value* with one text in it changed, each in turn."""
    if isinstance(value, str):
        yield {"true": "false", "false": "true"}.get(value, f"another {value}")
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield from ((*value[:place], edited, *value[place + 1 :]) for edited in edits(one))
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from ({**value, name: edited} for edited in edits(one))


def as_found(part: Part) -> Tree:
    """The part as Salesforce answers it: with its full name, and more than was ever said."""
    more = {"fullName": (part.full_name,), "trackHistory": ("false",), "trackTrending": ("false",)}
    return {**tree_of(element(part)), **more}


def org(parts: tuple[Part, ...]) -> Org:
    found = {key_of(part.type, part.full_name): as_found(part) for part in parts}
    return Org(found, {key_of(part.type, part.full_name): part.full_name for part in parts})


def test_what_was_deployed_is_unchanged(parts: tuple[Part, ...]) -> None:
    assert {one.verb for one in compared(parts, org(parts))} == {"unchanged"}


def test_every_edit_of_every_component_is_a_difference(parts: tuple[Part, ...]) -> None:
    tried, unseen = 0, []
    for part in parts:
        wanted = tree_of(element(part))
        for edited in edits(wanted):
            tried += 1
            if not differences(part.type, wanted, edited):
                unseen.append((part.full_name, edited))

    assert tried > 800
    assert unseen == []


def test_order_white_space_and_a_mark_of_before_make_no_difference(parts: tuple[Part, ...]) -> None:
    rights = next(part for part in parts if part.full_name == "Leadbridge_Integration")
    rule = next(part for part in parts if part.full_name == "Lead.Leadbridge_From_working")
    shuffled = {name: tuple(reversed(values)) for name, values in tree_of(element(rights)).items()}
    wanted = tree_of(element(rule))
    spaced = {
        **wanted,
        "errorConditionFormula": (str(wanted["errorConditionFormula"][0]).replace(", ", ",\r\n    ") + "\n",),
        "description": (str(wanted["description"][0]).replace("lifecycle 1", "lifecycle 7"),),
    }

    assert differences("PermissionSet", tree_of(element(rights)), shuffled) == []
    assert differences("ValidationRule", wanted, spaced) == []


def test_the_newest_mark_says_what_is_installed(parts: tuple[Part, ...], agreement: Agreement) -> None:
    found = installed(org(parts))

    assert found is not None
    assert found.lifecycle == agreement.lifecycle.version
    assert installed(Org()) is None


def test_a_rule_that_the_lifecycle_no_longer_has_is_deleted(parts: tuple[Part, ...]) -> None:
    rule = next(part for part in parts if part.full_name == "Lead.Leadbridge_From_working")
    fewer = tuple(part for part in parts if part is not rule)

    [gone] = [one for one in compared(fewer, org(parts)) if one.verb != "unchanged"]

    assert (gone.name, gone.verb) == ("Lead.Leadbridge_From_working", "retire")


def test_a_list_view_is_ours_only_where_the_custom_permission_is(parts: tuple[Part, ...]) -> None:
    views = tuple(part for part in parts if part.type == "ListView")

    assert {one.verb for one in compared(views, org(views))} == {"conflict"}

"""The filters of a segment: a tree of branches, read once, then asked of many rows.

The root is an OR of ANDs. Read: property filters of every plain type, being in another segment, and
associated records: https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/list-filters
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twins.hubspot.associations.links import joined, type_ids
from twins.hubspot.errors import Refused
from twins.hubspot.lists.operations import Test as ValueTest
from twins.hubspot.lists.operations import operation
from twins.hubspot.portal import Portal
from twins.hubspot.records.naming import is_id
from twins.hubspot.shelves.rows import Row, Shelf
from twins.hubspot.wire.bodies import needs, objects, text

Test = Callable[[Row], bool]


def root(portal: Portal, shelf: Shelf, branch: Any, at: int) -> Test:
    """The question of a whole tree, asked at *at*; raises Refused when HubSpot would not take it."""
    if not isinstance(branch, dict) or branch.get("filterBranchType") != "OR":
        raise _wrong("the root filter branch must be of type OR")
    parts = objects(branch.get("filterBranches") or [], "filterBranches")
    if not parts or branch.get("filters"):
        raise _wrong("the root filter branch must hold AND branches and no filters")
    if any(one.get("filterBranchType") != "AND" for one in parts):
        raise _wrong("the branches under the root must be of type AND")
    tests = [_branch(portal, shelf, one, at) for one in parts]
    return lambda row: any(test(row) for test in tests)


def _branch(portal: Portal, shelf: Shelf, branch: dict[str, Any], at: int) -> Test:
    match branch.get("filterBranchType"):
        case "OR":
            tests = _inside(portal, shelf, branch, at)
            return lambda row: any(test(row) for test in tests)
        case "AND":
            tests = _inside(portal, shelf, branch, at)
            return lambda row: all(test(row) for test in tests)
        case "NOT_ALL":
            tests = _inside(portal, shelf, branch, at)
            return lambda row: not all(test(row) for test in tests)
        case "NOT_ANY":
            tests = _inside(portal, shelf, branch, at)
            return lambda row: not any(test(row) for test in tests)
        case "ASSOCIATION":
            return _associated(portal, shelf, branch, at)
    raise _wrong(f"filter branch type {branch.get('filterBranchType')} is not supported here")


def _inside(portal: Portal, shelf: Shelf, branch: dict[str, Any], at: int) -> list[Test]:
    branches = objects(branch.get("filterBranches") or [], "filterBranches")
    filters = objects(branch.get("filters") or [], "filters")
    return [_branch(portal, shelf, one, at) for one in branches] + [
        _filter(portal, shelf, one, at) for one in filters
    ]


def _associated(portal: Portal, shelf: Shelf, branch: dict[str, Any], at: int) -> Test:
    """One of the associated records passes the filters of the branch."""
    needs(branch, "objectTypeId", "operator")
    there = portal.shelf(text(branch, "objectTypeId"))
    ends = (shelf.kind.name, there.kind.name)
    type_ids(ends)
    tests = _inside(portal, there, branch, at)
    is_in = text(branch, "operator") == "IN_LIST"

    def holds(row: Row) -> bool:
        others = (there.rows[other] for other, _ in joined(portal, ends, row.id))
        return any(all(test(other) for test in tests) for other in others) is is_in

    return holds


def _filter(portal: Portal, shelf: Shelf, one: dict[str, Any], at: int) -> Test:
    match one.get("filterType"):
        case "PROPERTY":
            return _property(shelf, one, at)
        case "IN_LIST":
            return _in_list(portal, one)
    raise _wrong(f"filter type {one.get('filterType')} is not supported here")


def _property(shelf: Shelf, one: dict[str, Any], at: int) -> Test:
    needs(one, "property", "operation")
    name = text(one, "property")
    if name not in shelf.schema:
        raise _wrong(f"property {name} does not exist")
    if not isinstance(one["operation"], dict):
        raise _wrong("operation must be an object")
    read, test = shelf.reader(name), _tested(one["operation"], at)
    return lambda row: test(read(row))


def _tested(said: dict[str, Any], at: int) -> ValueTest:
    try:
        return operation(said, at)
    except (KeyError, TypeError, ValueError) as why:
        raise _wrong(f"operation is not complete: {why}") from None


def _in_list(portal: Portal, one: dict[str, Any]) -> Test:
    """Whether the record is a member of another segment, as it was last worked out."""
    needs(one, "listId", "operator")
    number, is_in = text(one, "listId"), text(one, "operator") == "IN_LIST"
    if not is_id(number) or int(number) not in portal.segments.by_id:
        raise _wrong(f"list {number} does not exist")
    other = portal.segments.by_id[int(number)]
    return lambda row: (row.id in other.members) is is_in


def _wrong(why: str) -> Refused:
    """A filter that HubSpot does not take (texts unverified)."""
    return Refused(400, f"Invalid list filter: {why}", subCategory="ListError.INVALID_FILTER")

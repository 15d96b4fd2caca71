"""The only place that writes SOQL: names are allow-listed by pattern, values are bound.

Used by `reading` and `writing`; nothing from outside reaches a query but through here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote

from simple_salesforce.format import format_soql, quote_soql_value

from connectors.errors import Refused
from connectors.records import Cursor
from connectors.salesforce.kinds import ALWAYS, HISTORIES, MODIFIED, ONLY, is_id, object_name

PAGE = 2000
LONGEST_TEXT = 4000
AFTER = "after"
# By which a permission set is told; one that a profile owns, by the profile.
NAMED = ("Name", "IsOwnedByProfile", "Profile.Name")
CONVERTED = "IsConverted = true"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*){0,5}")


def name(text: str) -> str:
    """*text* if it can be the name of a field or a parent's field; raises Refused otherwise."""
    if not _NAME.fullmatch(text):
        raise Refused(
            "A field name holds characters that Salesforce field names cannot have; check the mapping files."
        )
    return text


def moment(at: datetime) -> str:
    """A datetime literal in UTC, never later than *at* (format_soql would cut the milliseconds)."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def select(kind: str, fields: Sequence[str], *where: str, order: Sequence[str] = ("Id",)) -> str:
    """One page of a kind; every condition stands in its own parentheses, because SOQL refuses mixed AND and OR."""
    conditions = [*where, *([equals(*ONLY[kind])] if kind in ONLY else [])]
    parts = ["SELECT", _columns(tuple(fields)), "FROM", object_name(kind)]
    if conditions:
        parts += ["WHERE", " AND ".join("(" + condition + ")" for condition in conditions)]
    return " ".join([*parts, "ORDER BY", ", ".join(order), "LIMIT", str(PAGE)])


@lru_cache(maxsize=256)
def _columns(fields: tuple[str, ...]) -> str:
    return ", ".join(map(name, dict.fromkeys((*ALWAYS, *fields))))


def quoted(query: str) -> str:
    """The query as an address holds it; most of it are its columns, and these are the same each time."""
    columns, where, condition = query.partition(" WHERE ")
    return _quoted_columns(columns) + quote(where + condition, safe="")


@lru_cache(maxsize=256)
def _quoted_columns(text: str) -> str:
    return quote(text, safe="")


def steps(kind: str, ids: Sequence[str], fields: Sequence[str]) -> str:
    """What was edited in tracked *fields* of these records, newest first."""
    where, parent = HISTORIES[kind]
    columns = (parent, "Field", "NewValue", "CreatedDate", "CreatedById")
    conditions = " AND ".join((one_of(parent, ids), one_of("Field", fields)))
    wanted = " ".join(["SELECT", ", ".join(columns), "FROM", where, "WHERE", conditions])
    return wanted + " ORDER BY CreatedDate DESC LIMIT " + str(PAGE)


def counted(kind: str, field: str) -> str:
    """How many records of a kind hold each value of *field*; who was converted lives on as a Contact."""
    living = " WHERE IsConverted = false" if kind == "lead" else ""
    return (
        " ".join(["SELECT", name(field) + ", COUNT(Id) n FROM", object_name(kind)])
        + living
        + " GROUP BY "
        + field
    )


def record_types(objects: Sequence[str]) -> str:
    """How many active record types each of *objects* has; those without one are left out."""
    wanted = "SELECT SobjectType, COUNT(Id) n FROM RecordType WHERE IsActive = true AND"
    return " ".join([wanted, one_of("SobjectType", objects), "GROUP BY SobjectType"])


def given_to(user: str) -> str:
    """The permission sets and groups of sets that *user* was given, the profile's own set among them."""
    columns = "SELECT PermissionSetId, PermissionSetGroupId FROM PermissionSetAssignment"
    return " ".join([columns, "WHERE AssigneeId =", bound_id(user)])


def in_groups(groups: Sequence[str]) -> str:
    """The permission sets of these groups."""
    wanted = "SELECT PermissionSetId FROM PermissionSetGroupComponent WHERE"
    return " ".join([wanted, one_of("PermissionSetGroupId", groups)])


def sets(ids: Sequence[str], columns: Sequence[str]) -> str:
    """These permission sets, with what they grant."""
    return " ".join(["SELECT", ", ".join(map(name, columns)), "FROM PermissionSet WHERE", one_of("Id", ids)])


def object_rights(sets_: Sequence[str], columns: Sequence[str]) -> str:
    """What these permission sets allow with the records of each object."""
    wanted = ", ".join(map(name, (*("Parent." + one for one in NAMED), "SobjectType", *columns)))
    return " ".join(["SELECT", wanted, "FROM ObjectPermissions WHERE", one_of("ParentId", sets_)])


def licences_of(user: str) -> str:
    """The permission set licences of *user*."""
    columns = "SELECT PermissionSetLicense.DeveloperName FROM PermissionSetLicenseAssign"
    return " ".join([columns, "WHERE AssigneeId =", bound_id(user)])


def granting(permission: str) -> str:
    """The permission sets that grant a custom permission."""
    which = " ".join(["SELECT Id FROM CustomPermission WHERE", equals("DeveloperName", permission)])
    return " ".join(["SELECT ParentId FROM SetupEntityAccess WHERE SetupEntityId IN", "(" + which + ")"])


def groups_with(sets_: Sequence[str]) -> str:
    """The groups that any of these permission sets is in."""
    wanted = "SELECT PermissionSetGroupId FROM PermissionSetGroupComponent WHERE"
    return " ".join([wanted, one_of("PermissionSetId", sets_)])


def having(sets_: Sequence[str]) -> str:
    """The active users who were given any of these permission sets."""
    columns = ("AssigneeId", *("PermissionSet." + one for one in NAMED))
    wanted = ["SELECT", ", ".join(columns), "FROM PermissionSetAssignment"]
    return " ".join([*wanted, "WHERE Assignee.IsActive = true AND", one_of("PermissionSetId", sets_)])


def having_group(groups: Sequence[str]) -> str:
    """The active users who were given any of these groups."""
    wanted = ["SELECT", "AssigneeId, PermissionSetGroup.DeveloperName", "FROM PermissionSetAssignment"]
    return " ".join([*wanted, "WHERE Assignee.IsActive = true AND", one_of("PermissionSetGroupId", groups)])


def since(cursor: Cursor) -> str:
    """At or after *cursor* in the order (modified, id); strictly after it when it continues a listing."""
    at = moment(cursor.at)
    if not cursor.id:
        return MODIFIED + " >= " + at
    reach = ">" if cursor.token == AFTER else ">="
    return " ".join(
        [MODIFIED, ">", at, "OR", "(" + MODIFIED, "=", at, "AND Id", reach, bound_id(cursor.id) + ")"]
    )


def equals(field: str, value: str) -> str:
    """*field* is exactly *value*."""
    return " ".join([name(field), "=", quote_soql_value(value)])


def beyond(id_: str) -> str:
    """Records after *id_* in the order of ids."""
    return " ".join(["Id >", bound_id(id_)])


def one_of(field: str, values: Sequence[str]) -> str:
    """*field* is one of *values* (never none: SOQL refuses empty parentheses)."""
    return " ".join([name(field), "IN", quote_soql_value(list(values))])


def containing(field: str, values: Sequence[str]) -> str:
    """*field* contains one of *values*, taken literally."""
    return " OR ".join(" ".join([name(field), "LIKE", format_soql("'%{:like}%'", value)]) for value in values)


def bound_id(id_: str) -> str:
    """*id_* as a literal; raises Refused for what cannot be an id."""
    if not is_id(id_):
        raise Refused("A Salesforce id must have 15 or 18 letters and digits.")
    return quote_soql_value(id_)

"""What a save is given: names of fields, values, look-ups; everything that is wrong before any rule runs.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twins.salesforce.errors import RowRefused, unparsable
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.org.state import Org
from twins.salesforce.schema import cells
from twins.salesforce.schema.kinds import Field, Kind

_NO_FIELDS = ("attributes", "id", "Id")


def checked(org: Org, kind: Kind, seen: Kind, values: Mapping[str, Any], way: str) -> dict[str, Any]:
    """*values* as they will be stored, by API name; *seen* is the kind as the user sees it.

    Raises `RowRefused`, or `Rejected` where a value has the wrong JSON type.
    """
    fields, parents = [], []
    for name, raw in values.items():
        if name in _NO_FIELDS:
            continue
        field = seen.fields.get(name) or seen.find(name)
        if field is None:
            field = _reference_of(seen, name)
            parents.append((field, raw))
        else:
            fields.append((field, raw))
    _writable([field for field, _ in fields + parents], way)
    found = {}
    for field, raw in fields:
        new = cells.read(field, raw, org.switches)
        if field.type == "reference" and new:
            new = existing(org, kind.fields[field.name], new)
            _readable(org, field, kind.fields[field.name], new)
        found[field.name] = new
    for field, raw in parents:
        _only_once(field, found)
        found[field.name] = _by_key(org, kind.fields[field.name], raw)
    _status(org, kind, found)
    return found


def existing(org: Org, field: Field, key: str) -> str:
    """The full id of a row that *field* may refer to; raises `RowRefused`."""
    full = canonical_id(key)
    kind = org.by_prefix.get(key[:3])
    if full is None or kind is None or (field.refers_to and kind.name not in field.refers_to):
        said = f"{field.label}: id value of incorrect type: {key}"
        raise RowRefused("MALFORMED_ID", said, [field.name])
    row = org.live(kind, full)
    if row.get("IsConverted") and field.name == "WhoId":
        raise RowRefused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [field.name])
    if field.name == "OwnerId" and kind.name == "User" and not row.get("IsActive"):
        said = f"operation performed with inactive user [{full}] as owner of record"
        raise RowRefused("INACTIVE_OWNER_OR_USER", said, [field.name])
    return full


def _readable(org: Org, seen: Field, whole: Field, key: str) -> None:
    """Raise `RowRefused` for a parent of a kind that the user may not read; [M] the wording."""
    if seen.refers_to != whole.refers_to and org.kind_of(key).name not in seen.refers_to:
        said = f"insufficient access rights on cross-reference id: {key[:15]}"
        raise RowRefused("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", said, [seen.name])


def present(kind: Kind, names: list[str]) -> None:
    """Raise `RowRefused` for the fields that would be left blank and may not be."""
    if "OwnerId" in names:
        said = "Owner ID: owner cannot be blank"
        raise RowRefused("INVALID_CROSS_REFERENCE_KEY", said, ["OwnerId"])
    if names:
        said = f"Required fields are missing: [{', '.join(names)}]"
        raise RowRefused("REQUIRED_FIELD_MISSING", said, names)


def _writable(fields: list[Field], way: str) -> None:
    closed = [field.name for field in fields if way not in field.write]
    if closed:
        said = (
            f"Unable to create/update fields: {', '.join(closed)}. Please check the security settings of "
            "this field and verify that it is read/write for your profile or permission set."
        )
        raise RowRefused("INVALID_FIELD_FOR_INSERT_UPDATE", said, closed)


def _reference_of(kind: Kind, name: str) -> Field:
    """The look-up behind ``{"Account": {"Ext__c": "v"}}``."""
    field = kind.relations.get(name.lower())
    if field is None:
        raise RowRefused("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}")
    return field


def _only_once(field: Field, found: Mapping[str, Any]) -> None:
    if field.name in found:
        # [M] code and wording
        said = f"{field.relation} and {field.name} name the same field twice"
        raise RowRefused("INVALID_FIELD", said, [field.name])


def _by_key(org: Org, field: Field, raw: Any) -> str | None:
    """The parent that one external id names
    (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_upsert.htm); null clears.
    """
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise unparsable(
            f"Cannot deserialize instance of {field.relation} from {raw!r} at [line:1, column:1]"
        )
    names = [name for name in raw if name not in ("attributes", "type")]
    kind = _parent_kind(org, field, raw)
    key = kind.find(names[0]) if kind is not None and len(names) == 1 else None
    if kind is None or key is None or not key.is_key:
        wanted = kind.name if kind else "/".join(field.refers_to)
        said = f"The external foreign key reference does not reference a valid entity: {wanted}"
        raise RowRefused("INVALID_FIELD", said, [field.name])
    value = str(raw[names[0]]).strip()
    if key.type != "id":
        value = named(org.tables[kind.name].live(key.name, value), key.name, value, kind.name)
    return existing(org, field, value)


def _parent_kind(org: Org, field: Field, raw: Mapping[str, Any]) -> Kind | None:
    """Where parents may be of several kinds, ``attributes.type`` or ``type`` says which."""
    attributes = raw.get("attributes")
    named = attributes.get("type") if isinstance(attributes, dict) else raw.get("type")
    name = field.refers_to[0] if len(field.refers_to) == 1 and named is None else named
    kind = org.lower.get(name.lower()) if isinstance(name, str) else None
    return kind if kind is not None and kind.name in field.refers_to else None


def named(found: Sequence[str], key: str, value: str, kinds: str) -> str:
    """The one record of *kinds* that *value* of the external id *key* names; raises `RowRefused`."""
    one = one_or_none(found, key)
    if one is None:
        said = f"Foreign key external ID: {value} not found for field {key} in entity {kinds}"
        raise RowRefused("INVALID_FIELD", said)
    return one


def one_or_none(found: Sequence[str], key: str) -> str | None:
    """The record that an external id found, if any; raises `RowRefused` for several."""
    if len(found) > 1:
        said = f"{key}: more than one record found for external id field: [{', '.join(found)}]"
        raise RowRefused("DUPLICATE_EXTERNAL_ID", said)
    return found[0] if found else None


def _status(org: Org, kind: Kind, changes: Mapping[str, Any]) -> None:
    """[M] A converted status is reached by conversion only: refused, so that nobody relies on it."""
    if kind.name != "Lead" or changes.get("Status") not in org.converted_statuses:
        return
    if org.switches.converted_status_by_edit == "refused":
        said = "invalid status: leads are converted by convertLead"
        raise RowRefused("INVALID_STATUS", said, ["Status"])

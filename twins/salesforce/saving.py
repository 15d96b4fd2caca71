"""Saving rows: what is checked, what is derived, what a save does to other rows.

A `Save` is one transaction of one user: all of it stands, or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any, Self

from twins.log import Actor
from twins.salesforce import cells, deletion, histories
from twins.salesforce.errors import RowRefused
from twins.salesforce.following import AFTER, DERIVE
from twins.salesforce.ids import canonical_id
from twins.salesforce.moments import stamp
from twins.salesforce.org import Org
from twins.salesforce.schema import Field, Kind
from twins.salesforce.store import Row

_STAMPS = frozenset(
    {"SystemModstamp", "LastModifiedDate", "LastModifiedById", "CreatedDate", "CreatedById", "Id"}
)


class Save:
    """One transaction; use it in a ``with``: an exception undoes everything."""

    def __init__(
        self, org: Org, by: str, now: datetime, request_id: str = "", *, assign: bool = False
    ) -> None:
        self.org, self.by, self.now, self._request_id, self._assign = org, by, now, request_id, assign
        self.stamp = stamp(now)
        self._undo: list[tuple[str, str, Row | None]] = []
        self._changes: list[tuple[str, str, list[tuple[str, Any, Any]], bool]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.back_to(0)
            return
        for api_name, key, changes, automatic in self._changes:
            self.org.log.add(
                self.now, "salesforce", api_name, key, changes,
                actor=self._actor(automatic), user=self.by, request_id=self._request_id,
            )  # fmt: skip

    def create(self, api_name: str, values: Mapping[str, Any]) -> str:
        """A new row; answers its id, raises `RowRefused`."""
        kind = self.org.writable(api_name, "c")
        given, past_ = self._past(kind, values)
        return self.insert(kind, self.prepared(kind, given), past_)

    def prepared(self, kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
        """A new row, checked and with its defaults, not yet kept."""
        given = {name: new for name, new in self._checked(kind, values, "c").items() if new is not None}
        row = {**self.org.defaults(kind), **given, **self._assigned(kind)}
        if "OwnerId" in kind.fields:
            row.setdefault("OwnerId", self.by)
        self._missing(name for name in self.org.required[kind.name] if name not in row)
        self._unique(kind, row, "")
        return row

    def insert(self, kind: Kind, row: dict[str, Any], past: Mapping[str, Any] | None = None) -> str:
        """Keep a new row as it is, with whatever follows from it; an import may give it a *past*."""
        row["Id"] = self.org.ids.new(kind.prefix)
        row |= {"CreatedDate": self.stamp, "CreatedById": self.by}
        self._keep(kind, None, row, past or {})
        return str(row["Id"])

    def update(self, api_name: str, key: object, values: Mapping[str, Any]) -> None:
        """Change a row; raises `RowRefused`. A save that changes nothing still moves its stamps."""
        kind = self.org.writable(api_name, "u")
        old = self.org.live(kind, key)
        if old.get("IsConverted") and not self._edits_converted():
            # https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm
            raise RowRefused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        changes = {**self._checked(kind, values, "u"), **self._assigned(kind)}
        self._missing(name for name, new in changes.items() if new is None and kind.fields[name].never_blank)
        self._unique(kind, changes, old["Id"])
        self.change(kind, old, changes)

    def change(self, kind: Kind, old: Row, changes: Mapping[str, Any]) -> None:
        """Lay *changes* over a row as they are, with whatever follows from them."""
        row = {**old, **changes}
        for name, new in changes.items():
            if new is None:
                del row[name]
        self._keep(kind, old, row, {})

    def touch(self, key: str, changes: Mapping[str, Any]) -> None:
        """Let the system change a row by itself: only SystemModstamp moves."""
        kind = self.org.kind_of(key)
        old = self.org.tables[kind.name].rows[key]
        row = {**old, **changes, "SystemModstamp": self.stamp}
        for name in [name for name, new in changes.items() if new is None]:
            del row[name]
        self._put(kind, row, [(name, old.get(name), new) for name, new in changes.items()], automatic=True)

    def delete(self, api_name: str, key: object) -> None:
        """Into the recycle bin, with what hangs on it; raises `RowRefused`."""
        kind = self.org.writable(api_name, "d")
        deletion.delete(self, kind, self.org.live(kind, key))

    def drop(self, kind: Kind, key: str, *, automatic: bool = True) -> None:
        """Forget a row for good."""
        table = self.org.tables[kind.name]
        self._undo.append((kind.name, key, table.rows[key]))
        self._changes.append((kind.name, key, [("IsDeleted", None, True)], automatic))
        table.drop(key)

    def note(self, kind: Kind, row: Row) -> None:
        """Keep a row that the platform writes about others; no commit of its own."""
        self._put(kind, row, [])

    def mark(self) -> int:
        """A place to go `back_to`."""
        return len(self._undo)

    def back_to(self, mark: int) -> None:
        """Undo all since *mark*."""
        while len(self._undo) > mark:
            api_name, key, old = self._undo.pop()
            self._changes.pop()
            if old is None:
                self.org.tables[api_name].drop(key)
            else:
                self.org.tables[api_name].put(old)

    def _keep(self, kind: Kind, old: Row | None, row: dict[str, Any], past: Mapping[str, Any]) -> None:
        if "LastName" in kind.fields:
            row["Name"] = " ".join(part for part in (row.get("FirstName"), row["LastName"]) if part)
        derive = DERIVE.get(kind.name)
        if derive is not None:
            derive(self, old, row)
        before = old or {}
        row |= {"LastModifiedDate": self.stamp, "SystemModstamp": self.stamp, "LastModifiedById": self.by}
        row |= past
        changes = [
            (name, before.get(name), row.get(name))
            for name in row.keys() | before.keys()
            if before.get(name) != row.get(name) and name not in _STAMPS
        ]
        self._put(kind, row, sorted(changes, key=itemgetter(0)))
        if kind.name in self.org.tracked:
            histories.note(self, kind, old, row, changes)
        after = AFTER.get(kind.name)
        if after is not None:
            after(self, old, row)

    def _put(
        self, kind: Kind, row: Row, changes: list[tuple[str, Any, Any]], automatic: bool = False
    ) -> None:
        old = self.org.tables[kind.name].put(row)
        self._undo.append((kind.name, row["Id"], old))
        self._changes.append((kind.name, row["Id"], changes, automatic))

    def _checked(self, kind: Kind, values: Mapping[str, Any], way: str) -> dict[str, Any]:
        fields = [
            (_field(kind, name), raw)
            for name, raw in values.items()
            if name not in ("attributes", "id", "Id")
        ]
        closed = [field.name for field, _ in fields if way not in field.write]
        if closed:
            said = (
                f"Unable to create/update fields: {', '.join(closed)}. Please check the security settings of "
                "this field and verify that it is read/write for your profile or permission set."
            )
            raise RowRefused("INVALID_FIELD_FOR_INSERT_UPDATE", said, closed)
        checked = {}
        for field, raw in fields:
            new = cells.read(field, raw)
            checked[field.name] = self._existing(field, new) if field.type == "reference" and new else new
        self._status(kind, checked)
        return checked

    def _assigned(self, kind: Kind) -> dict[str, str]:
        """The owner that the org's assignment rule gives a lead, on create and on update
        (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm).
        """
        owner = self.org.assignment_rule
        return {"OwnerId": owner} if owner and self._assign and kind.name == "Lead" else {}

    def _existing(self, field: Field, key: str) -> str:
        """The full id of a row that *field* may refer to."""
        full = canonical_id(key)
        kind = self.org.by_prefix.get(key[:3])
        if full is None or kind is None or (field.refers_to and kind.name not in field.refers_to):
            said = f"{field.label}: id value of incorrect type: {key}"
            raise RowRefused("MALFORMED_ID", said, [field.name])
        row = self.org.live(kind, full)
        if row.get("IsConverted") and field.name == "WhoId":
            raise RowRefused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [field.name])
        if field.name == "OwnerId" and kind.name == "User" and not row.get("IsActive"):
            said = f"operation performed with inactive user [{full}] as owner of record"
            raise RowRefused("INACTIVE_OWNER_OR_USER", said, [field.name])
        return full

    def _status(self, kind: Kind, changes: Mapping[str, Any]) -> None:
        """A converted status is reached by conversion only [not verified: refused, so that nobody relies on it]."""
        if kind.name == "Lead" and changes.get("Status") in self.org.converted_statuses:
            raise RowRefused(
                "INVALID_STATUS", "invalid status: leads are converted by convertLead", ["Status"]
            )

    def _missing(self, names: Any) -> None:
        missing = list(names)
        if missing:
            said = f"Required fields are missing: [{', '.join(missing)}]"
            raise RowRefused("REQUIRED_FIELD_MISSING", said, missing)

    def _unique(self, kind: Kind, values: Mapping[str, Any], own: str) -> None:
        table = self.org.tables[kind.name]
        for name in self.org.unique[kind.name]:
            value = values.get(name)
            for key in table.matching(name, value) if value else ():
                if key != own and not table.rows[key].get("IsDeleted"):
                    said = f"duplicate value found: {name} duplicates value on record with id: {key}"
                    raise RowRefused("DUPLICATE_VALUE", said)

    def _past(self, kind: Kind, values: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """What "Set Audit Fields upon Record Creation" lets the integration user give a new row."""
        if self.by == self.org.integration_user and self.org.switches.set_audit_fields:
            return histories.given(kind, values)
        return values, {}

    def _edits_converted(self) -> bool:
        return self.by == self.org.integration_user and self.org.switches.edit_converted_leads

    def _actor(self, automatic: bool) -> Actor:
        if automatic:
            return "automation"
        return "daemon" if self.by == self.org.integration_user else "human"


def _field(kind: Kind, name: str) -> Field:
    field = kind.fields.get(name) or kind.find(name)
    if field is None:
        raise RowRefused("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}")
    return field

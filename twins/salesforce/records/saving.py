"""Saving rows: what is checked, what is derived, what a save does to other rows.

A `Save` is one transaction of one user: all of it stands, or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any, Self

from twins.log import Actor
from twins.salesforce.errors import RowRefused
from twins.salesforce.org import closing
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.org.state import Org
from twins.salesforce.org.store import Row
from twins.salesforce.platform import deletion, histories
from twins.salesforce.platform.following import AFTER, DERIVE
from twins.salesforce.records import checking
from twins.salesforce.rules import duplicates, record_types, validation
from twins.salesforce.rules.duplicates import NOTHING_ASKED, Asked
from twins.salesforce.rules.seen import seen_by
from twins.salesforce.schema.kinds import Kind
from twins.salesforce.schema.moments import stamp

_STAMPS = frozenset(
    {"SystemModstamp", "LastModifiedDate", "LastModifiedById", "CreatedDate", "CreatedById", "Id"}
)


class Save:
    """One transaction; use it in a ``with``: an exception undoes everything."""

    def __init__(
        self,
        org: Org,
        by: str,
        now: datetime,
        request_id: str = "",
        *,
        assign: bool = False,
        asked: Asked = NOTHING_ASKED,
    ) -> None:
        self.org, self.by, self.now, self._request_id, self._assign = org.whole, by, now, request_id, assign
        self.seen, self._asked, self._judges = seen_by(org, by), asked, True
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
        kind = self._writable(api_name, "c")
        if self.org.script:
            self._scripted(kind.name, None)
        given, past_ = self._past(kind, values)
        return self.insert(kind, self.prepared(kind, given), past_, judged=self._judges)

    def prepared(self, kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
        """A new row, checked and with its defaults, not yet kept."""
        given = {name: new for name, new in self._checked(kind, values, "c").items() if new is not None}
        row = {**self.org.defaults(kind), **given, **self._assigned(kind)}
        if "OwnerId" in kind.fields:
            row.setdefault("OwnerId", self.by)
        checking.present(kind, [name for name in self.org.required[kind.name] if name not in row])
        if kind.name in self.org.record_types:
            record_types.check(self.org, kind, row, given)
        self.org.keep_unique(kind, row)
        return row

    def insert(
        self, kind: Kind, row: dict[str, Any], past: Mapping[str, Any] | None = None, *, judged: bool = False
    ) -> str:
        """Keep a new row as it is, with whatever follows from it; an import may give it a *past*."""
        row["Id"] = self.org.ids.new(kind.prefix)
        row |= {"CreatedDate": self.stamp, "CreatedById": self.by}
        self._keep(kind, None, row, past or {}, judged=judged)
        return str(row["Id"])

    def update(self, api_name: str, key: object, values: Mapping[str, Any]) -> None:
        """Change a row; raises `RowRefused`. A save that changes nothing still moves its stamps."""
        kind = self._writable(api_name, "u")
        old = self.org.live(kind, key)
        if self.org.script:
            self._scripted(kind.name, old["Id"])
        if old.get("IsConverted") and not self._edits_converted():
            # https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm
            raise RowRefused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        changes = {**self._checked(kind, values, "u"), **self._assigned(kind)}
        blank = [name for name, new in changes.items() if new is None and kind.fields[name].never_blank]
        blank += [name for name in self.org.required[kind.name] if name not in changes and name not in old]
        checking.present(kind, blank)
        if kind.name in self.org.record_types:
            record_types.check(self.org, kind, {**old, **changes}, changes)
        self.org.keep_unique(kind, changes, old["Id"])
        self.change(kind, old, changes, judged=self._judges)

    def change(self, kind: Kind, old: Row, changes: Mapping[str, Any], *, judged: bool = False) -> None:
        """Lay *changes* over a row as they are, with whatever follows from them; *judged* by the rules or not."""
        row = {**old, **changes}
        for name, new in changes.items():
            if new is None:
                del row[name]
        self._keep(kind, old, row, {}, judged=judged)

    def touch(self, key: str, changes: Mapping[str, Any]) -> None:
        """Let the system change a row by itself: only SystemModstamp moves, and never before LastModifiedDate."""
        kind = self.org.kind_of(key)
        old = self.org.tables[kind.name].rows[key]
        row = {**old, **changes, "SystemModstamp": max(self.stamp, old["LastModifiedDate"])}
        for name in [name for name, new in changes.items() if new is None]:
            del row[name]
        self._put(kind, row, [(name, old.get(name), new) for name, new in changes.items()], automatic=True)

    def delete(self, api_name: str, key: object) -> None:
        """Into the recycle bin, with what hangs on it; raises `RowRefused`."""
        kind = self._writable(api_name, "d")
        if self.org.script:
            self._scripted(kind.name, canonical_id(key))
        deletion.delete(self, kind, self.org.live(kind, key))

    def drop(self, kind: Kind, key: str, *, automatic: bool = True) -> None:
        """Forget a row for good."""
        table = self.org.tables[kind.name]
        self._undo.append((kind.name, key, table.rows[key]))
        if self.org.switches.query_lag_ms:
            self.org.lag.note(self.now, kind.name, key, table.rows[key])
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

    def by_platform(self) -> None:
        """From here on the platform acts for the user: no rights are asked, rules only where the org wants it.

        So it is at a conversion (https://help.salesforce.com/s/articleView?id=000386058).
        """
        self.seen, self._judges = self.org, self.org.switches.validate_conversions

    def _keep(
        self, kind: Kind, old: Row | None, row: dict[str, Any], over: Mapping[str, Any], *, judged: bool
    ) -> None:
        if "LastName" in kind.fields:
            row["Name"] = " ".join(part for part in (row.get("FirstName"), row["LastName"]) if part)
        derive = DERIVE.get(kind.name)
        if derive is not None:
            derive(self, old, row)
        if judged:
            self._judge(kind, old, row)
        before = old or {}
        row |= {"LastModifiedDate": self.stamp, "SystemModstamp": self.stamp, "LastModifiedById": self.by}
        row |= over
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
        if self.org.switches.query_lag_ms:
            self.org.lag.note(self.now, kind.name, row["Id"], old)
        self._changes.append((kind.name, row["Id"], changes, automatic))

    def _judge(self, kind: Kind, old: Row | None, row: Row) -> None:
        """Validation rules first, then duplicate rules
        (https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_triggers_order_of_execution.htm).
        """
        org = self.org
        if kind.name in org.rules:
            refused = validation.judge(org, kind, old, row, by=self.by, now=self.now)
            if refused:
                first, *also = refused
                raise RowRefused(first.code, first.message, first.fields, also=also)
        if kind.name in org.duplicate_rules:
            fresh = () if org.switches.duplicates_within_a_call else self._fresh()
            found = duplicates.judge(org, kind, old, row, asked=self._asked, fresh=fresh)
            if found is not None:
                raise found

    def _fresh(self) -> frozenset[str]:
        return frozenset(key for _, key, old in self._undo if old is None)

    def _scripted(self, api_name: str, key: str | None) -> None:
        self.org.script.check(api_name, key, self.org.switches.locked_row_status)

    def _writable(self, api_name: str, way: str) -> Kind:
        kind = self.org.writable(api_name, way)
        if self.seen is not self.org:
            closing.may(self.seen.kinds.get(kind.name), way, status=self.org.switches.no_access_status)
        return kind

    def _checked(self, kind: Kind, values: Mapping[str, Any], way: str) -> dict[str, Any]:
        seen = kind if self.seen is self.org else self.seen.kinds[kind.name]
        return checking.checked(self.org, kind, seen, values, way)

    def _assigned(self, kind: Kind) -> dict[str, str]:
        """The owner that the org's assignment rule gives a lead, on create and on update
        (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm).
        """
        owner = self.org.assignment_rule
        return {"OwnerId": owner} if owner and self._assign and kind.name == "Lead" else {}

    def _past(self, kind: Kind, values: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Any]]:
        """What "Set Audit Fields upon Record Creation" lets the integration user give a new row."""
        if self.by == self.org.integration_user and self.org.switches.sets_the_past:
            return histories.given(kind, values)
        return values, {}

    def _edits_converted(self) -> bool:
        return self.by == self.org.integration_user and self.org.switches.edit_converted_leads

    def _actor(self, automatic: bool) -> Actor:
        if automatic:
            return "automation"
        return "daemon" if self.by == self.org.integration_user else "human"

"""The state of an org: its kinds, tables and people; what every resource shares."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from twins.log import CommitLog
from twins.salesforce.errors import RowRefused, not_found
from twins.salesforce.org.ids import Ids, canonical_id
from twins.salesforce.org.installed import Installed
from twins.salesforce.org.lagging import Lag
from twins.salesforce.org.recycling import Bin
from twins.salesforce.org.rights import Rights
from twins.salesforce.org.scripted import Script
from twins.salesforce.org.setup import DuplicateRule, RecordType, Rules
from twins.salesforce.org.store import Row, Table
from twins.salesforce.schema.fresh import fresh_org
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.schema.picklists import LEAD_STATUSES, STAGES
from twins.salesforce.switches import Switches

BIRTH = "2020-01-01T00:00:00.000+0000"
_SHARED_PREFIXES = frozenset({"01J", "017"})


class Org:
    """One org; its look-ups by prefix, and the rows it is born with."""

    def __init__(
        self,
        log: CommitLog,
        stages: Sequence[str],
        reasons: Sequence[str],
        zone: str,
        currencies: Sequence[str] = (),
        switches: Switches | None = None,
    ) -> None:
        self.switches = switches or Switches()
        self.log, self.ids, self.zone, self.lag = log, Ids(), ZoneInfo(zone), Lag()
        self.kinds: dict[str, Kind] = fresh_org(stages, reasons, currencies)
        self.lower = {name.lower(): kind for name, kind in self.kinds.items()}
        self.by_prefix = {
            kind.prefix: kind for kind in self.kinds.values() if kind.prefix not in _SHARED_PREFIXES
        }
        self.tables: dict[str, Table] = {}
        self.unique: dict[str, tuple[str, ...]] = {}
        self.required: dict[str, tuple[str, ...]] = {}
        self._defaults: dict[str, dict[str, Any]] = {}
        for kind in self.kinds.values():
            self._open(kind)
        self.integration_user = ""
        self.assignment_rule: str | None = None
        # (object, field of the Lead) → field of the object; None until an admin maps one
        self.lead_mapping: dict[tuple[str, str], str] | None = None
        self.rules: dict[str, Rules] = {}
        self.duplicate_rules: dict[str, list[DuplicateRule]] = {}
        self.record_types: dict[str, dict[str, RecordType]] = {}
        self.rights, self.script, self.installed = Rights(), Script(), Installed()
        self.changed: dict[str, datetime | None] = {}
        self.views: dict[str, tuple[int, Org]] = {}
        self.bin = Bin()
        self.tracked: dict[str, frozenset[str]] = {}
        self.id = self.bear("Organization", Name="Sample", OrganizationType="Enterprise Edition",
                             TimeZoneSidKey=zone, InstanceName="TWIN1")  # fmt: skip
        self._picklists()

    @property
    def whole(self) -> Org:
        """The org as nobody's rights narrow it."""
        return self

    def kind(self, api_name: str) -> Kind:
        """The kind of this name in any case of letters; raises `Rejected` (404)."""
        kind = self.lower.get(api_name.lower())
        if kind is None:
            raise not_found()
        return kind

    def kind_of(self, key: str) -> Kind:
        """The kind that an id belongs to."""
        return self.by_prefix[key[:3]]

    def writable(self, api_name: str, way: str) -> Kind:
        """The kind, if the API may create (``c``), update or delete its rows."""
        kind = self.kind(api_name)
        if way not in kind.access:
            verb = {"c": "create", "u": "update", "d": "delete"}[way]
            raise RowRefused("INVALID_TYPE_FOR_OPERATION", f"entity type {kind.name} does not support {verb}")
        return kind

    def live(self, kind: Kind, key: object) -> Row:
        """The row with this id; raises `RowRefused` when it is no id, unknown or deleted."""
        full = canonical_id(key)
        if full is None or full[:3] != kind.prefix:
            raise RowRefused("MALFORMED_ID", f"{kind.label} ID: id value of incorrect type: {key}", ["Id"])
        row = self.tables[kind.name].rows.get(full)
        if row is None:
            raise RowRefused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if row.get("IsDeleted"):
            raise RowRefused("ENTITY_IS_DELETED", "entity is deleted")
        return row

    def keep_unique(self, kind: Kind, values: Row, own: str = "") -> None:
        """Raise `RowRefused` for a value that another live row, not *own*, has in a unique field."""
        table = self.tables[kind.name]
        for name in self.unique[kind.name]:
            value = values.get(name)
            for key in table.live(name, value) if value else ():
                if key != own:
                    raise self.taken(name, key)

    def taken(self, field: str, key: str) -> RowRefused:
        """The value of a unique field is another record's; as people report it, with 15 characters of that id
        (https://help.salesforce.com/s/articleView?id=000383480), or with nothing where they may not see it
        (https://github.com/sfdx-mass-action-scheduler/sfdx-mass-action-scheduler/issues/138).
        """
        how = self.switches.duplicate_value_names
        name, held_by = ("<unknown>", "<unknown>") if how == "unknown" else (field, key[: int(how)])
        said = f"duplicate value found: {name} duplicates value on record with id: {held_by}"
        return RowRefused("DUPLICATE_VALUE", said)

    def defaults(self, kind: Kind) -> dict[str, Any]:
        """What a new row of this kind has by itself."""
        return self._defaults[kind.name]

    def add_fields(self, api_name: str, fields: Iterable[Field]) -> None:
        """Let an admin add custom fields; rows that are there keep theirs blank."""
        kind = self.kind(api_name)
        kind.add(fields)
        self._reopen(kind, ())

    def drop_fields(self, api_name: str, names: Collection[str]) -> None:
        """Let an admin delete custom fields, with all that stood in them."""
        kind = self.kind(api_name)
        kind.drop(names)
        self._reopen(kind, names)

    def _reopen(self, kind: Kind, gone: Collection[str]) -> None:
        rows = self.tables[kind.name].rows.values()
        self._open(kind)
        for row in rows:
            self.tables[kind.name].put({name: value for name, value in row.items() if name not in gone})
        self._changed(kind)

    def change_field(self, kind: Kind, field: Field) -> None:
        """Let an admin change what a field takes; rows keep what they have."""
        kind.add([field])
        self.learn_rules(kind)
        self._changed(kind)

    def user(self, first: str, last: str, email: str, active: bool = True) -> str:
        """A new user; answers its id."""
        names = {"FirstName": first, "LastName": last, "Name": f"{first} {last}".strip(), "Email": email}
        more = {
            "Username": email,
            "Alias": last[:8].lower(),
            "UserType": "Standard",
            "IsActive": active or None,
            "Country": "Germany",
        }
        return self.bear("User", **names, **more, TimeZoneSidKey=self.zone.key, LanguageLocaleKey="en_US")

    def tell_of(self, user: str, values: Mapping[str, Any], at: str) -> None:
        """Let an admin write something down of a user: a manager, a country."""
        told = {**self.tables["User"].rows[user], **values, "SystemModstamp": at, "LastModifiedDate": at}
        self.tables["User"].put({name: value for name, value in told.items() if value is not None})

    def deactivate(self, user: str, at: str) -> None:
        """Let a user leave; what the user owns stays as it is."""
        row = {name: value for name, value in self.tables["User"].rows[user].items() if name != "IsActive"}
        self.tables["User"].put({**row, "SystemModstamp": at, "LastModifiedDate": at})

    def queue(self, name: str) -> str:
        """A new queue; answers its id."""
        return self.bear("Group", Name=name, DeveloperName=name.replace(" ", "_"), Type="Queue")

    @property
    def converted_statuses(self) -> frozenset[str]:
        return frozenset(self.converted)

    def _changed(self, kind: Kind) -> None:
        """What describes told about *kind* holds no more; nobody's view of the org does."""
        self.changed[kind.name] = None
        self.rights.version += 1

    def _open(self, kind: Kind) -> None:
        self.tables[kind.name] = Table(kind)
        self.learn_rules(kind)

    def learn_rules(self, kind: Kind) -> None:
        """Look up anew which fields of *kind* are unique, required, or have a default."""
        self.unique[kind.name] = tuple(
            one.name for one in kind.fields.values() if one.unique and one.name in kind.indexed
        )
        self.required[kind.name] = tuple(one.name for one in kind.fields.values() if one.required)
        self._defaults[kind.name] = {
            one.name: one.default for one in kind.fields.values() if one.default is not None
        }

    def bear(self, api_name: str, **values: Any) -> str:
        """A row that the org is born with, or that an admin makes; answers its id."""
        kind = self.kinds[api_name]
        row = {"Id": self.ids.new(kind.prefix)}
        row |= {name: value for name, value in values.items() if value is not None and value is not False}
        row |= dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), BIRTH)
        self.tables[api_name].put(row)
        return row["Id"]

    def _picklists(self) -> None:
        self.converted = ["Closed - Converted"]
        self.stages: dict[str, tuple[int, str, bool, bool]] = {}
        for place, name in enumerate(LEAD_STATUSES, start=1):
            self.bear("LeadStatus", MasterLabel=name, ApiName=name, SortOrder=place, IsDefault=place == 1,
                       IsConverted=name in self.converted)  # fmt: skip
        for place, (name, probability, forecast, closed, won) in enumerate(STAGES, start=1):
            self.stages[name] = (probability, forecast, closed, won)
            self.bear("OpportunityStage", MasterLabel=name, ApiName=name, SortOrder=place, IsActive=True,
                       IsClosed=closed, IsWon=won, ForecastCategory=forecast, ForecastCategoryName=forecast,
                       DefaultProbability=probability)  # fmt: skip

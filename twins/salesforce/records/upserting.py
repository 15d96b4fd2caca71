"""Upserts of many rows by one key: find, then update or create; Collections and Bulk share them.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from twins.salesforce.errors import RowRefused
from twins.salesforce.org.ids import canonical_id
from twins.salesforce.records.checking import one_or_none
from twins.salesforce.records.saving import Save
from twins.salesforce.schema.kinds import Field, Kind
from twins.salesforce.schema.moments import moment


class Keyed:
    """The rows of one upsert; *keys* are the folded keys of all of them."""

    def __init__(self, save: Save, kind: Kind, field: Field, keys: Iterable[str]) -> None:
        self.save, self._kind, self._field = save, kind, field
        self._times = Counter(keys)
        self._only_later = save.org.switches.repeated_key == "later"
        self._met: set[str] = set()

    def upsert(self, record: Mapping[str, Any], value: Any) -> tuple[str, bool]:
        """The id of the row that *value* names, and whether it is new; raises `RowRefused`."""
        if self._field.type == "id":
            return self._by_id(record, value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            raise RowRefused("MISSING_ARGUMENT", f"{self._field.name} not specified", [self._field.name])
        self._refuse_repeated(value)
        found = self._found(value.strip())
        if found:
            racing(self.save, self._kind, self._field, found)
            self.save.update(self._kind.name, found, record)
            return found, False
        return self.save.create(self._kind.name, record), True

    def _refuse_repeated(self, value: str) -> None:
        key = folded(value)
        if self._times[key] > 1 and (key in self._met or not self._only_later):
            raise RowRefused(
                "DUPLICATE_VALUE", f"Duplicate external id specified: {value}", [self._field.name]
            )
        self._met.add(key)

    def _found(self, value: str) -> str | None:
        name = self._field.name
        return one_or_none(self.save.org.tables[self._kind.name].live(name, value), name)

    def _by_id(self, record: Mapping[str, Any], value: Any) -> tuple[str, bool]:
        """Upsert on Id: a blank Id creates, as recorded traffic of CumulusCI shows."""
        if value in (None, ""):
            return self.save.create(self._kind.name, record), True
        self.save.update(self._kind.name, value, record)
        return str(canonical_id(value)), False


def racing(save: Save, kind: Kind, field: Field, key: str) -> None:
    """Raise `RowRefused` while the row is so young that its creation was not seen when this upsert looked
    (https://help.salesforce.com/s/articleView?id=000383480).
    """
    race_ms = save.org.switches.upsert_race_ms
    if race_ms:
        born = moment(save.org.tables[kind.name].rows[key]["CreatedDate"])
        if save.now - born < timedelta(milliseconds=race_ms):
            raise save.org.taken(field.name, key)


def twice(save: Save, ids: Sequence[Any]) -> dict[int, RowRefused]:
    """The places whose id stands several times in one update, and what each is told
    (https://help.salesforce.com/s/articleView?id=000384876); [M] the code.
    """
    if len({str(one)[:15] for one in ids}) == len(ids):
        return {}
    full = [canonical_id(one) for one in ids]
    times, met, found = Counter(full), set[str](), dict[int, RowRefused]()
    for place, key in enumerate(full):
        if key and times[key] > 1:
            if key in met or save.org.switches.repeated_key == "all":
                found[place] = RowRefused("DUPLICATE_VALUE", f"Duplicate id specified: {key}")
            met.add(key)
    return found


def folded(value: Any) -> str:
    """*value* as it is compared: in no case of letters, without blanks around it."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value.strip().lower() if isinstance(value, str) else ""

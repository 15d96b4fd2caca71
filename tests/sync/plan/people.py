"""Facts in two lines: records, the unit they make, and what a plan does to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors.records import Record, Ref, Side
from mappings.agreement import Agreement
from mappings.directory import Directory
from mappings.lifecycle import Standing
from sync.gather import watched_fields
from sync.model import Ask, Base, Facts, Link, Plan, Remember
from sync.plan import Terms, plan
from tests.sync.dumb import OWNER_SAM, SAM, US
from tests.sync.roads import LONG_AGO, MORNING

NOW = MORNING
AN_HOUR_AGO = NOW - timedelta(hours=1)
TOM = "005000000000002"
BOSS = "005000000000009"
QUEUE = "00G000000000001"


class Planner:
    """Plans single units under the shipped agreement, changed where a test says so."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.fields = watched_fields(agreement, has_currency=False)
        people = Directory(
            {OWNER_SAM: "sam@example.com"},
            {SAM: "sam@example.com", TOM: "tom@example.com", BOSS: "boss@example.com"},
            {},
            frozenset({TOM}),
            {SAM: BOSS},
        )
        self.terms = Terms(agreement, people, live_since=NOW - timedelta(days=30), us=US)

    def with_line(self, name: str, pair: str = "person", **changes: Any) -> Planner:
        """The same planner with one mapping line changed."""
        lines = self.agreement.pairs[pair]
        changed = tuple(replace(one, **changes) if one.name == name else one for one in lines.lines)
        pairs = {**self.agreement.pairs, pair: replace(lines, lines=changed)}
        return Planner(replace(self.agreement, pairs=pairs))

    def record(
        self, side: Side, kind: str, id_: str, at: Any = AN_HOUR_AGO, by: str | None = None, **values: Any
    ) -> Record:
        """A record that shows every field the bridge looks at, blank unless given."""
        seen = {
            **dict.fromkeys(self.fields[side, kind]),
            **({"Id": id_} if side == "salesforce" else {}),
            **values,
        }
        return Record(Ref(side, kind, id_), seen, at, LONG_AGO, by)

    def contact(self, id_: str = "501", **values: Any) -> Record:
        known = {
            "email": "ada@one.example",
            "lastname": "Lovelace",
            "company": "Engines",
            "country": "Germany",
        }
        return self.record("hubspot", "contact", id_, **{**known, "hubspot_owner_id": OWNER_SAM, **values})

    def lead(self, id_: str = "00Q1", **values: Any) -> Record:
        known = {
            "Email": "ada@one.example",
            "LastName": "Lovelace",
            "Company": "Engines",
            "Country": "Germany",
        }
        born = {"OwnerId": SAM, "IsConverted": False, "Status": "Open - Not Contacted", "CreatedById": SAM}
        return self.record("salesforce", "lead", id_, **{**born, **known, **values})

    def plan(self, facts: Facts, now: Any = NOW) -> Plan:
        return plan(facts, self.terms, now)

    def settled(self, facts: Facts, most: int = 4) -> Facts:
        """The unit after its plans were carried out, until one of them writes nothing."""
        for _ in range(most):
            done = self.plan(facts)
            facts = carried_out(facts, done)
            if not done.puts:
                return facts
        raise AssertionError("the unit does not come to rest")


def unit(
    hubspot: Record | None = None, salesforce: Record | None = None, pair: str = "person", **more: Any
) -> Facts:
    """One unit: linked when both records are given."""
    link = Link(
        1, pair, hubspot.ref if hubspot else None, salesforce.ref if salesforce else None,
        hubspot.modified_at if hubspot else None, salesforce.modified_at if salesforce else None,
    )  # fmt: skip
    return Facts(
        **{"pair": pair, "link": link, "base": Base(), "hubspot": hubspot, "salesforce": salesforce, **more}
    )


def edited(facts: Facts, side: Side, minutes: float = 10, by: str | None = None, **values: Any) -> Facts:
    """The unit after somebody edited one of its records."""
    record = facts.record(side)
    assert record is not None
    shown = {name: value if value != "" else None for name, value in values.items()}
    later = replace(
        record,
        values={**record.values, **shown},
        modified_at=record.modified_at + timedelta(minutes=minutes),
        modified_by=by,
    )
    return replace(facts, hubspot=later) if side == "hubspot" else replace(facts, salesforce=later)


def carried_out(facts: Facts, done: Plan) -> Facts:
    """The unit after all of its plan was done by both vendors."""
    for side in ("hubspot", "salesforce"):
        if values := writes(done, side):
            facts = edited(facts, side, by=US[side], **values)
    kept = remembered(done)
    return replace(
        facts,
        link=replace(
            kept.link, hubspot_modified_at=_at(facts.hubspot), salesforce_modified_at=_at(facts.salesforce)
        ),
        base=kept.base,
        standing=kept.standing,
    )


def _at(record: Record | None) -> Any:
    return record.modified_at if record else None


def writes(done: Plan, side: Side) -> Mapping[str, Any]:
    """What a plan puts on the unit's own record of one side."""
    found = [
        put.write.values
        for put in done.puts
        if put.write.side == side and put.write.op in ("update", "upsert")
    ]
    assert len(found) <= 1, "a record is written twice by one plan"
    return found[0] if found else {}


def remembered(done: Plan) -> Remember:
    [kept] = [effect for effect in done.effects if isinstance(effect, Remember)]
    return kept


def asked(done: Plan) -> list[str]:
    return [str(effect.ref) for effect in done.effects if isinstance(effect, Ask)]


def codes(done: Plan) -> list[str]:
    return [problem.code for problem in done.problems]


def stands(stage: str, **more: Any) -> Standing:
    return Standing(**{"stage": stage, "since": LONG_AGO, "adopted_at": LONG_AGO, **more})

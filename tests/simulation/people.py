"""What people and vendors' automations do to both systems, in their own names, through the twins' own doors."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from sync.clock import Clock
from tests.simulation.start import COLUMNS, COMPANIES, FIRST, LAST, MAX, MIA, SELLERS
from twins.hubspot.errors import Refused
from twins.salesforce.errors import RowRefused
from twins.world import World

Row = dict[str, Any]
STAGES: Final = (
    "new", "nurturing", "qualified", "handed_over", "accepted", "working", "opportunity", "won", "lost", "rejected",
    "recycled", "disqualified",
)  # fmt: skip
REASONS: Final = ("no_contact", "bad_timing", "no_budget", "not_ready", "wrong_segment", "duplicate", "other")
# What two people may give two values, with no two spellings of one; only a Lead has a company of its own.
PLAIN: Final = (
    *(one for one in COLUMNS if one[0] in {"salutation", "firstname", "lastname", "jobtitle", "zip"}),
    ("company", "Company", "", COMPANIES),
)
FORMS: Final = ("Request a call", "Request a demo", "Newsletter")


class People:
    """Everybody who acts; `act` lets one of them do one thing."""

    def __init__(self, world: World, chance: random.Random, clock: Clock) -> None:
        self._world, self._chance, self._clock = world, chance, clock
        self._hubspot, self._salesforce = world.hubspot, world.salesforce
        self._gone: list[tuple[str, str]] = []
        self._newcomers = 0
        self._left = 0
        self.done: Counter[str] = Counter()

    def act(self) -> bool:
        """Somebody does something that changes a record; False when nobody could."""
        for _ in range(12):
            deed = self._chance.choices(_DEEDS, _WEIGHTS)[0]
            before = len(self._world.log)
            try:
                deed(self)
            except (Refused, RowRefused, LookupError):
                continue
            if len(self._world.log) > before:
                self.done[deed.__name__.strip("_")] += 1
                return True
        return False

    def clash(self, chance: random.Random, until_found: Callable[[], None]) -> None:
        """A marketer and a seller give one field that both show alike two values, before the bridge looks again.

        The marketer had another word to say before: by then HubSpot's search finds that one, and not yet this.
        """
        alike = list(self._alike())
        if not alike:
            return
        companies = [one for one in alike if one[3][0] == "company"]  # there sales always wins
        contact, kind, row, column = chance.choice(
            companies if companies and chance.random() < 0.4 else alike
        )
        name = column[1] if kind == "Lead" else column[2]
        mine, theirs = chance.sample([one for one in column[3] if one.strip() != row[name]], 2)
        before = chance.choice([one for one in PLAIN if one is not column])
        try:
            self._market(contact, {before[0]: chance.choice(before[3])})
            until_found()
            self._market(contact, {column[0]: mine})
            self._sell(kind, row, {name: theirs})
        except (Refused, RowRefused):
            return
        self.done["clash"] += 1

    def _alike(self) -> Iterator[tuple[Row, str, Row, tuple[str, str, str, tuple[str, ...]]]]:
        """Linked people and the plain text of theirs that stands on both sides."""
        rows = {str(row["Id"]): (kind, row) for kind in ("Lead", "Contact") for row in self._open(kind)}
        for contact in self._hubspot.records("contacts"):
            kind, row = rows.get(str(contact.get("leadbridge_key")), ("", {}))
            for column in PLAIN:
                stands = row.get(column[1] if kind == "Lead" else column[2])
                if stands and stands == contact.get(column[0]):
                    yield dict(contact), kind, dict(row), column

    # ── marketing ────────────────────────────────────────────────────────────

    def _marketer_edits(self) -> None:
        contact, column = self._contact(), self._chance.choice(COLUMNS)
        self._market(
            contact, {column[0]: self._value(column[3], contact.get(column[0]), "contacts", contact)}
        )

    def _marketer_asks_for_a_stage(self) -> None:
        values = {"leadbridge_stage": self._chance.choice(STAGES)}
        if self._chance.random() < 0.5:
            values["leadbridge_reason"] = self._chance.choice(REASONS)
        if self._chance.random() < 0.5:
            values["leadbridge_sales_comment"] = self._chance.choice(("please", "we talked", ""))
        self._market(self._contact(), values)

    def _marketer_moves_lifecyclestage(self) -> None:
        stages = ("subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer", "")
        self._market(self._contact(), {"lifecyclestage": self._chance.choice(stages)})

    def _marketer_edits_what_is_sales(self) -> None:
        name, value = self._chance.choice(
            (("leadbridge_outcome", "won"), ("hs_lead_status", "NEW"), ("leadbridge_key", "x"), ("leadbridge_round", "7"))
        )  # fmt: skip
        self._market(self._contact(), {name: value})

    def _marketer_changes_address(self) -> None:
        self._market(self._contact(), {"email": self._address()})

    def _marketer_gives_owner(self) -> None:
        self._market(self._contact(), {"hubspot_owner_id": self._owner()})

    def _marketer_edits_company(self) -> None:
        company = self._pick(self._hubspot.records("companies"))
        name, values = self._chance.choice(
            (("name", COMPANIES), ("city", ("Berlin", "Graz")), ("phone", ("+49 30 1",)))
        )
        self._hubspot.update(
            "companies", company["hs_object_id"], {name: self._chance.choice(values)}, MAX, self._now
        )

    def _marketer_makes_contact(self) -> None:
        values = {
            "email": self._address(),
            "firstname": self._chance.choice(FIRST),
            "lastname": self._chance.choice(LAST),
        }
        self._hubspot.create("contacts", values, self._marketer(), self._now)

    def _marketer_deletes(self) -> None:
        kind = self._chance.choice(("contacts", "contacts", "contacts", "companies", "deals"))
        row = self._pick(self._hubspot.records(kind))
        self._hubspot.archive(kind, row["hs_object_id"], MIA, self._now)
        self._gone.append((kind, row["hs_object_id"]))

    def _marketer_merges(self) -> None:
        kind = self._chance.choice(("contacts", "contacts", "companies"))
        rows = self._hubspot.records(kind)
        if len(rows) > 3:
            one, other = self._chance.sample(rows, 2)
            self._hubspot.merge(kind, one["hs_object_id"], other["hs_object_id"], MIA, self._now)

    def _visitor_sends_form(self) -> None:
        email = self._contact().get("email") if self._chance.random() < 0.6 else self._address()
        told = {
            column[0]: self._chance.choice(column[3]) for column in COLUMNS if self._chance.random() < 0.3
        }
        if self._chance.random() < 0.5:
            told["hubspot_owner_id"] = self._owner()
        if email:
            self._hubspot.submit_form(email, self._chance.choice(FORMS), told, self._now)

    # ── HubSpot's machinery ──────────────────────────────────────────────────

    def _score_rises(self) -> None:
        seen = {"hubspotscore": str(self._chance.choice((10, 55, 80)))}
        if self._chance.random() < 0.5:
            seen["hs_analytics_last_visit_timestamp"] = str(int(self._now.timestamp() * 1000))
        self._automate(seen)

    def _workflow_edits(self) -> None:
        column = self._chance.choice(COLUMNS)
        self._automate({column[0]: self._chance.choice(column[3])})

    def _person_opts_out(self) -> None:
        self._automate({"hs_email_optout": "true"})

    # ── sales ────────────────────────────────────────────────────────────────

    def _seller_edits(self) -> None:
        kind, row = self._someone()
        column = self._chance.choice(COLUMNS)
        name = column[1] if kind == "Lead" else column[2]
        self._sell(kind, row, {name: self._value(column[3], row.get(name), kind, row, name)})

    def _seller_asks_for_a_stage(self) -> None:
        values: Row = {"Leadbridge_Stage__c": self._chance.choice(STAGES)}
        if self._chance.random() < 0.6:
            values["Leadbridge_Reason__c"] = self._chance.choice(REASONS)
        if self._chance.random() < 0.3:
            values["Leadbridge_Sales_Comment__c"] = "we talked"
        self._sell(*self._someone(), values)

    def _seller_accepts(self) -> None:
        self._sell(*self._someone(), {"Leadbridge_Stage__c": self._chance.choice(("accepted", "working"))})

    def _seller_moves_status(self) -> None:
        states = ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")
        self._sell("Lead", self._lead(), {"Status": self._chance.choice(states)})

    def _seller_calls(self) -> None:
        _, row = self._someone()
        self._salesforce.log_task(str(row["Id"]), "Call", self._seller(), self._now)

    def _seller_converts(self) -> None:
        lead, with_deal = self._lead(), self._chance.random() < 0.7
        self._salesforce.convert_lead(str(lead["Id"]), self._seller(), self._now, with_opportunity=with_deal)

    def _seller_changes_address(self) -> None:
        self._sell(*self._someone(), {"Email": self._address()})

    def _seller_gives_away(self) -> None:
        owner = self._salesforce.queue if self._chance.random() < 0.2 else self._seller()
        kind, row = self._someone()
        self._sell(kind, row, {"OwnerId": owner if kind == "Lead" else self._seller()})

    def _seller_opts_out(self) -> None:
        name = self._chance.choice(("HasOptedOutOfEmail", "DoNotCall"))
        self._sell(*self._someone(), {name: self._chance.random() < 0.7})

    def _seller_makes_lead(self) -> None:
        values = {
            "LastName": self._chance.choice(LAST),
            "Company": self._chance.choice(COMPANIES),
            "Email": self._address(),
        }
        self._salesforce.create("Lead", values, self._seller(), self._now)

    def _seller_edits_account(self) -> None:
        row = self._pick(self._salesforce.records("Account"))
        name, values = self._chance.choice(
            (("Name", COMPANIES), ("BillingCity", ("Berlin", "Graz")), ("Phone", ("+49 30 2",)), ("AnnualRevenue", (1e6, 5)))
        )  # fmt: skip
        self._sell("Account", row, {name: self._chance.choice(values)})

    def _seller_moves_deal(self) -> None:
        row = self._pick(self._salesforce.records("Opportunity"))
        stages = ("Prospecting", "Needs Analysis", "Closed Won", "Closed Won", "Closed Lost", "Closed Lost")
        values: Row = {"StageName": self._chance.choice(stages)}
        if self._chance.random() < 0.5:
            values["Amount"] = self._chance.choice((500, 24000, None))
        if values["StageName"] == "Closed Lost" and self._chance.random() < 0.5:
            values["Leadbridge_Loss_Reason__c"] = self._chance.choice(("price", "no_decision"))
        self._sell("Opportunity", row, values)

    def _seller_deletes(self) -> None:
        kind = self._chance.choice(("Lead", "Lead", "Contact", "Opportunity", "Account"))
        row = self._pick(self._salesforce.records(kind))
        self._salesforce.delete(kind, str(row["Id"]), self._seller(), self._now)
        self._gone.append((kind, str(row["Id"])))

    def _seller_merges(self) -> None:
        kind = self._chance.choice(("Lead", "Lead", "Contact"))
        rows = self._open(kind)
        if len(rows) > 2:
            one, other = self._chance.sample(rows, 2)
            self._salesforce.merge(kind, str(one["Id"]), [str(other["Id"])], self._seller(), self._now)

    def _other_integration_edits(self) -> None:
        """A third integration writes in a user's name, several fields at once."""
        kind, row = self._someone()
        place = 1 if kind == "Lead" else 2
        columns = self._chance.sample(COLUMNS[3:], 3)
        self._salesforce.update(
            kind,
            str(row["Id"]),
            {one[place]: self._chance.choice(one[3]) for one in columns},
            self._robot(),
            self._now,
        )

    # ── either ───────────────────────────────────────────────────────────────

    def _somebody_brings_back(self) -> None:
        kind, id_ = self._gone.pop(self._chance.randrange(len(self._gone))) if self._gone else ("", "")
        if kind in ("contacts", "companies", "deals"):
            self._hubspot.restore(kind, id_, MIA, self._now)
        elif kind:
            self._salesforce.undelete(kind, id_, self._seller(), self._now)

    def _seller_leaves(self) -> None:
        """At most one a history; the others go on."""
        if self._left:
            raise LookupError("somebody has left already")
        self._left += 1
        self._salesforce.deactivate(self._salesforce.user(SELLERS[-1]), self._now)
        if self._chance.random() < 0.5:
            self._hubspot.deactivate_owner(SELLERS[-1])
        self._seller_edits()

    # ── who and what ─────────────────────────────────────────────────────────

    @property
    def _now(self) -> Any:
        return self._clock.now()

    def _market(self, contact: Row, values: dict[str, str]) -> None:
        self._hubspot.update("contacts", contact["hs_object_id"], values, self._marketer(), self._now)

    def _automate(self, values: dict[str, str]) -> None:
        self._hubspot.automate("contacts", self._contact()["hs_object_id"], values, self._now)

    def _sell(self, kind: str, row: Row, values: Row) -> None:
        self._salesforce.update(kind, str(row["Id"]), values, self._seller(), self._now)

    def _value(self, pool: tuple[str, ...], stands: Any, kind: str, row: Row, name: str = "") -> str | None:
        """A value of the pool, a blank, or the one that stood there before (ABA)."""
        way = self._chance.random()
        if way < 0.12:
            return "" if kind == "contacts" else None
        if way < 0.25:
            id_ = row["hs_object_id"] if kind == "contacts" else row["Id"]
            before = [
                commit.old
                for commit in self._world.log.writes(kind=kind)
                if commit.id == str(id_) and commit.field == name and commit.old not in (None, "")
            ]
            if before:
                return str(before[-1])
        return self._chance.choice(pool)

    def _contact(self) -> Row:
        return self._pick(self._hubspot.records("contacts"))

    def _someone(self) -> tuple[str, Row]:
        kind = "Lead" if self._chance.random() < 0.6 else "Contact"
        return kind, self._pick(self._open(kind))

    def _lead(self) -> Row:
        return self._pick(self._open("Lead"))

    def _open(self, kind: str) -> list[Row]:
        return [row for row in self._salesforce.records(kind) if not row.get("IsConverted")]

    def _pick(self, rows: list[Any]) -> Row:
        if not rows:
            raise LookupError("there is none")
        return dict(self._chance.choice(rows))

    def _address(self) -> str:
        """Mostly a new one; now and then somebody else's."""
        if self._chance.random() < 0.2:
            known = [row["email"] for row in self._hubspot.records("contacts") if row.get("email")]
            if known:
                return str(self._chance.choice(known))
        self._newcomers += 1
        return f"newcomer.{self._newcomers}@{self._chance.choice(('acme', 'sunrise', 'gmail'))}.example"

    def _marketer(self) -> str:
        return self._chance.choice((MIA, MAX))

    def _owner(self) -> str:
        return str(self._chance.choice(self._hubspot.owners[:3]).id)

    def _seller(self) -> str:
        return str(self._salesforce.user(self._chance.choice(SELLERS[:2] if self._left else SELLERS)))

    def _robot(self) -> str:
        try:
            return str(self._salesforce.user("robot@example.com"))
        except KeyError:
            return str(self._salesforce.add_user("Third", "Integration", "robot@example.com"))


_CAN: Final[tuple[tuple[Callable[[People], None], float], ...]] = (
    (People._marketer_edits, 14), (People._marketer_asks_for_a_stage, 6), (People._marketer_moves_lifecyclestage, 3),
    (People._marketer_edits_what_is_sales, 2), (People._marketer_changes_address, 3), (People._marketer_gives_owner, 2),
    (People._marketer_edits_company, 3), (People._marketer_makes_contact, 2), (People._marketer_deletes, 2),
    (People._marketer_merges, 1.5), (People._visitor_sends_form, 7), (People._score_rises, 5),
    (People._workflow_edits, 5), (People._person_opts_out, 1.5), (People._seller_edits, 14),
    (People._seller_asks_for_a_stage, 6), (People._seller_accepts, 5), (People._seller_moves_status, 3),
    (People._seller_calls, 4), (People._seller_converts, 4), (People._seller_changes_address, 3),
    (People._seller_gives_away, 3), (People._seller_opts_out, 2), (People._seller_makes_lead, 2),
    (People._seller_edits_account, 3), (People._seller_moves_deal, 5), (People._seller_deletes, 2),
    (People._seller_merges, 1.5), (People._other_integration_edits, 4), (People._somebody_brings_back, 2),
    (People._seller_leaves, 0.3),
)  # fmt: skip
_DEEDS: Final = tuple(deed for deed, _ in _CAN)
_WEIGHTS: Final = tuple(weight for _, weight in _CAN)

"""What people do in a history of requests, as data: chosen by what stands before them, and playable again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeVar

from mappings.lifecycle.machine import Lifecycle
from tests.simulation.people import REASONS, STAGES
from tests.simulation.start import MAX, MIA, SAM, SARA, TOM
from twins.hubspot.errors import Refused
from twins.salesforce.errors import RowRefused
from twins.world import World

Row = dict[str, Any]
Found = TypeVar("Found")
Did = tuple[tuple[str, str, str], ...]
What = Literal["market", "form", "automate", "sell", "make", "convert", "call", "deal", "no_deal"]
_FACTS: Final = {"lastname": "Lind", "company": "Nordwind AB", "country": "Sweden"}
BY_A_RULE: Final = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
_STATES: Final = ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody does to one person (by e-mail), so long after the history began."""

    after: timedelta
    who: str
    what: What
    by: str
    values: tuple[tuple[str, Any], ...] = ()


class Cast:
    """The people whom requests are about, and those who make them; *blocked* are conversions that a rule stopped."""

    def __init__(
        self, world: World, lifecycle: Lifecycle, chance: random.Random, share_legal: float, now: datetime
    ) -> None:
        self._world, self._lifecycle = world, lifecycle
        self._chance, self._share_legal = chance, share_legal
        self.known = [self._enter(number, now - timedelta(days=3)) for number in range(chance.randint(2, 4))]
        self._newcomers = 0
        self.blocked: list[str] = []

    # ── who was there before ─────────────────────────────────────────────────

    def _enter(self, number: int, at: datetime) -> str:
        chance, email = self._chance, f"person{number}@nordwind{number}.example"
        where = chance.choices(("hubspot", "lead", "both", "contact"), (4, 1, 3, 2))[0]
        if where != "lead":
            told = {**_FACTS, "email": email, "firstname": f"P{number}"}
            if chance.random() < 0.7:
                told["hubspot_owner_id"] = self._owner(chance.choice((SAM, SARA, TOM)))
            if chance.random() < 0.2:
                told["lifecyclestage"] = chance.choice(("subscriber", "customer", "salesqualifiedlead"))
            self._world.hubspot.create("contacts", told, MIA, at)
        if where == "contact":
            self._contact_in_sales(email, number, at)
        elif where != "hubspot":
            self._make(email, SAM, at, Status=chance.choice(_STATES))
        return email

    def _contact_in_sales(self, email: str, number: int, at: datetime) -> None:
        org, sam = self._world.salesforce, self._world.salesforce.user(SAM)
        account = org.create("Account", {"Name": f"Nordwind {number}", "OwnerId": sam}, sam, at)
        values = {"LastName": "Lind", "Email": email, "AccountId": account, "OwnerId": sam}
        made = org.create("Contact", values, sam, at)
        if self._chance.random() < 0.5:
            state = self._chance.choice(("Prospecting", "Prospecting", "Closed Won", "Closed Lost"))
            close = (at + timedelta(days=40)).date().isoformat()
            deal = {
                "Name": "Deal",
                "AccountId": account,
                "StageName": state,
                "CloseDate": close,
                "OwnerId": sam,
            }
            role = {"OpportunityId": org.create("Opportunity", deal, sam, at), "ContactId": made}
            org.create("OpportunityContactRole", role, sam, at)

    # ── choosing ─────────────────────────────────────────────────────────────

    def choose(self, after: timedelta) -> Deed:
        """What somebody does now, by what he sees."""
        what, *_ = self._chance.choices(tuple(_WAYS), tuple(weight for _, weight in _WAYS.values()))
        return _WAYS[what][0](self, after)

    def _asks_marketing(self, after: timedelta) -> Deed:
        who, chance = self._somebody(), self._chance
        stands = (self._contact(who) or {}).get("leadbridge_stage") or "new"
        values: dict[str, Any] = {"leadbridge_stage": self._wanted(stands, "marketer")}
        if chance.random() < 0.5:
            values["leadbridge_reason"] = chance.choice(REASONS)
        if chance.random() < 0.7:
            values["leadbridge_sales_comment"] = chance.choice(("please", "we talked", "once more"))
        return Deed(after, who, "market", self._marketer(), tuple(values.items()))

    def _asks_sales(self, after: timedelta) -> Deed:
        who, chance = self._somebody(), self._chance
        stands = (self._in_sales(who)[1] or {}).get("Leadbridge_Stage__c") or "new"
        values: Row = {"Leadbridge_Stage__c": self._wanted(stands, "seller")}
        if chance.random() < 0.8:
            values["Leadbridge_Reason__c"] = chance.choice(REASONS)
        if chance.random() < 0.4:
            values["Leadbridge_Sales_Comment__c"] = "we talked"
        return Deed(after, who, "sell", self._seller(), tuple(values.items()))

    def _wanted(self, stands: str, actor: Literal["marketer", "seller"]) -> str:
        ways = [move.to for move in self._lifecycle.moves_from(stands, actor)]
        return self._chance.choice(
            ways if ways and self._chance.random() < self._share_legal else list(STAGES)
        )

    def _moves_status(self, after: timedelta) -> Deed:
        return self._sells(after, Status=self._chance.choice(_STATES))

    def _gives_away(self, after: timedelta) -> Deed:
        return self._sells(after, OwnerId=self._chance.choice((SAM, SARA, TOM, "queue")))

    def _edits_a_field(self, after: timedelta) -> Deed:
        return self._sells(after, Title=self._chance.choice(("CEO", "Buyer", "Head of IT")))

    def _sells(self, after: timedelta, **values: Any) -> Deed:
        return Deed(after, self._somebody(), "sell", self._seller(), tuple(values.items()))

    def _deal(self, after: timedelta) -> Deed:
        state = self._chance.choice(("Needs Analysis", "Closed Won", "Closed Lost"))
        return Deed(after, self._somebody(), "deal", self._seller(), (("StageName", state),))

    def _plain(self, what: What) -> Callable[[timedelta], Deed]:
        return lambda after: Deed(after, self._somebody(), what, self._seller())

    def _converts(self, after: timedelta) -> Deed:
        with_deal = self._chance.random() < 0.7
        return Deed(after, self._somebody(), "convert", self._seller(), (("with_opportunity", with_deal),))

    def _calls(self, after: timedelta) -> Deed:
        return self._plain("call")(after)

    def _drops_deal(self, after: timedelta) -> Deed:
        return self._plain("no_deal")(after)

    def _makes_lead(self, after: timedelta) -> Deed:
        values: dict[str, Any] = {"Status": _STATES[0]}
        if "Leadbridge_Stage__c" in self._world.salesforce.org.kinds["Lead"].fields and self._newcomers % 2:
            values["Leadbridge_Stage__c"] = "working"
        return Deed(after, self._newcomer(), "make", self._seller(), tuple(values.items()))

    def _form(self, after: timedelta) -> Deed:
        who = self._newcomer() if self._chance.random() < 0.35 else self._somebody()
        told: dict[str, str] = dict(_FACTS)
        if self._chance.random() < 0.6:
            told["hubspot_owner_id"] = self._owner(self._chance.choice((SAM, SARA)))
        form = self._chance.choice(("Request a call", "Request a demo", "Newsletter"))
        return Deed(after, who, "form", form, tuple(told.items()))

    def _projection(self, after: timedelta) -> Deed:
        name, value = self._chance.choice(
            (
                ("lifecyclestage", "customer"), ("lifecyclestage", "lead"), ("lifecyclestage", "opportunity"),
                ("hs_lead_status", "OPEN"), ("hs_lead_status", "UNQUALIFIED"),
            )
        )  # fmt: skip
        return Deed(after, self._somebody(), "market", self._marketer(), ((name, value),))

    def _automation(self, after: timedelta) -> Deed:
        name, value = self._chance.choice(
            (("hubspotscore", "80"), ("hubspotscore", "10"), ("hs_analytics_last_visit_timestamp", "now"))
        )
        return Deed(after, self._somebody(), "automate", "", ((name, value),))

    def _opts_out(self, after: timedelta) -> Deed:
        is_out = self._chance.choice(("true", "false"))
        return Deed(after, self._somebody(), "automate", "", (("hs_email_optout", is_out),))

    # ── doing ────────────────────────────────────────────────────────────────

    def does(self, deed: Deed, now: datetime) -> Did:
        """Do it: (side, field, value) of what it changed, nothing where nobody could or nothing changed."""
        before = len(self._world.log)
        try:
            _DOES[deed.what](self, deed, now)
        except RowRefused as refusal:
            if deed.what == "convert" and refusal.code == BY_A_RULE:
                self.blocked.append(f"{deed.by} could not convert {deed.who}: {refusal.message}")
            return ()
        except (Refused, LookupError):
            return ()
        named = dict(deed.values)
        return tuple(
            (one.side, one.field, str(one.new) if one.field in named else "")
            for one in self._world.log.writes(after=before)
            if one.actor != "daemon"
        )

    def _market(self, deed: Deed, now: datetime) -> None:
        id_ = str(_found(self._contact(deed.who))["hs_object_id"])
        self._world.hubspot.update("contacts", id_, dict(deed.values), deed.by, now)

    def _automate(self, deed: Deed, now: datetime) -> None:
        id_ = str(_found(self._contact(deed.who))["hs_object_id"])
        values = {name: _now_ms(now) if value == "now" else value for name, value in deed.values}
        self._world.hubspot.automate("contacts", id_, values, now)

    def _submit(self, deed: Deed, now: datetime) -> None:
        self._world.hubspot.submit_form(deed.who, deed.by, dict(deed.values), now)

    def _sell(self, deed: Deed, now: datetime) -> None:
        kind, row = self._in_sales(deed.who)
        values = {name: self._user(value) if name == "OwnerId" else value for name, value in deed.values}
        self._world.salesforce.update(kind, str(_found(row)["Id"]), values, self._user(deed.by), now)

    def _makes(self, deed: Deed, now: datetime) -> None:
        self._make(deed.who, deed.by, now, **dict(deed.values))

    def _make(self, email: str, by: str, at: datetime, **values: Any) -> None:
        told = {
            "LastName": "Lind",
            "Company": "Nordwind AB",
            "Email": email,
            "OwnerId": self._user(by),
            **values,
        }
        self._world.salesforce.create("Lead", told, self._user(by), at)

    def _convert(self, deed: Deed, now: datetime) -> None:
        kind, row = self._in_sales(deed.who)
        if kind != "Lead":
            raise LookupError("no Lead any more")
        owner = self._user(deed.by)
        self._world.salesforce.convert_lead(
            str(_found(row)["Id"]), owner, now, owner_id=owner, **dict(deed.values)
        )

    def _call(self, deed: Deed, now: datetime) -> None:
        _, row = self._in_sales(deed.who)
        self._world.salesforce.log_task(str(_found(row)["Id"]), "Call", self._user(deed.by), now)

    def _move_deal(self, deed: Deed, now: datetime) -> None:
        deal = self._opportunity(deed.who)
        self._world.salesforce.update("Opportunity", deal, dict(deed.values), self._user(deed.by), now)

    def _drop_deal(self, deed: Deed, now: datetime) -> None:
        self._world.salesforce.delete("Opportunity", self._opportunity(deed.who), self._user(deed.by), now)

    # ── who is who ───────────────────────────────────────────────────────────

    def _contact(self, email: str) -> Row | None:
        found = self._world.hubspot.contact(email)
        return dict(self._world.hubspot.record("contacts", found)) if found else None

    def _in_sales(self, email: str) -> tuple[str, Row | None]:
        """The Contact of this person, else the Lead."""
        for kind in ("Contact", "Lead"):
            for row in self._world.salesforce.records(kind):
                if row["Email"] == email and not row.get("IsConverted"):
                    return kind, dict(row)
        return "Lead", None

    def _opportunity(self, email: str) -> str:
        kind, row = self._in_sales(email)
        person = str(_found(row)["Id"]) if kind == "Contact" else ""
        roles = self._world.salesforce.records("OpportunityContactRole")
        return str(_found([one for one in roles if one["ContactId"] == person])[-1]["OpportunityId"])

    def _somebody(self) -> str:
        return self._chance.choice(self.known)

    def _newcomer(self) -> str:
        self._newcomers += 1
        self.known.append(f"newcomer{self._newcomers}@acme{self._newcomers}.example")
        return self.known[-1]

    def _owner(self, email: str) -> str:
        return next(str(one.id) for one in self._world.hubspot.owners if one.email == email)

    def _user(self, who: str) -> str:
        return str(self._world.salesforce.queue if who == "queue" else self._world.salesforce.user(who))

    def _marketer(self) -> str:
        return self._chance.choice((MIA, MAX))

    def _seller(self) -> str:
        return self._chance.choice((SAM, SARA))


def _found(found: Found | None) -> Found:
    if not found:
        raise LookupError("there is none")
    return found


def _now_ms(now: datetime) -> str:
    return str(int(now.timestamp() * 1000))


_WAYS: Final[dict[str, tuple[Callable[[Cast, timedelta], Deed], float]]] = {
    "asks_marketing": (Cast._asks_marketing, 10),
    "asks_sales": (Cast._asks_sales, 12),
    "form": (Cast._form, 7),
    "moves_status": (Cast._moves_status, 4),
    "converts": (Cast._converts, 3),
    "calls": (Cast._calls, 3),
    "deal": (Cast._deal, 3),
    "drops_deal": (Cast._drops_deal, 0.7),
    "gives_away": (Cast._gives_away, 1.5),
    "edits_a_field": (Cast._edits_a_field, 1),
    "projection": (Cast._projection, 1.5),
    "automation": (Cast._automation, 2),
    "opts_out": (Cast._opts_out, 1),
    "makes_lead": (Cast._makes_lead, 1),
}
_DOES: Final[dict[What, Callable[[Cast, Deed, datetime], None]]] = {
    "market": Cast._market, "form": Cast._submit, "automate": Cast._automate, "sell": Cast._sell, "make": Cast._makes,
    "convert": Cast._convert, "call": Cast._call, "deal": Cast._move_deal, "no_deal": Cast._drop_deal,
}  # fmt: skip

"""The story that the demo tells: three people, three colleagues, half a year.

Each scene names a moment, who does what, and does it through the twins' own doors,
as a person at the screen would. What the bridge makes of it is not in here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from twins.salesforce.errors import RowRefused
from twins.world import World

BERLIN: Final = ZoneInfo("Europe/Berlin")
ADA: Final = "ada.lind@nordwind.example"
BEN: Final = "ben.okafor@sunrise.example"
CLEO: Final = "cleo.marin@atlas.example"
SAM: Final = "sam.seller@example.com"
SARA: Final = "sara.santos@example.com"
MIA: Final = "mia.marketer@example.com"


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment of the story: *act* does what *who* does; without anybody, time passes.

    *act* answers what Salesforce said to somebody whose edit it did not save.
    """

    at: datetime
    who: str
    what: str
    about: tuple[str, ...]
    act: Callable[[datetime], str | None] = field(repr=False)


class Story:
    """Ada is handed over, rejected, comes back and buys; Ben is rejected and goes back to nurture; Cleo is waited for."""

    def __init__(self, world: World) -> None:
        self._hubspot = world.hubspot
        self._salesforce = world.salesforce

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """All scenes in order."""
        return tuple(sorted(self._ada() + self._ben() + self._cleo(), key=lambda scene: scene.at))

    def _ada(self) -> list[Scene]:
        about = (ADA,)
        return [
            Scene(
                _at(2026, 11, 23, 10),
                "Ada",
                "asks for a call in a form on the website",
                about,
                self._ada_asks,
            ),
            Scene(
                _at(2026, 11, 23, 11),
                "Sam",
                "wants to mark her as won at once",
                about,
                self._sam_hurries,
            ),
            Scene(
                _at(2026, 11, 23, 11, 20), "Sam", "accepts her lead in Salesforce", about, self._sam_accepts
            ),
            Scene(_at(2026, 11, 23, 15), "Sam", "calls Ada and logs the call", about, self._sam_calls),
            Scene(_at(2026, 11, 24, 9, 30), "Sam", "gives her back: bad timing", about, self._sam_rejects),
            Scene(
                _at(2026, 11, 27, 9, 30),
                "",
                "three business days after Ada came back; marketing does not object",
                about,
                _nothing,
            ),
            Scene(
                _at(2027, 2, 22, 9, 30), "", "ninety days have passed since Ada was rejected", about, _nothing
            ),
            Scene(
                _at(2027, 3, 10, 11),
                "Ada",
                "comes to a webinar; her score rises to 60",
                about,
                self._ada_returns,
            ),
            Scene(
                _at(2027, 3, 15, 10),
                "Sam",
                "converts her lead, with an opportunity",
                about,
                self._sam_converts,
            ),
            Scene(_at(2027, 4, 30, 16), "Sam", "wins the deal: 24,000 EUR", about, self._sam_wins),
            Scene(
                _at(2027, 5, 3, 9),
                "Mia",
                "sets Ada's stage back to handed_over by hand",
                about,
                self._mia_errs,
            ),
        ]

    def _ben(self) -> list[Scene]:
        about = (BEN,)
        return [
            Scene(
                _at(2026, 11, 23, 14),
                "Ben",
                "requests a demo in a form on the website",
                about,
                self._ben_asks,
            ),
            Scene(
                _at(2026, 11, 24, 9, 50),
                "Sara",
                "wants to give him back without a reason",
                about,
                self._sara_says_nothing,
            ),
            Scene(_at(2026, 11, 24, 11), "Sara", "gives him back: not ready", about, self._sara_rejects),
            Scene(
                _at(2026, 11, 27, 11),
                "",
                "three business days after Ben came back; marketing does not object",
                about,
                _nothing,
            ),
            Scene(_at(2027, 1, 25, 9), "", "sixty days have passed since Ben was rejected", about, _nothing),
        ]

    def _cleo(self) -> list[Scene]:
        about = (CLEO,)
        return [
            Scene(
                _at(2026, 11, 26, 10),
                "Cleo",
                "asks for a call in a form; Sara is away",
                about,
                self._cleo_asks,
            ),
            Scene(_at(2026, 11, 26, 12, 1), "", "half of Sara's four hours are used up", about, _nothing),
            Scene(_at(2026, 11, 26, 14, 1), "", "Sara's time is over", about, _nothing),
            Scene(_at(2026, 11, 27, 14, 1), "", "three times that time is over", about, _nothing),
            Scene(_at(2026, 11, 27, 15), "Sam", "takes Cleo out of the queue", about, self._sam_takes_over),
            Scene(
                _at(2026, 11, 30, 10),
                "Sam",
                "gives her back: not our kind of customer",
                about,
                self._sam_declines,
            ),
            Scene(
                _at(2026, 12, 3, 10),
                "",
                "three business days later; marketing does not object",
                about,
                _nothing,
            ),
        ]

    def _ada_asks(self, now: datetime) -> None:
        told = {
            "firstname": "Ada", "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
            "jobtitle": "Head of Operations", "phone": "+46 8 123 456 78", "hubspot_owner_id": self._owner(SAM),
            "hs_analytics_source": "ORGANIC_SEARCH",
        }  # fmt: skip
        self._hubspot.submit_form(ADA, "Request a call", told, now)

    def _ben_asks(self, now: datetime) -> None:
        told = {
            "firstname": "Ben", "lastname": "Okafor", "company": "Sunrise Foods", "country": "Nigeria",
            "hubspot_owner_id": self._owner(SARA), "hs_analytics_source": "PAID_SEARCH",
        }  # fmt: skip
        self._hubspot.submit_form(BEN, "Request a demo", told, now)

    def _cleo_asks(self, now: datetime) -> None:
        told = {
            "firstname": "Cleo", "lastname": "Marin", "company": "Atlas Parts", "country": "Spain",
            "hubspot_owner_id": self._owner(SARA), "hs_analytics_source": "PAID_SOCIAL",
        }  # fmt: skip
        self._hubspot.submit_form(CLEO, "Request a call", told, now)

    def _sam_takes_over(self, now: datetime) -> None:
        sam = self._salesforce.user(SAM)
        self._edit_lead(CLEO, SAM, now, OwnerId=sam, Leadbridge_Stage__c="accepted")

    def _sam_declines(self, now: datetime) -> None:
        self._edit_lead(CLEO, SAM, now, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="wrong_segment")

    def _sam_accepts(self, now: datetime) -> None:
        self._edit_lead(ADA, SAM, now, Leadbridge_Stage__c="accepted")

    def _sam_hurries(self, now: datetime) -> str:
        return self._refused(ADA, SAM, now, Leadbridge_Stage__c="won")

    def _sam_calls(self, now: datetime) -> None:
        self._salesforce.log_task(self._lead(ADA), "First call", self._salesforce.user(SAM), now)

    def _sam_rejects(self, now: datetime) -> None:
        self._edit_lead(ADA, SAM, now, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="bad_timing")

    def _sara_rejects(self, now: datetime) -> None:
        self._edit_lead(BEN, SARA, now, Leadbridge_Stage__c="rejected", Leadbridge_Reason__c="not_ready")

    def _sara_says_nothing(self, now: datetime) -> str:
        return self._refused(BEN, SARA, now, Leadbridge_Stage__c="rejected")

    def _ada_returns(self, now: datetime) -> None:
        seen = {"hubspotscore": "60", "hs_analytics_last_visit_timestamp": _text(now)}
        self._hubspot.automate("contacts", self._contact(ADA), seen, now)

    def _sam_converts(self, now: datetime) -> None:
        self._salesforce.convert_lead(
            self._lead(ADA), self._salesforce.user(SAM), now, opportunity_name="Nordwind: first order"
        )

    def _sam_wins(self, now: datetime) -> None:
        won = {"StageName": "Closed Won", "Amount": 24000, "CloseDate": "2027-04-30"}
        self._salesforce.update("Opportunity", self.opportunity(), won, self._salesforce.user(SAM), now)

    def _mia_errs(self, now: datetime) -> None:
        self._hubspot.update("contacts", self._contact(ADA), {"leadbridge_stage": "handed_over"}, MIA, now)

    def opportunity(self) -> str:
        """The id of the opportunity that Ada's conversion made."""
        return str(self._salesforce.record(self._lead(ADA))["ConvertedOpportunityId"])

    def _edit_lead(self, email: str, by: str, now: datetime, **values: str) -> None:
        self._salesforce.update("Lead", self._lead(email), values, self._salesforce.user(by), now)

    def _refused(self, email: str, by: str, now: datetime, **values: str) -> str:
        """What Salesforce says to an edit that its rules do not let through."""
        try:
            self._edit_lead(email, by, now, **values)
        except RowRefused as refusal:
            return refusal.message
        raise AssertionError(f"Salesforce let {by} save {values}")

    def _lead(self, email: str) -> str:
        return next(str(row["Id"]) for row in self._salesforce.records("Lead") if row["Email"] == email)

    def _contact(self, email: str) -> str:
        found = self._hubspot.contact(email)
        if found is None:
            raise LookupError(f"{email} is not in HubSpot")
        return found

    def _owner(self, email: str) -> str:
        return next(str(owner.id) for owner in self._hubspot.owners if owner.email == email)


def _at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


def _text(at: datetime) -> str:
    return at.astimezone(ZoneInfo("UTC")).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _nothing(now: datetime) -> None:
    """Time passes."""

"""Ada stands in both systems while something goes wrong; what both sides then hold is the judge."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests.scenarios.town import MORNING, SAM, Town, town

ADA = "ada.lind@nordwind.example"
_FRESH: Final = timedelta(hours=4)


class Struck(Town):
    """A town in which Ada is in Sam's hands, and the questions that every fault is asked."""

    edits = 0
    settled: Counter[str]  # its population when all was quiet

    def meet(self) -> None:
        """Ada asks for a call; the bridge hands her over, and all is quiet: no reminder falls into a test."""
        lifecycle = self.config / "lifecycle.yaml"
        lifecycle.write_text(re.sub(r"\n +late: \[.*\]", "", lifecycle.read_text("utf-8")), "utf-8")
        self.run()
        self.settle()
        told = {"firstname": "Ada", "lastname": "Lind", "country": "Sweden", "company": "Nordwind AB"}
        owned = {**told, "hubspot_owner_id": self.owner(SAM)}
        self.world.hubspot.submit_form(ADA, "Request a call", owned, self.clock.now())
        for _ in range(3):
            self.settle()

    @property
    def lead(self) -> dict[str, Any]:
        """Ada in Salesforce."""
        return self.sales("Lead", ADA)

    def edit(self) -> int:
        """Mia and Sam each edit a field of Ada's; the place in the commit log after them."""
        self.edits += 1
        self.market(ADA, jobtitle=self.title)
        self.sell(self.lead, Phone=self.phone)
        self.clock.advance(1)
        return len(self.world.log)

    def live(self, minutes: float) -> None:
        """The daemon's own loop goes on for so long; trouble does not end it."""
        until = self.clock.now() + timedelta(minutes=minutes)
        while self.clock.now() < until:
            self.clock.advance(max(1.0, self.daemon._pass_and_pause()))

    @property
    def title(self) -> str:
        """What Mia typed last."""
        return f"Head of Engine {self.edits}"

    @property
    def phone(self) -> str:
        """What Sam typed last."""
        return f"+46 40 99 88 {self.edits:02}"

    @property
    def title_arrived(self) -> bool:
        """Mia's edit stands in Salesforce."""
        return bool(self.lead["Title"] == self.title)

    @property
    def phone_arrived(self) -> bool:
        """Sam's edit stands in HubSpot."""
        return self.contact(ADA).get("phone", "").replace(" ", "") == self.phone.replace(" ", "")

    def assert_both_arrived_once(self, after: int) -> None:
        """Both edits stand on both sides, each was written once, and nobody was doubled or told twice."""
        assert self.title_arrived
        assert self.phone_arrived
        assert self.contact(ADA)["jobtitle"] == self.title
        assert self.lead["Phone"] == self.phone
        doubled = {field: times for field, times in self.fields_written(after).items() if times > 1}
        assert doubled == {}
        assert len(self.world.salesforce.records("Lead")) == 1
        assert len(self.world.hubspot.records("contacts")) == 1
        assert len(self.world.salesforce.records("Task")) == 1

    def fields_written(self, after: int = 0) -> Counter[tuple[str, str, str]]:
        """How often the bridge wrote each field."""
        return Counter((one.side, one.id, one.field) for one in self.written(after))

    def assert_quiet(self) -> None:
        """A further look writes nothing, and nothing is open."""
        before = len(self.world.log)
        self.settle()
        assert self.written(before) == []
        assert self.problems() == []

    def canaries(self) -> tuple[set[str], set[str]]:
        """Secrets that must stand nowhere, and words about people that no log may hold."""
        settings = self.world.settings()
        secrets = {value for name, value in settings.items() if name.endswith(("_TOKEN", "_SECRET"))}
        sessions = set(self.world.salesforce._sessions._open)
        return secrets | sessions, {ADA, "Lind", "Nordwind", "Head of Engine", "40 99 88", "409988"}

    def is_fresh(self) -> bool:
        """Nothing is left of what happened before, and no deadline is near."""
        self.world.faults.clear()
        self.world.faults.struck.clear()
        for wire in self.world.wires.values():
            wire.before = None
        before = len(self.world.log)
        self.settle()
        return (
            self.population == self.settled
            and self.clock.now() < MORNING + _FRESH
            and self.written(before) == []
            and self.problems() == []
            and self.daemon.trouble is None
        )

    @property
    def population(self) -> Counter[str]:
        """How many records of each kind that the questions ask for stand in the two systems."""
        salesforce = {kind: len(self.world.salesforce.records(kind)) for kind in ("Lead", "Contact", "Task")}
        return Counter(salesforce | {"contacts": len(self.world.hubspot.records("contacts"))})

    def cursors(self) -> dict[tuple[str, str], Any]:
        """How far each polled kind was read."""
        kinds = {"hubspot": ("contact", "company", "deal"), "salesforce": ("lead", "contact", "account")}
        return {
            (side, kind): self.bridge.store.cursor(side, kind)  # type: ignore[arg-type]
            for side, some in kinds.items()
            for kind in some
        }


@contextmanager
def struck(
    folder: Path, *, people: int = 0, at: datetime = MORNING, zone: str = "Europe/Berlin"
) -> Iterator[Struck]:
    """A town in process; Ada is in Sam's hands, unless others live there."""
    with town(folder, people=people, at=at, in_process=True) as made:
        here = Struck(made.world, made.clock, folder)
        rules = here.config / "bridge.yaml"
        rules.write_text(rules.read_text("utf-8").replace("Europe/Berlin", zone), "utf-8")
        try:
            if people:
                here.run()
                here.settle()
                here.settle()
            else:
                here.meet()
            here.settled = here.population
            yield here
        finally:
            here.stop()

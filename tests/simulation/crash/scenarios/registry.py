"""Small lives in which a process may die anywhere; each name is a sentence.

A scenario prepares a town up to its first `yield`; from there on, points are numbered. At each later one the
bridge works to rest. What is yielded may be a call that the bridge's process makes first (its own start), a
`Command` of ops, or `Meanwhile`: what people do once the bridge rests, or, if its process died, before the next one starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.scenarios.town import SAM
from tests.simulation.crash.place import Place

ADA: Final = "ada.lind@nordwind.example"
BEN: Final = "ben.okafor@sunrise.example"
CLEO: Final = "cleo.ruiz@fjord.example"


@dataclass(frozen=True)
class Meanwhile:
    """What people do while nobody looks."""

    act: Callable[[], object]


@dataclass(frozen=True)
class Command:
    """What ops tell the bridge; where its process dies before it came back, they tell it again."""

    act: Callable[[], object]

    def __call__(self) -> None:
        """Do it."""
        self.act()


Step = Callable[[], object] | Meanwhile | None
Scenario = Callable[[Place], Iterator[Step]]
SCENARIOS: dict[str, Scenario] = {}


def scenario(live: Scenario) -> Scenario:
    """One of the scenarios, by its name as a sentence."""
    SCENARIOS[live.__name__.replace("_", " ")] = live
    return live


def asks(here: Place, email: str = ADA, first: str = "Ada", **more: str) -> str:
    """Somebody asks for a call in a form; Sam is the owner."""
    told = {
        "firstname": first, "lastname": "Lind", "company": "Nordwind AB", "country": "Sweden",
        "hubspot_owner_id": here.owner(SAM), **more,
    }  # fmt: skip
    return here.world.hubspot.submit_form(email, "Request a call", told, here.clock.now())


def lead(here: Place, email: str = ADA) -> dict[str, Any]:
    """The lead with this address."""
    return here.sales("Lead", email)


def handed_over(here: Place, email: str = ADA, first: str = "Ada") -> None:
    """Somebody asked and is Sam's lead by now; an hour passes."""
    asks(here, email, first)
    here.rest()
    here.clock.advance(3600)


def converted(here: Place, email: str = ADA, first: str = "Ada", **how: Any) -> str:
    """Somebody is an Account, a Contact and an Opportunity by now; the Opportunity's id."""
    handed_over(here, email, first)
    found = here.world.salesforce.convert_lead(
        lead(here, email)["Id"], here.user(SAM), here.clock.now(), "First order", **how
    )
    here.rest()
    here.clock.advance(3600)
    return found[2]


def running(here: Place) -> None:
    """A bridge has been live for some minutes."""
    here.run()
    here.rest()

"""The turns of one batch: each person is planned with whose turn it is, and what was given counts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from connectors.records import Ref
from mappings.documents.reading import Mistake
from mappings.owners import Giving, users_of
from sync.model import Facts, Plan, Problem, Remember
from sync.plan import Terms
from sync.store import Store

HANDED_OVER: Final = "handed_over"
UNKNOWN: Final = "owner_unknown"
_RULES: Final = Ref("salesforce", "owners", "bridge.yaml")


class Turns:
    """Whose turn it is in this batch, by the owner rules."""

    def __init__(self, giving: Giving) -> None:
        self._begun = self._giving = giving

    def offered(self, facts: Facts) -> Facts:
        """The facts with whom this person is given to, if one is handed over now."""
        contact = facts.hubspot
        if contact is None:
            return facts
        return replace(facts, offered=self._giving.offered(contact.values))

    def take(self, plan: Plan) -> None:
        """Count the hand-off that *plan* makes."""
        owner = given_to(plan)
        if owner is not None:
            self._giving = self._giving.after(owner)

    def after(self, plans: Sequence[Plan]) -> Turns:
        """The turns as they were, once these plans and no others were made."""
        turns = Turns(self._begun)
        for plan in plans:
            turns.take(plan)
        return turns


def turns_of(store: Store, terms: Terms, now: datetime) -> Turns | None:
    """The turns as they stand; None, and nobody asks the store, where no rule has anybody to give to."""
    rules, lifecycle = terms.agreement.bridge.owners.rules, terms.agreement.lifecycle
    users = users_of(rules, terms.directory)
    if not users:
        return None
    open_stages = [name for name in lifecycle.stages if lifecycle.stage(name).is_open_for_sales]
    return Turns(Giving(rules, terms.directory, lifecycle.hours, now, store.loads(users, open_stages)))


def in_turn(
    found: Sequence[Facts], turns: Turns, plan: Callable[[Facts], Plan], counts: Callable[[Facts, Plan], bool]
) -> list[Plan]:
    """One plan each, made in the order of the links, so that the store knows later whose turn was the last."""
    places = sorted(range(len(found)), key=lambda place: _number(found[place]))
    plans: dict[int, Plan] = {}
    for place in places:
        facts = turns.offered(found[place])
        plans[place] = plan(facts)
        if counts(facts, plans[place]):
            turns.take(plans[place])
    return [plans[place] for place in range(len(found))]


def _number(facts: Facts) -> tuple[bool, int]:
    """People who are new to the store are numbered after all others, in their order."""
    return (facts.link.id is None, facts.link.id or 0)


def given_to(plan: Plan) -> str | None:
    """The owner of the hand-off that *plan* makes; None where it makes none."""
    for one in plan.effects:
        if not isinstance(one, Remember) or one.standing is None or one.standing.stage != HANDED_OVER:
            continue
        before = one.stood.handed_over_at if one.stood is not None else None
        return one.standing.owner if one.standing.handed_over_at != before else None
    return None


def say_unknown(store: Store, findings: Sequence[Mistake], now: datetime) -> None:
    """One problem says whom bridge.yaml names in vain; it is over once everybody is known."""
    if not findings:
        store.close_problems(_RULES, at=now)
        return
    remedy = "mend the names in bridge.yaml, or make the user active, or the queue, in Salesforce"
    said = " ".join(f"{one.file}:{one.line}: {one.text}" for one in findings)
    text = f"nothing is given to whom the org does not know. {said}"
    store.open_problems([Problem(UNKNOWN, _RULES, text, remedy)], now)

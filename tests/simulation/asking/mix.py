"""What one seed of requests is about: how often the bridge looks, by which rules, among which people."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from tests.simulation.swarm import BERLIN, Swarm

POLLS: Final = ("10s", "60s", "900s")
FAULTS: Final = (
    "cut_after",
    "cut_before",
    "late_commit",
    "unavailable",
    "too_many",
    "server_error",
    "locked",
)
# The policy for illegal requests, what `lifecyclestage` does, who is given hand-offs; by how often.
TERMS: Final = {
    "shipped": 5, "shipped+follow": 4, "shipped+turns": 3, "shipped+falls_back": 3, "shipped+follow+fewest": 3,
    "shipped+follow+turns": 2, "flags": 2, "flags+follow+turns": 2, "accepts": 1, "accepts+follow+falls_back": 1,
}  # fmt: skip
_DAYS: Final = ("2026-11-23", "2026-11-27", "2026-10-23", "2027-03-26", "2026-12-30")
_GAPS_S: Final = (2.0, 20.0, 100.0, 400.0, 3600.0, 9 * 3600.0)


@dataclass(frozen=True, slots=True)
class Mix:
    """One history of requests.

    *poll* is one of the `POLLS`, *other_poll* that of a second life of the same script ("" for none).
    *is_held* says whether validation rules let sellers make legal moves only, *has_history* whether HubSpot keeps
    more than the newest value of a property; *gaps_s* are the pauses between two deeds in seconds, *share_legal*
    how many requests are moves that the lifecycle has.
    """

    swarm: Swarm
    poll: str
    other_poll: str
    terms: str
    is_held: bool
    has_history: bool
    gaps_s: tuple[float, ...]
    share_legal: float
    meddling: float
    deaths: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_twice(self) -> bool:
        """Whether the script is played again with another poll."""
        return bool(self.other_poll)

    @property
    def is_exact(self) -> bool:
        """Whether no step of anybody is lost between two looks, so that the end is the same however often one looks."""
        return self.swarm.own_fields and self.is_held and self.has_history

    def polled(self, poll: str) -> Mix:
        """The same with another poll."""
        config = config_of(self.terms, poll, is_held=self.is_held)
        return replace(self, poll=poll, swarm=replace(self.swarm, config=config))


def config_of(terms: str, poll: str, *, is_held: bool = True) -> str:
    """The name of the config with these terms and this poll; nothing is swept, what is missed stays missed."""
    return f"{terms}+unswept+{poll}" if is_held else f"{terms}+unswept+{poll}+unheld"


def draw(seed: int) -> Mix:
    """The mix of *seed*: the same in every process, for ever."""
    chance = random.Random(f"requests {seed}")
    twice = chance.random() < 0.4
    own_fields = chance.random() < (0.9 if twice else 0.75)
    has_history = chance.random() < (0.9 if twice else 0.75)
    mix = Mix(
        swarm=_swarm(seed, chance, twice=twice, own_fields=own_fields, has_history=has_history),
        poll="",
        other_poll="",
        terms=chance.choices(tuple(TERMS), tuple(TERMS.values()))[0],
        is_held=own_fields and chance.random() < (0.9 if twice else 0.5),
        has_history=has_history,
        gaps_s=tuple(chance.sample(_GAPS_S, chance.randint(1, 3))),
        share_legal=chance.choice((0.5, 0.8, 0.95)),
        meddling=0.0 if twice else chance.choice((0.0, 0.0, 0.3)),
        deaths={} if twice or chance.random() < 0.8 else {chance.randint(0, 3): chance.randint(1, 50)},
    )
    first, second = chance.sample(("10s", "900s"), 2) if twice else (chance.choice(POLLS), "")
    return replace(mix.polled(first), other_poll=second)


def _swarm(seed: int, chance: random.Random, *, twice: bool, own_fields: bool, has_history: bool) -> Swarm:
    day = datetime.fromisoformat(chance.choice(_DAYS)).replace(tzinfo=BERLIN)
    hubspot: dict[str, Any] = {} if has_history else {"history_kept_contacts": 1}
    if chance.random() < 0.4:
        hubspot["backward_stage"] = chance.choice(("accept", "refuse"))
    if chance.random() < 0.3:
        hubspot["search_lag_ms"] = chance.choice((3_000, 20_000))
    if chance.random() < 0.2:
        hubspot["deals_move_stages"] = True
    lags = chance.random() < 0.3
    return Swarm(
        seed=seed,
        config="",
        starts_at=day + timedelta(seconds=chance.randint(7 * 3600, 15 * 3600), milliseconds=chance.randint(0, 999)),
        people=0,
        edits=chance.randint(4, 9),
        rounds=0,
        hurry=0.0,
        meddling=0.0,
        faults={} if twice or chance.random() < 0.8 else {chance.choice(FAULTS): 0.05},
        hubspot=hubspot,
        salesforce={"query_lag_ms": chance.choice((1_000, 3_000))} if lags else {},
        own_fields=own_fields,
    )  # fmt: skip

"""What one seed is about: its own mix of faults, switches, config, people and deaths.

Not every kind of trouble at once: where some are missing, the others reach further
(swarm testing, https://users.cs.utah.edu/~regehr/papers/swarm12.pdf).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.records import Side
from tests.simulation.configs import CONFIGS

BERLIN: Final = ZoneInfo("Europe/Berlin")

# Faults that any of a bridge's calls may meet. Not here: bodies of many megabytes (costly, each has a test of
# its own) and answers that are well formed and untrue, which no client can tell from true ones.
FAULTS: Final = (
    "refused", "dns", "tls", "cut_before", "cut_after", "silence", "silence_after", "late_commit",
    "late_commit_504", "cut_body", "too_many", "daily_limit", "search_limit", "expired", "locked", "moving",
    "server_error", "bad_gateway", "unavailable", "gateway_timeout", "redirect", "html", "new_error",
    "gateway_timeout_after", "bad_gateway_after", "truncated", "empty", "null_results", "wrong_type", "bad_gzip",
    "shuffled", "extra_fields",
)  # fmt: skip
OUTAGES: Final = ("unavailable", "too_many")
_RARE: Final = frozenset({"daily_limit", "redirect", "tls", "dns", "expired", "moving"})

_HUBSPOT: Final[Mapping[str, tuple[Any, ...]]] = {
    "search_lag_ms": (5_000, 20_000, 60_000),
    "search_remembers": (False,),
    "companies_from_addresses": (True,),
    "companies_move_contacts": (True,),
    "deals_move_stages": (True,),
    "backward_stage": ("accept", "refuse"),
    "batch_order": ("reversed", "by_id"),
    "bad_value_fails_batch": (False,),
    "echoes_trace_ids": (True,),
    "merged_id_in_update": ("survivor",),
    "merge_makes_new_record": (False,),
    "merged_id_is_found": (False,),
    "lowercases_addresses": (False,),
    "clear_takes_stamps": (False,),
    "first_company_is_primary": (False,),
    "lists_lag": (True,),
    "null_clears": (True,),
    "address_conflict_on_update": ("400",),
}
_SALESFORCE: Final[Mapping[str, tuple[Any, ...]]] = {
    "query_lag_ms": (1_000, 3_000),
    "trimmed_ends": ("trailing", "none"),
    "lowered_emails": (False,),
    "line_ends": ("CRLF", "given"),
    "edit_converted_leads": (True,),
    "repeated_key": ("later",),
    "map_custom_fields": (False,),
    "reparenting": ("edit",),
    "deleted_row_status": (400,),
    "locked_row_status": (409,),
    "session_minutes": (15,),
    "activities_go_along": (False,),
}
# From this seed on a history has terms of its own besides its config; the ones before it stay as they are.
WITH_TERMS: Final = 40_000
_TERMS: Final = ("follow", "turns", "fewest", "falls_back", "follow+turns", "follow+falls_back")
_DAYS: Final = ("2026-11-23", "2026-11-27", "2026-10-23", "2027-03-26", "2026-12-31", "2028-02-28")


@dataclass(frozen=True, slots=True)
class Swarm:
    """What is drawn from a seed before anybody acts.

    *faults* are rates by name; *outages* say in which round a side takes no write at all, *clashes*
    in which of them two people give one field two values; *deaths*, *restarts* and *losses* say after
    which of the *rounds* they come;
    *hurry* is the longest pause of people in seconds, *meddling* the share of edits that fall into a pass.
    """

    seed: int
    config: str
    starts_at: datetime
    people: int
    edits: int
    rounds: int
    hurry: float
    meddling: float
    faults: Mapping[str, float] = field(default_factory=dict)
    hubspot: Mapping[str, Any] = field(default_factory=dict)
    salesforce: Mapping[str, Any] = field(default_factory=dict)
    deaths: tuple[int, ...] = ()
    restarts: tuple[int, ...] = ()
    losses: tuple[int, ...] = ()
    outages: Mapping[int, tuple[Side, str]] = field(default_factory=dict)
    clashes: tuple[int, ...] = ()
    own_fields: bool = True


def draw(seed: int) -> Swarm:
    """The mix of *seed*: the same in every process, for ever."""
    chance = random.Random(f"swarm {seed}")
    rounds = chance.randint(15, 22)
    day = datetime.fromisoformat(chance.choice(_DAYS)).replace(tzinfo=BERLIN)
    return Swarm(
        seed=seed,
        config=_config(seed, chance),
        starts_at=day + timedelta(seconds=chance.randint(7 * 3600, 16 * 3600), milliseconds=chance.randint(0, 999)),
        people=chance.randint(6, 12),
        edits=chance.randint(30, 60),
        rounds=rounds,
        hurry=chance.choice((5.0, 60.0, 600.0, 7200.0)),
        meddling=chance.choice((0.0, 0.2, 0.5)),
        faults=_faults(chance),
        hubspot=_switched(chance, _HUBSPOT),
        salesforce=_switched(chance, _SALESFORCE),
        deaths=_moments(chance, rounds, 0.3, 3),
        restarts=_moments(chance, rounds, 0.2, 2),
        losses=_moments(chance, rounds, 0.04, 1),
        outages=_outages(random.Random(f"outages {seed}"), rounds),
        clashes=_moments(random.Random(f"clashes {seed}"), rounds, 1 / 7, 5),
    )  # fmt: skip


def _config(seed: int, chance: random.Random) -> str:
    name = chance.choice(tuple(CONFIGS)) if chance.random() < 0.7 else "shipped"
    terms = random.Random(f"terms {seed}")
    if seed < WITH_TERMS or name == "queue" or terms.random() < 0.2:
        return name
    return f"{name}+{terms.choice(_TERMS)}"


def _faults(chance: random.Random) -> dict[str, float]:
    """Nothing in a quarter of the seeds, one kind only in a quarter, else some of them."""
    kind = chance.random()
    if kind < 0.25:
        return {}
    names = [chance.choice(FAULTS)] if kind < 0.5 else chance.sample(FAULTS, chance.randint(2, 8))
    total = chance.choice((0.03, 0.06, 0.12))
    return {name: total / len(names) * (0.2 if name in _RARE else 1.0) for name in names}


def _outages(chance: random.Random, rounds: int) -> dict[int, tuple[Side, str]]:
    """In a seventh of the seeds one side answers reads only, for some rounds: no further try of a call helps."""
    if chance.random() >= 1 / 7:
        return {}
    begins, lasts = chance.randint(2, rounds - 4), chance.randint(2, 4)
    out: tuple[Side, str] = (chance.choice(("hubspot", "salesforce")), chance.choice(OUTAGES))
    return dict.fromkeys(range(begins, begins + lasts), out)


def _switched(chance: random.Random, switches: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    share = chance.choice((0.0, 0.1, 0.3))
    return {name: chance.choice(values) for name, values in switches.items() if chance.random() < share}


def _moments(chance: random.Random, rounds: int, share: float, most: int) -> tuple[int, ...]:
    """In *share* of the seeds up to *most* rounds, else none."""
    if chance.random() >= share:
        return ()
    return tuple(sorted(chance.sample(range(1, rounds), chance.randint(1, most))))

"""The words that flow along the road of one change.

Pure: frozen values, no behaviour but their own sentence. Stations: knock →
gather → plan → record → apply → remember → echo (see `sync.engine`).
"""

from sync.model.entries import Decision, Entry, Rewrites
from sync.model.facts import Facts, Sent
from sync.model.known import OURS, Agreed, Base, Hidden, Knock, Lane, Link, Pair, Setback, Tombstone
from sync.model.planned import Ask, Bury, Difference, Effect, Plan, Put, Remember, Unbury
from sync.model.waiting import EVERYTHING, Brake, Problem

__all__ = [
    "EVERYTHING",
    "OURS",
    "Agreed",
    "Ask",
    "Base",
    "Brake",
    "Bury",
    "Decision",
    "Difference",
    "Effect",
    "Entry",
    "Facts",
    "Hidden",
    "Knock",
    "Lane",
    "Link",
    "Pair",
    "Plan",
    "Problem",
    "Put",
    "Remember",
    "Rewrites",
    "Sent",
    "Setback",
    "Tombstone",
    "Unbury",
]

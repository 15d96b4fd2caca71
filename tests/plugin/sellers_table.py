"""What sellers may save, written down a second time: by hand, from the table of moves, and from no code of ours.

It is for the shipped lifecycle alone. A mistake that the rules and the state machine share is found by it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from plugin.proof import Edge, Given

# from → to, for every row of the table that has S under "who"
MOVES: Final = {
    "start": ("working",),
    "new": ("working",),
    "nurturing": ("working",),
    "recycled": ("working",),
    "handed_over": ("accepted", "rejected"),
    "accepted": ("working", "opportunity", "rejected"),
    "working": ("opportunity", "rejected", "recycled"),
    "opportunity": ("working",),
}
# The stages in which sales gives a person back, and says why.
GIVEN_BACK: Final = ("rejected", "recycled")
SPEAKS_FOR_ITSELF_NOT: Final = "other"


def judge(object_: str, edge: Edge) -> Callable[[Given], bool]:
    """Whether a save is legal by what is given, as the table and the words under it say."""
    if edge.who == "bridge":
        return _always
    if edge.prior is not None and edge.prior == edge.next:
        return partial(_stays, object_, edge.next)
    if object_ == "Contact" and not edge.prior:
        return _always  # made or filled by a conversion, which nothing may stop
    if not edge.prior and not edge.next:
        return _always
    if edge.next not in MOVES.get(edge.prior or "start", ()):
        return _never
    return _given_back if edge.next in GIVEN_BACK else _always


def _always(_: Given) -> bool:
    return True


def _never(_: Given) -> bool:
    return False


def _given_back(given: Given) -> bool:
    """A reason, and for the one that says nothing by itself a comment."""
    if given.reason == "":
        return False
    return given.reason != SPEAKS_FOR_ITSELF_NOT or given.comment != ""


def _stays(object_: str, stage: str, given: Given) -> bool:
    """Who was given back on a Lead keeps the reason, and its comment; what nobody touched is nobody's fault now."""
    if object_ == "Contact" or stage not in GIVEN_BACK:
        return True
    if given.reason == "":
        return given.prior_reason == ""
    if given.reason != SPEAKS_FOR_ITSELF_NOT or given.comment != "":
        return True
    return given.prior_reason == SPEAKS_FOR_ITSELF_NOT and given.prior_comment == ""

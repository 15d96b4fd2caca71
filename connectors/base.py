"""The one interface of both vendors; it knows no rule of the bridge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from connectors.budget import Allowance
from connectors.records import Fate, Find, Page, Receipt, Record, Schema, Side, Watch, Write


class Connector(Protocol):
    """Reads and writes one vendor in batches.

    Reading calls raise a `ConnectorError`; `write` never does: each row gets a
    receipt. Every call on the wire is counted in `calls` under its purpose:
    ``sign_in describe poll backfill gather find write read_back``.
    """

    side: Side

    @property
    def calls(self) -> Mapping[str, int]:
        """Calls on the wire so far, by purpose."""

    def before_write(self, act: Callable[[], None]) -> None:
        """Call *act* before each writing call leaves; what it raises keeps the call from leaving, and comes out of `write`."""

    @property
    def allowance(self) -> Allowance | None:
        """What the vendor last said of the day's quota, if it did."""

    def whoami(self) -> str | None:
        """The user id that this connector's own writes carry, where the vendor tells."""

    def describe(self, kinds: Sequence[str]) -> dict[str, Schema]:
        """The fields of these kinds as the signed-in user sees them."""

    def changes(self, watches: Sequence[Watch]) -> list[Page]:
        """One page a watch: records whose (modified, id) is at or after its cursor, in that order.

        Where the vendor shows what was deleted or merged, these rows come too, with their fate.
        """

    def everything(self, kind: str, fields: Sequence[str], after: str = "") -> Page:
        """A page of all records of *kind*, ordered by id, after the id *after*; `next.id` goes on."""

    def fetch(
        self, kind: str, ids: Sequence[str], fields: Sequence[str], *, history: Sequence[str] = ()
    ) -> list[Record]:
        """The records with these ids as they are now, in any order; unknown ids are left out."""

    def fates(self, kind: str, ids: Sequence[str]) -> list[Fate]:
        """What became of those of these records that were deleted or merged; living and unknown ones are left out."""

    def deleted(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> list[Record]:
        """Those of these records that lie in the recycle bin, with the values they had at their end; others are left out."""

    def find(self, finds: Sequence[Find]) -> list[list[Record]]:
        """For each question all records that answer it."""

    def joined(self, kind: str, other: str, ids: Sequence[str]) -> dict[str, set[str]]:
        """By id of *kind*, the ids of *other* it is associated with; a side without associations knows none."""

    def write(self, writes: Sequence[Write], *, read_back: Mapping[str, Sequence[str]]) -> list[Receipt]:
        """Carry out *writes* in batches; one receipt each, in the same order.

        A done receipt's record shows the fields named for its kind in *read_back*
        (and those written) as they stand after the write.
        """

    def close(self) -> None:
        """Let go of connections."""

"""Facts about the bridge that are single values, and the numbering of passes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from connectors.records import Ref
from sync.store.columns import moment, ref, stamp
from sync.store.database import Shelf
from sync.store.tables import FACTS

_BEGAN: Final = "pass_began_at"
# One fact.
_FACT: Final = select(FACTS.c.value).where(
    FACTS.c.bridge == bindparam("bridge"), FACTS.c.key == bindparam("key")
)
_WORD: Final = "last_word"
_RECOVERED: Final = "recovered"


class BridgeFacts(Shelf):
    """Keeps single values by name."""

    def fact(self, key: str) -> str | None:
        """What stands under *key*."""
        with self.database.reading() as connection:
            return connection.execute(_FACT, {"bridge": self.bridge, "key": key}).scalar()

    def set_fact(self, key: str, value: str) -> None:
        """Let *value* stand under *key*."""
        with self.database.writing() as connection:
            # One fact, new or changed.
            self._upsert(connection, FACTS, [{"bridge": self.bridge, "key": key, "value": value}])

    def say_word(self) -> None:
        """Note that a person said a word about a record; a pass that runs hears of it."""
        with self.database.writing() as connection:
            self.set_fact(_WORD, str(self._reserve(connection, "word", 1)))

    def last_word(self) -> str | None:
        """The number of the word that was said last."""
        return self.fact(_WORD)

    def recovered(self) -> frozenset[Ref]:
        """Whose writes were let go by the brakes and then lost their answer, since that was last forgotten."""
        return frozenset(ref(text) for text in json.loads(self.fact(_RECOVERED) or "[]"))

    def add_recovered(self, refs: Iterable[Ref]) -> None:
        """Keep *refs* with those that are known already."""
        self.set_fact(_RECOVERED, json.dumps(sorted(map(str, {*self.recovered(), *refs}))))

    def forget_recovered(self) -> None:
        """What was let go before counts no more."""
        if self.fact(_RECOVERED):
            self.set_fact(_RECOVERED, "")

    def next_pass(self, now: datetime) -> int:
        """The number of the pass that begins *now*: one more than the last, for ever."""
        with self.database.writing() as connection:
            number = self._reserve(connection, "pass", 1)
            self.set_fact(_BEGAN, str(stamp(now)))
        return number

    def pass_began_at(self) -> datetime | None:
        """When the newest pass began; None before the first."""
        said = self.fact(_BEGAN)
        return moment(int(said)) if said is not None else None

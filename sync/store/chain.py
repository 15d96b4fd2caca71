"""The chain of the ledger: what makes a changed, missing or moved entry show.

Everything of an entry that may be personal goes into a salted *digest*; its *link* is a
keyed hash over the rest, the digest and the link before it. So an entry's words can be
erased with their salt, and the chain still verifies; only who has the key can make a link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Final

import msgspec

SIZE: Final = 16
START: Final = bytes(SIZE)
PERSONAL: Final = ("subject", "counterpart", "why", "by", "blob")
PLAIN: Final = (
    "bridge", "seq", "pass_id", "kind", "what", "field", "side", "rule", "cause", "occurred_at", "observed_at",
)  # fmt: skip
Row = Mapping[str, Any]


class Chain:
    """Makes and judges links; *salts* gives that many random bytes."""

    def __init__(self, key: bytes, salts: Callable[[int], bytes]) -> None:
        self._key = blake2b(key, digest_size=32).digest()
        self._salts = salts
        self.name = blake2b(b"name of the key", digest_size=8, key=self._key).hexdigest()

    def extend(self, rows: Iterable[dict[str, Any]], head: bytes) -> list[dict[str, Any]]:
        """These entries in order with salt, digest and link, the first after the link *head*."""
        rows = list(rows)
        salts = self._salts(SIZE * len(rows))
        for place, row in enumerate(rows):
            row["salt"] = salts[place * SIZE : (place + 1) * SIZE]
            row["digest"] = self.digest(row)
            row["link"] = head = self.link(row, head)
        return rows

    def digest(self, row: Row) -> bytes:
        """The salted digest of what may be personal in *row*."""
        said = _encode(_personal(row))
        return blake2b(said, digest_size=SIZE, salt=row["salt"]).digest()

    def link(self, row: Row, head: bytes) -> bytes:
        """The link of *row*, directly after the link *head*."""
        said = _encode((head, row["digest"], _plain(row)))
        return blake2b(said, digest_size=SIZE, key=self._key).digest()

    def mark(self, row: Row) -> bytes:
        """What stands in place of the salt of an entry whose words were erased: only the key makes it."""
        said = _encode(("erased", row["seq"], row["digest"]))
        return blake2b(said, digest_size=SIZE, key=self._key).digest()

    def pseudonym(self, said: str) -> str:
        """A keyed hash by which *said* is recognised and never read."""
        return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=SIZE, key=self._key).hexdigest()

    def is_whole(self, row: Row) -> bool:
        """What may be personal in *row* is as it was entered, or was erased by us."""
        if row["blob"] is None and row["why"] == "" and row["by"] is None and row["salt"] == self.mark(row):
            return True
        salt = row["salt"]
        return salt is not None and len(salt) == SIZE and self.digest(row) == row["digest"]


_personal, _plain = itemgetter(*PERSONAL), itemgetter(*PLAIN)
_encode = msgspec.msgpack.Encoder().encode

"""Erase a person: every row that is theirs goes, and every word elsewhere that names them.

The ledger keeps that something happened, not to whom: words and salt go, the digest stays,
so the chain still verifies. Keyed hashes stay behind, by which the person is known again
and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, or_, select, update

from connectors.records import Record, Ref
from sync.model import Decision, Plan
from sync.store.chain import Chain
from sync.store.columns import chunks, stamp
from sync.store.recording import Recording
from sync.store.tables import (
    BASES,
    DIFFERENCES,
    ERASED,
    FACTS,
    INBOX,
    LEDGER,
    LINKS,
    OUTBOX,
    PROBLEMS,
    SETBACKS,
    STANDINGS,
    TOMBSTONES,
)

_MANY: Final = 2000
_ID_CHARACTERS: Final = 15
# The hashes of everybody who was erased.
_MARKS: Final = select(ERASED.c.mark).where(ERASED.c.bridge == bindparam("bridge"))


class Erasure(NamedTuple):
    """What an erasure took away, in figures."""

    links: int
    entries: int
    writes: int
    problems: int


class Erased:
    """Those who were erased: says whether a record or an e-mail is one of theirs."""

    def __init__(self, marks: frozenset[str], chain: Chain) -> None:
        self._marks = marks
        self._chain = chain

    def __bool__(self) -> bool:
        return bool(self._marks)

    def knows(self, ref: Ref | None) -> bool:
        """*ref* is a record of somebody who was erased."""
        return ref is not None and bool(self._marks) and mark_of(self._chain, ref) in self._marks

    def is_of(self, record: Record | None) -> bool:
        """*record* belongs to somebody who was erased, by its id or by an e-mail it shows."""
        if record is None or not self._marks:
            return False
        return self.knows(record.ref) or any(
            mark_of(self._chain, email) in self._marks for email in emails_of(record)
        )


def emails_of(record: Record) -> list[str]:
    """Every e-mail address that a person's record shows."""
    shown = [record.values.get("email"), record.values.get("Email")]
    shown += str(record.values.get("hs_additional_emails") or "").split(";")
    return [str(one).strip().lower() for one in shown if one and str(one).strip()]


def mark_of(chain: Chain, known_by: Ref | str) -> str:
    """The keyed hash of a record's key, or of an e-mail address."""
    if isinstance(known_by, Ref):
        return chain.pseudonym(f"ref:{known_by}")
    return chain.pseudonym(f"email:{known_by.strip().lower()}")


class Erasing(Recording):
    """Erases, and answers who was erased."""

    _erased: Erased | None = None

    def erased(self) -> Erased:
        """Who was erased, as it was known when the pass began."""
        if self._erased is None:
            with self.database.reading() as connection:
                marks = connection.execute(_MARKS, {"bridge": self.bridge})
                self._erased = Erased(frozenset(marks.scalars()), self.chain)
        return self._erased

    def look_again_who_was_erased(self) -> None:
        """Another process may have erased somebody since."""
        self._erased = None

    def lift(self, email: str) -> int:
        """Let in again whoever was erased under *email*; how many hashes were forgotten."""
        self._erased = None
        theirs = select(ERASED.c.person).where(
            ERASED.c.bridge == self.bridge, ERASED.c.mark == mark_of(self.chain, email)
        )
        with self.database.writing() as connection:
            # Everything that this person is known by.
            found = connection.execute(
                delete(ERASED).where(ERASED.c.bridge == self.bridge, ERASED.c.person.in_(theirs))
            )
        return found.rowcount

    def mentioned(self, emails: Iterable[str]) -> set[Ref]:
        """The people whose base names one of these addresses, with both their records."""
        words = _words((), emails)
        found: set[int] = set()
        for link, blob in self._all(BASES, BASES.c.link, BASES.c.blob):
            if words.search(blob):
                found.add(link)
        return {ref for number in found for ref in self._people(number)}

    def linked_once(self, refs: Iterable[Ref]) -> set[Ref]:
        """Records that the ledger says these were ever linked with."""
        moved = self.entries(refs, 10_000, what=("linked",))
        said = [text for entry in moved for text in (entry.decision.old, entry.decision.new)]
        found = {Ref.parse(text) for text in said if isinstance(text, str) and text.count(":") >= 2}
        return {ref for ref in found if ref.kind in ("lead", "contact")} | {
            entry.counterpart
            for entry in moved
            if entry.counterpart is not None and entry.counterpart.side != "erased"  # type: ignore[comparison-overlap]
        }

    def erase(
        self,
        refs: Sequence[Ref],
        emails: Sequence[str],
        at: datetime,
        on_rows: Callable[[int], None] = lambda _: None,
    ) -> Erasure:
        """Take away all that is stored of the person with these records and addresses, in one transaction."""
        self._erased = None
        person = mark_of(self.chain, emails[0])
        words = _words(refs, emails)
        nobody = Ref("erased", "person", person[:16])  # type: ignore[arg-type]
        with self.database.writing() as connection:
            links = self._forget_links(connection, refs)
            writes = self._forget_rows(connection, OUTBOX, OUTBOX.c.id, refs, words)
            problems = self._forget_rows(connection, PROBLEMS, PROBLEMS.c.id, refs, words)
            self._forget_keys(connection, refs)
            entries = self._forget_words(connection, refs, words, str(nobody), on_rows)
            for table, key, said in (
                (BASES, BASES.c.link, BASES.c.blob),
                (FACTS, FACTS.c.key, FACTS.c.value),
            ):
                self._blot_out(connection, table, key, said, words, str(nobody))
            known: list[Ref | str] = [*refs, *emails]
            marks = {mark_of(self.chain, known_by) for known_by in known}
            rows = [
                {"bridge": self.bridge, "mark": mark, "person": person, "at": stamp(at)}
                for mark in sorted(marks)
            ]
            # What the person is known by from now on.
            self._upsert(connection, ERASED, rows)
            told = Decision("erased", "a person asked to be forgotten", nobody)
            self.record(0, [Plan(nobody, "person", (told,))], at, observed=False)
        return Erasure(links, entries, writes, problems)

    def stay_erased(self, marks: Iterable[tuple[str, str, int]]) -> None:
        """Take over who was erased from a store that this one replaces."""
        self._erased = None
        rows = [
            {"bridge": self.bridge, "mark": mark, "person": person, "at": at} for mark, person, at in marks
        ]
        with self.database.writing() as connection:
            # Who was erased before.
            self._upsert(connection, ERASED, rows)

    def purge(self) -> None:
        """Let nothing that was deleted stay in the file or beside it."""
        if not self.database.is_sqlite:
            return
        self.database.close()
        raw = self.database.engine.raw_connection()
        try:
            for words in ("secure_delete = ON", "wal_checkpoint(TRUNCATE)"):
                raw.execute(f"PRAGMA {words}").close()
            raw.execute("VACUUM").close()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        finally:
            raw.close()
            self.database.engine.dispose()

    # ── table by table ───────────────────────────────────────────────────────

    def _people(self, number: int) -> list[Ref]:
        with self.database.reading() as connection:
            # The two records of one person's link.
            row = connection.execute(
                select(LINKS.c.hubspot, LINKS.c.salesforce).where(
                    LINKS.c.bridge == self.bridge, LINKS.c.id == number, LINKS.c.pair == "person"
                )
            ).first()
        return [Ref.parse(text) for text in row or () if text]

    def _forget_links(self, connection: Connection, refs: Sequence[Ref]) -> int:
        texts = [str(ref) for ref in refs]
        # The links of a person.
        numbers = (
            connection.execute(
                select(LINKS.c.id).where(
                    LINKS.c.bridge == self.bridge,
                    or_(LINKS.c.hubspot.in_(texts), LINKS.c.salesforce.in_(texts)),
                )
            )
            .scalars()
            .all()
        )
        for table, column in ((BASES, BASES.c.link), (STANDINGS, STANDINGS.c.link), (LINKS, LINKS.c.id)):
            # What was known of a person.
            connection.execute(delete(table).where(table.c.bridge == self.bridge, column.in_(numbers)))
        graves = [
            column.in_(texts) for column in (TOMBSTONES.c.ref, TOMBSTONES.c.partner, TOMBSTONES.c.survivor)
        ]
        # The tombstones of a person.
        connection.execute(delete(TOMBSTONES).where(TOMBSTONES.c.bridge == self.bridge, or_(*graves)))
        return len(numbers)

    def _forget_keys(self, connection: Connection, refs: Sequence[Ref]) -> None:
        for table, column in (
            (INBOX, INBOX.c.ref),
            (DIFFERENCES, DIFFERENCES.c.subject),
            (SETBACKS, SETBACKS.c.subject),
        ):
            # Keys of a person that wait, what a sweep found, what was refused.
            connection.execute(
                delete(table).where(table.c.bridge == self.bridge, column.in_([str(ref) for ref in refs]))
            )

    def _forget_rows(
        self,
        connection: Connection,
        table: Table,
        key: ColumnElement[Any],
        refs: Sequence[Ref],
        words: re.Pattern[bytes],
    ) -> int:
        """Rows that are about a person or that name one."""
        said = [column for column in table.columns if column.name in _SAYS]
        mine = {str(ref) for ref in refs}
        gone = [
            row[0]
            for row in self._all(table, key, *said)
            if mine & {one for one in row[1:] if isinstance(one, str)}
            or any(map(words.search, _bytes(row[1:])))
        ]
        for some in chunks(gone):
            # Rows of a person.
            connection.execute(delete(table).where(table.c.bridge == self.bridge, key.in_(some)))
        return len(gone)

    def _forget_words(
        self,
        connection: Connection,
        refs: Sequence[Ref],
        words: re.Pattern[bytes],
        nobody: str,
        on_rows: Callable[[int], None],
    ) -> int:
        mine = {str(ref) for ref in refs}
        changed: list[dict[str, Any]] = []
        asked = (LEDGER.c.seq, LEDGER.c.digest, LEDGER.c.subject, LEDGER.c.counterpart, LEDGER.c.why, LEDGER.c.by, LEDGER.c.blob)  # fmt: skip
        for place, (seq, digest, subject, counterpart, *said) in enumerate(self._all(LEDGER, *asked)):
            if place % _MANY == 0:
                on_rows(_MANY)
            if not mine & {subject, counterpart} and not any(map(words.search, _bytes(said))):
                continue
            changed.append(
                {
                    "at_seq": seq,
                    "new_subject": nobody if subject in mine else subject,
                    "new_counterpart": nobody if counterpart in mine else counterpart,
                    "mark": self.chain.mark({"seq": seq, "digest": digest}),
                }
            )
        if changed:
            # Entries of a person lose their words; number, moment and digest stay.
            connection.execute(
                update(LEDGER)
                .where(LEDGER.c.bridge == self.bridge, LEDGER.c.seq == bindparam("at_seq"))
                .values(
                    subject=bindparam("new_subject"),
                    counterpart=bindparam("new_counterpart"),
                    why="",
                    by=None,
                    blob=None,
                    salt=bindparam("mark"),
                ),
                changed,
            )
        return len(changed)

    def _blot_out(
        self, connection: Connection, table: Table, key: ColumnElement[Any], said: ColumnElement[Any],
        words: re.Pattern[bytes], nobody: str,
    ) -> None:  # fmt: skip
        """A person's keys and addresses in what is stored of others give way to a pseudonym."""
        changed: list[dict[str, Any]] = []
        for name, text in self._all(table, key, said):
            raw = text.encode() if isinstance(text, str) else text
            if words.search(raw):
                blotted = words.sub(lambda found: _blotted(found, nobody), raw)
                changed.append({"of": name, "said": blotted.decode() if isinstance(text, str) else blotted})
        if changed:
            # What is stored of others, without this person.
            connection.execute(
                update(table)
                .where(table.c.bridge == self.bridge, key == bindparam("of"))
                .values({said: bindparam("said")}),
                changed,
            )

    def _all(self, table: Table, *columns: ColumnElement[Any]) -> Iterator[Any]:
        with self.database.reading() as connection:
            # A whole table, page by page.
            found = connection.execute(
                select(*columns).where(table.c.bridge == self.bridge).execution_options(yield_per=_MANY)
            )
            yield from found


_SAYS: Final = frozenset({"subject", "counterpart", "ref_id", "blob", "old", "text", "remedy"})


def _words(refs: Iterable[Ref], emails: Iterable[str]) -> re.Pattern[bytes]:
    """Whatever names a person: keys, ids, addresses."""
    said = [rf"(?<!\w){re.escape(str(ref))}(?!\w)" for ref in refs]
    said += [
        rf"{re.escape(ref.id[:_ID_CHARACTERS])}\w*"
        if ref.side == "salesforce"
        else rf'(?<="){re.escape(ref.id)}(?=")'
        for ref in refs
    ]
    said += [rf"(?<![\w.+-]){re.escape(email)}(?![\w-])" for email in emails]
    return re.compile("|".join(said).encode(), re.IGNORECASE)


def _blotted(found: re.Match[bytes], nobody: str) -> bytes:
    return nobody.encode() if b":" in found.group() or b"@" in found.group() else b"erased"


def _bytes(values: Iterable[Any]) -> Iterator[bytes]:
    for value in values:
        if value is not None:
            yield value.encode("utf-8", "surrogatepass") if isinstance(value, str) else bytes(value)

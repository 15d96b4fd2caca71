"""The tables of the store.

Every key begins with the bridge's name, so that bridges can share a database.
Moments are BIGINT microseconds since 1970 UTC (`columns.stamp`), refs are text
(``hubspot:contact:501``), blobs are JSON. Values that may be personal stand in
blobs of `BASES`, `STANDINGS`, `LEDGER`, `OUTBOX`, and in the words of `PROBLEMS`.
The migrations build these tables; a test compares both.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, func, text

from sync.store.columns import Words

METADATA = MetaData()

# Who may write, and how often that has changed hands.
LEASES = Table(
    "leases",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

# The last number given out, by what is numbered: pass, ledger, link, problem.
COUNTERS = Table(
    "counters",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

FACTS = Table(
    "facts",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# How far a kind was read by polling (at, ref_id), and where its backfill stands (NULL: none runs).
CURSORS = Table(
    "cursors",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", BigInteger),
    Column("ref_id", Text),
    Column("backfill", Text),
)

# Keys that wait; lane is its rank (0 live … 3 sweep), at its first knock, last_at its latest.
INBOX = Table(
    "inbox",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("lane", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Index("inbox_in_lane_order", "bridge", "lane", "at"),
    sqlite_with_rowid=False,
)

LINKS = Table(
    "links",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("pair", Text, nullable=False),
    Column("hubspot", Text),
    Column("salesforce", Text),
    Column("hubspot_at", BigInteger),
    Column("salesforce_at", BigInteger),
    Column("how", Text, nullable=False),
    Column("wakes_at", BigInteger),
    Index("links_one_a_hubspot_record", "bridge", "pair", "hubspot", unique=True),
    Index("links_one_a_salesforce_record", "bridge", "pair", "salesforce", unique=True),
    Index(
        "links_that_wake",
        "bridge",
        "wakes_at",
        sqlite_where=text("wakes_at IS NOT NULL"),
        postgresql_where=text("wakes_at IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

BASES = Table(
    "bases",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("link", BigInteger, primary_key=True, autoincrement=False),
    Column("blob", LargeBinary, nullable=False),
)

# A person's standing; stage, opportunity, owner and handed_over_at are repeated beside the blob to count and find by.
STANDINGS = Table(
    "standings",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("link", BigInteger, primary_key=True, autoincrement=False),
    Column("stage", Text, nullable=False),
    Column("opportunity", Text),
    Column("blob", LargeBinary, nullable=False),
    Column("owner", Text),
    Column("handed_over_at", BigInteger),
    Index("standings_by_stage", "bridge", "stage"),
    Index(
        "standings_by_opportunity",
        "bridge",
        "opportunity",
        sqlite_where=text("opportunity IS NOT NULL"),
        postgresql_where=text("opportunity IS NOT NULL"),
    ),
    Index(
        "standings_by_owner",
        "bridge",
        "owner",
        sqlite_where=text("owner IS NOT NULL"),
        postgresql_where=text("owner IS NOT NULL"),
    ),
)

# Append-only. blob: [old, new, other]. cause: the first entry of the plan that led to a written or refused one.
# salt, digest and link are those of the chain (`chain`); of an erased entry the salt is a mark.
LEDGER = Table(
    "ledger",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("pass_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("counterpart", Text),
    Column("what", Text, nullable=False),
    Column("why", Words, nullable=False),
    Column("field", Text),
    Column("side", Text),
    Column("rule", Text),
    Column("by", Words),
    Column("blob", LargeBinary),
    Column("cause", BigInteger),
    Column("occurred_at", BigInteger),
    Column("observed_at", BigInteger, nullable=False),
    Column("salt", LargeBinary),
    Column("digest", LargeBinary),
    Column("link", LargeBinary),
    Index("ledger_by_pass", "bridge", "pass_id"),
    Index("ledger_by_subject", "bridge", "subject", "seq"),
    Index("ledger_by_counterpart", "bridge", "counterpart", "seq"),
    sqlite_with_rowid=False,
)
Index(
    "ledger_of_moves",
    LEDGER.c.bridge,
    func.coalesce(LEDGER.c.occurred_at, LEDGER.c.observed_at),
    sqlite_where=text("what = 'moved'"),
    postgresql_where=text("what = 'moved'"),
)

# Writes intended (state intended), sent without an answer (unknown), or not sent yet and owed to people (owed);
# settled ones leave. created_at: since when they are in that state. old: what they replace. sent_after: how far their
# kind was polled when they were intended.
OUTBOX = Table(
    "outbox",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("pass_id", BigInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("counterpart", Text),
    Column("side", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("op", Text, nullable=False),
    Column("ref_id", Text),
    Column("blob", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("cause", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("old", LargeBinary),
    Column("sent_after", BigInteger),
)

# Linked records that are gone, and the record of the other side that rests because of it.
TOMBSTONES = Table(
    "tombstones",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("pair", Text, nullable=False),
    Column("partner", Text),
    Column("survivor", Text),
    Column("lifted", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
    Index("tombstones_by_partner", "bridge", "partner"),
)

# What somebody must act on; field is '' for the whole record, closed_at NULL while it is open.
PROBLEMS = Table(
    "problems",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("id", BigInteger, nullable=False),
    Column("text", Words, nullable=False),
    Column("remedy", Words, nullable=False),
    Column("who", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("times", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Index("problems_by_id", "bridge", "id", unique=True),
    Index("problems_by_subject", "bridge", "subject"),
)

# How often in a row a record was refused, or one field of it ('': the whole row); *_at: both sides' stamps then.
SETBACKS = Table(
    "setbacks",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Column("hubspot_at", BigInteger),
    Column("salesforce_at", BigInteger),
    Index("setbacks_by_subject", "bridge", "subject"),
)

# Stops that wait for a person's word; released_at is NULL while they stand.
BRAKES = Table(
    "brakes",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),
    Column("pair", Text),
    Column("records", BigInteger, nullable=False),
    Column("text", Words, nullable=False),
    Column("covers_moves", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("released_at", BigInteger),
)

# Keys that a brake keeps out of the inbox; after its release those whose plan may pass once.
HELD = Table(
    "held",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("brake", BigInteger, nullable=False),
    Index("held_by_brake", "bridge", "brake"),
)

# Calls made to a vendor, by day (ISO date), side and lane.
LANE_CALLS = Table(
    "lane_calls",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("calls", BigInteger, nullable=False),
)

# Calls made to a vendor, by day (ISO date), side and purpose.
CALLS = Table(
    "calls",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("calls", BigInteger, nullable=False),
)

# Who was erased: keyed hashes of everything a person can be known by; person is the hash they share.
ERASED = Table(
    "erased",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("mark", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# What a sweep found to differ: field is a line, or '' for the whole record; reason one word, why in words.
DIFFERENCES = Table(
    "differences",
    METADATA,
    Column("bridge", Text, primary_key=True),
    Column("sweep", BigInteger, primary_key=True, autoincrement=False),
    Column("subject", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("why", Words, nullable=False),
)

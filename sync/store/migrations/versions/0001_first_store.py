"""The first store."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _blob(*, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column("blob", sa.LargeBinary(), nullable=nullable)


def _table(name: str, keys: tuple[str, ...], *columns: sa.Column[Any], is_clustered: bool = False) -> None:
    clustered = {"sqlite_with_rowid": False} if is_clustered else {}
    key = sa.PrimaryKeyConstraint("bridge", *keys)
    op.create_table(name, _text("bridge"), *columns, key, **clustered)


def _index(name: str, table: str, *columns: str, unique: bool = False, where: str | None = None) -> None:
    only: dict[str, Any] = {}
    if where is not None:
        only = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
    op.create_index(name, table, ["bridge", *(_column(column) for column in columns)], unique=unique, **only)


def _column(text: str) -> str | sa.TextClause:
    return sa.text(text) if "(" in text else text


def upgrade() -> None:
    _about_the_bridge()
    _what_is_known()
    _what_happens()


def _about_the_bridge() -> None:
    _table("leases", (), _number("epoch"), _text("holder"), _number("until"))
    _table("counters", ("name",), _text("name"), _number("value"))
    _table("facts", ("key",), _text("key"), _text("value"))
    _table(
        "cursors",
        ("side", "kind"),
        _text("side"),
        _text("kind"),
        _number("at", nullable=True),
        _text("ref_id", nullable=True),
        _text("backfill", nullable=True),
    )
    _table(
        "calls",
        ("day", "side", "purpose"),
        _text("day"),
        _text("side"),
        _text("purpose"),
        _number("calls"),
    )


def _what_is_known() -> None:
    _table(
        "links",
        ("id",),
        _number("id"),
        _text("pair"),
        _text("hubspot", nullable=True),
        _text("salesforce", nullable=True),
        _number("hubspot_at", nullable=True),
        _number("salesforce_at", nullable=True),
        _text("how"),
        _number("wakes_at", nullable=True),
        is_clustered=True,
    )
    _index("links_one_a_hubspot_record", "links", "pair", "hubspot", unique=True)
    _index("links_one_a_salesforce_record", "links", "pair", "salesforce", unique=True)
    _index("links_that_wake", "links", "wakes_at", where="wakes_at IS NOT NULL")
    _table("bases", ("link",), _number("link"), _blob())
    _table(
        "standings",
        ("link",),
        _number("link"),
        _text("stage"),
        _text("opportunity", nullable=True),
        _blob(),
    )
    _index("standings_by_stage", "standings", "stage")
    _index("standings_by_opportunity", "standings", "opportunity", where="opportunity IS NOT NULL")


def _what_happens() -> None:
    _table(
        "inbox",
        ("ref",),
        _text("ref"),
        _small("lane"),
        _small("tries"),
        _number("not_before"),
        _number("at"),
        _number("last_at"),
        is_clustered=True,
    )
    _index("inbox_in_lane_order", "inbox", "lane", "at")
    _ledger()
    _table(
        "outbox",
        ("id",),
        _text("id"),
        _number("pass_id"),
        _number("epoch"),
        _text("subject"),
        _text("counterpart", nullable=True),
        _text("side"),
        _text("kind"),
        _text("op"),
        _text("ref_id", nullable=True),
        _blob(),
        _text("state"),
        _number("cause", nullable=True),
        _number("created_at"),
    )
    _problems()


def _ledger() -> None:
    _table(
        "ledger",
        ("seq",),
        _number("seq"),
        _number("pass_id"),
        _text("kind"),
        _text("subject"),
        _text("counterpart", nullable=True),
        _text("what"),
        _text("why"),
        _text("field", nullable=True),
        _text("side", nullable=True),
        _text("rule", nullable=True),
        _text("by", nullable=True),
        _blob(nullable=True),
        _number("cause", nullable=True),
        _number("occurred_at", nullable=True),
        _number("observed_at"),
        is_clustered=True,
    )
    _index("ledger_by_subject", "ledger", "subject", "seq")
    _index("ledger_by_counterpart", "ledger", "counterpart", "seq")
    _index("ledger_of_moves", "ledger", "coalesce(occurred_at, observed_at)", where="what = 'moved'")


def _problems() -> None:
    _table(
        "problems",
        ("code", "subject", "field"),
        _text("code"),
        _text("subject"),
        _text("field"),
        _number("id"),
        _text("text"),
        _text("remedy"),
        _text("who"),
        _text("state"),
        _number("times"),
        _number("since"),
        _number("last_at"),
        _number("closed_at", nullable=True),
    )
    _index("problems_by_id", "problems", "id", unique=True)
    _index("problems_by_subject", "problems", "subject")

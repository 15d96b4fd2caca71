"""Who owns whom since when, to be counted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("standings", sa.Column("owner", sa.Text()))
    op.add_column("standings", sa.Column("handed_over_at", sa.BigInteger()))
    op.create_index(
        "standings_by_owner",
        "standings",
        ["bridge", "owner"],
        sqlite_where=sa.text("owner IS NOT NULL"),
        postgresql_where=sa.text("owner IS NOT NULL"),
    )
    standings = sa.table("standings", *map(sa.column, ("bridge", "link", "blob", "owner", "handed_over_at")))
    connection = op.get_bind()
    known = connection.execute(sa.select(standings.c.bridge, standings.c.link, standings.c.blob))
    repeated = (
        sa.update(standings)
        .where(standings.c.bridge == sa.bindparam("of"), standings.c.link == sa.bindparam("number"))
        .values(owner=sa.bindparam("owner"), handed_over_at=sa.bindparam("handed_over_at"))
    )
    rows = [_repeated(*row) for row in known.all()]
    for first in range(0, len(rows), _AT_ONCE):
        connection.execute(repeated, rows[first : first + _AT_ONCE])


def _repeated(bridge: str, link: int, blob: bytes) -> dict[str, object]:
    """What the blob says of the owner."""
    said = json.loads(blob)
    at = said.get("handed_over_at")
    stamp = (datetime.fromisoformat(at) - _EPOCH) // timedelta(microseconds=1) if at else None
    return {"of": bridge, "number": link, "owner": said.get("owner"), "handed_over_at": stamp}

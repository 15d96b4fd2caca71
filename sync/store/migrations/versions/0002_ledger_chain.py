"""The ledger's chain, what a write replaces, who was erased, and what a sweep found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from sync.store.chain import START, Chain
from sync.store.columns import chunks
from sync.store.tables import LEDGER

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MANY = 5000


def upgrade() -> None:
    for name in ("salt", "digest", "link"):
        op.add_column("ledger", sa.Column(name, sa.LargeBinary(), nullable=True))
    op.add_column("outbox", sa.Column("old", sa.LargeBinary(), nullable=True))
    op.create_index("ledger_by_pass", "ledger", ["bridge", "pass_id"])
    op.create_table(
        "erased",
        sa.Column("bridge", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bridge", "mark"),
    )
    op.create_table(
        "differences",
        sa.Column("bridge", sa.Text(), nullable=False),
        sa.Column("sweep", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bridge", "sweep", "subject", "field"),
    )
    _chain_what_stands(context.config.attributes["chain"])


def _chain_what_stands(chain: Chain) -> None:
    connection = op.get_bind()
    columns = [column for column in LEDGER.columns if column.name not in ("salt", "digest", "link")]
    for bridge in connection.execute(sa.select(LEDGER.c.bridge).distinct()).scalars().all():
        seqs = connection.execute(sa.select(LEDGER.c.seq).where(LEDGER.c.bridge == bridge)).scalars().all()
        head = START
        for some in chunks(sorted(seqs), _MANY):
            found = connection.execute(
                sa.select(*columns)
                .where(LEDGER.c.bridge == bridge, LEDGER.c.seq.between(some[0], some[-1]))
                .order_by(LEDGER.c.seq)
            )
            rows = chain.extend([dict(row._mapping) for row in found], head)  # noqa: SLF001
            head = rows[-1]["link"]
            connection.execute(
                sa.update(LEDGER)
                .where(LEDGER.c.bridge == bridge, LEDGER.c.seq == sa.bindparam("at_seq"))
                .values({name: sa.bindparam(f"new_{name}") for name in ("salt", "digest", "link")}),
                [
                    {
                        "at_seq": row["seq"],
                        "new_salt": row["salt"],
                        "new_digest": row["digest"],
                        "new_link": row["link"],
                    }
                    for row in rows
                ],
            )

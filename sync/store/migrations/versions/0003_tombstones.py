"""Tombstones: linked records that are gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the table."""
    op.create_table(
        "tombstones",
        sa.Column("bridge", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("pair", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text()),
        sa.Column("survivor", sa.Text()),
        sa.Column("lifted", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bridge", "ref"),
    )
    op.create_index("tombstones_by_partner", "tombstones", ["bridge", "partner"])

"""Brakes, the keys they hold, and calls by lane."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "brakes",
        sa.Column("bridge", sa.Text(), primary_key=True),
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("pair", sa.Text()),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("covers_moves", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.BigInteger()),
    )
    op.create_table(
        "held",
        sa.Column("bridge", sa.Text(), primary_key=True),
        sa.Column("ref", sa.Text(), primary_key=True),
        sa.Column("brake", sa.BigInteger(), nullable=False),
    )
    op.create_index("held_by_brake", "held", ["bridge", "brake"])
    op.create_table(
        "lane_calls",
        sa.Column("bridge", sa.Text(), primary_key=True),
        sa.Column("day", sa.Text(), primary_key=True),
        sa.Column("side", sa.Text(), primary_key=True),
        sa.Column("lane", sa.Text(), primary_key=True),
        sa.Column("calls", sa.BigInteger(), nullable=False),
    )

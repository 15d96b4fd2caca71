"""How often each record was refused in a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "setbacks",
        sa.Column("bridge", sa.Text(), primary_key=True),
        sa.Column("target", sa.Text(), primary_key=True),
        sa.Column("field", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("hubspot_at", sa.BigInteger()),
        sa.Column("salesforce_at", sa.BigInteger()),
    )
    op.create_index("setbacks_by_subject", "setbacks", ["bridge", "subject"])

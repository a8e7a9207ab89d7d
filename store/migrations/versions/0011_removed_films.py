"""removed films: they count in the day and in the month all the same"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "removed_films",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removed_films")),
    )
    op.create_index(op.f("ix_removed_films_asked_at"), "removed_films", ["asked_at"], unique=False)
    op.create_index(op.f("ix_removed_films_owner_id"), "removed_films", ["owner_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_removed_films_owner_id"), table_name="removed_films")
    op.drop_index(op.f("ix_removed_films_asked_at"), table_name="removed_films")
    op.drop_table("removed_films")

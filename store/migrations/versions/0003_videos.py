"""tags, retries and reviews of videos"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("videos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tags", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column("asks_again", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("asked_again_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("review_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("approved_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("videos", schema=None) as batch_op:
        for column in ("approved_at", "review_key", "asked_again_at", "asks_again", "tags"):
            batch_op.drop_column(column)

"""providers: purchases, breakers, clips in use, footage"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("videos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("footage", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "purchases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("current_key", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("video_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("pid_started", sa.Float(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("fresh_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("current_key", name=op.f("uq_purchases_current_key")),
    )
    for column in ("key", "owner_id", "video_id", "created_at"):
        op.create_index(op.f(f"ix_purchases_{column}"), "purchases", [column], unique=False)
    op.create_table(
        "breakers",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_breakers")),
    )
    op.create_table(
        "clip_uses",
        sa.Column("video_id", sa.String(), nullable=False),
        sa.Column("clip", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("video_id", "clip", name=op.f("pk_clip_uses")),
    )
    op.create_index(op.f("ix_clip_uses_owner_id"), "clip_uses", ["owner_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_table("clip_uses")
    op.drop_table("breakers")
    op.drop_table("purchases")
    with op.batch_alter_table("videos", schema=None) as batch_op:
        batch_op.drop_column("footage")

"""quotas: what publications use of a platform's day, and connections that have to be confirmed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "quota_uses",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("publication_id", sa.String(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_uses")),
    )
    op.create_index(op.f("ix_quota_uses_created_at"), "quota_uses", ["created_at"], unique=False)
    op.create_index("ix_quota_uses_day", "quota_uses", ["name", "day"], unique=False)
    with op.batch_alter_table("social_connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmation", sa.String(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_social_connections_confirmation"), ["confirmation"])


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("social_connections", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_social_connections_confirmation"), type_="unique")
        batch_op.drop_column("confirmation")
    op.drop_index("ix_quota_uses_day", table_name="quota_uses")
    op.drop_index(op.f("ix_quota_uses_created_at"), table_name="quota_uses")
    op.drop_table("quota_uses")

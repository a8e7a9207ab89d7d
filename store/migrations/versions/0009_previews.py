"""previews: what can be watched while a film is rendered"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("videos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("previews", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("videos", schema=None) as batch_op:
        batch_op.drop_column("previews")

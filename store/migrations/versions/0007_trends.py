"""trends: scans, readings, keywords, series, observations, ranks, notes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.tables.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "trend_scans",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("slot", sa.String(), nullable=True),
        sa.Column("keywords", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("pid_started", sa.Float(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_scans")),
        sa.UniqueConstraint("run_id", name=op.f("uq_trend_scans_run_id")),
        sa.UniqueConstraint("slot", name=op.f("uq_trend_scans_slot")),
    )
    op.create_index("ix_trend_scans_place", "trend_scans", ["platform", "region", "finished_at"])
    op.create_index(op.f("ix_trend_scans_created_at"), "trend_scans", ["created_at"])
    op.create_table(
        "trend_readings",
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("keywords", sa.Integer(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("observed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["trend_scans.id"], name=op.f("fk_trend_readings_scan_id_trend_scans"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scan_id", "source", name=op.f("pk_trend_readings")),
    )
    op.create_table(
        "trend_keywords",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("norm", sa.String(), nullable=False),
        sa.Column("display", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_keywords")),
        sa.UniqueConstraint("norm", name=op.f("uq_trend_keywords_norm")),
    )
    op.create_table(
        "trend_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_series")),
    )
    op.create_index("uq_trend_series_identity", "trend_series", ["source", "region", "platform", "unit"], unique=True)
    op.create_table(
        "trend_observations",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("keyword_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["trend_series.id"], name=op.f("fk_trend_observations_series_id_trend_series")
        ),
        sa.ForeignKeyConstraint(
            ["keyword_id"], ["trend_keywords.id"], name=op.f("fk_trend_observations_keyword_id_trend_keywords")
        ),
        sa.PrimaryKeyConstraint("series_id", "day", "keyword_id", name=op.f("pk_trend_observations")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_trend_observations_keyword_id"), "trend_observations", ["keyword_id"])
    op.create_table(
        "trend_days",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["trend_series.id"], name=op.f("fk_trend_days_series_id_trend_series")),
        sa.PrimaryKeyConstraint("series_id", "day", name=op.f("pk_trend_days")),
    )
    op.create_table(
        "trend_ranks",
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("keyword_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["trend_scans.id"], name=op.f("fk_trend_ranks_scan_id_trend_scans"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["keyword_id"], ["trend_keywords.id"], name=op.f("fk_trend_ranks_keyword_id_trend_keywords")
        ),
        sa.PrimaryKeyConstraint("scan_id", "window", "rank", name=op.f("pk_trend_ranks")),
    )
    op.create_index(op.f("ix_trend_ranks_keyword_id"), "trend_ranks", ["keyword_id"])
    op.create_table(
        "trend_notes",
        sa.Column("keyword_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["keyword_id"], ["trend_keywords.id"], name=op.f("fk_trend_notes_keyword_id_trend_keywords")
        ),
        sa.PrimaryKeyConstraint("keyword_id", "region", name=op.f("pk_trend_notes")),
    )
    op.create_index(op.f("ix_trend_notes_noted_at"), "trend_notes", ["noted_at"])


def downgrade() -> None:
    """Back."""
    for table in ("notes", "ranks", "days", "observations", "series", "keywords", "readings", "scans"):
        op.drop_table(f"trend_{table}")

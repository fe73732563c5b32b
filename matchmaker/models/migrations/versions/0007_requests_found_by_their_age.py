"""The newest requests, and the languages asked for, without looking at every request."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_request_newest", "request", ["submitted_at", "id"])
    op.create_index("ix_request_language_language_tag", "request_language", ["language_tag"])

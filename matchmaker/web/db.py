"""The request's database session."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy

from matchmaker.models import Base

db = SQLAlchemy(
    model_class=Base, session_options={"expire_on_commit": False}, disable_autonaming=True
)

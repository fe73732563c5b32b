"""Signs of life: what the worker writes, and when its silence means that it does not run."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matchmaker.models import Heartbeat

WORKER = "worker"
WORKER_SILENT = timedelta(minutes=5)


def worker_silent(session: Session, now: datetime) -> bool:
    """Whether no worker has shown a sign of life lately: then plans and mails wait."""
    beat = session.get(Heartbeat, WORKER)
    return beat is None or now - beat.at >= WORKER_SILENT

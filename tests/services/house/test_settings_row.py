from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import AuditEntry, Setting
from matchmaker.services.desk import Desk
from matchmaker.services.house import settings_row

KEY = "colours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    wall: str = "white"
    door: str = "blue"


def test_usual_values_hold_where_nothing_else_is_set(session: Session) -> None:
    assert settings_row.load(session, KEY, Colours) == Colours()
    settings_row.keep(session, KEY, {"door": "red", "roof": "of an older version"})
    assert settings_row.load(session, KEY, Colours) == Colours(door="red")


def test_change_is_kept_in_one_row_and_logged(session: Session, desk: Desk) -> None:
    first, second = Colours(wall="green"), Colours(wall="grey")
    for before, after in ((Colours(), first), (first, second)):
        settings_row.change(session, desk, KEY, "colours.changed", before=before, after=after)
    session.flush()
    assert settings_row.load(session, KEY, Colours) == second
    assert session.scalars(select(Setting.key).where(Setting.key == KEY)).all() == [KEY]
    logged = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(row.before["wall"], row.after["wall"]) for row in logged] == [
        ("white", "green"),
        ("green", "grey"),
    ]


def test_what_another_transaction_has_set_is_seen_in_the_next_one(
    factory: sessionmaker[Session],
) -> None:
    with factory() as reader:
        assert settings_row.load(reader, KEY, Colours) == Colours()
        reader.commit()
        with factory.begin() as writer:
            settings_row.keep(writer, KEY, {"door": "red"})
        assert settings_row.load(reader, KEY, Colours) == Colours(door="red")


def test_removed_value_is_gone_at_once(session: Session) -> None:
    settings_row.keep(session, KEY, {"door": "red"})
    assert settings_row.load(session, KEY, Colours).door == "red"
    assert settings_row.remove(session, KEY)
    assert settings_row.load(session, KEY, Colours) == Colours()
    assert not settings_row.remove(session, KEY)

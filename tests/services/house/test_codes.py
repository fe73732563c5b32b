"""Short names: counted up, and never given twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Organisation
from matchmaker.services.house.codes import next_code
from tests import factories


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ([], "MO01"),
        (["MO01", "MO09"], "MO10"),
        (["MO99", "MO100"], "MO101"),
        (["MO02", "MO7b", "MOX"], "MO03"),
        (["IN05"], "MO01"),
    ],
)
def test_next_code_follows_the_highest_number(
    session: Session, used: list[str], expected: str
) -> None:
    for code in used:
        factories.organisation(session, code=code)
    assert next_code(session, Organisation.code, "MO", 2) == expected


def test_whoever_asks_at_the_same_time_gets_the_next_one(factory: sessionmaker[Session]) -> None:
    def second() -> str:
        with factory.begin() as session:
            return next_code(session, Organisation.code, "MO", 2)

    with ThreadPoolExecutor(1) as pool, factory.begin() as session:
        first = next_code(session, Organisation.code, "MO", 2)
        asking = pool.submit(second)
        wait([asking], timeout=0.3)
        factories.organisation(session, code=first)
        session.commit()
        assert (first, asking.result()) == ("MO01", "MO02")

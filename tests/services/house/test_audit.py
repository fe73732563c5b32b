"""The audit log is one chain, whoever writes to it and when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import AuditEntry
from matchmaker.services.desk import Desk
from matchmaker.services.house import audit
from tests import factories
from tests.support.statements import count_statements

WRITERS = 6


def test_writers_at_the_same_time_continue_one_chain(
    factory: sessionmaker[Session], desk: Desk
) -> None:
    def write(number: int) -> None:
        with factory.begin() as session:
            person = factories.person(session, code=f"W{number}")
            audit.record(session, desk, "person.added", person, after={"number": number})

    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(write, number) for number in range(WRITERS)]:
            done.result()

    with factory() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == WRITERS
        assert list(audit.broken_links(session)) == []


def test_an_entry_that_does_not_fit_is_named(session: Session, desk: Desk) -> None:
    audit.record(session, desk, "person.added", factories.person(session))
    forged = factories.audit_entry(session)
    assert list(audit.broken_links(session)) == [forged.id]


def test_entries_written_together_continue_the_chain_in_their_order(
    session: Session, desk: Desk
) -> None:
    people = [factories.person(session) for _ in range(40)]
    audit.record(session, desk, "person.added", people[0])
    with count_statements(session) as few:
        audit.record_all(session, desk, [audit.Change(action="person.seen", subject=people[0])])
    changes = [
        audit.Change(action="person.changed", subject=person, after={"number": number})
        for number, person in enumerate(people)
    ]
    with count_statements(session) as many:
        audit.record_all(session, desk, changes)
    session.expire_all()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[2:]
    assert [entry.after["number"] for entry in entries] == list(range(40))
    assert [entry.subject_id for entry in entries] == [person.id for person in people]
    assert list(audit.broken_links(session)) == []
    assert len(many) == len(few)

"""What the lists of the coordination share."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.models import Person, PersonRole
from matchmaker.models.states import Role
from tests.web.conftest import SignIn


def test_next_page_keeps_whatever_stands_in_the_address(
    demo_factory: sessionmaker[Session], demo_sign_in: SignIn
) -> None:
    with demo_factory() as session:
        admin = session.scalars(
            select(Person).join(PersonRole).where(PersonRole.role == Role.ADMIN)
        ).first()
    assert admin is not None
    page = demo_sign_in(admin).open("/koordination/protokoll?endpoint=x&_scheme=ftp&actor=K01")
    (following,) = [link for link, text in page.links if "seite=2" in link]
    assert following == "/koordination/protokoll?endpoint=x&_scheme=ftp&actor=K01&seite=2"

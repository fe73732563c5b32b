"""A complete form, and the shortest way to a draft or a request made of it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.models import Request
from matchmaker.services.desk import Desk
from matchmaker.services.house.reference import load_reference
from matchmaker.services.intake import drafts, submit
from matchmaker.services.intake.typed import Typed


def full(**changes: str | list[str]) -> Typed:
    """What somebody types who leaves nothing out."""
    typed: Typed = {
        "organisation": "Brücke e. V.",
        "name": "Amal Nasser",
        "email": "Amal@Bruecke.example",
        "phone": "030 1234567",
        "district": "08",
        "topics": ["ARB-01", "ANE-01"],
        "other_topic": "",
        "questions": "Gilt mein Zeugnis?\nهل شهادتي معترف بها؟",
        "windows": ["mon-eve", "sat-am"],
        "best": ["eve"],
        "exact": [],
        "period_from": "2027-01-11",
        "period_to": "2027-03-31",
        "off_from": ["2027-02-08", "2027-03-09"],
        "off_to": ["2027-03-08", ""],
        "other_times": "Jeden ersten Mittwoch",
        "mode": "onsite",
        "needs_room": "",
        "address": "Sonnenallee 1, 12047 Berlin",
        "capacity": "30",
        "step_free": "yes",
        "people": "18",
        "womens_group": "no",
        "children": "4",
        "language_1": "ar",
        "language_2": "de-simple",
        "language_3": "",
        "interpreting": "if_needed",
    }
    return typed | changes


def drafted(session: Session, desk: Desk, **changes: str | list[str]) -> tuple[Request, str]:
    """A draft with a complete form and the token of its link."""
    load_reference(session)
    request, token = drafts.start(session, desk)
    drafts.save(session, desk, request, full(**changes))
    return request, token


def submitted(session: Session, desk: Desk, **changes: str | list[str]) -> Request:
    request, _token = drafted(session, desk, **changes)
    submit.submit(session, desk, request)
    return request

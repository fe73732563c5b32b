"""The audit log speaks in words: nothing that the services write down stays a code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from flask_babel import force_locale

from matchmaker.models.states import DecisionKind
from matchmaker.services.planning import absences
from matchmaker.web.coordinator import audit_words

SERVICES = Path(audit_words.__file__).parents[2] / "services"
ACTION = re.compile(r"[a-z_]+\.(?!json|csv|ics|html|txt)[a-z_]+")


def _written() -> Iterator[str]:
    for path in SERVICES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and ACTION.fullmatch(node.value)
            ):
                yield node.value
    yield from (f"decision.{kind.value}" for kind in DecisionKind)


def test_every_action_has_a_name(app: Flask) -> None:
    with app.test_request_context(), force_locale("de"):
        unnamed = {action for action in _written() if audit_words.action_name(action) == action}
    assert unnamed == set()


def test_states_are_called_as_on_the_pages(app: Flask) -> None:
    with app.test_request_context(), force_locale("de"):
        assert audit_words.value_words("request", "state", "proposed") == "vorgeschlagen"
        assert audit_words.value_words("request", "state", "draft") == "Entwurf"
        assert audit_words.value_words("invitation", "state", "declined") == "abgesagt"
        assert audit_words.value_words("person", "active", value=False) == "Nein"
        assert audit_words.subject_name("duplicate_flag") == "Mögliche Dublette"


def test_reasons_of_the_service_are_words_and_typed_ones_stay(app: Flask) -> None:
    with app.test_request_context(), force_locale("de"):
        told = audit_words.reason_text(absences.ABSENT), audit_words.reason_text("Ruf an")
    assert told == ("Abwesenheit, in der Planung gemeldet", "Ruf an")

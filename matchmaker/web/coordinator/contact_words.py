"""Names that the address book shows: roles, kinds, institutions, districts."""

from __future__ import annotations

from sqlalchemy import select

from matchmaker import i18n
from matchmaker.models import District, Organisation
from matchmaker.models.states import OrganisationKind, Role
from matchmaker.services.house.reference import institution_types
from matchmaker.web.db import db
from matchmaker.web.i18n import locale
from matchmaker.web.texts import _

Choices = list[tuple[str, str]]


def role_names() -> dict[Role, str]:
    return {
        Role.HOST: _("Contact of an association"),
        Role.SPEAKER: _("Speaker"),
        Role.INTERPRETER: _("Interpreter"),
        Role.COORDINATOR: _("Coordination"),
        Role.AUDITOR: _("Auditor (reads only)"),
        Role.ADMIN: _("Administration"),
    }


def kind_names() -> dict[OrganisationKind, str]:
    return {
        OrganisationKind.MO: _("Migrant organisation"),
        OrganisationKind.INSTITUTION: _("Institution"),
        OrganisationKind.ADMINISTRATION: _("Administration of a district"),
    }


def role_choices(offered: frozenset[Role]) -> Choices:
    return [(role.value, name) for role, name in role_names().items() if role in offered]


def locale_choices() -> Choices:
    """The languages of mails, each by its own name."""
    return [(tag, i18n.languages()[tag].autonym) for tag in i18n.SUPPORTED]


def kind_choices() -> Choices:
    return [(kind.value, name) for kind, name in kind_names().items()]


def institution_name(code: str | None) -> str:
    kind = institution_types().get(code or "")
    return kind.name(locale()) if kind else ""


def institution_choices() -> Choices:
    return [(kind.code, kind.name(locale())) for kind in institution_types().values()]


def district_choices() -> Choices:
    rows = db.session.execute(select(District.nr, District.name).order_by(District.nr))
    return [(row[0], row[1]) for row in rows]


def organisation_choices() -> Choices:
    rows = db.session.execute(
        select(Organisation.code, Organisation.name)
        .where(Organisation.active)
        .order_by(Organisation.name)
    )
    return [(row[0], row[1]) for row in rows]

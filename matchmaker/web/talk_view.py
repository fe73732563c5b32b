"""A talk as an invited person's pages show it, in the page's language."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.i18n import translations_for
from matchmaker.mail.details import Row, TalkWords
from matchmaker.mail.facts import Role
from matchmaker.models import Invitation
from matchmaker.models.states import InvitationRole, InvitationState, TalkState
from matchmaker.services.inviting.talk_facts import talk_facts
from matchmaker.web.i18n import locale


@dataclass(frozen=True, slots=True)
class TalkView:
    """`rows` are the facts without a place of their own, `questions` those of the members.

    `asks_again`: the talk has been moved and the new date waits for an answer.
    `off` is "talk" when the talk does not take place, "person" when it does so with somebody else
    and "guest" when it does so without a guest.
    """

    invitation_id: int
    sequence: int
    state: InvitationState
    asks_again: bool
    off: str
    is_host: bool
    what: str
    title: str
    host: str
    when: str
    where: str
    rows: tuple[Row, ...]
    preparations: tuple[str, ...]
    questions: str
    person_name: str


def talk_view(invitation: Invitation) -> TalkView:
    talk = invitation.talk
    facts = talk_facts(talk, locale())
    words = TalkWords(translations_for(locale()), locale())
    is_host = invitation.role is InvitationRole.HOST
    return TalkView(
        invitation_id=invitation.id,
        sequence=invitation.sequence,
        state=invitation.state,
        asks_again=invitation.sequence > 0 and invitation.state is InvitationState.OPEN,
        off=_off(invitation),
        is_host=is_host,
        what=words.what(facts),
        title=facts.topic,
        host=facts.host,
        when=words.when(facts),
        where=words.where(facts) if is_host else _without(facts.host, words.where(facts)),
        rows=tuple(
            row
            for row in words.rows(facts, Role(invitation.role.value))
            if row.value not in {facts.topic, facts.host}
        ),
        preparations=tuple(words.preparations(facts)) if is_host else (),
        questions=talk.request.questions if talk.request and not is_host else "",
        person_name=invitation.person.name,
    )


def _without(host: str, where: str) -> str:
    """Many addresses begin with the association, which already stands above them."""
    return where.removeprefix(host).lstrip(", ") or where


def _off(invitation: Invitation) -> str:
    if invitation.talk.state is TalkState.CANCELLED:
        return "talk"
    if invitation.state is not InvitationState.CANCELLED:
        return ""
    return "guest" if invitation.role is InvitationRole.GUEST else "person"

"""What each mail says, as plain data. Texts are already in the reader's language or are names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Literal


class Role(StrEnum):
    """Why a person gets a mail about a talk; the same words as the invitations' roles."""

    SPEAKER = "speaker"
    INTERPRETER = "interpreter"
    HOST = "host"
    GUEST = "guest"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierFacts:
    """Who runs the service: the signature and footer of every mail. URLs are absolute."""

    name: str
    email: str
    phone: str
    imprint_url: str
    privacy_url: str
    service: str = "Arbeitsmarktgespräche"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerFacts:
    name: str
    institution: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """Minutes of each part of a talk, in this order."""

    talk: int
    questions: int
    individual: int

    @classmethod
    def of(cls, minutes: int) -> Agenda:
        """The usual shares of an evening (120 minutes: 45, 45 and 30), in steps of five minutes."""
        part = 5 * round(minutes * 3 / 8 / 5)
        return cls(part, part, minutes - 2 * part)


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkFacts:
    """A talk as invited people see it. Times are wall-clock times in `timezone`.

    `language` is the group's language and `spoken` that of the speakers (BCP 47 tags). `format`
    is one of talk, workshop, advice, coaching. Empty texts and None are left out of the mail.
    """

    topic: str
    host: str
    start: datetime
    end: datetime
    timezone: str = "Europe/Berlin"
    format: str = "talk"
    language: str = "de"
    spoken: str = "de"
    interpreting: bool = False
    interpreter: str = ""
    speakers: tuple[SpeakerFacts, ...] = ()
    address: str = ""
    district: str = ""
    directions: str = ""
    join_url: str = ""
    participants: int | None = None
    womens_group: bool = False
    agenda: Agenda | None = None
    childcare: str = ""
    children: int = 0
    contact_on_site: str = ""

    @property
    def place(self) -> str:
        """Address and district in one line; empty for a talk that is only online."""
        known = self.district and self.district in self.address
        return ", ".join(filter(None, (self.address, "" if known else self.district)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLinks:
    """Pages that show the current date; each only preselects an answer, nothing is recorded."""

    page: str
    accept: str
    decline: str
    substitute: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What a host can do before the talk; empty links are left out."""

    questions_url: str = ""
    poster_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Something that would help an open request, and where to choose it."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLink:
    topic: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReceived:
    """To a host, at once (mail 1)."""

    kind: ClassVar[str] = "request_received"
    recipient_name: str
    topics: tuple[str, ...]
    language: str
    hear_by: date
    url: str
    place: str = ""
    by_phone: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """To everybody who takes part (mails 2 and 3). Without calendar part the feed shows it.

    `accepted`: it goes out once more to somebody who has said yes, and does not ask again.
    `calendar_answers`: an answer given in a calendar program reaches us.
    """

    kind: ClassVar[str] = "invitation"
    recipient_name: str
    role: Role
    talk: TalkFacts
    answers: AnswerLinks
    has_calendar: bool = True
    answer_by: date | None = None
    accepted: bool = False
    calendar_answers: bool = False
    status_url: str = ""
    preparation: Preparation | None = None

    @property
    def template(self) -> str:
        return f"{self.kind}_{self.role}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateConfirmed:
    """Everybody has agreed (mail 3); to hosts, interpreters and guests."""

    kind: ClassVar[str] = "date_confirmed"
    recipient_name: str
    role: Role
    talk: TalkFacts
    answers: AnswerLinks
    preparation: Preparation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationChanged:
    """Before and now (mail 4); `ask_again` exactly for a major revision."""

    kind: ClassVar[str] = "invitation_changed"
    recipient_name: str
    role: Role
    before: TalkFacts
    talk: TalkFacts
    answers: AnswerLinks
    ask_again: bool
    answer_by: date | None = None
    has_calendar: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCancelled:
    """The talk is off, or (`only_you`) it takes place with somebody else."""

    kind: ClassVar[str] = "invitation_cancelled"
    recipient_name: str
    role: Role
    talk: TalkFacts
    has_calendar: bool = True
    has_feed: bool = True
    only_you: bool = False
    reason: str = ""
    hear_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A link that shows a button, and the same as six digits to type."""

    kind: ClassVar[str] = "login"
    recipient_name: str
    url: str
    code: str
    minutes: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSlotFound:
    """Why a request is open and what would help (mail 5)."""

    kind: ClassVar[str] = "no_slot_found"
    recipient_name: str
    topic: str
    reasons: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestQuestion:
    """To a host: what the coordination has to know, in its own words."""

    kind: ClassVar[str] = "request_question"
    recipient_name: str
    topic: str
    question: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWithdrawn:
    """To a host who has taken a request back: there it can be undone."""

    kind: ClassVar[str] = "request_withdrawn"
    recipient_name: str
    topic: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRestored:
    """To a host who wants a talk after all, having read that the request is taken back."""

    kind: ClassVar[str] = "request_restored"
    recipient_name: str
    topic: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged:
    """Somebody else has changed how the account is entered; it offers no link to be tricked by."""

    kind: ClassVar[str] = "account_changed"
    recipient_name: str
    change: Literal["second_factor", "address"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStatusLink:
    """The way back to one's own requests, asked for on the start page."""

    kind: ClassVar[str] = "request_status_link"
    recipient_name: str
    requests: tuple[RequestLink, ...]
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Some days before (mail 6); `days` is 0 on the day itself.

    `asks`: the reader has not said yet whether they come. `questions_url` leads to the
    participants' questions, if there are any. `feedback`: they will be asked how it was.
    """

    kind: ClassVar[str] = "reminder"
    recipient_name: str
    role: Role
    talk: TalkFacts
    days: int
    questions_url: str = ""
    answers: AnswerLinks | None = None
    asks: bool = False
    feedback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReminder:
    """To somebody who was invited and has not answered; `answer_by` None where it is today."""

    kind: ClassVar[str] = "answer_reminder"
    recipient_name: str
    role: Role
    talk: TalkFacts
    answers: AnswerLinks
    answer_by: date | None = None
    accepted: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRequest:
    """The day after: five short questions."""

    kind: ClassVar[str] = "feedback_request"
    recipient_name: str
    role: Role
    talk: TalkFacts
    url: str


MailFacts = (
    RequestReceived
    | Invitation
    | DateConfirmed
    | InvitationChanged
    | InvitationCancelled
    | Login
    | NoSlotFound
    | RequestQuestion
    | RequestWithdrawn
    | RequestRestored
    | AccountChanged
    | RequestStatusLink
    | Reminder
    | AnswerReminder
    | FeedbackRequest
)

"""The states of things and the other closed lists, in the words of the glossary."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class OrganisationKind(StrEnum):
    MO = "mo"
    INSTITUTION = "institution"
    ADMINISTRATION = "administration"


class Role(StrEnum):
    HOST = "host"
    SPEAKER = "speaker"
    INTERPRETER = "interpreter"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Format(StrEnum):
    TALK = "talk"
    WORKSHOP = "workshop"
    ADVICE = "advice"
    COACHING = "coaching"


class RequestState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_CLARIFICATION = "in_clarification"
    READY = "ready"
    PROPOSED = "proposed"
    SCHEDULED = "scheduled"
    DONE = "done"
    FOLLOWED_UP = "followed_up"
    WITHDRAWN = "withdrawn"
    NOT_POSSIBLE = "not_possible"
    DUPLICATE = "duplicate"


TO_CLEAR = (RequestState.SUBMITTED, RequestState.IN_CLARIFICATION)
"""Somebody has to read them before they can be planned."""
TO_PLAN = (RequestState.READY, RequestState.PROPOSED)
"""A plan may place them."""
OPEN_REQUESTS = TO_CLEAR + TO_PLAN
"""They have no date yet and still want one."""
LIVING_REQUESTS = (*OPEN_REQUESTS, RequestState.SCHEDULED)
"""Their talk is still to come, with or without a date."""
CLOSED_REQUESTS = (RequestState.WITHDRAWN, RequestState.NOT_POSSIBLE, RequestState.DUPLICATE)
"""They ended without a talk."""


class RequestSource(StrEnum):
    WEB = "web"
    PHONE = "phone"
    IMPORT = "import"


class MeetingMode(StrEnum):
    ONSITE = "onsite"
    ONLINE = "online"
    EITHER = "either"


class InterpretingNeed(StrEnum):
    NEVER = "never"
    IF_NEEDED = "if_needed"


class LanguageUse(StrEnum):
    """A speaker speaks a language; an interpreter interprets between it and German."""

    SPEAKS = "speaks"
    INTERPRETS = "interprets"


class AvailabilityKind(StrEnum):
    """`off` takes time away again, whatever a weekly rule says."""

    AVAILABLE = "available"
    AVOID = "avoid"
    OFF = "off"


class BusyKind(StrEnum):
    BUSY = "busy"
    AVOID = "avoid"


class BusySource(StrEnum):
    MANUAL = "manual"
    UPLOAD = "upload"
    SUBSCRIPTION = "subscription"


class CalendarSourceKind(StrEnum):
    """A file handed in once, or an address that is read again and again."""

    UPLOAD = "upload"
    SUBSCRIPTION = "subscription"


class CalendarSourceState(StrEnum):
    """`read`: its times are found and shown, and count as soon as the person says so.

    `failed`: it could never be read. One that counts goes on counting when it fails later.
    """

    WAITING = "waiting"
    READ = "read"
    COUNTS = "counts"
    FAILED = "failed"


class RoundState(StrEnum):
    OPEN = "open"
    COMPUTED = "computed"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SENT = "sent"
    CLOSED = "closed"


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE_RUNS = (RunState.QUEUED, RunState.RUNNING)
"""A plan is still to come of them."""


class ProposalSource(StrEnum):
    SOLVER = "solver"
    MANUAL = "manual"


class DecisionKind(StrEnum):
    """What a coordinator has decided for a request; it survives every new plan of the round."""

    PIN = "pin"
    BAN_PERSON = "ban_person"
    BAN_DAY = "ban_day"
    LEAVE_OUT = "leave_out"


class QuestionKind(StrEnum):
    """Why a request lies where it does or is open and where else it could be; what to do after an
    event; what unlocks most."""

    EXPLAIN = "explain"
    REPAIR = "repair"
    UNLOCK = "unlock"


class QuestionState(StrEnum):
    ASKED = "asked"
    TAKEN = "taken"
    ANSWERED = "answered"
    FAILED = "failed"


OPEN_QUESTIONS = (QuestionState.ASKED, QuestionState.TAKEN)
"""An answer is still to come."""


class TalkState(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DONE = "done"


class AssignmentRole(StrEnum):
    SPEAKER = "speaker"
    INTERPRETER = "interpreter"


class AssignmentState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


FREED = (AssignmentState.DECLINED, AssignmentState.CANCELLED)
"""Their person has the time for something else, as the database's guard has it, too."""
OUT_OF_TEAM = (*FREED, AssignmentState.NO_SHOW)
"""Their person does not (any longer) take part."""


class InvitationRole(StrEnum):
    SPEAKER = "speaker"
    INTERPRETER = "interpreter"
    HOST = "host"
    GUEST = "guest"


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class AnswerVia(StrEnum):
    WEB = "web"
    MAIL = "mail"
    COORDINATOR = "coordinator"


class CalendarChoice(StrEnum):
    """Both together would show every talk twice in most calendars."""

    INVITATION = "invitation"
    SUBSCRIPTION = "subscription"


class OutboxState(StrEnum):
    """`dropped`: overtaken before it was sent (for example called off meanwhile).

    `skipped`: could not leave while it was still of use (for example the talk is over).
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    UNCERTAIN = "uncertain"
    DROPPED = "dropped"
    SKIPPED = "skipped"


WAITING_MAILS = (OutboxState.QUEUED, OutboxState.SENDING)
"""They leave by themselves."""
STUCK_MAILS = (OutboxState.DEAD, OutboxState.UNCERTAIN)
"""A person has to decide about them."""
UNFINISHED_MAILS = WAITING_MAILS + STUCK_MAILS
STAYED_MAILS = (OutboxState.DROPPED, OutboxState.SKIPPED)
"""They have not left and will not."""


class MailPriority(IntEnum):
    """Of the mails that are due, the lowest number leaves first."""

    AT_ONCE = 0
    """Somebody waits for it at the screen (sign-in)."""
    USUAL = 1
    LATER = 2
    """Many at once that may take their time (reminders)."""


class IncomingKind(StrEnum):
    """What a mail in our mailbox is.

    `delayed`: a server is still trying to deliver a mail of ours. `automatic`: out of office and
    the like. `foreign`: about a calendar entry that is not ours. `unreadable`: no mail as the
    standards have it.
    """

    REPLY = "reply"
    COUNTER = "counter"
    DELEGATED = "delegated"
    REFRESH = "refresh"
    BOUNCE = "bounce"
    DELAYED = "delayed"
    AUTOMATIC = "automatic"
    HUMAN = "human"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"


class IncomingState(StrEnum):
    """`applied`: it took effect by itself. `review`: a person decides. `decided`: one has.

    `listed`: nothing follows from it, it is only shown.
    """

    NEW = "new"
    APPLIED = "applied"
    REVIEW = "review"
    DECIDED = "decided"
    LISTED = "listed"


class ReminderKind(StrEnum):
    """Before the talk; or because an answer is missing."""

    TALK = "talk"
    ANSWER = "answer"


class ReminderState(StrEnum):
    """`queued`: its mail is in the outbox. `skipped`: too late to be of use, or not wanted."""

    QUEUED = "queued"
    SKIPPED = "skipped"


class FeedScope(StrEnum):
    """What stands in a feed, and so whose it is.

    A person's: their own talks, `full` or only as `busy` time, or (`coordination`) all talks.
    An `organisation`'s: those of its people. The service's: those that are `public`.
    """

    FULL = "full"
    BUSY = "busy"
    ORGANISATION = "organisation"
    COORDINATION = "coordination"
    PUBLIC = "public"


OWN_FEEDS = (FeedScope.FULL, FeedScope.BUSY)
"""Those with a person's own talks."""


class TokenPurpose(StrEnum):
    DRAFT = "draft"
    REQUEST_STATUS = "request_status"
    ANSWER = "answer"


class DuplicateState(StrEnum):
    OPEN = "open"
    MERGED = "merged"
    KEPT = "kept"

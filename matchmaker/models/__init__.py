"""The tables, one file an aggregate. Times are UTC unless a name says `local`."""

from matchmaker.models.access import (
    AccessToken,
    Feed,
    FeedToken,
    LoginToken,
    UserSession,
)
from matchmaker.models.availability import AvailabilityRule, AvailabilitySpan, BusyInterval
from matchmaker.models.base import Base, UtcDateTime
from matchmaker.models.calendar_sources import CalendarSource
from matchmaker.models.incoming import IncomingMail, MailboxState
from matchmaker.models.invitations import Invitation, Response
from matchmaker.models.limits import LimitCount
from matchmaker.models.organisations import BlockedPeriod, Organisation, Venue
from matchmaker.models.outbox import MailPace, OutboxMessage
from matchmaker.models.people import Person, PersonRole, Profile, ProfileLanguage, ProfileTopic
from matchmaker.models.questions import PlanQuestion
from matchmaker.models.records import AuditEntry, AuditHead, Heartbeat, Setting
from matchmaker.models.reference import District, Language, Topic, TopicArea
from matchmaker.models.reminders import Reminder
from matchmaker.models.requests import (
    DuplicateFlag,
    Request,
    RequestDayOff,
    RequestLanguage,
    RequestTopic,
    RequestWindow,
    SpeakerWish,
)
from matchmaker.models.rounds import PlanningRound, Proposal, RoundDecision, SolveRun
from matchmaker.models.second_factors import RecoveryCode, SecondFactor
from matchmaker.models.talks import Assignment, Talk

__all__ = [
    "AccessToken",
    "Assignment",
    "AuditEntry",
    "AuditHead",
    "AvailabilityRule",
    "AvailabilitySpan",
    "Base",
    "BlockedPeriod",
    "BusyInterval",
    "CalendarSource",
    "District",
    "DuplicateFlag",
    "Feed",
    "FeedToken",
    "Heartbeat",
    "IncomingMail",
    "Invitation",
    "Language",
    "LimitCount",
    "LoginToken",
    "MailPace",
    "MailboxState",
    "Organisation",
    "OutboxMessage",
    "Person",
    "PersonRole",
    "PlanQuestion",
    "PlanningRound",
    "Profile",
    "ProfileLanguage",
    "ProfileTopic",
    "Proposal",
    "RecoveryCode",
    "Reminder",
    "Request",
    "RequestDayOff",
    "RequestLanguage",
    "RequestTopic",
    "RequestWindow",
    "Response",
    "RoundDecision",
    "SecondFactor",
    "Setting",
    "SolveRun",
    "SpeakerWish",
    "Talk",
    "Topic",
    "TopicArea",
    "UserSession",
    "UtcDateTime",
    "Venue",
]

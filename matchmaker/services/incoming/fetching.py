"""Our mailbox, read as far as it is new, so that nothing is lost or done twice.

Every mail first becomes a row, in one transaction with how far the mailbox has been read; then,
in another, what follows from it. Only after that is it marked as read there. Whatever is killed in
between is found again: a row that is new is worked off by the next run, a mark that is missing is
made up for, and a mail that comes again under another number is known by its digest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import Clock
from matchmaker.config import Settings
from matchmaker.mail.mailbox import (
    Fetched,
    LoginRefused,
    Mailbox,
    MailboxError,
    MailWithheld,
    chunks,
    open_mailbox,
)
from matchmaker.mail.mailbox_settings import ImapSettings
from matchmaker.models import IncomingMail, MailboxState
from matchmaker.models.states import IncomingKind, IncomingState
from matchmaker.services.desk import Desk
from matchmaker.services.incoming import taking, withheld
from matchmaker.services.incoming.deciding import Reason
from matchmaker.services.incoming.withheld import Place

LEASE = timedelta(minutes=3)
MOST_OLD = 1000
"""So many mails are looked through in a mailbox that is new to us, or has numbered itself anew."""
PAUSE = timedelta(minutes=15)
"""After a refused login: servers lock out whoever tries every minute."""
LONGEST_NAME = 255
REFUSED = "login refused: "
TAKEN = "somebody else is reading the mailbox"

FOR_PEOPLE = (
    IncomingKind.HUMAN,
    IncomingKind.AUTOMATIC,
    IncomingKind.FOREIGN,
    IncomingKind.UNREADABLE,
)
"""They stay unread in the mailbox; whoever reads them there has done with them here, too."""

log = logging.getLogger(__name__)


@dataclass
class Report:
    """What a run did. `failure` says why the mailbox could not be read, empty if it could."""

    fetched: int = 0
    applied: int = 0
    review: int = 0
    listed: int = 0
    failure: str = ""
    skipped: str = ""

    def count(self, state: IncomingState) -> None:
        self.applied += state is IncomingState.APPLIED
        self.review += state is IncomingState.REVIEW
        self.listed += state is IncomingState.LISTED


def fetch(
    factory: sessionmaker[Session],
    settings: Settings,
    clock: Clock,
    *,
    owner: str,
    stop: Event | None = None,
    at_once: bool = False,
) -> Report:
    """Read what is new. Two runs at once do not meet: the second one leaves again.

    `at_once` tries also while a refused login makes the periodic run wait. Raises MailUrlError if
    the setting cannot be used, and what the database raises when it is away.
    """
    if settings.imap_url is None:
        return Report(skipped="no mailbox is set (MATCHMAKER_IMAP_URL)")
    where = ImapSettings.from_url(settings.imap_url)
    run = _Run(factory, settings, clock, owner, where, stop or Event())
    refusal = run.claim(at_once=at_once)
    if refusal:
        return Report(skipped=refusal)
    try:
        run.go()
    except _Overtaken:
        run.report.skipped = TAKEN
    finally:
        run.release()
    return run.report


class _Overtaken(Exception):
    """This run was slower than its lease, and another has the mailbox by now."""


@dataclass
class _Run:
    factory: sessionmaker[Session]
    settings: Settings
    clock: Clock
    owner: str
    where: ImapSettings
    stop: Event
    report: Report = field(default_factory=Report)
    seen: dict[int, int] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.where.name[:LONGEST_NAME]

    def claim(self, *, at_once: bool) -> str:
        """Why this run must not go on, empty if the mailbox is ours for a while."""
        with self.factory.begin() as session:
            row = self._state(session)
            now = self.clock()
            if row.lease_until is not None and row.lease_until > now:
                return TAKEN
            waits = row.tried_at is not None and now < row.tried_at + PAUSE
            if row.failure.startswith(REFUSED) and waits and not at_once:
                return row.failure
            row.lease_owner, row.lease_until, row.tried_at = self.owner, now + LEASE, now
        return ""

    def release(self) -> None:
        with self.factory.begin() as session:
            row = self._state(session)
            if row.lease_owner == self.owner:
                row.lease_owner = row.lease_until = None

    def go(self) -> None:
        self._work_off()
        try:
            with open_mailbox(self.where) as box:
                self._read(box)
        except MailboxError as error:
            kind = REFUSED if isinstance(error, LoginRefused) else ""
            self._note(kind + str(error))
        else:
            self._note("")

    def _state(self, session: Session) -> MailboxState:
        row = session.get(MailboxState, self.name, with_for_update=True)
        if row is None:
            row = MailboxState(name=self.name, last_uid=0, failure="")
            session.add(row)
            session.flush()
        return row

    def _note(self, failure: str) -> None:
        self.report.failure = failure
        with self.factory.begin() as session:
            row, now = self._state(session), self.clock()
            row.failure = failure
            if failure:
                row.failing_since = row.failing_since or now
            else:
                row.failing_since, row.read_at = None, now

    def _read(self, box: Mailbox) -> None:
        with self.factory.begin() as session:
            folder, validity = self.where.folder, box.uidvalidity
            again = withheld.to_ask_for(session, self._desk(), folder, validity)
        for uid in self._new(box):
            if self.stop.is_set():
                return
            self._read_one(box, uid, is_new=True)
        unread = box.unread()
        self._mark(box, unread)
        self._notice_read_ones(box, unread)
        for uid in again:  # last: nothing has to wait for them
            if self.stop.is_set():
                return
            self._read_one(box, uid, is_new=False)

    def _read_one(self, box: Mailbox, uid: int, *, is_new: bool) -> None:
        found = _handed_out(box, uid)
        place = Place(self.where.folder, box.uidvalidity, uid)
        with self.factory.begin() as session:
            if isinstance(found, MailWithheld):
                self._withhold(session, place, found)
            else:
                withheld.settle(session, place)
                if found is not None:
                    self._keep(session, place, found)
            if is_new:
                self._went_on(session, box, uid)
        self.report.fetched += isinstance(found, Fetched)
        self._work_off()

    def _withhold(self, session: Session, place: Place, error: MailWithheld) -> None:
        row = withheld.note(session, self._desk(), place, str(error))
        if row is not None:
            log.warning("a person has to look: %s", error)
            self.report.count(row.state)

    def _keep(self, session: Session, place: Place, found: Fetched) -> None:
        row = taking.keep(
            session,
            self._desk(),
            taking.Found(
                folder=place.folder,
                uidvalidity=place.uidvalidity,
                uid=place.uid,
                raw=found.raw,
                whole=found.whole,
                received_at=found.received_at or self.clock(),
            ),
        )
        self.seen[place.uid] = row.id

    def _new(self, box: Mailbox) -> list[int]:
        with self.factory.begin() as session:
            row = self._state(session)
            known, last = row.uidvalidity, row.last_uid
        if known == box.uidvalidity:
            return box.after(last)
        return box.after(0)[-MOST_OLD:]

    def _went_on(self, session: Session, box: Mailbox, uid: int) -> None:
        row = self._held(session)
        row.uidvalidity, row.last_uid = box.uidvalidity, uid

    def _held(self, session: Session) -> MailboxState:
        """The mailbox stays ours for another while. Raises _Overtaken if it is no longer."""
        row = self._state(session)
        if row.lease_owner != self.owner:
            raise _Overtaken
        row.lease_until = self.clock() + LEASE
        return row

    def _work_off(self) -> None:
        """Everything that is new in the database, also what a killed run has left behind."""
        with self.factory() as session:
            waiting = session.scalars(
                select(IncomingMail.id)
                .where(IncomingMail.state == IncomingState.NEW, ~withheld.STANDS_IN)
                .order_by(IncomingMail.id)
            ).all()
        for row_id in waiting:
            if row_id not in self.failed:
                self._take(row_id)

    def _take(self, row_id: int) -> None:
        if not self._begin(row_id):
            return
        try:
            self._change(row_id, self._understand)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # A fault of ours in one mail; it is tried again in the next runs, then given up.
            log.exception("incoming mail %s cannot be worked off", row_id)
            self.failed.add(row_id)

    def _understand(self, session: Session, row: IncomingMail) -> None:
        taking.take(session, self._desk(), row, authserv=self.where.authserv_id)
        self.report.count(row.state)

    def _begin(self, row_id: int) -> bool:
        """Count the try before it: a mail that takes the worker down with it is not read for ever.
        False if it has been given up or somebody else has done it."""
        goes_on = True

        def count(session: Session, row: IncomingMail) -> None:
            nonlocal goes_on
            self._held(session)
            row.tries += 1
            goes_on = row.state is IncomingState.NEW and row.tries <= taking.MOST_TRIES
            if row.state is IncomingState.NEW and not goes_on:
                taking.give_up(row)
                self.report.count(row.state)

        self._change(row_id, count)
        return goes_on

    def _change(self, row_id: int, change: Callable[[Session, IncomingMail], None]) -> None:
        with self.factory.begin() as session:
            row = session.get(IncomingMail, row_id, with_for_update=True)
            if row is not None:
                change(session, row)

    def _mark(self, box: Mailbox, unread: set[int]) -> None:
        """What has been dealt with is marked as read, now or by a later run; so are its copies."""
        done = IncomingMail.state != IncomingState.NEW, IncomingMail.kind.not_in(FOR_PEOPLE)
        here = self.seen.values()
        uids: set[int] = set()
        with self.factory() as session:
            for some in chunks(sorted(unread)):
                uids.update(
                    session.scalars(self._here(box).where(*done, IncomingMail.uid.in_(some)))
                )
            ids = set(
                session.scalars(select(IncomingMail.id).where(*done, IncomingMail.id.in_(here)))
            )
        uids.update(uid for uid, row_id in self.seen.items() if row_id in ids and uid in unread)
        box.mark_read(sorted(uids))

    def _notice_read_ones(self, box: Mailbox, unread: set[int]) -> None:
        """Mails for people leave the list as soon as somebody has read them in the mailbox, or
        taken them out of it."""
        open_ones = self._here(box).where(
            IncomingMail.state == IncomingState.REVIEW, _read_there_is_done()
        )
        with self.factory() as session:
            uids = set(session.scalars(open_ones)) - unread
        read = box.read_ones(uids)
        for some in chunks(sorted(uids)):
            with self.factory.begin() as session:
                self._dealt_with(session, box, some, read)

    def _dealt_with(
        self, session: Session, box: Mailbox, uids: Sequence[int], read: set[int]
    ) -> None:
        rows = session.scalars(
            select(IncomingMail).where(
                IncomingMail.folder == self.where.folder,
                IncomingMail.uidvalidity == box.uidvalidity,
                IncomingMail.uid.in_(uids),
                IncomingMail.state == IncomingState.REVIEW,
                _read_there_is_done(),
            )
        )
        for row in rows:
            row.state = IncomingState.DECIDED
            row.decision = "read_there" if row.uid in read else "gone_there"
            row.decided_at = self.clock()

    def _here(self, box: Mailbox) -> Select[int]:
        return select(IncomingMail.uid).where(
            IncomingMail.folder == self.where.folder,
            IncomingMail.uidvalidity == box.uidvalidity,
        )

    def _desk(self) -> Desk:
        return Desk(self.settings, self.clock())


def _handed_out(box: Mailbox, uid: int) -> Fetched | MailWithheld | None:
    try:
        return box.fetch(uid)
    except MailWithheld as error:
        return error


def _read_there_is_done() -> ColumnElement[bool]:
    """Not answers to invitations that we should know: after a restore they were read by the
    service as it was before, and tell of talks that the backup lacks."""
    known = IncomingMail.reason != Reason.UNKNOWN_UID.value
    return and_(IncomingMail.kind.in_(FOR_PEOPLE), known)

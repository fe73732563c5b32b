"""Mails that say that a mail could not be delivered: RFC 3464's reports, and free words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from matchmaker.mail.incoming import IncomingMail, header_values, payload
from matchmaker.text import clean_line, clean_typed, decoded

LONGEST_REASON = 300
MOST_READ = 64 * 1024
MOST_NAMED = 20
"""Mails and recipients that are looked at in one report."""

_MESSAGE_ID = re.compile(
    r"^[ \t>]*(?:x-)?(?:original-)?message-id:\s*(<[^<>\s]{3,250}>)", re.I | re.M
)
_STATUS = re.compile(r"(?<![\d.])([245])\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY_CODE = re.compile(r"(?:^|[\s:(#])([45])\d\d(?=[\s\-#])")
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,64}@[^\s<>()\[\]\\,;:\"@]{3,190}")
_DAEMONS = frozenset({"mailer-daemon", "postmaster", "mailerdaemon", "mail-daemon", "mdaemon"})
_EXCHANGE = re.compile(r"microsoftexchange[0-9a-f]{32}")
_SAID_FAILED = re.compile(
    r"undeliver|unzustellbar|nicht zu(?:ge)?stell|delivery (?:status|fail|problem|has failed)"
    r"|mail delivery|returned mail|failure notice|returning message|non remis"
    r"|could not be delivered|rejected",
    re.IGNORECASE,
)
_SAID_DELAYED = re.compile(
    r"delayed|warning: (?:message|could not)|verz[öo]ger|still being retried"
    r"|will (?:be retried|retry)|not yet been delivered|keep trying|noch nicht zugestellt",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a report says of one mail of ours. `message_ids` are those of the mails that it
    carries, or of which it carries the head; `hinted_ids` are those in its own head.

    `recipients`: everybody whom it names as not reached, the likeliest first. `by_server`: it
    looks as if a mail server wrote it. `final`: nobody tries any more; without it the mail is
    merely late.
    """

    message_ids: tuple[str, ...]
    hinted_ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    by_server: bool = False
    status: str = ""
    reason: str = ""
    final: bool = True

    @property
    def recipient(self) -> str:
        return next(iter(self.recipients), "")


def read_bounce(mail: IncomingMail) -> Bounce | None:
    """The report in a mail, None if it is none."""
    groups = list(_delivery_status(mail.message))
    if groups:
        return _formal(mail, groups)
    return _informal(mail) if _looks_like_one(mail) else None


def _delivery_status(message: Message) -> Iterator[Message]:
    """The fields about the single recipients, and those about the mail before them."""
    for part in message.walk():
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            inner = part.get_payload()
            if isinstance(inner, list):
                yield from (group for group in inner if isinstance(group, Message))


def _formal(mail: IncomingMail, groups: list[Message]) -> Bounce | None:
    """The worst that it says; None if it only says that a mail has arrived."""
    recipients = [group for group in groups if _field(group, "Action")]
    failed = [group for group in recipients if _field(group, "Action").casefold() == "failed"]
    delayed = [group for group in recipients if _field(group, "Action").casefold() == "delayed"]
    worst = next(iter(failed or delayed), None)
    if worst is None:
        return None
    status = _STATUS.search(_field(worst, "Status"))
    return Bounce(
        message_ids=_carried(mail),
        hinted_ids=_hinted(mail),
        recipients=_named(failed or delayed),
        by_server=_is_by_server(mail),
        status=status[0] if status else "",
        reason=_shortened(_typed_value(worst, "Diagnostic-Code") or mail.text),
        final=bool(failed) and not (status and status[1] == "4" and not _gave_up(mail)),
    )


def _named(groups: list[Message]) -> tuple[str, ...]:
    """Everybody in these fields, as we wrote to them and as the last server knew them."""
    found = [
        _typed_value(group, name)
        for group in groups[:MOST_NAMED]
        for name in ("Original-Recipient", "Final-Recipient")
    ]
    return tuple(dict.fromkeys(address for address in found if address))


def _gave_up(mail: IncomingMail) -> bool:
    """Servers report a mail as failed with the temporary reason of their last try."""
    return not _SAID_DELAYED.search(mail.envelope.subject)


def _is_by_server(mail: IncomingMail) -> bool:
    """Reports have no return path, so that nothing can come back in turn."""
    local = mail.envelope.sender.partition("@")[0].casefold()
    known = local in _DAEMONS or _EXCHANGE.fullmatch(local) is not None
    return known or _own(mail, "Return-Path").replace(" ", "") == "<>"


def _looks_like_one(mail: IncomingMail) -> bool:
    said = _SAID_FAILED.search(mail.envelope.subject) or _SAID_DELAYED.search(mail.envelope.subject)
    return bool(said) and (_is_by_server(mail) or bool(_own(mail, "X-Failed-Recipients")))


def _informal(mail: IncomingMail) -> Bounce:
    """What qmail, Exim, Domino and the big mail services write for people."""
    words = _explanation(mail.text)
    status = _STATUS.search(words)
    code = _REPLY_CODE.search(words)
    addresses = _ADDRESS.findall(_own(mail, "X-Failed-Recipients") or words)
    temporary = (status or code) and (status or code)[1] == "4"  # type: ignore[index]  # one of them is there
    delayed = _SAID_DELAYED.search(mail.envelope.subject) or _SAID_DELAYED.search(words)
    return Bounce(
        message_ids=_carried(mail),
        hinted_ids=_hinted(mail),
        recipients=tuple(dict.fromkeys(found.strip(".'") for found in addresses[:MOST_NAMED])),
        by_server=_is_by_server(mail),
        status=status[0] if status else "",
        reason=_shortened(words),
        final=not delayed and not temporary,
    )


def _explanation(text: str) -> str:
    """The words above the copy of the mail."""
    above = re.split(r"\n-{3,}[^\n]*(?:copy|original|below)[^\n]*", text, maxsplit=1, flags=re.I)[0]
    return above.strip()


def _carried(mail: IncomingMail) -> tuple[str, ...]:
    """The Message-IDs of the mails that the report carries, or of which it carries the head."""
    found: list[str] = []
    for part in mail.message.walk():
        if part is not mail.message:
            found += header_values(part, "Message-ID")
        if part.get_content_maintype() == "text":
            text = decoded(payload(part)[:MOST_READ])
            found += _MESSAGE_ID.findall(text)
    return _ids(found)


def _hinted(mail: IncomingMail) -> tuple[str, ...]:
    """Those that the report says it belongs to, without a proof."""
    names = ("X-Original-Message-ID", "In-Reply-To", "References")
    return _ids([id_ for name in names for id_ in _own(mail, name).split()])


def _ids(found: list[str]) -> tuple[str, ...]:
    whole = (id_ for id_ in found if id_.startswith("<") and id_.isprintable())
    return tuple(dict.fromkeys(whole))[:MOST_NAMED]


def _own(mail: IncomingMail, name: str) -> str:
    return next(iter(header_values(mail.message, name)), "")


def _field(group: Message, name: str) -> str:
    return clean_line(clean_typed(next(iter(header_values(group, name)), "")))


def _typed_value(group: Message, name: str) -> str:
    """The value behind its type, as in `rfc822; ayse@beratung.example`."""
    kind, found, value = _field(group, name).partition(";")
    return (value if found else kind).strip().strip("<>")


def _shortened(text: str) -> str:
    line = clean_line(text)
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1].rstrip() + "…"

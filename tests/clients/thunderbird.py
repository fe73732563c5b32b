"""Thunderbird without a screen: a fresh profile, one mailbox, one calendar, no way to the world."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from tests.clients.marionette import Marionette
from tests.clients.programs import HERE, missing
from tests.support.waiting import until

ACCEPT, TENTATIVE, DECLINE = "imipAcceptButton", "imipTentativeButton", "imipDeclineButton"
QUESTION = {ACCEPT, TENTATIVE, DECLINE}
UPDATE, DELETE, DETAILS = "imipUpdateButton", "imipDeleteButton", "imipDetailsButton"
OWN = "own"
LIBRARY = HERE / "in_thunderbird.js"
PROGRAM = Path("/usr/lib/thunderbird/thunderbird")
PATIENCE = 90.0


def program() -> str:
    found = str(PROGRAM) if os.access(PROGRAM, os.X_OK) else shutil.which("thunderbird")
    if found is None:
        missing("Thunderbird", "Debian: thunderbird")
    return found


@dataclass(frozen=True)
class Entry:
    """An event in one of its calendars; `people` are address, name and participation status."""

    uid: str
    title: str
    start: float
    status: str
    sequence: int
    people: list[list[str]]


class Thunderbird:
    """The running program, asked through Marionette."""

    def __init__(self, folder: Path, client: Marionette) -> None:
        self.folder, self.client = folder, client
        self._library = LIBRARY.read_text(encoding="utf-8")
        self._saved = 0
        self._do("setUp")

    def open(self, mail: bytes) -> set[str]:
        """Open a mail with a calendar part; the buttons that it is shown with."""
        self._saved += 1
        path = self.folder / f"{self._saved}.eml"
        path.write_bytes(mail)
        self._do("open", str(path))
        bar = until("the bar with the buttons", lambda: self._do("bar"))
        return set(bar["buttons"]) - {"imipMoreButton"}

    def press(self, button: str) -> None:
        self._do("press", button)

    def close(self) -> None:
        """Close the mail."""
        self._do("close")

    def look(self, mail: bytes) -> set[str]:
        """Open and close it; its buttons."""
        buttons = self.open(mail)
        self.close()
        return buttons

    def entry(self, uid: str, calendar: str = OWN) -> Entry | None:
        found = [entry for entry in self.entries(calendar) if entry.uid == uid]
        assert len(found) < 2, found
        return found[0] if found else None

    def entries(self, calendar: str = OWN) -> list[Entry]:
        return [Entry(**facts) for facts in self._do("entries", calendar)]

    def subscribe(self, name: str, address: str) -> None:
        self._do("subscribe", name, address)

    def refresh(self, name: str) -> None:
        self._do("refresh", name)

    def answers(self, address: str) -> list[int]:
        """The status of every answer to its requests for `address`."""
        return list(self._do("answers", address))

    def _do(self, name: str, *given: object) -> Any:
        call = f"return (async () => {name}(...arguments))();"
        return self.client.execute(self._library + call, *given)


@contextmanager
def running(folder: Path, owner: str, smtp_port: int) -> Iterator[Thunderbird]:
    """Thunderbird of `owner` (name and address), who sends by the SMTP server at this port."""
    profile = folder / "profile"
    profile.mkdir()
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in preferences(owner, smtp_port).items()
    ]
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    process = _start(folder, profile)
    try:
        client = Marionette(_port(process, profile), PATIENCE)
        try:
            yield Thunderbird(folder, client)
            client.quit()
            process.wait(PATIENCE)
        finally:
            client.close()
    finally:
        process.kill()
        process.wait()


def _start(folder: Path, profile: Path) -> subprocess.Popen[bytes]:
    options = ["--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
    with (folder / "thunderbird.log").open("wb") as log:
        return subprocess.Popen(
            [program(), *options, "--profile", profile],
            env={**os.environ, "HOME": str(folder), "TZ": "Europe/Berlin", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _port(process: subprocess.Popen[bytes], profile: Path) -> int:
    """Where it listens for commands: it chooses a free port and writes it down."""
    written = profile / "MarionetteActivePort"

    def look() -> int:
        assert process.poll() is None, "Thunderbird has ended"
        text = written.read_text() if written.exists() else ""
        return int(text or 0)

    return until("Thunderbird", look)


def preferences(owner: str, smtp_port: int) -> dict[str, str | int | bool]:
    """A mailbox that never fetches, mail by our own server, and no request to anybody else."""
    name, address = parseaddr(owner)
    return {
        "marionette.port": 0,
        "mail.accountmanager.accounts": "account1,account2",
        "mail.accountmanager.defaultaccount": "account2",
        "mail.accountmanager.localfoldersserver": "server1",
        "mail.account.account1.server": "server1",
        "mail.server.server1.type": "none",
        "mail.server.server1.hostname": "Local Folders",
        "mail.server.server1.name": "Local Folders",
        "mail.server.server1.userName": "nobody",
        "mail.account.account2.server": "server2",
        "mail.account.account2.identities": "id1",
        "mail.server.server2.type": "pop3",
        "mail.server.server2.hostname": "127.0.0.1",
        "mail.server.server2.port": 9,
        "mail.server.server2.userName": address,
        "mail.server.server2.check_new_mail": False,
        "mail.server.server2.login_at_startup": False,
        "mail.identity.id1.fullName": name,
        "mail.identity.id1.useremail": address,
        "mail.identity.id1.valid": True,
        "mail.identity.id1.fcc": False,
        "mail.identity.id1.smtpServer": "smtp1",
        "mail.smtpservers": "smtp1",
        "mail.smtp.defaultserver": "smtp1",
        "mail.smtpserver.smtp1.hostname": "127.0.0.1",
        "mail.smtpserver.smtp1.port": smtp_port,
        "mail.smtpserver.smtp1.try_ssl": 0,
        "mail.smtpserver.smtp1.authMethod": 1,
        "mail.inappnotifications.enabled": False,
        "mail.openMessageBehavior": 2,
        "mail.provider.suppress_dialog_on_startup": True,
        "mail.shell.checkDefaultClient": False,
        "mailnews.start_page.enabled": False,
        "mailnews.start_page_override.mstone": "ignore",
        "calendar.timezone.useSystemTimezone": True,
        "app.donation.eoy.version.viewed": 999,
        "app.update.disabledForTesting": True,
        "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
        "extensions.getAddons.cache.enabled": False,
        "extensions.update.enabled": False,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "network.manage-offline-status": False,
        # Names are not looked up, and who is not on this computer is behind a proxy that is none.
        "network.dns.disabled": True,
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": 9,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": 9,
        "network.proxy.no_proxies_on": "127.0.0.1",
        "services.settings.server": "data:,#remote-settings-dummy/v1",
        "toolkit.telemetry.enabled": False,
    }

"""A mailbox of our own: Debian's dovecot, with a configuration and a folder of its own."""

from __future__ import annotations

import contextlib
import getpass
import imaplib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.ports import free_port

USER, PASSWORD = "planung", "not-secret"
START_SECONDS = 20

CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = {ssl}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    """A running server with one mailbox, which `deliver` fills as a mail server would."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def url(self, name: str = "INBOX", *, user: str = USER, password: str = PASSWORD) -> str:
        return f"imap://{user}:{password}@127.0.0.1:{self.port}/{name}?connect_timeout=10"

    @contextlib.contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as client:
            client.login(USER, PASSWORD)
            yield client

    def deliver(self, *mails: bytes, name: str = "INBOX", at: datetime | None = None) -> None:
        with self.client() as client:
            for mail in mails:
                when = imaplib.Time2Internaldate(at) if at else ""
                state, answer = client.append(name, "", when, mail)
                assert state == "OK", answer

    def flags(self, name: str = "INBOX") -> dict[int, str]:
        """The flags of every mail by its number."""
        with self.client() as client:
            client.select(name, readonly=True)
            _, found = client.uid("FETCH", "1:*", "(FLAGS)")
        rows = [row.decode() for row in found if isinstance(row, bytes)]
        return {
            int(row.split("UID ")[1].split(" ")[0].strip(")")): row.split("FLAGS (")[1].split(")")[
                0
            ]
            for row in rows
        }

    def mark(self, uid: int, flag: str = "\\Seen", name: str = "INBOX") -> None:
        with self.client() as client:
            client.select(name)
            client.uid("STORE", str(uid), "+FLAGS", f"({flag})")

    def remove(self, uid: int, name: str = "INBOX") -> None:
        """As somebody does who deletes a mail, or moves it elsewhere."""
        self.mark(uid, "\\Deleted", name)
        with self.client() as client:
            client.select(name)
            client.expunge()

    def make(self, name: str) -> None:
        """A folder that is empty and new, also if there was one of that name."""
        with self.client() as client:
            client.delete(name)
            assert client.create(name)[0] == "OK"

    def empty(self) -> None:
        with self.client() as client:
            client.select("INBOX")
            client.store("1:*", "+FLAGS", "(\\Deleted)")
            client.expunge()


@contextlib.contextmanager
def running() -> Iterator[Dovecot]:
    """A server for the block; skips where the program is missing."""
    program = _program()
    with tempfile.TemporaryDirectory(prefix="dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # mailboxes do not belong to root
        port = free_port()
        _configure(folder, port)
        process = subprocess.Popen([program, "-F", "-c", folder / "dovecot.conf"])
        try:
            server = Dovecot(folder, port, process)
            _wait(server)
            yield server
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _program() -> str:
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if program is not None:
        return program
    message = "needs Debian's dovecot-imapd"
    if os.environ.get("MATCHMAKER_TEST_REQUIRE_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)


def _configure(folder: Path, port: int) -> None:
    root = os.getuid() == 0
    uid, gid = (65534, 65534) if root else (os.getuid(), os.getgid())
    text = CONFIG.format(folder=folder, port=port, uid=uid, gid=gid, ssl="no", tls_port=0)
    if not root:
        me = getpass.getuser()
        text += f"default_internal_user = {me}\ndefault_login_user = {me}\n"
        text += f"default_internal_group = {os.getgid()}\n"
    (folder / "dovecot.conf").write_text(text)
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    for part in ("mail", "run", "state"):
        (folder / part).mkdir()
    if root:
        shutil.chown(folder / "mail", uid, gid)


def _wait(server: Dovecot) -> None:
    last = time.monotonic() + START_SECONDS
    while True:
        try:
            with server.client():
                return
        except (OSError, imaplib.IMAP4.error):
            if time.monotonic() > last or server.process.poll() is not None:
                log = server.folder / "log"
                pytest.fail(log.read_text() if log.exists() else "dovecot did not start")
            time.sleep(0.05)

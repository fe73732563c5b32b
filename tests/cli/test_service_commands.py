"""The commands that tend the service, as an operator meets them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.cli import COMMANDS, main
from matchmaker.cli.house import missing_extra
from matchmaker.config import Settings
from matchmaker.models import Person, SecondFactor
from matchmaker.models.states import OutboxState, Role
from matchmaker.services.desk import Desk
from matchmaker.services.health import chosen_once
from matchmaker.services.house.listing import KINDS
from matchmaker.services.people import second_factor
from tests import factories
from tests.services.letters import letter
from tests.web.coordinator.approved_quarter import make_quarter

Run = Callable[..., Result]


def _runner(settings: Settings, folder: Path) -> Run:
    environment = {
        "MATCHMAKER_INSTANCE": str(folder),
        "MATCHMAKER_DATABASE_URL": settings.database_url,
        "MATCHMAKER_QUEUE_URL": settings.queue_url,
        "MATCHMAKER_SECRET_KEY": settings.secret_key,
        "MATCHMAKER_CLOCK_START": "2026-12-28T09:00",
    }

    def run(*arguments: str, **more: str) -> Result:
        return CliRunner(env=environment | more).invoke(main, list(arguments))

    return run


@pytest.fixture
def run(settings: Settings, tmp_path: Path) -> Run:
    """Commands over an empty, migrated database."""
    return _runner(settings, tmp_path)


@pytest.fixture
def demo_run(demo_settings: Settings, tmp_path: Path) -> Run:
    """Commands over the demo quarter."""
    return _runner(demo_settings, tmp_path)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    answer = CliRunner().invoke(main, [command, "--help"])

    assert answer.exit_code == 0
    assert len(answer.output.splitlines()) > 4


def test_migrate_makes_a_database_and_may_run_again(tmp_path: Path) -> None:
    environment = {"MATCHMAKER_INSTANCE": str(tmp_path), "MATCHMAKER_DATABASE_URL": ""}
    first, second = (CliRunner(env=environment).invoke(main, ["migrate"]) for _ in range(2))

    assert "it was empty" in first.output
    assert "is up to date" in second.output
    assert (tmp_path / "matchmaker.sqlite3").is_file()


@pytest.mark.parametrize(
    "arguments",
    [["list", "people"], ["load-demo"], ["serve"], ["worker"], ["mail", "send"]],
)
def test_commands_refuse_a_database_without_migrations(
    tmp_path: Path, arguments: list[str]
) -> None:
    environment = {"MATCHMAKER_INSTANCE": str(tmp_path), "MATCHMAKER_DATABASE_URL": ""}
    answer = CliRunner(env=environment).invoke(main, arguments)

    assert (answer.exit_code, answer.output) == (
        1,
        "Error: The database is empty. Run `matchmaker migrate` first.\n",
    )


def test_load_demo_fills_an_empty_database_once(run: Run) -> None:
    assert run("load-demo").exit_code == 0
    assert len(json.loads(run("list", "requests", "--json").stdout)) == 60

    again = run("load-demo")
    assert (again.exit_code, again.output.count("\n")) == (1, 1)


def test_load_demo_never_mixes_with_a_real_person(run: Run) -> None:
    added = run("user", "add", "a@b.example", "--role", "admin", "--name", "A")
    assert added.exit_code == 0

    refused = run("load-demo")

    assert refused.exit_code == 1
    assert refused.output.startswith("Error: There is data already.")


@pytest.mark.parametrize("kind", list(KINDS))
def test_list_prints_one_json_array(demo_run: Run, kind: str) -> None:
    answer = demo_run("list", kind, "--json")

    assert answer.exit_code == 0
    assert isinstance(json.loads(answer.stdout), list)


def test_list_prints_a_table_for_people(demo_run: Run) -> None:
    lines = demo_run("list", "rounds").stdout.splitlines()

    assert lines[0].split() == ["id", "name", "state", "first_day", "last_day", "created_at"]
    assert lines[1].startswith("1   1. Quartal 2027  open")


def test_list_of_nothing_says_so_beside_the_output(run: Run) -> None:
    answer = run("list", "talks")

    assert (answer.exit_code, answer.stdout, answer.stderr) == (0, "", "No talks.\n")


def test_list_of_an_unknown_kind_names_the_known_ones(run: Run) -> None:
    answer = run("list", "tokens")

    assert answer.exit_code == 2
    assert "outbox" in answer.output


def test_user_add_gives_roles(run: Run, session: Session) -> None:
    answer = run(
        "user", "add", "You@Carrier.example", "--role", "coordinator", "--role", "admin",
        "--name", "Claudia Winter",
    )  # fmt: skip

    assert answer.output == "K01 you@carrier.example added admin, coordinator\n"
    person = session.scalars(select(Person)).one()
    assert (person.name, person.roles) == ("Claudia Winter", {Role.COORDINATOR, Role.ADMIN})


def test_user_reset_factor_lets_in_by_mail_alone(run: Run, session: Session, desk: Desk) -> None:
    person = factories.person(session, Role.COORDINATOR, email="k@traeger.example")
    second_factor.begin(session, desk, person)
    session.commit()

    assert run("user", "reset-factor", "K@traeger.example").exit_code == 0
    assert session.scalars(select(SecondFactor)).all() == []
    session.rollback()
    for email in ("k@traeger.example", "nobody@traeger.example"):
        refused = run("user", "reset-factor", email)
        assert (refused.exit_code, len(refused.output.splitlines())) == (1, 1)


def test_user_add_twice_adds_roles(run: Run, session: Session) -> None:
    for role in ("auditor", "admin"):
        assert run("user", "add", "a@b.example", "--role", role, "--name", "A").exit_code == 0

    assert session.scalar(select(func.count()).select_from(Person)) == 1
    assert session.scalars(select(Person)).one().roles == {Role.AUDITOR, Role.ADMIN}


def test_user_add_says_that_a_known_name_stays(run: Run) -> None:
    given = ("user", "add", "a@b.example", "--role", "admin", "--name")
    same, other = run(*given, "Anna") and run(*given, "Anna"), run(*given, "Berta")

    assert same.stderr == ""
    assert (other.exit_code, other.stderr) == (0, "The name stays Anna; change it in Contacts.\n")


@pytest.mark.parametrize(
    "url", ["smtp://", "smtp://me:geheim@mail.example", "smtp://127.0.0.1?foo=1"]
)
def test_mail_send_with_an_unusable_server_fails(demo_run: Run, url: str) -> None:
    answer = demo_run("mail", "send", MATCHMAKER_MAIL_URL=url)

    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith("Error: MATCHMAKER_MAIL_URL: ")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["nobody", "--role", "admin", "--name", "X"], 1),
        (["a@b.example", "--role", "admin", "--name", " "], 1),
        (["a@b.example", "--role", "king", "--name", "X"], 2),
        (["a@b.example", "--name", "X"], 2),
    ],
)
def test_user_add_refuses_in_one_line(
    run: Run, session: Session, arguments: list[str], status: int
) -> None:
    answer = run("user", "add", *arguments)

    assert answer.exit_code == status
    assert "Traceback" not in answer.output
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_login_link_is_an_address_of_the_service(demo_run: Run) -> None:
    answer = demo_run(
        "login-link",
        "Koordination@traeger-demo.example",
        MATCHMAKER_BASE_URL="https://gespraeche.example",
    )

    assert answer.exit_code == 0
    assert answer.output.startswith("https://gespraeche.example/anmelden/")
    assert answer.output.count("\n") == 1


def test_login_link_for_nobody_is_refused(demo_run: Run) -> None:
    answer = demo_run("login-link", "nobody@verein.example")

    assert (answer.exit_code, answer.output) == (
        1,
        "Error: Nobody with this address may sign in.\n",
    )


def test_mail_send_without_a_server_says_what_is_missing(demo_run: Run) -> None:
    answer = demo_run("mail", "send")

    assert answer.exit_code == 1
    assert "MATCHMAKER_MAIL_URL" in answer.output


def test_mail_retry_counts_first_and_then_sends_what_may_go(
    run: Run, session: Session, desk: Desk
) -> None:
    said = ("550 5.7.1 rejected 4F2A1B3C9D", "550 5.7.1 rejected 77AA1B3C9E", "552 mailbox full")
    for number, why in enumerate(said):
        row = letter(session, desk, subject_key=f"talk:{number}")
        row.state, row.last_error = OutboxState.DEAD, why
    session.commit()

    counted = run("mail", "retry")
    some = run("mail", "retry", "--reason", "rejected")
    rest = run("mail", "retry", "--all")
    none = run("mail", "retry", "--all")

    assert counted.output.splitlines() == [
        "2 dead: 550 5.7.1 rejected …",
        "1 dead: 552 mailbox full",
        "Nothing was changed. Choose --all, or --reason TEXT for some of them.",
    ]
    assert some.output == "2 wait to be sent again.\n"
    assert rest.output == "1 wait to be sent again.\n"
    assert none.output == "No such mail is dead.\n"


def test_mails_that_have_arrived_are_noted(run: Run, session: Session, desk: Desk) -> None:
    for state in (OutboxState.UNCERTAIN, OutboxState.QUEUED, OutboxState.DEAD):
        letter(session, desk).state = state
    session.commit()

    nothing = run("mail", "arrived")
    early = run("mail", "arrived", "--written-before", "2020-01-31")
    unsure = run("mail", "arrived", "--uncertain")
    waiting = run("mail", "arrived", "--written-before", "2100-01-31 03:00")

    assert nothing.exit_code == 2
    said = [early.output, unsure.output, waiting.output]
    assert said == [f"{number} noted as arrived.\n" for number in (0, 1, 1)]


def test_mail_is_held_and_released(run: Run, session: Session, desk: Desk) -> None:
    letter(session, desk)
    session.commit()

    said = [run("mail", "hold", "--reason", "Restored"), run("mail", "hold")]
    said.append(run("mail", "hold", "--reason", "Approved too early"))
    sent = run("mail", "send")
    said += [run("mail", "release"), run("mail", "release")]

    assert [answer.output for answer in said] == [
        "Mail is held.\n",
        "Mail was held already.\n",
        "Mail was held already; the reason is the new one.\n",
        "Mail leaves again.\n",
        "No mail was held.\n",
    ]
    assert sent.exit_code == 1


@pytest.mark.parametrize("arguments", [["plan", "99"], ["approve", "99"], ["approve", "1"]])
def test_round_that_cannot_be_worked_on_is_refused(demo_run: Run, arguments: list[str]) -> None:
    answer = demo_run("round", *arguments)

    assert answer.exit_code == 1
    assert (answer.output.startswith("Error: "), answer.output.count("\n")) == (True, 1)


@pytest.mark.parametrize("number", ["99999999999999999999", "2147483648", "0"])
@pytest.mark.parametrize("command", ["plan", "approve"])
def test_round_number_that_no_database_holds_is_no_round(
    demo_run: Run, command: str, number: str
) -> None:
    answer = demo_run("round", command, number)

    assert (answer.exit_code, answer.output) == (1, "Error: There is no such planning round.\n")


def test_doctor_names_what_is_wrong_and_ends_with_one(run: Run) -> None:
    answer = run("doctor")

    assert answer.exit_code == 1
    assert "ok     migrations" in answer.output
    assert "WRONG  worker: has never run\n       -> Start `matchmaker worker`" in answer.output


def test_doctor_names_a_setting_that_nobody_reads(run: Run) -> None:
    answer = run("doctor", MATCHMAKER_MAIL_FORM="planung@verein.example")

    assert (
        "WRONG  settings: nobody reads MATCHMAKER_MAIL_FORM\n       -> Is MATCHMAKER_MAIL_FROM"
    ) in answer.output


def test_doctor_takes_a_changed_sender_for_right_when_told_to(
    run: Run, factory: sessionmaker[Session], desk: Desk
) -> None:
    make_quarter(factory, desk)
    with factory.begin() as session:
        chosen_once.note(session, desk.settings)
    new = {"MATCHMAKER_MAIL_FROM": "neu@verein.example"}

    assert (
        "WRONG  lasting settings: MATCHMAKER_MAIL_FROM has changed" in run("doctor", **new).output
    )
    assert "ok     lasting settings" in run("doctor", "--accept", **new).output
    assert "ok     lasting settings" in run("doctor", **new).output


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MATCHMAKER_DATABASE_URL", "mysql://host/x"),
        ("MATCHMAKER_BASE_URL", "ftp://host"),
        ("MATCHMAKER_TIMEZONE", "Mars/Olympus"),
        ("MATCHMAKER_CLOCK_START", "yesterday"),
        ("MATCHMAKER_MAIL_URL", "imap://me:geheim@host"),
    ],
)
def test_unusable_setting_is_named_in_one_line(run: Run, name: str, value: str) -> None:
    answer = run("list", "people", **{name: value})

    assert answer.exit_code == 1
    assert answer.output.startswith(f"Error: {name}: ")
    assert "geheim" not in answer.output


def test_database_that_is_away_is_one_line_without_the_password(run: Run) -> None:
    answer = run("list", "people", MATCHMAKER_DATABASE_URL="postgresql://me:geheim@127.0.0.1:1/x")

    assert answer.exit_code == 1
    assert answer.output.startswith("Error: The database does not answer: ")
    assert ("geheim" in answer.output, answer.output.count("\n")) == (False, 1)


def test_missing_driver_is_named_with_the_way_to_get_it() -> None:
    error = ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    assert missing_extra(error) == (
        "psycopg is not installed. Install matchmaker again with the extra it needs: "
        "pip install '/path/to/checkout[postgres]'"
    )


@contextmanager
def _full_disk() -> Iterator[None]:
    """Every commit fails, as on a disk that has filled up meanwhile."""

    def refuse(_connection: Connection) -> None:
        raise OperationalError("COMMIT", None, Exception("database or disk is full"))

    event.listen(Engine, "commit", refuse)
    yield
    event.remove(Engine, "commit", refuse)


@pytest.mark.parametrize(
    "arguments",
    [
        ["user", "add", "new@verein.example", "--role", "admin", "--name", "Neu"],
        ["user", "add", "k@traeger.example", "--role", "admin", "--name", "Neu"],
        ["user", "reset-factor", "k@traeger.example"],
        ["login-link", "k@traeger.example"],
    ],
)
def test_nothing_is_said_to_be_done_before_it_is_kept(
    run: Run, session: Session, desk: Desk, arguments: list[str]
) -> None:
    person = factories.person(session, Role.COORDINATOR, email="k@traeger.example")
    second_factor.begin(session, desk, person)
    session.commit()

    with _full_disk():
        answer = run(*arguments, MATCHMAKER_CLOCK_START="")

    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith(
        "Error: The database cannot write, nothing was changed: database or disk is full."
    )


def test_approval_is_not_announced_before_it_is_kept(demo_run: Run) -> None:
    assert demo_run("round", "plan", "1", "--wait").exit_code == 0

    with _full_disk():
        answer = demo_run("round", "approve", "1", MATCHMAKER_CLOCK_START="")

    assert (answer.exit_code, answer.stdout) == (1, "")
    assert json.loads(demo_run("list", "talks", "--json").stdout) == []

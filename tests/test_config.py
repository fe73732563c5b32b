"""Settings: what is taken, what is refused, and what a refusal says."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from matchmaker.config import SETTING_NAMES, Settings, SettingsError, strangers

KEY = "a key for tests only, long enough to be taken seriously"


def read(folder: Path, **given: str) -> Settings:
    environment = {f"MATCHMAKER_{name}": text for name, text in given.items()}
    return Settings.from_environment({"MATCHMAKER_INSTANCE": str(folder), **environment})


def refusal(folder: Path, **given: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(folder, **given)
    return str(caught.value)


def test_settings_without_an_environment_live_in_the_instance_folder(tmp_path: Path) -> None:
    settings = read(tmp_path / "new")
    assert settings.database_url == f"sqlite:///{tmp_path}/new/matchmaker.sqlite3"
    assert settings.queue_url == f"sqlite:///{tmp_path}/new/queue.sqlite3"
    assert settings.mail_url is None
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_empty_setting_counts_as_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, TIMEZONE="", MAIL_URL="") == read(tmp_path)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("postgresql://u:pw@db/name", "postgresql+psycopg://u:pw@db/name"),
        ("postgres://u:p%40w%2F@db/name", "postgresql+psycopg://u:p%40w%2F@db/name"),
        ("postgresql:///name?host=/run/pg", "postgresql+psycopg:///name?host=%2Frun%2Fpg"),
        ("sqlite:////srv/m.sqlite3", "sqlite:////srv/m.sqlite3"),
    ],
)
def test_database_url_is_taken(tmp_path: Path, text: str, taken: str) -> None:
    assert read(tmp_path, DATABASE_URL=text).database_url == taken


def test_relative_file_is_the_same_one_for_every_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read(tmp_path, DATABASE_URL="sqlite:///m.sqlite3", QUEUE_URL="sqlite:///q.sqlite3")
    assert settings.database_url == f"sqlite:///{tmp_path}/m.sqlite3"
    assert settings.queue_url == f"sqlite:///{tmp_path}/q.sqlite3"


@pytest.mark.parametrize(
    "text",
    [
        "mysql://u:pw@db/name",
        "postgresql://",
        "postgresql://u:pw@db",
        "postgresql://u:pw@db:port/name",
        "postgresql//u:pw@db/name",
        "sqlite://",
        "sqlite:///:memory:",
        "name",
    ],
)
def test_database_url_is_refused_without_its_password(tmp_path: Path, text: str) -> None:
    said = refusal(tmp_path, DATABASE_URL=text)
    assert said.startswith("MATCHMAKER_DATABASE_URL: ")
    assert said.endswith("expected sqlite:///path or postgresql://user:password@host/name")
    assert "pw" not in said


@pytest.mark.parametrize("text", ["amqp://host", "redis://host:port", "sqlite://", "postgresql://"])
def test_queue_url_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, QUEUE_URL=text).startswith("MATCHMAKER_QUEUE_URL: ")


@pytest.mark.parametrize("text", ["redis://", "rediss://:pw@host:6380/1", "postgresql://h/n"])
def test_queue_url_is_taken_as_it_is(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, QUEUE_URL=text).queue_url == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MAIL_URL", "imap://host"),
        ("MAIL_URL", "smtp://"),
        ("MAIL_FROM", "planung"),
        ("MAIL_RATE", "many"),
        ("MAIL_RATE", "0"),
        ("MAIL_RATE", "-1"),
        ("MAIL_RATE", "nan"),
        ("MAIL_RATE", "inf"),
        ("MAIL_RATE", "5/s"),
        ("IMAP_URL", "smtp://u:pw@host"),
        ("IMAP_URL", "imaps://host"),
        ("MAIL_FROM", "Planung <planung@verein.example>"),
        ("MAIL_FROM", "a@b@c"),
        ("BASE_URL", "termine.verein.example"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://host:port"),
        ("BASE_URL", "https://host/folder"),
        ("BASE_URL", "https://host/?lang=de"),
        ("BASE_URL", "https://user@host"),
        ("BASE_URL", "https://[host"),
        ("TIMEZONE", "Mars/Olympus"),
        ("CLOCK_START", "2027-02-30T09:00"),
        ("PROXY_HOPS", "-1"),
        ("PROXY_HOPS", "²"),
        ("PROXY_HOPS", "yes"),
        ("PROXY_HOPS", "1000000"),
        ("PROXY_HOPS", "9" * 5000),
        ("SECRET_KEY", "abc"),
    ],
)
def test_setting_is_refused_by_name(tmp_path: Path, name: str, text: str) -> None:
    said = refusal(tmp_path, **{name: text})
    assert said.startswith(f"MATCHMAKER_{name}: ")
    assert "expected" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("smtp://127.0.0.1:99999", "Port out of range"),
        ("smtp://127.0.0.1?connect_timeout=x", "connect_timeout needs seconds"),
        ("smtp://127.0.0.1?foo=1", "unknown option 'foo'"),
        ("smtp://user:geheim@mail.example:25", "would send the password readable"),
        ("smtps://user@mail.example", "a user needs a password"),
    ],
)
def test_mail_server_that_no_mail_could_go_to_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    refused = refusal(tmp_path, MAIL_URL=text)
    assert refused.startswith("MATCHMAKER_MAIL_URL: ")
    assert said in refused
    assert "geheim" not in refused


@pytest.mark.parametrize(
    "password", ["pa@ss", "pa/ss", "pa?ss", "pa#ss", "1/ss", "1?ss", "@", "//"]
)
@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "postgresql://me:{}@db.example/name"),
        ("QUEUE_URL", "redis://me:{}@redis.example/0"),
        ("MAIL_URL", "smtps://me:{}@mail.example"),
    ],
)
def test_password_that_is_not_encoded_is_refused_without_a_piece_of_it(
    tmp_path: Path, name: str, url: str, password: str
) -> None:
    assert refusal(tmp_path, **{name: url.format(password)}) == (
        f"MATCHMAKER_{name}: user and password must be percent-encoded "
        "(@ is %40, / is %2F, ? is %3F, # is %23)"
    )


def test_a_misspelt_setting_is_found_with_the_one_that_was_meant() -> None:
    given = {"MATCHMAKER_MAIL_FORM": "x", "MATCHMAKER_MAIL_FROM": "x", "MATCHMAKER_TEST_X": "x"}
    assert strangers(given) == {"MATCHMAKER_MAIL_FORM": "MATCHMAKER_MAIL_FROM"}
    assert strangers({"MATCHMAKER_": "x", "PATH": "x"}) == {"MATCHMAKER_": ""}


def test_mailbox_and_rate_are_taken(tmp_path: Path) -> None:
    settings = read(tmp_path, MAIL_RATE="0.5", IMAP_URL="imaps://u:pw@mail.example/INBOX")
    assert (settings.mail_rate, settings.imap_url) == (0.5, "imaps://u:pw@mail.example/INBOX")
    assert (read(tmp_path).mail_rate, read(tmp_path).imap_url) == (None, None)


def test_sender_is_kept_as_it_goes_over_the_wire(tmp_path: Path) -> None:
    settings = read(tmp_path, MAIL_FROM="planung@Büro.example")
    assert settings.mail_from == "planung@xn--bro-hoa.example"
    assert settings.uid_host == "xn--bro-hoa.example"


def test_base_url_loses_its_last_slash(tmp_path: Path) -> None:
    assert read(tmp_path, BASE_URL="https://host:8443/").base_url == "https://host:8443"


def test_secret_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: read(tmp_path).secret_key, range(40)))
    assert set(keys) == {(tmp_path / "secret_key").read_text()}


def test_empty_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    assert refusal(tmp_path).startswith(f"{tmp_path}/secret_key is empty.")


def test_instance_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refusal(tmp_path / "file")
    assert said == (
        f"{tmp_path}/file/secret_key cannot be used: File exists. Let the service's user own "
        "this folder, or set MATCHMAKER_INSTANCE or MATCHMAKER_SECRET_KEY."
    )


def test_key_from_the_environment_leaves_the_disk_alone(tmp_path: Path) -> None:
    assert read(tmp_path / "none", SECRET_KEY=KEY).secret_key == KEY
    assert not (tmp_path / "none").exists()


def test_setting_names_are_those_of_the_environment() -> None:
    assert "MATCHMAKER_MAIL_URL" in SETTING_NAMES
    assert all(name.startswith("MATCHMAKER_") for name in SETTING_NAMES)


@pytest.mark.parametrize(
    ("text", "expected"), [("yes", True), ("1", True), ("TRUE", True), ("no", False), ("0", False)]
)
def test_calendars_without_encryption_only_where_it_is_said(
    tmp_path: Path, text: str, expected: bool
) -> None:
    given = {"MATCHMAKER_INSTANCE": str(tmp_path)}
    assert Settings.from_environment(given).calendar_http is False
    given["MATCHMAKER_CALENDAR_HTTP"] = text
    assert Settings.from_environment(given).calendar_http is expected
    with pytest.raises(SettingsError, match="CALENDAR_HTTP"):
        Settings.from_environment({**given, "MATCHMAKER_CALENDAR_HTTP": "perhaps"})

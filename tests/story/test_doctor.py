"""`matchmaker doctor`: status 0 for a healthy service, 1 with a remedy for each trouble."""

from __future__ import annotations

from tests.support.ports import free_port
from tests.support.service import Service
from tests.support.waiting import until


def test_doctor_finds_nothing_wrong_with_a_running_service(service: Service) -> None:
    service.settings["BASE_URL"] = "https://planung.arbeitsmarkt.example"
    service.settings["CLOCK_START"] = ""
    service.run("migrate")
    service.worker()
    said = until("a healthy service", lambda: _said(service, 0))
    assert {line.split()[0] for line in said.splitlines()} == {"ok"}


def _said(service: Service, expected: int) -> str:
    """What doctor says, or nothing as long as it ends otherwise (the worker has just begun)."""
    try:
        return service.call("doctor", expect=expected).stdout
    except AssertionError:
        return ""


def test_doctor_names_each_trouble_with_its_remedy(service: Service) -> None:
    service.run("migrate")
    (service.folder / "no-folder").touch()
    service.settings |= {
        "SECRET_KEY": "a" * 40,
        "MAIL_URL": f"smtp://127.0.0.1:{free_port()}?connect_timeout=2",
        "MAIL_FROM": "planung@localhost",
        "QUEUE_URL": f"sqlite:///{service.folder}/no-folder/queue.sqlite3",
    }
    said = service.run("doctor", expect=1).stdout
    assert _troubles(said) == {
        "secret key",
        "clock",
        "base URL",
        "mail sender",
        "mail server",
        "queue",
        "worker",
    }
    assert said.count("       -> ") == len(_troubles(said))


def test_doctor_tells_an_empty_database_and_one_that_is_away(service: Service) -> None:
    found = _troubles(service.run("doctor", expect=1).stdout)
    assert found & {"database", "migrations"}
    assert list(service.folder.iterdir()) == [], "looking makes no key, no folder and no file"
    service.settings["DATABASE_URL"] = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    away = service.run("doctor", expect=1)
    assert ("database" in _troubles(away.stdout), "Traceback" in away.stderr) == (True, False)


def test_unusable_setting_is_named_in_one_line(service: Service) -> None:
    for name, text in (
        ("DATABASE_URL", "mysql://host/name"),
        ("MAIL_URL", "http://host"),
        ("TIMEZONE", "Europe/Nowhere"),
        ("CLOCK_START", "yesterday"),
        ("BASE_URL", "planung.example"),
    ):
        before = service.settings.get(name)
        service.settings[name] = text
        said = service.call("doctor", expect=1)
        assert said.stderr.startswith(f"Error: MATCHMAKER_{name}: "), said.stderr
        assert len(said.stderr.splitlines()) == 1
        service.settings.pop(name) if before is None else service.settings.update({name: before})


def _troubles(said: str) -> set[str]:
    lines = [line for line in said.splitlines() if line.startswith("WRONG")]
    return {line.removeprefix("WRONG").partition(":")[0].strip() for line in lines}

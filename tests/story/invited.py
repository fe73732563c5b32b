"""What invited people do: answer by the link in their mail, subscribe to their talks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from icalendar import Calendar

from tests.calendars.lint import faults
from tests.story import coordinator, mails
from tests.support.http import Answer, HttpClient
from tests.support.pages import Browser, Page
from tests.support.service import Service
from tests.support.smtp import Received

GETS = 5


def answer_page(browser: Browser, mail: Received, answer: str = "") -> Page:
    """Open the link of the mail as programs that look into mails do: again and again."""
    link = mails.link_in(mail, "/antwort/")
    for _ in range(GETS):
        assert browser.client.head(link).status_code == 200
        assert browser.open(f"{link}?antwort=accepted").status == 200
        assert browser.open(f"{link}?antwort=declined").status == 200
    return browser.open(f"{link}?antwort={answer}")


def answer(browser: Browser, page: Page, button: str) -> Page:
    done = browser.send(page.form("antwort"), button=button)
    assert (done.status, done.address.endswith("/danke")) == (200, True), done.words
    return done


@dataclass(frozen=True)
class Subscription:
    """A feed as a calendar program fetches it: without any cookie."""

    client: HttpClient
    address: str

    def get(self, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(self.address, headers=named)

    def events(self) -> dict[str, tuple[int, str]]:
        """Sequence and status of every event by its UID."""
        answer = self.get()
        assert answer.status_code == 200
        assert faults(answer.data) == []
        calendar = Calendar.from_ical(answer.data)
        assert "METHOD" not in calendar
        return {
            str(event["UID"]): (int(event["SEQUENCE"]), str(event["STATUS"]))
            for event in calendar.walk("VEVENT")
        }


def subscribe(service: Service, email: str) -> Subscription:
    """Sign in, make an address under /mein/kalender and take it from there."""
    browser = coordinator.sign_in(service, email)
    page = browser.open("/mein/kalender")
    page = browser.send(page.form("full/adresse"))
    found = re.findall(r"http://[^\s\"<]+/kalender/[\w-]{43}/[\w-]+\.ics", page.text)
    assert len(set(found)) == 1, page.words
    return Subscription(HttpClient(service.base_url), found[0])


def fetch_again(subscription: Subscription) -> str:
    """Fails unless the feed answers 304 with both validators; its ETag."""
    first = subscription.get()
    etag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    assert (first.mimetype, first.headers.get("Set-Cookie")) == ("text/calendar", None)
    for known in ({"If_None_Match": etag}, {"If_None_Match": f'"x", W/{etag}'}):
        again = subscription.get(**known)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
        assert again.headers["Last-Modified"] == changed
    assert subscription.get(If_None_Match='"x"').data == first.data
    head = subscription.client.head(subscription.address)
    assert (head.status_code, head.headers["ETag"], head.data) == (200, etag, b"")
    return str(etag)

"""Several coordinators who press the same button at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.story import coordinator
from tests.support.pages import Browser, Page
from tests.support.service import Service

OTHERS = ("zwei@traeger-demo.example", "drei@traeger-demo.example", "vier@traeger-demo.example")


@pytest.mark.slow
def test_one_of_several_approvals_wins_and_the_others_are_told(planned_service: Service) -> None:
    service = planned_service
    for email in OTHERS:
        service.run("user", "add", email, "--role", "coordinator", "--name", "Noch jemand")
    service.serve()
    browsers = [coordinator.sign_in(service, email) for email in (coordinator.EMAIL, *OTHERS)]
    shown = [coordinator.confirm_page(browser, 1) for browser in browsers]
    assert len({coordinator.announced(page.form("freigabe")) for page in shown}) == 1
    barrier = Barrier(len(browsers))

    def press(browser: Browser, page: Page) -> Page:
        barrier.wait()
        return browser.send(page.form("freigabe"))

    with ThreadPoolExecutor(len(browsers)) as pool:
        pages = list(pool.map(press, browsers, shown))
    assert {page.status for page in pages} <= {200, 409}, [page.words for page in pages]
    assert [row["action"] for row in service.rows("audit")].count("round.approved") == 1
    talks, outbox = service.rows("talks"), service.rows("outbox")
    assert (len(talks), len({row["request"] for row in talks})) == (49, 49)
    assert len(outbox) == coordinator.announced(shown[0].form("freigabe"))
    assert len(service.rows("invitations")) == len(outbox)
    told = {page.words for page in pages}
    assert len(told) > 1, "who comes too late is told so"

"""A page that waits for an answer: what it showed until then is not told twice."""

from __future__ import annotations

from typing import Any

from tests.browser.visitor import Visit

START = "/koordination/"
KNOWN = """<section class="told">As the plan has it</section>
<div data-refresh-url="/koordination/antwort" data-refresh-seconds="1">Still to come</div></main>"""
ANSWER = """<section class="told">As it is now</section><p>And more</p>"""


def test_an_answer_takes_the_place_of_what_was_shown_until_then(visit: Visit) -> None:
    visitor = visit()

    def waiting(route: Any) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("</main>", KNOWN))

    def answered(route: Any) -> None:
        route.fulfill(content_type="text/html", body=ANSWER)

    visitor.sign_in_as("coordinator")
    visitor.page.route(f"**{START}", waiting)
    visitor.page.route(f"**{START}antwort", answered)
    visitor.open(START)
    visitor.page.wait_for_selector("text=And more")
    told = visitor.page.locator(".told:visible").all_inner_texts()
    assert told == ["As it is now"]

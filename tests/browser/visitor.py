"""Somebody in front of a real browser, and the checks that hold for every page they see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

PHONE, NARROW, DESK = 360, 320, 1280
TALL = 740
WIDTHS = (NARROW, DESK)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"light": WCAG, "dark": ["color-contrast"]}
"""What axe looks for: a dark page is the same page in other colours."""

MOST_REQUESTS = 5

AXE = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  const where = one => one.nodes.slice(0, 3).map(node => node.target.join(" ")).join(" | ");
  return found.violations.map(one => `${one.id}: ${where(one)}`);
}"""

FORM_FAULTS = """() => {
  const found = [];
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`id ${id} twice`);
  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (!field.labels.length && !field.ariaLabel) found.push(`no label: ${field.name}`);
  for (const label of document.querySelectorAll("label[for]"))
    if (!document.getElementById(label.htmlFor)) found.push(`label for nothing: ${label.htmlFor}`);
  for (const name of ["aria-describedby", "aria-labelledby", "aria-controls"])
    for (const one of document.querySelectorAll(`[${name}]`))
      for (const id of one.getAttribute(name).split(/\\s+/))
        if (id && !document.getElementById(id)) found.push(`${name} names nothing: ${id}`);
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  if (document.querySelectorAll("main").length !== 1) found.push("not one main");
  return [...new Set(found)];
}"""

MOVING = """() => [...document.querySelectorAll("*")]
  .filter(one => parseFloat(getComputedStyle(one).transitionDuration) > 0)
  .map(one => one.className || one.tagName)"""

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => { sum += one.value; }))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""

POLICY_WATCH = """
document.addEventListener("securitypolicyviolation", event =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass(frozen=True)
class Weight:
    """What one first view costs: bytes of bodies as they came, and how far things moved."""

    requests: int
    size: int
    script: int
    shift: float


class Visitor:
    """A browser of its own: cookies, language, width, with or without JavaScript."""

    def __init__(
        self,
        chromium: Any,
        base_url: str,
        *,
        width: int = DESK,
        language: str = "de",
        scripts: bool = True,
    ) -> None:
        self.base_url = base_url
        self.scripts = scripts
        self.odd: list[str] = []
        self.asked: list[str] = []
        self.context = chromium.new_context(
            base_url=base_url,
            locale=language,
            viewport={"width": width, "height": TALL},
            java_script_enabled=scripts,
        )
        self.context.add_init_script(POLICY_WATCH)
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.odd.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        # A page that says why not (404, 409, 422) is no fault, but chromium reports it as one.
        about = message.location.get("url", "")
        is_page = "status of 4" in message.text and "/static/" not in about
        if message.type in {"error", "warning"} and not is_page:
            self.odd.append(f"{message.type}: {message.text} at {self.page.url}")

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"http", "https"}:
            return
        # What it was led on to, and a mail in a frame, are pages of their own.
        if not (self.asked and request.resource_type == "document"):
            self.asked.append(parts.path)
        if not request.url.startswith(self.base_url):
            self.odd.append(f"request to {parts.netloc} from {self.page.url}")

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.odd.append(f"{response.status} from {response.url}")

    def leave(self) -> list[str]:
        self.context.close()
        return self.odd

    def open(self, address: str, status: int = 200) -> None:
        self.asked.clear()
        answer = self.page.goto(address, wait_until="load")
        assert answer is not None, address
        assert answer.status == status, f"{answer.status} from {address}"
        assert len(self.asked) <= MOST_REQUESTS, self.asked

    def sign_in_as(self, role: str) -> None:
        """The browser keeps the cookie and nothing else."""
        answer = self.page.request.get(f"/demo/als/{role}", max_redirects=0)
        assert answer.status == 303, f"{answer.status} for {role}"

    def press(self, selector: str) -> None:
        """Press something that leads to another page, and wait until that is there."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(selector).first.click()

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def heading(self) -> str:
        return str(self.page.locator("h1").inner_text())

    def faults(self, schemes: tuple[str, ...] = tuple(RULES)) -> list[str]:
        """What is wrong with this page: HTML, width and accessibility at both widths.

        The page stands afterwards as it stood before.
        """
        before = self.page.viewport_size
        found = list(self.page.evaluate(FORM_FAULTS))
        self.page.emulate_media(reduced_motion="reduce")
        found += [f"moves all the same: {name}" for name in self.page.evaluate(MOVING)]
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": TALL})
            if self.page.evaluate(TOO_WIDE) > 0:
                found.append(f"scrolls sideways at {width}")
            for scheme in schemes:
                self.page.emulate_media(color_scheme=scheme)
                found += [f"{width} {scheme} {fault}" for fault in self._axe(RULES[scheme])]
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        self.page.set_viewport_size(before)
        return [f"{self.path}: {fault}" for fault in found]

    def _axe(self, rules: list[str]) -> list[str]:
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_axe_script())
        return list(self.page.evaluate(AXE, rules))

    def weigh(self, address: str) -> Weight:
        """Open a page as a first-time visitor does, without anything kept from before."""
        finished: list[Any] = []

        def keep(request: Any) -> None:
            finished.append(request)

        self.page.on("requestfinished", keep)
        self.page.goto(address, wait_until="networkidle")
        sizes = {one.url: one.sizes()["responseBodySize"] for one in finished}
        script = sum(size for url, size in sizes.items() if urlsplit(url).path.endswith(".js"))
        shift = self.page.evaluate(SHIFTS)
        return Weight(len(finished), sum(sizes.values()), script, shift)


@cache
def _axe_script() -> str:
    from axe_playwright_python.base import AXE_SCRIPT  # noqa: PLC0415  # an optional extra

    return str(AXE_SCRIPT)


Visit = Callable[..., Visitor]
"""The fixture `visit`."""

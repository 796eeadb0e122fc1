"""Somebody with a browser in front of the pages, signed in as whom a test needs."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from chassis.identity import Actor
from gateway.door import COOKIE
from tests.gateway.running import Platform

RULES: Final = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
MENDED: Final = (409, 412, 422)
"""What the page itself says is to be mended, or looked at again."""
WIDTHS: Final = (320, 768, 1280)
MOST_NODES: Final = 4_000
PICTURES: Final = os.environ.get("WAYMARK_SCREENSHOTS", "")


@dataclass
class Reader:
    """A browser's page, and everything it complained about."""

    page: Page
    site: str
    said: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.site + path)
        return self.page

    def hear(self, kind: str, text: str) -> None:
        """Keep what the browser complains about; that a form was not filled in well is what the page itself says."""
        if kind == "error" and not any(f"status of {status}" in text for status in MENDED):
            self.said.append(text)

    def faults(self) -> list[str]:
        """Return what is wrong with the page that is open: by axe, by width, by size, by its own console."""
        found = self.violations()
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"scrolls sideways at {width}")
        nodes = self.page.evaluate("document.getElementsByTagName('*').length")
        return found + self.said + ([f"{nodes} nodes"] if nodes > MOST_NODES else [])

    def violations(self) -> list[str]:
        """Return the rules of accessibility that the page breaks, by axe."""
        return [violation["id"] for violation in Axe().run(self.page, options=RULES).response["violations"]]

    def picture(self, name: str) -> None:
        """Keep pictures of the page at every width, where somebody wants to look at them."""
        for width in WIDTHS if PICTURES else ():
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


As = Callable[[Actor], AbstractContextManager[Reader]]


@contextmanager
def reading_as(
    chromium: Browser, platform: Platform, actor: Actor, name: str = "", *, java_script: bool = True, **wishes: Any
) -> Iterator[Reader]:
    """Open a browser in which somebody is signed in; `wishes` are further options of its context."""
    site = platform.addresses.url("gateway")
    # What is on its way in is pale for a moment, which axe takes for the page's own colours.
    options: dict[str, Any] = {"java_script_enabled": java_script, "reduced_motion": "reduce", **wishes}
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, **options)
    secret = platform.sign_in(actor, name)
    page = context.new_page()
    # A cookie of this name is taken from an answer of the site alone, so the site seems to answer with it once.
    cookie = f"{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Lax"
    page.route(f"{site}/signed-in", lambda asked: asked.fulfill(status=200, headers={"Set-Cookie": cookie}, body=""))
    page.goto(f"{site}/signed-in")
    page.set_default_timeout(30_000)
    reader = Reader(page, site)
    page.on("console", lambda message: reader.hear(message.type, message.text))
    page.on("pageerror", lambda error: reader.said.append(str(error)))
    yield reader
    context.close()


def press(page: Page, *keys: str) -> None:
    """Press keys once the scripts of the page are there to hear them."""
    page.wait_for_load_state()
    for key in keys:
        page.keyboard.press(key)


def texts(rows: Any) -> list[str]:
    """Return what elements say."""
    return [str(text) for text in rows.all_inner_texts()]

"""Every page on its first visit: what it weighs, whether it jumps, and whether everybody can use it.

How soon it is answered and painted is a matter of the machine, so it is told and not judged here: pytest keeps it with
the test's result (`--junit-xml`). `make bench B=platform` judges some pages, painted on a slow line.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.gateway.pages import Reader, reading_as
from tests.gateway.running import Person, Platform
from tests.gateway.test_page_matrix import shown
from tests.gateway.visitors import actor_of

pytestmark = pytest.mark.timeout(600)

MOST_BYTES: Final = {"portal": 60_000, "console": 150_000}
MOST_SCRIPT: Final = 20_000
MOST_NODES: Final = 4_000
MOST_SHIFT: Final = 0.05
TARGET: Final = {"portal": 44, "console": 24}
WIDTHS: Final = (320, 1280)
SHIFT: Final = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => sum += one.hadRecentInput ? 0 : one.value))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 100);
})"""
SOON: Final = """() => new Promise((done) => {
  let last = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => last = one.startTime))
    .observe({type: "largest-contentful-paint", buffered: true});
  const [told] = performance.getEntriesByType("navigation");
  setTimeout(() => done({answered: told.responseStart - told.requestStart, painted: last}), 100);
})"""
OPENED: Final = "() => document.querySelectorAll('details').forEach((one) => one.open = true)"
SMALL: Final = """(least) => {
  const inText = (one) => getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim() !== one.textContent.trim();
  const target = (one) => one.matches("[type=checkbox], [type=radio]") && one.closest("label") || one;
  const all = "a[href]:not(.skip), button, input:not([type=hidden]), select, textarea, summary";
  return [...document.querySelectorAll(all)]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && !inText(one))
    .map((one) => [one, target(one).getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < least - 0.5)
    .map(([one, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${one.outerHTML.slice(0, 90)}`);
}"""
UNSEEN: Final = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({visibilityProperty: true}))
  .filter((one) => {
    one.focus();
    const seen = getComputedStyle(one);
    return document.activeElement !== one || seen.outlineStyle === "none" || parseFloat(seen.outlineWidth) < 2;
  })
  .map((one) => one.outerHTML.slice(0, 90))"""


PAGES: Final = pytest.mark.parametrize(("path", "visitor"), list(shown()))


@dataclass
class Weighed:
    """What comes over the line for a page, with headers, as it is packed; `script` is the part that runs."""

    page: Page
    total: float = 0
    script: float = 0
    _scripts: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Listen to the line."""
        line = self.page.context.new_cdp_session(self.page)
        line.send("Network.enable")
        line.on("Network.responseReceived", self._begin)
        line.on("Network.loadingFinished", self._end)

    def _begin(self, told: Mapping[str, Any]) -> None:
        if told["type"] == "Script":
            self._scripts.add(told["requestId"])

    def _end(self, told: Mapping[str, Any]) -> None:
        self.total += told["encodedDataLength"]
        self.script += told["encodedDataLength"] if told["requestId"] in self._scripts else 0


@pytest.fixture
def reader(chromium: Browser, platform: Platform, somebody: Person, visitor: str) -> Iterator[Reader]:
    """Somebody whose browser has seen nothing yet, and who wants as little motion as possible."""
    with reading_as(chromium, platform, actor_of(visitor, somebody), "Maya Osei", reduced_motion="reduce") as reader:
        yield reader


@PAGES
def test_a_page_weighs_little_stays_still_and_can_be_used_by_hand_and_eye(
    reader: Reader, belongings: Mapping[str, str], path: str, record_property: Callable[[str, object], None]
) -> None:
    weighed = Weighed(reader.page)
    page = reader.open(path.format(**belongings))
    look = str(page.locator("body").get_attribute("class"))
    for what, milliseconds in page.evaluate(SOON).items():
        record_property(f"{what} in", f"{milliseconds:.0f} ms")

    assert page.evaluate(SHIFT) <= MOST_SHIFT
    assert 0 < weighed.total <= MOST_BYTES[look]
    assert 0 < weighed.script <= MOST_SCRIPT
    assert page.evaluate("document.getElementsByTagName('*').length") <= MOST_NODES

    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.evaluate(OPENED)
    assert reader.violations() == []
    page.keyboard.press("Tab")
    assert page.evaluate(UNSEEN) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SMALL, TARGET[look]) == []
    assert page.evaluate("document.getAnimations().length") == 0
    assert reader.said == []

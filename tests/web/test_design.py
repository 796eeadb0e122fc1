"""The components, looked at by a real browser."""

import re
from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

SIZES = (320, 768, 1280)
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture(params=["light", "dark"])
def shown(chromium: Browser, component_page: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open the component page in a light and in a dark scheme; nothing may break its policy or fail on it."""
    page = chromium.new_page(color_scheme=request.param)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(component_page + "/design")
    yield page
    assert said == []
    page.close()


def test_axe_finds_nothing(shown: Page) -> None:
    found = Axe().run(shown, options=RULES)
    assert [violation["id"] for violation in found.response["violations"]] == []


def test_no_width_makes_it_scroll_sideways(shown: Page) -> None:
    for width in SIZES:
        shown.set_viewport_size({"width": width, "height": 800})
        assert shown.evaluate("document.documentElement.scrollWidth") <= width


def test_j_and_k_walk_the_queue_and_nothing_else_is_typed_away(shown: Page) -> None:
    shown.keyboard.press("j")
    shown.keyboard.press("j")
    assert shown.locator("[data-chosen]").inner_text().startswith("Tom Reilly")
    shown.keyboard.press("k")
    assert shown.locator("[data-chosen]").inner_text().startswith("Maya Osei")
    shown.locator("#plain").focus()
    shown.keyboard.type("jk")
    assert shown.locator("#plain").input_value() == "jk"


def test_an_asset_is_kept_for_good_under_its_hash_and_found_under_no_other(component_page: str) -> None:
    html = httpx.get(component_page + "/design", trust_env=False).text
    paths = set(re.findall(r'"(/assets/[^"]+)"', html))
    assert {path.rpartition("/")[2] for path in paths} == {
        "waymark.css",
        "waymark.js",
        "waymark.svg",
        "htmx.min.js",
    }
    for path in paths:
        answer = httpx.get(component_page + path, trust_env=False)
        assert answer.headers["cache-control"].endswith("immutable")
        _, _, digest, name = path.split("/")
        assert httpx.get(f"{component_page}/assets/{digest[::-1]}/{name}", trust_env=False).status_code != 200


def test_scripts_weigh_less_than_the_portals_budget(component_page: str) -> None:
    html = httpx.get(component_page + "/design", trust_env=False).text
    scripts = re.findall(r'src="(/assets/[^"]+)"', html)
    sizes = []
    for path in scripts:
        with httpx.stream("GET", component_page + path, trust_env=False) as answer:
            sizes.append(sum(len(part) for part in answer.iter_raw()))
    assert sum(sizes) <= 20_000

"""pages: how soon a page is painted on a slow line and a slow telephone, and how soon the gateway answers."""

import shutil
import time
from statistics import median
from typing import Final

import httpx
from playwright.sync_api import Browser, sync_playwright

from bench.measure import Result, percentile

LOOKS: Final = {
    "portal": ("jobseeker-leroy", ("/home", "/jobs", "/applications", "/plan", "/courses", "/me"), 1.5),
    "console": ("coach-amir", ("/today", "/caseload", "/diary", "/incoming"), 2.0),
}
VISITS, READS = 3, 40
MOST_MILLISECONDS: Final = 150.0
SLOW_4G: Final = {"offline": False, "latency": 562.5, "downloadThroughput": 184_320, "uploadThroughput": 84_375}
"""What Chromium itself calls so: 1.6 Mbit/s, of which 90 % arrive, and 3.75 times 150 ms before anything does."""
SLOWER: Final = 4
OWN: Final = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
PAINTED: Final = """() => new Promise((done) => {
  let last = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => last = one.startTime))
    .observe({type: "largest-contentful-paint", buffered: true});
  setTimeout(() => done(last), 500);
})"""


def read(site: str) -> list[Result]:
    """Read the pages of a participant and of a coach of the demo; what is told is the slowest one."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"), args=["--no-sandbox"]
        )
        painted = [_painted(chromium, site, look) for look in LOOKS]
    return [*painted, *(_answered(site, look) for look in LOOKS)]


def _painted(chromium: Browser, site: str, look: str) -> Result:
    """Return the median of first visits: signed in, with nothing kept from a visit before."""
    code, paths, most = LOOKS[look]
    medians = {path: median(_first_visit(chromium, site, code, path) for _ in range(VISITS)) for path in paths}
    path = max(medians, key=medians.__getitem__)
    seconds = round(medians[path], 2)
    throttled = "4 times slower and on slow 4G as Chromium has it"
    remark = f"{path}, the slowest of {', '.join(paths)}, as {code}, {throttled}; the median of {VISITS} first visits"
    name, goal = f"pages_{look}_painted", f"LCP ≤ {most} s"
    return Result(name, seconds, "s", "limit", most, goal, seconds <= most, remark)


def _first_visit(chromium: Browser, site: str, code: str, path: str) -> float:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site)
    page.locator("form", has=page.locator(f"[value='{code}']")).locator("button").click()
    line = context.new_cdp_session(page)
    for asked, with_what in (
        ("Network.enable", {}),
        ("Network.clearBrowserCache", {}),
        ("Network.emulateNetworkConditions", SLOW_4G),
        ("Emulation.setCPUThrottlingRate", {"rate": SLOWER}),
    ):
        line.send(asked, with_what)
    page.goto(site + path)
    milliseconds: float = page.evaluate(PAINTED)
    context.close()
    return milliseconds / 1000


def _answered(site: str, look: str) -> Result:
    """Return within how long 95 of 100 pages are there, read one after another."""
    code, paths, _ = LOOKS[look]
    with httpx.Client(base_url=site, headers=OWN, trust_env=False, timeout=60) as browser:
        secret = browser.post("/sign-in/persona", data={"code": code}).headers["set-cookie"].partition(";")[0]
        times = {path: sorted(_seconds(browser, path, secret) for _ in range(READS)) for path in paths}
    slow = {path: percentile(seconds, 0.95) for path, seconds in times.items()}
    path = max(slow, key=slow.__getitem__)
    value = slow[path]
    held = value <= MOST_MILLISECONDS
    name = f"pages_{look}_answered"
    return Result(
        name, value, "ms", "limit", MOST_MILLISECONDS, "p95 ≤ 150 ms", held, f"{path}, the slowest, {READS} reads"
    )


def _seconds(browser: httpx.Client, path: str, secret: str) -> float:
    began = time.perf_counter()
    browser.get(path, headers={"Cookie": secret}).raise_for_status()
    return time.perf_counter() - began

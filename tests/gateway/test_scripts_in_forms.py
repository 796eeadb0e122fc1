"""A script in every field that takes words: wherever it is shown again, it is text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.gateway.belongings import SOON, belongings
from tests.gateway.running import Platform
from tests.gateway.test_page_matrix import shown
from tests.gateway.visitors import actor_of

pytestmark = pytest.mark.timeout(600)

SCRIPT: Final = "\"'><script>document.title='taken'</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
SHOWN: Final = "&lt;script&gt;document"
TAKEN: Final = ("<script>document", "<img src=x")
ENDS: Final = ("/complete", "/exit", "/withdraw", "/did-not-start", "/reject")
WORDS: Final = ("text", "search", "email", "tel", "url", "textarea")
KNOWN: Final = {"date": SOON[:10], "month": SOON[:7], "datetime-local": SOON, "number": "1", "time": "09:00"}
PLAIN: Final = {
    "link": "https://jobs.example/1",
    "place": "York",
    "pay_least": "12000",
    "hours_least": "10",
    "hours_most": "20",
    "ni_number": "QQ123456C",
    "email": "maya@example.org",
    "phone": "07700 900123",
    "postcode": "YO1 7HH",
    "date_of_birth": "1990-02-03",
    "occurred_at": "",
    **{f"{end}-{number}": "2020-01" for end in ("from", "to") for number in range(4)},
}
"""What some fields have to hold before anything is kept."""
AGAIN: Final = (409, 422)
SENT: Final = (200, 303, 403, 404, 409, 412, 413, 415, 422)


@dataclass
class Form:
    """A form of a page, as somebody fills it in who means harm."""

    action: str
    takes_file: bool
    told: dict[str, str] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    @property
    def what(self) -> tuple[str, frozenset[str]]:
        """What it is, however often it is shown."""
        return self.action, frozenset(self.told)


class Forms(HTMLParser):
    """Reads the forms that a page sends."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Fill in what is asked for."""
        told = {name: value or "" for name, value in attributes}
        if tag == "form" and told.get("method") == "post":
            self._form = Form(told["action"], "multipart" in told.get("enctype", ""))
            self.found.append(self._form)
        elif self._form is not None and tag in {"input", "textarea", "button", "select"} and told.get("name"):
            self._fill(self._form, told["name"], told.get("type", "text") if tag == "input" else tag, told)
        elif self._form is not None and tag == "option" and self._select and told.get("value"):
            self._form.told.setdefault(self._select, told["value"])

    def handle_endtag(self, tag: str) -> None:
        """Know where a form ends."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""

    def _fill(self, form: Form, name: str, kind: str, told: Mapping[str, str]) -> None:
        if kind == "select":
            self._select = name
        elif kind in WORDS:
            form.told[name] = SCRIPT
            form.words.add(name)
        elif kind != "file":
            form.told.setdefault(name, KNOWN.get(kind, told.get("value", "")))
            form.words |= {name} if SCRIPT in form.told[name] else set()


@dataclass
class Walk:
    """Somebody who fills in every form of every page that they may see, on the version that they saw last."""

    browser: httpx.Client
    place: str = ""
    done: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    stored: int = 0

    def page(self, path: str) -> str:
        """Return a page, once it shows what was sent."""
        return self.browser.get(path, params={"at_least": self.place} if self.place else {}).text

    def fill(self, path: str, *, ends: bool) -> Iterator[str]:
        """Send each form of a page that is not done yet; return every page that answers."""
        while new := [form for form in Forms(self.page(path)).found if self._is_new(form, ends=ends)]:
            self.done.add(new[0].what)
            answer = self._send(new[0], {})
            yield answer.text
            if answer.status_code in AGAIN:
                answer = self._send(new[0], PLAIN)
                yield answer.text
            yield from (self._send(form, PLAIN).text for form in Forms(answer.text).found if form.words)

    def _is_new(self, form: Form, *, ends: bool) -> bool:
        return bool(form.words) and form.what not in self.done and form.action.endswith(ENDS) is ends

    def _send(self, form: Form, plain: Mapping[str, str]) -> httpx.Response:
        told = {**form.told, **{name: value for name, value in plain.items() if name in form.told}}
        files = {"file": (f"{SCRIPT}.csv", f"name\n{SCRIPT}\n".encode())} if form.takes_file else None
        answer = self.browser.post(form.action, data=told, files=files)
        assert answer.status_code in SENT, f"{form.action}: {answer.status_code}"
        if answer.status_code == httpx.codes.SEE_OTHER:
            self.stored += 1
            self.place = parse_qs(urlsplit(answer.headers["location"]).query).get("at_least", [self.place])[0]
        return answer


def test_a_script_is_text_wherever_it_was_written_and_wherever_it_is_read(platform: Platform) -> None:
    person = platform.refer(name=SCRIPT)
    named = belongings(platform, person)
    walks = {visitor: Walk(platform.browser(actor_of(visitor, person), SCRIPT)) for _, visitor in shown()}
    for ends in (False, True):
        for path, visitor in shown():
            for page in walks[visitor].fill(path.format(**named), ends=ends):
                assert [taken for taken in TAKEN if taken in page] == [], path
        shown_again = _read(walks, named)
        assert [page for page in shown_again if any(taken in page for taken in TAKEN)] == []
        assert sum(SHOWN in page for page in shown_again) >= 10
    assert sum(walk.stored for walk in walks.values()) >= 10


def _read(walks: Mapping[str, Walk], named: Mapping[str, str]) -> list[str]:
    return [walks[visitor].page(path.format(**named)) for path, visitor in shown()]

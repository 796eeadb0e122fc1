"""A link shows where a referral stands to whoever holds it: the stage and the reason, and nothing of the person."""

import re
from uuid import uuid4

from playwright.sync_api import expect

from chassis.identity import Actor
from events.referrals import DidNotStartReason, RejectionReason, WithdrawnBy
from gateway.web.standing import ASKERS, ENDINGS, NO_STARTS, REJECTIONS, STAGES
from referrals.stage import Stage
from referrals.views.referrals import ENDS
from tests.gateway.pages import As
from tests.gateway.running import Platform


def test_a_link_shows_where_a_referral_stands_without_an_account(reading: As, platform: Platform) -> None:
    somebody = platform.refer(name="Ines Duarte")
    path = f"/my-referrals/{somebody.referral}/link"
    old, new = (made(platform, somebody.referrer, path) for _ in range(2))
    anybody = platform.browser(None)
    shown = anybody.get(new)
    assert shown.status_code == 200
    assert "Accepted" in shown.text
    assert not any(words in shown.text for words in ("Ines", "meeting", str(somebody.id)))
    assert shown.headers["cache-control"] == "no-store"
    holder = Actor(somebody.referrer.id, "referral_link", None)
    assert ("RecordOpened", "show_status", None) in platform.told_by(holder)
    assert not any(what == "show_status" for _, what, _ in platform.told_by(somebody.referrer))
    for gone in (old, new + "x"):
        assert anybody.get(gone).status_code == 410
    with reading(somebody.referrer) as reader:
        page = reader.open(f"/my-referrals/{somebody.referral}")
        page.get_by_role("button", name="Make a link to where it stands").click()
        expect(page.get_by_label("The link")).to_be_visible()
        reader.picture("referrer-link")
        assert reader.faults() == []
        page.goto(page.get_by_label("The link").input_value())
        expect(page.get_by_role("heading", name="Where a referral stands")).to_be_visible()
        reader.picture("anybody-status")
        assert reader.faults() == []


def made(platform: Platform, referrer: Actor, path: str) -> str:
    """Make a link and return it."""
    page = platform.browser(referrer).post(path, data={"key": uuid4().hex}).text
    link = re.search(r'value="([^"]+/status/[^"]+)"', page)
    assert link
    return link.group(1)


def test_every_stage_of_a_referral_every_end_and_every_reason_has_words() -> None:
    assert dict(REJECTIONS).keys() == set(RejectionReason)
    assert dict(NO_STARTS).keys() == set(DidNotStartReason)
    assert ASKERS.keys() == set(WithdrawnBy)
    assert STAGES.keys() == {stage.value for stage in Stage}
    assert ENDINGS.keys() == {ended for ended in ENDS.values() if ended}

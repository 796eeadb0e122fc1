"""Nudges never feed compliance: nothing that judges a person or a provider hears what was nudged, seen or dismissed."""

from collections.abc import Iterable

import analytics.main
import caseload.main
from analytics.views.facts import FACTS
from caseload.views.timeline import TIMELINE
from events import nudges
from events.fact import Fact
from events.nudges import EmailBounced


def of_nudges(facts: Iterable[type[Fact]]) -> set[type[Fact]]:
    """Return those of some facts that the nudges service tells."""
    return {fact for fact in facts if fact.__module__ == nudges.__name__}


def test_of_the_caseload_only_the_timeline_hears_of_nudges() -> None:
    heard = [fact for view in caseload.main.VIEWS if view is not TIMELINE for fact in view.facts]
    assert of_nudges(heard) <= {EmailBounced}


def test_no_policy_of_the_caseload_follows_from_a_nudge() -> None:
    heard = [fact for policy in caseload.main.POLICIES for fact in policy.by_fact]
    assert of_nudges(heard) == set()


def test_no_number_of_analytics_counts_a_nudge() -> None:
    heard = [fact for view in analytics.main.VIEWS if view is not FACTS for fact in view.facts]
    assert of_nudges(heard) == set()

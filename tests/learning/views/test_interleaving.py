"""What is shown of courses is the same however the facts of different services arrive between each other."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis.listen.views import Folding, View, fold_facts
from events.caseload import CaseOpened, CoachAssigned
from events.learning import CourseCompleted, CourseEnrolled, LessonCompleted, QuizTaken
from learning.views.coaching import COACHING
from learning.views.enrolments import ENROLMENTS
from tests.journey import Journey, Line

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PROVIDER, PROGRAMME = UUID(int=11), UUID(int=12)
PEOPLE = [UUID(int=number) for number in range(1, 3)]
COURSES = ("write-a-cv", "interview")


@some.composite
def learning(draw: some.DrawFn, person: UUID) -> list[Line]:
    """Draw what the learning service tells of a person."""
    lines = []
    for course in draw(some.lists(some.sampled_from(COURSES), unique=True)):
        ids = {"participant_id": person, "provider_id": PROVIDER}
        facts = [CourseEnrolled(occurred_at=NOON, course=course, lessons=2, **ids)]
        facts += draw(some.lists(some.sampled_from(STEPS), max_size=4))
        lines += [Line(fact, uuid5(person, course), person, PROVIDER) for fact in facts]
    return lines


STEPS: list[Any] = [
    LessonCompleted(occurred_at=NOON, lesson="one"),
    LessonCompleted(occurred_at=NOON, lesson="two"),
    QuizTaken(occurred_at=NOON, right=2, questions=5, passed=False),
    QuizTaken(occurred_at=NOON, right=5, questions=5, passed=True),
    CourseCompleted(occurred_at=NOON, course="write-a-cv"),
]


@some.composite
def cases(draw: some.DrawFn, person: UUID) -> list[Line]:
    """Draw what the caseload service tells of a person."""
    places = {"participant_id": person, "provider_id": PROVIDER, "programme_id": PROGRAMME, "referral_id": person}
    coaches = draw(some.lists(some.integers(21, 23), max_size=3))
    facts = [CoachAssigned(occurred_at=NOON, coach_id=UUID(int=coach)) for coach in coaches]
    case = uuid5(person, "case")
    return [Line(fact, case, person, PROVIDER) for fact in (CaseOpened(occurred_at=NOON, **places), *facts)]


def folded(view: View, lines: list[Line]) -> list[dict[Any, Any]]:
    """Return the rows of each table of a view after these facts."""
    journey = Journey()
    told = [journey.heard(line) for line in lines]
    foldings: list[Folding[Any]] = [Folding(table, 0) for table in view.tables]
    assert fold_facts(foldings, [one for one in told if one.type in view.type_names]) == []
    return [folding.rows for folding in foldings]


@pytest.mark.parametrize("view", [COACHING, ENROLMENTS], ids=lambda view: view.name)
@given(data=some.data())
def test_any_interleaving_of_the_services_gives_the_same_view(view: View, data: some.DataObject) -> None:
    sources = [[line for person in PEOPLE for line in data.draw(tell(person))] for tell in (learning, cases)]
    order = data.draw(some.permutations([source for source, lines in enumerate(sources) for _ in lines]))
    queues = [iter(lines) for lines in sources]
    arrived = [next(queues[source]) for source in order]
    assert folded(view, arrived) == folded(view, [line for lines in sources for line in lines])


def test_learning_in_a_course_that_nobody_began_is_a_broken_journey() -> None:
    told = Journey().heard(Line(STEPS[0], UUID(int=1), PEOPLE[0], PROVIDER))
    with pytest.raises(LookupError):
        ENROLMENTS.tables[0].fold(None, told)

"""The four coaches of the demo carry about as many people as they should when its history ends."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from simulator.calendar import LONDON
from simulator.deed import Guest
from simulator.history import Plan, applications_in_play, persons
from simulator.people import details_of
from simulator.programme import live
from waymark.operator.simulating import PEOPLE, arrivals
from waymark.personas import id_of

CASELOADS = {"coach-amir": 60, "coach-bridget": 35, "coach-dilys": 20, "coach-ewan": 20}
MONDAY = datetime(2026, 11, 30, 7, 30, tzinfo=LONDON)


@pytest.mark.parametrize("until", [MONDAY, MONDAY + timedelta(days=100)])
def test_coaches_carry_about_sixty_thirty_five_and_twenty_people(until: datetime) -> None:
    carried: Counter[object] = Counter()
    for person, day in persons(Plan("waymark", PEOPLE, until, arrivals())):
        names = {deed.name for deed in live(person, day, until)}
        carried[person.place.coach] += "start" in names and not names & {"complete", "exit_early"}
    found = {coach: carried[id_of(coach)] for coach in CASELOADS}
    assert all(abs(found[coach] - wanted) <= wanted / 10 + 7 for coach, wanted in CASELOADS.items()), found


def test_the_guest_is_one_of_the_first_coachs_people_and_waits_on_the_most_applications() -> None:
    guest = Guest(UUID(int=7), "Leroy Bennett")
    everybody = list(persons(Plan("waymark", PEOPLE, MONDAY, arrivals(), guest)))
    ((person, day),) = [one for one in everybody if one[0].participant == guest.id]

    amirs = [applications_in_play(live(*one, MONDAY)) for one in everybody if one[0].place == person.place]
    assert applications_in_play(live(person, day, MONDAY)) == max(amirs) > 1
    assert person.place.coach == id_of("coach-amir")
    assert details_of(person).name == guest.name

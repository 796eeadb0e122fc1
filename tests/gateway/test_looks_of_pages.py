"""What is told of a page that shows people: told by what the page asks, whatever its module forgets."""

from tests.gateway.running import Person, Platform, Provider, done


def test_a_page_that_asks_several_services_is_one_look_under_its_own_name(platform: Platform, person: Person) -> None:
    leader = person.provider.actor("team_leader")

    done(platform.browser(leader).get(f"/people/{person.id}"))

    assert platform.told_by(leader) == [("RecordOpened", "show_person", None)]


def test_a_page_of_many_people_is_one_list_with_their_count(platform: Platform, person: Person) -> None:
    leader = person.provider.actor("team_leader")

    done(platform.browser(leader).get("/caseload"))

    ((fact, what, count),) = platform.told_by(leader)
    assert (fact, what) == ("RecordsListed", "show_caseload")
    assert count


def test_a_page_that_is_refused_is_told_of(platform: Platform, person: Person) -> None:
    stranger = Provider().actor("coach")

    assert platform.browser(stranger).get(f"/people/{person.id}").status_code == 404

    assert platform.told_by(stranger) == [("RecordRefused", "show_person", None)]


def test_a_form_that_is_refused_is_told_of_and_what_is_shown_after_it_is_too(
    platform: Platform, person: Person
) -> None:
    """A referrer may not confirm a referral; the page of it shows why."""
    referrer = person.referrer
    before = len(platform.told_by(referrer))

    asked = {"version": "1", "key": "one"}
    answer = platform.browser(referrer).post(f"/incoming/{person.referral}/acknowledge", data=asked)

    assert answer.status_code == 403
    assert platform.told_by(referrer)[before:] == [("RecordRefused", "answer", None)]


def test_a_page_about_nobody_is_read_without_a_word(platform: Platform, person: Person) -> None:
    coach = person.provider.actor("coach")

    done(platform.browser(coach).get("/jobs"))
    done(platform.browser(coach).get("/help"))

    assert platform.told_by(coach) == []

"""Of a person who was erased nobody reads a word any more, and every count stays."""

from uuid import uuid4

from tests.jobsearch.running import Person, Platform, SpeaksAs, asked, eventually, read_after


def test_an_erased_person_is_read_by_nobody_and_counted_as_before(platform: Platform, speaks: SpeaksAs) -> None:
    person = Person(uuid4())
    platform.take_on(person)
    client = speaks(person)
    path = f"/participants/{person.id}"
    asked(client, f"{path}/cvs", {"basics": {"name": "Zoe Okafor"}})
    asked(client, f"{path}/employers", {"name": "Riverside Bakery", "contact": "Mrs Patel"})
    told = client.put(f"{path}/profile", json={"work": "baker"}, headers={"If-Match": '"0"'})
    read_after(told, client, f"{path}/profile")
    saved = asked(client, f"{path}/applications", {"title": "Baker", "employer": "Mill Lane Bakery"})
    before = read_after(saved, client, f"{path}/applications")
    platform.erase(person)
    coach = speaks(person, "coach")
    after = eventually(coach, f"{path}/applications", lambda page: page["applications"][0]["title"] is None)
    assert (after["applications"][0]["employer"], after["funnel"]) == (None, before["funnel"])
    profile, cv, employers = [coach.get(f"{path}/{what}").json() for what in ("profile", "cvs/1", "employers")]
    assert (profile["work"], profile["missing"]) == (None, "place")
    assert (cv["version"], cv["resume"]) == (1, None)
    assert [(one["name"], one["contact"]) for one in employers["employers"]] == [(None, None)]
    assert asked(client, f"{path}/applications", {"title": "Baker"}).status_code == 410

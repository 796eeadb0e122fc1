"""Ports are given once: what is to listen there takes seconds to come."""

from waymark.local.ports import any_free, assign, is_free


def test_no_port_is_given_twice_although_nothing_listens_on_it_yet() -> None:
    given = [any_free() for _ in range(500)]
    assert len(set(given)) == len(given)
    assert all(map(is_free, given))


def test_who_wants_the_same_port_gets_the_next_one() -> None:
    port = any_free()
    first, second = assign({"one": port, "two": port}).values()
    assert first != second

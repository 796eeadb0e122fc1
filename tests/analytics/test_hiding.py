"""Small groups are hidden, also from those who subtract."""

from hypothesis import given
from hypothesis import strategies as some

from analytics.hiding import LEAST, hidden_keys, hidden_steps, is_small

COLUMNS = some.dictionaries(some.integers(0, 20), some.integers(0, 30), max_size=8)


def test_a_group_of_fewer_than_five_is_hidden_and_an_empty_one_is_not() -> None:
    assert [is_small(count) for count in (0, 1, 4, 5)] == [False, True, True, False]


def test_beside_one_hidden_cell_the_smallest_other_is_hidden_too() -> None:
    assert hidden_keys({"a": 3, "b": 9, "c": 7}) == {"a", "c"}


def test_cells_that_are_hidden_together_need_no_other() -> None:
    assert hidden_keys({"a": 3, "b": 4, "c": 7}) == {"a", "b"}


def test_where_nothing_is_small_everything_is_shown() -> None:
    assert hidden_keys({"a": 5, "b": 0, "c": 70}) == frozenset()


@given(COLUMNS)
def test_what_is_left_of_a_total_never_speaks_of_a_small_group(column: dict[int, int]) -> None:
    hidden = hidden_keys(column)
    left = [column[key] for key in hidden]
    assert all(key in hidden for key, count in column.items() if is_small(count))
    if hidden and any(count >= LEAST for key, count in column.items() if key not in hidden):
        assert len(hidden) > 1
        assert sum(left) >= LEAST


@given(some.lists(some.integers(0, 8), max_size=20))
def test_no_two_points_that_are_shown_of_a_curve_differ_by_a_small_group(steps: list[int]) -> None:
    counts = [sum(steps[: place + 1]) for place in range(len(steps))]
    shown = [count for count in hidden_steps(counts) if count is not None]
    assert not any(is_small(later - earlier) for earlier, later in zip([0, *shown], shown, strict=False))

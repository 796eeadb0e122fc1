"""What a process measures is one text that Prometheus reads, whatever its parts say or fail to say."""

import asyncio
from collections.abc import Iterable

import pytest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families

from chassis import metrics
from chassis.metrics import count_command, exposition, measuring, time_request

Values = dict[tuple[str, ...], float]


async def read(name: str) -> Values:
    """Return the samples of a name, by the values of their labels."""
    families = text_string_to_metric_families((await exposition()).decode())
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return {tuple(sample.labels.values()): sample.value for sample in samples}


def gauge(who: str, value: float) -> Metric:
    family = GaugeMetricFamily("waymark_test_depth", "How deep.", labels=["who"])
    family.add_metric([who], value)
    return family


async def test_what_several_parts_measure_under_one_name_is_one_family() -> None:
    async def one() -> Iterable[Metric]:
        return [gauge("one", 1)]

    async def other() -> Iterable[Metric]:
        return [gauge("other", 2)]

    with measuring(one), measuring(other):
        assert await read("waymark_test_depth") == {("one",): 1, ("other",): 2}
        assert (await exposition()).count(b"# HELP waymark_test_depth ") == 1
    assert await read("waymark_test_depth") == {}


async def test_a_part_that_fails_or_takes_too_long_keeps_no_other_from_being_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics, "READ_WITHIN_SECONDS", 0.05)

    async def failing() -> Iterable[Metric]:
        raise ConnectionError

    async def slow() -> Iterable[Metric]:
        await asyncio.Event().wait()
        return []

    async def good() -> Iterable[Metric]:
        return [gauge("good", 3)]

    with measuring(failing), measuring(slow), measuring(good):
        assert await read("waymark_test_depth") == {("good",): 3}
        assert await read("waymark_silent_sources") == {(): 2}
    assert await read("waymark_silent_sources") == {(): 0}


async def test_of_who_gave_a_command_only_the_kind_is_kept() -> None:
    before = (await read("waymark_commands_total")).get(("metric-tester", "accepted"), 0)
    count_command("metric-tester:5b0c3f2e-0000-0000-0000-000000000000", "accepted")
    commands = await read("waymark_commands_total")
    assert commands["metric-tester", "accepted"] == before + 1
    assert b"5b0c3f2e" not in await exposition()


async def test_a_method_that_somebody_made_up_is_no_label() -> None:
    time_request("ADA", "/made-up", 405, 0.001)
    assert (await read("waymark_http_request_seconds_count"))["other", "/made-up", "405"] == 1

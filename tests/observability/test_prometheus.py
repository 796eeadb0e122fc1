"""A real Prometheus takes the committed files, and reads from a real service what they speak of."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml

from tests.guarantees.town import eventually
from tests.observability.prometheus import Prometheus, promtool, watching
from tests.running import prepare, running_services, service_of
from waymark.local.environment import SERVICES, WANTED_PORTS
from waymark.local.kafka import Kafka
from waymark.local.postgres import Postgres

FILES: Final = Path(__file__).parents[2] / "deploy/observability"
CONFIGURATION: Final[dict[str, Any]] = yaml.safe_load((FILES / "prometheus.yml").read_text())
RULES: Final[list[dict[str, Any]]] = [
    rule for group in yaml.safe_load((FILES / "rules.yml").read_text())["groups"] for rule in group["rules"]
]
ALERTS: Final = {rule["alert"]: rule for rule in RULES if "alert" in rule}
PANELS: Final[list[dict[str, Any]]] = json.loads((FILES / "dashboard.json").read_text())["panels"]
SHOWN: Final = [target["expr"].replace("$service", ".*") for panel in PANELS for target in panel.get("targets", ())]
MEASURED: Final = re.compile(r"waymark_[a-z_]+")

# What makes each alert fire: a series, its labels, and its values minute by minute.
CAUSES: Final = {
    "ProcessDown": ("up", 'job="waymark"', "0x40"),
    "ConsumerStopped": ("waymark_consumer_stopped", 'consumer="timeline"', "1x40"),
    "ViewOld": ("waymark_view_age_seconds", 'view="timeline"', "90x40"),
    "ConsumerBehind": ("waymark_consumer_lag_seconds", 'consumer="timeline"', "90x40"),
    "FactsParked": ("waymark_parked_seconds", 'consumer="timeline"', "1000x40"),
    "FactMissing": ("waymark_consumer_holes", 'consumer="timeline"', "2x40"),
    "RelayMissing": ("waymark_relay_active", "", "0x40"),
    "FactsUntold": ("waymark_relay_untold_seconds", "", "61x40"),
    "RelayHeldUp": ("waymark_relay_watermark_age_seconds", "", "31x40"),
    "CommandsFail": ("waymark_commands_total", 'outcome="failed"', "0+1x40"),
    "RequestsFail": ("waymark_http_request_seconds_count", 'status="503"', "0+1x40"),
    "RequestsSlow": ("waymark_http_request_seconds_bucket", 'le="2.5"', "0+9x40"),
    "PartSilent": ("waymark_silent_sources", "", "1x40"),
}
FASTER: Final = {"RequestsSlow": [("waymark_http_request_seconds_bucket", 'le="+Inf"', "0+10x40")]}


@dataclass(frozen=True)
class Watched:
    """A service that runs, by the text that it shows Prometheus, and the Prometheus that watches it."""

    text: str
    prometheus: Prometheus


@pytest.fixture(scope="module")
def watched(
    postgres: Postgres, keyring_postgres: Postgres, kafka: Kafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    """Caseload, and a Prometheus with the committed configuration that scrapes it every second."""
    folder = tmp_path_factory.mktemp("watched")
    addresses = prepare(["caseload", "keyring"], postgres, keyring_postgres, kafka, folder)
    target = f"127.0.0.1:{addresses.ports['caseload']}"
    faster = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    (job,) = CONFIGURATION["scrape_configs"]
    only = [{"targets": [target], "labels": {"service": "caseload"}}]
    rules = [str(FILES / name) for name in CONFIGURATION["rule_files"]]
    changed = {"global": faster, "rule_files": rules, "scrape_configs": [job | {"static_configs": only}]}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(changed))
    with running_services(service_of("caseload", addresses, folder)):
        text = eventually(lambda: scraped(target), lambda seen: "waymark_view_age_seconds{" in seen)
        with watching(folder / "prometheus.yml", folder) as prometheus:
            yield Watched(text, prometheus)


def scraped(target: str) -> str:
    return httpx.get(f"http://{target}/metrics", trust_env=False).text


def test_prometheus_accepts_the_configuration_and_the_rules() -> None:
    promtool("check", "config", FILES / "prometheus.yml")


def test_every_service_is_scraped_where_it_wants_to_be() -> None:
    (job,) = CONFIGURATION["scrape_configs"]
    targets = {one["labels"]["service"]: one["targets"] for one in job["static_configs"]}
    assert targets == {name: [f"127.0.0.1:{WANTED_PORTS[name]}"] for name in SERVICES}


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_fires_when_its_time_has_come_and_not_before(name: str, tmp_path: Path) -> None:
    quiet = "1 1 1" if name in {"ProcessDown", "RelayMissing"} else "0 0 0"
    causes = (CAUSES[name], *FASTER.get(name, ()))
    series = [
        {"series": f'{of}{{service="caseload",{labels}}}', "values": f"{quiet} {bad}"} for of, labels, bad in causes
    ]
    firing = f'count(ALERTS{{alertname="{name}", alertstate="firing", service="caseload"}})'
    moments = [
        {"expr": firing, "eval_time": "2m", "exp_samples": []},
        {"expr": firing, "eval_time": "30m", "exp_samples": [{"labels": "{}", "value": 1}]},
    ]
    tests = [{"interval": "1m", "input_series": series, "promql_expr_test": moments}]
    file = tmp_path / "alerts.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(FILES / "rules.yml")], "tests": tests}))
    promtool("test", "rules", file)


def test_every_alert_says_what_to_do() -> None:
    assert ALERTS.keys() == CAUSES.keys()
    assert all(alert["annotations"].keys() == {"summary", "do"} for alert in ALERTS.values())


def test_prometheus_finds_nothing_wrong_with_what_a_service_shows(watched: Watched) -> None:
    assert "error" not in promtool("check", "metrics", given=watched.text)


def test_rules_and_dashboard_speak_of_what_a_service_shows_and_of_all_of_it(watched: Watched) -> None:
    spoken = set(MEASURED.findall(" ".join([*SHOWN, *(rule["expr"] for rule in RULES)])))
    shown = set(re.findall(r"^# TYPE (waymark_[a-z_]+)", watched.text, re.MULTILINE))
    assert {re.sub("_(bucket|count|sum)$", "", name) for name in spoken} == shown


def test_prometheus_evaluates_every_rule_and_every_panel(watched: Watched) -> None:
    prometheus = watched.prometheus
    eventually(lambda: prometheus.value('waymark_relay_active{service="caseload"}'), lambda found: found == [1.0])
    eventually(lambda: prometheus.value("waymark:view_age_seconds"), lambda found: len(found) >= 1)
    rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
    assert len(rules) == len(RULES)
    assert not [rule["lastError"] for rule in rules if rule.get("lastError")]
    for expression in SHOWN:
        prometheus.value(expression)

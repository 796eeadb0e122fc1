"""What each service is told: one place that knows every address of the local platform.

Services read these variables through `chassis.settings` and the standard OTEL_ ones.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from chassis.database import prepare_database
from waymark.local import identity
from waymark.local.postgres import Postgres
from waymark.personas import CONTRACTS, PERSONAS, PROGRAMMES, PROVIDERS, TEAMS, Persona, coaches_of, id_of

SERVICES = ("keyring", "referrals", "caseload", "jobsearch", "nudges", "learning", "analytics", "gateway")
SILENT = frozenset({"analytics"})
"""Those that tell no facts, so that they have no store."""

NAMED = ("coach", "team_leader", "provider_manager", "referrer")
WANTED_PORTS: Mapping[str, int] = {
    "referrals": 8101,
    "caseload": 8102,
    "keyring": 8103,
    "jobsearch": 8104,
    "nudges": 8105,
    "learning": 8106,
    "analytics": 8107,
    "gateway": 8100,
    "kafka": 9092,
    "zipkin": 9411,
}


class Addresses(BaseModel):
    """Where everything is: `ports` by name, connection strings by service, `keys` the folder of the demo's keys."""

    model_config = ConfigDict(frozen=True)

    ports: Mapping[str, int]
    databases: Mapping[str, str]
    owner_databases: Mapping[str, str]
    keys: Path
    vault: Path

    def url(self, name: str) -> str:
        """Return the address of a service's API, or of Zipkin."""
        return f"http://127.0.0.1:{self.ports[name]}"


def prepare(postgres: Postgres, keyring_postgres: Postgres, ports: Mapping[str, int], folder: Path) -> Addresses:
    """Make databases, roles and keys that are not there yet, and return all addresses."""
    servers = {name: keyring_postgres if name == "keyring" else postgres for name in SERVICES}
    databases = {name: prepare_database(server.dsn(), name) for name, server in servers.items()}
    keys = folder / "keys"
    identity.prepare(keys, SERVICES)
    return Addresses(
        ports=ports,
        databases={name: application for name, (_, application) in databases.items()},
        owner_databases={name: owner for name, (owner, _) in databases.items()},
        keys=keys,
        vault=folder / "vault",
    )


def of_service(name: str, addresses: Addresses) -> dict[str, str]:
    """Return the environment variables of one service."""
    keys = addresses.keys
    return {
        "WAYMARK_ENVIRONMENT": "demo",
        "WAYMARK_DATABASE": addresses.databases[name],
        "WAYMARK_OWNER_DATABASE": addresses.owner_databases[name],
        "WAYMARK_KAFKA": f"127.0.0.1:{addresses.ports['kafka']}",
        "WAYMARK_KEYRING_URL": addresses.url("keyring"),
        "WAYMARK_JWKS": str(identity.jwks(keys)),
        "WAYMARK_IDENTITY_KEY": str(identity.service_key(keys, name)),
        "WAYMARK_REQUEST_HASH_KEY": identity.request_hash_key(keys).read_text(),
        "WAYMARK_PORT": str(addresses.ports[name]),
        **(_of_keyring(addresses) if name == "keyring" else {}),
        **(_of_referrals() if name == "referrals" else {}),
        **(_of_nudges(addresses) if name == "nudges" else {}),
        **(_of_gateway(addresses) if name == "gateway" else {}),
        **(_of_analytics(addresses) if name == "analytics" else {}),
        **_of_tracing(name, addresses),
    }


def _of_keyring(addresses: Addresses) -> dict[str, str]:
    return {
        "WAYMARK_MASTER_KEY_FILE": str(identity.master_key(addresses.keys)),
        "WAYMARK_VAULT": str(addresses.vault),
    }


def _of_referrals() -> dict[str, str]:
    coaches = {str(id_of(provider)): coaches_of(provider) for provider in PROVIDERS}
    return {"WAYMARK_COACHES": json.dumps(coaches, default=str)}


def _of_gateway(addresses: Addresses) -> dict[str, str]:
    behind = {name: addresses.url(name) for name in SERVICES if name != "gateway" and name in addresses.ports}
    return {
        "WAYMARK_SERVICES": json.dumps(behind),
        "WAYMARK_TRACES": f"{addresses.url('zipkin')}/zipkin/",
        "WAYMARK_PEOPLE_KEY": str(identity.people_key(addresses.keys)),
        "WAYMARK_PERSONAS": json.dumps([_shown(persona) for persona in PERSONAS], default=str),
        "WAYMARK_STAFF": json.dumps({str(one.actor.id): one.name for one in PERSONAS if one.role in NAMED}),
        "WAYMARK_COACHES": json.dumps(
            {str(id_of(provider)): list(coaches_of(provider).values()) for provider in PROVIDERS}, default=str
        ),
        "WAYMARK_PROVIDERS": json.dumps({str(id_of(code)): name for code, name in PROVIDERS.items()}),
        "WAYMARK_PROGRAMMES": json.dumps({str(id_of(code)): name for code, name in PROGRAMMES.items()}),
    }


def _shown(persona: Persona) -> dict[str, object]:
    actor = persona.actor
    about = {"code": persona.code, "name": persona.name, "what": persona.what or persona.role.replace("_", " ")}
    return about | {"id": actor.id, "role": actor.role, "tenant": actor.tenant}


def _of_analytics(addresses: Addresses) -> dict[str, str]:
    programmes = {str(id_of(programme)): contract for programme, contract in CONTRACTS.items()}
    teams = {str(id_of(coach)): team for coach, team in TEAMS.items()}
    return {
        "WAYMARK_PROGRAMMES": json.dumps(programmes),
        "WAYMARK_TEAMS": json.dumps(teams),
        "WAYMARK_EXPORTS": str(addresses.keys.parent / "exports"),
    }


def _of_nudges(addresses: Addresses) -> dict[str, str]:
    """Without a mail server, every nudge and reminder of the demo stands in the portal's inbox alone."""
    return {"WAYMARK_HOLDOUT_KEY": identity.request_hash_key(addresses.keys).read_text()}


def _of_tracing(name: str, addresses: Addresses) -> dict[str, str]:
    return {
        "OTEL_SERVICE_NAME": name,
        "OTEL_TRACES_EXPORTER": "zipkin",
        "OTEL_EXPORTER_ZIPKIN_ENDPOINT": f"{addresses.url('zipkin')}/api/v2/spans",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
    }

"""The people and organisations of the demo. Each id is `id_of` its code, so that examples and documents can name it."""

from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from chassis.identity import Actor

_DEMO: Final = uuid5(NAMESPACE_URL, "urn:waymark:demo")


def id_of(code: str) -> UUID:
    """Return the id that a code of the demo stands for."""
    return uuid5(_DEMO, code)


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody whom one can sign in as: a code, a name to show, a role, the code of their provider, what they do."""

    code: str
    name: str
    role: str
    provider: str = ""
    what: str = ""

    @property
    def actor(self) -> Actor:
        """Return this person as services recognise them."""
        return Actor(id_of(self.code), self.role, id_of(self.provider) if self.provider else None)


PROVIDERS: Final = {
    "northway": "Northway Employment",
    "brightpath": "Brightpath Skills",
    "harbourside": "Harbourside Works",
}
PROGRAMMES: Final = {"work-and-health": "Work and Health", "first-step": "First Step"}
CONTRACTS: Final = {"work-and-health": "work-and-health", "first-step": "ips-primary-care"}
TEAMS: Final = {
    "coach-amir": "Northway East",
    "coach-bridget": "Northway West",
    "coach-chidi": "Northway West",
    "coach-dilys": "Brightpath",
    "coach-ewan": "Harbourside",
}

PERSONAS: Final = (
    Persona("coach-amir", "Amir Hussain", "coach", "northway", "coaches 60 people who were sent: begin with Today"),
    Persona("coach-bridget", "Bridget O'Connor", "coach", "northway", "coaches 35 people who came by themselves"),
    Persona("coach-chidi", "Chidi Okafor", "coach", "northway", "is a new coach with an empty caseload"),
    Persona("coach-dilys", "Dilys Morgan", "coach", "brightpath", "coaches 20 people at Brightpath"),
    Persona("coach-ewan", "Ewan MacLeod", "coach", "harbourside", "coaches 20 people at Harbourside"),
    Persona(
        "leader-farah",
        "Farah Khan",
        "team_leader",
        "northway",
        "leads the team at Northway: loads, promises, what comes in",
    ),
    Persona(
        "manager-grace",
        "Grace Campbell",
        "provider_manager",
        "northway",
        "manages Northway: numbers, and answers referrals",
    ),
    Persona("manager-huw", "Huw Pritchard", "provider_manager", "brightpath", "manages Brightpath"),
    Persona("manager-mei", "Mei Chen", "provider_manager", "harbourside", "manages Harbourside"),
    Persona("referrer-irena", "Irena Kowalska", "referrer", "", "sends people, and learns what became of them"),
    Persona("operator-jonah", "Jonah Adeyemi", "operator", "", "keeps the platform running"),
    Persona("analyst-keiko", "Keiko Tanaka", "analyst", "", "looks at the numbers as of any day"),
    Persona(
        "jobseeker-leroy", "Leroy Bennett", "jobseeker", "northway", "looks for work with Amir's help: begin with Home"
    ),
)


def persona(name: str) -> Persona:
    """Return a persona by code (`coach-bridget`), or the first one in a role (`coach`).

    Raises LookupError, whose text lists what there is, for any other name.
    """
    for found in PERSONAS:
        if name in (found.code, found.role):
            return found
    message = f"nobody is called {name}; there are {', '.join(known.code for known in PERSONAS)}"
    raise LookupError(message)


def coaches_of(provider: str) -> dict[str, UUID]:
    """Return the ids of a provider's coaches by code."""
    return {found.code: found.actor.id for found in PERSONAS if (found.role, found.provider) == ("coach", provider)}

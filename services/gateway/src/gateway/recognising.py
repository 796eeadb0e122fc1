"""The one port through which people come in, whatever they show: a word of a provider, a link, a persona's code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from chassis.identity import Actor
from gateway.sign_in_links import SignInLinks

Shown_contra = TypeVar("Shown_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is recognised: how they are greeted, where they wanted to go, and the word that proves them."""

    actor: Actor
    name: str = ""
    onward: str = ""
    proof: str = ""


class NobodyError(Exception):
    """What was shown opens nothing."""


class Recognises(Protocol[Shown_contra]):
    """A way in."""

    async def recognise(self, shown: Shown_contra) -> Known:
        """Return whom what is shown makes known. Raises NobodyError, SignInError."""


class Personas:
    """Whoever says a code of the demonstration is that persona. There are none anywhere else."""

    def __init__(self, known: Mapping[str, tuple[str, Actor]]) -> None:
        self.known = known

    async def recognise(self, shown: str) -> Known:
        """Return the persona of a code. Raises NobodyError."""
        if shown not in self.known:
            raise NobodyError
        name, actor = self.known[shown]
        return Known(actor, name)


class Links:
    """Whoever brings a one-time link is the one person that it was made for."""

    def __init__(self, links: SignInLinks) -> None:
        self._links = links

    async def recognise(self, shown: str) -> Known:
        """Return whom a link's secret brings in, the first time. Raises NobodyError."""
        actor = await self._links.use(shown)
        if actor is None:
            raise NobodyError
        return Known(actor)

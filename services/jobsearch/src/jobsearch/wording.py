"""A person's words as they are searched: phrases, each with what else the same work is called (synonyms.csv)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from jobsearch.places import fold

MOST_WORDS: Final = 20
LONGEST_PHRASE: Final = 4


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some of a person's words, and everything that they may be called in a vacancy, their own words first."""

    said: str
    called: tuple[str, ...]


def phrases_of(words: str, synonyms: Mapping[str, Sequence[str]]) -> list[Phrase]:
    """Return what a person's words ask for: the longest phrases that have synonyms, and every other word by itself."""
    said = re.findall(r"[^\s,;/]+", words)[:MOST_WORDS]
    return list(_phrases(said, synonyms))


@cache
def synonyms() -> Mapping[str, Sequence[str]]:
    """Return what else each work is called."""
    lines = (files("jobsearch") / "synonyms.csv").read_text().splitlines()
    groups = [line.split(",") for line in lines]
    return {fold(name): [other for other in group if other != name] for group in groups for name in group}


def _phrases(said: Sequence[str], synonyms: Mapping[str, Sequence[str]]) -> Iterator[Phrase]:
    start = 0
    while start < len(said):
        end = next(
            (end for end in range(start + LONGEST_PHRASE, start, -1) if _named(said[start:end], synonyms)), start + 1
        )
        words = " ".join(said[start:end])
        yield Phrase(words, (words, *(_named(said[start:end], synonyms) or ())))
        start = end


def _named(said: Sequence[str], synonyms: Mapping[str, Sequence[str]]) -> Sequence[str] | None:
    folded = fold(" ".join(said))
    return synonyms.get(folded) or synonyms.get(folded.removesuffix("s"))

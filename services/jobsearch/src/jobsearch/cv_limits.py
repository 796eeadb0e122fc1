"""What a CV may be: how large, and why one is refused."""

from typing import Final

KILOBYTE: Final = 1024
LARGEST_FILE: Final = 128 * KILOBYTE
"""What still fits into a fact of 256 KB, written in base64 and sealed."""
LARGEST_TEXT: Final = 18_000
LARGEST_RESUME: Final = 150_000
LARGEST_PART: Final = 4 * 1024 * KILOBYTE
LARGEST_UNPACKED: Final = 16 * 1024 * KILOBYTE
HAS_MACRO: Final = "The file has a macro in it: a program that runs when it is opened. Save it without and try again."


class CvRefusedError(ValueError):
    """A CV that is not taken; the text says why, and repeats nothing of it."""


class CvTooLargeError(ValueError):
    """A CV that is larger than what is kept; the text names the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"A CV has {limit // KILOBYTE} KB at most.")

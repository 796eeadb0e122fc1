"""The one kind of failure the local platform tells a person about."""


class PlatformFailure(Exception):  # noqa: N818 - told to a person as it is, and a failure is what it is to them
    """One line: what went wrong, and what to do about it."""

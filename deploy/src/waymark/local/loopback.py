"""Plain HTTP to what runs on this machine."""

import ssl
from collections.abc import Mapping
from typing import Final

import httpx

WITHOUT_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody. Left to itself, httpx reads every certificate authority for each client: 20 ms of processor time."""


def client(url: str = "", headers: Mapping[str, str] | None = None, timeout: float = 5.0) -> httpx.Client:
    """Return a client of what answers below `url`, which no proxy stands before; `timeout` in seconds."""
    return httpx.Client(base_url=url, headers=headers, verify=WITHOUT_TLS, trust_env=False, timeout=timeout)


def serves(url: str) -> bool:
    """Whether an address answers, and well."""
    try:
        return _ASKING.get(url).is_success
    except httpx.TransportError:
        return False


_ASKING: Final = client()

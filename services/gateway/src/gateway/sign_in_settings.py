"""How people sign in with the account of their organisation: settings that begin with WAYMARK_OPENID_."""

from typing import Final, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, SecretStr, model_validator

from chassis.settings import Environment, ServiceSettings
from gateway.openid.registration import Algorithm, Claims, ClientProof, Registration

STAFF: Final = ("coach", "team_leader", "provider_manager", "referrer", "analyst", "operator")
Role = Literal["coach", "team_leader", "provider_manager", "referrer", "analyst", "operator", "auditor", "jobseeker"]


class SignInSettings(ServiceSettings):
    """One client of one OpenID Connect provider; without an issuer there is none."""

    portal_url: str = Field(
        "", description="Where browsers find the pages, without a path: https://waymark.example.org"
    )
    openid_issuer: str = Field("", description="The provider, as it names itself.")
    openid_client_id: str = ""
    openid_client_secret: SecretStr = SecretStr("")
    openid_client_proof: ClientProof = Field(ClientProof.BASIC, description="How we prove ourselves to the provider.")
    openid_algorithm: Algorithm = Field(Algorithm.RS256, description="What it signs with; nothing else is believed.")
    openid_scope: str = "openid profile"
    openid_id_claim: str = Field("sub", description="Who somebody is for ever; for jobseekers their participant id.")
    openid_name_claim: str = Field("name", description="How somebody is greeted.")
    openid_role_claim: str = Field("roles", description="A text or a list; a dot leads into an object.")
    openid_provider_claim: str = Field("provider", description="Whose people somebody works with.")
    openid_roles: dict[str, Role] = Field(
        {role: role for role in STAFF}, description="Our roles by the provider's words, most wanted first."
    )
    openid_providers: dict[str, UUID] = Field(
        default_factory=dict, description="Ids of providers of employment support by the identity provider's words."
    )

    @model_validator(mode="after")
    def _can_be_signed_in_with(self) -> Self:
        if not self.openid_issuer:
            return self
        secret = bool(self.openid_client_secret.get_secret_value())
        urls = {"WAYMARK_OPENID_ISSUER": self.openid_issuer, "WAYMARK_PORTAL_URL": self.portal_url}
        faults = [f"{name} has to be an https URL" for name, url in urls.items() if not self._may_be_met(url)]
        if urlsplit(self.portal_url).path:
            faults.append("WAYMARK_PORTAL_URL has no path, and no slash at its end")
        if not self.openid_client_id:
            faults.append("WAYMARK_OPENID_CLIENT_ID is missing")
        if secret is (self.openid_client_proof is ClientProof.NONE):
            faults.append(
                "WAYMARK_OPENID_CLIENT_SECRET is needed, and left away when WAYMARK_OPENID_CLIENT_PROOF is none"
            )
        if "openid" not in self.openid_scope.split():
            faults.append("WAYMARK_OPENID_SCOPE has to contain openid")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def is_demo(self) -> bool:
        """Whether nobody here is real."""
        return self.environment in {Environment.DEMO, Environment.TEST}

    @property
    def registration(self) -> Registration | None:
        """How the provider knows us, None where there is none."""
        if not self.openid_issuer:
            return None
        return Registration(
            issuer=self.openid_issuer,
            client_id=self.openid_client_id,
            client_secret=self.openid_client_secret.get_secret_value(),
            proof=self.openid_client_proof,
            scope=self.openid_scope,
            algorithm=self.openid_algorithm,
            site=self.portal_url,
            plain_http=self.is_demo,
            claims=self._claims(),
        )

    def _claims(self) -> Claims:
        return Claims(
            id=self.openid_id_claim,
            name=self.openid_name_claim,
            role=self.openid_role_claim,
            provider=self.openid_provider_claim,
            roles=self.openid_roles,
            providers=self.openid_providers,
        )

    def _may_be_met(self, url: str) -> bool:
        place = urlsplit(url)
        return bool(place.netloc) and place.scheme in ({"https", "http"} if self.is_demo else {"https"})

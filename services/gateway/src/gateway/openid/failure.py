"""Why somebody does not come in. The text is for the log: it names a check, never what was sent."""


class SignInError(Exception):
    """Somebody did not come in."""


class StaleError(SignInError):
    """No sign-in was begun by this browser that this answer could be to: too late, twice, or of another one."""


class RefusedError(SignInError):
    """The provider said no, or the person did."""


class UntrustedError(SignInError):
    """What came back is not what this provider would have said to us now."""


class UnknownPersonError(SignInError):
    """The person is known to the provider, and has no place here."""


class ProviderAwayError(SignInError):
    """The provider does not answer, or not as a provider does."""

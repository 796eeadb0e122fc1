"""Sign-in by an OpenID Connect provider: the code flow with PKCE, and who its signed word says that somebody is."""

-- Who is signed in. A cookie's secret is nowhere in here: its digest finds the row, and only the secret opens the name.
create table if not exists web_session (
    digest bytea primary key,
    actor_id uuid not null,
    role text not null,
    tenant uuid,
    sealed_name bytea not null,
    language text not null,
    shortcuts boolean not null,
    started_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null
);
-- What the provider said of somebody at sign-in, to end their sign-in there with: sealed as their name is.
alter table web_session add column if not exists sealed_proof bytea;
create index if not exists web_session_expires on web_session (expires_at);

-- Links that bring a participant in once. Whose e-mail address a link was sent to does not matter: it names one person.
create table if not exists sign_in_link (
    digest bytea primary key,
    participant_id uuid not null,
    tenant uuid not null,
    made_by uuid not null,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index if not exists sign_in_link_expires on sign_in_link (expires_at);

-- Sign-ins that were begun with a provider and not ended. Only digests of what a browser and the provider's answer hold.
create table if not exists sign_in_attempt (
    digest bytea primary key,
    browser bytea not null,
    nonce text not null,
    verifier text not null,
    onward text not null,
    expires_at timestamptz not null
);
create index if not exists sign_in_attempt_expires on sign_in_attempt (expires_at);

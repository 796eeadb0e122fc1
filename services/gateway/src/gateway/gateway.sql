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

-- Links by which somebody without an account reads where a referral stands: one for each referral, no word of a person.
create table if not exists status_link (
    referral_id uuid primary key,
    digest bytea not null unique,
    referrer_id uuid not null,
    expires_at timestamptz not null
);
create index if not exists status_link_expires on status_link (expires_at);

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

-- Ways of looking at a caseload that somebody named: a filter and an order, nothing of the people in it.
create table if not exists saved_view (
    id uuid primary key,
    tenant uuid not null,
    owner_id uuid not null,
    name text not null,
    name_before text,
    ready text not null,
    sort text not null,
    coach_id uuid,
    made_at timestamptz not null,
    removed_at timestamptz
);
alter table saved_view add column if not exists days integer not null default 14;
create unique index if not exists saved_view_name on saved_view (owner_id, tenant, name) where removed_at is null;
alter table saved_view enable row level security;
alter table saved_view force row level security;
drop policy if exists tenant_only on saved_view;
create policy tenant_only on saved_view using (
    (select current_setting('waymark.tenant', true)) = '*'
    or tenant = (select nullif(nullif(current_setting('waymark.tenant', true), '*'), '')::uuid)
);

-- What somebody did with a page and can take back: which routes of services undo it. Ids alone, nothing of people.
create table if not exists undoable (
    id uuid primary key,
    tenant uuid not null,
    owner_id uuid not null,
    steps jsonb not null,
    back text not null,
    made_at timestamptz not null,
    undone_at timestamptz
);
create index if not exists undoable_made on undoable (made_at);
alter table undoable enable row level security;
alter table undoable force row level security;
drop policy if exists tenant_only on undoable;
create policy tenant_only on undoable using (
    (select current_setting('waymark.tenant', true)) = '*'
    or tenant = (select nullif(nullif(current_setting('waymark.tenant', true), '*'), '')::uuid)
);

-- How far a page has to have heard of that follows a deed about several people.
create table if not exists reached (
    id uuid primary key,
    tenant uuid not null,
    owner_id uuid not null,
    place text not null,
    made_at timestamptz not null
);
create index if not exists reached_made on reached (made_at);
alter table reached enable row level security;
alter table reached force row level security;
drop policy if exists tenant_only on reached;
create policy tenant_only on reached using (
    (select current_setting('waymark.tenant', true)) = '*'
    or tenant = (select nullif(nullif(current_setting('waymark.tenant', true), '*'), '')::uuid)
);

-- Since when somebody is told what is new, and until when they have seen it: one visit is all looks without a long pause.
create table if not exists last_visit (
    owner_id uuid not null,
    tenant uuid not null,
    since timestamptz not null,
    until timestamptz not null,
    seen_at timestamptz not null,
    primary key (owner_id, tenant)
);
alter table last_visit enable row level security;
alter table last_visit force row level security;
drop policy if exists tenant_only on last_visit;
create policy tenant_only on last_visit using (
    (select current_setting('waymark.tenant', true)) = '*'
    or tenant = (select nullif(nullif(current_setting('waymark.tenant', true), '*'), '')::uuid)
);

-- What somebody began to tell of a person and did not send yet: sealed, one for each of them, and gone after some days.
create table if not exists draft (
    owner_id uuid primary key,
    sealed bytea not null,
    kept_at timestamptz not null
);
create index if not exists draft_kept on draft (kept_at);

-- The event store of one service: the eventsourcing library's table with what a fact needs to be told.
create table if not exists stored_events (
    originator_id uuid not null,
    originator_version bigint not null,
    topic text,
    state bytea,
    notification_id bigserial,
    occurred_at timestamptz,
    recorded_at timestamptz not null default clock_timestamp(),
    subject uuid,
    tenant uuid,
    told_on text not null default 'waymark.journey',
    correlation text not null default '',
    causation text not null default '',
    traceparent text not null default '',
    actor text not null default '',
    command text,
    primary key (originator_id, originator_version)
);
create unique index if not exists stored_events_notification_id_idx on stored_events (notification_id);
create index if not exists stored_events_subject_idx on stored_events (subject, notification_id)
    where originator_version = 1;

-- One row for each command that carried a key: what it answered, never what it was asked.
create table if not exists command (
    key text primary key,
    fingerprint bytea not null,
    answer text not null,
    positions bigint[] not null,
    recorded_at timestamptz not null
);

-- Unique keys reserved in the transaction that needs them.
create table if not exists claim (
    key text primary key,
    owner uuid not null
);

-- What the relay has told: the last position of all, and of each topic partition with its Kafka offset.
create table if not exists relay_cursor (
    single boolean primary key default true check (single),
    position bigint not null
);
create table if not exists relay_position (
    topic text not null,
    partition int not null,
    position bigint not null,
    kafka_offset bigint not null,
    primary key (topic, partition)
);

alter table stored_events enable row level security;
alter table stored_events force row level security;
drop policy if exists tenant_only on stored_events;
create policy tenant_only on stored_events using (
    (select current_setting('waymark.tenant', true)) = '*'
    or tenant = (select nullif(nullif(current_setting('waymark.tenant', true), '*'), '')::uuid)
);

-- Facts of one aggregate, oldest first, and what the command answered if it was asked before (in one round trip).
-- Stable, so that both are read from one snapshot: else an answer that is committed in between is missed, its facts seen.
create or replace function load_facts(scope text, aggregate uuid, command_key text)
returns table (type text, state bytea, fingerprint bytea, answered_positions bigint[]) language plpgsql stable as $$
begin
    perform set_config('waymark.tenant', scope, true);
    if command_key is not null then
        return query select c.answer, null::bytea, c.fingerprint, c.positions from command c where c.key = command_key;
        if found then return; end if;
    end if;
    return query select e.topic, e.state, null::bytea, null::bigint[] from stored_events e
        where e.originator_id = aggregate order by e.originator_version;
end $$;

-- The aggregates about a person that began with one of these facts, oldest first.
create or replace function aggregates_about(scope text, person uuid, types text[])
returns setof uuid language plpgsql stable as $$
begin
    perform set_config('waymark.tenant', scope, true);
    return query select e.originator_id from stored_events e
        where e.subject = person and e.originator_version = 1 and e.topic = any (types) order by e.notification_id;
end $$;

-- Facts, claims and the command's answer in one transaction and one round trip. Takes no table lock and notifies nobody,
-- so that concurrent commits share one flush.
create or replace function append_facts(
    scope text, ids uuid[], versions bigint[], types text[], states bytea[], occurred timestamptz[],
    subjects uuid[], tenants uuid[], topics text[],
    recorded timestamptz, correlation_id text, causation_id text, trace text, acted_by text,
    command_key text, command_fingerprint bytea, command_answer text, commands text[],
    claims text[], claim_owners uuid[], released text[]
) returns bigint[] language plpgsql as $$
declare positions bigint[];
begin
    perform set_config('waymark.tenant', scope, true);
    if released <> '{}' then delete from claim where key = any (released); end if;
    if claims <> '{}' then insert into claim select * from unnest(claims, claim_owners) order by 1; end if;
    with told as (
        insert into stored_events (originator_id, originator_version, topic, state, occurred_at, subject, tenant, told_on,
            recorded_at, correlation, causation, traceparent, actor, command)
        select i, v, t, s, o, p, n, k, recorded, correlation_id, causation_id, trace, acted_by, c
        from unnest(ids, versions, types, states, occurred, subjects, tenants, topics, commands)
            as x (i, v, t, s, o, p, n, k, c)
        returning notification_id
    ) select coalesce(array_agg(notification_id order by notification_id), '{}') into positions from told;
    if command_key is not null then
        insert into command values (command_key, command_fingerprint, command_answer, positions, recorded);
    end if;
    return positions;
end $$;

-- How far a reader may read without missing a fact. A writer holds RowExclusiveLock on the table from before it draws a
-- position until its commit is visible; so once those who held it after `high` was read are gone, all up to `high` is decided.
create or replace function read_barrier(out high bigint, out writers text[]) language plpgsql as $$
begin
    select case when is_called then last_value else 0 end into high from stored_events_notification_id_seq;
    select coalesce(array_agg(virtualtransaction), '{}') into writers from pg_locks
        where relation = 'stored_events'::regclass and mode = 'RowExclusiveLock' and granted
        and database = (select oid from pg_database where datname = current_database());
end $$;

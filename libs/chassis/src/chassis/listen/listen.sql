-- Where each consumer stands: the fence is the last position applied of a source in a topic partition. The Kafka offset
-- and id are those of the last record seen of it, so that a topic made anew is noticed. The row without a source stands
-- for the partition: whoever holds it keeps out every fact, also those of a source that was never heard.
create table if not exists heard_position (
    consumer text not null,
    source text not null,
    topic text not null,
    partition int not null,
    position bigint not null default 0,
    kafka_offset bigint not null default -1,
    ce_id text not null default '',
    primary key (consumer, topic, partition, source)
);

-- Facts that a consumer could not handle, and the later facts of the same message key, waiting behind them in order.
-- A place in a topic that was made anew is another fact's, so a fact is known by its source's position.
create table if not exists parked (
    id bigserial primary key,
    consumer text not null,
    key text not null,
    source text not null,
    topic text not null,
    partition int not null,
    position bigint not null,
    kafka_offset bigint not null,
    type text not null,
    headers jsonb not null,
    value bytea not null,
    error text not null default '',
    parked_at timestamptz not null default clock_timestamp(),
    unique (consumer, source, topic, partition, position)
);
create index if not exists parked_key on parked (consumer, key, id);

-- The generations of each view: one is live, another may be building.
create table if not exists view_version (
    view text not null,
    generation int not null,
    fold_hash text not null,
    status text not null check (status in ('building', 'live', 'retired')),
    changed_at timestamptz not null default clock_timestamp(),
    primary key (view, generation)
);
create unique index if not exists view_version_live on view_version (view) where status = 'live';

-- Policies that have begun, so that a new one does not act on history.
create table if not exists policy_begun (
    policy text primary key,
    begun_at timestamptz not null default clock_timestamp()
);

-- Up to when each view shows what was told, as every process that keeps a part of it says every few seconds.
create table if not exists view_reach (
    view text not null,
    worker uuid not null,
    current_to timestamptz not null,
    said_at timestamptz not null default clock_timestamp(),
    primary key (view, worker)
);

-- Exports of facts: who asked, how far each is, and what it became. The files lie in a folder.
create table if not exists export_job (
    id uuid primary key,
    asked_by uuid not null,
    asked_at timestamptz not null,
    state text not null check (state in ('running', 'done', 'failed')),
    total bigint not null default 0,
    done bigint not null default 0,
    manifest jsonb
);

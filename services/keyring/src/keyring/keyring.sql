-- One key for each person. An erased row is a tombstone: it says that this person never gets a key again.
create table if not exists data_key (
    key_id uuid primary key,
    person uuid not null unique,
    kind text not null check (kind in ('participant', 'staff', 'contact')),
    wrapped bytea,
    created_at timestamptz not null,
    erased_at timestamptz,
    check ((wrapped is null) = (erased_at is not null))
);

-- Words that lead to persons, each as a keyed digest under the wrapping key. An identity leads to one person only.
create table if not exists index_entry (
    kind text not null,
    digest bytea not null check (length(digest) = 16),
    person uuid not null references data_key (person) deferrable initially deferred,
    primary key (digest, kind, person)
);
create unique index if not exists one_person_for_each_identity on index_entry (digest) where kind = 'ni_number';
create index if not exists index_entry_person on index_entry (person);

-- Which wrapping key of the vault all of the above lies under, and since when.
create table if not exists ring (
    single boolean primary key default true check (single),
    wrapping_key uuid not null,
    rotated_at timestamptz not null
);

create or replace function leave_tombstone() returns trigger language plpgsql as $$
begin
    raise exception 'an erased person stays erased';
end $$;
create or replace trigger tombstones_stay before update or delete on data_key
    for each row when (old.erased_at is not null) execute function leave_tombstone();
create or replace trigger keys_are_erased_not_deleted before delete on data_key
    for each row execute function leave_tombstone();

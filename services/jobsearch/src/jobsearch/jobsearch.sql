-- Activity is forgotten after 13 months: found by its age without a look at everything else.
create index if not exists stored_events_activity_idx on stored_events (originator_id, recorded_at)
    where told_on = 'waymark.activity';

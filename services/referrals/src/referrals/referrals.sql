-- Whether a person was referred before is asked at each referral.
create index if not exists referral_of_person on stored_events (subject) where originator_version = 1;

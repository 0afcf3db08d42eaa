-- title: Every foreign key is validated
-- expect: no rows
select conname as id from pg_constraint where contype = 'f' and not convalidated limit 20;

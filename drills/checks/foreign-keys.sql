-- title: Every foreign key is validated
-- expect: no rows
-- engine: postgres
select conname as id from pg_constraint where contype = 'f' and not convalidated limit 20;

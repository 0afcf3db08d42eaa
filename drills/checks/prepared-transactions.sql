-- title: No prepared transaction is left
-- expect: no rows
-- engine: postgres
select gid as id from pg_prepared_xacts limit 20;

-- title: Every index is valid
-- expect: no rows
-- engine: postgres
select indexrelid::regclass::text as id from pg_index where not indisvalid limit 20;

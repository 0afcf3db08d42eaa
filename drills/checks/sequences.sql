-- title: Every sequence is ahead of its table
-- expect: no rows
-- engine: postgres
-- Every sequence that numbers a column: of identity and serial columns, and those that a column's default calls.
-- Until it is called, a sequence has yet to give its last value. One that cycles may give a number again.
with numbered as materialized (
  select seqrelid::regclass as sequence, owner::regclass as owner, attname, sign(seqincrement) as direction
  from (
    select objid as sequence, refobjid as owner, refobjsubid as place
    from pg_depend
    where classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and deptype in ('a', 'i')
    union
    select refobjid, adrelid, adnum
    from pg_depend join pg_attrdef on pg_attrdef.oid = objid
    where classid = 'pg_attrdef'::regclass and refclassid = 'pg_class'::regclass
  ) as found
  join pg_sequence on seqrelid = found.sequence and not seqcycle
  join pg_class on pg_class.oid = owner and relkind in ('r', 'p') and relpersistence <> 't'
  join pg_attribute on attrelid = owner and attnum = place and atttypid in (20, 21, 23, 1700)
  -- The tables of an extension are not the platform's data.
  where not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = owner and deptype = 'e')
)
select distinct sequence::text as id
from numbered
where query_to_xml(
  format(
    'select (select %s(%I) from %s) %s (select last_value - case when is_called then 0 else %s end from %s) as behind',
    case when direction > 0 then 'max' else 'min' end, attname, owner, case when direction > 0 then '>' else '<' end,
    direction, sequence
  ),
  true, false, ''
)::text like '%<behind>true<%'
limit 20;

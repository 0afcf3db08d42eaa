-- title: Every sequence is ahead of its table
-- expect: no rows
-- engine: postgres
-- Until it is called, a sequence has yet to give its last value.
select 'orders' as id
where (select last_value - case when is_called then 0 else 1 end from orders_id_seq)
  < (select coalesce(max(id), 0) from orders);

-- title: No order from the future
-- expect: no rows
-- Orders go on while it is asked: those of the last seconds are not from the future.
select id from orders where created_at > now() + interval '5' second limit 20;

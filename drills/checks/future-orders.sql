-- title: No order from the future
-- expect: no rows
select id from orders where created_at > now() limit 20;

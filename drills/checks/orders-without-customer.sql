-- title: Every order has its customer
-- expect: no rows
select o.id
from orders o
left join customers c on c.id = o.customer_id
where c.id is null
limit 20;

-- title: Every item has its order
-- expect: no rows
select i.id
from order_items i
left join orders o on o.id = i.order_id
where o.id is null
limit 20;

-- title: Every total is the sum of its items
-- expect: no rows
-- An order that lost all its items has a wrong total as well.
select o.id
from orders o
left join order_items i on i.order_id = o.id
group by o.id, o.total_cents
having o.total_cents <> coalesce(sum(i.quantity * i.price_cents), 0)
limit 20;

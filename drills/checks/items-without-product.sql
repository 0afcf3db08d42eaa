-- title: Every item has its product
-- expect: no rows
select i.id
from order_items i
left join products p on p.id = i.product_id
where p.id is null
limit 20;

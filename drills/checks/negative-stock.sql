-- title: No stock below zero
-- expect: no rows
select id from products where stock < 0 limit 20;

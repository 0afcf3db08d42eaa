create table customers (id bigint auto_increment primary key, email varchar(200) not null unique, created_at timestamp(6) not null);
create table products (id bigint auto_increment primary key, stock int not null, created_at timestamp(6) not null);
create table orders (id bigint auto_increment primary key, customer_id bigint not null, total_cents bigint not null, created_at timestamp(6) not null default now(6));
create table order_items (id bigint auto_increment primary key, order_id bigint not null, product_id bigint not null, quantity int not null, price_cents int not null, note varchar(100), created_at timestamp(6) not null);
insert into customers (email, created_at) select concat('customer', seq, '@example.com'), now(6) - interval 40 day from seq_1_to_200;
insert into products (stock, created_at) select seq, now(6) - interval 400 day from seq_1_to_50;
insert into orders (customer_id, total_cents, created_at) select 1 + seq % 200, 500, now(6) - interval (2001 - seq) * 10 minute from seq_1_to_2000;
insert into order_items (order_id, product_id, quantity, price_cents, note, created_at) select id, 1 + id % 50, 1, 500, if(id % 3 = 0, null, concat('it''s "fine" \\ ', id)), created_at from orders;

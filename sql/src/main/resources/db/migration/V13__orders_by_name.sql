-- Names of orders are looked up by equality alone: a hash index costs half as much to keep as a btree (see docs/decisions/0013).
drop index sales_order_by_name;
create index sales_order_by_name on sales_order using hash (name);

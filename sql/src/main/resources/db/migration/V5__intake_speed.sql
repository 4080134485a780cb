-- What lets import-orders write a million lines in seconds, and what it keeps beside an order's newest version: its history, the channel's
-- promise, and parts of orders that a channel tells in several files.

-- ── Fewer and lighter checks for every row: see docs/decisions/0013 ───────────────────────────────────────────────────────────────

-- The one writer computes the ids, and does it once an order; it stays the function derived_id, which tells them to everybody else.
alter table sales_order alter column id drop expression;

-- A foreign key looks up its row for each row that is written: a third of a merge. The statement that writes them writes both sides.
alter table sales_order drop constraint sales_order_customer_id_fkey;
alter table order_line drop constraint order_line_order_id_fkey;
alter table order_milestone drop constraint order_milestone_order_id_fkey;

create function delete_parts_of_orders() returns trigger language plpgsql as $$
begin
    delete from order_line where order_id in (select id from gone);
    delete from order_milestone where order_id in (select id from gone);
    return null;
end $$;
comment on function delete_parts_of_orders() is 'What deletes orders deletes their lines and milestones';

create trigger delete_parts after delete on sales_order
    referencing old table as gone for each statement execute function delete_parts_of_orders();

create function refuse_orders_without_customer() returns trigger language plpgsql as $$
begin
    if exists (select from sales_order where customer_id in (select id from gone)) then
        raise exception 'a customer with orders cannot be deleted: delete the orders first' using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
comment on function refuse_orders_without_customer() is 'A customer is deleted after the orders, never before';

create trigger refuse_orders_without_customer after delete on customer
    referencing old table as gone for each statement execute function refuse_orders_without_customer();

-- Looked up by equality alone: a hash index costs half as much to keep. What grows with time alone needs a summary of each range of pages.
drop index sales_order_by_external_id;
create index sales_order_by_external_id on sales_order using hash (external_id);
drop index sales_order_by_customer;
create index sales_order_by_customer on sales_order using hash (customer_id);
drop index sales_order_by_placed_at;
create index sales_order_by_placed_at on sales_order using brin (placed_at) with (autosummarize = on);
drop index order_milestone_by_time;
create index order_milestone_by_time on order_milestone using brin (recorded_at) with (autosummarize = on);
drop index customer_by_email;
create index customer_by_email on customer using hash (lower(email));
drop index customer_by_phone;
create index customer_by_phone on customer using hash (phone) where phone is not null;

-- ── What an order is known by more ────────────────────────────────────────────────────────────────────────────────────────────────

alter table sales_order
    alter column currency drop not null,
    alter column total drop not null,
    add column promised_at timestamptz,
    add column promise_precision text check (promise_precision in ('INSTANT', 'DATE')),
    add column estimated_at timestamptz;

comment on column sales_order.currency is 'ISO 4217; of all amounts of the order; null until a file tells it, where a channel tells orders in parts';
comment on column sales_order.total is 'What the customer pays, in currency; null until a file tells it, where a channel tells orders in parts';
comment on column sales_order.promised_at is 'The moment the channel promised first; never moves; null without a promise';
comment on column sales_order.promise_precision is 'INSTANT, or DATE: the last instant of that day at the destination; null without a promise';
comment on column sales_order.estimated_at is 'What the channel said instead later; moves; null while there is none';

create table order_change (
    id          uuid        not null primary key,
    order_id    uuid        not null references sales_order on delete cascade,
    kind        text        not null check (kind in ('CANCELLED', 'DELIVERY_ADDRESS', 'ESTIMATE', 'PLACED_AT', 'DUPLICATE')),
    before      jsonb       not null,
    after       jsonb       not null,
    as_of       timestamptz not null,
    file        text        not null,
    line        bigint      not null,
    recorded_at timestamptz not null
);
create index order_change_by_order on order_change (order_id);
create index order_change_by_time on order_change using brin (recorded_at) with (autosummarize = on);

comment on table order_change is 'What an order was before it changed. Holds personal data (addresses), which goes with the order.';
comment on column order_change.id is 'Derived from order, kind, version, before and after: the same file again does not double it';
comment on column order_change.order_id is 'The order';
comment on column order_change.kind is 'CANCELLED (or taken back), DELIVERY_ADDRESS, ESTIMATE, PLACED_AT; DUPLICATE: a file held it twice with different content, the newest counts';
comment on column order_change.before is 'The values until then by their columns; of a duplicate, the version that does not count, with its lines';
comment on column order_change.after is 'The values since then; of a duplicate, the version that counts, with its lines';
comment on column order_change.as_of is 'Version of the order that brought the change; of a duplicate, the version that does not count';
comment on column order_change.file is 'Name of the file it came in';
comment on column order_change.line is 'Physical line of that version''s first row there, from 1';
comment on column order_change.recorded_at is 'When intake learned of it, by the job''s clock';

-- ── How far a merge came ──────────────────────────────────────────────────────────────────────────────────────────────────────────

create table import_part (
    file_id     uuid     not null,
    part        smallint not null,
    merged_line bigint   not null,
    primary key (file_id, part)
);

comment on table import_part is 'How far each of an import''s parts is merged; customers, and with them their orders, are dealt to the parts by their ids. Gone when the file is merged.';
comment on column import_part.file_id is 'import_file.id';
comment on column import_part.part is 'staged_order.part';
comment on column import_part.merged_line is 'Staged orders of the part up to this first line are merged';

alter table import_file
    add column merged_whole boolean not null default false;
comment on column import_file.merged_whole is 'Whether all of it is merged and none of it staged any more; what failed since goes on behind that';

-- ── Staging: a partition an import, unlogged, emptied when it is merged, and dropped when nobody uses staging. A crash of the server empties it; the next run sees that rows are
--    missing, and stages the file again from its beginning ───────────────────────────────────────────────────────────────────────────

drop table staged_line;
drop table staged_order;

create table staged_order (
    file_id                 uuid        not null,
    line                    bigint      not null,
    part                    smallint    not null,
    order_id                uuid        not null,
    customer_id             uuid        not null,
    partial                 boolean     not null,
    compared                boolean     not null,
    as_of                   timestamptz not null,
    external_id             text        not null,
    name                    text        not null,
    placed_at               timestamptz not null,
    currency                text,
    total                   numeric,
    subtotal                numeric,
    shipping                numeric,
    taxes                   numeric,
    financial_status        text,
    fulfillment_status      text,
    paid_at                 timestamptz,
    fulfilled_at            timestamptz,
    cancelled_at            timestamptz,
    updated_at              timestamptz,
    promised_at             timestamptz,
    promise_precision       text,
    destination_country     text,
    destination_region      text,
    destination_postal_code text,
    destination_city        text,
    customer_name           text,
    email                   text,
    phone                   text,
    street                  text,
    content                 uuid        not null,
    superseded              boolean     not null,
    differs                 boolean
) partition by list (file_id);

comment on table staged_order is 'Orders of a file on their way into sales_order and customer, a partition an import; gone when the file is merged. Holds personal data until then.';
comment on column staged_order.file_id is 'import_file.id';
comment on column staged_order.line is 'Physical line of its first row, from 1';
comment on column staged_order.part is 'Which part of the merge takes it, from 0; orders of one customer are of one part';
comment on column staged_order.order_id is 'As sales_order.id';
comment on column staged_order.customer_id is 'As customer.id';
comment on column staged_order.partial is 'Whether the format tells only a part of an order: null then says nothing';
comment on column staged_order.compared is 'Whether its values have to be compared one by one to know if it differs from what is known, since its digest cannot tell: parts, and orders gathered from several places of the file';
comment on column staged_order.as_of is 'As sales_order.as_of';
comment on column staged_order.external_id is 'As sales_order.external_id';
comment on column staged_order.name is 'As sales_order.name';
comment on column staged_order.placed_at is 'As sales_order.placed_at';
comment on column staged_order.currency is 'As sales_order.currency';
comment on column staged_order.total is 'As sales_order.total';
comment on column staged_order.subtotal is 'As sales_order.subtotal';
comment on column staged_order.shipping is 'As sales_order.shipping';
comment on column staged_order.taxes is 'As sales_order.taxes';
comment on column staged_order.financial_status is 'As sales_order.financial_status';
comment on column staged_order.fulfillment_status is 'As sales_order.fulfillment_status';
comment on column staged_order.paid_at is 'As sales_order.paid_at';
comment on column staged_order.fulfilled_at is 'As sales_order.fulfilled_at';
comment on column staged_order.cancelled_at is 'As sales_order.cancelled_at';
comment on column staged_order.updated_at is 'As sales_order.updated_at';
comment on column staged_order.promised_at is 'The moment that this version promises; null where it promises none';
comment on column staged_order.promise_precision is 'As sales_order.promise_precision';
comment on column staged_order.destination_country is 'As sales_order.destination_country';
comment on column staged_order.destination_region is 'As sales_order.destination_region';
comment on column staged_order.destination_postal_code is 'As sales_order.destination_postal_code';
comment on column staged_order.destination_city is 'As sales_order.destination_city';
comment on column staged_order.customer_name is 'As customer.name';
comment on column staged_order.email is 'As customer.email';
comment on column staged_order.phone is 'As customer.phone';
comment on column staged_order.street is 'As customer.street';
comment on column staged_order.content is 'As sales_order.content';
comment on column staged_order.superseded is 'Whether the same file holds a version of the order that counts instead, or a place that it went into';
comment on column staged_order.differs is 'Of a superseded version, whether the file tells it otherwise than the one that counts; else null';

create table staged_line (
    file_id            uuid    not null,
    line               bigint  not null,
    line_no            integer not null,
    sku                text,
    name               text    not null,
    quantity           integer not null,
    price              numeric,
    requires_shipping  boolean not null,
    fulfillment_status text
) partition by list (file_id);

comment on table staged_line is 'Order lines of a file on their way into order_line, a partition an import; gone when the file is merged.';
comment on column staged_line.file_id is 'import_file.id';
comment on column staged_line.line is 'staged_order.line';
comment on column staged_line.line_no is 'As order_line.line_no';
comment on column staged_line.sku is 'As order_line.sku';
comment on column staged_line.name is 'As order_line.name';
comment on column staged_line.quantity is 'As order_line.quantity';
comment on column staged_line.price is 'As order_line.price';
comment on column staged_line.requires_shipping is 'As order_line.requires_shipping';
comment on column staged_line.fulfillment_status is 'As order_line.fulfillment_status';

-- With the rights of the schema's owner: who imports need not be allowed to create tables. None of these waits for others while it holds what
-- others wait for: of the parents they lock no more than other imports bear, but to drop what is empty, and that they try for a moment only.
create function open_staging(import uuid) returns void
    language plpgsql security definer set search_path from current as $$
declare
    suffix text := replace(import::text, '-', '');
begin
    if to_regclass('pg_temp.staged_order') is null and to_regclass('staged_order_' || suffix) is null then
        -- Attached, not created as a partition, which would wait for all who use another.
        execute format('create unlogged table staged_order_%s (like staged_order)', suffix);
        execute format('create unlogged table staged_line_%s (like staged_line)', suffix);
        execute format('alter table staged_order attach partition staged_order_%s for values in (%L)', suffix, import);
        execute format('alter table staged_line attach partition staged_line_%s for values in (%L)', suffix, import);
    end if;
end $$;
comment on function open_staging(uuid) is 'Makes room for the rows of an import in staged_order and staged_line, where there is none';

create function rehearse_staging() returns void
    language plpgsql security definer set search_path from current as $$
declare
    staged text;
    columns text;
begin
    foreach staged in array array['staged_order', 'staged_line'] loop
        -- Not "like", which would keep the parent locked until the transaction ends, and a dry run is one.
        select string_agg(format('%I %s%s', attname, format_type(atttypid, atttypmod), case when attnotnull then ' not null' else '' end),
                          ', ' order by attnum)
        into columns
        from pg_attribute
        where attrelid = staged::regclass and attnum > 0 and not attisdropped;
        execute format('create temporary table %I (%s) on commit drop', staged, columns);
        execute format('grant all on pg_temp.%I to %I', staged, session_user);
    end loop;
end $$;
comment on function rehearse_staging() is 'Until this transaction ends staged_order and staged_line are temporary tables of it: a dry run stages beside everybody else';

create function index_staging(import uuid) returns void
    language plpgsql security definer set search_path from current as $$
declare
    suffix text := replace(import::text, '-', '');
begin
    if to_regclass('pg_temp.staged_order') is not null then
        create index if not exists staged_order_by_line on pg_temp.staged_order (file_id, line);
        create index if not exists staged_line_by_line on pg_temp.staged_line (file_id, line, line_no);
        analyze pg_temp.staged_order, pg_temp.staged_line;
    else
        execute format('create index if not exists staged_order_%s_by_line on staged_order_%s (line)', suffix, suffix);
        execute format('create index if not exists staged_line_%s_by_line on staged_line_%s (line, line_no)', suffix, suffix);
        execute format('analyze staged_order_%s, staged_line_%s', suffix, suffix);
    end if;
end $$;
comment on function index_staging(uuid) is 'Makes the rows of an import quick to find by line, once they are all there; and tells the planner of them';

create function clear_staging(import uuid) returns void
    language plpgsql security definer set search_path from current set lock_timeout = '200ms' as $$
declare
    suffix text := replace(import::text, '-', '');
begin
    delete from import_part where file_id = import;
    if to_regclass('pg_temp.staged_order') is not null then
        delete from pg_temp.staged_order where file_id = import;
        delete from pg_temp.staged_line where file_id = import;
    elsif to_regclass('staged_order_' || suffix) is not null then
        begin
            execute format('truncate staged_order_%s, staged_line_%s', suffix, suffix);
        exception when lock_not_available then
            -- Somebody reads it, as pg_dump does for hours. Deleting waits for no reader.
            set local lock_timeout = 0;
            execute format('delete from staged_order_%s', suffix);
            execute format('delete from staged_line_%s', suffix);
        end;
    end if;
end $$;
comment on function clear_staging(uuid) is 'Empties an import''s part of staging; drop_staging removes it';

create function drop_staging(import uuid) returns boolean
    language plpgsql security definer set search_path from current set lock_timeout = '100ms' as $$
declare
    suffix text := replace(import::text, '-', '');
begin
    -- Who begins the import again waits for this row, and then finds that there is no room.
    perform from import_file
    where id = import and (merged_whole or outcome <> 'RUNNING' and staged_offset = 0)
    for update skip locked;
    if found then
        execute format('drop table if exists staged_order_%s, staged_line_%s', suffix, suffix);
    end if;
    return true;
exception when lock_not_available then
    return false;
end $$;
comment on function drop_staging(uuid) is 'Drops an import''s part of staging where nothing of it is needed, unless somebody uses staging just now: then false, and later will do';

-- What intake writes (import-orders, import-fulfilments), and nobody else. Ids are derived from content, so that a run that is repeated,
-- restarted or started twice ends in the same rows. Personal data stands in table customer alone; staging and rejected records hold it too
-- until they are merged, purged or erased.

create function derived_id(a text, b text, c text) returns uuid
    language sql immutable strict parallel safe
    return md5(length(a) || ':' || a || length(b) || ':' || b || length(c) || ':' || c)::uuid;
comment on function derived_id(text, text, text) is 'The id of what these three texts identify; their lengths enter, so that no two triples read the same';

-- ── What a file was, and how far its import came ──────────────────────────────────────────────────────────────────────────────────

create table import_file (
    id               uuid        not null primary key,
    job              text        not null,
    channel          text        not null,
    account          text        not null,
    file             text        not null,
    digest           text        not null,
    format           text        not null,
    pass             integer     not null default 1,
    run_id           bigint      not null,
    outcome          text        not null check (outcome in ('RUNNING', 'DONE', 'TOO_MANY_REJECTS', 'FAILED')),
    started_at       timestamptz not null,
    ended_at         timestamptz,
    staged_offset    bigint      not null default 0,
    staged_line      bigint      not null default 1,
    staged_whole     boolean     not null default false,
    merged_line      bigint      not null default 0,
    records_read     bigint      not null default 0,
    rejected         bigint      not null default 0,
    inserted         bigint      not null default 0,
    updated          bigint      not null default 0,
    unchanged        bigint      not null default 0,
    skipped          bigint      not null default 0
);
create index import_file_by_account on import_file (channel, account, started_at);

comment on table import_file is 'One row for each content that was imported into a channel''s account, and how far that came. A run that is restarted goes on from here.';
comment on column import_file.id is 'Derived from job, channel, account, content and reading rules: the identity of the import';
comment on column import_file.job is 'import-orders or import-fulfilments';
comment on column import_file.channel is 'Where the records come from, for example shopify';
comment on column import_file.account is 'Which store of the channel';
comment on column import_file.file is 'Name of the file when it was last imported, without its folder';
comment on column import_file.digest is 'SHA-256 of the file, hexadecimal';
comment on column import_file.format is 'Name and version of the format it was read by';
comment on column import_file.pass is 'Counts the imports of the same content: fulfilments are taken again when an order they missed has come since; otherwise 1';
comment on column import_file.run_id is 'Job execution id of the last run (batch_job_execution)';
comment on column import_file.outcome is 'RUNNING (also after a crash), DONE, TOO_MANY_REJECTS or FAILED';
comment on column import_file.started_at is 'When its first run began, by the job''s clock';
comment on column import_file.ended_at is 'When its last run ended, by the job''s clock; null while it runs and after a crash';
comment on column import_file.staged_offset is 'Bytes of the file that are staged or rejected; committed with the rows they became';
comment on column import_file.staged_line is 'The physical line that follows them, from 1';
comment on column import_file.staged_whole is 'Whether the file was read to its end';
comment on column import_file.merged_line is 'Staged records up to this first line are merged';
comment on column import_file.records_read is 'Records read: orders, or rows of fulfilments = inserted + updated + unchanged + skipped + rejected';
comment on column import_file.rejected is 'of those, rejected';
comment on column import_file.inserted is 'of those, new';
comment on column import_file.updated is 'of those, newer than what was known and different';
comment on column import_file.unchanged is 'of those, the same as what was known';
comment on column import_file.skipped is 'of those, older than what was known, or than another record of the same file';

create table rejected_record (
    id          uuid        not null primary key,
    file        text        not null,
    line        bigint      not null,
    rule        text        not null,
    reason      text        not null,
    raw         text        not null,
    job         text        not null,
    channel     text        not null,
    account     text        not null,
    order_ref   text,
    digest      text        not null,
    run_id      bigint      not null,
    recorded_at timestamptz not null
);
create index rejected_record_by_file on rejected_record (digest, channel, account);
create index rejected_record_by_day on rejected_record (recorded_at);
create index rejected_record_by_order on rejected_record (channel, account, order_ref);

comment on table rejected_record is 'Records that failed validation: data, kept whole so that they can be mended and imported again. Written in the transaction of their neighbours.';
comment on column rejected_record.id is 'Derived from job, account, content of the file, line and rule: importing the file again does not double it';
comment on column rejected_record.file is 'Name of the file, without its folder';
comment on column rejected_record.line is 'Physical line of the record''s first row, from 1';
comment on column rejected_record.rule is 'Name of the rule that the record breaks';
comment on column rejected_record.reason is 'What is wrong with it, in a sentence';
comment on column rejected_record.raw is 'All rows of the record as they stand in the file, at most 64 Ki characters; bytes that are no UTF-8 as \xNN';
comment on column rejected_record.job is 'import-orders or import-fulfilments';
comment on column rejected_record.channel is 'Where the record comes from';
comment on column rejected_record.account is 'Which store of the channel';
comment on column rejected_record.order_ref is 'The order it speaks of, as written; null where that cannot be read';
comment on column rejected_record.digest is 'SHA-256 of the file, hexadecimal';
comment on column rejected_record.run_id is 'Job execution id of the run that rejected it first (batch_job_execution)';
comment on column rejected_record.recorded_at is 'When it was rejected, by the job''s clock';

-- ── Orders ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create table customer (
    id          uuid        not null primary key,
    channel     text        not null,
    account     text        not null,
    name        text,
    email       text,
    phone       text,
    street      text,
    city        text,
    region      text,
    postal_code text,
    country     text,
    as_of       timestamptz not null
);
create index customer_by_email on customer (lower(email));
create index customer_by_phone on customer (phone);

comment on table customer is 'Who ordered, as the newest order says. The only lasting table with personal data.';
comment on column customer.id is 'Derived from channel, account and the folded e-mail address, else the phone number, else the order';
comment on column customer.channel is 'Where the customer''s orders came from';
comment on column customer.account is 'Which store of the channel; the same person in two stores is two customers';
comment on column customer.name is 'Recipient''s name, else the name on the bill';
comment on column customer.email is 'E-mail address as written';
comment on column customer.phone is 'Phone number in E.164; null where none is valid';
comment on column customer.street is 'Street and house number, further address lines after commas';
comment on column customer.city is 'City as written';
comment on column customer.region is 'ISO 3166-2 without the country, or as written';
comment on column customer.postal_code is 'Postal code as written';
comment on column customer.country is 'ISO 3166-1 alpha-2';
comment on column customer.as_of is 'Version of the order these words come from; an older order never overwrites them';

create table sales_order (
    id                      uuid        not null primary key generated always as (derived_id(channel, account, external_id)) stored,
    channel                 text        not null,
    account                 text        not null,
    external_id             text        not null,
    name                    text        not null,
    customer_id             uuid        not null references customer,
    placed_at               timestamptz not null,
    currency                text        not null,
    total                   numeric     not null,
    subtotal                numeric,
    shipping                numeric,
    taxes                   numeric,
    financial_status        text,
    fulfillment_status      text,
    paid_at                 timestamptz,
    fulfilled_at            timestamptz,
    cancelled_at            timestamptz,
    updated_at              timestamptz,
    destination_country     text,
    destination_region      text,
    destination_postal_code text,
    destination_city        text,
    as_of                   timestamptz not null,
    content                 uuid        not null,
    file                    text        not null,
    line                    bigint      not null,
    imported_at             timestamptz not null,
    unique (channel, account, external_id)
);
create index sales_order_by_name on sales_order (name, channel, account);
create index sales_order_by_external_id on sales_order (external_id);
create index sales_order_by_customer on sales_order (customer_id);
create index sales_order_by_placed_at on sales_order (placed_at);

comment on table sales_order is 'What a customer bought through a channel.';
comment on column sales_order.id is 'Derived from channel, account and external_id';
comment on column sales_order.channel is 'Where the order came from, for example shopify';
comment on column sales_order.account is 'Which store of the channel';
comment on column sales_order.external_id is 'The channel''s own immutable id; the name where the export has no ids';
comment on column sales_order.name is 'What customers and support call it, for example #1001; repeats across stores';
comment on column sales_order.customer_id is 'Who ordered';
comment on column sales_order.placed_at is 'When it was placed';
comment on column sales_order.currency is 'ISO 4217; of all amounts of the order';
comment on column sales_order.total is 'What the customer pays, in currency';
comment on column sales_order.subtotal is 'Lines after discounts, in currency; null where not given';
comment on column sales_order.shipping is 'Shipping, in currency; null where not given';
comment on column sales_order.taxes is 'Taxes, in currency; null where not given';
comment on column sales_order.financial_status is 'The channel''s word, for example paid, refunded';
comment on column sales_order.fulfillment_status is 'The channel''s word: fulfilled, partial, unfulfilled';
comment on column sales_order.paid_at is 'When it was paid; null if it was not';
comment on column sales_order.fulfilled_at is 'When the channel called it fulfilled; null if it did not';
comment on column sales_order.cancelled_at is 'When the channel cancelled it; null if it did not';
comment on column sales_order.updated_at is 'The channel''s own time of its last change; null where the export has none';
comment on column sales_order.destination_country is 'Where it goes: ISO 3166-1 alpha-2; null where unknown or nothing is shipped';
comment on column sales_order.destination_region is 'ISO 3166-2 without the country, or as written';
comment on column sales_order.destination_postal_code is 'Postal code as written';
comment on column sales_order.destination_city is 'City as written';
comment on column sales_order.as_of is 'Which version of the order this is: updated_at, else the latest of placed, paid, fulfilled and cancelled. An older one never overwrites';
comment on column sales_order.content is 'Digest of everything imported about the order, its lines and customer included: whether a version differs';
comment on column sales_order.file is 'Name of the file this version came from';
comment on column sales_order.line is 'Physical line of its first row there, from 1';
comment on column sales_order.imported_at is 'When this version was imported, by the job''s clock';

create table order_line (
    order_id           uuid    not null references sales_order on delete cascade,
    line_no            integer not null,
    sku                text,
    name               text    not null,
    quantity           integer not null check (quantity > 0),
    price              numeric,
    requires_shipping  boolean not null,
    fulfillment_status text,
    primary key (order_id, line_no)
);

comment on table order_line is 'What an order consists of.';
comment on column order_line.order_id is 'The order';
comment on column order_line.line_no is 'Place in the order, from 1, as the channel lists them';
comment on column order_line.sku is 'The shop''s own number of the article; null where it has none';
comment on column order_line.name is 'Name of the article';
comment on column order_line.quantity is 'Pieces';
comment on column order_line.price is 'Price of one piece, in the order''s currency';
comment on column order_line.requires_shipping is 'Whether it has to be shipped; true where the channel does not say';
comment on column order_line.fulfillment_status is 'The channel''s word: fulfilled, pending';

create table order_milestone (
    order_id    uuid        not null references sales_order on delete cascade,
    milestone   text        not null check (milestone in ('ORDER_RECEIVED', 'CANCELLED')),
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    primary key (order_id, milestone)
);
create index order_milestone_by_time on order_milestone (recorded_at);

comment on table order_milestone is 'What a customer is told about an order itself; what is told about its parcels stands in notification_intent. At most one row for each order and milestone.';
comment on column order_milestone.order_id is 'The order';
comment on column order_milestone.milestone is 'ORDER_RECEIVED or CANCELLED';
comment on column order_milestone.occurred_at is 'When it happened, as the channel says';
comment on column order_milestone.recorded_at is 'When intake learned of it, by the job''s clock';

-- ── Parcels ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create table fulfilment (
    id                 uuid        not null primary key generated always as (derived_id(order_id::text, carrier, tracking_number)) stored,
    order_id           uuid        not null references sales_order on delete cascade,
    carrier            text        not null,
    tracking_number    text        not null,
    journey            integer     not null check (journey >= 0),
    service            text,
    shipped_at         timestamptz,
    promised_at        timestamptz,
    promise_precision  text        check (promise_precision in ('INSTANT', 'DATE')),
    estimated_at       timestamptz,
    origin_country     text,
    origin_region      text,
    origin_postal_code text,
    registered_at      timestamptz not null,
    file               text        not null,
    line               bigint      not null,
    unique (order_id, carrier, tracking_number)
);
create index fulfilment_by_parcel on fulfilment (carrier, tracking_number, journey);
create index fulfilment_undecided on fulfilment (carrier, tracking_number) where journey = 0;
create index fulfilment_by_number on fulfilment (tracking_number);

comment on table fulfilment is 'The shop''s word that an order went out under a carrier and a number.';
comment on column fulfilment.id is 'Derived from order, carrier and number';
comment on column fulfilment.order_id is 'The order';
comment on column fulfilment.carrier is 'The carrier''s slug, for example ups';
comment on column fulfilment.tracking_number is 'The tracking number, upper case, without white space';
comment on column fulfilment.journey is 'Which use of the number, from 1; decided once, when it is registered. 0 only within the transaction that decides';
comment on column fulfilment.service is 'The carrier''s service as the shop names it';
comment on column fulfilment.shipped_at is 'When the shop handed it over, as the shop says';
comment on column fulfilment.promised_at is 'The moment the customer was promised first; never moves';
comment on column fulfilment.promise_precision is 'INSTANT, or DATE: the last instant of that day at the destination; null without a promise';
comment on column fulfilment.estimated_at is 'What a later file promised instead; moves; null while there is none';
comment on column fulfilment.origin_country is 'Where it leaves: ISO 3166-1 alpha-2; null where unknown';
comment on column fulfilment.origin_region is 'ISO 3166-2 without the country';
comment on column fulfilment.origin_postal_code is 'Postal code as written';
comment on column fulfilment.registered_at is 'When intake learned of the parcel, by the job''s clock';
comment on column fulfilment.file is 'Name of the file this version came from';
comment on column fulfilment.line is 'Physical line of its first row there, from 1';

create table fulfilment_line (
    fulfilment_id uuid    not null references fulfilment on delete cascade,
    line_ref      text    not null,
    quantity      integer not null check (quantity > 0),
    primary key (fulfilment_id, line_ref)
);

comment on table fulfilment_line is 'What of an order is in a parcel, where the shop says so.';
comment on column fulfilment_line.fulfilment_id is 'The parcel''s fulfilment';
comment on column fulfilment_line.line_ref is 'Which line of the order: its sku, where it has none its number from 1';
comment on column fulfilment_line.quantity is 'Pieces';

create table registration (
    carrier            text   not null,
    tracking_number    text   not null,
    revision           bigint not null,
    published_revision bigint not null default 0,
    primary key (carrier, tracking_number)
);
create index registration_unpublished on registration (carrier, tracking_number) where published_revision < revision;

comment on table registration is 'The outbox of topic shipments, one row a tracking number. What has to be said about it is read from fulfilment and sales_order when it is published.';
comment on column registration.carrier is 'The carrier''s slug';
comment on column registration.tracking_number is 'The tracking number';
comment on column registration.revision is 'Counts the changes to the number''s orders; the highest wins';
comment on column registration.published_revision is 'The highest revision that the topic has acknowledged';

-- ── Staging: logged, not unlogged, since a crash of the server would empty it while import_file says that it is full ──────────────────

create table staged_order (
    file_id                 uuid        not null,
    line                    bigint      not null,
    external_id             text        not null,
    name                    text        not null,
    placed_at               timestamptz not null,
    currency                text        not null,
    total                   numeric     not null,
    subtotal                numeric,
    shipping                numeric,
    taxes                   numeric,
    financial_status        text,
    fulfillment_status      text,
    paid_at                 timestamptz,
    fulfilled_at            timestamptz,
    cancelled_at            timestamptz,
    updated_at              timestamptz,
    destination_country     text,
    destination_region      text,
    destination_postal_code text,
    destination_city        text,
    customer_key            text        not null,
    customer_name           text,
    email                   text,
    phone                   text,
    street                  text,
    as_of                   timestamptz not null,
    content                 uuid        not null,
    superseded              boolean     not null default false,
    primary key (file_id, line)
);

comment on table staged_order is 'Orders of a file on their way into sales_order and customer; gone when the file is merged. Holds personal data until then.';
comment on column staged_order.file_id is 'import_file.id';
comment on column staged_order.line is 'Physical line of its first row, from 1';
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
comment on column staged_order.destination_country is 'As sales_order.destination_country';
comment on column staged_order.destination_region is 'As sales_order.destination_region';
comment on column staged_order.destination_postal_code is 'As sales_order.destination_postal_code';
comment on column staged_order.destination_city is 'As sales_order.destination_city';
comment on column staged_order.customer_key is 'What identifies the customer within the account: folded e-mail address, else phone number, else the order';
comment on column staged_order.customer_name is 'As customer.name';
comment on column staged_order.email is 'As customer.email';
comment on column staged_order.phone is 'As customer.phone';
comment on column staged_order.street is 'As customer.street';
comment on column staged_order.as_of is 'As sales_order.as_of';
comment on column staged_order.content is 'As sales_order.content';
comment on column staged_order.superseded is 'Whether the same file holds a newer version of the order';

create table staged_line (
    file_id            uuid    not null,
    line               bigint  not null,
    line_no            integer not null,
    sku                text,
    name               text    not null,
    quantity           integer not null,
    price              numeric,
    requires_shipping  boolean not null,
    fulfillment_status text,
    primary key (file_id, line, line_no)
);

comment on table staged_line is 'Order lines of a file on their way into order_line; gone when the file is merged.';
comment on column staged_line.file_id is 'import_file.id';
comment on column staged_line.line is 'staged_order.line';
comment on column staged_line.line_no is 'As order_line.line_no';
comment on column staged_line.sku is 'As order_line.sku';
comment on column staged_line.name is 'As order_line.name';
comment on column staged_line.quantity is 'As order_line.quantity';
comment on column staged_line.price is 'As order_line.price';
comment on column staged_line.requires_shipping is 'As order_line.requires_shipping';
comment on column staged_line.fulfillment_status is 'As order_line.fulfillment_status';

create table staged_fulfilment (
    file_id            uuid    not null,
    line               bigint  not null,
    order_reference    text    not null,
    carrier            text    not null,
    tracking_number    text    not null,
    service            text,
    shipped_at         timestamptz,
    promised_day       date,
    promised_at        timestamptz,
    origin_country     text,
    origin_region      text,
    origin_postal_code text,
    line_ref           text,
    quantity           integer,
    raw                text    not null,
    order_id           uuid,
    problem            text,
    parcel_line        bigint,
    primary key (file_id, line)
);
create index staged_fulfilment_by_parcel on staged_fulfilment (file_id, parcel_line) where parcel_line is not null;

comment on table staged_fulfilment is 'Rows of a fulfilment file on their way into fulfilment; gone when the file is merged.';
comment on column staged_fulfilment.file_id is 'import_file.id';
comment on column staged_fulfilment.line is 'Physical line of the row, from 1';
comment on column staged_fulfilment.order_reference is 'The order''s own id or its display name, as written';
comment on column staged_fulfilment.carrier is 'The carrier''s slug';
comment on column staged_fulfilment.tracking_number is 'The tracking number, normalised';
comment on column staged_fulfilment.service is 'As fulfilment.service';
comment on column staged_fulfilment.shipped_at is 'As fulfilment.shipped_at';
comment on column staged_fulfilment.promised_day is 'The day that was promised, where only a day was';
comment on column staged_fulfilment.promised_at is 'The moment that was promised, where a moment was';
comment on column staged_fulfilment.origin_country is 'As fulfilment.origin_country';
comment on column staged_fulfilment.origin_region is 'As fulfilment.origin_region';
comment on column staged_fulfilment.origin_postal_code is 'As fulfilment.origin_postal_code';
comment on column staged_fulfilment.line_ref is 'The order line''s sku or number, as written; null where the row names no line';
comment on column staged_fulfilment.quantity is 'As fulfilment_line.quantity; null: the whole line';
comment on column staged_fulfilment.raw is 'The row as it stands in the file, should the order turn out to be unknown';
comment on column staged_fulfilment.order_id is 'The order it speaks of, once judged';
comment on column staged_fulfilment.problem is 'The rule it breaks beside the orders that are known: UNKNOWN_ORDER, AMBIGUOUS_ORDER, UNKNOWN_LINE; null where none';
comment on column staged_fulfilment.parcel_line is 'Line of the first row of the same order and number, once judged: rows of one parcel are merged together';

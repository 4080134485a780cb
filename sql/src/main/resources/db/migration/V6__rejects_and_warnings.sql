-- What rejects cost, how they are taken again after their cause was mended, and what was imported with a warning.

alter table import_file
    add column head         text,
    add column mapping      text,
    add column date_order   text,
    add column decimal_mark text,
    add column retry_of     text;

comment on column import_file.head is 'The text that stands before the first record, header included: what single records are read by when they are taken again; null where it cannot be kept';
comment on column import_file.mapping is 'The mapping it was read by, as it stood in its file; null where it was read by a format of ours';
comment on column import_file.date_order is 'How the whole file was found to write dates: YEAR_FIRST, DAY_FIRST or MONTH_FIRST; null where its format leaves nothing open';
comment on column import_file.decimal_mark is 'How the whole file was found to write decimals: POINT or COMMA; null where its format leaves nothing open';
comment on column import_file.retry_of is 'SHA-256 of the file whose rejected records were taken again, hexadecimal; null for an import of a file itself';
comment on column import_file.digest is 'SHA-256 of what was read, hexadecimal: the file, or the rejected records that were taken again';

alter table rejected_record
    add column amount          numeric,
    add column currency        text,
    add column import_id       uuid,
    add column retried_by      text,
    add column resolved_at     timestamptz,
    add column resolved_by_run bigint;
create index rejected_record_open on rejected_record (job, channel, account, rule) where resolved_at is null;
create index rejected_record_by_import on rejected_record (import_id, rule);
create index rejected_record_by_retry on rejected_record (retried_by) where retried_by is not null;

comment on column rejected_record.reason is 'What is wrong with it, in a sentence; of the last attempt';
comment on column rejected_record.amount is 'What the order behind it costs, in currency: what is missing while nobody mends it; null where that cannot be read';
comment on column rejected_record.currency is 'Of the amount, as the channel writes it; null where that cannot be read';
comment on column rejected_record.import_id is 'import_file.id of the import that rejected it last; null for what was rejected before this was kept';
comment on column rejected_record.retried_by is 'import_file.digest of the retry that took it again last; null where none did';
comment on column rejected_record.resolved_at is 'When it was read again and passed, by the job''s clock; null while it is open';
comment on column rejected_record.resolved_by_run is 'Job execution id of the run in which it passed (batch_job_execution); null while it is open';

create table import_warning (
    id          uuid        not null primary key generated always as (derived_id(import_id::text, line::text || ' ' || rule, reason)) stored,
    import_id   uuid        not null,
    file        text        not null,
    line        bigint      not null,
    rule        text        not null,
    reason      text        not null,
    job         text        not null,
    channel     text        not null,
    account     text        not null,
    order_ref   text,
    digest      text        not null,
    run_id      bigint      not null,
    recorded_at timestamptz not null
);
create index import_warning_by_import on import_warning (import_id, rule);
create index import_warning_by_day on import_warning (recorded_at);

comment on table import_warning is 'What a person should know about records that were imported all the same. Written in the transaction of their neighbours. No personal data: a bad phone number or e-mail address stands in the file alone.';
comment on column import_warning.id is 'Derived from import, line, rule and reason: a restarted run does not double it';
comment on column import_warning.import_id is 'import_file.id of the import that warned';
comment on column import_warning.file is 'Name of the file, without its folder';
comment on column import_warning.line is 'Physical line of the record''s first row, from 1';
comment on column import_warning.rule is 'Name of the rule that the record does not keep to';
comment on column import_warning.reason is 'What is wrong with it, in a sentence';
comment on column import_warning.job is 'import-orders or import-fulfilments';
comment on column import_warning.channel is 'Where the record comes from';
comment on column import_warning.account is 'Which store of the channel';
comment on column import_warning.order_ref is 'The order it speaks of, as written; null where that cannot be read';
comment on column import_warning.digest is 'SHA-256 of the file, hexadecimal';
comment on column import_warning.run_id is 'Job execution id of the run that warned (batch_job_execution)';
comment on column import_warning.recorded_at is 'When, by the job''s clock';

-- ── What is open, and why ─────────────────────────────────────────────────────────────────────────────────────────────────────────

create view open_reject as
select r.id, r.job, r.channel, r.account, r.file, r.line, r.rule, r.reason, r.raw, r.order_ref, r.amount, upper(r.currency) as currency,
       r.digest, r.import_id, r.run_id, r.recorded_at, f.format, f.head, f.mapping, f.date_order,
       f.decimal_mark,
       left(derived_id(r.job || ' ' || r.channel || '/' || r.account, r.rule, shape.text)::text, 8) as cause,
       case when r.rule in ('RECORD_TOO_LARGE', 'UNCLOSED_QUOTE', 'BAD_QUOTE', 'ENCODING', 'NUL_CHARACTER', 'ORDER_WITHOUT_FIRST_ROW')
                then 'the file itself has to be mended'
            when length(r.raw) >= 65536 then 'its text was too long to be kept whole'
            when f.head is null then 'how its file begins was not kept' end as not_again
from rejected_record r
left join import_file f on f.id = r.import_id
-- What differs from record to record is left out: the line, numbers, and what a sentence quotes behind its colon.
cross join lateral (
    select regexp_replace(split_part(regexp_replace(r.reason, '^line [0-9]+: ', ''), ': ', 1), '[0-9]+', 'N', 'g') as text) shape
where r.resolved_at is null;

comment on view open_reject is 'Rejected records that were not taken again with success.';
comment on column open_reject.id is 'As rejected_record.id';
comment on column open_reject.job is 'As rejected_record.job';
comment on column open_reject.channel is 'As rejected_record.channel';
comment on column open_reject.account is 'As rejected_record.account';
comment on column open_reject.file is 'As rejected_record.file';
comment on column open_reject.line is 'As rejected_record.line';
comment on column open_reject.rule is 'As rejected_record.rule';
comment on column open_reject.reason is 'As rejected_record.reason';
comment on column open_reject.raw is 'As rejected_record.raw';
comment on column open_reject.order_ref is 'As rejected_record.order_ref';
comment on column open_reject.amount is 'As rejected_record.amount';
comment on column open_reject.currency is 'As rejected_record.currency, in capitals';
comment on column open_reject.digest is 'As rejected_record.digest';
comment on column open_reject.import_id is 'As rejected_record.import_id';
comment on column open_reject.run_id is 'As rejected_record.run_id';
comment on column open_reject.recorded_at is 'As rejected_record.recorded_at';
comment on column open_reject.format is 'As import_file.format, of the import that rejected it last';
comment on column open_reject.head is 'As import_file.head, of that import';
comment on column open_reject.mapping is 'As import_file.mapping, of that import';
comment on column open_reject.date_order is 'As import_file.date_order, of that import';
comment on column open_reject.decimal_mark is 'As import_file.decimal_mark, of that import';
comment on column open_reject.cause is 'The same for records of one job and account that break one rule in one way; eight hexadecimal digits';
comment on column open_reject.not_again is 'Why it cannot be taken again from what is kept, as in "because ..."; null where it can';

create or replace view report_intake as
select (coalesce(ended_at, started_at) at time zone 'UTC')::date as day, job, channel, account,
       count(*) filter (where retry_of is null) as files,
       count(*) filter (where outcome <> 'DONE') as files_not_done,
       sum(records_read)::bigint as records_read,
       sum(inserted)::bigint as inserted,
       sum(updated)::bigint as updated,
       sum(unchanged)::bigint as unchanged,
       sum(skipped)::bigint as skipped,
       sum(rejected)::bigint as rejected,
       sum(rejected)::double precision / nullif(sum(records_read), 0) as rejected_share
from import_file
group by 1, 2, 3, 4
order by day desc, job, channel, account;

comment on view report_intake is 'What came in, by day, job and account. A file that is imported again unchanged is not counted again; rejected records that are taken again are.';
comment on column report_intake.files is 'Files, each content once; retries of rejected records are none';

-- A malformed record stays malformed however often it is read, and takes those behind it along.
create or replace view open_reject as
select r.id, r.job, r.channel, r.account, r.file, r.line, r.rule, r.reason, r.raw, r.order_ref, r.amount, upper(r.currency) as currency,
       r.digest, r.import_id, r.run_id, r.recorded_at, f.format, f.head, f.mapping, f.date_order,
       f.decimal_mark,
       left(derived_id(r.job || ' ' || r.channel || '/' || r.account, r.rule, shape.text)::text, 8) as cause,
       case when r.rule in ('RECORD_TOO_LARGE', 'UNCLOSED_QUOTE', 'BAD_QUOTE', 'ENCODING', 'NUL_CHARACTER', 'ORDER_WITHOUT_FIRST_ROW',
                            'MALFORMED_JSON')
                then 'the file itself has to be mended'
            -- One of its places alone would be taken for the whole order.
            when r.rule = 'ORDER_INCOMPLETE' or exists (
                select from rejected_record i
                where i.import_id = r.import_id and i.order_ref = r.order_ref and i.rule = 'ORDER_INCOMPLETE')
                then 'the rows of its order stand apart (the file as it is will do, too, under other rules)'
            when length(r.raw) >= 65536 then 'its text was too long to be kept whole'
            when f.head is null then 'how its file begins was not kept' end as not_again
from rejected_record r
left join import_file f on f.id = r.import_id
-- What differs from record to record is left out: the line, numbers, and what a sentence quotes behind its colon.
cross join lateral (
    select regexp_replace(split_part(regexp_replace(r.reason, '^line [0-9]+: ', ''), ': ', 1), '[0-9]+', 'N', 'g') as text) shape
where r.resolved_at is null;

-- Places of an order that were rejected because another place of it was (ORDER_INCOMPLETE) keep their text, and are taken again with the others.

create function why_not_again(rule text, raw text, head text) returns text language sql immutable parallel safe
return case
    when rule in ('RECORD_TOO_LARGE', 'UNCLOSED_QUOTE', 'BAD_QUOTE', 'ENCODING', 'NUL_CHARACTER', 'ORDER_WITHOUT_FIRST_ROW', 'MALFORMED_JSON')
        then 'the file itself has to be mended'
    -- What was rejected before its text was kept.
    when rule = 'ORDER_INCOMPLETE' and raw = '' then 'its text was not kept'
    when length(raw) >= 65536 then 'its text was too long to be kept whole'
    when head is null then 'how its file begins was not kept' end;

comment on function why_not_again is 'Why a rejected record cannot be taken again for what is kept of it and of the beginning of its file; null where it can';

create or replace view open_reject as
select r.id, r.job, r.channel, r.account, r.file, r.line, r.rule, r.reason, r.raw, r.order_ref, r.amount, upper(r.currency) as currency,
       r.digest, r.import_id, r.run_id, r.recorded_at, f.format, f.head, f.mapping, f.date_order,
       f.decimal_mark,
       left(derived_id(r.job || ' ' || r.channel || '/' || r.account, r.rule, shape.text)::text, 8) as cause,
       coalesce(
           why_not_again(r.rule, r.raw, f.head),
           -- Rows of one order that stand apart: a part of them would be taken for the whole order.
           case when exists (
                    select from rejected_record i
                    where i.job = r.job and i.channel = r.channel and i.account = r.account and i.digest = r.digest
                      and i.order_ref = r.order_ref and i.resolved_at is null and i.rule = 'ORDER_INCOMPLETE')
                 and exists (
                    select from rejected_record o
                    left join import_file g on g.id = o.import_id
                    where o.job = r.job and o.channel = r.channel and o.account = r.account and o.digest = r.digest
                      and o.order_ref = r.order_ref and o.resolved_at is null and why_not_again(o.rule, o.raw, g.head) is not null)
                then 'another row of its order cannot' end) as not_again
from rejected_record r
left join import_file f on f.id = r.import_id
-- What differs from record to record is left out: the line, numbers, and what a sentence quotes behind its colon.
cross join lateral (
    select regexp_replace(split_part(regexp_replace(r.reason, '^line [0-9]+: ', ''), ': ', 1), '[0-9]+', 'N', 'g') as text) shape
where r.resolved_at is null;

-- The records whose last parcel lies in the range, :after < parcel_line <= :up_to, by the most that became of any of their parcels.
with record as (
    select max(s.parcel_line) as last,
           min(case s.becomes when 'inserted' then 1 when 'updated' then 2 when 'unchanged' then 3 else 4 end) as most
    from staged_fulfilment s
    where s.file_id = :file_id and s.problem is null
      and s.line in (select line from staged_fulfilment
                     where file_id = :file_id and parcel_line > :after and parcel_line <= :up_to)
    group by s.line
)
select count(*) as staged,
       count(*) filter (where most = 1) as inserted,
       count(*) filter (where most = 2) as updated,
       count(*) filter (where most = 3) as unchanged,
       count(*) filter (where most = 4) as skipped
from record
where last > :after and last <= :up_to

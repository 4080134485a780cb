-- What was rejected for what its order was in an earlier attempt at this import, and is not now, was no reject.
delete from rejected_record r
where r.import_id = :file_id
  and r.rule in ('UNKNOWN_ORDER', 'AMBIGUOUS_ORDER', 'UNKNOWN_LINE', 'MORE_THAN_ORDERED')
  and exists (select from staged_fulfilment s where s.file_id = :file_id and s.line = r.line)
  and not exists (select from staged_fulfilment s where s.file_id = :file_id and s.line = r.line and s.problem = r.rule)

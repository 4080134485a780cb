-- A record is taken whole or not at all.
update staged_fulfilment s
set problem = broken.problem
from (select line, min(problem) as problem
      from staged_fulfilment
      where file_id = :file_id and problem is not null
      group by line) broken
where s.file_id = :file_id and s.line = broken.line and s.problem is null

-- Rows of one order and number are one parcel, known by the line of its first row.
update staged_fulfilment s
set parcel_line = parcel.line
from (select order_id, carrier, tracking_number, min(line) as line
      from staged_fulfilment
      where file_id = :file_id and problem is null
      group by order_id, carrier, tracking_number) parcel
where s.file_id = :file_id and s.problem is null
  and s.order_id = parcel.order_id and s.carrier = parcel.carrier and s.tracking_number = parcel.tracking_number

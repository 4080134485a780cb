-- A shipment's row changes with each of its events. Where no indexed column changes and the page has room, PostgreSQL writes the new row
-- beside the old one and touches no index (a heap-only tuple). Nothing of ours looks shipments up by status: what is stuck stands in
-- shipment_alert.
drop index shipment_by_status;
alter table shipment set (fillfactor = 70);

-- Performance of a day and lane is computed once for many transactions that change it.
create table performance_due (
    day         date not null,
    carrier     text not null,
    service     text not null,
    origin      text not null,
    destination text not null
);
comment on table performance_due is 'Days and lanes whose delivery_performance_daily and status_dwell_daily are to be computed again: written in the transaction that changes a delivery of theirs, deleted in the one that computes them. A row for each such transaction.';
comment on column performance_due.day is 'Day of the deliveries, see delivery.day';
comment on column performance_due.carrier is 'The carrier''s slug';
comment on column performance_due.service is 'As in delivery';
comment on column performance_due.origin is 'As in delivery';
comment on column performance_due.destination is 'As in delivery';
comment on table delivery_performance_daily is 'Delivery performance of a day and lane. All columns speak of the parcels delivered that day. Computed again from table delivery when one of its rows changes, see performance_due.';
comment on table status_dwell_daily is 'In which status the parcels delivered on a day had spent their time, by lane: outbound leg, from the first known status to the delivery. Days and lanes are those of delivery_performance_daily, so that the two can be joined. Computed again from table delivery when one of its rows changes, see performance_due.';

-- A shipment's row changes with each of its events. Where no indexed column changes and the page has room, PostgreSQL writes the new row
-- beside the old one and touches no index (a heap-only tuple). Nothing of ours looks shipments up by status: what is stuck stands in
-- shipment_alert.
drop index shipment_by_status;
alter table shipment set (fillfactor = 70);

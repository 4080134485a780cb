-- So does one about a feed that is given up.

comment on column shipment_alert.closed_at is 'STALLED: the next movement; by a rule on the status alone, the next change of status. DELAYED: the first attempt, or the way back or cancellation. Both: when the watch let go of the journey, if that was before. FEED_SILENT: when the next event of the carrier was received, or six weeks after it opened. Null while open';

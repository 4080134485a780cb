-- A shipment whose rows are refused is a dead letter about a number, not about a record.
comment on column dead_letter.detail is 'The rule that was broken, and where in the payload; of refused rows SQLSTATE and message';
comment on column dead_letter.coordinates is 'topic/partition/offset, file and line, event/carrier/number/id, or shipment/carrier/number where rows were refused';
comment on column dead_letter.payload is 'The bytes as they came, at most 1 MiB; of refused rows what was to be written, as JSON';

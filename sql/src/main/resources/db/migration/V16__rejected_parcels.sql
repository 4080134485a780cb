-- An account's rules may reject parcels that hold more than was ordered.

comment on column staged_fulfilment.problem is 'The rule it breaks beside the orders that are known: UNKNOWN_ORDER, AMBIGUOUS_ORDER, UNKNOWN_LINE, MORE_THAN_ORDERED; null where none. A record breaks it as a whole';

-- An earlier attempt's verdicts are judged anew: orders may have come since.
delete from staged_fulfilment where file_id = :file_id and part < 0;
delete from import_warning where import_id = :file_id and rule = 'MORE_THAN_ORDERED'

package io.parcelwatch.intake;

/** What a record must keep to. The names stand in {@code rejected_record.rule}. */
public enum Rule {
    /** A record has at most 1 MiB, an order at most 1 MiB and 2,000 rows. */
    RECORD_TOO_LARGE,
    /** A quote that is opened is closed within 1 MiB and before the file ends. */
    UNCLOSED_QUOTE,
    /** Nothing but a delimiter follows a closing quote. */
    BAD_QUOTE,
    /** A record of a JSON file is a JSON object (RFC 8259) in which no name stands twice. */
    MALFORMED_JSON,
    /** A file is UTF-8; a text holds no half of a surrogate pair. */
    ENCODING,
    /** No NUL characters: PostgreSQL cannot store them. */
    NUL_CHARACTER,
    /** A row has as many fields as the header. */
    COLUMN_COUNT,
    /** The rows of an order follow its first row, which carries the order's columns. */
    ORDER_WITHOUT_FIRST_ROW,
    /** What a record cannot do without is there. */
    REQUIRED_FIELD,
    /** No field that we keep is longer than 2,000 characters. */
    FIELD_TOO_LONG,
    /** An id is written in full: a spreadsheet that turned it into 5.1E+12 has lost it. */
    BAD_ID,
    /** A time is a date and time with offset, or in a zone that is known, and lies between 1990 and 2100. */
    BAD_TIME,
    /** An amount is a decimal number, written as the file writes its amounts. */
    BAD_NUMBER,
    /** A total is not negative. */
    NEGATIVE_TOTAL,
    /** A quantity is a whole number from 1 to 2,147,483,647. */
    BAD_QUANTITY,
    /** A word is one of the mapping's table, or its "otherwise" says what it means. */
    UNKNOWN_WORD,
    /** The items of an order can be told from each other. */
    BAD_ITEMS,
    /** A currency is an ISO 4217 code. */
    BAD_CURRENCY,
    /** A country is an ISO 3166-1 code or the name of one; one that is not is imported as unknown. */
    UNKNOWN_COUNTRY(Severity.WARN),
    /** A phone number is one by libphonenumber's rules; one that is not is not kept. */
    BAD_PHONE(Severity.OFF),
    /** The order that a parcel is for is known in the channel's account. */
    UNKNOWN_ORDER,
    /** A name that means several orders identifies none. */
    AMBIGUOUS_ORDER,
    /** The order line that a parcel holds is one of the order's. */
    UNKNOWN_LINE,
    /** A carrier goes by a name that carrier-aliases.csv knows; another name is a carrier of its own, whose payloads nobody reads. */
    UNKNOWN_CARRIER(Severity.WARN),
    /** A number that looks like a well-known carrier's has its check digit, and is that carrier's. */
    SUSPICIOUS_NUMBER(Severity.WARN);

    private final Severity usual;

    /** A rule without which a record cannot be read. */
    Rule() {
        this(Severity.REJECT);
    }

    Rule(Severity usual) {
        this.usual = usual;
    }

    /** What becomes of a record that breaks it where nobody says otherwise. */
    public Severity usual() {
        return usual;
    }
}

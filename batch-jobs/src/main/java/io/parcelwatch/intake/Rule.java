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
    /** Of an order whose rows may stand anywhere in the file, all can be imported: else none is, since the order would lose items. */
    ORDER_INCOMPLETE,
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
    NEGATIVE_TOTAL(Severity.REJECT),
    /** A quantity is a whole number from 1 to 2,147,483,647. */
    BAD_QUANTITY,
    /** A word is one of the mapping's table, or its "otherwise" says what it means. */
    UNKNOWN_WORD,
    /** The items of an order can be told from each other. */
    BAD_ITEMS,
    /** A line has no more pieces than the account's rules believe. */
    HUGE_QUANTITY(Severity.REJECT),
    /** What the account's rules require is there. */
    MISSING_FIELD(Severity.REJECT),
    /** A time lies no further ahead than the account's rules allow. */
    FUTURE_DATE(Severity.REJECT),
    /** A currency is an ISO 4217 code; one that is not is imported as it is written. */
    BAD_CURRENCY(Severity.REJECT),
    /** Currency and country are among those of the account's rules. */
    NOT_ALLOWED(Severity.REJECT),
    /** The total is what subtotal and shipping come to, with or without the taxes. */
    TOTAL_MISMATCH(Severity.OFF),
    /** The lines come to the subtotal, or to more, where a discount was given. */
    LINES_MISMATCH(Severity.OFF),
    /** A country is an ISO 3166-1 code or the name of one; one that is not is imported as unknown. */
    UNKNOWN_COUNTRY(Severity.WARN),
    /** An e-mail address is one that mail can reach; one that is not is not kept. */
    BAD_EMAIL(Severity.WARN),
    /** A phone number is one by libphonenumber's rules; one that is not is not kept. */
    BAD_PHONE(Severity.OFF),
    /** No text begins like a formula of a spreadsheet. */
    FORMULA(Severity.OFF),
    /** An order stands in a file once, or each time with the same content; of several the newest is imported, or where this rejects none. */
    DUPLICATE_ORDER(Severity.WARN),
    /** The order that a parcel is for is known in the channel's account. */
    UNKNOWN_ORDER,
    /** A name that means several orders identifies none. */
    AMBIGUOUS_ORDER,
    /** The order line that a parcel holds is one of the order's. */
    UNKNOWN_LINE,
    /** A parcel holds no more pieces of an order line than were ordered; the quantity is taken as told. */
    MORE_THAN_ORDERED(Severity.WARN),
    /** A carrier goes by a name that carrier-aliases.csv knows; another name is a carrier of its own, whose payloads nobody reads. */
    UNKNOWN_CARRIER(Severity.WARN),
    /** A number that looks like a well-known carrier's has its check digit, and is that carrier's. */
    SUSPICIOUS_NUMBER(Severity.WARN);

    private final Severity usual;
    private final boolean changeable;

    /** A rule without which a record cannot be read, or has no place: it always rejects. */
    Rule() {
        this.usual = Severity.REJECT;
        this.changeable = false;
    }

    /** A rule that an account may change. */
    Rule(Severity usual) {
        this.usual = usual;
        this.changeable = true;
    }

    /** What becomes of a record that breaks it where nobody says otherwise. */
    public Severity usual() {
        return usual;
    }

    /** Whether an account may let something else become of it. */
    public boolean changeable() {
        return changeable;
    }
}

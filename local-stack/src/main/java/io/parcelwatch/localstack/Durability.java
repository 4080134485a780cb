package io.parcelwatch.localstack;

/** What an embedded PostgreSQL promises about a committed transaction. */
public enum Durability {
    /** It survives whatever ends the process or the machine. */
    DURABLE,
    /** It may be lost with the machine, for data that only a test run needs; commits are faster. */
    THROWAWAY
}

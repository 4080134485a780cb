package io.parcelwatch.intake;

/** What becomes of a record that breaks a rule. */
public enum Severity {
    /** It is kept as a rejected record, and nothing of it is imported. */
    REJECT,
    /** It is imported, without the field where that is what breaks the rule, and the warning is kept. */
    WARN,
    /** As WARN, and nothing is said. */
    OFF
}

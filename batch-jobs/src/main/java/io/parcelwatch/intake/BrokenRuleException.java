package io.parcelwatch.intake;

/** Carries a broken rule from a field to its record, within one call; never leaves a format. */
public final class BrokenRuleException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Rule rule;

    public BrokenRuleException(Rule rule, String reason) {
        // No stack trace: this is a way to say no to a record, and a file may hold a million of them.
        super(reason, null, false, false);
        this.rule = rule;
    }

    /** The rule that is broken. */
    public Rule rule() {
        return rule;
    }
}

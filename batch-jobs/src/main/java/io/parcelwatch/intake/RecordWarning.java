package io.parcelwatch.intake;

/**
 * Something about a record that a person should know although it is imported.
 *
 * @param line     physical line of its first row, from 1
 * @param rule     the rule it does not keep to
 * @param reason   what is wrong, in a sentence
 * @param orderRef the order it speaks of; null where that cannot be read
 */
public record RecordWarning(long line, Rule rule, String reason, String orderRef) {}

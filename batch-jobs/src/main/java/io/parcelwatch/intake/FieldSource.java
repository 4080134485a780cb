package io.parcelwatch.intake;

/** Something that has fields by name: a row of a file, an object of a document. */
@FunctionalInterface
public interface FieldSource {

    /** A field's text without white space around it; null where it is blank or not there. */
    String get(String name);
}

/**
 * Files of any other kind, without code: a mapping in YAML says which columns become which fields, and is checked against the file before
 * anything is written. The users' page is {@code docs/mapping.md}.
 */
package io.parcelwatch.mapping;

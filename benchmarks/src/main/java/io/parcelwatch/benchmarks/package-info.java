/** What {@code ./parcelwatch benchmark} measures: a job beside what it could be at best and what it would be by the book, in one run. */
package io.parcelwatch.benchmarks;
